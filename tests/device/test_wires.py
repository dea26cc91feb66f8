"""Chips that are unplugged, a bus that is held low, and what goes over it, held to the datasheets."""

import time

import pytest

from sparekey.virtual import traffic
from sparekey.virtual.mapped import mapped
from sparekey.virtual.traffic import Reader, Transaction
from sparekey_token.core import compose

from .serial_line import Refusal
from .service import Service, expected
from .token_in_hand import Token

OLED, RTC, EEPROM = 0x3C, 0x68, 0x57
PAGE, WRITE_CYCLE = 32, 5_000_000


@pytest.mark.needs_plug
def test_without_its_clock_chip_the_token_answers_and_makes_no_otp(enrolled: Token) -> None:
    enrolled.program.post("/plug/rtc/out")
    enrolled.wait_for("doesn't answer")
    assert enrolled.hello()["clock"] == "unset"
    text = compose.to_text(Service().login())
    assert enrolled.refused("session.start", payload=text) == "clock_unset"
    enrolled.program.post("/plug/rtc/in")
    enrolled.wait_for("1 account")
    assert enrolled.scan(Service().login())["accounts"]


@pytest.mark.needs_plug
def test_without_its_oled_nothing_can_be_agreed_to(enrolled: Token) -> None:
    enrolled.program.post("/plug/oled/out")
    with pytest.raises(Refusal, match="fault"):
        end = time.monotonic() + 10
        while time.monotonic() < end:  # it looks for its OLED every two seconds
            enrolled.scan(Service().login())
            enrolled.call("session.stop")
    assert enrolled.call("ping") == {}
    enrolled.program.post("/plug/oled/in")
    enrolled.wait_for("account", "Scanned", "fault")
    assert enrolled.scan(Service().login())["accounts"]


@pytest.mark.needs_plug
def test_a_bus_held_low_hangs_nothing(enrolled: Token) -> None:
    enrolled.program.post("/bus/low")
    assert enrolled.call("ping") == {}
    end = time.monotonic() + 10
    while enrolled.hello()["clock"] == "set":
        assert time.monotonic() < end
    enrolled.program.post("/bus/free")
    # the OLED may show still what it did before; the clock is read a quarter of a second apart
    end = time.monotonic() + 10
    while enrolled.hello()["clock"] == "unset":
        assert time.monotonic() < end
    enrolled.wait_for("1 account")


@pytest.mark.needs_plug
def test_plugged_in_with_a_bus_held_low_it_still_answers(enrolled: Token) -> None:
    enrolled.power_off()
    enrolled.program.post("/bus/low")
    enrolled.power_on()
    assert enrolled.hello()["clock"] == "unset"
    enrolled.program.post("/bus/free")
    enrolled.wait_for("account")


@pytest.mark.needs_plug
@pytest.mark.needs_eeprom
def test_accounts_are_there_without_the_eeprom_too(enrolled: Token) -> None:
    enrolled.power_off()
    enrolled.program.post("/plug/eeprom/out")
    enrolled.power_on()
    assert enrolled.hello()["accounts"] == 1
    body = Service().login()
    enrolled.scan(body)
    number = enrolled.ask("otp.generate", index=0)
    enrolled.wait_for("Log in?")
    since = time.time()
    enrolled.press("ok")
    assert enrolled.answer(number)["otp"] in expected(enrolled.account, body, since)


@pytest.mark.needs_traffic
def test_what_goes_over_the_bus_is_what_the_datasheets_ask_for(token: Token) -> None:
    reader = Reader(mapped(token.port.parent / "state" / "traffic", traffic.CELLS))
    token.replug()
    Service.another().enrol(token)
    token.wait_for("Account added")
    seen = reader.transactions()
    assert {one.address for one in seen} <= {OLED, RTC, EEPROM}
    _hold_oled([one for one in seen if one.address == OLED])
    _hold_rtc([one for one in seen if one.address == RTC])
    _hold_eeprom([one for one in seen if one.address == EEPROM])


def _hold_oled(seen: list[Transaction]) -> None:
    """SSD1306 §8.1.5.2: a control byte first; §9: charge pump before display on; windows inside the RAM."""
    assert seen
    assert not any(one.reads for one in seen)
    commands = bytearray()
    for one in seen:
        if not one.data:
            continue  # a probe
        assert one.data[0] in (0x00, 0x40, 0x80, 0xC0)
        if one.data[0] == 0x80:
            assert all(control == 0x80 for control in one.data[::2])
            commands += one.data[1::2]
        elif one.data[0] == 0x40:
            assert len(one.data) <= 1 + 1024
    assert commands.index(b"\x8d\x14") < commands.index(b"\xaf")
    assert 0xA8 in commands
    assert commands[commands.index(0xA8) + 1] == 63


def _hold_rtc(seen: list[Transaction]) -> None:
    """DS3231: a register pointer from 00h to 12h; after the time is set, OSF is cleared."""
    writes = [one.data for one in seen if not one.reads and one.data]
    assert all(data[0] <= 0x12 for data in writes)
    times = [place for place, data in enumerate(writes) if data[0] == 0 and len(data) == 8]
    assert times, "the enrolment set the time"
    for value in writes[times[-1]][1:]:
        assert value & 0x0F <= 9, "BCD"
    assert any(data[0] == 0x0F and not data[1] & 0x80 for data in writes[times[-1] :] if len(data) > 1)


def _hold_eeprom(seen: list[Transaction]) -> None:
    """AT24C32: two address bytes, no write over a page's end, none acknowledged in a write cycle."""
    ready = 0
    for one in seen:
        if one.reads or not one.data:
            continue
        if one.acknowledged:
            assert one.nanoseconds >= ready, "it was spoken to in its write cycle and answered"
            assert len(one.data) >= 2
        if one.acknowledged and len(one.data) > 2:
            address = one.data[0] << 8 | one.data[1]
            assert address % PAGE + len(one.data) - 2 <= PAGE, "the page would wrap"
            ready = one.nanoseconds + WRITE_CYCLE
