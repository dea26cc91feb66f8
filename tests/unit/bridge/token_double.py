"""A token on a pty, made of ``sparekey_token.core``: answers as docs/protocol.md §7 has it, when told to."""

import contextlib
import os
import select
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sparekey_token.core import agreement, frame, messages, otp, payload, proof, x25519
from sparekey_token.core.errors import Refused
from sparekey_token.core.sentences import sentence

Answer = Callable[[], dict[str, object]]


@dataclass
class Held:
    """An account on the double."""

    name: str
    server_id: bytes
    key: bytes = field(default_factory=lambda: os.urandom(32))
    reference: int = 0x12345


class TokenDouble:
    """Runs in a thread; ``press`` answers what waits, ``finger`` answers everything by itself."""

    def __init__(self, path: Path, *accounts: Held) -> None:
        self.path = path
        self.accounts = list(accounts)
        self.token_id = os.urandom(8)
        self.clock_moved: dict[str, object] = {}
        self.clock: int | None = 0  # seconds ahead of the computer's, None: lost
        self.set_to: tuple[int, int] | None = None
        """The time that the clock was last set to, in Unix seconds, and by how many it moved."""
        self.finger: str | None = "ok"
        self.pin = False
        self.says_no = False
        self.refusals: dict[str, str] = {}
        self.noise = b""
        self.detail = ""
        self.asked: list[str] = []
        self._session: payload.Login | None = None
        self._enrolment: dict[str, Any] = {}
        self._nonce = b""
        self._plugged = False
        self._ended = False
        self._presses: list[str] = []
        self._waiting: tuple[object, str, Answer] | None = None
        self.waits = threading.Event()

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Power and a cable."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._lines = frame.Assembler()
        self._session, self._waiting = None, None
        self.waits.clear()
        self._plugged = True
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._slave))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """The cable is pulled."""
        if not self._plugged:
            return
        self._plugged = False
        self._thread.join()
        self.path.unlink(missing_ok=True)
        os.close(self._slave)
        os.close(self._master)

    def press(self, button: str) -> None:
        """``ok`` or ``back``, once."""
        self._presses.append(button)

    def _run(self) -> None:
        while self._plugged:
            if self._waiting and (self._presses or self.finger):
                self._decide(self._presses.pop(0) if self._presses else str(self.finger))
            if not select.select([self._master], [], [], 0.01)[0]:
                continue
            with contextlib.suppress(OSError):
                self._lines.feed(os.read(self._master, 1024))
            while True:
                try:
                    line = self._lines.next_line()
                    if line is None:
                        break
                    self._hear(frame.decode(line))
                except frame.LineFault as fault:
                    self._say_error(None, fault.code, fault.name)

    def _hear(self, message: dict[str, object]) -> None:
        ident, method, values = messages.check_request(message)
        self.asked.append(method)
        if self.noise:
            os.write(self._master, self.noise)
        try:
            if self._waiting and not messages.METHODS[method].at_once:
                raise Refused("busy")
            if method in self.refusals:
                raise Refused(self.refusals[method])
            result = getattr(self, "_" + method.replace(".", "_"))(**values_named(values))
        except Refused as refused:
            self._say_error(ident, refused.code, refused.name)
            return
        if callable(result):
            self._waiting = (ident, method, result)
            told = {"for": "pin" if self.pin else "button", "seconds": 30}
            self._say({"jsonrpc": "2.0", "method": "waiting", "params": told})
            self.waits.set()
        else:
            self._answer(ident, method, result)

    def _decide(self, button: str) -> None:
        assert self._waiting
        (ident, method, act), self._waiting = self._waiting, None
        self.waits.clear()
        try:
            if button != "ok":
                raise Refused("declined")
            result = act()
        except Refused as refused:
            self._say_error(ident, refused.code, refused.name)
            return
        self._answer(ident, method, result)

    def _answer(self, ident: object, method: str, result: dict[str, object]) -> None:
        wire = messages.to_wire(messages.METHODS[method].result, result)
        self._say({"jsonrpc": "2.0", "id": ident, "result": wire})

    def _say_error(self, ident: object, code: int, name: str) -> None:
        words = sentence(name) if code > 0 else name
        words += f" ({self.detail})" if self.detail else ""
        error = {"code": code, "message": words, "data": {"name": name}}
        self._say({"jsonrpc": "2.0", "id": ident, "error": error})

    def _say(self, message: dict[str, object]) -> None:
        os.write(self._master, frame.encode(message))

    def _now(self) -> int:
        return int(time.time()) + (self.clock or 0)

    def _fitting(self, server_id: bytes) -> list[tuple[int, Held]]:
        return [(at, one) for at, one in enumerate(self.accounts) if one.server_id == server_id]

    def _hello(self, versions: object) -> dict[str, object]:
        return {
            "version": 1,
            "firmware": "0.1.0",
            "board": "double",
            "token_id": self.token_id,
            "unix": self._now(),
            "clock": "unset" if self.clock is None else "set",
            "locked": False,
            "pin": self.pin,
            "accounts": len(self.accounts),
            "capacity": 64,
            **self.clock_moved,
        }

    def _ping(self) -> dict[str, object]:
        return {}

    def _cancel(self) -> dict[str, object]:
        if self._waiting:
            ident, _, _ = self._waiting
            self._waiting = None
            self.waits.clear()
            self._say_error(ident, 53, "declined")
        return {}

    def _session_start(self, text: str) -> dict[str, object]:
        shown = payload.read(text)
        assert isinstance(shown, payload.Login)
        if self.clock is None:
            raise Refused("clock_unset")
        fitting = self._fitting(shown.server_id)
        if not fitting:
            raise Refused("no_account")
        self._session = shown
        listed = [{"index": at, "name": one.name} for at, one in fitting]
        return {"accounts": listed, "otp": shown.otp_allowed}

    def _session_stop(self) -> dict[str, object]:
        self._session = None
        return {}

    def _otp_generate(self, index: int) -> Answer:
        held, shown = self._open(index)

        def act() -> dict[str, object]:
            self._session = None
            made = otp.compute(held.key, held.reference, shown.body, self._now())
            return {"otp": otp.shown(made)}

        return act

    def _login_respond(self, index: int, challenge: bytes) -> Answer:
        held, shown = self._open(index)
        flags = proof.USER_VERIFIED if self.pin else 0
        return lambda: {
            "ref": held.reference,
            "flags": flags,
            "proof": proof.login_proof(held.key, shown.body, challenge, flags),
        }

    def _open(self, index: int) -> tuple[Held, payload.Login]:
        if self._session is None:
            raise Refused("no_session")
        return self.accounts[index], self._session

    def _transaction_respond(self, text: str, challenge: bytes) -> Answer:
        shown = payload.read(text)
        assert isinstance(shown, payload.Transaction)
        ((_, held),) = self._fitting(shown.server_id)

        def act() -> dict[str, object]:
            flags = proof.DECLINED if self.says_no else 0
            made = proof.login_proof(held.key, shown.body, challenge, flags)
            return {"ref": held.reference, "flags": flags, "proof": made}

        return act

    def _time_challenge(self, server_id: bytes) -> dict[str, object]:
        fitting = self._fitting(server_id)
        if not fitting:
            raise Refused("no_account")
        self._nonce = os.urandom(16)
        return {"nonce": self._nonce, "ref": fitting[0][1].reference}

    def _time_set(self, unix: int, given: bytes | None) -> "dict[str, object] | Answer":
        def act() -> dict[str, object]:
            moved = unix - self._now()
            self.clock = unix - int(time.time())
            self.set_to = unix, moved
            return {"offset": moved}

        if given is None:
            return act
        if given not in [proof.time_proof(one.key, self._nonce, unix) for one in self.accounts]:
            raise Refused("proof_refused")
        return act()

    def _enrol_begin(self, text: str) -> Answer:
        private, nonce = os.urandom(32), os.urandom(16)
        public = x25519.public_key(private)
        committed = agreement.commitment(public, nonce)
        self._enrolment = {
            "shown": payload.read(text),
            "private": private,
            "public": public,
            "nonce": nonce,
            "committed": committed,
        }
        return lambda: {"commitment": committed}

    def _enrol_reveal(self, server_nonce: bytes) -> dict[str, object]:
        it = self._enrolment
        it["hashed"] = agreement.transcript(
            it["shown"].body, it["committed"], server_nonce, it["public"], it["nonce"]
        )
        it["shared"] = x25519.shared(it["private"], it["shown"].server_public_key)
        it["key"] = agreement.account_key(it["shared"], it["hashed"])
        return {
            "public_key": it["public"],
            "token_nonce": it["nonce"],
            "pin": int(self.pin),
            "proof": agreement.token_proof(it["key"], it["hashed"], int(self.pin)),
        }

    def _enrol_finish(self, ref: int, format: str, unix: int, given: bytes) -> Answer:
        it = self._enrolment
        if given != agreement.server_proof(it["key"], it["hashed"], ref, format, unix):
            raise Refused("enrolment_refused")

        def act() -> dict[str, object]:
            self.accounts.append(Held(it["shown"].account_name, it["shown"].server_id, it["key"], ref))
            return {"index": len(self.accounts) - 1}

        return act

    def _accounts_list(self, start: int | None) -> dict[str, object]:
        first = start or 0
        listed = [{"index": at, "server": "demo", "name": one.name} for at, one in enumerate(self.accounts)]
        page = listed[first : first + 2]
        return {"accounts": page, "next": first + 2 if first + 2 < len(listed) else None}

    def _accounts_remove(self, index: int) -> Answer:
        def act() -> dict[str, object]:
            del self.accounts[index]
            return {}

        return act

    def _pin_change(self) -> Answer:
        return dict

    def _wipe(self) -> Answer:
        return dict

    def _lock(self) -> dict[str, object]:
        return {}


def values_named(values: dict[str, object]) -> dict[str, object]:
    """A request's values under names that Python takes."""
    renamed = {"payload": "text", "proof": "given", "from": "start"}
    return {renamed.get(name, name): value for name, value in values.items()}
