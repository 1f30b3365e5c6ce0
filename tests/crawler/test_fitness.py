from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import fitness
from crawler.fitness import Finding, examine
from db.connection import connect
from tests.db.factories import article, make_database


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_database(tmp_path / "data" / "galen.db", article("Sleep"), article("Rest"))
    return tmp_path / "data"


def look(data: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(data)}


def change(data: Path, *statements: str) -> None:
    with closing(connect(data / "galen.db")) as conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            conn.execute(statement)


def test_a_fit_machine_with_a_whole_database(data: Path) -> None:
    before = sorted(data.rglob("*"))
    found = look(data)

    assert {name: finding.state for name, finding in found.items() if finding.state == "fault"} == {}
    assert all(finding.cure is None for finding in found.values() if finding.state == "ok")
    assert {
        "Python",
        "SQLite",
        "write access",
        "file system",
        "clock",
        "disk",
        "database",
        "search index",
    } <= found.keys()
    assert [path for path in sorted(data.rglob("*")) if not path.name.endswith(("-wal", "-shm"))] == [
        path for path in before if not path.name.endswith(("-wal", "-shm"))
    ]


def test_an_empty_folder_is_no_fault(tmp_path: Path) -> None:
    assert all(finding.state != "fault" for finding in examine(tmp_path / "data"))
    assert not (tmp_path / "data").exists()


def test_a_page_of_the_database_that_was_overwritten(data: Path) -> None:
    path = data / "galen.db"
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(content)
    (finding,) = (each for each in examine(data) if each.state == "fault" and each.what == "database")

    assert finding.cure is not None
    assert "galen restore" in finding.cure
    assert "galen check" not in f"{finding.found} {finding.cure}"


def test_a_row_that_names_a_row_that_is_not_there(data: Path) -> None:
    change(data, "UPDATE articles SET source_id = 99 WHERE id = 1")

    assert look(data)["database"].found == "row 1 of articles names a row of sources that is not there"


def test_an_index_that_does_not_fit_the_articles(data: Path) -> None:
    change(data, "INSERT INTO search_fts(search_fts, rowid, title, summary, body, source, doctor) "
                 "VALUES ('delete', 1, 'Other', '', 'words', '', '')")  # fmt: skip
    finding = look(data)["search index"]

    assert finding.state == "fault"
    assert finding.cure is not None
    change(data, finding.cure.split('"')[1])
    assert look(data)["search index"].state == "ok"


def test_the_disk_is_forecast_from_the_runs(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = "INSERT INTO runs (site_id, started, finished, pid, version, bytes) VALUES (1, '{0}', '{0}', 1, '1', {1})"
    change(data, run.format("2026-11-01T00:00:00Z", 1_000_000_000), run.format("2026-11-11T00:00:00Z", 3_000_000_000))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 4_000_000_000))  # type: ignore[attr-defined]
    finding = look(data)["disk forecast"]

    assert finding.found == "200.0 MB a day over 10 days: full in 20 days"
    assert finding.state == "warning"


def test_a_disk_that_is_full(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 1_000))  # type: ignore[attr-defined]

    assert look(data)["disk"].state == "fault"


def test_a_disk_without_room_for_a_byte_is_not_taken_for_missing_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    (finding,) = [each for each in examine(tmp_path) if each.what == "write access"]

    assert finding.state == "fault"
    assert finding.cure == "Free some space, or name another folder with --data."


def test_a_clock_that_went_back(data: Path) -> None:
    change(data, "INSERT INTO runs (site_id, started, pid, version) VALUES (1, '2031-01-01T00:00:00Z', 1, '1')")
    finding = look(data)["clock"]

    assert finding.state == "fault"
    assert "the last run ended at 2031-01-01T00:00:00Z" in finding.found


def test_a_clock_at_the_beginning_of_time() -> None:
    assert fitness._clock(datetime(1970, 1, 1, tzinfo=UTC), None).state == "fault"


def test_a_database_of_a_newer_galen(data: Path) -> None:
    change(data, "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm999', 'x')")
    finding = look(data)["database"]

    assert finding.state == "fault"
    assert "newer Galen" in finding.found
    assert finding.cure == "Update Galen, or name another folder with --data."


def test_an_sqlite_that_is_too_old(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")
    finding = look(data)["SQLite"]

    assert (finding.state, finding.found) == ("fault", "3.34.1")
    assert finding.cure is not None
    assert "3.38 or newer" in finding.cure


def test_raw_pages_that_are_not_there(data: Path) -> None:
    change(data, "INSERT INTO raw_pages VALUES (1, 'galen-x.warc.gz', 0, 100, '2026-01-01T00:00:00Z')")

    assert look(data)["raw pages"].found == "missing or cut: galen-x.warc.gz"
