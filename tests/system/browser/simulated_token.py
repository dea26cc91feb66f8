"""A token made of ``sparekey_token.core`` and HTTP calls alone, for tests of the page."""

import os
import time

import httpx

from sparekey_token.core import agreement, otp, payload, x25519


class SimulatedToken:
    """Enrols by the calls of docs/protocol.md §8 and makes OTPs."""

    def __init__(self) -> None:
        self._key = b""
        self._reference = 0
        self._format = ""
        self.check_code = ""

    def enrol(self, qr_text: str) -> None:
        """All that the token does up to showing its check code."""
        shown = payload.read(qr_text)
        assert isinstance(shown, payload.Enrolment)
        private, nonce = os.urandom(32), os.urandom(16)
        public = x25519.public_key(private)
        committed = agreement.commitment(public, nonce)
        address = f"{shown.server_url.rstrip('/')}/app/enrolments/{shown.enrolment_id.hex()}/"
        with httpx.Client(timeout=60) as client:
            reply = client.post(address + "commit", json={"commitment": committed.hex()}).raise_for_status()
            server_nonce = bytes.fromhex(reply.json()["server_nonce"])
            hashed = agreement.transcript(shown.body, committed, server_nonce, public, nonce)
            shared = x25519.shared(private, shown.server_public_key)
            self._key = agreement.account_key(shared, hashed)
            message = {
                "public_key": public.hex(),
                "token_nonce": nonce.hex(),
                "pin": 0,
                "proof": agreement.token_proof(self._key, hashed, 0).hex(),
                "description": "simulated",
            }
            told = client.post(address + "reveal", json=message).raise_for_status().json()
        proof = agreement.server_proof(self._key, hashed, told["ref"], told["format"], told["unix"])
        assert proof.hex() == told["proof"]
        self._reference, self._format = told["ref"], told["format"]
        self.check_code = agreement.check_code(shared, hashed)

    @property
    def reference(self) -> int:
        """The account's number on its server."""
        return self._reference

    def otp(self, qr_text: str, ago: int = 0) -> str:
        """The OTP for a login's QR code, as the token shows it; ``ago``: made that many seconds before."""
        shown = payload.read(qr_text)
        assert isinstance(shown, payload.Login)
        made = otp.compute(self._key, self._reference, shown.body, int(time.time()) - ago, self._format)
        return otp.shown(made, self._format)
