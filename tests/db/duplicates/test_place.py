from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from db.connection import connect
from db.duplicates import index, place, settle
from db.records import Article, Link, PageResult, Verdict
from db.store import Store
from db.writer import Writer
from tests.db.duplicates.texts import edited, essay, organ_en, organ_zh
from tests.db.factories import SEEN, article, doctor, save


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "galen.db")) as store:
        yield store


def titles(connection) -> list[list[str]]:
    """Titles of the articles of every cluster."""
    rows = connection.execute("SELECT cluster_id, title FROM articles WHERE cluster_id IS NOT NULL ORDER BY title")
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["cluster_id"], []).append(row["title"])
    return sorted(found.values())


def edges(connection) -> list[tuple[str, str, str]]:
    return [
        tuple(row) for row in connection.execute("SELECT kind, verdict, reason FROM duplicate_edges ORDER BY 1, 2, 3")
    ]


def family() -> list[Article]:
    """Copies of several texts, templates and single texts, in one order."""
    found = [article(f"liver {n}", edited(organ_en("liver", "hepatic")[1], 0.02, n)) for n in range(3)]
    found += [article(f"spleen {n}", organ_en("spleen", "splenic")[1] + f" End {n}.") for n in range(2)]
    found += [article(f"胆囊 {n}", organ_zh("胆囊")[1] + "完" * n) for n in range(2)]
    found += [article(f"essay {n}", edited(essay(1), 0.03 * n, n)) for n in range(5)]
    found += [
        article("lead", essay(1)[:700]),
        article("roundup", f"{essay(1)} {essay(2)}"),
        article("second", essay(2)),
    ]
    return found


def test_an_edited_copy_joins_its_original(store: Store) -> None:
    save(store, article("A", essay(1)), article("B", edited(essay(1), 0.05, 1)), article("C", essay(2)))

    assert titles(store.connection) == [["A", "B"]]
    assert edges(store.connection)[0][:2] == ("near", "same")


def test_articles_of_a_template_stay_apart_with_the_reason(store: Store) -> None:
    liver, kidney = organ_en("liver", "hepatic"), organ_en("kidney", "renal")
    save(store, article(*liver), article(*kidney))

    assert titles(store.connection) == []
    assert edges(store.connection) == [("near", "not_same", "liver -> kidney, 2 times")]


def test_the_clusters_do_not_depend_on_the_order(tmp_path: Path) -> None:
    found = set()
    articles = family()
    for seed in range(6):
        with closing(Store.open(tmp_path / f"{seed}.db")) as store:
            some = list(articles)
            random.Random(seed).shuffle(some)
            save(store, *some)
            canonical = store.connection.execute(
                "SELECT title FROM clusters JOIN articles ON articles.id = canonical_id ORDER BY title"
            ).fetchall()
            found.add((str(titles(store.connection)), str([row[0] for row in canonical])))

    assert len(found) == 1


def test_articles_of_the_same_words_and_title_have_one_entry_in_the_index(store: Store) -> None:
    save(store, *(article("A", essay(1)) for _ in range(4)))

    assert store.connection.execute("SELECT count(DISTINCT id) FROM bands").fetchone()[0] == 1
    assert titles(store.connection) == [["A"] * 4]


def test_the_heir_of_a_changed_original_keeps_its_copies(store: Store) -> None:
    original, twin, copy = article("A", essay(1)), article("A", essay(1)), article("B", edited(essay(1), 0.05, 1))
    save(store, original, twin, copy)
    save(store, replace(original, body=essay(2)))

    assert titles(store.connection) == [["A", "B"]]
    save(store, article("late", edited(essay(1), 0.04, 2)))
    assert titles(store.connection) == [["A", "B", "late"]]


def test_a_changed_text_leaves_no_trace_in_the_index(store: Store) -> None:
    first = article("A", essay(1))
    save(store, first, replace(first, body=essay(2)))
    bands = store.connection.execute("SELECT count(*), count(DISTINCT id) FROM bands").fetchone()

    assert bands[1] == 1
    save(store, article("B", edited(essay(1), 0.05, 1)))
    assert titles(store.connection) == []


