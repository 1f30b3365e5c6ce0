from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from db.connection import connect
from tests.db.factories import article, make_database
from tests.website import invoke as run


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_database(tmp_path / "data" / "galen.db", article("Sleep"))
    with closing(connect(tmp_path / "data" / "galen.db")) as conn:
        conn.execute(
            "INSERT INTO runs (site_id, started, finished, reason, pid, version, checks) "
            "VALUES (1, '2026-11-01T00:00:00Z', '2026-11-01T01:00:00Z', 'finished', 1, '1', '[\"x\"]')"
        )
    return tmp_path / "data"


def test_a_backup_goes_to_a_folder_named_after_the_time_and_comes_back(data: Path) -> None:
    made = json.loads(run("backup", "--json").stdout)
    assert (made["articles"], Path(made["folder"]).parent) == (1, Path("backups"))

    refused = run("restore", made["folder"])
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    done = run("restore", made["folder"], "--replace")
    assert done.exit_code == 0, done.output
    assert "Restored 1 article of" in done.stdout


def test_a_report_is_written_where_one_says(data: Path) -> None:
    assert run("report", "1").stdout == "Wrote run-1.html\n"
    assert run("report").stdout == "Wrote runs.html\n"
    assert run("report", "1", "--output", "here.html").exit_code == 0
    assert Path("here.html").read_text() == Path("run-1.html").read_text()
    assert json.loads(run("report", "1", "--json").stdout)[0]["failed_checks"] == ["x"]
    missing = run("report", "7")
    assert (missing.exit_code, missing.stderr) == (1, "galen: there is no run 7; see: galen runs.\n")


def test_runs_say_whether_they_passed_their_checks(data: Path) -> None:
    assert "1 failed" in run("runs").stdout


def test_check_names_a_cure_for_each_fault_and_exits_with_1(data: Path) -> None:
    assert run("check").exit_code == 0
    with closing(connect(data / "galen.db")) as conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("UPDATE articles SET source_id = 99")
    found = run("check")

    assert found.exit_code == 1
    assert "fault    database: row 1 of articles names a row of sources that is not there" in found.stdout
    assert "-> Put back a backup" in found.stdout


@pytest.mark.parametrize(
    "verb", ["report", "reprocess", "backup", "correct 1 --source A", "redact --url https://x.example/ --yes"]
)
def test_without_a_database_there_is_one_line(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*verb.split())

    assert result.exit_code == 1
    assert result.stderr.startswith("galen: ")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()
