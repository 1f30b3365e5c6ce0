"""No input raises, takes long or leaves unclean text (the whole of crawler/extract)."""

from __future__ import annotations

import json
import random
import re
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crawler.extract.article import extract, extract_part
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Article, Verdict
from tests.hang import ends

FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
RULED = Site(
    name="Any",
    domains=("any.example",),
    title=("h1",),
    body=("div", "body"),
    summary=("p",),
    byline=("span",),
    remove=("b",),
    next_part=("a",),
)
SITES = (Site(name="any.example", domains=("any.example",)), RULED)
UNCLEAN = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def run(body: bytes, url: str = "https://any.example/a/1") -> None:
    page = read_page(body, url)
    list(page.links())
    page.feeds()
    for site in SITES:
        extraction = extract(page, site, FETCHED)
        assert (extraction.article is not None) == (extraction.verdict is Verdict.ARTICLE)
        assert (extraction.reason is None) == (extraction.verdict is Verdict.ARTICLE)
        if extraction.article is not None:
            check(extraction.article)
        part = extract_part(page, site, article_url=url, number=2)
        if part is not None:
            check_texts(part)


def check(article: Article) -> None:
    assert article.title.strip()
    assert article.body.strip()
    assert "\n" not in article.title
    assert not any(line != line.strip() or not line for line in article.body.split("\n"))
    check_texts(article)


def check_texts(value: object) -> None:
    """Every string of a record is clean and not empty."""
    if isinstance(value, str):
        assert not UNCLEAN.search(value), value
    elif isinstance(value, tuple):
        for item in value:
            check_texts(item)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            assert inner != "" or field.name in ("extractor", "url", "article_url"), field.name
            check_texts(inner)


WORDS = [
    "Drink something warm and rest for a few days, which helps most people a great deal. ",
    "每天早睡早起，多喝温水，少熬夜，如有不适请及时就医。",
    "Dr. ",
    "Source: ",
    "Introduction",
    "Related Articles",
    "May 4, 2025 ",
    "2025-02-30",
    "来源：",
    "\x00",
    "\u202e",
    "&#xD800;",
    "&#0;",
    "\ud800",
    "\x85",
    "By Mia Torp, MD ",
    "Medically reviewed by ",
    "<",
    ">",
    "&",
    "&nbsp;",
    '"',
    "'",
    "]]>",
    "<!--",
    "-->",
    "<![CDATA[",
]
TAGS = """html head body title meta h1 h2 p div span b i a ul li table tr td br script style pre article nav select form
template svg""".split()
ATTRIBUTES = [
    "",
    " class=author",
    " class='related x'",
    " href='http://[x'",
    " href=/b",
    " itemprop=author itemscope",
    " style='display:none'",
    " property=og:title content='T | T'",
    " name=author content='A B'",
    " rel=canonical href='//'",
    " type=application/ld+json",
    " hidden",
    " itemprop=datePublished content=x",
    " property=article:published_time content=9999-99-99",
    " http-equiv=content-type content='charset=hex'",
]


@st.composite
def tag_soup(draw: st.DrawFn) -> bytes:
    """Tags, attributes and words of the subject in any order, in any encoding."""
    pieces = []
    for _ in range(draw(st.integers(1, 60))):
        kind = draw(st.integers(0, 3))
        if kind == 0:
            pieces.append(f"<{draw(st.sampled_from(TAGS))}{draw(st.sampled_from(ATTRIBUTES))}>")
        elif kind == 1:
            pieces.append(f"</{draw(st.sampled_from(TAGS))}>")
        else:
            pieces.append(draw(st.sampled_from(WORDS)) * draw(st.integers(1, 4)))
    encoding = draw(st.sampled_from(["utf-8", "gbk", "utf-16", "latin-1"]))
    return "".join(pieces).encode(encoding, "surrogatepass" if encoding in ("utf-8", "utf-16") else "ignore")


quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(tag_soup())
def test_no_markup_raises_or_leaves_unclean_text(body: bytes) -> None:
    run(body)


@quick
@given(st.binary(max_size=400))
@example(b"<p>\xff\xfe\x00")
@example(b"\xff\xfe<\x00p\x00>\x00")
def test_no_bytes_raise(body: bytes) -> None:
    run(b"<html><body><p>" + body)
    run(body)


@quick
@given(
    st.dictionaries(
        st.sampled_from(["@type", "@graph", "@id", "author", "headline", "datePublished", "name", "publisher"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.sampled_from(["Article", "#a", "A B", "2025-05-04", ""]),
            lambda x: (
                st.lists(x, max_size=3)
                | st.dictionaries(st.sampled_from(["name", "@id", "@type", "@value"]), x, max_size=3)
            ),
            max_leaves=8,
        ),
    )
)
def test_no_json_ld_raises(data: dict[str, object]) -> None:
    text = "<p>" + WORDS[0] * 4 + "</p>"
    script = f'<script type="application/ld+json">{json.dumps({"@type": "Article", **data})}</script>'
    run(f"{script}<h1>T</h1>{text}".encode())


@pytest.mark.parametrize(
    "url",
    ["", "x", "https://", "http://[::1]:x/", "https://any.example:99999/a", "https://any.example/%ff?" + "a" * 5000],
)
def test_no_url_raises(url: str) -> None:
    run(b"<h1>A title</h1><p>" + WORDS[0].encode() * 4, url)


HOSTILE = {
    "deep spans": "<h1>Deep</h1>" + "<span>a " * 30_000,
    "lines": "line of text<br>" * 30_000,
    "preformatted": "<pre>" + "line\n" * 40_000 + "</pre>",
    "teasers": "".join(
        f"<h2><a href=/{n}>A link with a long title {n}</a></h2><p>Some words for it.</p>" for n in range(5_000)
    ),
    "headings": "<h1>A heading that is long enough</h1>" * 6_000,
    "months": "<p>" + "Dec " * 60_000 + "</p><p>Source:" + " " * 300_000 + "</p>",
    "digits": "<p>" + "2025-" * 50_000 + "1/1/" * 50_000 + "</p>",
    "brackets": "<p>" + "(" * 100_000 + "步" * 1000 + ")" * 100_000 + "</p>",
    "title": "<title>" + "word - " * 150_000 + "</title>",
    "classes": f"<div class='{'related-x ' * 100_000}'>x</div>",
    "authors": "<div class=author>A B</div>" * 3_000,
    "nested lists": "<ul><li>" * 20_000,
}


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_is_read_to_its_end(markup: str) -> None:
    with ends():
        run(markup.encode())


def test_noise_is_never_an_article() -> None:
    for seed in range(5):
        page = read_page(random.Random(seed).randbytes(200_000), "https://any.example/a/1", "text/html")
        assert extract(page, SITES[0], FETCHED).verdict is Verdict.REJECTED
