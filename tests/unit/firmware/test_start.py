"""Where the vault's second home is: the EEPROM, or, on a board without one, a file on the token's drive."""

import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = r"""
import sys, types
from unittest.mock import MagicMock

class Memory(bytearray):
    pass

controller = types.ModuleType("microcontroller")
controller.nvm, controller.cpu = Memory(b"\xff" * 4096), types.SimpleNamespace(uid=bytes(8))
storage = types.ModuleType("storage")
storage.getmount = lambda path: types.SimpleNamespace(readonly=READONLY)
pins = types.ModuleType("pins")
pins.EEPROM_ADDRESS = None
sys.modules.update(microcontroller=controller, storage=storage, pins=pins)
for name in ("supervisor", "usb_cdc", "keypad", "displayio", "terminalio", "busio", "i2cdisplaybus"):
    sys.modules[name] = MagicMock()
for name in ("bus", "buttons", "clock", "link", "screen"):
    sys.modules["sparekey_token.parts." + name] = MagicMock()
from sparekey_token import start
vault = start.vault(MagicMock())
vault.add(bytes(8), bytes(32), "Example", "ada", 1, "crock32-30", False, bytes(32))
vault.remove(0)
print(vault.leftovers)
"""


_ENDS = r"""
import sys, time, types

names = ("microcontroller", "usb_cdc", "sparekey_token.app")
controller, cdc, app = [types.ModuleType(name) for name in names]
controller.reset = lambda: print("reset")
cdc.console = CONSOLE
def main():
    raise MemoryError
app.main = main
time.sleep = lambda seconds: None
sys.modules.update(zip(names, (controller, cdc, app)))
import sparekey_token
sparekey_token.app = app
exec(open(sys.argv[1]).read())
"""


@pytest.mark.parametrize("console", [None, "open"])
def test_a_program_that_ends_restarts_the_board_unless_somebody_reads_why(console: str | None) -> None:
    script = _ENDS.replace("CONSOLE", repr(console))
    code = Path(__file__).parents[3] / "firmware" / "code.py"
    done = subprocess.run([sys.executable, "-c", script, code], capture_output=True, text=True)
    assert done.stdout == ("reset\n" if console is None else "")
    assert ("MemoryError" in done.stderr) is (console is not None)


def test_the_watchdog_is_fed_while_the_vault_is_opened_and_not_by_what_is_read_later(tmp_path: Path) -> None:
    script = _SCRIPT.replace("READONLY", "True").replace(
        "start.vault(MagicMock())", "start.vault(MagicMock(), feed)"
    )
    script = script.replace("vault.remove(0)", "assert fed == count").replace(
        "vault.add", "count = fed; vault.add"
    )
    feed = "fed = 0\ndef feed():\n    global fed\n    fed += 1\n"
    script = feed + script.replace("print(vault.leftovers)", "print(count > 0)")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr


@pytest.mark.parametrize("readonly", [False, True])
def test_a_board_without_an_eeprom_has_a_file_unless_a_host_may_write_it(
    tmp_path: Path, readonly: bool
) -> None:
    script = _SCRIPT.replace("READONLY", str(readonly))
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "vault.bin").exists() is not readonly
    # only with a second home is what was removed gone from the medium
    assert done.stdout.strip() == str(readonly)