def test_a_bridge_merges_two_clusters_and_the_old_number_leads_to_the_new(store: Store) -> None:
    first, last = essay(1, 400), edited(essay(1, 400), 0.2, 1)
    save(store, article("a", first), article("a2", edited(first, 0.01, 5)))
    save(store, article("z", last), article("z2", edited(last, 0.01, 6)))
    before = len(titles(store.connection))
    middle = " ".join(x if n % 2 else y for n, (x, y) in enumerate(zip(first.split(" "), last.split(" "), strict=True)))
    save(store, article("m", middle))

    assert (before, titles(store.connection)) == (2, [["a", "a2", "m", "z", "z2"]])
    assert store.connection.execute("SELECT old_id, new_id FROM cluster_merges").fetchall()


def test_copies_of_one_batch_find_each_other(tmp_path: Path) -> None:
    path = tmp_path / "galen.db"
    with closing(Writer(path)) as writer:
        site = writer.submit(lambda store: store.site_id("S", spider="s")).result()
        bodies = [essay(1), edited(essay(1), 0.03, 1), essay(2)]
        pages = [page(number, body) for number, body in enumerate(bodies, start=1)]
        writer.submit(lambda store: store.add_links(site, [link(p.url) for p in pages], 0)).result()
        wait([writer.submit_page(p) for p in pages])
    with closing(connect(path, read_only=True)) as connection:
        assert titles(connection) == [["1", "2"]]


def link(url: str) -> Link:
    return Link(url=url, fingerprint=url.encode())


def page(number: int, body: str) -> PageResult:
    url = f"https://s.example/{number}"
    stored = Article(url=url, site="S", title=str(number), body=body)
    return PageResult(
        page_id=number, site="S", url=url, verdict=Verdict.ARTICLE, fetched_at=SEEN, status=200, articles=(stored,)
    )


def test_what_was_stored_since_the_look_up_is_found_inside_the_transaction(store: Store) -> None:
    ids = save(store, article("A", "x"), article("B", "y"))
    connection = store.connection
    prepared = [
        place.look_up(connection, place.read_article(title, body))
        for title, body in (("A", essay(1)), ("B", edited(essay(1), 0.05, 1)))
    ]
    connection.execute("UPDATE articles SET body = ? WHERE title = 'A'", (essay(1),))
    for article_id, text in zip(ids, prepared, strict=True):
        assert text.findings == ()
        with store.atomic():
            place.place(connection, article_id, text, SEEN)

    assert titles(connection) == [["A", "B"]]


def _store_copies(path: str, start: float, offset: int, barrier) -> None:
    with closing(Writer(Path(path))) as writer:
        site = writer.submit(lambda store: store.site_id("S", spider="s")).result()
        pages = [page(2 * n + offset + 1, edited(essay(n), start, n)) for n in range(12)]
        links = [link(f"https://s.example/{n + 1}") for n in range(24)]
        writer.submit(lambda store: store.add_links(site, links, 0)).result()
        for one in pages:
            barrier.wait(30)
            writer.submit_page(one).result()


