"""``--token``, ``--finger``, ``--wipe-token``, ``--soak``: the token that the device tests hold."""

from pathlib import Path

import pytest

CONDITIONS = {
    "screen": "its screen can't be read here",
    "power": "nobody can cut its power here",
    "clock": "its clock can't be moved from outside",
    "battery": "its battery can't be taken out here",
    "states": "it can't begin in a state of choice",
    "cut": "its power can't be cut in the middle of a write",
    "plug": "its chips can't be unplugged here",
    "heap": "nobody counts its heap",
    "traffic": "its I²C bus isn't recorded",
    "eeprom": "it has no EEPROM",
    "finger": "there is no finger (--finger)",
}
"""What a test may need of the token in hand, in one word, and why it is skipped where that is missing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("sparekey", "tests on a token (tests/device)")
    group.addoption("--token", metavar="TOKEN", help="virtual, micropython, or a token's serial port")
    group.addoption("--finger", metavar="PORT", help="the serial port of tests/device/finger's board")
    group.addoption("--wipe-token", metavar="ID", help="the id of a token with accounts that may be wiped")
    group.addoption("--soak", metavar="TIME", help="log in over and over for so long: 90s, 30m, 8h")


def pytest_configure(config: pytest.Config) -> None:
    """One marker a condition; with ``--token`` and nothing named, only ``tests/device`` runs."""
    for word, reason in CONDITIONS.items():
        config.addinivalue_line("markers", f"needs_{word}: skipped where {reason}")
    config.addinivalue_line("markers", "soak: runs only with --soak")
    if config.getoption("--token") and config.args_source != pytest.Config.ArgsSource.ARGS:
        config.args = [str(Path(__file__).parent)]


def seconds(text: str) -> float:
    """``90s``, ``30m`` or ``8h`` in seconds; ``ValueError`` otherwise."""
    unit = {"s": 1, "m": 60, "h": 3600}[text[-1:]] if text[-1:] in ("s", "m", "h") else 1
    return float(text.rstrip("smh")) * unit
