"""Times on the device's interpreter: prints a name and microseconds a call, a round a figure."""

import hashlib
import sys
import time

from sparekey_token.core import compose, otp

CALLS = 200
KEY = bytes(range(32))
BODY = compose.login_body(bytes(8), bytes(16), 1_800_000_000, True, "Sparekey demo", "Firefox, Ghent")
OTP_KEY = otp.otp_key(KEY)
MESSAGE = bytes(30 + 128 + 8)
INNER = int.from_bytes(b"\x36" * 64, "big")
OUTER = int.from_bytes(b"\x5c" * 64, "big")


def hmac():
    """HMAC-SHA256 of the OTP's 166 bytes under its 32-byte key, and nothing else."""
    key = int.from_bytes(OTP_KEY, "big") << 256
    inner = hashlib.sha256((key ^ INNER).to_bytes(64, "big"))
    inner.update(MESSAGE)
    outer = hashlib.sha256((key ^ OUTER).to_bytes(64, "big"))
    outer.update(inner.digest())
    return outer.digest()


def code():
    return otp.code(OTP_KEY, BODY, 15_000_000)


def compute():
    return otp.compute(KEY, 12345, BODY, 1_800_000_000)


def timed(call):
    start = time.ticks_us()
    for _ in range(CALLS):
        call()
    return time.ticks_diff(time.ticks_us(), start) / CALLS


figures = {"hmac": [], "code": [], "compute": []}
for _ in range(int(sys.argv[1])):
    for name, call in (("hmac", hmac), ("code", code), ("compute", compute)):
        figures[name].append(timed(call))
for name in ("hmac", "code", "compute"):
    print(name, *(str(figure) for figure in figures[name]))
