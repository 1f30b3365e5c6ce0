"""What answers of a website lead to in the frontier: statuses, waits, redirects."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.frontier.plain import crawl, index, pages, write
from tests.website import TEXT, Website, article_page, rows


@pytest.fixture
def folder(tmp_path: Path, website: Website) -> Path:
    (tmp_path / "spiders").mkdir()
    return tmp_path


def test_a_part_of_a_page_and_an_unchanged_one_that_is_not_held_are_no_pages(folder: Path, website: Website) -> None:
    website.pages = {
        "/": index("/part", "/never-seen"),
        "/part": (206, {"Content-Range": "bytes 0-99/5000"}, article_page("Half")),
        "/never-seen": (304, {}, b""),
    }
    write(folder, website)
    crawl(folder)

    found = pages(folder)
    assert (found["/part"]["state"], found["/part"]["reason"]) == (
        "pending", "response cut off: 206, a part of what was asked for"
    )  # fmt: skip
    assert (found["/never-seen"]["state"], found["/never-seen"]["status"]) == ("pending", 304)
    assert rows(folder / "data" / "galen.db", "SELECT title FROM articles") == []


def test_a_missing_page_is_gone_and_a_server_error_waits(folder: Path, website: Website) -> None:
    website.pages = {"/": index("/missing", "/broken"), "/broken": (500, {}, b"oops")}
    write(folder, website)
    crawl(folder)

    found = pages(folder)
    assert (found["/missing"]["state"], found["/missing"]["status"]) == ("gone", 404)
    assert (found["/broken"]["state"], found["/broken"]["reason"]) == ("pending", "http 500")
    assert found["/broken"]["due"] > found["/broken"]["fetched_at"]
    assert website.count("/broken") == 1, "never at once"


def test_a_page_that_fails_first_is_tried_again_in_the_same_crawl_when_it_is_due(
    folder: Path, website: Website
) -> None:
    website.pages = {
        "/": index("/shaky"),
        "/shaky": lambda hit: (500, {}, b"oops") if hit == 1 else (200, {}, article_page("At last")),
    }
    write(folder, website, wait=30)
    crawl(folder)

    assert pages(folder)["/shaky"]["state"] == "done"
    first, second = (when for path, when in website.hits if path == "/shaky")
    assert second - first >= 4


def test_a_site_that_says_429_is_left_alone_as_a_whole(folder: Path, website: Website) -> None:
    hrefs = [f"/{n}" for n in range(40)]
    website.pages = {"/": index("/stop", *hrefs), "/stop": (429, {"Retry-After": "3000"}, b"")}
    website.pages |= {href: article_page(href) for href in hrefs}
    write(folder, website)
    crawl(folder)

    assert len(website.asked()) < 12, "only what was in flight already"
    stop = pages(folder)["/stop"]
    assert (stop["state"], stop["reason"]) == ("pending", "http 429")

    before = website.asked()
    assert "plain asked to be left alone for another 50 minutes" in crawl(folder)
    assert website.asked() == before, "nor is it asked by the next crawl"
    assert rows(folder / "data" / "galen.db", "SELECT reason FROM runs ORDER BY id DESC LIMIT 1") == [
        {"reason": "paused"}
    ]


def test_redirects_keep_the_row_and_store_the_url_that_answered(folder: Path, website: Website) -> None:
    website.pages = {"/": index("/old"), "/old": (301, {"Location": "/new"}, b""), "/new": article_page("Moved")}
    write(folder, website)
    crawl(folder)

    found = pages(folder)
    assert set(found) == {"/", "/old"}
    assert found["/old"]["final_url"] == f"{website.url}/new"
    assert rows(folder / "data" / "galen.db", "SELECT url FROM articles") == [{"url": f"{website.url}/new"}]


@pytest.mark.parametrize("where", ["http://[bad", "javascript:alert(1)", "http://127.0.0.1:99999/"])
def test_a_redirect_to_no_url_is_refused_with_the_reason(folder: Path, website: Website, where: str) -> None:
    website.pages = {"/": index("/a"), "/a": (302, {"Location": where}, b"")}
    write(folder, website)
    crawl(folder)

    found = pages(folder)["/a"]
    assert found["state"] == "rejected"
    assert found["reason"].startswith("http 302")


def test_an_article_is_not_lost_to_a_malformed_url_in_its_head(folder: Path, website: Website) -> None:
    heads = {
        "/script": b'<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
        "/bad": b'<meta http-equiv="refresh" content="0;url=http://[bad">',
    }
    website.pages = {"/": index(*heads, "/moved")} | {
        path: article_page(path, text=f"{TEXT} {path}").replace(b"<head>", b"<head>" + head)
        for path, head in heads.items()
    }
    website.pages["/moved"] = b'<head><meta http-equiv="refresh" content="0;url=/new"></head>'
    website.pages["/new"] = article_page("/new", text=f"{TEXT} New.")
    write(folder, website)
    crawl(folder)

    titles = {row["title"] for row in rows(folder / "data" / "galen.db", "SELECT title FROM articles")}
    assert titles == {*heads, "/new"}
