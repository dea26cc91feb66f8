"""The throttle's arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from sparekey.server.login.throttle import LONGEST, TRIES, WINDOW, Throttle


def test_the_pause_doubles_up_to_an_hour() -> None:
    now, row, pauses = 1_000_000, Throttle(), []
    for _ in range(7):
        for _ in range(TRIES):
            assert row.wait(now) == 0
            row = row.after_wrong(now)
        pauses.append(row.wait(now))
        now += row.wait(now)
    assert pauses == [240, 480, 960, 1920, 3600, 3600, 3600]


@given(st.lists(st.integers(0, 400), max_size=200))
def test_never_more_than_ten_in_four_minutes(gaps: list[int]) -> None:
    now, row, looked_at = 1_000_000, Throttle(), []
    for gap in gaps:
        now += gap
        if not row.wait(now):
            row = row.after_wrong(now)
            looked_at.append(now)
        assert row.wait(now) <= LONGEST
    for start in looked_at:
        assert sum(start <= at < start + WINDOW for at in looked_at) <= TRIES


def test_a_clock_set_back_locks_nobody_out() -> None:
    ahead, now = 2_000_000_000, 1_700_000_000
    throttle = Throttle()
    for _ in range(TRIES):
        throttle = throttle.after_wrong(ahead)
    assert throttle.wait(ahead) == WINDOW
    assert throttle.wait(ahead - 60) == WINDOW + 60
    assert throttle.wait(now) == 0
    for _ in range(TRIES):  # which forgives no try that comes now
        assert throttle.wait(now) == 0
        throttle = throttle.after_wrong(now)
    assert throttle.wait(now) == 2 * WINDOW


def test_tries_from_before_a_clock_was_set_back_are_past_in_time() -> None:
    ahead, now = 2_000_000_000, 1_700_000_000
    throttle = Throttle()
    for _ in range(TRIES - 2):
        throttle = throttle.after_wrong(ahead)
    throttle = throttle.after_wrong(now)
    assert throttle.recent == (now,) * (TRIES - 1)
    assert throttle.after_wrong(now + WINDOW).recent == (now + WINDOW,)
