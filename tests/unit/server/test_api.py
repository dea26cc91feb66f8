"""The Server API beside otpLogin: who may, what is there, lists, users, attributes, transactions, HTML."""

import base64
import io
import json
import re
import secrets
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from sparekey_token.core import payload
from sparekey_token.core import proof as proofs

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio


async def key_of(harness: Harness, role: str, *permissions: str) -> str:
    body = {"description": role, "role": role, "permissions": list(permissions)}
    made: dict[str, Any] = (await harness.http.post("/apikeys/", json=body)).raise_for_status().json()
    return str(made["apikey"])


async def test_no_key_wrong_key_and_a_key_without_the_permission(harness: Harness) -> None:
    path = f"/servers/{harness.serverid}/accounts/"
    del harness.http.headers["X-apikey"]
    assert code(await harness.http.get(path)) == (401, "unauthorized")
    assert code(await harness.http.get(path, headers={"X-apikey": "x"})) == (401, "unauthorized")


async def test_a_role_sees_its_own_servers_only(harness: Harness) -> None:
    shop = {"X-apikey": await key_of(harness, "shop", "sessions", "createserver")}
    made = (await harness.http.post("/servers/", json={"serverName": "Shop"}, headers=shop)).json()
    assert made["owner"] == "shop"
    listed = (await harness.http.get("/servers/", headers=shop)).json()
    assert [one["serverName"] for one in listed["servers"]] == ["Shop"]
    assert (await harness.http.get("/servers/")).json()["totalnumber"] == 2
    other = await harness.call("GET", "sessions/", fresh_nonce(), headers=shop)
    assert code(other) == (404, "not_found")
    unknown = await harness.call("GET", "sessions/", fresh_nonce(), "AAAAAAAAAAA", headers=shop)
    assert other.content == unknown.content
    lacking = await harness.call("GET", "accounts/", None, made["serverid"], headers=shop)
    assert code(lacking) == (403, "forbidden")
    assert lacking.json()["error"]["message"].endswith("lacks the permission. It takes accounts.")
    assert code(await harness.http.get("/apikeys/", headers=shop)) == (403, "forbidden")
    assert code(await harness.http.post("/apikeys/", json={"description": "x"}, headers=shop)) == (
        403,
        "forbidden",
    )


async def test_x_su_acts_as_another_role(harness: Harness) -> None:
    shop = await key_of(harness, "shop", "sessions", "createserver")
    await key_of(harness, "delegate", "setrid")
    await harness.http.post("/servers/", json={"serverName": "Shop"}, headers={"X-apikey": shop})
    listed = await harness.http.get("/servers/", headers={"X-su": "shop"})
    assert [one["serverName"] for one in listed.json()["servers"]] == ["Shop"]
    assert code(await harness.http.get("/servers/", headers={"X-su": "nobody"})) == (403, "forbidden")
    as_root = {"X-apikey": shop, "X-su": "root"}
    assert code(await harness.http.get("/servers/", headers=as_root)) == (403, "forbidden")


async def test_nobody_gives_what_they_lack_and_roles_don_t_change(harness: Harness) -> None:
    await key_of(harness, "shop", "sessions")
    body = {"description": "x", "role": "shop", "permissions": ["root"]}
    assert code(await harness.http.post("/apikeys/", json=body)) == (409, "already_there")
    keys = (await harness.http.get("/apikeys/", params={"filter": "role=shop"})).json()
    assert keys["apikeys"] == [{"description": "shop", "role": "shop", "permissions": ["sessions"]}]


async def test_a_server_is_made_changed_and_keeps_its_key(harness: Harness) -> None:
    made = await harness.make_server("Bank", pinTimeout=5, siteurl="http://bank.test", otpFormat="decimal-30")
    path = f"/servers/{made['serverid']}/"
    assert (await harness.http.get(path)).json() == made
    standard = base64.b64encode(base64.urlsafe_b64decode(made["serverid"] + "=")).decode().replace("/", "%2F")
    assert (await harness.http.get(f"/servers/{standard}")).json() == made
    changed = (await harness.http.put(path, json={**made, "serverName": "Bench"})).raise_for_status().json()
    assert (changed["serverName"], changed["serverpk"]) == ("Bench", made["serverpk"])
    other = base64.b64encode(bytes(32)).decode()
    assert code(await harness.http.put(path, json={"serverpk": other})) == (400, "fixed_field")
    for bad in (
        {"serverName": "é" * 13},
        {"otpFormat": "x"},
        {"pinTimeout": -2},
        {"logo": "?"},
        {"serverFlags": 1},
    ):
        assert code(await harness.http.put(path, json=bad)) == (400, "bad_request")


