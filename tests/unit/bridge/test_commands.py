"""The commands as programs run them: exit statuses, what is on stdout, what on stderr."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .server_double import ServerDouble
from .test_scan import beside, code
from .token_double import TokenDouble


def sparekey(
    *arguments: str, token: TokenDouble | None = None, **options: object
) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sparekey", *arguments]
    if token:
        command += ["--port", str(token.path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload, no-any-return]


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_login_prints_the_otp_and_nothing_else(token: TokenDouble, server: ServerDouble) -> None:
    done = sparekey("login", server.login_text(), "--now", token=token)
    assert done.returncode == 0, done.stderr
    assert server._otp_login({"otp": done.stdout.strip()})[0] == 200
    assert "Press OK on it" in done.stderr
    assert "Double Bank" in done.stderr
    assert done.stdout.strip() not in done.stderr


def test_of_two_codes_the_one_of_its_kind_is_taken(
    token: TokenDouble, server: ServerDouble, url: str, tmp_path: Path
) -> None:
    picture = beside(code(server.enrolment_text(url)), code(server.login_text()))
    picture.save(tmp_path / "both.png")
    done = sparekey("login", str(tmp_path / "both.png"), "--now", token=token)
    assert done.returncode == 0, done.stderr
    first = server.login_text()
    server.session_id = b"\1" * 16
    beside(code(first), code(server.login_text())).save(tmp_path / "two.png")
    done = sparekey("login", str(tmp_path / "two.png"), "--now", token=token)
    assert (done.returncode, "several_scanned" in done.stderr) == (1, True)


def test_login_from_standard_input(token: TokenDouble, server: ServerDouble) -> None:
    done = sparekey("login", "-", "--now", token=token, input=server.login_text())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_login_without_standard_streams(token: TokenDouble, server: ServerDouble, closed: str) -> None:
    command = f'"$0" -m sparekey login "$1" --now --port "$2" {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, server.login_text(), str(token.path)],
        stdout=subprocess.PIPE, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert server._otp_login({"otp": done.stdout.strip()})[0] == 200


def test_a_picture_on_a_standard_input_that_is_not_there() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m sparekey login - <&-', sys.executable],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "standard input is empty" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("seconds", ["inf", "nan", "-1", "1e999"])
def test_seconds_that_no_clock_counts(server: ServerDouble, seconds: str, settings_place: Path) -> None:
    for command in (["login", server.login_text(), "--wait"], ["watch", "--every"]):
        done = sparekey(*command, seconds)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
    settings_place.mkdir(parents=True)
    (settings_place / "settings.toml").write_text(f"wait = {seconds}\n")
    assert sparekey("login", server.login_text(), "--json").returncode == 2


@pytest.mark.parametrize("secret", [b"", b"k\xc3\xa9y", b"key\nanother\n", b"\xff"])
def test_a_file_that_holds_no_secret_is_told_without_it(
    server: ServerDouble, tmp_path: Path, secret: bytes
) -> None:
    file = tmp_path / "key"
    file.write_bytes(secret)
    done = sparekey("login", server.login_text(), "--apikey-file", str(file), "--nonce-file", str(file))
    assert done.returncode == 2
    assert f"{file} has to hold" in done.stderr
    assert "Traceback" not in done.stderr


def test_login_for_a_program(token: TokenDouble, server: ServerDouble) -> None:
    done = sparekey("login", server.login_text(), "--json", "--wait", "0", token=token)
    assert done.returncode == 0, done.stderr
    told = lines(done.stdout)
    assert [one["event"] for one in told] == [
        "scanned", "state", "otp_available", "user_error_message", "otp_offered", "waiting", "otp",
        "state", "session_stop",
    ]  # fmt: skip
    assert told[3]["number"] == 70
    assert told[-1] == {"event": "session_stop", "outcome": "otp"}


def test_login_online(token: TokenDouble, server: ServerDouble, url: str) -> None:
    done = sparekey("login", server.login_text(), "--server-url", url, token=token)
    assert (done.returncode, done.stdout) == (0, "signed in as ada\n"), done.stderr
    assert server.logged_in == "proof"


def test_a_kiosk_sends_the_otp_itself(
    token: TokenDouble, server: ServerDouble, url: str, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("secret-key\n")
    (tmp_path / "nonce").write_text("secret-nonce\n")
    files = ["--apikey-file", str(tmp_path / "key"), "--nonce-file", str(tmp_path / "nonce")]
    done = sparekey("login", server.login_text(), "--now", "--server-url", url, *files, token=token)
    assert (done.returncode, done.stdout) == (0, "signed in as ada\n"), done.stderr
    assert server.logged_in == "otp"
    server.body = b"of another session"
    text = server.login_text()
    server.body = b"of another session"
    done = sparekey("login", text, "--now", "--server-url", url, *files, token=token)
    assert done.returncode == 1
    assert "otp_refused" in done.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_a_refusal_has_its_number_and_name(token: TokenDouble, server: ServerDouble, as_json: bool) -> None:
    token.accounts.clear()
    done = sparekey("login", server.login_text(), *(["--json"] if as_json else []), token=token)
    assert done.returncode == 1
    if as_json:
        (error,) = [one for one in lines(done.stdout) if one["event"] == "user_error_message"]
        assert (error["number"], error["name"]) == (34, "no_account")
    else:
        assert "Error 34 (no_account): No account here for that server. Wrong token?" in done.stderr
        assert done.stdout == ""


def test_wrong_usage() -> None:
    assert sparekey("login").returncode == 2
    assert sparekey("login", "x", "--apikey-file", __file__).returncode == 2
    assert sparekey("login", "x", "--wait", "-1").returncode == 2


def test_no_token(tmp_path: Path, server: ServerDouble) -> None:
    done = sparekey("login", server.login_text(), "--port", str(tmp_path / "nothing"))
    assert done.returncode == 3
    assert "does not exist" in done.stderr
    done = sparekey("token", "info", "--json", "--port", str(tmp_path / "nothing"))
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["name"] == "port_failed"


def test_a_pulled_token(token: TokenDouble, server: ServerDouble) -> None:
    token.finger = None
    command = [sys.executable, "-m", "sparekey", "login", server.login_text(), "--now", "--json"]
    with subprocess.Popen(
        [*command, "--port", str(token.path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert token.waits.wait(20)
        token.unplug()
        said, _ = running.communicate(timeout=30)
    assert running.returncode == 3
    assert lines(said)[-3]["name"] == "token_gone"


def test_two_bridges_at_one_token(token: TokenDouble, server: ServerDouble) -> None:
    token.finger = None
    command = [sys.executable, "-m", "sparekey", "login", server.login_text(), "--now"]
    with subprocess.Popen(
        [*command, "--port", str(token.path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert token.waits.wait(20)
        second = sparekey("token", "info", token=token)
        assert second.returncode == 3
        assert f"(process {running.pid})" in second.stderr
        token.press("ok")
        said, _ = running.communicate(timeout=30)
    assert (running.returncode, len(said.strip())) == (0, 13)


def test_no_server_for_an_enrolment(token: TokenDouble, server: ServerDouble) -> None:
    done = sparekey("enrol", server.enrolment_text("http://127.0.0.1:9"), token=token)
    assert done.returncode == 4
    assert "Error 70 (unreachable)" in done.stderr
    assert sparekey("token", "info", token=token).returncode == 0


@pytest.mark.parametrize(("signal", "status"), [(2, 130), (15, 143), (1, 129)])
def test_interrupted(token: TokenDouble, server: ServerDouble, signal: int, status: int) -> None:
    token.finger = None
    command = [sys.executable, "-m", "sparekey", "login", server.login_text(), "--now"]
    with subprocess.Popen(
        [*command, "--port", str(token.path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert token.waits.wait(20)
        running.send_signal(signal)
        said, talk = running.communicate(timeout=30)
    assert (running.returncode, said) == (status, ""), talk
    assert "Traceback" not in talk
    assert token.asked[-2:] == ["cancel", "session.stop"]


def test_enrolment_then_login_with_what_it_remembered(
    token: TokenDouble, server: ServerDouble, url: str, tmp_path: Path
) -> None:
    done = sparekey("enrol", server.enrolment_text(url), token=token)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "The token now holds the account ada at Double Bank.\n"
    assert done.stderr.splitlines()[0] == f"Account: ada at Double Bank, {url}"
    assert done.stderr.splitlines()[-1] == (
        "One step is left: confirm the check code on the web page. Until then the account can't log in."
    )
    token.accounts = token.accounts[-1:]
    done = sparekey("login", server.login_text(), token=token)
    assert (done.returncode, server.logged_in) == (0, "proof"), done.stderr


def test_a_transaction_is_approved_or_declined_on_the_token(
    token: TokenDouble, server: ServerDouble, url: str
) -> None:
    text = server.transaction_text()
    done = sparekey("approve", text, "--server-url", url, token=token)
    assert (done.returncode, done.stdout) == (0, "Approved.\n"), done.stderr
    assert "12 EUR" not in done.stderr, "shown where it could be another's"
    token.says_no = True
    done = sparekey("approve", text, "--json", "--server-url", url, token=token)
    assert (done.returncode, json.loads(done.stdout)) == (1, {"decision": "declined"})
    done = sparekey("approve", text, token=token)
    assert (done.returncode, "Error 70" in done.stderr) == (4, True)
    done = sparekey("approve", server.login_text(), token=token)
    assert (done.returncode, "wrong_kind" in done.stderr) == (1, True)


def test_of_several_accounts_one_may_be_named(token: TokenDouble, server: ServerDouble) -> None:
    token.accounts.append(server.account("bob", 815))
    done = sparekey("login", server.login_text(), "--now", token=token)
    assert done.returncode == 0
    assert "NEXT on the token" in done.stderr
    assert sparekey("login", server.login_text(), "--now", "--account", "bob", token=token).returncode == 0
    done = sparekey("login", server.login_text(), "--now", "--account", "eve", token=token)
    assert done.returncode == 1


def test_what_a_token_says(token: TokenDouble) -> None:
    done = sparekey("token", "info", "--json", token=token)
    assert json.loads(done.stdout)["token_id"] == token.token_id.hex()
    told = sparekey("token", "info", token=token).stdout
    assert token.token_id.hex() in told
    assert "never" in told
    token.clock_moved = {"offset": -3, "drift": 12}
    told = sparekey("token", "info", token=token).stdout
    assert "-3 s the last time" in told
    assert "12 ppm slow" in told
    done = sparekey("token", "accounts", "--json", token=token)
    assert [one["name"] for one in json.loads(done.stdout)["accounts"]] == ["ada"]
    assert "ada" in sparekey("token", "accounts", token=token).stdout
    token.clock = -100
    begun = int(time.time())
    done = sparekey("token", "set-time", token=token)
    assert token.set_to
    unix, moved = token.set_to  # 100 s, less what passed between the asking and the press
    assert begun <= unix <= time.time()
    assert moved > 0
    assert done.stdout == f"The clock was moved by +{moved} s.\n"


def test_the_port_may_come_from_the_environment(token: TokenDouble) -> None:
    done = sparekey("token", "info", env={**os.environ, "SPAREKEY_PORT": str(token.path)})
    assert done.returncode == 0


def test_control_characters_in_a_code_do_not_reach_the_terminal(
    token: TokenDouble, server: ServerDouble
) -> None:
    from sparekey_token.core import compose

    body = compose.login_body(server.server_id, b"\1" * 16, 2**31, True, "Evil\x1b[2J", "\x07")
    done = sparekey("login", compose.to_text(body), "--now", token=token)
    assert "\x1b" not in done.stderr
    assert done.returncode == 0
