"""Whatever a command is given, it answers in one line with the right exit code, and what is stored stays."""

from __future__ import annotations

import hashlib
import os
import shlex
import signal
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connection import connect
from db.migrations import migrations
from tests.db.factories import article, published_folder
from tests.website import galen_command, galen_environment, heed_interrupt, invoke

HUGE = "9" * 30
READERS = (
    "runs", "report", "schedule", "diff 1", "duplicates list", "duplicates show 1", "duplicates capped",
    "correct --list", "correct 1 --source A", "duplicates merge 1 2", "redact --yes --url https://x.example/",
    "reprocess", "reindex", "crawl --dry-run", "crawl --due", "crawl http://127.0.0.1:9/",
)  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return published_folder(tmp_path / "data", article("Sleep"), article("Rest", "Another text of some words."))


def digest(data: Path) -> str:
    """What every table holds."""
    with closing(connect(data / "galen.db", read_only=True)) as connection:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


def told(command: str, *more: str) -> tuple[int, str]:
    """Exit code and the one line on standard error."""
    result = invoke(*shlex.split(command), *more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stderr.startswith("galen: ")
    assert result.stderr.count("\n") == 1
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("nope", 2, "No such command 'nope'. See: galen --help"),
        ("runs extra", 2, "unexpected extra argument (extra). See: galen runs --help"),
        (f"runs --limit {HUGE}", 2, "--limit"),
        ("runs --site nope", 1, "no run of 'nope' is known"),
        (f"report {HUGE}", 2, "is not in the range"),
        ("report 7", 1, "there is no run 7"),
        ("report --output data", 2, "is a directory"),
        (f"diff {HUGE}", 1, "there is no article"),
        ("diff 1 --from 9", 1, "there is no version 9; there are: 1"),
        (f"duplicates show {HUGE}", 1, "there is no article"),
        ("duplicates merge 1 1", 1, "two different articles to merge. Nothing was changed."),
        ("search sleep --since 2025-13-45", 2, "'2025-13-45' is no date: month must be in 1..12"),
        ("search sleep --database data", 2, "is a directory"),
        ("export --since 2025-02-30", 2, "day is out of range for month"),
        ("export --since ''", 2, "'' is no date such as"),
        ("export --changed-since ''", 2, "'' is no date such as"),
        ("export --changed-since 2025-01-01T99:00", 2, "'2025-01-01T99:00' is no time: hour must be in 0..23"),
        ("export --columns id,url,id", 2, "id is named twice"),
        ("export --output articles.xlsx", 2, "no format is known by the ending .xlsx"),
        ("export --output no/such.csv", 1, "no/such.csv cannot be written: No such file or directory"),
        ("export --database nofile", 2, "does not exist"),
        ("reprocess --since 2025-13-45", 2, "is no date"),
        ("reprocess --site nope", 1, "'nope' was never crawled"),
        ("redact --yes --url nope", 2, "an address begins with http:// or https://"),
        ("redact --yes --doctor '-- ..'", 2, "Name the person in full"),
        ("crawl nope", 2, "'nope' is no site and no URL"),
        ("crawl http://[::1", 2, "is no site and no URL"),
        ("crawl http://127.0.0.1:99999/", 2, "is no site and no URL"),
        ("crawl 'https://exa mple.org/'", 2, "is no site and no URL"),
        ("crawl --delay nan http://127.0.0.1:9/", 2, "is no number of seconds"),
        ("crawl --set X http://127.0.0.1:9/", 2, "write NAME=VALUE"),
        ("crawl --set DOWNLOAD_TIMEOUT=abc http://127.0.0.1:9/", 2, "--set DOWNLOAD_TIMEOUT=abc: could not convert"),
        ("crawl --set DOWNLOAD_DELAY=nan http://127.0.0.1:9/", 2, "--set DOWNLOAD_DELAY=nan: it must be a number"),
        ("crawl --set LOG_LEVEL=LOUD http://127.0.0.1:9/", 2, "levels are DEBUG"),
        ("crawl --set EXTENSIONS=abc http://127.0.0.1:9/", 2, "--set EXTENSIONS=abc"),
        ("crawl --from-warc data/galen.db", 1, "data/galen.db is no WARC file"),
        ("sites add nope", 2, "'nope' is no URL"),
        ("sites test nope", 2, "'nope' is no declared site"),
        ("serve --port 80000", 2, "is not in the range"),
        ("backup data", 1, "data is there already"),
        ("backup data/galen.db/x", 1, "Nothing was backed up to data/galen.db/x: Not a directory"),
        ("restore data", 1, "data is no whole backup: No such file or directory: data/manifest.json"),
        ("demo --data data", 1, "was not made by a demo, so it is left alone"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(data: Path, command: str, code: int, says: str) -> None:
    before = digest(data)
    exit_code, line = told(command)

    assert (exit_code, says in line) == (code, True), line
    assert digest(data) == before


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a letter to the editor", "is not a SQLite database"),
        ("folder", "is a folder, not a database"),
        ("other", "was not made by Galen"),
        ("newer", "was written by a newer Galen"),
    ],
)
def test_a_file_that_is_no_crawl_database_is_told_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, content: bytes | str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data" / "galen.db"
    path.parent.mkdir()
    _put(path, content)
    before = path.read_bytes() if path.is_file() else b""
    exit_code, line = told(command)

    assert (exit_code, says in line) == (1, True), line
    assert before == (path.read_bytes() if path.is_file() else b"")


