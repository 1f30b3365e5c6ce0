from __future__ import annotations

import errno
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.connection import StorageError, connect
from db.records import Article, Link, PageResult, RawPage, RawPlace, Verdict
from db.redaction import Tombstones
from db.store import Store
from db.writer import Writer
from tests.db.factories import LONG, SEEN, article


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    writer = Writer(tmp_path / "galen.db")
    yield writer
    writer.close()


def prepare(writer: Writer, pages: int) -> int:
    """A site with `pages` pages in its frontier; returns a run."""

    def work(store: Store) -> int:
        site = store.site_id("Blue Hill", spider="bluehill")
        run = store.start_run(site, "test")
        store.add_links(site, [Link(url=f"https://x/{n}", fingerprint=b"%d" % n) for n in range(pages)], run)
        return run

    return writer.submit(work).result()


def page(number: int, *articles: Article) -> PageResult:
    return PageResult(
        page_id=number, site="Blue Hill", url=f"https://x/{number}", verdict=Verdict.ARTICLE, fetched_at=SEEN,
        status=200, articles=articles,
    )  # fmt: skip


def test_one_bad_page_never_costs_another_of_its_batch(writer: Writer, tmp_path: Path) -> None:
    run = prepare(writer, 5)
    futures = [
        writer.submit_page(page(1, article("A")), run_id=run),
        writer.submit_page(page(2, article("")), run_id=run),
        writer.submit_page(page(3, article("lone \ud800 surrogate")), run_id=run),
        writer.submit_page(page(4, article("B", body=f"{LONG} Else.")), run_id=run),
    ]
    writer.flush().result()

    assert [future.exception() is None for future in futures] == [True, False, False, True]
    reader = connect(tmp_path / "galen.db", read_only=True)
    assert [row[0] for row in reader.execute("SELECT title FROM articles ORDER BY title")] == ["A", "B"]
    states = dict(reader.execute("SELECT id, state FROM pages").fetchall())
    assert states == {1: "done", 2: "pending", 3: "pending", 4: "done", 5: "pending"}
    assert all(
        reason.startswith("store: ") for (reason,) in reader.execute("SELECT reason FROM pages WHERE id IN (2, 3)")
    )
    reader.close()


def test_a_future_is_done_only_when_others_can_read_it(writer: Writer, tmp_path: Path) -> None:
    run = prepare(writer, 1)
    future = writer.submit_page(page(1, article("A")), run_id=run)
    reader = connect(tmp_path / "galen.db", read_only=True)
    future.result()

    assert reader.execute("SELECT count(*) FROM articles").fetchone()[0] == 1
    reader.close()


def test_pages_share_transactions(writer: Writer) -> None:
    run = prepare(writer, 120)
    commits: list[str] = []
    writer.submit(lambda store: store.connection.set_trace_callback(commits.append)).result()
    for number in range(1, 121):
        writer.submit_page(page(number, article(str(number), body=f"{LONG} {number}")), run_id=run)
    writer.flush().result()

    assert 3 <= sum(statement == "COMMIT" for statement in commits) <= 6


def test_a_locked_database_ends_the_writer_with_one_line_and_stores_nothing(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "galen.db")
    run = prepare(writer, 1)
    writer.submit(lambda store: store.connection.execute("PRAGMA busy_timeout = 1")).result()
    other = connect(tmp_path / "galen.db")
    other.execute("BEGIN IMMEDIATE")
    future = writer.submit_page(page(1, article("A")), run_id=run)
    writer.flush()

    with pytest.raises(StorageError, match=r"cannot write .*locked.*run the same command again"):
        future.result()
    other.execute("ROLLBACK")
    assert other.execute("SELECT count(*) FROM articles").fetchone()[0] == 0
    other.close()
    with pytest.raises(StorageError):
        writer.submit_page(page(1), run_id=run).result()
    with pytest.raises(StorageError):
        writer.close()


class FullArchive:
    """Raw pages lie on a disk of their own, and that is full."""

    def write(self, page: RawPage, stones: Tombstones) -> RawPlace | None:
        raise OSError(errno.ENOSPC, "No space left on device", "raw/galen-1.warc.gz.open")

    def close(self) -> None:
        pass


