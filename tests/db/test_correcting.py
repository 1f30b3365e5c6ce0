from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.article_loader import find_article, load_article
from db.correcting import correct, merge, split, undo
from db.corrections import listed
from db.records import Article, Evidence, Fragment, Origin, PartialDate, Person, Role, Tag
from db.store import Store
from tests.db.factories import article, doctor, save

LATER = "2026-04-01T08:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


def row(store: Store, article_id: int) -> dict[str, Any]:
    return dict(
        store.connection.execute(
            "SELECT articles.*, doctors, source FROM articles JOIN articles_flat USING (id) WHERE id = ?", (article_id,)
        ).fetchone()
    )


def one(store: Store, **fields: Any) -> tuple[Article, int]:
    given = article("Sleep", published="2025-03-01", source="Blue Hill", people=(doctor("Ada Penn"),), **fields)
    return given, save(store, given)[0]


def test_an_article_comes_back_as_it_was_stored(store: Store) -> None:
    given = article(
        "睡眠", published="2025-03-01", source="Night Desk", source_raw="Night Desk (wire)", summary="In short.",
        modified=PartialDate(value="2025-03-04T10:00", offset=60),
        byline_raw="By Ada Penn", policy=("noai",), tags=(Tag(tag="sleep"),),
        people=(doctor("Ada Penn", Role.REVIEWER, "Hill Hospital"), Person(name="Tom Ray")),
        fragments=(Fragment(text="睡", context="a 睡 b"),),
        evidence=(Evidence(field="title", value="睡眠", origin=Origin.TEXT, chosen=True),),
    )  # fmt: skip
    (article_id,) = save(store, given)
    loaded = load_article(store.connection, article_id)

    assert replace(loaded, people=()) == replace(given, people=())
    assert [(p.name, p.role, p.hospital) for p in loaded.people] == [
        ("Ada Penn", "reviewer", "Hill Hospital"),
        ("Tom Ray", "unspecified", None),
    ]


def test_a_correction_wins_at_once_over_the_next_crawl_and_is_no_revision(store: Store) -> None:
    given, article_id = one(store)
    value = [{"name": "Eve Moor", "role": "reviewer", "hospital": "Hill Hospital"}]
    correct(
        store, article_id, {"doctor": value, "source": "Night Desk", "published": {"value": "2024", "offset": None}},
        by="ana",
    )  # fmt: skip
    now = row(store, article_id)
    assert (now["doctors"], now["source"], now["published"]) == ("Eve Moor", "Night Desk", "2024")
    assert now["last_seen"] == "2026-03-01T08:00:00Z"

    save(store, replace(given, title="Sleep well", summary="New."), seen=LATER)
    now = row(store, article_id)
    assert (now["title"], now["doctors"], now["source"], now["published"]) == (
        "Sleep well",
        "Eve Moor",
        "Night Desk",
        "2024",
    )
    assert now["revision"] == 2
    save(store, replace(given, title="Sleep well", summary="New."), seen=LATER)
    assert row(store, article_id)["revision"] == 2


def test_a_corrected_name_is_found_by_search_and_the_old_one_is_not(store: Store) -> None:
    _, article_id = one(store)
    correct(store, article_id, {"doctor": [{"name": "Eve Moor"}]}, by="ana")

    def found(word: str) -> list[int]:
        query = "SELECT rowid FROM search_fts WHERE search_fts MATCH ?"
        return [each[0] for each in store.connection.execute(query, (f"doctor:{word}",))]

    assert found("moor") == [article_id]
    assert found("penn") == []
    assert store.connection.execute("SELECT count(*) FROM doctors WHERE name = 'Ada Penn'").fetchone()[0] == 0


def test_what_was_extracted_stays_as_evidence_that_lost(store: Store) -> None:
    evidence = (Evidence(field="source", value="Blue Hill", origin=Origin.BYLINE, chosen=True),)
    _, article_id = one(store, evidence=evidence)
    (made,) = correct(store, article_id, {"source": None}, by="ana")

    assert [
        (e.value, e.origin, e.detail, e.chosen)
        for e in load_article(store.connection, article_id).evidence
        if e.field == "source"
    ] == [("Blue Hill", "byline", None, False), (None, "correction", f"correction {made}", True)]
    assert row(store, article_id)["source"] is None


def test_who_and_when_are_kept_also_of_what_was_replaced(store: Store) -> None:
    _, article_id = one(store)
    correct(store, article_id, {"source": "A"}, by="ana", note="the page says so")
    correct(store, article_id, {"source": "B"}, by="ben")
    newer, older = listed(store.connection, article_id)

    assert (older.made_by, older.value, older.before, older.note, older.ended_by) == (
        "ana", "A", "Blue Hill", "the page says so", "ben",
    )  # fmt: skip
    assert (newer.made_by, newer.value, newer.before, newer.ended_at) == ("ben", "B", "Blue Hill", None)
    assert older.made_at.endswith("Z")


