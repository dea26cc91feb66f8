"""Lines that no host should send: real requests mutated, out of order, split and joined. Runs on MicroPython.

``campaign`` raises where the firmware lets an exception through, answers with a malformed line, gives
away anything without a press, or no longer answers; run as a script it takes a seed and a number of lines.
"""

import sys

from sparekey_token.core import compose, frame
from tests.unit.firmware.doubles import NOW, Desk, Server, login_body

SECRETS = ("otp", "proof", "commitment", "ref")
"""Fields of results that need a press; a nonce's ``ref`` needs none and is allowed."""


class Dice:
    """Xorshift: the same numbers on every interpreter."""

    def __init__(self, seed):
        self.state = (seed * 2654435761 + 88172645463325252) & 0xFFFFFFFFFFFFFFFF or 1

    def below(self, limit):
        state = self.state
        state ^= state << 13 & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 7
        state ^= state << 17 & 0xFFFFFFFFFFFFFFFF
        self.state = state
        return (state >> 11) % limit

    def choice(self, options):
        return options[self.below(len(options))]

    def bytes(self, count):
        return bytes([self.below(256) for _ in range(count)])


def requests(server):
    """Real requests, each method at least once."""
    login = compose.to_text(login_body())
    return (
        ("hello", {"versions": [1]}),
        ("ping", {}),
        ("session.start", {"payload": login}),
        ("session.start", {"payload": compose.to_text(login_body(allowed=False))}),
        ("session.start", {"payload": server.text}),
        ("otp.generate", {"index": 0}),
        ("otp.generate", {"index": 7}),
        ("session.stop", {}),
        ("login.respond", {"index": 0, "challenge": "00" * 16}),
        ("time.challenge", {"server_id": "0102030405060708"}),
        ("time.set", {"unix": NOW + 5, "proof": "11" * 32}),
        ("time.set", {"unix": NOW + 5}),
        ("enrol.begin", {"payload": server.text}),
        ("enrol.begin", {"payload": login}),
        ("enrol.reveal", {"server_nonce": "22" * 16}),
        ("enrol.finish", {"ref": 1, "format": "crock32-30", "unix": NOW, "proof": "33" * 32}),
        ("accounts.list", {}),
        ("accounts.list", {"from": 1}),
        ("accounts.remove", {"index": 0}),
        ("pin.change", {}),
        ("wipe", {}),
        ("lock", {}),
        ("cancel", {}),
    )


def strange(dice, value):
    """A value of another kind, size or sign."""
    return dice.choice(
        (
            None,
            True,
            -1,
            1 << 70,
            0.5,
            "",
            "x" * dice.below(300),
            [],
            {},
            [value],
            {"a": value},
            "é\u0000",
            value,
        )
    )


def mutated(dice, real):
    """The bytes of one line, or of none, or of several."""
    method, params = dice.choice(real)
    params = dict(params)
    kind = dice.below(12)
    if kind == 0 and params:
        name = dice.choice(sorted(params))
        params[name] = strange(dice, params[name])
    elif kind == 1 and params:
        del params[dice.choice(sorted(params))]
    elif kind == 2:
        params["extra"] = strange(dice, 1)
    elif kind == 3:
        method = dice.choice((method + "x", "", "__class__", "otp", "enrol.finish"))
    message = {"jsonrpc": "2.0", "id": dice.below(1000), "method": method, "params": params}
    if kind == 4:
        message[dice.choice(("jsonrpc", "id", "method", "params"))] = strange(dice, "2.0")
    try:
        line = frame.encode(message)
    except ValueError:
        return b""  # longer than a line can be
    if kind == 5:
        line = line[: dice.below(len(line))]
    elif kind == 6:
        place = dice.below(len(line))
        line = line[:place] + dice.bytes(1 + dice.below(4)) + line[place + 1 :]
    elif kind == 7:
        body = bytearray(line[:-10])
        body[dice.below(len(body))] = dice.below(256)
        import binascii

        line = bytes(body) + b" %08x\n" % (binascii.crc32(body) & 0xFFFFFFFF)
    elif kind == 8:
        line = dice.bytes(dice.below(40)) + line
    elif kind == 9:
        line = b"[" * dice.below(2000) + b"\n"
    elif kind == 10:
        line = line + line
    return line


def campaign(seed, lines):
    """Sends so many lines to a token with two accounts that nobody says ok on."""
    dice = Dice(seed)
    desk = Desk(random=dice.bytes)
    desk.add("ada")
    desk.add("grace")
    real = requests(Server())
    pending = b""
    for number in range(lines):
        pending += mutated(dice, real)
        cut = dice.below(len(pending) + 1) if dice.below(4) == 0 else len(pending)
        desk.link.inward, pending = pending[:cut], pending[cut:]
        while desk.link.inward:
            desk.milliseconds += 5
            desk.app.step()
        event = dice.below(40)
        if event == 0:
            desk.buttons.presses.append(dice.choice(("next", "back")))
        elif event == 1:
            desk.milliseconds += 1000 * dice.below(70)
        elif event == 2:
            desk.link.connected = False
            desk.app.step()
            desk.link.connected = True
        elif event == 3:
            desk.link.room = dice.below(200)
        if desk.link.room < 1 << 20 and dice.below(5) == 0:
            desk.link.room = 1 << 30
        desk.app.step()
        if number % 16 == 15:
            check(desk)
    desk.link.room = 1 << 30
    desk.link.inward = b"\n"
    desk.rounds()
    check(desk)  # an answer that a pulled cable tore may be among them
    assert desk.call("cancel") == {}
    assert desk.call("ping") == {}
    assert desk.vault.count == 2
    assert desk.clock.unix == NOW
    assert desk.vault.pin is None


def check(desk):
    """What the token said since."""
    if desk.link.room < 1 << 20:
        return
    lines, desk.link.outward = desk.link.outward.split(b"\n"), b""
    desk.link.outward = lines.pop()
    for line in lines:
        if not line:
            continue
        try:
            message = frame.decode(line)
        except frame.LineFault:
            assert b"} " not in line[-12:-8] or line.count(b"jsonrpc") > 1, line  # the tail of a dropped one
            continue
        result = message.get("result")
        if result and not ("nonce" in result and len(result) == 2):
            for name in SECRETS:
                assert name not in result or (name == "otp" and "accounts" in result), result


if __name__ == "__main__":
    import gc

    from sparekey_token import flows

    def kept():
        flows.forget(flows.LOGIN + " " + flows.SELDOM)
        gc.collect()
        return gc.mem_alloc()

    first = int(sys.argv[1])
    campaign(first, 500)
    before = kept()
    campaign(first, int(sys.argv[2]))
    grown = kept() - before
    assert grown < 4096, grown
    print("kept", grown)