def test_a_full_disk_under_the_raw_pages_ends_the_writer_and_blames_no_page(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "galen.db", FullArchive())
    run = prepare(writer, 2)
    raw = RawPage(url="https://x/1", status=200, headers=(), body=b"x", fetched_at=SEEN)
    futures = [writer.submit_page(replace(page(n, article(str(n))), raw=raw), run_id=run) for n in (1, 2)]

    for future in futures:
        with pytest.raises(
            StorageError, match=r"cannot write raw/galen-1.*: No space left.*run the same command again"
        ):
            future.result()
    with pytest.raises(StorageError):
        writer.close()
    reader = connect(tmp_path / "galen.db")
    assert [tuple(row) for row in reader.execute("SELECT DISTINCT state, attempts FROM pages")] == [("pending", 0)]
    reader.close()


def of_sqlite(kind: type[sqlite3.Error], code: int) -> sqlite3.Error:
    error = kind("told by SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "error",
    [
        of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_ERROR),  # malformed JSON, too many terms
        of_sqlite(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_NOTNULL),
        of_sqlite(sqlite3.DataError, sqlite3.SQLITE_TOOBIG),
        sqlite3.InterfaceError("told by Python"),
    ],
)
def test_a_statement_that_one_row_breaks_ends_no_writer(writer: Writer, error: sqlite3.Error) -> None:
    with pytest.raises(type(error), match="told by"):
        writer.submit(raising(error)).result()

    assert writer.submit(lambda _: "goes on").result() == "goes on"


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_READONLY])
def test_a_database_that_no_row_can_be_written_to_ends_the_writer(tmp_path: Path, code: int) -> None:
    writer = Writer(tmp_path / "galen.db")
    with pytest.raises(StorageError, match="told by SQLite"):
        writer.submit(raising(of_sqlite(sqlite3.DatabaseError, code))).result()
    with pytest.raises(StorageError):
        writer.close()


def raising(error: Exception) -> Callable[[Store], None]:
    def work(_: Store) -> None:
        raise error

    return work


def test_a_full_disk_ends_the_writer_and_leaves_a_whole_database(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "galen.db")
    run = prepare(writer, 100)
    writer.submit_page(page(1, article("A")), run_id=run)
    writer.flush().result()

    def fill(store: Store) -> None:
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count = {pages}")

    writer.submit(fill).result()
    futures = [
        writer.submit_page(page(n, article(str(n), body=f"{LONG} {n} " * 200)), run_id=run) for n in range(2, 40)
    ]

    with pytest.raises(StorageError, match="full"):
        futures[-1].result()
    with pytest.raises(StorageError):
        writer.close()
    reader = connect(tmp_path / "galen.db")
    assert reader.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    done = reader.execute("SELECT count(*) FROM pages WHERE state = 'done'").fetchone()[0]
    assert done == reader.execute("SELECT count(*) FROM articles").fetchone()[0] >= 1
    reader.close()


KILLED = """
import os, sys
from pathlib import Path
from db.writer import Writer
from tests.db.test_writer import page, prepare, article, LONG
writer = Writer(Path(sys.argv[1]))
run = prepare(writer, 2000)
for number in range(1, 2001):
    future = writer.submit_page(page(number, article(str(number), body=f"{LONG} {number}")), run_id=run)
    future.add_done_callback(lambda _, n=number: os.write(1, b"%d\\n" % n))
writer.flush().result()
"""


def test_kill_9_loses_no_page_that_was_called_done(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "galen.db")],
        stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(300)]
    process.kill()
    told += [int(line) for line in process.stdout.read().split()]
    process.wait()
    process.stdout.close()

    reader = sqlite3.connect(tmp_path / "galen.db")
    done = {row[0] for row in reader.execute("SELECT id FROM pages WHERE state = 'done'")}
    titles = {int(row[0]) for row in reader.execute("SELECT title FROM articles")}
    reader.close()
    assert set(told) <= done
    assert done == titles, "a page is done if and only if its article is there"
    assert len(done) < 2000