def test_two_processes_that_store_two_copies_at_the_same_moment_find_each_other(tmp_path: Path) -> None:
    path = tmp_path / "galen.db"
    Store.open(path).close()
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(2)
    processes = [
        spawn.Process(target=_store_copies, args=(str(path), share, offset, barrier))
        for offset, share in enumerate((0.0, 0.04))
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        process.kill()

    assert [process.exitcode for process in processes] == [0, 0]
    with closing(connect(path, read_only=True)) as connection:
        assert len(titles(connection)) == 12
        assert all(len(group) == 2 for group in titles(connection))


def _store_until_killed(path: str, ready) -> None:
    with closing(Store.open(Path(path))) as store:
        save(store, article("A", essay(1)))
        with store.atomic():
            save(store, article("B", edited(essay(1), 0.03, 1)), article("C", essay(2)))
            ready.set()
            signal.pause()


def test_a_kill_in_the_middle_of_a_batch_leaves_whole_articles_only(tmp_path: Path) -> None:
    path = tmp_path / "galen.db"
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    process = spawn.Process(target=_store_until_killed, args=(str(path), ready))
    process.start()
    assert ready.wait(30)
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join(30)

    with closing(Store.open(path)) as store:
        assert store.connection.execute("SELECT count(*) FROM articles").fetchone()[0] == 1
        assert store.connection.execute("SELECT count(DISTINCT id) FROM bands").fetchone()[0] == 1
        save(store, article("again", edited(essay(1), 0.03, 1)))
        assert titles(store.connection) == [["A", "again"]]


def test_a_full_bucket_takes_no_more_and_is_logged(store: Store, monkeypatch, caplog) -> None:
    monkeypatch.setattr(index, "BUCKET_CAP", 5)
    sentence = (
        "This page was written for the readers of the county library and may be copied by every one of them at home, "
        "lent to a neighbour, read aloud in a waiting room or pinned to a board, as long as nothing is sold with it"
    )
    save(store, *(article(f"{n}", f"{sentence}. {essay(n)}") for n in range(9)))

    largest = store.connection.execute("SELECT count(*) FROM bands GROUP BY h ORDER BY 1 DESC").fetchone()[0]
    assert largest == 5
    assert store.connection.execute("SELECT left_out FROM capped_buckets").fetchall()[0][0] == 4
    assert [message.partition(";")[0] for message in caplog.messages] == [
        "duplicates: a bucket holds 5 texts and takes no more (a template?)"
    ]
    save(store, article("copy", edited(f"{sentence}. {essay(8)}", 0.03, 1)))
    assert titles(store.connection) == [["8", "copy"]]


def test_no_more_than_a_bounded_number_of_candidates_is_compared(store: Store, monkeypatch) -> None:
    monkeypatch.setattr(index, "MAX_VERIFIED", 3)
    save(store, *(article(f"{n}", edited(essay(1), 0.02, n)) for n in range(6)))

    skipped = store.connection.execute("SELECT skipped FROM signatures ORDER BY id").fetchall()
    assert [row[0] for row in skipped] == [0, 0, 0, 0, 1, 2]
    assert len(edges(store.connection)) == 0 + 1 + 2 + 3 + 3 + 3
    assert len(titles(store.connection)[0]) == 6


def test_copies_show_their_own_doctor_and_date_and_that_they_differ(store: Store) -> None:
    save(
        store,
        article("A", essay(1), published="2026-01-01", people=(doctor("Ivo Kern"),)),
        article(
            "B", edited(essay(1), 0.03, 1), published="2026-02-01", people=(doctor("Mira Oduya"),), site="Far Shore"
        ),
        article("C", edited(essay(1), 0.02, 2), published="2026-01-01", people=(doctor("Ivo Kern"),)),
    )
    rows = store.connection.execute(
        """
        SELECT title, site, doctors, published, date_differs, doctor_differs, reason
        FROM duplicate_copies ORDER BY title
        """
    ).fetchall()

    assert [tuple(row)[:6] for row in rows] == [
        ("A", "Blue Hill", "Ivo Kern", "2026-01-01", 0, 0),
        ("B", "Far Shore", "Mira Oduya", "2026-02-01", 1, 1),
        ("C", "Blue Hill", "Ivo Kern", "2026-01-01", 0, 0),
    ]
    assert all("of all phrases are shared" in row["reason"] for row in rows)


def test_every_question_of_the_index_is_answered_from_an_index(store: Store) -> None:
    for statement in (
        "SELECT h, id FROM bands WHERE h IN (1, 2) AND id > 5",
        "SELECT article_id FROM signatures WHERE key = 1 AND sketch IS NOT NULL AND version = 1",
        "SELECT a, b FROM duplicate_edges WHERE a IN (1, 2)",
        "SELECT a, b FROM duplicate_edges WHERE b IN (1, 2)",
    ):
        plan = " ".join(row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert "SEARCH" in plan
        assert "SCAN" not in plan


def test_a_copy_joins_a_plain_cluster_without_looking_at_all_its_edges(store: Store, monkeypatch) -> None:
    save(store, *(article(f"{n}", edited(essay(1), 0.02, n)) for n in range(4)))
    monkeypatch.setattr(settle, "settle", None)
    save(store, article("4", edited(essay(1), 0.02, 4)))

    assert titles(store.connection) == [["0", "1", "2", "3", "4"]]


def test_a_cluster_with_a_part_of_the_text_is_not_plain(store: Store) -> None:
    save(store, *(article(f"{n}", edited(essay(1), 0.02, n)) for n in range(3)))
    assert store.connection.execute("SELECT plain FROM clusters").fetchone()[0] == 1
    save(store, article("lead", essay(1)[:600]))

    assert titles(store.connection) == [["0", "1", "2", "lead"]]
    assert store.connection.execute("SELECT plain FROM clusters").fetchone()[0] == 0
