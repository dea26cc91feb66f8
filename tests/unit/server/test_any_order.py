"""Logins in any order on either store: scanning, renewing, typing, guessing, leaving, against a model."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sparekey.server.login.throttle import Throttle
from sparekey.server.store import Store, open_store
from sparekey_token.core import crock32, payload
from tests.simulated_account import SimulatedAccount

from .harness import Harness, code, fresh_nonce

EXPIRY, LATE, INTERVAL, TRIES = 300, 240, 120, 5


@dataclass
class Service:
    """A running service, and the loop that it runs in."""

    runner: asyncio.Runner
    harness: Harness
    account: SimulatedAccount


@pytest.fixture
def service(database: str | None, tmp_path: Path) -> Iterator[Service]:
    with asyncio.Runner() as runner:
        store = open_store(tmp_path, database)
        made = runner.run(_begun(store, tmp_path, runner))
        yield made
        runner.run(_ended(made.harness, store))


async def _begun(store: Store, data: Path, runner: asyncio.Runner) -> Service:
    await store.start()
    harness = Harness(store, data)
    await harness.begin()
    # long codes, of which none is right by chance
    harness.serverid = (await harness.make_server("Long", otpFormat="crock32-60"))["serverid"]
    return Service(runner, harness, await harness.enrol("ada"))


async def _ended(harness: Harness, store: Store) -> None:
    await harness.end()
    await store.stop()


@dataclass
class Code:
    """A QR code as someone saw it, and what it has met."""

    text: str
    expires: int
    tries: int = 0

    @property
    def hsid(self) -> str:
        return payload.read(self.text).session_id.hex()

    def open(self, now: int) -> bool:
        return self.tries < TRIES and now < self.expires + LATE


@dataclass
class Model:
    """What a session is, in as few words as there are."""

    shown: Code | None = None
    before: Code | None = None
    used: bool = False
    by: str = ""  # otp, online, or nobody
    throttle: Throttle = field(default_factory=Throttle)

    def renew(self, code: Code) -> None:
        """Another code is shown; the one before lives on unless it is used up or locked."""
        kept = self.shown is not None and not self.used and self.shown.tries < TRIES
        self.before = self.shown if kept else None
        self.shown, self.used = code, False

    def fits(self, scanned: Code, now: int) -> bool:
        """Whether what was made for a code can log in."""
        alive = self.shown is not None and self.shown.open(now) and not self.used
        return alive and scanned in (self.shown, self.before) and scanned.open(now)

    def wrong(self) -> None:
        """A try was wrong: whatever code it was meant for, it counts for both."""
        for one in (self.shown, self.before):
            if one is not None:
                one.tries += 1


class Logins(RuleBasedStateMachine):
    """One browser session, and the people who hold tokens at it."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.harness = service.harness
        # whatever an earlier run did to the account's throttle is forgotten
        self.harness.now += 2 * 86400 + 7
        self.nonce = fresh_nonce()
        self.stranger = 0
        self.model = Model()
        self.seen: list[Code] = []
        self.made: list[tuple[Code, int, str]] = []

    @property
    def now(self) -> int:
        return int(self.harness.now)

    def do(self, coroutine: Any) -> Any:
        return self.service.runner.run(coroutine)

    def takes(self, text: str) -> None:
        """The page shows that code from now on, or still."""
        if self.model.shown is not None and text == self.model.shown.text:
            return
        fresh = Code(text, payload.read(text).expires)
        assert fresh.expires == self.now + EXPIRY
        self.model.renew(fresh)
        self.seen.append(fresh)

    @rule(seconds=st.sampled_from([1, 60, 119, 120, 239]))
    def waits(self, seconds: int) -> None:
        self.harness.now += seconds

    @rule()
    def page_looks(self) -> None:
        reply = self.do(self.harness.call("GET", "sessions/", self.nonce))
        model, shown = self.model, self.model.shown
        if model.by:
            assert reply.json()["loggedin"] is True
            assert reply.json()["otplogin"] is (model.by == "otp")
            return
        if shown is not None and not model.used and shown.expires > self.now and shown.tries >= TRIES:
            assert code(reply) == (403, "session_locked")
            return
        assert reply.json()["loggedin"] is False
        self.takes(self.do(self.harness.qr(self.nonce)))
        due = shown is None or model.used or shown.expires <= self.now
        assert (self.model.shown is not shown) or not due

    @precondition(lambda self: self.model.shown is not None)
    @rule(later=st.sampled_from([0, 1, 119]))
    def code_expires_and_the_page_looks(self, later: int) -> None:
        assert self.model.shown is not None
        self.harness.now = max(self.harness.now, self.model.shown.expires + later)
        self.page_looks()

    @rule()
    def page_asks_for_a_code(self) -> None:
        shown, used = self.model.shown, self.model.used
        self.takes(self.do(self.harness.call("GET", "sessions/qr/login", self.nonce)).text)
        live = shown is not None and not used and shown.tries < TRIES and shown.expires > self.now
        assert (self.model.shown is shown) == live

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def token_makes_an_otp(self, data: st.DataObject) -> None:
        scanned = data.draw(st.sampled_from(self.seen[-3:]), "scanned")
        otp = self.service.account.otp(scanned.text, self.now)
        self.made.append((scanned, self.now // INTERVAL, otp))

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def person_types(self, data: st.DataObject) -> None:
        scanned, interval, otp = data.draw(st.sampled_from(self.made[-4:]), "typed")
        in_time = self.now // INTERVAL - interval in (0, 1)
        self._type(otp, right=in_time and self.model.fits(scanned, self.now))

    @precondition(lambda self: self.seen)
    @rule()
    def person_scans_and_types_at_once(self) -> None:
        self._scan_and_type(self.seen[-1])

    @precondition(lambda self: len(self.seen) > 1)
    @rule(wait=st.sampled_from([0, 60, 240]))
    def person_types_for_the_code_before(self, wait: int) -> None:
        self.harness.now += wait
        self._scan_and_type(self.seen[-2])

    def _scan_and_type(self, scanned: Code) -> None:
        otp = self.service.account.otp(scanned.text, self.now)
        self._type(otp, right=self.model.fits(scanned, self.now))

    @rule(count=st.sampled_from([1, 3, 5]))
    def stranger_guesses(self, count: int) -> None:
        for _ in range(count):
            self.stranger += 1  # never the same reference: no throttle's business
            reply = self.do(self.harness.type(self.nonce, crock32.encode(self.stranger, 6) + "000000"))
            if self.model.shown is not None and self.model.shown.tries >= TRIES:
                assert code(reply) == (403, "session_locked")
            else:
                assert code(reply) == (403, "otp_refused")
                self.model.wrong()

    def _type(self, otp: str, *, right: bool) -> None:
        reply = self.do(self.harness.type(self.nonce, otp))
        model = self.model
        if model.shown is not None and model.shown.tries >= TRIES:
            assert code(reply) == (403, "session_locked")
        elif model.throttle.wait(self.now):
            assert code(reply) == (429, "throttled")
        elif right:
            assert reply.status_code == 200, reply.text
            model.used, model.by, model.throttle = True, "otp", Throttle()
        else:
            assert code(reply) == (403, "otp_refused")
            model.wrong()
            model.throttle = model.throttle.after_wrong(self.now)

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def bridge_logs_in(self, data: st.DataObject) -> None:
        scanned = data.draw(st.sampled_from(self.seen[-3:]), "scanned")
        path = f"/app/sessions/{scanned.hsid}"
        reply = self.do(self.harness.http.get(path))
        if scanned not in (self.model.shown, self.model.before):
            assert code(reply) == (404, "no_session")
        elif self.model.used:
            assert code(reply) == (409, "session_used")
        elif scanned.tries >= TRIES:
            assert code(reply) == (403, "session_locked")
        elif not scanned.open(self.now):
            assert code(reply) == (410, "expired")
        else:
            body = self.service.account.proof(scanned.text, reply.json()["challenge"], 0)
            sent = self.do(self.harness.http.post(path + "/login", json=body))
            assert sent.json() == {"loggedin": True}
            self.model.used, self.model.by = True, "online"

    @rule()
    def person_leaves(self) -> None:
        self.do(self.harness.call("POST", "sessions/logout", self.nonce)).raise_for_status()
        if self.model.by:
            self.model.used, self.model.by = True, ""


def test_logins_in_any_order_are_as_the_model_has_them(service: Service) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Logins(service),
        settings=settings(
            max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
