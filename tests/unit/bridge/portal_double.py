"""A desktop portal on the session bus: answers ``Screenshot`` with a file, or the person's no."""

import sys

from jeepney import HeaderFields, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection
from jeepney.wrappers import DBusAddress


def main(code: int, uri: str) -> None:
    with open_dbus_connection() as bus:
        Proxy(message_bus, bus).RequestName("org.freedesktop.portal.Desktop")
        print("ready", flush=True)
        while True:
            asked = bus.receive()
            if asked.header.message_type is not MessageType.method_call:
                continue
            sender = asked.header.fields[HeaderFields.sender]
            options = asked.body[1]
            assert options["interactive"] == ("b", False)
            name = sender.removeprefix(":").replace(".", "_")
            path = f"/org/freedesktop/portal/desktop/request/{name}/{options['handle_token'][1]}"
            bus.send(new_method_return(asked, "o", (path,)))
            request = DBusAddress(path, interface="org.freedesktop.portal.Request")
            bus.send(new_signal(request, "Response", "ua{sv}", (code, {"uri": ("s", uri)})))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
