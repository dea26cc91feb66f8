"""What a terminal says of an OTP's time is what the OLED says."""

import errno
from collections.abc import Callable

import pytest

from sparekey.cli.talk import otp_shown
from sparekey.cli.talk.otp_shown import left_in_words, seconds_left


@pytest.mark.parametrize(
    ("now", "seconds"), [(1_800_000_000.0, 120), (1_800_000_000.9, 119), (1_800_000_119.5, 0)]
)
def test_the_seconds_are_those_of_the_interval(now: float, seconds: int) -> None:
    assert seconds_left(now) == seconds


def test_after_the_interval_a_minute_is_left_to_be_quick_in() -> None:
    assert left_in_words(61) == "1 s left"
    assert left_in_words(60) == "Be quick: 60 s left"


def test_a_copy_is_taken_back_though_the_terminal_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def __init__(self) -> None:
            self.there = True

        def count_down(self, seconds: float, words: object) -> None:
            pass

        def clear(self) -> None:
            if not self.there:
                raise OSError(errno.EIO, "Input/output error")

    class Typing:
        def __init__(self, heard: Callable[[str], None]) -> None:
            heard("c")
            heard("")

        def close(self) -> None:
            line.there = False

    line = Gone()
    held: list[str] = []
    monkeypatch.setattr(otp_shown, "StatusLine", lambda: line)
    monkeypatch.setattr(otp_shown, "is_live", lambda: True)
    monkeypatch.setattr(otp_shown, "Keyboard", Typing)
    monkeypatch.setattr(otp_shown.clipboard, "copy", lambda text: not held.append(text))
    monkeypatch.setattr(otp_shown.clipboard, "take_back", held.remove)
    with pytest.raises(OSError, match="Input/output"):
        otp_shown.offer_copy("2XPP7Q R5BDD0")
    assert held == []
