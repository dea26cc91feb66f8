"""The firmware in this process, whose heap is a hundred times a board's."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _frozen() -> None:
    """What pytest has loaded isn't looked at each time that the firmware collects its garbage."""
    gc.collect()
    gc.freeze()
