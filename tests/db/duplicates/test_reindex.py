from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.connection import connect
from db.duplicates import corrections, reindex
from db.duplicates.signature import VERSION
from db.duplicates.verify import RULES
from db.store import Store
from tests.db.duplicates.texts import edited, essay
from tests.db.factories import SEEN, article, save


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "galen.db")) as store:
        yield store


def together(store: Store, *ids: int) -> bool:
    """Whether articles are shown as one text."""
    marks = ", ".join("?" * len(ids))
    rows = store.connection.execute(f"SELECT DISTINCT cluster_id FROM articles WHERE id IN ({marks})", ids).fetchall()
    return len(rows) == 1 and rows[0][0] is not None


def merge(store: Store, *ids: int) -> None:
    with store.atomic():
        corrections.merge(store.connection, ids, "same leaflet", SEEN)


def age(connection: sqlite3.Connection) -> None:
    """Make a database look as an older version of Galen left it: other hashes, other bands, no copies known."""
    for statement in (
        "UPDATE articles SET text_hash = '1:' || text_hash, cluster_id = NULL",
        "UPDATE signatures SET version = version - 1, key = key - 1",
        "UPDATE bands SET h = h - 1",
        "DELETE FROM duplicate_edges",
        "DELETE FROM clusters",
    ):
        connection.execute(statement)


def test_reindexing_an_older_database_finds_its_copies_and_keeps_corrections(store: Store) -> None:
    ids = save(store, article("A", essay(1)), article("B", edited(essay(1), 0.03, 1)), article("C", essay(2)))
    merge(store, ids[1], ids[2])
    with store.atomic():
        for statement in (
            "UPDATE articles SET text_hash = '1:' || text_hash, cluster_id = NULL",
            "DELETE FROM signatures",
            "DELETE FROM bands",
            "DELETE FROM duplicate_edges",
            "DELETE FROM clusters",
        ):
            store.connection.execute(statement)
    assert reindex.left(store.connection) == 3

    assert sum(reindex.sign_again(store)) == 3
    assert reindex.left(store.connection) == 0
    assert together(store, *ids)
    assert store.connection.execute("SELECT count(DISTINCT id) FROM bands").fetchone()[0] == 3


def test_signing_everything_again_changes_no_cluster(store: Store) -> None:
    bodies = [essay(1), essay(1), edited(essay(1), 0.03, 1), essay(2)]
    save(store, *(article("A", body) for body in bodies))
    before = store.connection.execute("SELECT id, cluster_id IS NULL FROM articles").fetchall()
    assert sum(reindex.sign_again(store, everything=True)) == 4

    assert store.connection.execute("SELECT id, cluster_id IS NULL FROM articles").fetchall() == before
    assert (
        store.connection.execute("SELECT count(*) FROM bands WHERE id NOT IN (SELECT id FROM signatures)").fetchone()[0]
        == 0
    )


def test_edges_of_older_rules_are_compared_again(store: Store) -> None:
    a, b = save(store, article("A", essay(1)), article("B", edited(essay(1), 0.03, 1)))
    with store.atomic():
        store.connection.execute("UPDATE duplicate_edges SET rules = 0, verdict = 'not_same', reason = 'old'")
        store.connection.execute("UPDATE articles SET cluster_id = NULL")
    assert sum(reindex.compare_again(store)) == 1

    assert together(store, a, b)
    assert sum(reindex.compare_again(store)) == 0


def test_a_signature_of_another_version_is_no_candidate_until_it_is_signed_again(store: Store) -> None:
    (a,) = save(store, article("A", essay(1)))
    with store.atomic():
        store.connection.execute("UPDATE signatures SET version = version - 1, sketch = zeroblob(5)")
    (b,) = save(store, article("B", edited(essay(1), 0.03, 1)))
    assert not together(store, a, b)

    assert sum(reindex.sign_again(store)) == 1
    assert together(store, a, b)


def test_an_edge_that_stays_the_same_keeps_why_it_joins_nothing(store: Store) -> None:
    first, roundup, second = save(
        store, article("A", essay(1)), article("R", f"{essay(1)} {essay(2)}"), article("B", essay(2))
    )
    refused = "SELECT a, b, refused FROM duplicate_edges ORDER BY a, b"
    before = [tuple(row) for row in store.connection.execute(refused)]
    assert {row[2] is None for row in before} == {False}
    with store.atomic():
        store.connection.execute("UPDATE duplicate_edges SET rules = rules - 1")
    assert sum(reindex.compare_again(store)) == 2

    assert [tuple(row) for row in store.connection.execute(refused)] == before
    assert {row[0] for row in store.connection.execute("SELECT rules FROM duplicate_edges")} == {RULES}
    assert not together(store, first, roundup, second)


@pytest.mark.parametrize("at_once", [1, 7, 100_000])
def test_bands_of_signatures_that_are_no_more_go_and_the_others_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(reindex, "BANDS_AT_ONCE", at_once)
    save(store, article("A", essay(1)), article("B", essay(2)))
    before = store.connection.execute("SELECT h, id FROM bands ORDER BY h, id").fetchall()
    with store.atomic():
        store.connection.execute("INSERT INTO bands SELECT h, id + 100 FROM bands")
        store.connection.execute("INSERT INTO bands VALUES (9223372036854775807, 99), (-9223372036854775808, 99)")
    list(reindex.sign_again(store))

    assert store.connection.execute("SELECT h, id FROM bands ORDER BY h, id").fetchall() == before


COPIES = 104


def _copies() -> list[tuple[str, str]]:
    return [(f"{n}", edited(essay(n, 80), 0.03, n)) for n in range(COPIES)]


def _reindex_until_killed(path: str, ready) -> None:
    with closing(Store.open(Path(path))) as store:
        for _ in reindex.sign_again(store):
            ready.set()
            signal.pause()


def _crawl(path: str) -> None:
    with closing(Store.open(Path(path))) as store:
        save(store, *(article(title, body, site="Far Shore") for title, body in _copies()))


def test_reindexing_that_was_killed_goes_on_where_it_was_and_misses_no_copy_of_a_crawl_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "galen.db"
    with closing(Store.open(path)) as store:
        save(store, *(article(f"{n}", essay(n, 80)) for n in range(COPIES)))
        with store.atomic():
            age(store.connection)
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    killed = spawn.Process(target=_reindex_until_killed, args=(str(path), ready))
    killed.start()
    crawl = spawn.Process(target=_crawl, args=(str(path),))
    crawl.start()
    assert ready.wait(30)
    assert killed.pid
    os.kill(killed.pid, signal.SIGKILL)
    killed.join(30)

    with closing(Store.open(path)) as store:
        assert reindex.left(store.connection) == COPIES - reindex.PORTION
        assert sum(reindex.sign_again(store)) == COPIES - reindex.PORTION
    crawl.join(60)
    crawl.kill()
    assert crawl.exitcode == 0
    with closing(connect(path, read_only=True)) as connection:
        assert connection.execute("SELECT DISTINCT version FROM signatures").fetchall()[0][0] == VERSION
        pairs = connection.execute(
            "SELECT count(*), count(DISTINCT title) FROM articles WHERE cluster_id IS NOT NULL "
            "GROUP BY cluster_id HAVING count(*) = 2"
        ).fetchall()
        assert [tuple(row) for row in pairs] == [(2, 1)] * COPIES
        lost = "SELECT count(*) FROM bands WHERE id NOT IN (SELECT id FROM signatures)"
        assert connection.execute(lost).fetchone()[0] == 0
