"""The key file: both forms, exchanged whole, seen at once by whoever has it open, closed to everybody else."""

import base64
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foundation.key_file import KeyFile, create, read
from foundation.keyring import FIELDS, Keyring, key_of
from foundation.secrets import load_secret
from foundation.settings import SettingError

ROOT = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create(tmp_path / "secret")
    return tmp_path / "secret"


@pytest.fixture
def first_form(tmp_path: Path) -> Path:
    """As every deployment before this had it."""
    file = tmp_path / "secret"
    file.write_bytes(base64.b64encode(ROOT) + b"\n")
    file.chmod(0o600)
    return file


def test_the_first_form_is_the_secret_and_key_one(first_form: Path) -> None:
    keys = KeyFile(first_form).keys()
    assert (keys.roots, keys.current) == ({1: ROOT}, 1)
    password = load_secret(first_form).password("tiaojie_app")
    KeyFile(first_form).add()
    assert KeyFile(first_form).keys().roots[1] == ROOT
    assert load_secret(first_form).password("tiaojie_app") == password


def test_what_the_first_form_sealed_opens_after_a_key_was_added(first_form: Path) -> None:
    ring = Keyring.following(KeyFile(first_form).keys, FIELDS)
    sealed = ring.seal(b"a name", "t.c")
    KeyFile(first_form).make_current(KeyFile(first_form).add())
    again = Keyring.following(KeyFile(first_form).keys, FIELDS)
    assert again.open(sealed, "t.c") == b"a name"


def test_a_new_file_has_a_secret_and_a_key_that_tell_nothing_of_each_other(path: Path) -> None:
    found = read(path)
    assert found.keys.keys() == {1} and found.keys[1] != found.secret


def test_a_process_that_has_it_open_sees_the_exchange(path: Path) -> None:
    running = Keyring.following(KeyFile(path).keys, FIELDS)
    assert key_of(running.seal(b"", "t.c")) == 1
    command = KeyFile(path)
    command.make_current(command.add())
    assert key_of(running.seal(b"", "t.c")) == 2
    sealed_elsewhere = Keyring.following(KeyFile(path).keys, FIELDS).seal(b"a name", "t.c")
    assert running.open(sealed_elsewhere, "t.c") == b"a name"


def test_a_file_that_disappears_takes_no_key_away(path: Path) -> None:
    file = KeyFile(path)
    known = file.keys()
    path.unlink()
    assert file.keys() == known


def test_mode_and_neighbours_stay(path: Path) -> None:
    KeyFile(path).add()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_an_id_is_never_used_twice_while_its_successor_lives(path: Path) -> None:
    file = KeyFile(path)
    file.make_current(file.add())
    file.forget(1)
    assert (file.add(), sorted(file.keys().roots)) == (3, [2, 3])


def test_commands_at_the_same_time_take_turns(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: KeyFile(path).add(), range(16)))
    assert sorted(made) == list(range(2, 18))
    assert sorted(KeyFile(path).keys().roots) == list(range(1, 18))


@pytest.mark.parametrize(
    "spoil",
    [
        {"version": 3},
        {"current": 9},
        {"keys": {"1": "c2hvcnQ="}},
        {"keys": {"70000": base64.b64encode(ROOT).decode()}, "current": 70000},
        {"secret": "c2hvcnQ="},
        {"surprise": 1},
    ],
)
def test_a_malformed_file_is_refused_by_its_variable(path: Path, spoil: dict[str, object]) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **spoil}))
    with pytest.raises(SettingError, match="TIAOJIE_SECRET_FILE"):
        KeyFile(path).keys()


@pytest.mark.parametrize("text", ["{", "", "[]", '{"version": 2}', "c2hvcnQ=", "密钥"])
def test_what_is_no_key_file_stops_the_start_by_its_variable(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(SettingError, match="TIAOJIE_SECRET_FILE"):
        KeyFile(path).keys()


def test_a_file_that_others_may_read_is_refused(path: Path) -> None:
    path.chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        KeyFile(path).keys()


def test_a_file_that_can_not_be_written_is_named_by_its_variable(path: Path) -> None:
    file = KeyFile(path)
    file.keys()
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(SettingError, match="can't write the key file"):
        file.add()


def test_a_copy_that_is_half_written_stops_no_running_process(path: Path) -> None:
    running = Keyring.following(KeyFile(path).keys, FIELDS)
    running.seal(b"", "t.c")
    elsewhere = path.with_name("elsewhere")
    elsewhere.write_bytes(path.read_bytes())
    elsewhere.chmod(0o600)
    KeyFile(elsewhere).make_current(KeyFile(elsewhere).add())
    whole = elsewhere.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert key_of(running.seal(b"", "t.c")) == 1
    path.write_bytes(whole)
    assert key_of(running.seal(b"", "t.c")) == 2


def test_a_link_stays_a_link_and_its_target_has_the_new_key(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "secret"
    link.parent.mkdir()
    link.symlink_to(path)
    assert KeyFile(link).add() == 2
    assert link.is_symlink()
    assert set(read(path).keys) == {1, 2}


def test_the_exchange_is_on_disk_by_its_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that a power cut took away would take everything with it that it has sealed since."""
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.readlink(f"/proc/self/fd/{descriptor}")))
    KeyFile(path).add()
    create(path.with_name("another"))
    assert synced.count(str(path.parent)) == 2
    assert len(synced) == 4
