"""The Adafruit libraries that the firmware needs, file by file, from their installed packages.

Which packages, and in which versions, stands in pyproject.toml's ``deploy`` extra alone. Of those,
only the modules that are really imported go onto the device.
"""

import re
import sys
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

from .errors import LibraryMissing
from .imports import device_imports

_PIN = re.compile(r"^([A-Za-z0-9._-]+)\s*==\s*([A-Za-z0-9.+!]+)\s*;.*extra\s*==\s*['\"]deploy['\"]")


def pinned() -> dict[str, str]:
    """The packages for the device and the version of each that was tried."""
    pins = (_PIN.match(requirement) for requirement in metadata.requires("sparekey") or ())
    return {pin[1]: pin[2] for pin in pins if pin}


def installed_modules() -> dict[str, Path]:
    """Every module of the pinned packages, dotted name → its file on this computer.

    Raises ``LibraryMissing`` where a package isn't installed, or in another version.
    """
    modules: dict[str, Path] = {}
    for package, version in pinned().items():
        try:
            distribution = metadata.distribution(package)
        except metadata.PackageNotFoundError as fault:
            raise LibraryMissing(_sentence(f"{package} is not installed")) from fault
        if distribution.version != version:
            raise LibraryMissing(
                _sentence(f"{package} is here in version {distribution.version}; {version} was tried")
            )
        for file in distribution.files or ():
            if file.suffix == ".py" and file.parts[0].startswith("adafruit_"):
                parts = file.with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                modules[name] = Path(str(distribution.locate_file(file)))
    return modules


def closure(
    roots: Iterable[str], modules: dict[str, Path], built_in: Iterable[str] = ()
) -> tuple[dict[str, Path], set[str]]:
    """The modules out of ``modules`` that importing ``roots`` brings along, and all that lie outside.

    The second set is what the device's own CircuitPython must have. A package comes with its
    ``__init__``; modules of ``built_in`` packages count as CircuitPython's own.
    Raises ``LibraryMissing`` where a root is in no pinned package.
    """
    own = set(built_in)
    needed: dict[str, Path] = {}
    outside: set[str] = set()
    queue = list(roots)
    for root in queue:
        if root not in modules and root not in own:
            raise LibraryMissing(f"{root} is in none of the packages of sparekey's deploy extra.")
    is_module: Callable[[str], bool] = modules.__contains__
    while queue:
        name = queue.pop()
        if name in needed:
            continue
        if name not in modules or name.partition(".")[0] in own:
            outside.add(name.partition(".")[0])
            continue
        needed[name] = modules[name]
        package = name if modules[name].name == "__init__.py" else name.rpartition(".")[0]
        queue += device_imports(modules[name].read_text("utf-8"), package, is_module)
        if "." in name:
            queue.append(name.rpartition(".")[0])
    return needed, outside


def drive_path(name: str, file: Path) -> str:
    """Where the module called ``name`` goes on the drive."""
    return f"lib/{name.replace('.', '/')}{'/__init__' if file.name == '__init__.py' else ''}.py"


def _sentence(fault: str) -> str:
    return f"{fault}. Bring it here: {sys.executable} -m pip install 'sparekey[deploy]'"
