"""QR payloads (docs/protocol.md §2): whole or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey_token.core import compose, crock32, digest, payload
from sparekey_token.core.errors import Refused


def text_of(limit: int) -> st.SearchStrategy[str]:
    return st.text(max_size=limit).filter(lambda text: len(text.encode()) <= limit)


logins = st.builds(
    compose.login_body,
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    text_of(24),
    text_of(32),
)
enrolments = st.builds(
    compose.enrolment_body,
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=32, max_size=32),
    text_of(24),
    text_of(24),
    text_of(96),
)
transactions = st.builds(
    compose.transaction_body,
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**32 - 1),
    text_of(24),
    text_of(48),
    text_of(96),
)
payloads = logins | enrolments | transactions


@given(payloads)
def test_a_payload_comes_back_from_its_text_in_any_case(body: bytes) -> None:
    text = compose.to_text(body)
    assert payload.read(text).body == body
    assert payload.read(text.lower()) == payload.read(text)


@given(payloads, st.data())
def test_a_changed_bit_is_refused(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) * 8 - 1))
    changed = bytearray(body)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(Refused):
        payload.parse(bytes(changed))


@given(payloads, st.data())
def test_a_payload_cut_short_is_refused(body: bytes, data: st.DataObject) -> None:
    with pytest.raises(Refused):
        payload.parse(body[: data.draw(st.integers(0, len(body) - 1))])


def checked(fields: bytes) -> bytes:
    return fields + digest.sha256(fields)[:4]


HEAD = b"\x11" + bytes(8) + bytes(16) + bytes(4)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (HEAD + b"\x01\x00\x00left over", "bad_payload"),
        (HEAD + b"\x03\x00\x00", "bad_payload"),  # a reserved flag
        (HEAD + b"\x01\x19" + bytes(25) + b"\x00", "bad_payload"),  # a name of 25 bytes
        (HEAD + b"\x01\x01\xff\x00", "bad_payload"),  # not UTF-8
        (HEAD + b"\x01\x05ab", "bad_payload"),  # cut, with a right check
        (b"\x14" + HEAD[1:] + b"\x01\x00\x00", "unknown_kind"),
        (b"\x13" + HEAD[1:] + b"\x19" + bytes(25) + b"\x00\x00", "bad_payload"),  # an amount of 25 bytes
        (b"\x13" + HEAD[1:] + b"\x01a\x01b\x00left over", "bad_payload"),
    ],
)
def test_a_right_check_saves_no_wrong_payload(fields: bytes, name: str) -> None:
    with pytest.raises(Refused) as refused:
        payload.parse(checked(fields))
    assert refused.value.name == name


@pytest.mark.parametrize(
    "text", ["", "SPAREKEY", "SPAREKEY:", "SPAREKEY:U", "https://example", "ſPAREKEY:00"]
)
def test_what_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        payload.read(text)
    assert refused.value.name == "bad_payload"


@given(st.text(alphabet=crock32.ALPHABET, max_size=120))
def test_any_text_after_the_scheme_is_refused_or_read_back_to_itself(body: str) -> None:
    try:
        shown = payload.read("SPAREKEY:" + body)
    except Refused:
        return
    assert compose.to_text(shown.body) == "SPAREKEY:" + body
