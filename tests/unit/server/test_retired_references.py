"""A removed account's logins never become those of the account that gets its reference next."""

import itertools
from pathlib import Path

import pytest

from sparekey.server import sweep
from sparekey.server.accounts import accounts, enrolments
from sparekey.server.store.backup import backup, restore

from .harness import Harness, fresh_nonce

pytestmark = pytest.mark.anyio


@pytest.fixture
def references(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance offers each reference again and again, the lowest first."""
    offered = itertools.chain.from_iterable(range(1, n + 1) for n in itertools.count(1))
    monkeypatch.setattr(enrolments.secrets, "randbelow", lambda below: next(offered))


async def logged_in(harness: Harness, userid: str) -> tuple[str, int]:
    """The nonce of a session that a new account is logged in to, and its reference."""
    account, nonce = await harness.enrol(userid), fresh_nonce()
    told = await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    assert told.json()["userid"] == userid
    return nonce, account.reference


@pytest.mark.usefixtures("references")
async def test_a_reference_is_not_given_again_while_a_session_may_name_it(harness: Harness) -> None:
    nonce, reference = await logged_in(harness, "ada")
    await harness.call("DELETE", f"accounts/{reference}/")
    assert (await harness.enrol("eve")).reference != reference
    assert (await harness.status(nonce))["loggedin"] is False
    harness.now += accounts.RETIRED - 1
    await sweep.bite(harness.service)
    assert (await harness.enrol("bob")).reference != reference
    harness.now += 1
    await sweep.bite(harness.service)
    assert await harness.service.store.read(lambda t: t.all("SELECT ref FROM retired")) == []
    assert (await harness.enrol("grace")).reference == reference
    assert (await harness.status(nonce))["loggedin"] is False


@pytest.mark.parametrize("path", ["users/ada/", "users/ada/accounts"])
async def test_so_it_is_however_the_account_was_removed(harness: Harness, path: str) -> None:
    _, reference = await logged_in(harness, "ada")
    (await harness.call("DELETE", path)).raise_for_status()
    rows = await harness.service.store.read(lambda t: t.all("SELECT ref FROM retired"))
    assert rows == [(reference,)]


@pytest.mark.usefixtures("references")
async def test_a_page_that_polls_for_ever_forgets_the_login(harness: Harness) -> None:
    nonce, reference = await logged_in(harness, "ada")
    await harness.call("DELETE", f"accounts/{reference}/")
    harness.now += accounts.RETIRED
    assert (await harness.status(nonce))["loggedin"] is False  # renewed, and so not swept
    await sweep.bite(harness.service)
    assert (await harness.enrol("grace")).reference == reference
    assert (await harness.status(nonce))["loggedin"] is False


@pytest.mark.usefixtures("references")
async def test_a_restored_session_does_not_name_an_account_that_was_gone(
    harness: Harness, tmp_path: Path
) -> None:
    nonce, reference = await logged_in(harness, "ada")
    await harness.call("DELETE", f"accounts/{reference}/")
    await backup(harness.service.store, tmp_path / "backup")
    await restore(harness.service.store, tmp_path / "backup")
    assert (await harness.enrol("grace")).reference == reference
    assert (await harness.status(nonce))["loggedin"] is False


async def test_a_blocked_account_s_login_outlives_a_renewal(harness: Harness) -> None:
    nonce, reference = await logged_in(harness, "ada")
    path = f"accounts/{reference}/"
    await harness.call("PUT", path, params={"blocked": "true"})
    harness.now += 301
    assert (await harness.status(nonce))["loggedin"] is False
    await harness.call("PUT", path, params={"blocked": "false"})
    assert (await harness.status(nonce))["loggedin"] is True
