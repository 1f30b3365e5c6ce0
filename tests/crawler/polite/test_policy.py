"""What a site says about use reaches the database and is obeyed there, by real crawls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.website import TEXT, Website, article_page, galen, json_output, rows

TDMREP = "/.well-known/tdmrep.json"


def crawl(folder: Path, website: Website, *options: str) -> dict[str, dict[str, Any]]:
    """Crawl with the spider `site`; returns the articles by path."""
    report: Any = json_output(galen(folder, "crawl", f"{website.url}/", "--delay", "0", "--json", *options))
    assert report["crawls"][0]["state"] == "done"
    found = rows(folder / "data" / "galen.db", "SELECT * FROM articles")
    return {row["url"].removeprefix(website.url): row for row in found}


def site(website: Website, headers: dict[str, str], *, robots: str = "", links: str = "") -> None:
    website.pages = {
        "/robots.txt": f"User-agent: *\nDisallow: /private/\n{robots}".encode(),
        "/": b'<a href="/a">x</a> <a href="/b">y</a>',
        "/a": (200, {"Content-Type": "text/html", **headers}, article_page("Alpha", links=links)),
        "/b": article_page("Beta", text=f"Beta is another. {TEXT}"),
    }


SAID = {
    "noarchive": ({"X-Robots-Tag": "noarchive"}, "noarchive", "noarchive", None),
    "galen": ({"X-Robots-Tag": "galen: noindex"}, "noindex", None, "noindex"),
    "otherbot": ({"X-Robots-Tag": "otherbot: noindex"}, None, None, None),
    "noai": ({"X-Robots-Tag": "noai"}, "noai", None, None),
    "tdm": ({"TDM-Reservation": "1"}, "tdm-reservation", "tdm-reservation", None),
    "training": ({"Content-Usage": "train-ai=n"}, "content-usage:train-ai=n", None, None),
    "search": ({"Content-Usage": "search=n"}, "content-usage:search=n", None, "content-usage:search=n"),
    "until": ({"X-Robots-Tag": "unavailable_after: 2020-01-01"}, "unavailable_after:2020-01-01", None, None),
    "nothing": ({}, None, None, None),
}
"""Name of a page -> headers, then policy, withheld and hidden as they must be stored."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    website = Website()
    website.pages = {"/": "".join(f'<a href="/{name}">x</a>' for name in SAID).encode()}
    for name, (headers, *_) in SAID.items():
        text = f"{name} speaks. {TEXT}"
        website.pages[f"/{name}"] = (200, {"Content-Type": "text/html", **headers}, article_page(name, text=text))
    folder = tmp_path_factory.mktemp("said")
    yield crawl(folder, website)
    website.close()


@pytest.mark.parametrize("name", SAID)
def test_headers_are_stored_and_obeyed(said: dict[str, dict[str, Any]], name: str) -> None:
    _, policy, withheld, hidden = SAID[name]
    found = said[f"/{name}"]

    assert (found["policy"], found["withheld"], found["hidden"]) == (policy, withheld, hidden)
    assert (found["words"] == 0) == (withheld is not None)


def test_a_withheld_text_is_nowhere_in_the_database_files(tmp_path: Path, website: Website) -> None:
    site(website, {"X-Robots-Tag": "noarchive"})
    website.pages["/a"] = (200, {"X-Robots-Tag": "noarchive"}, article_page("Alpha", text="Quokkas doze. " * 20))
    crawl(tmp_path, website)

    assert not any(b"Quokka" in path.read_bytes() for path in (tmp_path / "data").glob("galen.db*"))


def test_tdmrep_json_is_asked_for_once_a_day_and_kept_for_the_site(tmp_path: Path, website: Website) -> None:
    site(website, {})
    website.pages[TDMREP] = b'[{"location": "/a", "tdm-reservation": 1}]'
    found = crawl(tmp_path, website)
    website.pages["/b"] = article_page("Beta", text=f"Beta has changed. {TEXT}")
    crawl(tmp_path, website)

    assert (found["/a"]["withheld"], found["/b"]["withheld"]) == ("tdm-reservation", None)
    assert website.count(TDMREP) == 1
    (kept,) = rows(tmp_path / "data" / "galen.db", "SELECT origin, file, content FROM site_signals")
    assert kept == {"origin": website.url, "file": "tdmrep.json", "content": '[["/a", ["tdm-reservation"]]]'}


def test_a_page_may_release_what_the_site_reserves(tmp_path: Path, website: Website) -> None:
    site(website, {"TDM-Reservation": "0"})
    website.pages[TDMREP] = b'[{"location": "/", "tdm-reservation": 1}]'
    found = crawl(tmp_path, website)

    assert (found["/a"]["withheld"], found["/b"]["withheld"]) == (None, "tdm-reservation")


def test_content_usage_in_robots_txt_holds_for_the_paths_it_names(tmp_path: Path, website: Website) -> None:
    site(website, {}, robots="Content-Usage: /a bots=n\n")
    found = crawl(tmp_path, website)

    assert (found["/a"]["withheld"], found["/b"]["policy"]) == ("content-usage:bots=n", None)
    assert rows(tmp_path / "data" / "galen.db", "SELECT file FROM site_signals ORDER BY file")[0] == {
        "file": "robots.txt"
    }


def test_no_link_of_a_nofollow_page_is_followed(tmp_path: Path, website: Website) -> None:
    site(website, {"X-Robots-Tag": "nofollow"}, links='<a href="/c">z</a>')
    website.pages["/c"] = article_page("Gamma")

    assert set(crawl(tmp_path, website)) == {"/a", "/b"}


def test_the_settings_decide_what_a_signal_leads_to(tmp_path: Path, website: Website) -> None:
    site(website, {"X-Robots-Tag": "noai, noarchive"})
    found = crawl(tmp_path, website, "--set", 'GALEN_POLICY={"noai": "unpublished", "noarchive": "keep"}')

    assert (found["/a"]["hidden"], found["/a"]["withheld"]) == ("noai", None)


def test_an_action_that_there_is_not_is_told(tmp_path: Path, website: Website) -> None:
    site(website, {})
    process = galen(tmp_path, "crawl", f"{website.url}/", "--set", 'GALEN_POLICY={"noai": "burn"}')

    assert process.returncode == 1
    assert "GALEN_POLICY: noai='burn'; write one of keep, metadata, unpublished" in process.stderr
    assert "Traceback" not in process.stderr


def test_a_tdmrep_json_that_never_answers_or_breaks_costs_no_article(tmp_path: Path, website: Website) -> None:
    site(website, {})
    website.pages[TDMREP] = (500, {}, b"broken")

    assert set(crawl(tmp_path, website)) == {"/a", "/b"}
    assert rows(tmp_path / "data" / "galen.db", "SELECT * FROM site_signals") == []
