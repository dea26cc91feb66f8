"""The same logins in asyncio."""

import asyncio

import pytest

from sparekey.bridge import AsyncBridge, Outcome, Session
from sparekey.bridge.events import OTPGenerated, Waiting

from .server_double import ServerDouble
from .test_bridge import Heard
from .token_double import TokenDouble


def test_an_online_login(token: TokenDouble, server: ServerDouble, url: str) -> None:
    async def login() -> Outcome:
        async with await AsyncBridge.open(str(token.path), server_url=url) as bridge:
            return await bridge.login(server.login_text(), Heard())

    assert asyncio.run(login()) is Outcome.LOGIN
    assert server.logged_in == "proof"


def test_an_offline_login(token: TokenDouble, server: ServerDouble) -> None:
    heard = Heard()

    async def login() -> Outcome:
        async with await AsyncBridge.open(str(token.path), server_url="http://127.0.0.1:9") as bridge:
            return await bridge.login(server.login_text(), heard, wait=0.1)

    assert asyncio.run(login()) is Outcome.OTP
    (made,) = [event.otp for event in heard.events if isinstance(event, OTPGenerated)]
    assert server._otp_login({"otp": made})[0] == 200


def test_an_enrolment(token: TokenDouble, server: ServerDouble, url: str) -> None:
    told: list[str] = []

    async def enrol() -> str:
        async with await AsyncBridge.open(str(token.path)) as bridge:
            done = await bridge.enrol(server.enrolment_text(url), lambda what, seconds: told.append(what))
            return done.account

    assert asyncio.run(enrol()) == "ada"
    assert told == ["button", "button"]


def test_a_server_nobody_knows(token: TokenDouble, server: ServerDouble) -> None:
    async def login() -> Outcome:
        async with await AsyncBridge.open(str(token.path)) as bridge:
            return await bridge.login(server.login_text(), Heard())

    assert asyncio.run(login()) is Outcome.OTP


def test_a_token_pulled_and_plugged_in_again(token: TokenDouble, server: ServerDouble) -> None:
    heard = Heard()

    async def login() -> Outcome:
        async with await AsyncBridge.open(str(token.path), server_url="http://127.0.0.1:9") as bridge:
            running = asyncio.create_task(bridge.login(server.login_text(), heard))
            while "otp_available" not in heard.names:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(token.unplug)
            while "unplugged" not in heard.names:
                await asyncio.sleep(0.01)
            token.plug()
            while heard.names.count("otp_available") < 2:
                await asyncio.sleep(0.01)
            heard.session.get_otp_now()
            return await running

    assert asyncio.run(login()) is Outcome.OTP


def test_cancelling_stops_the_login_on_the_token(token: TokenDouble, server: ServerDouble, url: str) -> None:
    token.finger = None

    async def login() -> None:
        waits = asyncio.Event()

        class Waiter(Heard):
            def on_waiting(self, session: Session, event: Waiting) -> None:
                waits.set()

        async with await AsyncBridge.open(str(token.path), server_url=url) as bridge:
            running = asyncio.create_task(bridge.login(server.login_text(), Waiter()))
            await waits.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(login())
    assert token.asked[-2:] == ["cancel", "session.stop"]
