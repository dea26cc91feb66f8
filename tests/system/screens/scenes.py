"""Goes through all that a person can see, the same each time: ``python -m …scenes FOLDER``."""

import hashlib
import itertools
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from .oled import Oled

_numbers = itertools.count()


def _not_random(count: int) -> bytes:
    return hashlib.shake_256(next(_numbers).to_bytes(4, "big")).digest(count)


def main() -> None:
    """Writes a PNG a screen into FOLDER."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as state:
        os.urandom = _not_random  # the other side of an enrolment draws, too
        oled = Oled(Path(state))
        for scene in (
            _enrolment,
            _login,
            _transaction,
            _names,
            _menu,
            _pin,
            _clock,
            _found,
            _troubles,
            _rest,
        ):
            scene(oled)
    for name, picture in oled.pictures.items():
        picture.save(folder / f"{name}.png", optimize=True)


def _desk(oled: Oled, *names: str) -> Any:
    from tests.unit.firmware.doubles import Desk

    desk = Desk(screen=oled, random=_not_random)
    for name in names:
        desk.add(name)
    return desk


def _scan(desk: Any, **fields: Any) -> object:
    from sparekey_token.core import compose
    from tests.unit.firmware.doubles import login_body

    return desk.call("session.start", payload=compose.to_text(login_body(**fields)))


def _enrolment(oled: Oled) -> None:
    from tests.unit.firmware.doubles import NOW, Server, outcome

    desk, server = _desk(oled), Server()
    oled.keep("idle.no_accounts")
    asked = desk.send("enrol.begin", payload=server.text)
    desk.press("ok")
    said = outcome(desk.answer(asked))
    said = outcome(desk.answer(desk.send("enrol.reveal", server_nonce=server.commit(said["commitment"]))))
    desk.send("enrol.finish", **server.reveal(said, unix=NOW + 90))
    desk.press("ok", "ok", "ok")


def _login(oled: Oled) -> None:
    desk = _desk(oled, "ada")
    desk.rounds()
    oled.keep("idle")
    desk.clock.unix += 3600
    _scan(desk, expires=desk.clock.unix + 300)
    desk.send("otp.generate", index=0)
    desk.press("ok")
    desk.pass_seconds(32)
    oled.keep("login.otp.later")
    desk.pass_seconds(15)
    oled.keep("login.otp.over")
    for spelled in ("crock32-60", "decimal-30"):
        other = _desk(oled)
        other.add(format=spelled)
        _scan(other)
        other.send("otp.generate", index=0)
        other.press("ok")
        oled.keep("login.otp." + spelled)
    _scan(desk, expires=desk.clock.unix + 300, session=bytes(15) + b"\1")
    desk.send("login.respond", index=0, challenge=bytes(16).hex())
    desk.press("ok")


def _transaction(oled: Oled) -> None:
    from sparekey_token.core import compose
    from tests.unit.firmware.doubles import NOW, SERVER_ID

    def ask(desk: Any, *texts: str) -> None:
        body = compose.transaction_body(SERVER_ID, bytes(16), NOW + 300, *texts)
        desk.send("transaction.respond", payload=compose.to_text(body), challenge=bytes(16).hex())

    desk = _desk(oled, "ada", "grace")
    ask(desk, "12.50 EUR", "Bob's Bakery", "Four loaves of rye for Friday")
    desk.press("ok", "ok", "ok", "ok")
    ask(_desk(oled, "ada"), "€ 1 250", "Café Brûlée, Москва", "")
    oled.keep("transaction.pay.letters")
    desk = _desk(oled, "ada")
    ask(
        desk,
        "1,234,567.89 EUR",
        "Universiteitsbibliotheek Gent, Rozier 9, Ghent",
        "Invoice 2026-1142, second half, for the scanning of ninety-six manuscripts until November",
    )
    oled.keep("transaction.pay.long")
    desk.press("ok")
    oled.keep("transaction.pay.more")
    desk.press("ok")
    oled.keep("transaction.for.long")
    desk.press("ok")
    oled.keep("transaction.for.more")
    desk.press("back")


def _names(oled: Oled) -> None:
    desk = _desk(oled)
    desk.add("margaret.hamilton@office", "Universiteitsbibliotheek")
    desk.add("grace", "Universiteitsbibliotheek")
    _scan(desk, hint="Firefox on Windows, Ghent (BE)")
    desk.send("otp.generate", index=0)
    oled.keep("login.ask.long")
    desk.pass_seconds(3)
    oled.keep("login.ask.long-hint")
    desk.press("next")
    oled.keep("login.ask.second")
    desk = _desk(oled)
    desk.add("Zoë Müller", "Bücher 東京 Ελλάς")
    _scan(desk, hint="Café ☕, Москва")
    desk.send("otp.generate", index=0)
    oled.keep("login.ask.letters")


def _menu(oled: Oled) -> None:
    desk = _desk(oled, "ada", "grace")
    desk.press("ok")
    desk.press("next", "next", "next", "next")
    oled.keep("menu.further")
    desk.press("back")
    for entry in range(7):
        desk.press("ok", *["next"] * entry, "ok")
        if entry == 0:
            desk.press("next", "ok", "ok")
        if entry == 6:
            desk.press("ok", "next", "ok")
        desk.press("back", "back", "back")
    _desk(oled).press("ok", "ok")
    desk = _desk(oled, "ada")
    desk.send("accounts.remove", index=0)
    desk.press("ok")


def _pin(oled: Oled) -> None:
    from tests.unit.firmware.doubles import Server

    desk = _desk(oled, "ada")
    asked = desk.send("pin.change")
    desk.press("ok")
    desk.type_pin("4711")
    desk.type_pin("4712")
    desk.press("ok")
    desk.type_pin("4711")
    desk.type_pin("4711")
    assert desk.answer(asked) is not None
    desk.press("ok")
    desk.call("lock")
    desk.rounds()
    desk.press("ok")
    desk.press("next", "ok", "ok", "next", "ok", "ok")
    oled.keep("unlock.pin.done")
    desk.press("ok")
    desk.work()
    desk.vault.wait_seconds = 15
    desk.press("ok")
    desk.pass_seconds(16)
    desk.vault.wait_seconds = 0
    desk.vault.tries_left = 1
    desk.type_pin("0000")
    desk = _desk(oled, "ada")
    desk.vault.pin = "4711"
    desk.press("ok", "next", "next", "ok", "next", "ok")
    desk.type_pin("4711")
    desk.press("ok")
    desk.work()
    desk.vault.pin = "4711"
    server = Server()
    desk.vault.add(
        server.body[1:9], server.public, "Sparekey demo", "grace", 9, "crock32-30", True, bytes(32)
    )
    desk.press("ok", "ok", "next", "ok")
    desk.type_pin("4711")


def _clock(oled: Oled) -> None:
    from tests.unit.firmware.doubles import NOW

    desk = _desk(oled, "ada")
    desk.send("time.set", unix=NOW + 480)
    oled.keep("time.ask.computer")
    desk.press("ok")
    for fault in ("lost", "bus", "early", "back"):
        desk = _desk(oled, "ada")
        desk.clock.fault = fault if fault in ("lost", "bus") else None
        if fault == "early":
            desk.clock.unix = 1_700_000_000
        if fault == "back":
            desk.vault.use_interval(NOW // 120 + 1)
        desk.rounds(30)
        oled.keep("idle.clock_unset" if fault == "lost" else "idle.clock_unset." + fault)


def _found(oled: Oled) -> None:
    """What the vault may find when it is opened, and a token that never had an account."""
    desk = _desk(oled)
    desk.clock.fault = "lost"
    desk.rounds(30)
    desk = _desk(oled)
    desk.vault.wiping, desk.vault.damaged = True, 2
    desk.power_up()
    desk.rounds()
    desk.press("ok")
    desk.rounds()


def _troubles(oled: Oled) -> None:
    from sparekey_token.core.errors import Refused
    from sparekey_token.core.sentences import SENTENCES
    from sparekey_token.flows import trouble

    for name in SENTENCES:
        # the bridge's; said to the host; the idle screen's
        if name not in ("unreachable", "busy", "clock_unset"):
            oled.show(trouble.view(Refused(name)))
    oled.show(trouble.view(Refused("fault", "MemoryError")))
    oled.keep("error.fault")


def _rest(oled: Oled) -> None:
    from sparekey_token import maintenance

    desk = _desk(oled, "ada")
    desk.app.token.exposed = "usb"
    desk.power_up()
    desk.app.token.exposed = "usb"
    desk.press("ok", "back")
    desk.app.token.exposed = "web"
    desk.press("ok", "back")
    oled.keep("idle.drive_open.web")
    maintenance._let_go(oled)
    desk.buttons.presses = [None, "ok"]  # after the question
    maintenance._asked(oled, desk.buttons, 3)


if __name__ == "__main__":
    main()
