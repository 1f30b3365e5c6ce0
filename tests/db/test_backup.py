from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from db.backup import MANIFEST, BackupError, backup, restore, verify
from db.connection import StorageError, connect
from db.redact import redact_person
from db.store import Store
from tests.db.factories import article, doctor, make_database, save


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_database(tmp_path / "data" / "galen.db", article("Sleep", people=(doctor("Ada Penn"),)), article("Rest"))
    return tmp_path / "data"


def titles(data: Path) -> list[str]:
    with closing(connect(data / "galen.db", read_only=True)) as conn:
        return [row[0] for row in conn.execute("SELECT title FROM articles ORDER BY id")]


def test_a_backup_is_put_back_elsewhere(data: Path, tmp_path: Path) -> None:
    made = backup(data, tmp_path / "copy")

    assert made.articles == 2
    assert verify(tmp_path / "copy") == made
    restore(tmp_path / "copy", tmp_path / "other")
    assert titles(tmp_path / "other") == ["Sleep", "Rest"]


def test_a_database_is_backed_up_while_it_is_written(data: Path, tmp_path: Path) -> None:
    stop, wrote = threading.Event(), threading.Event()

    def write() -> None:
        store = Store.open(data / "galen.db")
        while not stop.is_set():
            save(store, article("More"))
            wrote.set()
        store.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert wrote.wait(20)
        made = backup(data, tmp_path / "copy")
    finally:
        stop.set()
        writer.join(20)
    assert made.articles >= 3
    assert verify(tmp_path / "copy") == made


def test_what_is_there_is_moved_aside_only_when_asked(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "copy")
    with closing(Store.open(data / "galen.db")) as store:
        save(store, article("Later"))
    with pytest.raises(BackupError, match="is there"):
        restore(tmp_path / "copy", data)
    assert titles(data) == ["Sleep", "Rest", "Later"]

    done = restore(tmp_path / "copy", data, replace=True)
    assert titles(data) == ["Sleep", "Rest"]
    assert [path.name.partition(".before-")[0] for path in done.replaced] == ["galen.db"]
    assert all(path.exists() for path in done.replaced)


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "outside", "no manifest"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(data: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "copy"
    backup(data, copy)
    file = copy / "galen.db"
    content = file.read_bytes()
    manifest = json.loads((copy / MANIFEST).read_text())
    if damage == "cut":
        file.write_bytes(content[:-4096])
    elif damage == "changed":
        file.write_bytes(content[:5000] + b"x" + content[5001:])
    elif damage == "missing":
        file.unlink()
    elif damage == "outside":
        (copy / MANIFEST).write_text(json.dumps({**manifest, "files": {"../secret": "0"}}))
    else:
        (copy / MANIFEST).unlink()
    with pytest.raises(BackupError, match=r"copy"):
        restore(copy, data, replace=True)
    assert titles(data) == ["Sleep", "Rest"]


def test_no_backup_over_something_that_is_there(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is there already"):
        backup(data, tmp_path)
    with pytest.raises(BackupError, match="no database"):
        backup(tmp_path / "nothing", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_what_was_redacted_since_does_not_come_back_with_a_backup(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "copy")
    with closing(Store.open(data / "galen.db")) as store:
        redact_person(store, "Ada Penn", by="ana")
    done = restore(tmp_path / "copy", data, replace=True)

    assert done.redacted.articles == 1
    with closing(connect(data / "galen.db", read_only=True)) as conn:
        assert conn.execute("SELECT count(*) FROM doctors").fetchone()[0] == 0
        assert conn.execute("SELECT count(*) FROM tombstones").fetchone()[0] == 1


def test_a_backup_with_all_bytes_but_not_enough_space_leaves_nothing_behind(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(BackupError, match="Not enough space"):
        backup(data, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == [data]


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_restore_that_is_killed_is_finished_by_the_next_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    backup(data, tmp_path / "copy")
    with closing(Store.open(data / "galen.db")) as store:
        save(store, article("Later"))
        redact_person(store, "Ada Penn", by="ana")
    (data / "raw").mkdir()
    rename, done = Path.rename, []

    def until_killed(path: Path, target: Path) -> Path:
        done.append(path)
        if len(done) > moved + 1:  # the first one says that all is ready
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", until_killed)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "copy", data, replace=True)
    with pytest.raises(StorageError, match="Run the same `galen restore` again"):
        Store.open(data / "galen.db")
    restore(tmp_path / "copy", data, replace=True)

    assert titles(data) == ["Sleep", "Rest"]
    with closing(connect(data / "galen.db", read_only=True)) as conn:
        assert conn.execute("SELECT count(*) FROM doctors").fetchone()[0] == 0
    assert not list(data.glob(".restore*"))
    assert len(list(data.glob("galen.db.before-*"))) == 1


def test_a_backup_replaces_a_damaged_database_when_it_is_said_that_redactions_may_be_unknown(
    data: Path, tmp_path: Path
) -> None:
    backup(data, tmp_path / "copy")
    (data / "galen.db").write_bytes(b"no database any more" * 500)
    with pytest.raises(BackupError, match=r"redacted since the backup is not known .*--without-redactions"):
        restore(tmp_path / "copy", data, replace=True)
    assert (data / "galen.db").read_bytes().startswith(b"no database")
    done = restore(tmp_path / "copy", data, replace=True, without_redactions=True)

    assert titles(data) == ["Sleep", "Rest"]
    assert done.replaced[0].read_bytes().startswith(b"no database")


def test_a_database_that_can_be_read_is_asked_for_its_redactions_whatever_is_said(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "copy")
    with closing(Store.open(data / "galen.db")) as store:
        redact_person(store, "Ada Penn", by="ana")

    assert restore(tmp_path / "copy", data, replace=True, without_redactions=True).redacted.articles == 1


def test_a_database_of_another_program_is_no_backup_of_ours(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / "galen.db")) as conn:
        conn.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(BackupError, match="was not made by Galen"):
        backup(tmp_path / "data", tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
