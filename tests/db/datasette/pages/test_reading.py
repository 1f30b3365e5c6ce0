"""Article, doctor, source, copies and crawl pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from db.records import Fragment, Person, PersonKind, Role
from db.store import Store
from tests.db.datasette.conftest import serving
from tests.db.factories import article, doctor, publish_in, save


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a database with copies, a former version and untranslated words."""
    folder = tmp_path_factory.mktemp("reading")
    store = Store.open(folder / "galen.db")
    first = article(
        "Rest and 作息",
        "A regular作息 helps. Go to bed at ten.\n1. Evening\nNo screens.",
        summary="In short: rest.",
        published="2024-05-03",
        source="Lake Press",
        people=(
            doctor("Mira Oduya", Role.AUTHOR, "Hill Hospital"),
            doctor("Ivo Brandt", Role.REVIEWER),
            Person(name="Jo Page", kind=PersonKind.PERSON, role=Role.AUTHOR),
        ),
        fragments=(Fragment(text="作息", context="regular作息 helps"),),
    )
    save(store, first)
    save(
        store,
        article(
            "Rest and 作息",
            "A regular作息 helps. Go to bed at eleven.\n1. Evening\nNo screens.",
            url=first.url,
            published="2024-05-03",
            source="Lake Press",
            people=first.people,
            fragments=first.fragments,
            summary="In short: rest.",
        ),
        seen="2026-04-01T00:00:00Z",
    )
    save(
        store,
        article("Sleep well"),
        article("Sleep well", site="Red Dune", published="2023", people=(doctor("Mira Oduya"),)),
    )
    store.finish_run(store.start_run(1, "0.1.0"), "finished")
    publish_in(folder, store)
    with serving(folder) as client:
        yield client


def test_an_article_is_read_with_byline_roles_and_dates_apart(desk: httpx.Client) -> None:
    page = desk.get("/article/1").text
    assert re.search(r'Written by <a href="/doctor/\d+">Mira Oduya</a>, Hill Hospital', page)
    assert re.search(r'Medically reviewed by <a href="/doctor/\d+">Ivo Brandt</a>', page)
    assert "By Jo Page" in page
    assert '<time datetime="2024-05-03">3 May 2024</time>' in page
    assert "Not medical advice" in page


def test_the_introduction_stands_apart_and_headings_are_headings(desk: httpx.Client) -> None:
    page = desk.get("/article/1").text
    assert re.search(r'<section class="introduction".*?<p>In short: rest\.</p>', page, re.DOTALL)
    assert "<h3>1. Evening</h3>" in page


def test_untranslated_words_carry_their_language(desk: httpx.Client) -> None:
    assert (
        'regular<span class="foreign" lang="zh" title="not translated">作息</span> helps' in desk.get("/article/1").text
    )


def test_a_former_version_is_compared_word_by_word(desk: httpx.Client) -> None:
    page = desk.get("/article/1").text
    assert "Go to bed at <del>ten</del><ins>eleven</ins>." in page


def test_copies_elsewhere_are_listed_with_the_reason_and_compared(desk: httpx.Client) -> None:
    page = desk.get("/article/2").text
    assert "Also found as" in page
    cluster = re.search(r'href="(/duplicates/\d+)"', page)[1]
    compared = desk.get(cluster)
    assert compared.status_code == 200
    assert "Why they are one text" in compared.text
    assert "the same words in the same order" in compared.text
    assert desk.get("/duplicates").text.count("stands for all") == 1


def test_a_copy_that_is_none_of_the_group_is_not_found(desk: httpx.Client) -> None:
    assert desk.get("/duplicates/1?with=1").status_code == 404


def test_an_article_comes_as_json_with_evidence_and_people(desk: httpx.Client) -> None:
    found = desk.get("/article/1.json").json()
    assert [person["name"] for person in found["doctors"]] == ["Mira Oduya", "Ivo Brandt"]
    assert found["title"] == "Rest and 作息"
    assert found["revisions"][0]["body"].startswith("A regular作息 helps. Go to bed at ten.")


def test_a_doctor_shows_roles_sources_and_namesakes_with_a_reason(desk: httpx.Client) -> None:
    listed = desk.get("/doctors?name=mira").text
    number = re.search(r"/doctor/(\d+)", listed)[1]
    page = desk.get(f"/doctor/{number}").text
    assert "Possibly the same person" in page
    assert "kept apart because names alone do not tell people apart" in page
    assert "Articles by year of publication" in page


def test_a_source_shows_fill_rates_and_the_sites_that_carry_it(desk: httpx.Client) -> None:
    page = desk.get("/source/1").text
    assert re.search(r'Doctor named</th><td class="barcell">.*?<td class="num">100 %', page)
    assert "Websites that carry it" in page


def test_a_site_shows_its_health_over_time(desk: httpx.Client) -> None:
    page = desk.get("/site/1").text
    assert "Health over time" in page
    assert 'href="/runs/1"' in page


def test_crawls_are_listed_and_told_one_by_one(desk: httpx.Client) -> None:
    assert 'href="/runs/1"' in desk.get("/runs").text
    assert "What the pages turned out to be" in desk.get("/runs/1").text


def test_the_home_page_begins_with_search_and_four_figures(desk: httpx.Client) -> None:
    page = desk.get("/").text
    assert page.index('name="q"') < page.index('class="figures"') < page.index('<svg class="columns"')
    assert page.count("<strong>") == 4
    assert "Last success" in page


@pytest.mark.parametrize("kind", ["article", "doctor", "source", "site", "runs", "duplicates"])
@pytest.mark.parametrize("number", ["999", "9" * 19])
def test_what_is_not_there_is_a_page_that_says_so(desk: httpx.Client, kind: str, number: int) -> None:
    response = desk.get(f"/{kind}/{number}")
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=rest",
        "/article/1",
        "/doctors",
        "/doctor/1",
        "/sources",
        "/source/1",
        "/site/1",
        "/duplicates",
        "/runs",
        "/runs/1",
        "/questions",
        "/article/999",
    ],
)
def test_every_page_has_one_heading_a_main_part_a_skip_link_and_labels(desk: httpx.Client, path: str) -> None:
    page = desk.get(path).text
    assert page.count("<h1") == 1
    assert page.count("<main ") == 1
    assert 'class="skip" href="#main"' in page
    assert "<script" not in page
    assert " style=" not in page
    for number in re.findall(r'<input id="([^"]+)"', page):
        assert f'for="{number}"' in page
