"""What went wrong and what to do about it, in words that fit the screen."""

from sparekey_token.core.sentences import sentence

from .view import COLUMNS, View, page, wrap

try:
    from sparekey_token.core.errors import Refused
except ImportError:
    pass

_CLOCK = {
    "lost": "The clock lost its time. To set it, run: sparekey token set-time",
    "early": "The clock's time can't be right. To set it, run: sparekey token set-time",
    "back": "The clock went back. To set it, run: sparekey token set-time",
    "fault": "The clock chip doesn't answer. Check its wires, plug in again.",
}

_WORDS = {
    "locked": "The token is locked. Press a button and type the PIN.",
    "timed_out": "Nobody pressed in time. Start again on your computer.",
    "declined": "Declined. Nothing was done.",
    "no_session": "This login is over. Reload the page and scan again.",
    "proof_refused": "The server's proof is wrong. It may not be the real one.",
    "enrolment_refused": "Not added. Start again with a new QR code.",
}


def words(refused: "Refused") -> str:
    """The sentence for a refusal; the screen's own where the computer's says too little."""
    if refused.name == "clock_unset":
        return _CLOCK.get(refused.detail, _CLOCK["lost"])
    if refused.name == "fault" and refused.detail:
        return "A fault: " + refused.detail + ". Plug in again."
    return _WORDS.get(refused.name) or sentence(refused.name)


def view(refused: "Refused") -> View:
    """The error's screen: four rows of words, its number in the last."""
    number = "error " + str(refused.code)
    rows = wrap(words(refused))[:4]
    last = " " * (COLUMNS - len(number)) + number
    return page("error." + refused.name, rows + [""] * (4 - len(rows)) + [last])
