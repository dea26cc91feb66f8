"""Where the device's files are: in the source tree, or in what the installed package brings along."""

from dataclasses import dataclass
from pathlib import Path

import sparekey_token

from .errors import DeployError

_HERE = Path(__file__).resolve()


@dataclass(frozen=True)
class DeviceSource:
    """``firmware`` holds boot.py and code.py, ``package`` is sparekey_token, ``boards`` a folder a board."""

    firmware: Path
    package: Path
    boards: Path


def device_source() -> DeviceSource:
    """The device's files that belong to this very host program.

    Raises ``DeployError`` where the installation has none.
    """
    package = Path(sparekey_token.__file__).resolve().parent
    for folder in (_HERE.parents[3], _HERE.parents[2] / "sparekey_device"):
        source = DeviceSource(folder / "firmware", package, folder / "boards")
        if (source.firmware / "code.py").is_file() and source.boards.is_dir():
            return source
    raise DeployError("This installation has no firmware with it. Install sparekey again.")
