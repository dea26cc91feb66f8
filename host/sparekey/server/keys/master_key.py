"""Keys at rest: AES-256-GCM under a master key, each bound to the identity of what it belongs to.

A sealed key is ``id(1) ‖ nonce(12) ‖ ciphertext ‖ tag(16)``, ``id`` the number of the master key. The
master keys come from a file that only its owner may read (a line ``number:hex`` each), or from the
environment (``SPAREKEY_MASTER_KEY``, the same with commas); new keys are sealed under the highest.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sparekey_token.core import digest

from .file_lock import Held, held

VARIABLE = "SPAREKEY_MASTER_KEY"
FILE = "master.key"
_NONCE = 12
_NOBODY = b"sparekey nobody"


class KeyFault(Exception):
    """A master key is missing or wrong, or a sealed key was altered or belongs to something else."""


class MasterKeys:
    """Seals and opens. The file is read again when it changes, so that a rotation reaches all workers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[int, bytes] = {}
        self._ciphers: dict[int, AESGCM] = {}
        self._nobodys = b""
        self._load()

    @property
    def current(self) -> int:
        """The number of the key that seals now."""
        self._reload()
        return max(self._keys)

    @property
    def in_environment(self) -> bool:
        """Whether the keys come from ``SPAREKEY_MASTER_KEY``."""
        return VARIABLE in os.environ

    def seal(self, key: bytes, identity: bytes) -> bytes:
        """``key`` for the store, to be opened with the same ``identity`` only."""
        return self._sealed(self.current, key, identity)

    def open(self, sealed: bytes, identity: bytes) -> bytes:
        """The key again. Raises ``KeyFault``."""
        number = sealed[0] if sealed else 0
        for first in (True, False):
            try:
                return self._ciphers[number].decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], identity)
            except (KeyError, InvalidTag):
                # the file may have been changed: by a rotation, or for the one that a restored backup needs
                with contextlib.suppress(OSError):
                    if first and self._reload():
                        continue
                break
        if number not in self._ciphers:
            raise KeyFault(f"master key {number} is not there")
        raise KeyFault("a sealed key doesn't open under its master key")

    def open_none(self) -> None:
        """Takes as long as ``open``, for who has no sealed key."""
        self.open(self._nobodys, _NOBODY)

    def derived(self, purpose: bytes) -> bytes:
        """32 bytes from the current master key, for secrets of the server's own that nobody keeps."""
        return digest.hkdf(self._keys[max(self._keys)], b"", b"sparekey/1 server " + purpose, 32)

    def add(self) -> int:
        """Adds a fresh master key to the file; answers its number. Raises ``KeyFault`` at the 255th."""
        number = self.current + 1
        if number > 255:
            raise KeyFault("master key numbers are used up")
        self._write({**self._keys, number: secrets.token_bytes(32)})
        return number

    def keep_only(self, number: int) -> None:
        """Takes every other master key out of the file. Raises ``KeyFault`` where one came meanwhile."""
        if self.current != number:
            raise KeyFault(f"master key {self.current} was added meanwhile; none was taken away")
        self._write({number: self._keys[number]})

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """While nobody else changes the file. Raises ``KeyFault`` where somebody does."""
        return contextlib.nullcontext() if self.in_environment else locked(self._path)

    def _reload(self) -> bool:
        """Whether the file had changed."""
        if self.in_environment or self._stamp == self._file_stamp():
            return False
        self._load()
        return True

    def _load(self) -> None:
        if self.in_environment:
            text = os.environ[VARIABLE].replace(",", "\n")
        else:
            if not self._path.exists():
                self._write({1: secrets.token_bytes(32)})
            if os.name == "posix" and self._path.stat().st_mode & 0o077:
                raise KeyFault(f"{self._path} may be read by others: chmod 600 it")
            self._stamp = self._file_stamp()
            text = self._path.read_text("ascii", "replace")
        try:
            self._take(_parsed(text))
        except KeyFault as fault:
            if self.in_environment:
                raise KeyFault(f"{VARIABLE}: {fault}, several with commas between them") from None
            raise KeyFault(f"{self._path}: {fault}, one a line. Put your copy of the file there") from None

    def _take(self, keys: dict[int, bytes]) -> None:
        self._keys = keys
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._nobodys = self._sealed(max(keys), bytes(32), _NOBODY)

    def _sealed(self, number: int, key: bytes, identity: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return bytes((number,)) + nonce + self._ciphers[number].encrypt(nonce, key, identity)

    def _write(self, keys: dict[int, bytes]) -> None:
        if self.in_environment:
            raise KeyFault(f"{VARIABLE} is set: change the master keys there")
        text = "".join(f"{number}:{key.hex()}\n" for number, key in sorted(keys.items()))
        private_file(self._path, text)
        self._stamp = self._file_stamp()
        self._take(keys)

    def _file_stamp(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_ino


def private_file(path: Path, text: str) -> None:
    """Writes ``text`` whole or not at all, readable by the owner alone from its first moment."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        raise OSError(fault.errno, fault.strerror, str(path)) from None
    if os.name != "posix":
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """While nobody else changes the master keys at ``path``. Raises ``KeyFault`` where somebody does."""
    try:
        with held(path.with_name(path.name + ".lock"), wait=False):
            yield
    except Held:
        raise KeyFault(f"the master keys in {path} are being changed by another command") from None


def of_account(serverid: bytes, reference: int) -> bytes:
    """The identity that an account's key is bound to."""
    return b"sparekey account\x00" + serverid + reference.to_bytes(4, "big")


def of_server(serverid: bytes) -> bytes:
    """The identity that a server's X25519 private key is bound to."""
    return b"sparekey server\x00" + serverid


def _parsed(text: str) -> dict[int, bytes]:
    keys = {}
    for line in text.split():
        number, _, key = line.partition(":")
        if not (number.isdigit() and 0 < int(number) < 256 and len(key) == 64):
            raise KeyFault("a master key is written as number:64 hex digits")
        try:
            keys[int(number)] = bytes.fromhex(key)
        except ValueError:
            raise KeyFault("a master key is written as number:64 hex digits") from None
    if not keys:
        raise KeyFault("there is none in it; a master key is written as number:64 hex digits")
    return keys
