"""privacyIDEA's ``/validate/check``: right HOTPs from eight clients, gunicorn with two workers, SQLite.

``python -m bench.peers.privacyidea [--quick] [--venv FOLDER]`` installs privacyIDEA there the first time, and
prints checks a second, with otpLogin's on SQLite from the same minutes beside them.
"""

import argparse
import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from bench.otplogin import pairs
from bench.pairs import HEADER, Pairs
from bench.service.clients import CLIENTS, request, seconds
from sparekey_token.core import ocra

_REQUIREMENTS = ("privacyidea==3.14", "gunicorn>=23,<26")
_ADMIN = "bench"
_HERE = Path(__file__).parent


def installed(venv: Path) -> Path:
    """The venv's ``bin``, with privacyIDEA in it."""
    binaries = venv / "bin"
    if not (binaries / "pi-manage").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(binaries / "pip"), "install", "-q", *_REQUIREMENTS], check=True)
    return binaries


class PrivacyIdea:
    """A server with eight HOTP tokens, on a free port."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._environment = {**os.environ, "PRIVACYIDEA_CONFIGFILE": str(folder / "pi.cfg")}
        (folder / "pi.cfg").write_text(
            f"SECRET_KEY = {secrets.token_hex(16)!r}\nPI_PEPPER = {secrets.token_hex(16)!r}\n"
            f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{folder}/pi.sqlite'\n"
            f"PI_ENCFILE = '{folder}/enckey'\nPI_AUDIT_KEY_PRIVATE = '{folder}/private.pem'\n"
            f"PI_AUDIT_KEY_PUBLIC = '{folder}/public.pem'\nPI_AUDIT_SQL_TRUNCATE = True\n"
            f"PI_LOGFILE = '{folder}/pi.log'\nPI_LOGLEVEL = 40\nSUPERUSER_REALM = ['super']\n"
        )
        password = secrets.token_hex(8)
        for command in (
            ["setup", "create_enckey"],
            ["setup", "create_audit_keys"],
            ["setup", "create_tables"],
            ["admin", "add", _ADMIN, "-p", password],
        ):
            self._run([str(binaries / "pi-manage"), *command], folder)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        made = f"config_name='production', config_file='{folder}/pi.cfg', silent=True"
        serve = [str(binaries / "gunicorn"), "-w", "2", "-b", f"127.0.0.1:{port}", "--keep-alive", "30"]
        serve.append(f"privacyidea.app:create_app({made})")
        self._process = subprocess.Popen(
            serve, env=self._environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait()
        token = self._post("/auth", {"username": _ADMIN, "password": password})["result"]["value"]["token"]
        self._keys = [secrets.token_bytes(20) for _ in range(CLIENTS)]
        self._counter = 0
        self._serials = []
        for key in self._keys:
            wanted = {"type": "hotp", "otpkey": key.hex(), "otplen": "6"}
            self._serials.append(self._post("/token/init", wanted, token)["detail"]["serial"])

    def requests(self, rounds: int) -> list[bytes]:
        """``rounds`` right checks for each token; those of one client are for one token, in their order."""
        made = []
        for _ in range(rounds):
            for key, serial in zip(self._keys, self._serials, strict=True):
                counter = self._counter.to_bytes(8, "big")
                otp = ocra.truncate(ocra.hmac("sha1", key, counter), 6)
                body = urlencode({"serial": serial, "pass": otp}).encode()
                message = request("/validate/check", body)
                made.append(message.replace(b"application/json", b"application/x-www-form-urlencoded"))
            self._counter += 1
        return made

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(30)

    def _run(self, command: list[str], folder: Path) -> None:
        done = subprocess.run(command, env=self._environment, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")

    def _wait(self) -> None:
        for _ in range(600):
            try:
                urllib.request.urlopen(self.url + "/healthz/startupz", timeout=10).close()
                return
            except urllib.error.HTTPError:
                return  # it answers
            except OSError:
                time.sleep(0.1)
        raise SystemExit("privacyIDEA didn't start within a minute")

    def _post(self, path: str, values: dict[str, str], token: str = "") -> dict:  # type: ignore[type-arg]
        asked = urllib.request.Request(self.url + path, urlencode(values).encode())
        if token:
            asked.add_header("Authorization", token)
        with urllib.request.urlopen(asked, timeout=60) as reply:
            return json.load(reply)  # type: ignore[no-any-return]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--venv", type=Path, default=_HERE / ".venv")
    chosen = parser.parse_args()
    rounds, checks = (3, 10) if chosen.quick else (7, 40)
    binaries = installed(chosen.venv)
    peer: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        server = PrivacyIdea(binaries, Path(folder))
        try:
            for turn in range(rounds + 1):
                messages = server.requests(checks)
                spent, _ = asyncio.run(seconds(server.url, messages))
                if turn:
                    peer.append(len(messages) / spent)
        finally:
            server.stop()
    with tempfile.TemporaryDirectory() as folder:
        ours = asyncio.run(pairs(Path(folder), None, rounds, 800 if chosen.quick else 4000))
    print(HEADER)
    print(Pairs(ours.thing, peer).row("otplogin ÷ privacyIDEA /validate/check", "/s"))


if __name__ == "__main__":
    main()
