"""The demo site in a real browser: what a person sees, and what they may do."""

import base64
import hashlib
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sparekey_token.core import payload

from .simulated_token import SimulatedToken
from .web_person import WebPerson

pytestmark = pytest.mark.browser


def mark(page: Page) -> None:
    """Leaves a mark that a reload would wipe."""
    page.evaluate("window.notReloaded = true")


def marked(page: Page) -> bool:
    return bool(page.evaluate("window.notReloaded === true"))


def test_the_qr_code_on_the_screen_is_a_login(web: WebPerson) -> None:
    shown = payload.read(web.show_login())
    assert isinstance(shown, payload.Login)
    assert shown.otp_allowed


def test_the_pages_name_the_commands_that_read_their_codes(web: WebPerson) -> None:
    web.show_login()
    web.expect("sparekey login screen")
    web.show_enrolment("ada")
    web.expect("sparekey enrol screen")


def test_right_otp_says_welcome_without_a_reload(web: WebPerson) -> None:
    token = web.enrol("ada")
    otp = token.otp(web.show_login())
    mark(web.page)
    web.type_otp(otp)
    web.expect("Welcome, ada")
    web.expect("one-time password")
    assert marked(web.page)
    expect(web.page.locator("main")).to_be_focused()


@pytest.mark.parametrize(
    "spelled", [str.lower, lambda otp: otp.replace(" ", " - "), lambda otp: otp.replace("0", "o")]
)
def test_otp_is_read_as_people_write_it(web: WebPerson, spelled: Callable[[str], str]) -> None:
    token = web.enrol("grace")
    web.type_otp(spelled(token.otp(web.show_login())))
    web.expect("Welcome, grace")


def test_another_tab_follows_a_login_by_itself(web: WebPerson) -> None:
    token = web.enrol("joan")
    otp = token.otp(web.show_login())
    other = web.page.context.new_page()
    other.goto(web.site)
    mark(other)
    web.type_otp(otp)
    expect(other.get_by_role("heading", name="Welcome, joan")).to_be_visible()
    assert marked(other)


def test_polling_is_enough_where_no_websocket_opens(web: WebPerson) -> None:
    token = web.enrol("edith")
    other = web.page.context.new_page()
    other.add_init_script(
        "window.WebSocket = class { constructor() { throw new SyntaxError('none here'); } }"
    )
    other.goto(web.site)
    web.type_otp(token.otp(web.show_login()))
    expect(other.get_by_role("heading", name="Welcome, edith")).to_be_visible()


def test_wrong_otp_is_told_and_the_right_one_still_works(web: WebPerson) -> None:
    token = web.enrol("mary")
    shown = web.show_login()
    web.type_otp(token.otp(shown, ago=3600))
    web.expect("That one-time password isn't right")
    expect(web.page.get_by_label("One-time password")).to_be_focused()
    web.type_otp(token.otp(shown))
    web.expect("Welcome, mary")


def test_a_locked_session_gets_a_new_code(web: WebPerson) -> None:
    token = web.enrol("hedy")
    shown = web.show_login()
    for _ in range(5):
        with web.page.expect_response("**/signin"):
            web.type_otp("000000 000000")
        expect(web.page.get_by_role("button", name="Sign in")).to_be_enabled()
    if web.scan() == shown:  # the sixth try is told, where the fifth wasn't
        web.type_otp("000000 000000")
    web.expect("Too many wrong tries")
    expect(web.page.get_by_role("button", name="Sign in")).to_be_enabled()
    fresh = web.scan()
    assert fresh != shown
    web.type_otp(token.otp(fresh))
    web.expect("Welcome, hedy")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2XPP7 R5BDD0", "The first half has 5 characters and needs 6."),
        ("2XPP7QR5BDD", "The second half has 5 characters and needs 6."),
        ("2XUP7Q R5BDD0", "The first half has “U” in it"),
        ("2XPP7Q-R5B?D0", "The second half has “?” in it"),
        ("", "Type the one-time password"),
    ],
)
def test_the_malformed_half_is_told(
    web: WebPerson, open_page: Callable[..., Page], typed: str, words: str
) -> None:
    sent: list[str] = []
    web.page.on("request", lambda request: sent.append(request.url))
    web.type_otp(typed)
    web.expect(words)
    assert not [url for url in sent if url.endswith("/signin")]
    if typed:  # and by the server, for who has no JavaScript
        plain = WebPerson(open_page(java_script_enabled=False), web.site)
        plain.type_otp(typed)
        plain.expect(words)


