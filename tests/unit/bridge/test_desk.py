"""The desk behind the desktop page: one login at a time, whenever the next picture comes."""

import threading

from sparekey.bridge import Bridge
from sparekey.bridge.desk.desk import Desk

from .server_double import ServerDouble
from .token_double import TokenDouble


def test_a_picture_that_comes_while_the_token_is_opened_takes_the_place_of_the_one_before(
    token: TokenDouble, server: ServerDouble
) -> None:
    first = server.login_text().encode()
    server.session_id = b"\1" * 16
    second = server.login_text().encode()
    dropped: list[threading.Thread] = []

    def open_bridge() -> Bridge:
        login = desk._login
        assert login
        if not dropped:
            dropped.append(threading.Thread(target=desk.scan, args=(second,)))
            dropped[0].start()
            assert login.over.wait(30)
        return Bridge(str(token.path))

    desk = Desk(open_bridge)
    desk.scan(first)
    count, told = 0, [{}]
    while told[-1].get("event") != "session_stop":
        found = desk.events_from(count, 30)
        assert found
        count, new = found
        told += new
    assert token.asked.count("session.start") == token.asked.count("otp.generate") == 1
    (made,) = [event["otp"] for event in told if event.get("event") == "otp"]
    assert server._otp_login({"otp": made})[0] == 200
    dropped[0].join()
    desk.close()


def test_a_page_closed_while_the_token_is_opened_leaves_nothing_waiting_on_it(
    token: TokenDouble, server: ServerDouble
) -> None:
    closed: list[threading.Thread] = []

    def open_bridge() -> Bridge:
        login = desk._login
        assert login
        closed.append(threading.Thread(target=desk.close))
        closed[0].start()
        assert login.over.wait(30)
        return Bridge(str(token.path))

    desk = Desk(open_bridge)
    desk.scan(server.login_text().encode())
    assert desk._running
    desk._running.join(30)
    closed[0].join(30)
    assert set(token.asked) <= {"hello"}
    assert desk.events_from(0, 0) is None
