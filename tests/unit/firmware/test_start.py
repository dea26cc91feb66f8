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


_BOOTS = r"""
import sys, types

names = ("storage", "supervisor", "usb_cdc", "sparekey_token.maintenance")
storage, supervisor, cdc, maintenance = [types.ModuleType(name) for name in names]

class Runtime:
    RUNTIME

supervisor.runtime = Runtime()
storage.disable_usb_drive = lambda: print("no drive")
cdc.enable = lambda console, data: print("console", console)
maintenance.held = lambda: False
sys.modules.update(zip(names, (storage, supervisor, cdc, maintenance)))
import sparekey_token
sparekey_token.maintenance = maintenance
exec(open(sys.argv[1]).read())
print("Bluetooth", getattr(supervisor.runtime, "ble_workflow", None))
"""


@pytest.mark.parametrize(
    ("runtime", "after"),
    [
        ("ble_workflow = True", "False"),
        (
            "ble_workflow = property(lambda self: None, lambda self, on: exec('raise NotImplementedError'))",
            "None",
        ),
        ("__slots__ = ()", "None"),
    ],
    ids=["Bluetooth", "none on this chip", "an older CircuitPython"],
)
def test_drive_and_repl_are_shown_neither_by_usb_nor_by_bluetooth(runtime: str, after: str) -> None:
    boot = Path(__file__).parents[3] / "firmware" / "boot.py"
    command = [sys.executable, "-c", _BOOTS.replace("RUNTIME", runtime), boot]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["no drive", "console False", "Bluetooth " + after], done.stderr


_ASKS = r"""
import sys, time
from unittest.mock import MagicMock

for name in ("digitalio", "pins", "microcontroller", "storage", "supervisor", "usb_cdc"):
    sys.modules[name] = MagicMock()
for name in ("bus", "buttons", "clock", "link", "screen"):
    sys.modules["sparekey_token.parts." + name] = MagicMock()
from sparekey_token import maintenance

presses, now = BEFORE, [0]
def sleep(seconds):
    now[0] += 10**9
    presses.extend(AFTER if now[0] == 10**9 else [])
time.sleep, time.monotonic_ns = sleep, lambda: now[0]
buttons = MagicMock()
buttons.poll = lambda: presses.pop(0) if presses else None
print(maintenance._asked(MagicMock(), buttons, 3))
"""


@pytest.mark.parametrize(
    ("before", "after", "opened"), [(["ok"], [], False), ([], ["ok"], True), (["ok"], ["back"], False)]
)
def test_only_a_press_after_the_question_opens_the_drive(
    before: list[str], after: list[str], opened: bool
) -> None:
    script = _ASKS.replace("BEFORE", repr(before)).replace("AFTER", repr(after))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == str(opened), done.stderr


_EXPOSES = r"""
import sys, types
from unittest.mock import MagicMock

for name in ("pins", "microcontroller", "supervisor", "storage", "usb_cdc"):
    sys.modules[name] = MagicMock()
for name in ("bus", "buttons", "clock", "link", "screen"):
    sys.modules["sparekey_token.parts." + name] = MagicMock()
sys.modules["usb_cdc"].console = CONSOLE
sys.modules["storage"].getmount = lambda path: types.SimpleNamespace(readonly=False)
from sparekey_token import start
print("by", start.exposed())
"""


@pytest.mark.parametrize(
    ("console", "password", "by"),
    [(None, None, "by"), ("open", None, "by usb"), (None, "passw0rd", "by web")],
)
def test_a_token_whose_drive_a_host_sees_knows_it(
    console: str | None, password: str | None, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CircuitPython's ``os.getenv`` reads settings.toml, where a password opens files and REPL over Wi-Fi."""
    monkeypatch.delenv("CIRCUITPY_WEB_API_PASSWORD", raising=False)
    if password is not None:
        monkeypatch.setenv("CIRCUITPY_WEB_API_PASSWORD", password)
    script = _EXPOSES.replace("CONSOLE", repr(console))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == by, done.stderr


_DIMS = r"""
import sys
from unittest.mock import MagicMock

for name in ("displayio", "terminalio", "vectorio", "i2cdisplaybus"):
    sys.modules[name] = MagicMock()
from sparekey_token.parts.screen import Screen

screen = Screen(MagicMock(), "ssd1306", 0x3C)
screen._display = MagicMock()
for percent in (-(1 << 31), 25, 1000):
    screen.brightness(percent)
    print(screen._display.brightness)
"""


def test_a_damaged_setting_makes_no_brightness_that_displayio_refuses() -> None:
    """Below 0 and above 1 it raises ``ValueError``: no screen would ever be shown again."""
    done = subprocess.run([sys.executable, "-c", _DIMS], capture_output=True, text=True)
    assert done.stdout.split() == ["0.01", "0.25", "1.0"], done.stderr


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
