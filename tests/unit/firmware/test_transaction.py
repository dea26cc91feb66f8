"""A transaction on the token: every word is seen and pressed for, then one proof, of a yes or of a no."""

import pytest

from sparekey_token.core import compose, proof

from .doubles import ACCOUNT_KEY, NOW, SERVER_ID, Desk, login_body, outcome

CHALLENGE = bytes(range(16))


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.add()
    return made


def body(
    amount: str = "€ 12.50",
    beneficiary: str = "Bob",
    description: str = "Lunch on Friday",
    *,
    expires: int = NOW + 300,
    server_id: bytes = SERVER_ID,
) -> bytes:
    made: bytes = compose.transaction_body(server_id, bytes(16), expires, amount, beneficiary, description)
    return made


def ask(desk: Desk, transaction: bytes) -> int:
    number: int = desk.send(
        "transaction.respond", payload=compose.to_text(transaction), challenge=CHALLENGE.hex()
    )
    return number


def proved(transaction: bytes, flags: int, reference: int = 12345) -> dict[str, object]:
    made = proof.login_proof(ACCOUNT_KEY, transaction, CHALLENGE, flags)
    return {"ref": reference, "flags": flags, "proof": made.hex()}


def walk(desk: Desk) -> list[str]:
    """What the pages say, ok pressed on each up to the question."""
    seen = [desk.screen.text]
    while desk.screen.view.name != "transaction.ask":
        desk.press("ok")
        seen.append(desk.screen.text)
    return seen


def test_each_page_is_pressed_for_and_the_last_press_proves(desk: Desk) -> None:
    asked = ask(desk, body())
    assert desk.screen.view.name == "transaction.pay"
    first, second, last = walk(desk)
    assert "€ 12.50" in first
    assert "to Bob" in first
    assert "1 of 3" in first
    assert "Lunch on Friday" in second
    assert "Approve?" in last
    assert "at Sparekey demo" in last
    assert "as ada" in last
    assert desk.answer(asked) is None
    desk.press("next")  # nothing to choose: it is the only account
    assert desk.answer(asked) is None
    desk.press("ok")
    assert outcome(desk.answer(asked)) == proved(body(), 0)
    assert desk.screen.view.name == "transaction.approved"


def test_a_press_from_before_a_page_was_shown_approves_nothing_on_it(desk: Desk) -> None:
    asked = ask(desk, body())
    desk.buttons.presses = ["ok"] * 3
    desk.rounds()
    assert "2 of 3" in desk.screen.text
    assert desk.answer(asked) is None


def test_no_description_no_page_for_it(desk: Desk) -> None:
    ask(desk, body(description=""))
    assert len(walk(desk)) == 2


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_back_on_any_page_is_a_no_with_a_proof(desk: Desk, pages: int) -> None:
    asked = ask(desk, body())
    desk.press(*["ok"] * pages, "back")
    assert outcome(desk.answer(asked)) == proved(body(), proof.DECLINED)
    assert desk.screen.view.name == "transaction.declined"


def test_long_words_are_all_shown(desk: Desk) -> None:
    texts = (
        "1" * 24,
        "Universiteitsbibliotheek Gent, Rozier 9, 9000 Ge",
        "lorem ipsum dolor " * 4 + "dolor and the end",
    )
    ask(desk, body(*texts))
    seen = walk(desk)
    shown = "".join("".join(page.split("\n")[1:]) for page in seen[:-1]).replace(" ", "")
    assert shown == (texts[0] + "to" + texts[1] + texts[2]).replace(" ", "")
    assert [f"{number} of {len(seen)}" in page for number, page in enumerate(seen[:-1], 1)] == [True] * (
        len(seen) - 1
    )


def test_of_several_accounts_the_person_chooses_first(desk: Desk) -> None:
    desk.add("grace")
    desk.add("mallory", server_id=bytes(8))
    asked = ask(desk, body())
    assert desk.screen.view.name == "transaction.account"
    assert "as ada" in desk.screen.text
    desk.press("next")
    assert "as grace" in desk.screen.text
    desk.press("next", "next", "ok")
    assert "as grace" in walk(desk)[-1]
    desk.press("ok")
    assert outcome(desk.answer(asked)) == proved(body(), 0, 12346)


def test_back_while_choosing_is_a_no_of_the_account_shown(desk: Desk) -> None:
    desk.add("grace")
    asked = ask(desk, body())
    desk.press("next", "back")
    assert outcome(desk.answer(asked)) == proved(body(), proof.DECLINED, 12346)


def test_the_pin_is_typed_first_and_told_in_the_flags(desk: Desk) -> None:
    desk.vault.pin = "4711"
    desk.vault.lock()
    asked = ask(desk, body(description=""))
    desk.type_pin("4711")
    assert desk.screen.view.name == "transaction.pay"
    desk.press("ok", "ok")
    assert outcome(desk.answer(asked)) == proved(body(description=""), proof.USER_VERIFIED)


@pytest.mark.parametrize(
    ("transaction", "name"),
    [
        (body(expires=NOW), "expired"),
        (body(server_id=bytes(8)), "no_account"),
        (body()[:-1], "bad_payload"),
        (login_body(), "unknown_kind"),
    ],
)
def test_what_is_no_good_is_refused_on_both_sides(desk: Desk, transaction: bytes, name: str) -> None:
    assert outcome(desk.answer(ask(desk, transaction))) == name
    assert desk.screen.view.name == "error." + name


def test_a_login_takes_no_transaction(desk: Desk) -> None:
    assert desk.call("session.start", payload=compose.to_text(body())) == "unknown_kind"
    assert desk.call("enrol.begin", payload=compose.to_text(body())) == "unknown_kind"


def test_nobody_pressing_or_the_host_going_gives_no_proof(desk: Desk) -> None:
    asked = ask(desk, body())
    desk.press("ok")
    desk.pass_seconds(62)
    assert outcome(desk.answer(asked)) == "timed_out"
    asked = ask(desk, body())
    assert desk.call("cancel") == {}
    assert outcome(desk.answer(asked)) == "declined"


def test_one_that_expires_while_it_is_read_is_not_approved(desk: Desk) -> None:
    asked = ask(desk, body(expires=NOW + 20))
    walk(desk)
    desk.pass_seconds(30)
    desk.press("ok")
    assert outcome(desk.answer(asked)) == "expired"


def test_without_a_clock_nothing_is_approved(desk: Desk) -> None:
    desk.clock.fault = "lost"
    desk.rounds(30)
    assert outcome(desk.answer(ask(desk, body()))) == "clock_unset"
