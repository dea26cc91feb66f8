"""The serial cable to the token: opened for one program alone, read without waiting byte by byte."""

import errno
import os
from pathlib import Path

import serial

from .errors import PortBusy, PortDenied, PortFailed, TokenGone
from .port_holder import holder

# USB CDC has no real speed, but 1200 is a knock on the bootloader's door
_BAUD = 115200
# seconds: longer than any token needs to empty its buffer
_WRITE_LIMIT = 5.0


class Cable:
    """An open serial port (or pty) with bytes going both ways."""

    def __init__(self, path: str) -> None:
        """Opens ``path``; raises ``PortBusy``, ``PortDenied`` or ``PortFailed``."""
        self.path = path
        try:
            # DTR is asserted by opening: a token's usb_cdc counts as connected only then
            self._serial = serial.Serial(
                path,
                _BAUD,
                timeout=0,
                write_timeout=_WRITE_LIMIT,
                exclusive=None if os.name == "nt" else True,
            )
            self._serial.reset_input_buffer()
        except (OSError, ValueError) as fault:  # SerialException is an OSError
            raise _explained(path, fault) from fault

    def read(self, seconds: float) -> bytes:
        """What has come, waiting ``seconds`` at most for the first byte; ``TokenGone`` on unplugging."""
        try:
            self._serial.timeout = max(seconds, 0)
            return bytes(self._serial.read(self._serial.in_waiting or 1))
        except (OSError, TypeError, ValueError) as fault:  # TypeError: closed while reading
            raise TokenGone(self.path) from fault

    def write(self, data: bytes) -> None:
        """Sends ``data`` whole; ``TokenGone`` on unplugging or where nothing takes it."""
        try:
            self._serial.write(data)
        except (OSError, TypeError, ValueError) as fault:
            raise TokenGone(self.path) from fault

    def plugged(self) -> bool:
        """Whether the token is still at the other end."""
        try:
            return self._serial.in_waiting >= 0 and (os.name == "nt" or Path(self.path).exists())
        except (OSError, TypeError, ValueError):
            return False

    def close(self) -> None:
        """Lets the port go."""
        try:
            self._serial.close()
        except OSError:  # the device went first
            self._serial.fd = None


def _explained(path: str, fault: Exception) -> PortBusy | PortDenied | PortFailed:
    number = getattr(fault, "errno", None)
    words = str(fault)
    if number in (errno.EACCES, errno.EPERM) and os.name != "nt":
        return PortDenied(path, next_step=_mending(path))
    # Windows says "Access is denied" where another program has the port
    if "exclusively lock" in words or number == errno.EBUSY or "PermissionError" in words:
        other = holder(path)
        return PortBusy(f"{path}, held by {other}" if other else path)
    if number == errno.ENOENT or "FileNotFoundError" in words:
        return PortFailed(f"{path} does not exist")
    return PortFailed(f"{path}: {os.strerror(number)}" if number else path)


def _mending(path: str) -> str:
    """The command that lets this user open ``path``."""
    try:
        import grp

        group = grp.getgrgid(Path(path).stat().st_gid).gr_name
    except (ImportError, OSError, KeyError):
        group = "dialout"
    if group == "root":
        return (
            'Let the system give it to whoever sits here: echo \'SUBSYSTEM=="tty",'
            ' ATTRS{interface}=="CircuitPython CDC2*", TAG+="uaccess"\' | sudo tee'
            " /etc/udev/rules.d/60-sparekey.rules, then unplug the token and plug it in again."
        )
    return f"Join the port's group: sudo usermod -aG {group} $USER, then log out and in again."
