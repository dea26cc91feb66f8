"""CircuitPython's ``storage``: the drive that a board shows to the host; this one's can't be seen."""

from sparekey.virtual import running


class VfsFat:
    """The board's file system."""

    label = "CIRCUITPY"

    @property
    def readonly(self) -> bool:
        """Whether the program may not write."""
        return _state["readonly"]


_root = VfsFat()
_state = {"usb": True, "readonly": True}


def getmount(mount_path: str) -> VfsFat:
    """The file system at ``/``; ``OSError`` elsewhere."""
    if mount_path != "/":
        raise OSError(2, "No such mount")
    return _root


def remount(
    mount_path: str, readonly: bool = False, *, disable_concurrent_write_protection: bool = False
) -> None:
    """Lets the program write, or not; only while the host doesn't see the drive, or in boot.py."""
    getmount(mount_path)
    if _state["usb"] and running.board().booted:
        raise RuntimeError("Cannot remount path when visible via USB.")
    _state["readonly"] = readonly


def disable_usb_drive() -> None:
    """Hides the drive; only in boot.py."""
    _show(False)


def enable_usb_drive() -> None:
    """Shows the drive; only in boot.py."""
    _show(True)


def _show(shown: bool) -> None:
    if running.board().booted:
        raise RuntimeError("Cannot change USB devices now")
    _state["usb"] = shown
    _state["readonly"] = shown
