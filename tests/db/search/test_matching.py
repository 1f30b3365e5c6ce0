import sqlite3
from contextlib import closing

import pytest

from db.records import PersonKind
from db.search.columns import Columns
from db.search.contract import build_search
from db.search.counts import counts
from db.search.engine import search
from db.search.matching import Question, find
from tests.db.factories import LONG, article, doctor, make_database


@pytest.fixture(scope="module")
def melatonin(tmp_path_factory):
    """Six articles: those on insomnia speak of melatonin, and one more speaks of melatonin alone."""
    path = tmp_path_factory.mktemp("matching") / "rows.db"
    texts = ["melatonin before bedtime", "melatonin and darkness", "darkness and melatonin", "bedtime melatonin"]
    rows = [{"id": n, "title": f"Insomnia {n}", "body": f"insomnia {text}"} for n, text in enumerate(texts, start=1)]
    rows.append({"id": 5, "title": "Jet lag", "body": "melatonin darkness bedtime after a flight"})
    rows += [{"id": n, "title": f"Knee {n}", "body": "a knee that clicks"} for n in range(6, 16)]
    build_search(path, rows)
    with closing(sqlite3.connect(path)) as conn:
        yield conn


def test_a_broadened_search_finds_what_the_best_articles_have_in_common(melatonin):
    assert 5 not in {hit.id for hit in search(melatonin, "insomnia").hits}
    result = search(melatonin, "insomnia", broaden=True)
    assert 5 in {hit.id for hit in result.hits}
    assert [hit.exact for hit in result.hits] == [True, True, True, True, False]
    assert "melatonin" in result.explanation[-1]
    assert not any(hit.title.startswith("Knee") for hit in result.hits)


def test_what_is_excluded_does_not_come_back_by_broadening(melatonin):
    assert 5 not in {hit.id for hit in search(melatonin, "insomnia -flight", broaden=True).hits}


def test_a_broadened_search_shows_each_text_once_and_of_its_copies_the_one_with_the_words(tmp_path):
    body = f"Melatonin and darkness before bedtime. {LONG}"
    path = make_database(
        tmp_path / "galen.db",
        article("Sleep", body, published="2020"),
        article("Insomnia", body, site="Red Dune", published="2024"),
        article("Insomnia at night", "Melatonin and darkness help before bedtime."),
        article("Insomnia of nurses", "Before bedtime darkness and melatonin."),
        article("Jet lag", "Melatonin and darkness after a flight, before bedtime."),
    )
    with closing(sqlite3.connect(path)) as conn:
        hits = search(conn, "insomnia", broaden=True, include_copies=False).hits
    assert "Sleep" not in {hit.title for hit in hits}
    assert sorted(hit.title for hit in hits if hit.exact) == ["Insomnia", "Insomnia at night", "Insomnia of nurses"]
    assert "Jet lag" in {hit.title for hit in hits}


def test_a_search_that_finds_nothing_cannot_be_broadened_and_says_so(melatonin):
    result = search(melatonin, "zebra", broaden=True)
    assert result.total == 0
    assert "could not be broadened" in result.explanation[-1]


def test_chinese_is_broadened_by_pairs_of_characters(tmp_path):
    rows = [{"id": n, "title": "失眠", "body": "失眠的人应当规律作息。"} for n in (1, 2, 3)]
    rows.append({"id": 4, "title": "早起", "body": "规律作息很好。"})
    rows += ({"id": n, "title": "膝盖", "body": "膝盖疼。"} for n in range(5, 12))
    build_search(tmp_path / "rows.db", rows)
    with closing(sqlite3.connect(tmp_path / "rows.db")) as conn:
        assert 4 in {hit.id for hit in search(conn, "失眠", broaden=True).hits}


def test_a_search_leaves_the_connection_as_it_was(melatonin):
    find(melatonin, Question(text="insomnia", broaden=True))
    assert not melatonin.in_transaction
    assert melatonin.execute("SELECT count(*) FROM temp.sqlite_master").fetchone() == (0,)


def test_copies_found_by_some_of_the_words_do_not_stand_beside_the_one_with_all(tmp_path):
    path = make_database(
        tmp_path / "galen.db",
        article("Night sleep"),
        article("Sleep", site="Red Dune"),
        article("Nights", "Work by night."),
    )
    with closing(sqlite3.connect(path)) as conn:
        titles = [hit.title for hit in search(conn, "night pharmacy", include_copies=False).hits]
    assert titles == ["Night sleep", "Nights"]


def test_who_has_two_roles_or_two_hospitals_is_counted_once_an_article(tmp_path):
    twice = (doctor("Mira Oduya"), doctor("Mira Oduya", hospital="Hill Hospital"), doctor("Ivo Brandt"))
    assert {person.kind for person in twice} == {PersonKind.CLINICIAN}
    path = make_database(
        tmp_path / "galen.db",
        article("One", "First text.", people=twice),
        article("Two", "Next text.", people=twice[1:2]),
    )
    with closing(sqlite3.connect(path)) as conn:
        columns = Columns(conn)
        counted = counts(columns, find(conn, Question(), columns).ids)["doctor"]
    assert [(item.value, item.articles) for item in counted] == [("Mira Oduya", 2), ("Ivo Brandt", 1)]