@pytest.mark.parametrize("command", [each for each in READERS if not each.startswith("crawl")])
def test_an_empty_file_is_an_empty_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "galen.db").touch()

    assert isinstance(invoke(*command.split()).exception, SystemExit | None)


def _put(path: Path, content: bytes | str) -> None:
    match content:
        case bytes():
            path.write_bytes(content)
        case "folder":
            path.mkdir()
        case "other":
            with closing(connect(path)) as connection:
                connection.execute("CREATE TABLE articles (x)")
        case "newer":
            published_folder(path.parent, article("Sleep"))
            with closing(connect(path)) as connection:
                connection.execute(
                    "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('galen', 'm999_later')"
                )
                connection.execute("PRAGMA journal_mode = DELETE")


def test_a_question_that_nobody_answers_is_answered_with_no(data: Path) -> None:
    before = digest(data)
    result = invoke("redact", "--doctor", "Eve Moor")

    assert result.exit_code == 1
    assert result.stderr.endswith("Give --yes where nobody can answer.\n")
    assert digest(data) == before


def test_a_damaged_database_is_told(data: Path) -> None:
    path = data / "galen.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(len(whole) - 4096))

    for command in ("runs", "diff 1", "correct 1 --source A", "duplicates list", "backup there"):
        exit_code, line = told(command)
        assert exit_code == 1
        assert "malformed" in line or "damaged" in line, line


def test_a_database_that_may_only_be_read_is_read(data: Path) -> None:
    # In another journal mode, because a write-ahead log is a file that has to be made.
    with closing(connect(data / "galen.db")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    (data / "galen.db").chmod(0o400)
    before = (data / "galen.db").read_bytes()

    assert invoke("diff", "1").exit_code == 0
    assert (data / "galen.db").read_bytes() == before


def test_what_is_no_utf_8_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exit_code, line = told("search", os.fsdecode(b"caf\xe9"))
    assert (exit_code, line) == (2, "galen: the argument b'caf\\xe9' is not UTF-8. See: galen --help\n")

    monkeypatch.setenv("GALEN_BY", os.fsdecode(b"Ren\xe9"))
    assert told("correct 1 --source A") == (2, "galen: GALEN_BY b'Ren\\xe9' is not UTF-8. See: galen --help\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"contact = ", "galen.toml cannot be read: Invalid value"),
        (b'contact = "\xff"', "galen.toml cannot be read: 'utf-8' codec"),
        (b'delay = "fast"', "delay must be a number of seconds"),
        (b"speed = 1", "galen.toml sets speed, which is not known"),
    ],
)
@pytest.mark.parametrize("command", ["runs", "sites", "crawl http://127.0.0.1:9/", "sites add http://127.0.0.1:9/"])
def test_a_mistake_in_galen_toml_is_told_by_every_command(data: Path, command: str, text: bytes, says: str) -> None:
    Path("galen.toml").write_bytes(text)
    exit_code, line = told(command)

    assert (exit_code, says in line) == (1, True), line


