"""Which lines are the body where no rule names it (crawler/extract/content.py, body.py)."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.extract.article import extract
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Origin

SITE = Site(name="fjord.example", domains=("fjord.example",))
TITLE = "What a knee says after a fall"
LEAD = "A knee that swells within an hour has usually bled inside, and that is the moment to see somebody about it."
TEXT = [
    f"In {days} days the swelling should go down, the leg carries weight, and stairs should be possible "
    "again without holding on to anything at all." for days in ("two", "three", "four", "five", "six", "seven")
]  # fmt: skip
MENU = "<ul>" + "".join(f"<li><a href=/s/{n}>Section number {n}</a></li>" for n in range(40)) + "</ul>"
OTHER = '<p><a href="/knee/8">Read as well what a shoulder says after a fall</a></p>'


def body_of(content: str) -> list[str]:
    head = f"<title>{TITLE}</title>"
    page = f"<html><head>{head}</head><body>{MENU}<div class=page>{content}</div>{MENU}<p>Imprint</p></body></html>"
    article = extract(read_page(page.encode(), "https://fjord.example/knee/7"), SITE, datetime.now(UTC)).article
    assert article is not None
    assert [e.origin for e in article.evidence if e.field == "body"] == [Origin.TRAFILATURA]
    return article.body.split("\n")


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def article(lines: list[str], extra: str = "") -> str:
    links = "".join(f"<li><a href=/t/{n}>Topic {n}</a>" for n in range(30))
    return (
        f"<article class=article-body>{paragraphs(lines[:3])}{extra}{paragraphs(lines[3:])}</article><ul>{links}</ul>"
    )


def test_a_lead_in_a_box_of_its_own_belongs_to_the_body() -> None:
    assert body_of(f"<h1>{TITLE}</h1><div class=teaser-box>{LEAD}</div>{article(TEXT)}") == [LEAD, *TEXT]


def test_the_title_is_not_repeated_as_the_first_line() -> None:
    assert body_of(article([TITLE.upper(), *TEXT])) == TEXT


def test_a_line_that_is_nothing_but_a_link_to_another_article_is_left_out() -> None:
    assert body_of(f"<h1>{TITLE}</h1>{article(TEXT, OTHER)}") == TEXT


def test_a_link_in_a_sentence_stays() -> None:
    linked = [*TEXT[:2], TEXT[2].replace("stairs should be possible", "<a href=/stairs>stairs</a> should be possible")]

    assert body_of(f"<h1>{TITLE}</h1>{article([*linked, *TEXT[3:]], OTHER)}") == TEXT


def test_an_anchor_that_is_closed_nowhere_makes_no_links_of_the_lines() -> None:
    assert body_of(f"<h1>{TITLE}</h1><a name=top>{article(TEXT)}") == TEXT
