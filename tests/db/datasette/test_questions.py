"""The saved questions, each asked of the database that `galen demo` makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.datasette.questions import load_questions
from db.records import Fragment, PartialDate
from db.store import Store
from tests.db.datasette.conftest import asked, serving
from tests.db.factories import article, doctor, publish_in, save

DEMO: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "articles_by_doctor": (
        {"doctor": "luo jian"},
        {"doctor": "Luo Jianing", "role": "unspecified", "month": "2025-12"},
    ),
    "who_was_first": (
        {},
        {
            "title": "Shingles: what to do in the first three days",
            "first_site": "Meridian Medical Library",
            "first_published": "2024-02-06",
            "sites": 2,
        },
    ),
    "no_doctor_by_site": ({}, {"site": "Lantern Digest", "articles": 22, "without_doctor": 15, "percent": 68.2}),
    "not_reviewed": (
        {"years": "1"},
        {"title": "Iron deficiency: more than feeling tired", "last_date": "2024-03-04", "published": "2023-12-18"},
    ),
    "untranslated": ({}, {"title": "What should be avoided after a tooth extraction?", "fragment": "血凝块"}),
    "changed_since": ({"since": "2020"}, {"title": "Six mistakes people make with an inhaler", "what": "new"}),
    "missing_fields": (
        {},
        {
            "site": "Meridian Medical Library",
            "articles": 12,
            "percent_without_date": 8.3,
            "percent_without_source": 91.7,
        },
    ),
    "doctors_on_several_sites": ({}, {"doctor": "Luo Jianing", "sites": 2, "articles": 4}),
    "sources_of_sites": (
        {},
        {
            "site": "Lantern Digest",
            "source": "Harbour Wellness Wire",
            "kind": "publisher",
            "articles": 3,
            "first": "2024-05-21",
        },
    ),
    "last_crawls": ({}, {"site": "Sunrise Health", "ended": "finished", "failed": 0, "percent_with_body": 100.0}),
    "reviewed_articles": (
        {},
        {
            "title": "Two minutes a day for feet with diabetes",
            "reviewers": "Leocadia Prynne",
            "reviewed": "2025-09-24",
            "next_review": "2027-09-24",
        },
    ),
    "rejected_pages": ({}, {"site": "Lantern Digest", "state": "rejected", "reason": "login wall", "pages": 1}),
    "best_matches": ({"search": "inhaler"}, {"title": "Six mistakes people make with an inhaler"}),
    "review_overdue": (
        {"on": "2027-06-01"},
        {"title": "Spinning when you turn in bed: positional vertigo", "next_review": "2027-05", "days_overdue": 1},
    ),
    "busy_doctors": ({"per_day": "0"}, {"doctor": "Shen Yulan", "day": "2025-12-09", "articles": 1, "sites": 1}),
    "topic_by_month": ({"topic": "胃镜"}, {"month": "2025-10", "articles": 1, "sites": 1, "different_texts": 1}),
    "training_texts": (
        {"language": "zh"},
        {"title": "痛风患者能不能吃豆腐", "copies": 2, "site": "翰林健康网", "source": "云泽日报"},
    ),
    "hospitals": ({}, {"hospital": "北岬市中医院", "articles": 1, "doctors": 1, "sites": 1}),
    "reviewed_share": (
        {},
        {"site": "Meridian Medical Library", "articles": 12, "with_reviewer": 8, "percent_reviewed": 66.7},
    ),
    "languages_by_site": ({}, {"site": "Lantern Digest", "language": "zh", "articles": 2, "first": "2025-03-03"}),
    "homonyms": ({}, {"doctor": "Luo Jianing", "described_as": 2, "titles": "Dr."}),
}
"""Name of a question -> what is given, and a row of its answer."""
UNHEARD_OF: dict[str, dict[str, str]] = {
    "changes_of_article": {"since": "2020"},
    "date_moved": {},
    "taken_down": {"since": "2020"},
}
"""Questions about what happens between crawls; the demo crawls once."""


@pytest.mark.parametrize("name", DEMO)
def test_a_question_finds_what_the_demo_holds(demo: httpx.Client, name: str) -> None:
    given, expected = DEMO[name]
    assert expected in [{key: row[key] for key in expected} for row in asked(demo, name, **given)]


@pytest.mark.parametrize("name", UNHEARD_OF)
def test_a_first_crawl_has_no_changes_to_tell(demo: httpx.Client, name: str) -> None:
    assert asked(demo, name, **UNHEARD_OF[name]) == []


def test_every_question_is_tested_here() -> None:
    assert set(DEMO) | set(UNHEARD_OF) == set(load_questions())


def test_every_question_has_a_purpose_of_one_sentence() -> None:
    for question in load_questions().values():
        assert question.description.endswith(".")
        assert question.description.count(".") == 1
        assert question.title


@pytest.mark.parametrize("name", load_questions())
def test_every_page_of_a_question_has_its_inputs_and_folds_its_sql(demo: httpx.Client, name: str) -> None:
    page = demo.get(f"/questions/{name}").text
    for item in load_questions()[name].inputs:
        assert f'<label for="in-{item.name}">{item.label}' in page
        assert f'name="{item.name}" type="{item.type}"' in page
    assert '<details class="sql"><summary>' in page


def test_a_chart_stands_beside_its_numbers(demo: httpx.Client) -> None:
    page = demo.get("/questions/languages_by_site").text
    assert page.count('<svg class="bar"') == 2
    assert "<caption>Articles by language</caption>" in page


def test_an_answer_comes_as_csv_for_excel(demo: httpx.Client) -> None:
    response = demo.get("/questions/missing_fields.csv")
    assert response.headers["content-disposition"] == 'attachment; filename="missing_fields.csv"'
    assert response.content.startswith(b"\xef\xbb\xbfsite,articles,percent_without_date")


def test_a_long_answer_is_cut_on_the_page_only_and_says_so(tmp_path: Path) -> None:
    left = tuple(Fragment(text="作息", context=f"place {n}") for n in range(1_200))
    many = [article(f"Note {n}", f"Text {n} of {n}.", published=f"20{n:02}", source=f"Paper {n}") for n in range(30)]
    store = Store.open(tmp_path / "galen.db")
    save(store, article("Sleep well", fragments=left), *many)
    publish_in(tmp_path, store)
    with serving(tmp_path) as client:
        page = client.get("/questions/untranslated").text
        assert "<strong>1,200</strong> rows" in page
        assert "The first 200 are shown; all are in the CSV." in page
        assert len(client.get("/questions/untranslated.csv").text.splitlines()) == 1_201
        assert len(client.get("/questions/untranslated.json").json()) == 1_200
        assert "The chart shows 24 at most." in client.get("/questions/sources_of_sites").text


def test_an_unknown_question_is_a_page_that_says_so(demo: httpx.Client) -> None:
    response = demo.get("/questions/nonsense")
    assert response.status_code == 404
    assert "no saved question called nonsense" in response.text


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a database in which articles were crawled again and had changed."""
    folder = tmp_path_factory.mktemp("changed")
    store = Store.open(folder / "galen.db")
    dated, told = article("Sleep well", published="2024"), article("Night work", "Nurses need rest.", published="2024")
    save(store, dated, told)
    renewed: dict[str, Any] = {"url": dated.url, "modified": PartialDate(value="2026-04-01"), "published": "2024"}
    save(store, article("Sleep well", **renewed), seen="2026-04-02T08:00:00Z")
    rewritten: dict[str, Any] = {"url": told.url, "modified": PartialDate(value="2026-05-01"), "published": "2024"}
    save(store, article("Night work", "Nurses need more rest.", **rewritten), seen="2026-05-02T08:00:00Z")
    save(
        store,
        *(
            article(f"Note {n}", f"Text number {n} of many.", published="2025-01-05", people=(doctor("Ada Quick"),))
            for n in range(22)
        ),
    )
    store.connection.execute("UPDATE articles SET gone_at = '2026-06-01T00:00:00Z' WHERE title = 'Night work'")
    publish_in(folder, store)
    with serving(folder) as client:
        yield client


def test_a_changed_text_is_told_with_its_fields(changed: httpx.Client) -> None:
    (row,) = asked(changed, "changes_of_article", since="2026-05", title="night")
    assert (row["title"], row["version"], row["changed_at"]) == ("Night work", 1, "2026-05-02T08:00:00Z")
    assert "body" in row["fields"]
    assert asked(changed, "changes_of_article", since="2026-06", title="") == []


def test_a_date_that_moved_without_the_text_is_told(changed: httpx.Client) -> None:
    assert [row["title"] for row in asked(changed, "date_moved")] == ["Sleep well"]


def test_pages_taken_down_are_told(changed: httpx.Client) -> None:
    assert [row["title"] for row in asked(changed, "taken_down", since="2026-06")] == ["Night work"]
    assert asked(changed, "taken_down", since="2026-07") == []


def test_a_doctor_of_more_than_twenty_articles_a_day_is_told(changed: httpx.Client) -> None:
    (row,) = asked(changed, "busy_doctors")
    assert (row["doctor"], row["day"], row["articles"]) == ("Ada Quick", "2025-01-05", 22)