def test_the_data_folder_of_galen_toml_is_used(data: Path) -> None:
    data.rename("elsewhere")
    Path("galen.toml").write_text('data = "elsewhere"\n')

    assert invoke("diff", "1").exit_code == 0
    assert "galen-1.db" in invoke("check").stdout


@pytest.mark.parametrize("command", [["export"], ["export", "--format", "jsonl"], ["sites"], ["check"]])
def test_output_that_nobody_reads_ends_a_command_without_a_word(data: Path, command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        galen_command(*command), cwd=data.parent, env=galen_environment(), stdout=writing, stderr=subprocess.PIPE,
        timeout=60, check=False,
    )  # fmt: skip
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, b"")


def test_an_output_that_is_closed_is_told_before_anything_is_done(data: Path) -> None:
    before = digest(data)
    ended = subprocess.run(
        [*galen_command("correct", "1", "--source", "Lake Press")], cwd=data.parent, env=galen_environment(),
        stderr=subprocess.PIPE, text=True, timeout=60, preexec_fn=lambda: os.close(1),
    )  # fmt: skip

    assert ended.returncode == 1
    assert ended.stderr == "galen: standard output is closed. Send it to /dev/null where nobody wants it.\n"
    assert digest(data) == before


def test_a_database_that_another_program_holds_is_told_with_what_to_do(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connection.BUSY_TIMEOUT_MS", 10)
    with closing(connect(data / "galen.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        exit_code, line = told("correct 1 --source 'Lake Press'")

    assert (exit_code, line) == (
        1, "galen: the database is locked by another program for more than 30 s. End it and try again.\n"
    )  # fmt: skip


def test_an_interrupt_is_one_line_and_exit_code_130(data: Path) -> None:
    os.mkfifo(data.parent / "pipe")  # opened for reading it waits, as for a slow disk
    with subprocess.Popen(
        galen_command("crawl", "--from-warc", "pipe"), cwd=data.parent, env=galen_environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupt,
    ) as process:  # fmt: skip
        writer = os.open(data.parent / "pipe", os.O_WRONLY)  # returns when the other side has opened it
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        os.close(writer)

    assert (process.returncode, told.strip()) == (130, "galen: stopped.")
    assert invoke("diff", "1").exit_code == 0


def test_a_database_of_an_older_galen_is_backed_up_as_it_is_and_read_after_it_was_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    with closing(connect(tmp_path / "data" / "galen.db")) as connection:
        migrations.apply(Database(connection), stop_before="m040_schedule")
    before = (tmp_path / "data" / "galen.db").read_bytes()

    assert invoke("backup", "kept").exit_code == 0
    assert (tmp_path / "data" / "galen.db").read_bytes() == before
    for command in ("duplicates list", "schedule", "runs"):
        assert invoke(*command.split()).exit_code == 0
    with closing(connect(tmp_path / "data" / "galen.db")) as connection:
        assert migrations.pending(Database(connection)) == []
    for command in ("reprocess", "publish", "search sleep"):
        assert invoke("restore", "kept", "--replace").exit_code == 0
        assert invoke("publish").exit_code == 0
        assert invoke(*command.split()).exit_code == 0
