"""Moving the token's clock, and keeping count of what moved it (docs/protocol.md §5)."""

try:
    from .timekeeping import Timekeeper
except ImportError:
    pass

BY_PROOF = 600
"""Seconds that proofs may move the clock in all in ``WINDOW`` seconds; a larger step needs a press."""

WINDOW = 86_400


def within_proofs(time: "Timekeeper", unix: int) -> bool:
    """Whether a proof alone may set this time.

    It may while the clock is set, back over no used interval, and as far as the day's seconds go.
    """
    now = time.known()
    if now is None or time.goes_back(unix):
        return False
    return abs(unix - now) + _moved(time, now) <= BY_PROOF


def set_by_proof(time: "Timekeeper", unix: int) -> int:
    """Sets the clock without a press, as ``within_proofs`` allows; the offset applied in seconds.

    A second more or less is the chip's own grain, not worth a write.
    """
    now = time.unix(True)
    offset = unix - now
    if -1 <= offset <= 1:
        return 0
    # the count is on the medium before the clock moves: a power cut forgives nothing
    time.vault.set_setting("proof_sum", _moved(time, now) + abs(offset))
    _keep(time, "proof_at", max(now, unix))
    return _set(time, unix, now)


def set_by_press(time: "Timekeeper", unix: int) -> int:
    """Sets the clock to what a person agreed to; the offset applied, 0 where it was unset.

    ``Refused`` (``fault``) where no clock chip answers.
    """
    if time.goes_back(unix):
        time.vault.set_setting("back_from", time.vault.used_interval())
    return _set(time, unix, time.known())


def last_offset(time: "Timekeeper") -> "int | None":
    """Seconds by which the clock was last moved; None where it never was."""
    return time.vault.setting("set_last", None)  # type: ignore[no-any-return]


def drift_ppm(time: "Timekeeper") -> "int | None":
    """How slow the chip runs, in parts per million; None until it ran a day between two settings.

    Out of all that moved it since it was first set, or moved by more than a day, as no drift would.
    """
    first, last = _kept(time, "set_first"), _kept(time, "set_at")
    if first is None or last is None or last - first < WINDOW:
        return None
    return time.vault.setting("set_sum", 0) * 1_000_000 // (last - first)  # type: ignore[no-any-return]


def _set(time: "Timekeeper", unix: int, before: "int | None") -> int:
    time.set_chip(unix)
    vault = time.vault
    offset = 0 if before is None else unix - before
    if before is None or abs(offset) > WINDOW or _kept(time, "set_first") is None:
        _keep(time, "set_first", unix)
        vault.set_setting("set_sum", 0)
    else:
        vault.set_setting("set_sum", _held(vault.setting("set_sum", 0) + offset))
    _keep(time, "set_at", unix)
    if before is not None:
        vault.set_setting("set_last", _held(offset))
    return offset


def _moved(time: "Timekeeper", now: int) -> int:
    """Seconds that proofs have moved the clock, until none has for a whole window.

    Counted so, no 24 hours hold more than ``BY_PROOF`` seconds, with two numbers kept.
    """
    last = _kept(time, "proof_at")
    if last is None or now >= last + WINDOW:
        return 0
    return time.vault.setting("proof_sum", 0)  # type: ignore[no-any-return]


def _held(number: int) -> int:
    """``number``, or the nearest that a setting holds."""
    return max(-(1 << 31), min((1 << 31) - 1, number))


def _keep(time: "Timekeeper", name: str, unix: int) -> None:
    # a setting has 32 bits and a sign, a time has 32 bits and none
    time.vault.set_setting(name, unix - (1 << 31))


def _kept(time: "Timekeeper", name: str) -> "int | None":
    value = time.vault.setting(name, None)
    return None if value is None else value + (1 << 31)
