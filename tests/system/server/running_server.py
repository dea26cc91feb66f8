"""A server in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx

ANY = "127.0.0.1:0"


class RunningServer:
    """``sparekey server run`` on free ports; it can be killed and started again on the same data and ports.

    ``close`` it in the end.
    """

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self._kept: list[socket.socket] = []
        options = ("--listen", ANY, *options)
        self._options = [self._free() if option == ANY else option for option in options]
        self.url = self.app_url = self.control_url = ""
        self.said = ""  # on standard output after the addresses, once it ended
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers; again on the ports that it had."""
        command = [sys.executable, "-m", "sparekey", "server", "run"]
        command += ["--data", str(self.data), *self._options]
        self.data.mkdir(exist_ok=True)
        self._talk = (self.data / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._talk, text=True)
        assert self._process.stdout is not None
        silent = threading.Timer(60, self._process.kill)
        silent.start()
        line = self._process.stdout.readline()
        assert line.startswith("listening on "), self.log()[-3000:]
        self.url = line.split()[-1]
        for option, attribute in (("--app-listen", "app_url"), ("--control", "control_url")):
            if option in self._options:
                setattr(self, attribute, self._process.stdout.readline().split()[-1])
        silent.cancel()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def kill(self) -> None:
        """``kill -9``."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; answers the exit code."""
        return self._end(signal.SIGTERM)

    def log(self) -> str:
        """All that it wrote to standard error."""
        return (self.data / "log").read_text()

    def client(self, url: str = "") -> httpx.AsyncClient:
        """A client with the first API key."""
        key = (self.data / "apikey").read_text().strip()
        return httpx.AsyncClient(base_url=url or self.url, headers={"X-apikey": key}, timeout=30)

    def close(self) -> None:
        """Kills it, and gives its ports back."""
        self.kill()
        for kept in self._kept:
            kept.close()

    def _free(self) -> str:
        """An address with a free port that nobody else is given while the server is away."""
        kept = socket.socket()
        # so the server may bind it too; another program that asks for any free port gets another
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        self._kept.append(kept)
        return f"127.0.0.1:{kept.getsockname()[1]}"

    def _end(self, number: int) -> int:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        code = self._process.wait(30)
        assert self._process.stdout is not None
        if not self._process.stdout.closed:
            self.said = self._process.stdout.read()
        self._process.stdout.close()
        self._talk.close()
        return code