@pytest.mark.parametrize("nonce", ["", "short", "00" * 15, "!" * 40, "A" * 600, "c2hvcnQgYnkgYSBiaXQ"])
async def test_a_nonce_of_fewer_bits_is_refused(harness: Harness, nonce: str) -> None:
    reply = await harness.http.get(f"/servers/{harness.serverid}/sessions/", headers={"X-nonce": nonce})
    assert code(reply) == (400, "bad_nonce")


async def test_one_nonce_is_one_session_in_any_spelling(harness: Harness) -> None:
    data = secrets.token_bytes(32)
    spelled = [
        data.hex(),
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode().rstrip("="),
    ]
    assert len({(await harness.status(nonce))["hsid"] for nonce in spelled}) == 1


async def test_the_hint_on_who_asks_is_in_the_code(harness: Harness) -> None:
    body = {"sessioninfo": {"info": "Firefox,\nGhent " + "é" * 40, "ip": "", "logo": "", "useragent": "x"}}
    shown = await harness.call("GET", "sessions/qr/login", fresh_nonce(), json=body)
    login = payload.read(shown.text)
    assert isinstance(login, payload.Login)
    assert login.hint == "Firefox, Ghent " + "é" * 8
    picture = await harness.call("GET", "sessions/qr/login", fresh_nonce(), params={"img": "png", "s": 300})
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.width <= 300
        (found,) = zxingcpp.read_barcodes(image.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert isinstance(payload.read(found.text), payload.Login)


async def test_lists_page_filter_and_sort(harness: Harness) -> None:
    accounts = {name: await harness.enrol(name) for name in ("eve", "ada", "bob", "ada2")}
    await harness.call("PUT", f"accounts/{accounts['bob'].reference}/", json={"blocked": True})

    async def names(path: str, **query: object) -> tuple[list[str], int]:
        found = (await harness.call("GET", path, params=query)).raise_for_status().json()
        return [one["userid"] for one in found[path.strip("/")]], found["totalnumber"]

    assert await names("accounts/", sort="userid:desc", limit=2) == (["eve", "bob"], 4)
    assert await names("accounts/", sort="userid:desc", limit=2, marker=2) == (["ada2", "ada"], 4)
    assert await names("accounts/", filter="blocked=true") == (["bob"], 1)
    assert await names("accounts/", filter="userid=in:ada,eve", sort="userid:asc") == (["ada", "eve"], 2)
    assert await names("accounts/", filter=["blocked=false", "userid=in:ada,bob"]) == (["ada"], 1)
    assert await names("users/", search="AD", sort="userid") == (["ada", "ada2"], 2)
    assert await names("users/", search="%") == ([], 0)
    assert await names("users/", filter="numberaccounts=1", sort="lastlogin:desc,userid:asc", limit=1) == (
        ["ada"],
        4,
    )
    for bad in (
        {"sort": "x"},
        {"sort": "userid;drop"},
        {"filter": "x=1"},
        {"filter": "blocked=maybe"},
        {"limit": 0},
    ):
        reply = await harness.call("GET", "accounts/", params=bad)
        assert code(reply) == (400, "bad_request")
        if bad in ({"sort": "x"}, {"filter": "x=1"}):  # which there are is told
            assert ", lastlogin." in reply.json()["error"]["message"]


async def test_users_and_what_is_theirs(harness: Harness) -> None:
    account = await harness.enrol("ada")
    path = f"accounts/{account.reference}/"
    moved = await harness.call("PUT", path + "user", params={"userid": "grace"})
    assert moved.json()["userid"] == "grace"
    assert code(await harness.call("PUT", path + "user", json={"userid": " bad"})) == (403, "invalid_name")
    assert (await harness.call("GET", "users/grace/accounts")).json()["totalnumber"] == 1
    assert (await harness.call("GET", "users/ada/accounts")).json()["totalnumber"] == 0
    assert code(await harness.call("GET", "users/nobody/accounts")) == (404, "not_found")
    removed = (await harness.call("DELETE", "users/grace/")).json()
    assert [one["id"] for one in removed["accounts"]] == [account.reference]
    assert code(await harness.call("GET", path)) == (404, "not_found")


async def test_registeruser_names_who_is_logged_in(harness: Harness) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    ask = {"userid": "lovelace"}
    assert code(await harness.call("POST", "sessions/registeruser", nonce, json=ask)) == (
        403,
        "not_logged_in",
    )
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    (await harness.call("POST", "sessions/registeruser", nonce, params=ask)).raise_for_status()
    assert (await harness.status(nonce))["userid"] == "lovelace"


@pytest.mark.parametrize("path", ["users/ada/attributes/", "attributes/"])
async def test_attributes(harness: Harness, path: str) -> None:
    assert (await harness.call("POST", path, json={"a": 1, "b": {"c": [None, "é"]}})).json() == {
        "a": 1,
        "b": {"c": [None, "é"]},
    }
    assert (await harness.call("PUT", path, json={"a": 2, "d": "x\x00"})).json()["a"] == 2
    assert (await harness.call("DELETE", path + "b")).json() == {"a": 2, "d": "x\x00"}
    assert code(await harness.call("DELETE", path + "b")) == (404, "not_found")
    assert (await harness.call("POST", path, json={"z": True})).json() == {"z": True}
    assert (await harness.call("GET", path)).json() == {"z": True}
    assert (await harness.call("DELETE", path)).json() == {}
    assert code(await harness.call("PUT", path, json={"a/b": 1})) == (400, "bad_request")
    assert code(await harness.call("PUT", path, json=[1])) == (400, "bad_request")


async def test_put_makes_no_user(harness: Harness) -> None:
    assert code(await harness.call("PUT", "users/new/attributes/", json={"a": 1})) == (404, "not_found")
    await harness.call("POST", "users/new/attributes/", json={})
    assert (await harness.call("PUT", "users/new/attributes/", json={"a": 1})).json() == {"a": 1}


async def test_provoked_logins_say_why_not(harness: Harness) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    assert (await harness.status(nonce))["canprovoke"] is False
    for path in ("sessions/", f"accounts/{account.reference}/", "users/ada/"):
        reply = await harness.call("POST", path + "provokelogin", nonce)
        assert code(reply) == (409, "cannot_provoke")
        assert "network" in reply.json()["error"]["message"]
    assert code(await harness.call("POST", "users/nobody/provokelogin")) == (404, "not_found")


@pytest.mark.parametrize(("flags", "status"), [(0, 1), (2, 2)])
async def test_a_transaction_is_settled_once_by_who_is_logged_in(
    harness: Harness, flags: int, status: int
) -> None:
    account, other, nonce = await harness.enrol("ada"), await harness.enrol("eve"), fresh_nonce()
    payment = {"amount": "€ 12", "benificiary": "Bob", "description": "lunch"}
    assert code(await harness.call("POST", "sessions/transactions", nonce, json=payment)) == (
        403,
        "not_logged_in",
    )
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    told = (await harness.call("POST", "sessions/transactions", nonce, json=payment)).json()
    tid, text = told["tid"], base64.b64decode(told["qrdata"]).decode()
    code_of = f"transactions/{tid}/qr"
    assert (await harness.call("GET", code_of)).text == text
    with Image.open(io.BytesIO((await harness.call("GET", code_of, params={"img": "png"})).content)) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == text
    assert (await harness.call("GET", f"transactions/{tid}")).json() == {"tstatus": 0}
    hsid = (await harness.status(nonce))["hsid"]
    (shown,) = (await harness.http.get(f"/app/sessions/{hsid}/transactions")).json()["transactions"]
    assert {name: shown[name] for name in payment} == payment
    body = payload.from_text(text)
    assert bytes.fromhex(shown["body"]) == body
    scanned = payload.parse(body)
    assert isinstance(scanned, payload.Transaction)
    assert (scanned.amount, scanned.beneficiary, scanned.description) == ("€ 12", "Bob", "lunch")
    alone = (await harness.http.get(f"/app/transactions/{tid}")).json()
    assert alone == {name: shown[name] for name in ("server", "challenge", "expires", "verify")}

    def proof(by: Any, challenge: str) -> dict[str, object]:
        made = proofs.login_proof(by.key, body, bytes.fromhex(challenge), flags)
        return {"ref": by.reference, "flags": flags, "proof": made.hex()}

    path = f"/app/transactions/{tid}"
    for bad in (proof(other, shown["challenge"]), proof(account, "00" * 16)):
        assert code(await harness.http.post(path, json=bad)) == (403, "proof_refused")
    right = proof(account, shown["challenge"])
    assert (await harness.http.post(path, json=right)).json() == {"tstatus": status}
    for late in (await harness.http.post(path, json=right), await harness.http.get(path)):
        assert code(late) == (409, "wrong_state")
        assert "approved or declined" in late.json()["error"]["message"]
    assert code(await harness.call("GET", code_of)) == (409, "wrong_state")
    assert (await harness.call("GET", f"transactions/{tid}")).json() == {"tstatus": status}
    second = (await harness.make_server("Other"))["serverid"]
    assert code(await harness.call("GET", f"transactions/{tid}", None, second)) == (404, "no_transaction")
    told = (await harness.call("POST", "sessions/transactions", nonce, json=payment)).json()
    later = f"transactions/{told['tid']}/qr"
    assert code(await harness.call("GET", later, None, second)) == (404, "no_transaction")
    harness.now += 301
    for over in (
        await harness.call("GET", later),
        await harness.http.get(f"/app/transactions/{told['tid']}"),
    ):
        assert code(over) == (410, "expired")


@pytest.mark.parametrize(
    "wrong", [{"amount": "€" * 9}, {"benificiary": "a\nb"}, {"description": "é" * 49}, {"amount": "\ud800"}]
)
async def test_words_that_a_token_cannot_show_are_refused(harness: Harness, wrong: dict[str, str]) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    payment = {"amount": "1", "benificiary": "Bob", "description": "", **wrong}
    content = json.dumps(payment).encode()
    sent = await harness.call("POST", "sessions/transactions", nonce, content=content)
    assert code(sent) == (400, "bad_request")


async def test_html_to_paste_needs_nothing_else(harness: Harness) -> None:
    nonce = fresh_nonce()
    page = (await harness.call("GET", "sessions/html/login", nonce)).text
    picture = re.search(r'src="data:image/png;base64,([^"]+)"', page)
    assert picture is not None
    with Image.open(io.BytesIO(base64.b64decode(picture[1]))) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == await harness.qr(nonce)
    assert "<script" not in page
    enrol = await harness.call("GET", "sessions/html/enrol", nonce, params={"userid": '"><script>'})
    assert code(enrol)[0] == 403 if enrol.status_code != 200 else "<script" not in enrol.text
    hsid = (await harness.status(nonce))["hsid"]
    body = {"sessions": [{"serverid": harness.serverid, "sessionid": hsid}]}
    footer = (await harness.call("GET", "sessions/html/footer", nonce, json=body)).text
    assert footer == (await harness.call("GET", "sessions/html/footer", nonce)).text
    assert hsid in footer
    assert 'src="http://api/embed.js"' in footer
    assert "WebSocket" in (await harness.http.get("/embed.js")).text


async def test_the_visual_hash_is_the_key_s(harness: Harness) -> None:
    other = (await harness.make_server("Other"))["serverid"]
    one = await harness.call("GET", "vash")
    assert one.headers["content-type"] == "image/png"
    assert one.content == (await harness.call("GET", "vash")).content
    assert one.content != (await harness.call("GET", "vash", None, other)).content


@pytest.mark.parametrize(
    ("content", "headers", "refusal"),
    [
        (b"", {}, (400, "bad_request")),
        (b"{", {}, (400, "bad_request")),
        (b'{"otp": 1}', {}, (400, "bad_request")),
        (b'{"otp": "\xff"}', {}, (400, "bad_request")),
        ('{"otp": "x"}'.encode("utf-16"), {}, (400, "bad_request")),
        (b"[" * 100_000, {}, (400, "bad_request")),
        (b"otp=x", {"content-type": "application/x-www-form-urlencoded"}, (415, "wrong_media_type")),
        (b"x" * 200_000, {}, (413, "too_large")),
        (b"{}", {"content-length": "9" * 30}, (413, "too_large")),
    ],
    ids=["none", "cut", "kind", "utf-8", "utf-16", "deep", "form", "large", "said-large"],
)
async def test_bodies_that_can_t_be_read(
    harness: Harness, content: bytes, headers: dict[str, str], refusal: tuple[int, str]
) -> None:
    reply = await harness.call("POST", "sessions/otplogin", fresh_nonce(), content=content, headers=headers)
    assert code(reply) == refusal


async def test_unknown_paths_and_methods(harness: Harness) -> None:
    assert code(await harness.http.get("/nowhere")) == (404, "not_found")
    wrong = await harness.call("DELETE", "sessions/", fresh_nonce())
    assert code(wrong) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]


async def test_health_and_metrics(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    await harness.type(nonce, "000000 000000")
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    assert (await harness.http.get("/healthz")).json() == {"status": "ok"}
    lines = (await harness.http.get("/metrics")).text.splitlines()
    assert 'sparekey_logins_total{way="otp",outcome="accepted"} 1' in lines
    assert 'sparekey_logins_total{way="otp",outcome="otp_refused"} 1' in lines
    assert "sparekey_otplogin_seconds_count 2" in lines


async def test_what_never_was_sorts_before_what_was_in_every_database(harness: Harness) -> None:
    for userid in ("never", "once"):
        account, nonce = await harness.enrol(userid), fresh_nonce()
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    for path in ("accounts", "users"):
        for direction, first in (("asc", "never"), ("desc", "once")):
            query = {"sort": f"lastlogin:{direction}"}
            listed = (await harness.call("GET", path + "/", params=query)).json()[path]
            assert listed[0]["userid"] == first