def test_without_javascript_all_of_it_works(open_page: Callable[..., Page], site: str) -> None:
    web = WebPerson(open_page(java_script_enabled=False), site)
    token = SimulatedToken()
    token.enrol(web.show_enrolment("nojs"))
    web.page.get_by_role("link", name="The token shows a check code").click()
    assert web.check_code() == token.check_code
    web.page.get_by_role("button", name="They are the same").click()
    web.expect("Your token is added")
    shown = web.show_login()
    web.type_otp(token.otp(shown, ago=3600))
    web.expect("That one-time password isn't right")
    assert web.scan() == shown
    web.type_otp(token.otp(shown).lower())
    web.expect("Welcome, nojs")
    web.page.get_by_role("button", name="Sign out").click()
    web.expect("Sign in")


def test_codes_that_differ_end_the_enrolment(web: WebPerson) -> None:
    token = SimulatedToken()
    token.enrol(web.show_enrolment("mallory"))
    web.check_code()
    web.page.get_by_role("button", name="They differ").click()
    web.expect("Not added")
    web.type_otp(token.otp(web.show_login()))
    web.expect("That one-time password isn't right")


def test_an_expired_code_is_followed_by_the_next(open_page: Callable[..., Page], site: str) -> None:
    page = open_page()
    page.clock.install()
    page.goto(site)
    page.get_by_label("One-time password").fill("2XPP7Q")
    seconds = int(page.locator("#scan").get_attribute("data-seconds") or "")
    with page.expect_response(site + "/"):
        page.clock.fast_forward((seconds + 1) * 1000)
    expect(page.get_by_role("status")).to_contain_text("A new one is shown")
    assert isinstance(payload.read(WebPerson(page, site).scan()), payload.Login)
    expect(page.get_by_label("One-time password")).to_have_value("2XPP7Q")


def test_a_page_that_renews_its_code_still_takes_the_otp_of_the_scanned_one(
    open_page: Callable[..., Page], site: str, site_data: Path
) -> None:
    page = open_page()
    page.clock.install()
    web = WebPerson(page, site)
    token = web.enrol("margaret")
    scanned = web.show_login()
    otp = token.otp(scanned)
    page.get_by_label("One-time password").fill(otp[:6])
    hsid = payload.read(scanned).session_id
    with closing(sqlite3.connect(site_data / "sparekey.db", timeout=10)) as database, database:
        # five minutes pass at the server as they do in the browser
        database.execute("UPDATE sessions SET expires = ? WHERE hsid = ?", (int(time.time()), hsid))
    with page.expect_response(site + "/"):
        page.clock.fast_forward(301_000)
    expect(page.get_by_role("status")).to_contain_text("A new one is shown")
    assert web.scan() != scanned
    expect(page.get_by_label("One-time password")).to_have_value(otp[:6])
    web.type_otp(otp)
    web.expect("Welcome, margaret")


def test_sign_out_leaves_a_fresh_session(web: WebPerson) -> None:
    token = web.enrol("rosalind")
    shown = web.show_login()
    before = {cookie["value"] for cookie in web.page.context.cookies()}
    web.type_otp(token.otp(shown))
    web.expect("Welcome, rosalind")
    web.page.get_by_role("button", name="Sign out").click()
    web.expect("Scan the code")
    assert web.scan() != shown
    assert before.isdisjoint(cookie["value"] for cookie in web.page.context.cookies())


def test_the_cookie_is_kept_from_scripts(web: WebPerson) -> None:
    (cookie,) = web.page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert web.page.evaluate("document.cookie") == ""


def test_a_form_without_its_token_is_refused(web: WebPerson) -> None:
    reply = web.page.request.post(web.site + "/signin", form={"otp": "2XPP7Q R5BDD0", "csrf": "0" * 64})
    assert reply.status == 403
    assert "Please try again" in reply.text()
    assert web.page.request.post(web.site + "/enrol", form={"userid": "eve"}).status == 403


