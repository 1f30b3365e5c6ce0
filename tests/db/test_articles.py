from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.records import Evidence, Link, Origin, PageKind, PageResult, Part, Person, PersonKind, Role, Verdict
from db.store import Store
from tests.db.factories import LONG, article, doctor, save

LATER = "2026-03-09T08:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


def row(store: Store, table: str, key: int) -> dict[str, object]:
    return dict(store.db.table(table).get(key))


def test_a_page_seen_again_unchanged_only_moves_last_seen(store: Store) -> None:
    first = article("Sleep", published="2026-02-01")
    (key,) = save(store, first)
    before = row(store, "articles", key)
    save(store, first, seen=LATER)

    after = row(store, "articles", key)
    assert after.pop("last_seen") == LATER
    before.pop("last_seen")
    assert after == before
    assert not list(store.db.table("revisions").rows)


def test_a_changed_body_writes_a_revision_with_the_old_text(store: Store) -> None:
    first = article("Sleep", published="2026-02-01")
    (key,) = save(store, first)
    save(store, replace(first, body=f"{LONG} And one more sentence.", title="Sleep well"), seen=LATER)

    (revision,) = store.db.table("revisions").rows
    assert revision["changed"] == "title, body"
    assert (revision["number"], revision["title"], revision["body"]) == (1, "Sleep", LONG)
    assert row(store, "articles", key)["revision"] == 2
    assert row(store, "articles", key)["last_changed"] == LATER


def test_a_corrected_source_is_no_revision(store: Store) -> None:
    first = article("Sleep", source="Old Gazette")
    (key,) = save(store, first)
    save(store, replace(first, source="New Gazette"), seen=LATER)

    assert not list(store.db.table("revisions").rows)
    assert list(store.db.query("SELECT source FROM articles_flat")) == [{"source": "New Gazette"}]
    assert row(store, "articles", key)["revision"] == 1


def test_two_urls_of_one_page_are_one_article(store: Store) -> None:
    first = article("Sleep", url="https://www.bluehill.example/a/7")
    (key,) = save(store, first)
    (again,) = save(store, replace(first, url="https://m.bluehill.example/a/7?utm_source=x"))

    assert again == key
    assert row(store, "articles", key)["url"] == "https://www.bluehill.example/a/7"


def test_a_twin_overwrites_nothing_but_the_canonical_page_does(store: Store) -> None:
    twin = article("Short", url="https://x.example/amp/7", canonical_url="https://x.example/7")
    (key,) = save(store, twin)
    save(store, replace(twin, title="Whole", url="https://x.example/7"))
    save(store, twin, seen=LATER)

    after = row(store, "articles", key)
    assert (after["url"], after["title"], after["last_seen"]) == ("https://x.example/7", "Whole", LATER)
    assert not list(store.db.table("revisions").rows)


def test_doctors_of_one_name_in_two_hospitals_are_two(store: Store) -> None:
    save(
        store,
        article("A", people=(doctor("Gao Jun", hospital="East Hospital"),)),
        article("B", people=(doctor("Gao Jun", hospital="West Hospital"),)),
        article("C", people=(doctor("Gao Jun", hospital="East Hospital"),)),
    )

    named = store.db.query(
        "SELECT hospital, count(*) AS n FROM article_doctors JOIN doctors ON id = doctor_id GROUP BY 1"
    )
    assert {item["hospital"]: item["n"] for item in named} == {"East Hospital": 2, "West Hospital": 1}


def test_journalists_and_organisations_are_no_doctors(store: Store) -> None:
    people = (
        Person(name="Ann Reporter", role=Role.AUTHOR),
        Person(name="Blue Hill Staff", kind=PersonKind.ORGANISATION, role=Role.AUTHOR),
        doctor("Gao Jun", Role.REVIEWER),
    )
    save(store, article("A", people=people))

    assert [item["name"] for item in store.db.table("doctors").rows] == ["Gao Jun"]
    (flat,) = store.db.query("SELECT doctors, author_doctors, reviewer_doctors, authors FROM articles_flat")
    assert flat == {
        "doctors": "Gao Jun", "author_doctors": None, "reviewer_doctors": "Gao Jun",
        "authors": "Ann Reporter; Blue Hill Staff",
    }  # fmt: skip


