"""Runs the vectors through ``core`` and prints a line each; CPython and MicroPython must print the same.

Usage: ``python vectors.py FOLDER`` or ``micropython vectors.py FOLDER``, with the firmware on the path.
"""

import json
import sys

from sparekey_token.core import agreement, compose, crock32, digest, frame, ocra, otp, payload, proof, x25519


def load(name):
    with open(sys.argv[1] + "/" + name) as file:
        return json.load(file)


def check(what, got, wanted):
    print("ok  " if got == wanted else "FAIL", what, got)
    return 0 if got == wanted else 1


def ocra_vectors():
    failures = 0
    for vector in load("ocra-rfc6287.json")["vectors"]:
        got = ocra.ocra(
            vector["suite"],
            bytes.fromhex(vector["key"]),
            vector["question"],
            counter=vector.get("counter"),
            pin=vector.get("pin"),
            t=vector.get("t"),
        )
        failures += check("ocra " + vector["suite"] + " " + vector["question"], got, vector["otp"])
    return failures


def logins(vectors):
    failures = 0
    for vector in vectors["logins"]:
        key = bytes.fromhex(vector["account_key"])
        login = payload.read(vector["payload"])
        failures += check("server name", login.server_name, vector["server_name"])
        failures += check("hint", login.hint, vector["hint"])
        failures += check("payload", compose.to_text(login.body), vector["payload"])
        again = compose.login_body(
            login.server_id,
            login.session_id,
            login.expires,
            login.otp_allowed,
            login.server_name,
            login.hint,
        )
        failures += check("body", again.hex(), login.body.hex())
        got = otp.compute(key, vector["ref"], login.body, vector["unix"], vector["format"])
        failures += check("otp " + vector["format"], got, vector["otp"])
        shown = otp.shown(got, vector["format"])
        failures += check("split", otp.split(shown.lower(), vector["format"])[0], vector["ref"])
        nonce = bytes.fromhex(vector["time_nonce"])
        failures += check("time", proof.time_proof(key, nonce, vector["unix"]).hex(), vector["time_proof"])
        challenge = bytes.fromhex(vector["challenge"])
        got = proof.login_proof(key, login.body, challenge, vector["flags"]).hex()
        failures += check("login", got, vector["login_proof"])
    return failures


def transactions(vectors):
    failures = 0
    for vector in vectors:
        shown = payload.read(vector["payload"])
        for name in ("amount", "beneficiary", "description", "expires"):
            failures += check(name, getattr(shown, name), vector[name])
        again = compose.transaction_body(
            shown.server_id,
            shown.transaction_id,
            shown.expires,
            shown.amount,
            shown.beneficiary,
            shown.description,
        )
        failures += check("body", again.hex(), vector["body"])
        failures += check(
            "ids",
            (shown.server_id + shown.transaction_id).hex(),
            vector["server_id"] + vector["transaction_id"],
        )
        key, challenge = bytes.fromhex(vector["account_key"]), bytes.fromhex(vector["challenge"])
        got = proof.login_proof(key, again, challenge, vector["flags"]).hex()
        failures += check("transaction", got, vector["proof"])
    return failures


def enrolment(vector):
    shared = bytes.fromhex(vector["shared"])
    public_key = bytes.fromhex(vector["token_public_key"])
    nonce = bytes.fromhex(vector["token_nonce"])
    enrol = payload.read(vector["payload"])
    committed = agreement.commitment(public_key, nonce)
    hashed = agreement.transcript(
        enrol.body, committed, bytes.fromhex(vector["server_nonce"]), public_key, nonce
    )
    key = agreement.account_key(shared, hashed)
    failures = check("commitment", committed.hex(), vector["commitment"])
    failures += check("transcript", hashed.hex(), vector["transcript"])
    failures += check("account key", key.hex(), vector["account_key"])
    failures += check("check code", agreement.check_code(shared, hashed), vector["check_code"])
    got = agreement.token_proof(key, hashed, vector["pin"]).hex()
    failures += check("token proof", got, vector["token_proof"])
    got = agreement.server_proof(key, hashed, vector["ref"], vector["format"], vector["unix"]).hex()
    return failures + check("server proof", got, vector["server_proof"])


def curve(vectors):
    failures = 0
    for vector in vectors["shared"]:
        got = x25519.shared(bytes.fromhex(vector["scalar"]), bytes.fromhex(vector["u"])).hex()
        failures += check("x25519", got, vector["out"])
    for vector in vectors["public"]:
        got = x25519.public_key(bytes.fromhex(vector["private"])).hex()
        failures += check("x25519 public", got, vector["public"])
    for small in vectors["small_order"]:
        try:
            x25519.shared(bytes(range(32)), bytes.fromhex(small))
            failures += check("small order", "taken", "refused")
        except ValueError as fault:
            failures += check("small order", str(fault), "the public key is of small order")
    return failures


def derivation(vectors):
    failures = 0
    for vector in vectors["hmac"]:
        key, data = bytes.fromhex(vector["key"]), bytes.fromhex(vector["data"])
        failures += check("hmac " + vector["hash"], ocra.hmac(vector["hash"], key, data).hex(), vector["mac"])
        if vector["hash"] == "sha256":
            failures += check("hmac_sha256", digest.hmac_sha256(key, data).hex(), vector["mac"])
    for vector in vectors["hkdf"]:
        ikm, salt, info = [bytes.fromhex(vector[part]) for part in ("ikm", "salt", "info")]
        got = digest.hkdf(ikm, salt, info, vector["length"]).hex()
        failures += check("hkdf", got, vector["okm"])
    return failures


def lines(line):
    message = frame.decode(line.encode("utf-8"))
    failures = check("line", message["method"], "ping")
    pieces = frame.Assembler()
    pieces.feed(b"garbage\n" + line.encode("utf-8")[:20])
    failures += check("garbage", pieces.next_line(), b"garbage")
    failures += check("no line yet", pieces.next_line(), None)
    pieces.feed(line.encode("utf-8")[20:])
    failures += check("assembled", pieces.next_line(), line.encode("utf-8")[:-1])
    return failures


def refusals(vector):
    """Each single wrong character of a payload is refused, and says why in the same words everywhere."""
    failures = 0
    text = vector["payload"]
    for place in range(len(text)):
        wrong = text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
        try:
            payload.read(wrong)
            failures += check("altered at " + str(place), "taken", "refused")
        except payload.Refused as refused:
            failures += check("altered at " + str(place), refused.name, "bad_payload")
    return failures


def main():
    vectors = load("sparekey-1.json")
    failures = check("crock32", crock32.encode(crock32.decode("o-iL u".replace("u", "z")), 6), "00011Z")
    failures += ocra_vectors()
    failures += logins(vectors)
    failures += transactions(load("transaction.json")["transactions"])
    failures += enrolment(vectors["agreement"])
    failures += curve(load("x25519-rfc7748.json"))
    failures += derivation(load("hmac-hkdf.json"))
    failures += lines(vectors["line"])
    failures += refusals(vectors["logins"][0])
    print(failures, "failures")
    return failures


sys.exit(1 if main() else 0)
