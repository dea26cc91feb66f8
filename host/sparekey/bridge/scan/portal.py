"""The screen under Wayland, through the desktop's portal (``pip install 'sparekey[wayland]'``).

XDG Desktop Portal, interface ``org.freedesktop.portal.Screenshot``: the desktop may ask the person.
"""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from sparekey.bridge.errors import NotReadable, PartMissing

from .image_file import opened

if TYPE_CHECKING:
    from PIL import Image

# seconds that the person may take to agree
_AGREE = 60.0
_PORTAL = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"


def is_wayland() -> bool:
    """Whether this session's screen can only be seen through the portal."""
    return bool(os.environ.get("WAYLAND_DISPLAY"))


def picture() -> "Image.Image":
    """All screens in one picture, in grey; ``NotReadable`` where the portal or the person says no."""
    try:
        from jeepney import DBusAddress, MatchRule, new_method_call
        from jeepney.auth import AuthenticationError
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection
        from jeepney.wrappers import DBusErrorResponse, unwrap_msg
    except ImportError:
        raise PartMissing("jeepney", next_step="pip install 'sparekey[wayland]'") from None

    try:
        with open_dbus_connection() as bus:
            token = f"sparekey{secrets.token_hex(8)}"
            # the request's path is known before it is made, so that its answer can't be missed
            sender = bus.unique_name.removeprefix(":").replace(".", "_")
            rule = MatchRule(
                type="signal",
                interface="org.freedesktop.portal.Request",
                member="Response",
                path=f"{_PATH}/request/{sender}/{token}",
            )
            Proxy(message_bus, bus).AddMatch(rule)
            ask = new_method_call(
                DBusAddress(_PATH, _PORTAL, "org.freedesktop.portal.Screenshot"),
                "Screenshot",
                "sa{sv}",
                ("", {"handle_token": ("s", token), "interactive": ("b", False)}),
            )
            with bus.filter(rule) as answers:
                unwrap_msg(bus.send_and_get_reply(ask, timeout=_AGREE))
                code, told = bus.recv_until_filtered(answers, timeout=_AGREE).body
    except (OSError, KeyError, AuthenticationError, DBusErrorResponse) as fault:
        # KeyError: this session has no bus
        raise NotReadable("the desktop's portal gives no picture of the screen") from fault
    if code != 0:
        raise NotReadable("the desktop did not allow a look at the screen")
    file = Path(unquote(urlsplit(told["uri"][1]).path))
    try:
        return opened(file.read_bytes(), "the screen")
    except OSError as fault:
        raise NotReadable("the portal's picture can't be read") from fault
    finally:
        # it shows whatever was on the screen
        file.unlink(missing_ok=True)