def test_a_doctor_whom_no_article_names_any_more_goes(store: Store) -> None:
    first = article("A", people=(doctor("Gao Jun"),))
    save(store, first)
    save(store, replace(first, people=(doctor("Yang Ziqi"),)), seen=LATER)

    assert [item["name"] for item in store.db.table("doctors").rows] == ["Yang Ziqi"]


def test_evidence_is_what_the_last_reading_gave(store: Store) -> None:
    first = article("A", evidence=(Evidence(field="title", value="A", origin=Origin.META, chosen=True),) * 2)
    save(store, first)
    save(store, replace(first, title="B", evidence=first.evidence[:1]), seen=LATER)

    (item,) = store.db.table("evidence").rows
    assert (item["field"], item["origin"], item["chosen"]) == ("title", "meta", 1)


def test_the_search_index_follows_the_text(store: Store) -> None:
    first = article("Sleep", body=f"{LONG} 规律作息很重要。")
    save(store, first)
    found = "SELECT rowid FROM search_fts WHERE search_fts MATCH ?"
    assert store.connection.execute(found, ('"作\u200b息"',)).fetchall()

    save(store, replace(first, body=f"{LONG} Nothing else."), seen=LATER)
    assert not store.connection.execute(found, ('"作\u200b息"',)).fetchall()
    store.connection.execute("INSERT INTO search_fts(search_fts) VALUES ('integrity-check')")


def put_part(store: Store, number: int, body: str, next_part: str | None, url: str | None = None) -> None:
    site_id = store.site_id("Blue Hill", spider="bluehill")
    url = url or f"https://x.example/7_{number}.html"
    run = store.start_run(site_id, "test")
    store.add_links(site_id, [Link(url=url, kind=PageKind.PART, fingerprint=url.encode())], run)
    (page,) = store.db.query("SELECT id FROM pages WHERE url = ?", [url])
    part = Part(article_url="https://x.example/7.html", url=url, number=number, body=body, next_part=next_part)
    store.save_page(
        PageResult(
            page_id=page["id"], site="Blue Hill", url=url, verdict=Verdict.PART, fetched_at=LATER, status=200, part=part
        )
    )


def test_an_article_over_three_pages_is_joined_in_order_whatever_came_first(store: Store) -> None:
    (key,) = save(
        store, article("Long", body="one", url="https://x.example/7.html", next_part="https://x.example/7_2.html")
    )
    put_part(store, 3, "three", None)
    put_part(store, 2, "two", "https://x.example/7_3.html")

    assert row(store, "articles", key)["body"] == "one\ntwo\nthree"
    assert not list(store.db.table("revisions").rows), "growing page by page is no revision"


def test_a_part_that_changes_later_is_a_revision_of_the_whole(store: Store) -> None:
    (key,) = save(
        store, article("Long", body="one", url="https://x.example/7.html", next_part="https://x.example/7_2.html")
    )
    put_part(store, 2, "two", None)
    put_part(store, 2, "two, corrected", None)

    assert row(store, "articles", key)["body"] == "one\ntwo, corrected"
    (revision,) = store.db.table("revisions").rows
    assert revision["body"] == "one\ntwo"


def test_a_part_from_a_twin_host_overwrites_nothing(store: Store) -> None:
    (key,) = save(
        store, article("Long", body="one", url="https://x.example/7.html", next_part="https://x.example/7_2.html")
    )
    put_part(store, 2, "two", None)
    put_part(store, 2, "two with a mobile footer", None, url="https://m.x.example/7_2.html")

    assert row(store, "articles", key)["body"] == "one\ntwo"
