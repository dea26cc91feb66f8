"""A token's account in software, on ``sparekey_token.core`` and an asynchronous HTTP client."""

import os

import httpx
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sparekey_token.core import agreement, otp, payload, proof


class SimulatedAccount:
    """Enrols by the calls of docs/protocol.md §8, then makes OTPs and proofs."""

    description = "simulated"

    def __init__(self, pin: int = 0) -> None:
        self.key = b""
        self.reference = 0
        self.format = ""
        self.check_code = ""
        self.public_key = b""
        self.pin = pin

    async def enrol(self, app: httpx.AsyncClient, qr_text: str) -> None:
        """All that the token does up to showing its check code."""
        shown = payload.read(qr_text)
        assert isinstance(shown, payload.Enrolment)
        private, nonce = X25519PrivateKey.generate(), os.urandom(16)
        self.public_key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        committed = agreement.commitment(self.public_key, nonce)
        path = f"/app/enrolments/{shown.enrolment_id.hex()}/"
        reply = await app.post(path + "commit", json={"commitment": committed.hex()})
        server_nonce = bytes.fromhex(reply.raise_for_status().json()["server_nonce"])
        hashed = agreement.transcript(shown.body, committed, server_nonce, self.public_key, nonce)
        shared = private.exchange(X25519PublicKey.from_public_bytes(shown.server_public_key))
        self.key = agreement.account_key(shared, hashed)
        message = {
            "public_key": self.public_key.hex(),
            "token_nonce": nonce.hex(),
            "pin": self.pin,
            "proof": agreement.token_proof(self.key, hashed, self.pin).hex(),
            "description": self.description,
        }
        told = (await app.post(path + "reveal", json=message)).raise_for_status().json()
        proved = agreement.server_proof(self.key, hashed, told["ref"], told["format"], told["unix"])
        assert proved.hex() == told["proof"]
        self.reference, self.format = told["ref"], told["format"]
        self.check_code = agreement.check_code(shared, hashed)

    def otp(self, qr_text: str, unix: float) -> str:
        """The OTP for a login's QR code at a time, as the token shows it."""
        shown = payload.read(qr_text)
        assert isinstance(shown, payload.Login)
        return otp.shown(
            otp.compute(self.key, self.reference, shown.body, int(unix), self.format), self.format
        )

    def proof(self, qr_text: str, challenge: str, flags: int) -> dict[str, object]:
        """The body of an online login."""
        body = payload.from_text(qr_text)
        made = proof.login_proof(self.key, body, bytes.fromhex(challenge), flags)
        return {"ref": self.reference, "flags": flags, "proof": made.hex()}
