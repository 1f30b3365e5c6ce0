"""The order of results where there are too many to score them all: made small here by lowering the bound."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.publish import layout
from db.search import matching, ranking
from db.search.builder import Filters
from db.search.contract import build_search
from db.search.engine import search
from db.search.matching import Question, find
from db.search.ranking import Sort, in_order, ranked


@pytest.fixture
def conn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Forty articles that speak of sleep, three of them by their title; only ten may be ranked."""
    rows = [
        {"id": n, "title": f"Note {n}", "body": f"On sleep {'and sleep ' * (n % 7)}", "published": f"20{n:02}"}
        for n in range(1, 38)
    ]
    rows += [
        {"id": 38, "title": "Sleep and tea", "body": "Tea", "published": "1990"},
        {"id": 39, "title": "Sleep", "body": "sleep sleep sleep", "published": "1991"},
        {"id": 40, "title": "A long title on the sleep of sailors", "body": "Ships", "published": None},
        {"id": 41, "title": "Valerian", "body": "Valerian helps", "published": "2001"},
    ]
    build_search(tmp_path / "rows.db", rows)
    for module in (matching, ranking):
        monkeypatch.setattr(module, "MOST_RANKED", 10)
    with closing(sqlite3.connect(tmp_path / "rows.db")) as conn:
        yield conn


def ids(conn: sqlite3.Connection, text: str, **options: object) -> list[int]:
    return [hit.id for hit in search(conn, text, **options).hits]  # type: ignore[arg-type]


def test_titles_come_first_by_score_and_then_the_newest(conn: sqlite3.Connection) -> None:
    assert ids(conn, "sleep", limit=6) == [39, 38, 40, 37, 36, 35]


def test_every_article_is_reached_once_by_paging(conn: sqlite3.Connection) -> None:
    paged = [id_ for offset in range(0, 45, 4) for id_ in ids(conn, "sleep", limit=4, offset=offset)]
    assert paged == ids(conn, "sleep", limit=100)
    assert sorted(paged) == list(range(1, 41))


def test_every_article_shown_has_its_score(conn: sqlite3.Connection) -> None:
    assert all(hit.score < 0 for hit in search(conn, "sleep", limit=100).hits)


def test_a_filter_that_leaves_few_has_them_ranked_by_score(conn: sqlite3.Connection) -> None:
    few = ids(conn, "sleep", filters=Filters(since="2001", until="2007"))
    assert few[0] == 6
    assert sorted(few) == [1, 2, 3, 4, 5, 6, 7]


def test_by_date_the_newest_come_first_and_the_undated_last(conn: sqlite3.Connection) -> None:
    assert ids(conn, "sleep", sort="date", limit=3) == [37, 36, 35]
    assert ids(conn, "sleep", sort="date", limit=3, offset=37) == [39, 38, 40]


def test_a_word_that_is_nearly_everywhere_brings_nothing_in_beside_a_rarer_one(conn: sqlite3.Connection) -> None:
    result = search(conn, "valerian sleep")
    assert [hit.id for hit in result.hits] == [41]
    assert result.explanation[0] == "Too frequent to be searched for without the others: sleep."


def test_a_word_that_is_nearly_everywhere_is_searched_for_where_the_other_one_is_unknown(
    conn: sqlite3.Connection,
) -> None:
    assert search(conn, "valeriann sleep").total == 40


@pytest.mark.parametrize("sort", ["relevance", "date"])
@pytest.mark.parametrize("text", ["sleep", "tea sailors", "", "tea -sailors"])
@pytest.mark.parametrize("broaden", [False, True])
def test_exports_have_the_same_rows_in_the_same_order(
    conn: sqlite3.Connection, text: str, sort: Sort, broaden: bool
) -> None:
    found = find(conn, Question(text=text, broaden=broaden))
    shown = [hit.id for hit in ranked(conn, found, sort, offset=0, limit=100)]
    assert in_order(conn, found, sort).tolist() == shown


@pytest.mark.parametrize("text", ["sleep", "sleep -tea", "sleep doctor:nobody", "title:sleep", "sleep OR valerian"])
def test_the_index_of_titles_changes_no_answer(conn: sqlite3.Connection, text: str) -> None:
    without = [(hit.id, hit.score) for hit in search(conn, text).hits]
    for table in layout.TABLES:
        if "search_titles" in table:
            conn.execute(table)
    conn.execute("INSERT INTO search_titles(rowid, title) SELECT id, title FROM search_text")
    assert [(hit.id, hit.score) for hit in search(conn, text).hits] == without
