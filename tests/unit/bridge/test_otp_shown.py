"""What a terminal says of an OTP's time is what the OLED says."""

import pytest

from sparekey.cli.talk.otp_shown import left_in_words, seconds_left


@pytest.mark.parametrize(
    ("now", "seconds"), [(1_800_000_000.0, 120), (1_800_000_000.9, 119), (1_800_000_119.5, 0)]
)
def test_the_seconds_are_those_of_the_interval(now: float, seconds: int) -> None:
    assert seconds_left(now) == seconds


def test_after_the_interval_a_minute_is_left_to_be_quick_in() -> None:
    assert left_in_words(61) == "1 s left"
    assert left_in_words(60) == "Be quick: 60 s left"
