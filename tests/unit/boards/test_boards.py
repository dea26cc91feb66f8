"""Every board's folder: complete, true to CircuitPython's own definition of the board, documents current."""

import ast
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from sparekey.deploy import board, boot_out
from sparekey.deploy.errors import BoardFault
from sparekey.deploy.imports import device_imports
from sparekey.deploy.libraries import closure, installed_modules
from sparekey.deploy.pin_names import Pin, read_pins
from sparekey_token.parts.nvm import Nvm

_ROOT = Path(__file__).parents[3]
_NAMES = board.board_names(_ROOT / "boards")
_REAL = [name for name in _NAMES if name != "virtual"]


def _script(name: str) -> ModuleType:
    spec = spec_from_file_location(name, _ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _load(name: str) -> board.Board:
    return board.load_board(_ROOT / "boards" / name)


def _definition(name: str) -> str:
    """CircuitPython's definition of the board, as circuitpython-stubs has it."""
    text: str = _script("check_types").definition(_load(name).stubs).read_text("utf-8")
    return text


def _modules(name: str) -> set[str]:
    found = re.search(r"Included modules: (.*)", _definition(name))
    assert found
    return {module.strip() for module in found[1].split(",")}


@pytest.mark.parametrize("name", _NAMES)
def test_can_be_a_token(name: str) -> None:
    loaded = _load(name)
    assert board.refusal(loaded) is None
    assert loaded.pins["BOARD"] == name
    assert loaded.pins["BUTTON_PRESSED"] is False, "active low: the RP2350's erratum E9"


@pytest.mark.parametrize("name", _REAL)
def test_the_firmware_knows_where_each_write_to_nvm_erases(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``sys.platform`` is CircuitPython's MICROPY_PY_SYS_PLATFORM (ports/*/mpconfigport.h)."""
    loaded = _load(name)
    monkeypatch.setattr(sys, "platform", {"ESP32-S3": "Espressif"}.get(loaded.chip, loaded.chip))
    assert Nvm(bytearray(8)).erases_first is (loaded.nvm_erase == "always")
    # nrf: peripherals/nrf/nvm.c erases the page at every write, however blank it is
    assert (loaded.nvm_erase == "always") is (loaded.chip[:2] != "RP")


@pytest.mark.parametrize("name", _REAL)
def test_is_as_circuitpython_defines_it(name: str) -> None:
    loaded, text = _load(name), _definition(name)
    assert re.search(r"board_id: (\S+)\n - NVM size", text)[1] == loaded.circuitpython  # type: ignore[index]
    assert f"NVM size: {loaded.nvm_bytes}\n" in text
    defined = {line.split(":")[0] for line in text.splitlines() if ": microcontroller.Pin" in line}
    pins = [value.name for value in loaded.pins.values() if isinstance(value, Pin)]
    assert set(pins) <= defined
    numbers = dict(re.findall(r"^(\w+): microcontroller.Pin  # (\S+)$", text, re.MULTILINE))
    assert len({numbers[pin] for pin in pins}) == len(pins) == 5, "a pin is used twice"


@pytest.mark.parametrize("name", _REAL)
def test_circuitpython_has_what_firmware_and_libraries_import(name: str) -> None:
    loaded, modules = _load(name), _modules(name)
    needed, outside = closure(loaded.libraries, installed_modules(), loaded.built_in)
    assert outside <= modules | {"micropython", "sys", "os", "gc"}
    assert set(loaded.built_in) <= modules
    firmware = _firmware_imports()
    adafruit = {module for module in firmware if module.startswith("adafruit_")}
    pinned = {module.partition(".")[0] for module in installed_modules()}
    # the hash in Python is for chips without one of their own, and these have one
    assert adafruit <= pinned | {"adafruit_hashlib"} | set(loaded.built_in)
    assert "hashlib" in modules
    assert firmware - adafruit <= modules | {
        "micropython",
        "gc",
        "sparekey_token",
        "pins",
        "board",
        "sys",
        "os",
    }
    assert needed


def test_the_libraries_have_the_names_that_the_firmware_imports() -> None:
    """The drivers are typed for nobody, so the type check doesn't see a name that isn't there."""
    modules = installed_modules()
    asked = 0
    for path in (_ROOT / "firmware").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                has = _defined(modules[node.module])
                wanted = {alias.name for alias in node.names}
                assert wanted <= has, f"{path.name}: {node.module} has no {wanted - has}"
                asked += 1
    assert asked >= 3


def _defined(module: Path) -> set[str]:
    found = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def _firmware_imports() -> set[str]:
    found: set[str] = set()
    for path in (_ROOT / "firmware").rglob("*.py"):
        inside = path.relative_to(_ROOT / "firmware").parent.parts
        names = device_imports(path.read_text("utf-8"), ".".join(inside), lambda name: False)
        found |= {name.partition(".")[0] for name in names}
    return found


def test_stubs_are_of_the_circuitpython_that_was_tried() -> None:
    from importlib.metadata import version

    major, minor, *_ = version("circuitpython-stubs").split(".")
    assert (int(major), int(minor)) == boot_out.TRIED


def test_documents_are_made_from_the_pins_as_they_are() -> None:
    done = subprocess.run(
        [sys.executable, str(_ROOT / "scripts/wiring_pictures.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", _NAMES)
def test_titles_fit_their_boxes(name: str) -> None:
    loaded = _load(name)
    assert all(
        len(title) <= 40 for title in (loaded.name, *(part.name for part in loaded.parts if part.wires))
    )


@pytest.mark.parametrize("name", _REAL)
def test_readme_says_all_that_a_builder_needs(name: str) -> None:
    text = (_ROOT / "boards" / name / "README.md").read_text("utf-8")
    loaded = _load(name)
    for heading in (
        "Parts",
        "Wiring",
        "CircuitPython onto it",
        "Sparekey onto it",
        "What protects the accounts",
    ):
        assert f"\n## {heading}\n" in text
    assert f"sparekey deploy --board {name}" in text
    assert f"circuitpython.org/board/{loaded.circuitpython}/" in text
    assert f"{loaded.nvm_bytes:,} bytes" in text


def test_a_pin_that_the_board_has_not_fails_the_type_check(tmp_path: Path) -> None:
    folder = tmp_path / "raspberry_pi_pico"
    shutil.copytree(_ROOT / "boards" / "raspberry_pi_pico", folder)
    pins = folder / "pins.py"
    pins.write_text(pins.read_text("utf-8").replace("board.GP15", "board.GP99"))
    name, status, output = _script("check_types").check_board(folder)
    assert (name, status) == ("raspberry_pi_pico", 1)
    assert 'no attribute "GP99"' in output


def test_the_virtual_boards_definition_is_its_own_board_module() -> None:
    module = (_ROOT / "host/sparekey/virtual/circuitpython/board.py").read_text("utf-8")
    definition = (_ROOT / "boards/virtual/board.pyi").read_text("utf-8")
    pins = re.findall(r"^(\w+): microcontroller.Pin$", definition, re.MULTILINE)
    assert all(re.search(rf"\b{pin}\b", module) for pin in pins)
    used = [pin.name for pin in _load("virtual").pins.values() if isinstance(pin, Pin)]
    assert set(used) <= set(pins)


def test_a_board_is_added_as_the_page_on_porting_says(tmp_path: Path) -> None:
    """docs/port.md's example: the Pico W, by a copy of the Pico's folder and the edits named there."""
    page = (_ROOT / "docs" / "port.md").read_text("utf-8")
    folder = tmp_path / "raspberry_pi_pico_w"
    shutil.copytree(_ROOT / "boards" / "raspberry_pi_pico", folder)
    edits = {
        "pins.py": [r'BOARD = "raspberry_pi_pico_w"'],
        "board.toml": [r'circuitpython = "raspberry_pi_pico_w"', r'stubs = "raspberry_pi_pico_w"'],
    }
    for file, lines in edits.items():
        for line in lines:
            assert f"`{line}`" in page
            name = line.partition(" ")[0]
            path = folder / file
            path.write_text(re.sub(rf"(?m)^{name} = .*$", line, path.read_text("utf-8")), "utf-8")
    added = board.load_board(folder)
    assert board.refusal(added) is None
    assert (added.key, added.circuitpython) == ("raspberry_pi_pico_w", "raspberry_pi_pico_w")
    assert "pins.py" not in _script("check_types").check_board(folder)[2]
    for name in added.pins:
        assert f"`{name}`" in page, f"docs/port.md doesn't tell what {name} in pins.py is"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "raspberry_pi_pico"
    shutil.copytree(_ROOT / "boards" / "raspberry_pi_pico", folder)
    return folder


@pytest.mark.parametrize(
    ("pattern", "instead", "words"),
    [
        (r"^chip = .*$", "", "chip is missing"),
        (r"^nvm_bytes = .*$", "nvm_bytes = -1", "nvm_bytes"),
        (r"^nvm_erase = .*$", 'nvm_erase = "never"', "one of sector, always, none"),
        (r"^libraries = .*$", 'libraries = "all"', "libraries"),
        (r"^euros = .*$", "", "euros"),
        (r"^name = .*$", "name = ", "not TOML"),
    ],
)
def test_a_broken_board_toml_names_what_is_wrong(copy: Path, pattern: str, instead: str, words: str) -> None:
    path = copy / "board.toml"
    path.write_text(re.sub(pattern, instead, path.read_text("utf-8"), count=1, flags=re.MULTILINE), "utf-8")
    with pytest.raises(BoardFault, match=words):
        board.load_board(copy)


@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        ('RTC = "ds3231"', 'RTC = "pcf9999"', "can't read"),
        ('RTC = "ds3231"', "RTC = None", "no clock chip"),
        ("OLED_ADDRESS = 0x3C", "OLED_ADDRESS = None", "no OLED"),
        ("BACK = board.GP13", "", "lacks buttons in its pins.py: BACK"),
    ],
)
def test_a_board_that_can_be_no_token_is_refused_in_words(
    copy: Path, line: str, instead: str, words: str
) -> None:
    pins = copy / "pins.py"
    pins.write_text(pins.read_text("utf-8").replace(line, instead), "utf-8")
    assert words in (board.refusal(board.load_board(copy)) or "")


def test_pins_are_read_without_running_them(tmp_path: Path) -> None:
    path = tmp_path / "pins.py"
    path.write_text(
        "import board\nA: object = board.GP1\nB = C = 0x3C\nD: int\nE = board.I2C()\nraise SystemExit\n"
    )
    assert read_pins(path) == {"A": Pin("GP1"), "B": 0x3C, "C": 0x3C}
    path.write_text("A = = 1\n")
    with pytest.raises(BoardFault, match="no Python"):
        read_pins(path)
    with pytest.raises(BoardFault, match="can't be read"):
        read_pins(tmp_path / "none.py")


def test_definitions_are_installed() -> None:
    assert find_spec("board_definitions")
