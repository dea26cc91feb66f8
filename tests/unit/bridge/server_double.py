"""A server made of ``sparekey_token.core``: the calls of docs/protocol.md §8 and ``otplogin``, in memory."""

import json
import os
import time
from typing import Any

import httpx

from sparekey_token.core import agreement, compose, otp, proof, x25519

from .token_double import Held


class ServerDouble:
    """One server with its accounts and one login session; ``answer`` may be told to do otherwise."""

    def __init__(self) -> None:
        self.server_id = os.urandom(8)
        self.accounts: dict[int, bytes] = {}
        self.verify = False
        self.shift = 0
        self.session_id = os.urandom(16)
        self.logged_in: str | None = None
        self.asked: list[str] = []
        self.told_time = 0
        self._challenge = os.urandom(16)
        self._private, self._nonce = os.urandom(32), os.urandom(16)
        self._committed = b""
        self.check_code = ""

    def account(self, name: str, reference: int) -> Held:
        """An account that the server knows, for the token."""
        held = Held(name, self.server_id, reference=reference)
        self.accounts[reference] = held.key
        return held

    def login_text(self, *, otp_allowed: bool = True) -> str:
        """The login's QR code."""
        expires = int(time.time()) + 300
        self.body = compose.login_body(
            self.server_id, self.session_id, expires, otp_allowed, "Double Bank", "Firefox, Ghent"
        )
        return str(compose.to_text(self.body))

    def enrolment_text(self, url: str) -> str:
        """The enrolment's QR code."""
        self.body = compose.enrolment_body(
            self.server_id,
            self.session_id,
            int(time.time()) + 300,
            x25519.public_key(self._private),
            "Double Bank",
            "ada",
            url,
        )
        return str(compose.to_text(self.body))

    def transport(self) -> httpx.MockTransport:
        """For a client in this process."""
        return httpx.MockTransport(self.handle)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        status, told = self.answer(request.method, request.url.path, request.content)
        return httpx.Response(status, json=told)

    def answer(self, method: str, path: str, content: bytes) -> tuple[int, dict[str, object]]:
        """``(HTTP status, JSON)`` for a request."""
        self.asked.append(f"{method} {path}")
        body: dict[str, Any] = json.loads(content) if content else {}
        if path == f"/app/sessions/{self.session_id.hex()}":
            return 200, {
                "server": self.server_id.hex(),
                "name": "Double Bank",
                "hint": "Firefox, Ghent",
                "expires": int(time.time()) + 300,
                "challenge": self._challenge.hex(),
                "verify": self.verify,
            }
        if path == f"/app/sessions/{self.session_id.hex()}/login":
            key = self.accounts[body["ref"]]
            if proof.login_proof(key, self.body, self._challenge, body["flags"]).hex() != body["proof"]:
                return refusal(403, "proof_refused")
            self.logged_in = "proof"
            return 200, {"loggedin": True}
        if path == f"/app/transactions/{self.session_id.hex()}":
            return self._transaction(method, body)
        if path == "/app/time":
            unix = self.told_time = int(time.time()) + self.shift
            key = self.accounts[body["ref"]]
            made = proof.time_proof(key, bytes.fromhex(body["nonce"]), unix)
            return 200, {"unix": unix, "proof": made.hex()}
        if path.endswith("/commit"):
            self._committed = bytes.fromhex(body["commitment"])
            return 200, {"server_nonce": self._nonce.hex()}
        if path.endswith("/reveal"):
            return self._revealed(body)
        if path.endswith("/sessions/otplogin"):
            return self._otp_login(body)
        if path.endswith("/sessions/"):
            inside = self.logged_in is not None
            return 200, {"loggedin": inside, "otplogin": self.logged_in == "otp", "userid": "ada"}
        return refusal(404, "not_found")

    def _revealed(self, body: dict[str, Any]) -> tuple[int, dict[str, object]]:
        public, nonce = bytes.fromhex(body["public_key"]), bytes.fromhex(body["token_nonce"])
        assert agreement.commitment(public, nonce) == self._committed
        hashed = agreement.transcript(self.body, self._committed, self._nonce, public, nonce)
        shared = x25519.shared(self._private, public)
        key = agreement.account_key(shared, hashed)
        assert agreement.token_proof(key, hashed, body["pin"]).hex() == body["proof"]
        self.check_code = agreement.check_code(shared, hashed)
        reference, unix = 777, int(time.time())
        self.accounts[reference] = key
        made = agreement.server_proof(key, hashed, reference, "crock32-30", unix)
        return 200, {"ref": reference, "format": "crock32-30", "unix": unix, "proof": made.hex()}

    def transaction_text(self) -> str:
        """A transaction's QR code."""
        expires = int(time.time()) + 300
        self.body = compose.transaction_body(self.server_id, self.session_id, expires, "12 EUR", "Bob", "Tea")
        return str(compose.to_text(self.body))

    def _transaction(self, method: str, body: dict[str, Any]) -> tuple[int, dict[str, object]]:
        if method == "GET":
            server, challenge = self.server_id.hex(), self._challenge.hex()
            return 200, {"server": server, "challenge": challenge, "expires": 2**31, "verify": False}
        made = proof.login_proof(self.accounts[body["ref"]], self.body, self._challenge, body["flags"])
        if made.hex() != body["proof"]:
            return refusal(403, "proof_refused")
        return 200, {"tstatus": 2 if body["flags"] & proof.DECLINED else 1}

    def _otp_login(self, body: dict[str, Any]) -> tuple[int, dict[str, object]]:
        reference, _ = otp.split(body["otp"])
        now = int(time.time())
        good = [
            otp.compute(self.accounts[reference], reference, self.body, when) for when in (now, now - 120)
        ]
        if body["otp"].replace(" ", "") not in good:
            return refusal(403, "otp_refused")
        self.logged_in = "otp"
        return 200, {"loggedin": True, "otplogin": True}


def refusal(status: int, code: str) -> tuple[int, dict[str, object]]:
    """An error as docs/server-api.md has it."""
    return status, {"error": {"code": code, "message": "No."}}
