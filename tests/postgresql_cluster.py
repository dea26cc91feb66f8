"""A private PostgreSQL cluster on a Unix socket, for tests and benchmarks."""

import os
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

_INSTALLED = "/usr/lib/postgresql/*/bin"
MISSING = "PostgreSQL is missing: sudo scripts/system-packages.sh"


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``; None where PostgreSQL isn't installed."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda p: float(p.parts[-3]))
    return folders[-1].parent if folders else None


class Cluster:
    """Made, started, stopped at will, and removed. ``settings`` are PostgreSQL's, ``name=value``."""

    def __init__(self, *settings: str) -> None:
        found = binaries()
        assert found is not None, MISSING
        self._binaries = found
        self.folder = Path(tempfile.mkdtemp(prefix="sparekey-pg-"))
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
        self._settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", *settings]
        self._run("initdb", "-D", "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = " ".join(f"-c {setting}" for setting in self._settings)
        self._run("pg_ctl", "-D", "data", "-w", "-t", "120", "-l", "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stops it: ``fast`` cuts every connection, ``immediate`` is a crash."""
        self._run("pg_ctl", "-D", "data", "-w", "-t", "120", "-m", mode, "stop")

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = "sparekey_" + uuid.uuid4().hex
        self._run("createdb", "-h", str(self.folder), "-U", "postgres", name)
        return f"postgresql:///{name}?host={self.folder}&user=postgres"

    def remove(self) -> None:
        """Stops it and takes its files away."""
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [str(self._binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # not to a pipe: the server that pg_ctl starts would keep it open
        with (self.folder / "talk").open("ab") as talk:
            done = subprocess.run(command, cwd=self.folder, stdout=talk, stderr=talk, timeout=180)
        if check and done.returncode:
            raise AssertionError((self.folder / "talk").read_text()[-2000:])
