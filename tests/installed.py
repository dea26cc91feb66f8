"""Programs that tests need besides Python packages (``scripts/system-packages.sh`` brings them)."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """Where the program is; the test is skipped by name where it is missing, but fails in CI."""
    place = shutil.which(name)
    if place is None:
        missing(f"{name} is missing: sudo scripts/system-packages.sh")
    assert place is not None
    return place


def missing(words: str) -> None:
    """Skips the test, or in CI fails it, since CI has what the script brings."""
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)
