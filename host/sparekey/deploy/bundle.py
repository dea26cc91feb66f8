"""A zip per board for those who just drag its content onto the drive.

``python -m sparekey.deploy.bundle FOLDER`` writes one for every board.
"""

import io
import sys
import zipfile
from pathlib import Path

from sparekey_token import __version__

from .board import Board, load_boards
from .errors import DeployError
from .image import Image, build
from .source import device_source

_DAY = (1980, 1, 1, 0, 0, 0)  # zip's first: the same files make the same bytes


def bundle_name(board: Board) -> str:
    """The zip's file name."""
    return f"sparekey-{__version__}-{board.key}.zip"


def write_bundle(image: Image, file: Path) -> None:
    """Writes ``image`` as a zip whose content is what goes onto the drive; the same image, the same bytes.

    Raises ``DeployError`` where the file can't be written.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, data in image.files.items():
            entry = zipfile.ZipInfo(path, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.getvalue())
    except OSError as fault:
        raise DeployError(f"{file} can't be written: {fault.strerror}.") from fault


def main(folder: Path) -> None:
    """A zip in ``folder`` for every board that has a drive; prints each file's name."""
    source = device_source()
    for board in load_boards(source.boards).values():
        if board.deployable:
            file = folder / bundle_name(board)
            write_bundle(build(board, source), file)
            sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist"))
