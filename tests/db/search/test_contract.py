import sqlite3

import pytest

from db.search.contract import build_search, search_ids

ROWS = [
    {"id": 7, "title": "Deep rest", "summary": None, "body": "Going to bed early.", "source": "Hill News"},
    {"id": 9, "title": "", "body": "", "doctor": "Mira Oduya", "published": "2024-01-02"},
    {"id": 11, "title": "作息", "summary": "早睡", "body": "Rest."},
]


def test_rows_are_ranked_under_their_own_ids(tmp_path):
    build_search(tmp_path / "rows.db", ROWS)
    assert search_ids(tmp_path / "rows.db", "deep rest", 10) == [7, 11]
    assert search_ids(tmp_path / "rows.db", "早睡", 10) == [11]
    assert search_ids(tmp_path / "rows.db", "doctor:mira", 10) == [9]
    assert search_ids(tmp_path / "rows.db", "deep rest", 1) == [7]


def test_an_id_given_twice_is_refused(tmp_path):
    with pytest.raises(sqlite3.IntegrityError):
        build_search(tmp_path / "rows.db", [ROWS[0], ROWS[0]])


def test_as_many_ids_come_as_were_asked_for_where_that_many_match(tmp_path):
    build_search(tmp_path / "rows.db", [{"id": n, "title": f"Tea {n}", "body": "a drink"} for n in range(1, 301)])
    for query in ("tea", "what is the tea of the drink?", "tea unknownword"):
        found = search_ids(tmp_path / "rows.db", query, 250)
        assert (len(found), len(set(found))) == (250, 250)


def test_rows_added_later_are_found(tmp_path):
    path = tmp_path / "rows.db"
    build_search(path, ROWS)
    assert search_ids(path, "deep rest", 1) == [7]
    path.unlink()
    build_search(path, [{**row, "id": row["id"] + 1_000} for row in ROWS])
    assert search_ids(path, "deep rest", 1) == [1007]
