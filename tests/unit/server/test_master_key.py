"""Keys at rest: bound to their account, in a file for its owner alone, and changed without a stop."""

import os
from pathlib import Path

import pytest

from sparekey.server.keys.master_key import KeyFault, MasterKeys, of_account


def test_a_sealed_key_opens_for_its_own_account_only(tmp_path: Path) -> None:
    keys = MasterKeys(tmp_path / "master.key")
    sealed = keys.seal(bytes(32), of_account(bytes(8), 7))
    assert keys.open(sealed, of_account(bytes(8), 7)) == bytes(32)
    for identity in (of_account(bytes(8), 8), of_account(b"12345678", 7)):
        with pytest.raises(KeyFault):
            keys.open(sealed, identity)
    for place in range(len(sealed)):
        spoilt = sealed[:place] + bytes((sealed[place] ^ 1,)) + sealed[place + 1 :]
        with pytest.raises(KeyFault):
            keys.open(spoilt, of_account(bytes(8), 7))


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    MasterKeys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(KeyFault, match="chmod 600"):
        MasterKeys(path)


def test_a_worker_takes_up_a_key_that_another_process_added(tmp_path: Path) -> None:
    worker, command = MasterKeys(tmp_path / "master.key"), MasterKeys(tmp_path / "master.key")
    old = worker.seal(b"k" * 32, b"i")
    assert command.add() == 2
    new = command.seal(b"k" * 32, b"i")
    assert worker.open(new, b"i") == worker.open(old, b"i") == b"k" * 32
    assert worker.seal(b"k" * 32, b"i")[0] == 2
    command.keep_only(2)
    worker.seal(b"k" * 32, b"i")
    with pytest.raises(KeyFault, match="not there"):
        worker.open(old, b"i")
    worker.open_none()


def test_a_file_put_in_place_of_another_is_taken_up_though_its_numbers_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    right = MasterKeys(tmp_path / "copy.key")
    sealed = right.seal(b"k" * 32, b"i")
    worker = MasterKeys(path)
    with pytest.raises(KeyFault):
        worker.open(sealed, b"i")
    (tmp_path / "copy.key").replace(path)
    assert worker.open(sealed, b"i") == b"k" * 32
    path.unlink()
    assert worker.open(sealed, b"i") == b"k" * 32


def test_a_key_that_came_meanwhile_is_not_taken_away(tmp_path: Path) -> None:
    one, other = MasterKeys(tmp_path / "master.key"), MasterKeys(tmp_path / "master.key")
    number = one.add()
    sealed = other.seal(b"k" * 32, b"i") if other.add() else b""
    with pytest.raises(KeyFault, match="added meanwhile"):
        one.keep_only(number)
    assert one.open(sealed, b"i") == b"k" * 32


def test_keys_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPAREKEY_MASTER_KEY", f"1:{'00' * 32},3:{'11' * 32}")
    keys = MasterKeys(tmp_path / "none")
    assert keys.current == 3
    assert not (tmp_path / "none").exists()
    with pytest.raises(KeyFault, match="SPAREKEY_MASTER_KEY is set"):
        keys.add()
    monkeypatch.setenv("SPAREKEY_MASTER_KEY", "1:short")
    with pytest.raises(KeyFault):
        MasterKeys(tmp_path / "none")
    assert "SPAREKEY_MASTER_KEY" in os.environ
