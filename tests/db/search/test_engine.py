import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.records import Role
from db.search import matching
from db.search.builder import Filters
from db.search.columns import Columns
from db.search.contract import build_search, search_ids
from db.search.engine import MARK_END, MARK_START, search
from tests.db.factories import LONG, article, doctor, make_database


@pytest.fixture(scope="module")
def conn(tmp_path_factory):
    path = make_database(
        tmp_path_factory.mktemp("search") / "galen.db",
        article("Sleep well", LONG, published="2024-05-03", source="Lake Press", people=(doctor("Mira Oduya"),)),
        article("Sleep well", LONG, published="2023-01", site="Red Dune", source="Lake Press"),
        article(
            "Night work", "Sleeping by day is hard for nurses. 作息 matters.", published="2022", source="Hill News"
        ),
        article("高血压饮食", "高血压患者应少吃盐，多运动。", language="zh", published="2025-02-01", site="Red Dune"),
        article("低血压", "血压过低时应多喝水。", language="zh"),
        article("Vitamin D", "The elderly lack it.", people=(doctor("Mira Oduya", Role.REVIEWER),)),
    )
    with closing(sqlite3.connect(path)) as conn:
        yield conn


def titles(conn: sqlite3.Connection, query: str, **options: object) -> list[str]:
    return [hit.title for hit in search(conn, query, **options).hits]


def test_words_are_found_by_their_stem(conn):
    assert sorted(titles(conn, "sleeps")) == ["Night work", "Sleep well", "Sleep well"]


def test_a_word_in_the_title_weighs_more_than_one_in_the_body(tmp_path):
    rows = [{"id": 1, "title": "Autumn notes", "body": "On tea"}, {"id": 2, "title": "Tea notes", "body": "On autumn"}]
    build_search(tmp_path / "rows.db", [*rows, {"id": 3, "title": "Winter", "body": "Snow"}])
    assert search_ids(tmp_path / "rows.db", "tea", 2) == [2, 1]
    assert search_ids(tmp_path / "rows.db", "autumn", 2) == [1, 2]


def test_a_two_character_word_inside_a_sentence_is_found(conn):
    assert titles(conn, "作息") == ["Night work"]


def test_a_chinese_word_does_not_find_its_parts(conn):
    assert titles(conn, "高血压") == ["高血压饮食"]


def test_a_chinese_question_finds_articles_that_have_parts_of_it(conn):
    result = search(conn, "高血压吃什么好")
    assert [hit.title for hit in result.hits] == ["高血压饮食", "低血压"]
    assert result.exact == 0
    assert result.explanation == ("No articles have all of the words; 2 with some of them follow.",)


def test_articles_with_all_words_come_before_those_with_some(conn):
    result = search(conn, "sleep nurses")
    assert [(hit.title, hit.exact) for hit in result.hits] == [
        ("Night work", True),
        ("Sleep well", False),
        ("Sleep well", False),
    ]
    assert (result.exact, result.total) == (1, 3)


def test_enough_full_matches_are_not_filled_up(conn):
    assert search(conn, "sleep nurses", fill_below=1).total == 1


def test_paging_reaches_every_hit_once(conn):
    paged = [hit.id for offset in range(4) for hit in search(conn, "sleep nurses", limit=1, offset=offset).hits]
    assert paged == [hit.id for hit in search(conn, "sleep nurses").hits]


def test_excluded_words_never_come_back_through_the_fill(conn):
    assert titles(conn, "sleep hours -nurses") == ["Sleep well", "Sleep well"]
    assert "Night work" not in titles(conn, "-nurses")


def test_an_empty_query_gives_the_newest_undated_last(conn):
    assert titles(conn, "") == ["高血压饮食", "Sleep well", "Sleep well", "Night work", "低血压", "Vitamin D"]


def test_copies_are_folded_into_one_of_those_that_match(conn):
    assert [(hit.site, hit.copies) for hit in search(conn, "title:sleep", include_copies=False).hits] == [
        ("Red Dune", 2)
    ]
    hill = search(conn, "title:sleep site:bluehill", include_copies=False)
    assert [hit.site for hit in hill.hits] == ["Blue Hill"]


def test_of_copies_the_canonical_one_stands_for_all(tmp_path):
    plain = article("Sleep well", published="2024", site="Red Dune")
    signed = article("Sleep well", published="2024", people=(doctor("Mira Oduya"),))
    with closing(sqlite3.connect(make_database(tmp_path / "galen.db", plain, signed))) as conn:
        assert [hit.doctors for hit in search(conn, "sleep", include_copies=False).hits] == ["Mira Oduya"]


