"""Which library files go onto the device."""

from importlib import metadata
from pathlib import Path

import pytest

from sparekey.deploy import libraries
from sparekey.deploy.errors import LibraryMissing
from sparekey.deploy.imports import device_imports


def _modules(tmp_path: Path, sources: dict[str, str]) -> dict[str, Path]:
    found = {}
    for name, source in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        found[name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = path
    return found


def test_only_what_is_imported_goes_along(tmp_path: Path) -> None:
    modules = _modules(
        tmp_path,
        {
            "adafruit_clock.py": "import time\nfrom adafruit_bits import one, _BUFFER\n"
            "try:\n    import typing\n    import adafruit_types\nexcept ImportError:\n    pass\n",
            "adafruit_bits/__init__.py": "_BUFFER = []\n",
            "adafruit_bits/one.py": "from . import deep\nfrom .deep.more import x\nimport adafruit_bus\n",
            "adafruit_bits/two.py": "",
            "adafruit_bits/deep/__init__.py": "",
            "adafruit_bits/deep/more.py": "x = 1\n",
            "adafruit_types.py": "",
            "adafruit_bus.py": "",
        },
    )
    needed, outside = libraries.closure(["adafruit_clock"], modules, ["adafruit_bus"])
    assert set(needed) == {
        "adafruit_clock",
        "adafruit_bits",
        "adafruit_bits.one",
        "adafruit_bits.deep",
        "adafruit_bits.deep.more",
    }
    assert outside == {"time", "adafruit_bus"}
    assert libraries.drive_path("adafruit_bits", modules["adafruit_bits"]) == "lib/adafruit_bits/__init__.py"
    assert (
        libraries.drive_path("adafruit_bits.one", modules["adafruit_bits.one"]) == "lib/adafruit_bits/one.py"
    )


def test_imports_that_may_fail_are_left_out() -> None:
    source = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n"
        "def f():\n    import b\n"
        "try:\n    import c\nexcept (ValueError, ImportError):\n    c = None\n"
        "try:\n    import d\nfinally:\n    pass\n"
    )
    assert device_imports(source, "p", lambda name: False) == ["typing", "b", "d"]


def test_a_root_that_no_package_has_is_told() -> None:
    with pytest.raises(LibraryMissing, match="adafruit_nothing"):
        libraries.closure(["adafruit_nothing"], {})


def test_the_packages_are_pinned_and_installed_as_pinned() -> None:
    pins = libraries.pinned()
    assert pins["adafruit-circuitpython-ds3231"]
    assert {name: metadata.version(name) for name in pins} == pins
    assert "adafruit_ds3231" in libraries.installed_modules()


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        ({"adafruit-circuitpython-ds3231": "0.0.1"}, r"version .*; 0\.0\.1 was tried.*sparekey\[deploy\]"),
        ({"adafruit-circuitpython-nothing": "1.0"}, r"nothing is not installed.*sparekey\[deploy\]"),
    ],
)
def test_another_version_or_none_is_told(
    pins: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "pinned", lambda: pins)
    with pytest.raises(LibraryMissing, match=words):
        libraries.installed_modules()
