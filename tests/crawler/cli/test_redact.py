from __future__ import annotations

from pathlib import Path

import pytest

from db.connection import connect
from tests.website import Website, article_page, everything, galen, json_output, rows

NAME = "Wilhelmina Quackenbush"
ENCODED = "Wilhelmina Qu\\u0061ckenbush"
SITE = """
from crawler.article_spider import ArticleSpider
from crawler.site import Links, Site

class Mine(ArticleSpider):
    "My own site."
    name = "mine"
    site = Site(name="Mine", domains=("{netloc}",), scheme="http", discover=(Links("/"),), article="^/a")
"""
BYLINE = f"<p>Medically reviewed by Dr. {NAME}, MD</p>"


def make_due(folder: Path) -> None:
    connection = connect(folder / "data" / "galen.db")
    connection.execute("UPDATE pages SET due = '2020-01-01T00:00:00Z', state = 'done' WHERE state = 'done'")
    connection.close()


@pytest.fixture
def crawled(tmp_path: Path, website: Website) -> Path:
    """Two articles, crawled twice, published; one names the doctor in every way that there is."""
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "mine.py").write_text(SITE.format(netloc=website.netloc))
    data = (
        '<script type="application/ld+json">{"@type": "Article", "author": {"@type": "Person", "name": "%s"}}</script>'
    )
    website.pages = {
        "/": b'<a href="/a1">x</a> <a href="/a2">y</a>',
        "/a1": article_page(f"A talk with {NAME}", byline=BYLINE + data % ENCODED, text=f"{NAME} sleeps well. " * 9),
        "/a2": article_page("Nothing to see", byline="<p>By Dr. Ada Penn, MD</p>"),
    }
    galen(tmp_path, "crawl", "mine", "--delay", "0")
    galen(tmp_path, "publish")
    website.pages["/a1"] = article_page("A talk", byline=BYLINE, text=f"{NAME.upper()} sleeps badly. " * 9)
    make_due(tmp_path)
    galen(tmp_path, "crawl", "mine", "--delay", "0")
    galen(tmp_path, "publish")
    assert everything(tmp_path).count(NAME.lower().encode()) > 10
    return tmp_path


def test_a_name_is_in_no_byte_of_any_file_and_does_not_come_back(crawled: Path, website: Website) -> None:
    done = json_output(galen(crawled, "redact", "--doctor", NAME, "--yes", "--by", "ana", "--json"))

    assert (done["articles"], done["left_in"], done["copies"]) == (1, [], [])
    assert b"quackenbush" not in everything(crawled)
    flat = rows(crawled / "data" / "galen.db", "SELECT title, doctors FROM articles_flat ORDER BY title")
    assert flat == [{"title": "A talk", "doctors": None}, {"title": "Nothing to see", "doctors": "Ada Penn"}]
    (row,) = rows(crawled / "data" / "galen.db", "SELECT body FROM articles WHERE title = 'A talk'")
    assert "[redacted] sleeps badly" in row["body"]
    assert json_output(galen(crawled, "search", "talk", "--json"))["total"] == 1
    assert json_output(galen(crawled, "search", "wilhelmina", "--json"))["total"] == 0
    assert galen(crawled, "check", "--json").returncode == 0

    website.pages["/a1"] = article_page("A talk again", byline=BYLINE, text=f"{NAME} sleeps. " * 9)
    website.pages["/"] = b'<a href="/a1">x</a> <a href="/a3">z</a>'
    website.pages["/a3"] = article_page(f"{NAME} in the news", byline=BYLINE)
    make_due(crawled)
    galen(crawled, "crawl", "mine", "--delay", "0")
    galen(crawled, "publish")
    titles = rows(crawled / "data" / "galen.db", "SELECT title FROM articles")
    assert {row["title"] for row in titles} == {"A talk again", "Nothing to see", "[redacted] in the news"}
    assert b"quackenbush" not in everything(crawled)


def test_a_page_is_gone_from_every_file_and_not_asked_for_again(crawled: Path, website: Website) -> None:
    url = f"{website.url}/a1"
    done = json_output(galen(crawled, "redact", "--url", url, "--yes", "--json"))

    assert (done["articles"], done["pages"], done["left_in"]) == (1, 1, [])
    assert b"quackenbush" not in everything(crawled)
    assert b"/a1" not in everything(crawled).replace(b'<a href="/a1">', b"")
    assert rows(crawled / "data" / "galen.db", "SELECT title FROM articles") == [{"title": "Nothing to see"}]
    assert galen(crawled, "check", "--json").returncode == 0

    website.hits.clear()
    make_due(crawled)
    galen(crawled, "crawl", "mine", "--delay", "0")
    galen(crawled, "crawl", f"{url}?utm_source=mail", "--delay", "0")
    assert website.count("/a1") == 0
    assert rows(crawled / "data" / "galen.db", "SELECT title FROM articles") == [{"title": "Nothing to see"}]
    assert b"quackenbush" not in everything(crawled)


def test_one_word_is_no_person(crawled: Path) -> None:
    process = galen(crawled, "redact", "--doctor", "Quackenbush", "--yes")

    assert process.returncode == 2
    assert "Name the person in full" in process.stderr


def test_an_export_that_holds_the_name_is_told(crawled: Path) -> None:
    (crawled / "data" / "mine.csv").write_text(f"title,doctor\nx,{NAME}\n")
    process = galen(crawled, "redact", "--doctor", NAME, "--yes")

    assert "Still in data/mine.csv: delete it" in process.stdout
