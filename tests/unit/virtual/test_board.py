"""Who looks at the board, or presses, waits for the firmware to have come so far, however long it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sparekey.virtual import pins
from sparekey.virtual.board import Board
from sparekey.virtual.firmware_files import FirmwareFiles
from sparekey.virtual.interpreter import CPython, MicroPython

_ROOT = Path(__file__).parents[3]
_LIT = [b"\x00\xaf", b"\x00\x8d\x14"]  # display on, charge pump on
_PIN = 7


@pytest.fixture
def board(tmp_path: Path) -> Board:
    """A board whose firmware is the test."""
    files = FirmwareFiles.of(_ROOT / "firmware", _ROOT / "boards" / "virtual")
    made = Board(tmp_path, tmp_path / "port", CPython(files, tmp_path))
    made.cells.pins_of_buttons([_PIN, _PIN + 1, _PIN + 2])
    made.power.on = True
    made.power._loops.set()
    for command in _LIT:
        made.cells.screen().write(command)
    return made


async def _late(waiting: Awaitable[object], *steps: Callable[[], object]) -> list[int]:
    """Does one step after another; after which of them ``waiting`` was answered (0: before the first)."""
    task = asyncio.ensure_future(waiting)
    answered = []
    for number, step in enumerate((lambda: None, *steps)):
        step()
        await asyncio.sleep(0.06)
        if task.done():
            answered.append(number)
    await task
    return answered[:1]


def test_a_picture_is_answered_once_it_is_whole_and_can_be_answered(board: Board) -> None:
    oled, asks = board.cells.screen(), board.wiring.count_asked
    oled.write(b"\x40\xff")

    async def looked() -> None:
        looking = asyncio.ensure_future(board.picture())
        answered = await _late(looking, lambda: oled.write(b"\x40\xff"), asks, asks)
        assert answered == [3], "not between two pieces of a redraw, nor before the firmware asks again"
        assert looking.result() == oled.picture()

    asyncio.run(looked())


def test_a_press_is_over_when_the_firmware_has_heeded_it(board: Board) -> None:
    def looks() -> None:
        for _ in range(2):
            board.wiring.get(_PIN)

    async def pressed() -> list[int]:
        return await _late(
            board.press("ok", 1), looks, looks, board.wiring.count_asked, board.wiring.count_asked
        )

    assert asyncio.run(pressed()) == [4]


def test_a_button_that_was_held_is_let_go_of_after_the_firmware_has_looked(board: Board) -> None:
    async def held() -> list[int]:
        board.hold("ok", True)
        return await _late(board.let_go("ok"), *[lambda: board.wiring.get(_PIN)] * 2)

    assert asyncio.run(held()) == [2]
    board.wiring.configure(_PIN, pins.INPUT, pins.PULL_UP)
    assert board.wiring.get(_PIN) is True


def test_firmware_that_hangs_is_looked_at_as_it_stands(board: Board) -> None:
    assert asyncio.run(board.picture()) == board.cells.screen().picture()


def test_a_long_path_takes_no_more_of_micropythons_heap(tmp_path: Path) -> None:
    """It keeps the path of each module there."""
    commands = set()
    for length in (1, 200):
        state = tmp_path / str(length)
        state.mkdir()
        package = tmp_path / ("p" * length) / "sparekey_token"
        package.parent.mkdir()
        package.symlink_to(_ROOT / "firmware" / "sparekey_token")
        interpreter = MicroPython(package, state, "128k")
        commands.add(tuple(interpreter.command(3, 4, "power_on")))
        interpreter.power_up(Board(state, state / "port", interpreter).cells)
        assert (interpreter.folder / "firmware" / "sparekey_token" / "app.py").is_file()
        assert (interpreter.folder / "parts" / "main.py").is_file()
    assert len(commands) == 1
