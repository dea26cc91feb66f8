"""A login service played with the core alone: enrols tokens, shows QR codes, checks one-time passwords."""

import os
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparekey.virtual import states
from sparekey_token.core import agreement, compose, otp, x25519
from sparekey_token.core.interval import INTERVAL

if TYPE_CHECKING:
    from .token_in_hand import Token


@dataclass(frozen=True)
class Account:
    """What the service knows of an account."""

    index: int
    name: str
    reference: int
    key: bytes
    format: str = otp.DEFAULT


@dataclass(frozen=True)
class Enrolment:
    """An enrolment as far as the token's reveal."""

    transcript: bytes
    shared: bytes
    key: bytes

    @property
    def check_code(self) -> str:
        """What token and page both show."""
        return agreement.check_code(self.shared, self.transcript)


class Service:
    """A login service."""

    def __init__(
        self,
        server_id: bytes = states.SERVER_ID,
        private_key: bytes = states.SERVER_PRIVATE_KEY,
        name: str = states.SERVER_NAME,
    ) -> None:
        """By default the one that ``enrolled`` tokens know."""
        self.server_id = server_id
        self.private_key = private_key
        self.name = name

    @classmethod
    def another(cls, name: str = "Another") -> "Service":
        """One that no token knows yet."""
        return cls(os.urandom(8), os.urandom(32), name)

    def enrolment(self, account: str, expires: int | None = None) -> bytes:
        """The bytes of an enrolment's QR code."""
        return compose.enrolment_body(
            self.server_id,
            os.urandom(16),
            expires or int(time.time()) + 600,
            x25519.public_key(self.private_key),
            self.name,
            account,
            "http://localhost",
        )

    def login(
        self, hint: str = "Firefox, Ghent", expires: int | None = None, otp_allowed: bool = True
    ) -> bytes:
        """The bytes of a login's QR code."""
        expires = expires or int(time.time()) + 300
        return compose.login_body(self.server_id, os.urandom(16), expires, otp_allowed, self.name, hint)

    def reveal(self, token: "Token", body: bytes, commitment: bytes) -> Enrolment:
        """Steps 2 and 3 of docs/protocol.md §6, the token's commitment and proof checked."""
        server_nonce = os.urandom(16)
        shown = token.call("enrol.reveal", server_nonce=server_nonce.hex())
        public_key, nonce = bytes.fromhex(shown["public_key"]), bytes.fromhex(shown["token_nonce"])
        assert agreement.commitment(public_key, nonce) == commitment
        transcript = agreement.transcript(body, commitment, server_nonce, public_key, nonce)
        shared = x25519.shared(self.private_key, public_key)
        key = agreement.account_key(shared, transcript)
        assert agreement.token_proof(key, transcript, shown["pin"]).hex() == shown["proof"]
        return Enrolment(transcript, shared, key)

    def finish(self, token: "Token", enrolment: Enrolment, reference: int, unix: int | None = None) -> int:
        """Sends step 4; answers the request's number."""
        unix = unix or int(time.time())
        format = otp.DEFAULT
        proof = agreement.server_proof(enrolment.key, enrolment.transcript, reference, format, unix)
        return token.ask("enrol.finish", ref=reference, format=format, unix=unix, proof=proof.hex())

    def enrol(self, token: "Token", name: str = "ada", reference: int | None = None) -> Account:
        """The whole enrolment with its two presses."""
        reference = secrets.randbelow(1 << 30) if reference is None else reference
        body = self.enrolment(name)
        begun = token.ask("enrol.begin", payload=compose.to_text(body))
        token.wait_for("Add account?")
        token.press("ok")
        enrolment = self.reveal(token, body, bytes.fromhex(token.answer(begun)["commitment"]))
        finished = self.finish(token, enrolment, reference)
        token.wait_for(enrolment.check_code)
        token.press("ok")
        return Account(token.answer(finished)["index"], name, reference, enrolment.key)


def expected(account: Account, body: bytes, since: float) -> set[str]:
    """The one-time passwords, as shown, that are right from ``since`` (before the press) until now.

    ``since`` in Unix seconds. Mostly one; two where the interval turned meanwhile, or is about to by the
    token's clock, which may be 3 s off.
    """
    times = range(int(since) - 3, int(time.time()) + 4)
    return {
        otp.shown(otp.compute(account.key, account.reference, body, unix, account.format))
        for unix in {times[0], times[-1], *times[::INTERVAL]}
    }


def is_right(unix: int, since: float) -> bool:
    """Whether a clock that said ``unix`` between ``since`` (Unix seconds) and now is right, to 2 s."""
    return since - 3 < unix < time.time() + 2


ENROLLED = Account(0, states.ACCOUNT_NAME, states.REFERENCE, states.ACCOUNT_KEY)
"""The account of a virtual token that begins ``enrolled``."""
