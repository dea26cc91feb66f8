"""The fixture ``token``: virtual, under MicroPython, or a real one (``--token``)."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sparekey.demo.children import Child

from .hands import Person, Program, warn
from .options import CONDITIONS
from .token_in_hand import Token

_VIRTUAL = {"virtual": "cpython", "micropython": "micropython"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs with every token."""
    if "held" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--token")
        names = [chosen] if chosen else list(_VIRTUAL)
        metafunc.parametrize(
            "held", names, ids=[Path(name).name for name in names], indirect=True, scope="module"
        )


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
def token(held: Token, request: pytest.FixtureRequest) -> Token:
    """A token without accounts, its time lost; a real one keeps its time."""
    _check_conditions(held, request)
    held.begin("fresh")
    return held


@pytest.fixture
def answering(held: Token, request: pytest.FixtureRequest) -> Token:
    """A token as the last test left it; for what leaves no trace."""
    _check_conditions(held, request)
    return held


@pytest.fixture
def enrolled(held: Token, request: pytest.FixtureRequest) -> Token:
    """A token with one account, ``token.account``, its clock right."""
    _check_conditions(held, request)
    held.begin("enrolled")
    return held


def _check_conditions(held: Token, request: pytest.FixtureRequest) -> None:
    for marker in request.node.iter_markers():
        word = marker.name.removeprefix("needs_")
        if word in CONDITIONS and word not in held.can:
            pytest.skip(f"needs_{word}: {CONDITIONS[word]}")


def _virtual(name: str, folder: Path, stack: ExitStack) -> Token:
    port = folder / "port"
    command = ["token", "virtual", "--state", str(folder / "state"), "--port", str(port)]
    command += ["--control", "127.0.0.1:0", "--vm", _VIRTUAL[name], "--start", "fresh"]
    child = stack.enter_context(Child(command, "control at ", folder / "log"))
    hand = Program(child.announced, name == "micropython")
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
    warn(f"These tests WIPE the token {ident} at {port}.")
    if said["accounts"] and config.getoption("--wipe-token") != ident:
        pytest.exit(f"The token holds accounts. To wipe it: --wipe-token {ident}", 4)
    return token