def test_pages_have_their_headers(web: WebPerson) -> None:
    headers = web.page.request.get(web.site).headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/enrol", "/nowhere"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_phone_needs_no_sideways_scroll(
    open_page: Callable[..., Page], site: str, path: str, scheme: str
) -> None:
    page = open_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.goto(site + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_qr_code_reads_on_a_narrow_phone(open_page: Callable[..., Page], site: str, scheme: str) -> None:
    page = open_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    assert isinstance(payload.read(WebPerson(page, site).show_login()), payload.Login)


def test_keyboard_alone_reaches_everything(web: WebPerson) -> None:
    seen = []
    for _ in range(6):
        web.page.keyboard.press("Tab")
        seen.append(
            web.page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
        )
    assert seen[0] == "Skip to the content"
    assert seen[2:5] == ["otp", "Sign in", "Add your token"]


def test_the_account_page_lists_tokens_and_takes_one_away(web: WebPerson) -> None:
    first, second = web.enrol("katherine"), web.enrol("katherine")
    web.type_otp(second.otp(web.show_login()))
    web.expect("Welcome, katherine")
    web.page.get_by_role("link", name="Your tokens").click()
    tokens = web.page.get_by_role("list", name="Tokens").get_by_role("listitem")
    expect(tokens).to_have_count(2)
    here = tokens.filter(has_text="signed in with this one")
    expect(here).to_have_count(1)
    expect(tokens.filter(has_text="never")).to_have_count(1)
    web.save_picture("account")
    other = tokens.filter(has_not_text="signed in with this one")
    other.get_by_text("Remove this token").click()
    other.get_by_role("button", name="Remove it").click()
    expect(tokens).to_have_count(1)
    web.expect("You removed “simulated” here.")
    here.get_by_text("Remove this token").click()
    here.get_by_role("button", name="Remove it").click()
    web.expect("You removed “simulated” and are signed out.")
    web.save_picture("removed")
    web.type_otp(first.otp(web.show_login()))
    web.expect("That one-time password isn't right")


@pytest.mark.parametrize("script", [True, False])
def test_who_removes_the_token_in_use_is_told_once(
    open_page: Callable[..., Page], site: str, script: bool
) -> None:
    web, userid = WebPerson(open_page(java_script_enabled=script), site), f"leaver-{script}"
    token = SimulatedToken()
    token.enrol(web.show_enrolment(userid))
    if not script:
        web.page.get_by_role("link", name="The token shows a check code").click()
    web.page.get_by_role("button", name="They are the same").click()
    web.expect("Your token is added")
    web.type_otp(token.otp(web.show_login()))
    web.expect(f"Welcome, {userid}")
    before = {cookie["value"] for cookie in web.page.context.cookies()}
    web.page.get_by_role("link", name="Your tokens").click()
    web.page.get_by_text("Remove this token").click()
    web.page.get_by_role("button", name="Remove it").click()
    told = web.page.get_by_role("status").filter(has_text="You removed “simulated” and are signed out.")
    expect(told).to_be_focused()  # so a screen reader reads it, and the next is the field
    assert web.page.url == site + "/"
    assert before.isdisjoint(cookie["value"] for cookie in web.page.context.cookies())
    web.page.keyboard.press("Tab")
    expect(web.page.get_by_label("One-time password")).to_be_focused()
    web.page.reload()
    expect(web.page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(told).to_have_count(0)


def test_nobody_else_puts_words_onto_a_page(web: WebPerson) -> None:
    words = base64.urlsafe_b64encode(b"Call 555-0100 for help").decode().rstrip("=")
    for planted in (words, f"{words}.", f"{words}.{hashlib.sha256(words.encode()).hexdigest()}"):
        web.page.context.add_cookies([{"name": "sparekey-notice", "value": planted, "url": web.site}])
        web.show_login()
        expect(web.page.get_by_text("555-0100")).to_have_count(0)


def test_nobody_removes_another_s_token(web: WebPerson, open_page: Callable[..., Page]) -> None:
    theirs = web.enrol("victim")
    other = WebPerson(open_page(), web.site)
    token = other.enrol("thief")
    other.type_otp(token.otp(other.show_login()))
    other.expect("Welcome, thief")
    other.page.get_by_role("link", name="Your tokens").click()
    other.page.get_by_text("Remove this token").click()
    field = other.page.locator("input[name=token]")
    field.evaluate("(field, value) => { field.value = value; }", str(theirs.reference))
    with other.page.expect_response(lambda reply: reply.request.method == "POST"):
        other.page.get_by_role("button", name="Remove it").click()
    expect(other.page.get_by_role("heading", name="Your tokens")).to_be_visible()
    web.type_otp(theirs.otp(web.show_login()))
    web.expect("Welcome, victim")


def test_the_code_says_which_browser_asks(open_page: Callable[..., Page], site: str) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    shown = payload.read(WebPerson(open_page(user_agent=agent), site).show_login())
    assert isinstance(shown, payload.Login)
    assert shown.hint == "Firefox, Linux"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_for_the_manual(open_page: Callable[..., Page], site: str, scheme: str) -> None:
    web = WebPerson(open_page(viewport={"width": 1000, "height": 640}, color_scheme=scheme), site)
    token = SimulatedToken()
    token.enrol(web.show_enrolment("ada" + scheme))
    web.check_code()
    web.save_picture("check-" + scheme)
    web.page.get_by_role("button", name="They are the same").click()
    web.expect("Your token is added")
    shown = web.show_login()
    web.save_picture("sign-in-" + scheme)
    web.type_otp(token.otp(shown))
    web.expect("Welcome, ada" + scheme)
    web.save_picture("welcome-" + scheme)
