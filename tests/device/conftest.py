"""The fixture ``token``: virtual, under MicroPython, or a real one (``--token``)."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sparekey.demo.children import Child

from .hands import PROGRAM_CAN, Person, Program
from .options import CONDITIONS
from .token_in_hand import Token

_VIRTUAL = {"virtual": "cpython", "micropython": "micropython"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs with every token."""
    if "held" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--token")
        needed = {word for word in CONDITIONS if any(metafunc.definition.iter_markers(f"needs_{word}"))}
        # unasked, a test runs with the virtual tokens that can; a chosen token is told what it lacks
        names = [chosen] if chosen else [name for name in _VIRTUAL if needed <= PROGRAM_CAN[name]]
        metafunc.parametrize(
            "held", names, ids=[Path(name).name for name in names], indirect=True, scope="module"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The soak is for those who ask for it."""
    if not config.getoption("--soak"):
        items[:] = [item for item in items if not item.get_closest_marker("soak")]


@pytest.fixture(scope="module")
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """The token of this module's tests, in whatever state the last one left it."""
    name = request.param
    with ExitStack() as stack:
        if name in _VIRTUAL:
            token = _virtual(name, tmp_path_factory.mktemp(name), stack)
        else:
            token = _real(request.config, Path(name), stack)
        stack.callback(lambda: token.line.close())
        yield token


@pytest.fixture
def token(held: Token) -> Token:
    """A token without accounts, its time lost; a real one keeps its time."""
    held.begin("fresh")
    return held


@pytest.fixture
def answering(held: Token) -> Token:
    """A token as the last test left it; for what leaves no trace."""
    return held


@pytest.fixture
def enrolled(held: Token) -> Token:
    """A token with one account, ``token.account``, its clock right."""
    held.begin("enrolled")
    return held


@pytest.fixture(autouse=True)
def _conditions(request: pytest.FixtureRequest) -> None:
    """Skips what the token in hand can't do, in the condition's word."""
    if "held" not in request.fixturenames:
        return
    held = request.getfixturevalue("held")
    for marker in request.node.iter_markers():
        word = marker.name.removeprefix("needs_")
        if word in CONDITIONS and word not in held.can:
            pytest.skip(f"needs_{word}: {CONDITIONS[word]}")


def _virtual(name: str, folder: Path, stack: ExitStack) -> Token:
    port = folder / "port"
    command = ["token", "virtual", "--state", str(folder / "state"), "--port", str(port)]
    command += ["--control", "127.0.0.1:0", "--vm", _VIRTUAL[name], "--start", "fresh"]
    command += ["--heap", os.environ.get("SPAREKEY_HEAP", "128k")]
    child = stack.enter_context(Child(command, "control at ", folder / "log"))
    hand = Program(child.announced, name)
    stack.callback(hand.close)
    hand.power(True)  # answers when the firmware runs
    return Token(port, hand, name)


def _real(config: pytest.Config, port: Path, stack: ExitStack) -> Token:
    finger = config.getoption("--finger")
    if finger:
        from .finger_hand import FingerHand

        hand: FingerHand | Person = FingerHand(Path(finger), port)
        stack.callback(hand.close)
    else:
        hand = Person(port)
    token = Token(port, hand, str(port))
    said = token.hello()
    ident = said["token_id"]
    _warn(config, f"These tests WIPE the token {ident} at {port}.")
    if said["accounts"] and config.getoption("--wipe-token") != ident:
        pytest.exit(f"The token holds accounts. To wipe it: --wipe-token {ident}", 4)
    return token


def _warn(config: pytest.Config, text: str) -> None:
    """Says it loudly, past pytest's capture."""
    line = "!" * 72
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stderr.write(f"\n{line}\n{text}\n{line}\n")
        sys.stderr.flush()
