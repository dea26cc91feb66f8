"""The option that accepts the pictures as they are now."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known where this folder is named on the command line, as ``make screens`` does."""
    parser.addoption("--accept-screens", action="store_true", help="take docs/screens/ from this run")
