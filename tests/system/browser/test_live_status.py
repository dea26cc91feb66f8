"""What a page shows follows what happens elsewhere, whenever the news comes and whether it comes at all."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect

from .web_person import WebPerson

pytestmark = pytest.mark.browser
_LOOK = 2001  # milliseconds until a page looks that nobody tells anything; 16 s where its WebSocket is open


def until(page: Page, done: Callable[[], object]) -> None:
    """Lets the page go on until ``done``; the test's time-out ends a wait in vain."""
    while not done():
        page.wait_for_timeout(20)


def open_without_time(page: Page, site: str) -> None:
    """Opens the site where time goes on only when told, in this tab and those beside it."""
    page.clock.install(time=0)
    page.clock.pause_at(1)
    page.goto(site)


@pytest.fixture
def sockets() -> list[WebSocketRoute]:
    """The WebSockets of ``other``, which the test itself answers."""
    return []


@pytest.fixture
def other(web: WebPerson, sockets: list[WebSocketRoute]) -> Page:
    """An empty tab beside the person's."""
    page = web.page.context.new_page()
    page.route_web_socket("**/live", lambda socket: sockets.append(socket))
    return page


def test_news_that_comes_during_a_look_is_looked_at(
    web: WebPerson, other: Page, sockets: list[WebSocketRoute]
) -> None:
    token = web.enrol("emmy")
    otp = token.otp(web.show_login())
    held: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    other.route("**/status", hold_the_first)
    open_without_time(other, web.site)
    until(other, lambda: sockets)
    other.clock.fast_forward(_LOOK)
    until(other, lambda: held)
    web.type_otp(otp)
    web.expect("Welcome, emmy")
    sockets[0].send(json.dumps({"type": "LOGIN"}))
    other.evaluate("0")  # it has heard
    route, stale = held[0]
    route.fulfill(response=stale)
    expect(other.get_by_role("heading", name="Welcome, emmy")).to_be_visible()


def test_a_page_looks_soon_once_nobody_tells_it(
    web: WebPerson, other: Page, sockets: list[WebSocketRoute]
) -> None:
    token = web.enrol("chien")
    otp = token.otp(web.show_login())
    open_without_time(other, web.site)
    until(other, lambda: sockets)
    with other.expect_response("**/status") as seen:  # its WebSocket is open: the next look is far away
        other.clock.fast_forward(_LOOK)
    seen.value.finished()
    sockets[0].close()
    web.type_otp(otp)
    web.expect("Welcome, chien")
    other.clock.fast_forward(_LOOK)
    expect(other.get_by_role("heading", name="Welcome, chien")).to_be_visible()


def test_two_who_hear_of_a_login_replace_the_page_once(web: WebPerson) -> None:
    token = web.enrol("lise")
    otp = token.otp(web.show_login())
    held: list[Route] = []
    web.page.route(web.site + "/", lambda route: held.append(route))
    web.page.evaluate(
        "new MutationObserver((seen) => { window.replaced = (window.replaced ?? 0) + seen.length; })"
        ".observe(document.body, { childList: true })"
    )
    web.type_otp(otp)
    until(web.page, lambda: len(held) == 2)  # for the answer to the OTP, and for the WebSocket's news
    for route in held:
        route.continue_()
    web.expect("Welcome, lise")
    for route in held:
        response = route.request.response()
        assert response is not None
        response.finished()
    web.page.evaluate("fetch('status').then((reply) => reply.text())")  # its turn comes after theirs
    assert web.page.evaluate("window.replaced") == 1
