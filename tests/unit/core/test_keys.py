"""Our X25519, HMAC, HKDF and OCRA against implementations that others keep."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from sparekey_token.core import agreement, crock32, digest, ocra, otp, proof, x25519

keys = st.binary(min_size=32, max_size=32)


@given(keys, keys)
def test_x25519_agrees_with_cryptography(ours: bytes, theirs: bytes) -> None:
    peer = X25519PrivateKey.from_private_bytes(theirs)
    assert X25519PrivateKey.from_private_bytes(ours).public_key().public_bytes_raw() == x25519.public_key(
        ours
    )
    shared = peer.exchange(X25519PublicKey.from_public_bytes(x25519.public_key(ours)))
    assert x25519.shared(ours, peer.public_key().public_bytes_raw()) == shared


@given(st.sampled_from(["sha1", "sha256", "sha512"]), st.binary(max_size=200), st.binary(max_size=300))
def test_hmac_agrees_with_the_standard_library(name: str, key: bytes, data: bytes) -> None:
    assert ocra.hmac(name, key, data) == hmac.digest(key, data, name)
    assert digest.hmac_sha256(key, data) == hmac.digest(key, data, "sha256")


@given(
    st.binary(min_size=1, max_size=80), st.binary(max_size=80), st.binary(max_size=80), st.integers(1, 200)
)
def test_hkdf_agrees_with_cryptography(ikm: bytes, salt: bytes, info: bytes, length: int) -> None:
    assert digest.hkdf(ikm, salt, info, length) == HKDF(SHA256(), length, salt or None, info).derive(ikm)


@given(keys, st.binary(min_size=1, max_size=120), st.integers(0, 2**32 - 1))
def test_the_otp_is_the_top_of_an_hmac_written_out_here(key: bytes, body: bytes, unix: int) -> None:
    otp_key = HKDF(SHA256(), 32, None, b"sparekey/1 otp").derive(key)
    question = hashlib.sha256(body).digest() + bytes(96)
    message = b"OCRA-1:HOTP-SHA256-0:QH64-T2M\0" + question + (unix // 120).to_bytes(8, "big")
    mac = hmac.digest(otp_key, message, "sha256")
    made = otp.compute(key, 5, body, unix)
    assert otp.split(made) == (5, otp.code(otp_key, body, unix // 120))
    assert crock32.decode(made[6:]) == int.from_bytes(mac, "big") >> 226


@given(keys, st.binary(min_size=1, max_size=120), st.integers(0, 2**40))
def test_the_otp_is_ocra_with_its_suite(key: bytes, body: bytes, t: int) -> None:
    mac = ocra.ocra(otp.SUITE, key, digest.sha256(body).hex(), t=t)
    assert isinstance(mac, bytes)
    assert crock32.decode(otp.code(key, body, t, "crock32-60")) == int.from_bytes(mac, "big") >> 196


@pytest.mark.parametrize("name", list(otp.FORMATS))
def test_what_is_shown_is_read_back(name: str) -> None:
    made = otp.compute(bytes(32), (1 << 30) - 1, b"body", 1_700_000_000, name)
    reference, code = otp.split(otp.shown(made, name).lower(), name)
    assert reference == (1 << 30) - 1
    assert made.endswith(code)


@pytest.mark.parametrize(
    ("suite", "question", "given_inputs"),
    [
        ("OCRA-2:HOTP-SHA1-6:QN08", "1", {}),
        ("OCRA-1:HOTP-SHA1-6:QN08-C", "1", {"counter": 0}),
        ("OCRA-1:HOTP-SHA1-3:QN08", "1", {}),
        ("OCRA-1:HOTP-SHA1-11:QN08", "1", {}),
        ("OCRA-1:HOTP-MD5-6:QN08", "1", {}),
        ("OCRA-1:HOTP-SHA1-6:QX08", "1", {}),
        ("OCRA-1:HOTP-SHA1-6:QN03", "1", {}),
        ("OCRA-1:HOTP-SHA1-6:QN08-T60M", "1", {"t": 0}),
        ("OCRA-1:HOTP-SHA1-6:QN08", "12a", {}),
        ("OCRA-1:HOTP-SHA1-6:QH08", "xyz", {}),
        ("OCRA-1:HOTP-SHA1-6:QN08-T1M", "1", {}),
        ("OCRA-1:HOTP-SHA1-6:QN08", "1", {"t": 0}),
        ("OCRA-1:HOTP-SHA1-6:C-QN08", "1", {"counter": -1}),
    ],
)
def test_what_rfc_6287_does_not_have_is_refused(
    suite: str, question: str, given_inputs: dict[str, int]
) -> None:
    with pytest.raises(ValueError):
        ocra.ocra(suite, bytes(20), question, **given_inputs)  # type: ignore[arg-type]


def test_ocra_takes_text_questions_and_sessions() -> None:
    """QA and S, which the RFC has no vectors for, against the data input written out (RFC 6287 §5.1)."""
    suite = "OCRA-1:HOTP-SHA256-0:QA10-S032"
    message = suite.encode() + b"\0" + b"SIG1000000" + bytes(118) + bytes(28) + b"tls1"
    made = ocra.ocra(suite, bytes(32), "SIG1000000", session=b"tls1")
    assert made == hmac.digest(bytes(32), message, "sha256")


def test_a_proof_is_bound_to_each_of_its_parts() -> None:
    key, nonce = bytes(range(32)), bytes(16)
    made = {
        proof.time_proof(key, nonce, 5),
        proof.time_proof(key, nonce, 6),
        proof.time_proof(key, bytes(15) + b"\1", 5),
        proof.time_proof(bytes(32), nonce, 5),
        proof.login_proof(key, b"body", nonce, 0),
        proof.login_proof(key, b"body", nonce, 1),
        proof.login_proof(key, b"bodY", nonce, 0),
        agreement.token_proof(key, bytes(32), 0),
        agreement.token_proof(key, bytes(32), 1),
        agreement.server_proof(key, bytes(32), 1, "crock32-30", 5),
        agreement.server_proof(key, bytes(32), 1, "crock32-40", 5),
    }
    assert len(made) == 11
