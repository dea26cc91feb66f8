"""The emulated memories behave as the chips do, and the device's drivers get on with them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sparekey.virtual.chips import NoAnswer
from sparekey.virtual.chips.at24c32 import AT24C32
from sparekey.virtual.chips.flash_file import FlashFile
from sparekey.virtual.chips.nvm import Nvm
from sparekey.virtual.chips.supply import PowerCut, Supply
from sparekey.virtual.mapped import mapped
from sparekey_token.parts.file_memory import FileMemory
from sparekey_token.parts.nvm import Nvm as NvmMemory
from sparekey_token.vault import Vault

from .boards import done
from .model import add
from .test_cuts import ADA, START, prepare


def blank(size: int = 4096) -> memoryview:
    """A new memory."""
    return memoryview(bytearray(b"\xff" * size))


def test_nvm_writes_erased_bytes_without_erasing() -> None:
    nvm = Nvm(blank())
    nvm[10:14] = b"abcd"
    nvm[14] = 0x65
    assert nvm[10:15] == bytearray(b"abcde")
    assert (nvm.erases, nvm.programmed) == (0, 5)


def test_nvm_erases_the_whole_sector_for_any_other_byte() -> None:
    nvm = Nvm(blank(8192))
    nvm[0:4] = b"keep"
    nvm[4090:4100] = b"0123456789"
    nvm[4095] = 0x00
    assert nvm.erases == 1
    assert bytes(nvm[:]) == b"keep" + b"\xff" * 4086 + b"01234\x006789" + b"\xff" * 4092
    nvm[4090:4100] = b"9876543210"
    assert nvm.erases == 3, "both sectors"


def test_nvm_of_an_esp32_erases_before_each_change() -> None:
    nvm = Nvm(blank(8192), erases_first=True)
    nvm[0] = 1
    nvm[8191] = 2
    assert nvm.erases == 2


def test_nvm_is_used_as_circuitpythons_bytearray() -> None:
    nvm = Nvm(blank())
    assert len(nvm) == 4096
    assert nvm[-1] == 0xFF
    nvm[-1] = 7
    assert nvm[4095] == 7
    with pytest.raises(ValueError, match="between 0 and 255"):
        nvm[0] = 256
    with pytest.raises(ValueError, match="different lengths"):
        nvm[0:2] = b"abc"
    with pytest.raises(IndexError):
        nvm[4096] = 1
    with pytest.raises(NotImplementedError):
        nvm[0:4:2] = b"ab"
    with pytest.raises(ValueError, match="whole sectors"):
        Nvm(blank(4000))


def test_the_driver_never_lets_nvm_erase_by_itself() -> None:
    nvm = Nvm(blank())
    memory = NvmMemory(nvm)
    memory.write(4, b"abc")
    with pytest.raises(OSError, match="not erased"):
        memory.write(6, b"de")
    assert memory.read(4, 4) == b"abc\xff"
    memory.erase()
    memory.erase()
    assert (nvm.erases, memory.read(4, 4)) == (1, b"\xff" * 4)
    assert not memory.erases_first


def test_a_record_costs_one_erase_where_each_write_erases() -> None:
    nvm = Nvm(blank(8192), erases_first=True)
    vault = Vault(NvmMemory(nvm, True), secret=b"chip")
    vault.use_interval(1)
    erases = nvm.erases
    vault.use_interval(2)
    assert nvm.erases == erases + 1


class HeapInPieces(Nvm):
    """Lets no one set more than a few bytes at once."""

    def __setitem__(self, where: int | slice, value: int | bytes | bytearray) -> None:
        if isinstance(where, slice) and not isinstance(value, int) and len(value) > 1000:
            raise MemoryError
        super().__setitem__(where, value)


def test_the_driver_erases_in_pieces_where_the_heap_is() -> None:
    nvm = HeapInPieces(blank())
    memory = NvmMemory(nvm)
    memory.write(4, b"abc")
    memory.write(4000, b"def")
    memory.erase()
    assert memory.read(0, 4096) == b"\xff" * 4096


def test_a_cut_leaves_a_subset_of_the_bits_and_the_chip_off() -> None:
    seen = set()
    for seed in range(60):
        cells = blank()
        supply = Supply()
        nvm = Nvm(cells, granule=1, supply=supply)
        supply.arm(1, seed)
        with pytest.raises(PowerCut):
            nvm[0:3] = b"\x00\x0f\x00"
        with pytest.raises(PowerCut):
            nvm[9] = 1
        assert (cells[0], cells[1] | 0x0F, cells[2]) == (0, cells[1] | 0x0F, 0xFF)
        assert cells[1] & 0x0F == 0x0F, "only bits that were to change"
        seen.add(cells[1])
    assert {0x0F, 0xFF} <= seen
    assert len(seen) > 6


def test_eeprom_pages_wrap_and_reads_run_on() -> None:
    chip = AT24C32(blank(), write_cycle=0)
    chip.write(b"\x00\x1eabcd")  # from the last two bytes of page 0
    chip.write(b"\x00\x00")
    assert chip.read(2) == b"cd"
    chip.write(b"\x00\x1e")
    assert chip.read(3) == b"ab\xff"
    chip.write(b"\xff\xff!")  # the upper four address bits are ignored
    chip.write(b"\x0f\xff")
    assert chip.read(2) == b"!c"
    chip.write(b"\x01\x00" + bytes(range(40)))  # more than a page: the first bytes are overwritten
    chip.write(b"\x01\x00")
    assert chip.read(32) == bytes(range(32, 40)) + bytes(range(8, 32))


def test_eeprom_is_deaf_during_its_write_cycle() -> None:
    now = [0]
    chip = AT24C32(blank(), monotonic_ns=lambda: now[0], write_cycle=5)
    chip.write(b"\x00\x00x")
    for _ in range(2):
        with pytest.raises(NoAnswer):
            chip.write(b"")
        with pytest.raises(NoAnswer):
            chip.read(1)
    now[0] = 5
    chip.write(b"")
    chip.write(b"\x00\x00")
    assert chip.read(1) == b"x"
    assert chip.write_cycles[0] == 1


def test_a_file_at_its_worst_loses_a_sector() -> None:
    supply = Supply()
    file = FlashFile(blank(8192), supply)
    file.write(0, b"first")
    file.write(4096, b"second")
    supply.arm(0, 4)
    with pytest.raises(PowerCut):
        file.write(100, b"x")
    assert file.read(4096, 6) == b"second"


def test_a_file_on_the_drive_is_a_second_home(tmp_path: Path) -> None:
    path = tmp_path / "vault.bin"
    nvm = blank()
    path.write_bytes(b"\xff" * 100)  # a cut while it was made
    for _ in range(2):
        memory = FileMemory(str(path))
        assert (memory.size, path.stat().st_size) == (4096, 4096)
        memory.close()
    memory = FileMemory(str(path))
    vault = Vault(NvmMemory(Nvm(nvm)), memory, rounds=2)
    prepare(vault)
    memory.close()
    memory = FileMemory(str(path))
    vault = Vault(NvmMemory(Nvm(blank())), memory, rounds=2)  # the chip's nvm is lost
    assert done(vault.unlock("1234"))
    assert vault.key(0) == ADA.key
    memory.close()


_WRITES = """
import sys
from pathlib import Path
from sparekey.virtual.chips.nvm import Nvm
from sparekey.virtual.mapped import mapped
from sparekey_token.parts.nvm import Nvm as NvmMemory
from sparekey_token.vault import Vault

vault = Vault(NvmMemory(Nvm(mapped(Path(sys.argv[1]), 4096, b"\\xff"))))
for t, _ in enumerate(sys.stdin, 1):
    vault.use_interval(t)
    print(t, flush=True)
"""


def test_what_was_acknowledged_outlives_sigkill(tmp_path: Path) -> None:
    path = tmp_path / "nvm"
    with subprocess.Popen(
        [sys.executable, "-c", _WRITES, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write("\n" * 200)  # so many writes at most: an account must fit after them
        child.stdin.flush()
        for line in child.stdout:
            if line == "100\n":
                break
        os.kill(child.pid, signal.SIGKILL)
        told = 100 + len([line for line in child.stdout if line.endswith("\n")])
    vault = Vault(NvmMemory(Nvm(mapped(path, 4096, b"\xff"))))
    assert vault.used_interval() in (told, told + 1)
    assert vault.damaged == 0
    assert add(vault, START.accounts[0]) == 0