def test_a_correction_taken_back_gives_what_was_extracted(store: Store) -> None:
    given, article_id = one(store)
    correct(store, article_id, {"source": "A", "doctor": []}, by="ana")
    correct(store, article_id, {"source": "B"}, by="ana")
    for correction in listed(store.connection, article_id):
        if correction.ended_at is None:
            undo(store, correction.id, by="ben")
    now = row(store, article_id)
    assert (now["source"], now["doctors"]) == ("Blue Hill", "Ada Penn")

    save(store, given, seen=LATER)
    assert (row(store, article_id)["source"], row(store, article_id)["doctors"]) == ("Blue Hill", "Ada Penn")
    with pytest.raises(LookupError, match="no correction 1 in force"):
        undo(store, 1, by="ben")


def doctors(store: Store) -> dict[str, int]:
    return {each["name"]: each["id"] for each in store.connection.execute("SELECT name, id FROM doctors ORDER BY id")}


def test_merged_doctors_stay_one_when_their_pages_are_crawled_again(store: Store) -> None:
    first = article("Sleep", people=(doctor("A. Penn"),))
    second = article("Rest", people=(doctor("Ada Penn", hospital="Hill Hospital"),))
    ids = save(store, first, second)
    merge(store, doctors(store)["A. Penn"], doctors(store)["Ada Penn"], by="ana")
    assert [row(store, each)["doctors"] for each in ids] == ["Ada Penn", "Ada Penn"]

    third = article("Night", people=(doctor("A. Penn", Role.REVIEWER),))
    ids += save(store, replace(first, title="Sleep more"), second, third, seen=LATER)
    assert list(doctors(store)) == ["Ada Penn"]
    roles = store.connection.execute("SELECT role FROM article_doctors ORDER BY article_id").fetchall()
    assert [each[0] for each in roles] == ["author", "author", "reviewer"]
    save(store, third, seen=LATER)
    assert (
        store.connection.execute("SELECT max(last_changed) FROM articles WHERE title = 'Night'").fetchone()[0] == LATER
    )


def test_a_doctor_merged_into_one_who_is_merged_himself(store: Store) -> None:
    items = [article(name, people=(doctor(name),)) for name in ("Ann Ash", "Bea Birch", "Cora Cedar")]
    save(store, *items)
    merge(store, doctors(store)["Ann Ash"], doctors(store)["Bea Birch"], by="ana")
    merge(store, doctors(store)["Bea Birch"], doctors(store)["Cora Cedar"], by="ana")
    save(store, *items, seen=LATER)

    assert list(doctors(store)) == ["Cora Cedar"]


def test_merging_in_a_circle_ends(store: Store) -> None:
    items = [article(name, people=(doctor(name),)) for name in ("Ann Ash", "Bea Birch")]
    save(store, *items)
    merge(store, doctors(store)["Ann Ash"], doctors(store)["Bea Birch"], by="ana")
    save(store, article("Other", site="Far Hill", people=(doctor("Ann Ash"),)))
    merge(store, doctors(store)["Bea Birch"], doctors(store)["Ann Ash"], by="ana")
    save(store, *items, seen=LATER)

    (left,) = doctors(store).values()
    with pytest.raises(ValueError, match="into itself"):
        merge(store, left, left, by="ana")


def test_a_doctor_that_was_two_people_is_split_and_stays_so(store: Store) -> None:
    items = [article(title, people=(doctor("Wang Wei", Role.REVIEWER),)) for title in ("Heart", "Skin", "Bone")]
    heart, skin, bone = save(store, *items)
    split(store, doctors(store)["Wang Wei"], [skin, bone], by="ana")

    def named() -> list[int]:
        return [
            each[0] for each in store.connection.execute("SELECT doctor_id FROM article_doctors ORDER BY article_id")
        ]

    a, b, c = named()
    assert a != b == c
    save(store, *(replace(item, summary="New.") for item in items), seen=LATER)
    assert named() == [a, b, c]
    with pytest.raises(LookupError, match=f"article {heart} does not name"):
        split(store, b, [heart], by="ana")


def test_a_split_taken_back(store: Store) -> None:
    ids = save(store, *(article(title, people=(doctor("Wang Wei"),)) for title in ("Heart", "Skin")))
    (made,) = split(store, 1, [ids[1]], by="ana")
    undo(store, made, by="ana")

    assert store.connection.execute("SELECT count(DISTINCT doctor_id) FROM article_doctors").fetchone()[0] == 1


def test_an_article_is_found_by_number_and_by_url(store: Store) -> None:
    given, article_id = one(store)

    assert find_article(store.connection, str(article_id)) == article_id
    assert find_article(store.connection, given.url) == article_id
    assert find_article(store.connection, f"{given.url}?utm_source=mail") == article_id
    with pytest.raises(LookupError, match="no article '99'"):
        find_article(store.connection, "99")
