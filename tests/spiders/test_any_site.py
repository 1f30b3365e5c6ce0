from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spiders.any_site import AnySite
from tests.website import TEXT, Website, article_page, galen, json_output, rows

ROBOTS = "User-agent: *\nDisallow: /private/\n"


def feed(*urls: str) -> bytes:
    items = "".join(f"<item><title>x</title><link>{url}</link></item>" for url in urls)
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def sitemap(*urls: str) -> bytes:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


def page(title: str, links: str = "") -> bytes:
    return article_page(title, links=links, text=f"{title}. {TEXT}")


def crawl(folder: Path, website: Website, path: str = "/") -> dict[str, str]:
    """Crawl with the spider `site`; returns title -> path of the articles."""
    report: Any = json_output(galen(folder, "crawl", website.url + path, "--delay", "0", "--json"))
    assert report["crawls"][0]["state"] == "done"
    found = rows(folder / "data" / "galen.db", "SELECT title, url FROM articles")
    return {row["title"]: row["url"].removeprefix(website.url) for row in found}


def test_a_page_whose_base_is_no_url_keeps_its_article_and_its_links(tmp_path: Path, website: Website) -> None:
    broken = page("Alpha", '<a href="b">x</a>').replace(b"<head>", b'<head><base href="http://[bad/">')
    website.pages = {"/": b'<a href="/a">x</a>', "/a": broken, "/b": page("Beta")}

    assert crawl(tmp_path, website) == {"Alpha": "/a", "Beta": "/b"}


def test_sitemaps_that_robots_txt_names_come_first(tmp_path: Path, website: Website) -> None:
    website.pages = {
        "/robots.txt": f"{ROBOTS}Sitemap: {website.url}/map.xml".encode(),
        "/": b'<a href="/unlisted">x</a><link rel=alternate type=application/rss+xml href=/feed>',
        "/map.xml": sitemap(f"{website.url}/a", f"{website.url}/private/b"),
        "/a": page("Alpha"),
        "/unlisted": page("Unlisted"),
    }

    assert crawl(tmp_path, website) == {"Alpha": "/a"}
    assert "/private/b" not in website.asked()
    assert "/feed" not in website.asked()
    (row,) = rows(tmp_path / "data" / "galen.db", "SELECT reason FROM pages WHERE url LIKE '%/private/b'")
    assert row["reason"] == "robots.txt disallows it"


def test_without_sitemaps_the_feeds_of_the_page_are_read(tmp_path: Path, website: Website) -> None:
    website.pages = {
        "/": b"<head><link rel=alternate type=application/rss+xml href=/feed></head><a href=/unlisted>x</a>",
        "/feed": feed(f"{website.url}/a"),
        "/a": page("Alpha"),
        "/unlisted": page("Unlisted"),
    }

    assert crawl(tmp_path, website) == {"Alpha": "/a"}


def test_without_sitemaps_and_feeds_links_are_followed_within_the_host(tmp_path: Path, website: Website) -> None:
    website.pages = {
        "/": b'<a href="/a">x</a> <a href="http://127.0.0.1:9/elsewhere">y</a>',
        "/a": page("Alpha", links='<a href="/b/c">x</a>'),
        "/b/c": page("Beta"),
    }

    assert crawl(tmp_path, website) == {"Alpha": "/a", "Beta": "/b/c"}


def test_the_page_whose_url_was_given_is_read_itself(tmp_path: Path, website: Website) -> None:
    website.pages = {
        "/robots.txt": f"Sitemap: {website.url}/map.xml".encode(),
        "/news/7?id=1": page("Seven"),
        "/map.xml": sitemap(),
    }

    assert crawl(tmp_path, website, "/news/7?id=1") == {"Seven": "/news/7?id=1"}


def test_a_robots_txt_that_is_missing_or_html_is_no_obstacle(tmp_path: Path, website: Website) -> None:
    website.pages = {"/robots.txt": b"<html>home</html>", "/": b'<a href="/a">x</a>', "/a": page("Alpha")}

    assert crawl(tmp_path, website) == {"Alpha": "/a"}


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org/", "http://", "javascript:alert(1)"])
def test_what_is_no_url_of_a_page_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="needs the URL of a page"):
        AnySite(url=url)


def test_the_site_is_named_after_host_and_port_without_credentials() -> None:
    assert AnySite(url="http://me:secret@Example.org:8080/x?y=1#z").site.domains == ("example.org:8080",)
