"""Crockford's base32 (docs/protocol.md §1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey_token.core import crock32


@given(st.integers(0, 2**30 - 1))
def test_thirty_bits_are_six_characters(number: int) -> None:
    text = crock32.encode(number, 6)
    assert len(text) == 6
    assert crock32.decode(text) == number
    assert crock32.decode(text.lower().replace("0", "o").replace("1", "l")) == number
    assert crock32.decode(f" {text[:2]}-{text[2:]} ") == number


@given(st.binary(max_size=80))
def test_bytes_have_one_spelling(data: bytes) -> None:
    text = crock32.encode_bytes(data)
    assert crock32.decode_bytes(text) == data
    assert len(text) * 5 // 8 == len(data)


@given(st.text(alphabet=crock32.ALPHABET, max_size=40))
def test_what_reads_is_what_is_written(text: str) -> None:
    try:
        data = crock32.decode_bytes(text)
    except ValueError:
        return
    assert crock32.encode_bytes(data) == text


@pytest.mark.parametrize("text", ["U", "u", "É", "İ", "ſ", "\u212a", "!", "\n", ""])
def test_other_characters_are_errors(text: str) -> None:
    with pytest.raises(ValueError):
        crock32.decode(text)


@pytest.mark.parametrize(("number", "width"), [(-1, 6), (1 << 30, 6), (32, 1)])
def test_a_number_that_does_not_fit_is_an_error(number: int, width: int) -> None:
    with pytest.raises(ValueError):
        crock32.encode(number, width)
