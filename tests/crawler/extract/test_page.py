"""Decoding, the one tree, links, feeds and selectors (crawler/extract/page.py, tree.py)."""

from __future__ import annotations

import random
from urllib.parse import urldefrag, urljoin

import pytest
from lxml import html
from trafilatura.utils import load_html

from crawler.extract.page import Page, read_page, resolve
from tests.hang import ends

URL = "https://clinic.example/advice/7?x=1"


def read(text: str, url: str = URL) -> Page:
    return read_page(text.encode(), url)


def test_links_are_absolute_without_fragments_and_carry_their_words() -> None:
    page = read(
        "<a href='/a#top'>One  <b>link</b></a><a href='b/c'>Two</a><a href='//other.example/d'>Three</a>"
        "<a href='?page=2'>Four</a><a href='HTTPS://Clinic.Example/E'><img alt='Picture'></a>"
    )

    assert list(page.links()) == [
        ("https://clinic.example/a", "One link"),
        ("https://clinic.example/advice/b/c", "Two"),
        ("https://other.example/d", "Three"),
        ("https://clinic.example/advice/7?page=2", "Four"),
        ("https://Clinic.Example/E", ""),
    ]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:void(0)",
        " java\nscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "tel:123",
        "ftp://h.example/x",
        "#part",
        "",
        "http://[::1",
        "http://host:port/",
        "https://",
        "http:///nohost",
    ],
)
def test_what_is_no_web_link_is_left_out_and_costs_no_other(href: str) -> None:
    assert list(read(f'<a href="{href}">x</a><a href="/next">next</a>').links()) == [
        ("https://clinic.example/next", "next")
    ]


def test_nofollow_is_obeyed_for_a_link_and_for_a_page() -> None:
    assert list(read('<a rel="external nofollow" href="/a">a</a>').links()) == []
    assert list(read('<meta name="Robots" content="index, nofollow"><a href="/a">a</a>').links()) == []


def test_base_href_is_honoured_unless_it_leads_out_of_the_web() -> None:
    assert next(read('<base href="/deep/er/"><a href="x">x</a>').links())[0] == "https://clinic.example/deep/er/x"
    assert next(read('<base href="javascript:1"><a href="x">x</a>').links())[0] == "https://clinic.example/advice/x"


@pytest.mark.parametrize(
    "path", ["/a/../b", "/./a", "//", "/a b", "/ä", "a/../../..", "http://h.example/a/./b", "/a?b=../c"]
)
def test_the_fast_path_for_plain_links_agrees_with_the_slow_one(path: str) -> None:
    resolved = resolve(URL, path)

    assert resolved is None or resolved == urldefrag(urljoin(URL, path)).url


def test_feeds_are_found_by_type_and_comment_feeds_left_out() -> None:
    page = read(
        '<link rel="alternate" type="application/rss+xml" href="/feed"><link rel="alternate" hreflang="de" href="/de">'
        '<link rel="alternate" type="application/atom+xml; charset=utf-8" href="atom.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
    )

    assert page.feeds() == ("https://clinic.example/feed", "https://clinic.example/advice/atom.xml")


def test_the_first_selector_that_matches_wins() -> None:
    page = read("<div class=b>second</div><div class=a>first</div>")

    found = page.select((".missing", ".a", ".b"))

    assert found is not None
    assert found.text == "first"
    assert page.select((".missing",)) is None
    with pytest.raises(ValueError, match="is no CSS selector"):
        page.select(("div[",))


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7 <html>",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a<p>",
        b"PK\x03\x04",
        random.Random(3).randbytes(50_000),
        b'{"title": "json"}',
        b"plain words without markup",
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title></channel></rss>',
        b'<?xml version="1.0"?><urlset><url><loc>https://a.example/</loc></url></urlset>',
    ],
    ids=range(9),
)
def test_what_is_no_html_is_recognised_whatever_it_is_served_as(body: bytes) -> None:
    page = read_page(body, URL, "text/html; charset=utf-8")

    assert page.tree is None
    assert page.problem == "not html"
    assert list(page.links()) == []


def test_html_is_read_whatever_it_is_served_as() -> None:
    assert read_page(b"<html><body><p>words</p></body></html>", URL, "application/pdf").tree is not None


def test_nothing_is_empty() -> None:
    assert [read_page(body, URL).problem for body in (b"", b" \n\t ", b"\x00\x00")] == ["empty"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html lang=en><head><title>t</title></head><body><p>a<p>b<br>c</body></html>",
        '<?xml version="1.0" encoding="gbk"?><html><head><title>x</title></head><body><p>y</p></body></html>',
        "<html/>\n<body><div><p>faulty <b>nest<i>ing</b></i></div><!-- gone --></body>",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0/EN' 'http://w3.example/x.dtd'><html><body><p>\x0bq</p></body></html>",
    ],
)
def test_the_tree_is_the_one_that_trafilatura_builds(text: str) -> None:
    ours, theirs = read(text).tree, load_html(text)

    assert ours is not None
    assert theirs is not None
    assert html.tostring(ours) == html.tostring(theirs)


def test_a_page_of_a_hundred_thousand_nested_tags_is_read_as_far_as_the_bound() -> None:
    page = read("<title>t</title><h1>Deep</h1>" + "<div>" * 100_000 + "</div>" * 100_000 + "<p>after</p>")

    assert page.tree is not None
    assert "Deep" in page.tree.text_content()


def test_a_page_nested_too_deep_for_the_parser_keeps_what_comes_after() -> None:
    page = read("<title>t</title>" + "<div>" * 20_000 + "<h1>Deep</h1>" + "</div>" * 20_000 + "<p>after</p>")

    assert page.tree is not None
    assert page.tree.text_content().endswith("after")
    assert "Deep" in page.tree.text_content()


def test_a_script_too_long_for_the_parser_does_not_end_the_page() -> None:
    page = read("<script>" + "x" * 11_000_000 + "</script><h1>After</h1>")

    assert page.tree is not None
    assert page.tree.findtext(".//h1") == "After"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f'<a href="/a/{n}">link {n}</a>' for n in range(200_000)),
        "<title>" + "x" * 1_000_000 + "</title>",
        "<a href=x><b>" * 50_000,
        "<p " + " ".join(f'a{n}="v"' for n in range(100_000)) + ">words</p>",
        "<div>\x00\ud800</div>".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    ],
    ids=["links", "title", "nested links", "attributes", "surrogate"],
)
def test_hostile_sizes_are_read_to_their_end(text: str) -> None:
    with ends():
        sum(1 for _ in read(text).links())
