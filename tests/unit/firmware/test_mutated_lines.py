"""A short campaign of ``make fuzz`` in every test run, on both interpreters, the same each time."""

import pytest

from tests.fuzz.lines import on_cpython, on_micropython


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_line_brings_the_firmware_down_or_gets_anything_without_a_press(seed: int) -> None:
    assert on_cpython(seed, 2000) == ""


def test_the_same_under_micropython_with_the_heap_back_where_it_was() -> None:
    assert on_micropython(1, 2000) == ""