def test_fields_sites_languages_and_dates_narrow_a_search(conn):
    assert titles(conn, "doctor:oduya") == ["Vitamin D", "Sleep well"]
    assert titles(conn, "source:hill") == ["Night work"]
    assert titles(conn, "sleep -site:dune after:2023") == ["Sleep well"]
    assert titles(conn, "lang:zh year:2025") == ["高血压饮食"]
    assert titles(conn, "before:2023-01") == ["Night work"]


def test_filters_match_whole_names_and_include_the_last_day(conn):
    assert titles(conn, "", filters=Filters(sources=("lake press",), until="2023-01")) == ["Sleep well"]
    assert titles(conn, "", filters=Filters(sources=("Lake",))) == []
    assert len(titles(conn, "", filters=Filters(doctors=("mira oduya",)))) == 2
    assert len(titles(conn, "", filters=Filters(sites=("Red Dune", "Blue Hill"), languages=("zh",)))) == 2


def test_sorting_by_date_puts_the_newest_first(conn):
    hits = search(conn, "sleep", sort="date").hits
    assert [hit.published for hit in hits] == ["2024-05-03", "2023-01", "2022"]


def test_snippets_mark_the_match_and_carry_no_index_marks(conn):
    hit = search(conn, "作息").hits[0]
    assert hit.snippet == f"Sleeping by day is hard for nurses. {MARK_START}作息{MARK_END} matters."


def test_hits_name_site_source_and_doctors(conn):
    hit = search(conn, "doctor:oduya source:lake").hits[0]
    assert (hit.site, hit.source, hit.doctors, hit.published) == ("Blue Hill", "Lake Press", "Mira Oduya", "2024-05-03")


def test_a_search_by_rowid_uses_indexes_only(conn):
    plan = conn.execute(
        "EXPLAIN QUERY PLAN SELECT 1 FROM search_fts JOIN articles ON articles.id = search_fts.rowid"
        " WHERE search_fts MATCH 'sleep' AND articles.published >= '2024'"
    ).fetchall()
    assert [row[3] for row in plan if row[3].startswith("SEARCH articles")] == [
        "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)"
    ]


def test_a_damaged_query_is_answered_like_any_other(tmp_path: Path, conn):
    assert search(conn, '\ud800"\x00(NEAR -').hits == search(conn, "NEAR").hits


def test_what_a_crawl_stores_meanwhile_does_not_touch_a_search(tmp_path: Path, monkeypatch) -> None:
    path = make_database(tmp_path / "galen.db", article("Sleep well"))
    asked = matching.matching

    def meanwhile(conn: sqlite3.Connection, columns: Columns, match: str):
        make_database(path, article("More sleep", "A second text on sleep."))
        return asked(conn, columns, match)

    monkeypatch.setattr(matching, "matching", meanwhile)
    with closing(sqlite3.connect(path)) as conn:
        assert titles(conn, "sleep") == ["Sleep well"]
        assert not conn.in_transaction


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("IgE-mediated", [1]),
        ("warfarin/aspirin", [2]),
        ("peanut-free warfarin", [2, 1]),
        ("drop-in", []),
    ],
)
def test_a_compound_that_nobody_writes_so_is_searched_for_by_its_parts(
    tmp_path: Path, query: str, found: list[int]
) -> None:
    rows = [
        {"id": 1, "title": "Allergy", "body": "Peanut allergy is mediated by IgE."},
        {"id": 2, "title": "Blood thinners", "body": "Take aspirin or else warfarin; warfarin is older."},
    ]
    build_search(tmp_path / "rows.db", rows)
    with closing(sqlite3.connect(tmp_path / "rows.db")) as conn:
        assert [hit.id for hit in search(conn, query).hits] == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("高血壓", {1, 2}),
        ("高血压", {1, 2}),
        ('"頭髮"', {3}),
        ("高血壓 -饮食", {2}),
        ("title:高血压", {1, 2}),
        ("aspirin 高血壓", {2}),
        ("洗头发", {3}),
    ],
)
def test_chinese_is_found_in_both_scripts(tmp_path: Path, query: str, found: set[int]) -> None:
    rows = [
        {"id": 1, "title": "高血压饮食", "body": "少吃盐。"},
        {"id": 2, "title": "高血壓的藥物", "body": "aspirin 不是降壓藥。"},
        {"id": 3, "title": "洗头发", "body": "每天洗头发好吗？"},
    ]
    build_search(tmp_path / "rows.db", rows)
    with closing(sqlite3.connect(tmp_path / "rows.db")) as conn:
        assert {hit.id for hit in search(conn, query, all_words=True).hits} == found
