"""The same text gives the same article, whatever elements carry it (crawler/extract/form.py)."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extract.article import extract
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Article, PersonKind, Verdict

FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
SITE = Site(name="health.lantern.example", domains=("health.lantern.example",))
URL = "https://health.lantern.example/article/4411"

TITLE = "Why do my knees crack when I climb stairs?"
BYLINE = "Feb 11, 2026 Source: Lantern Health Desk"
DOCTOR = "Dr. Lin Yuqing"
LABEL = "Introduction"
SUMMARY = (
    "Cracking knees are usually harmless and come from small bubbles of gas in the joint. Keep a steady 步行 (walking) "
    "habit, warm up before exercise, and see a doctor if the noise comes with pain or swelling."
)
BODY = """\
Most knees make a noise now and then, and the noise alone is no disease. The detailed analysis is as follows:
1. Gas in the joint
  The fluid that greases the joint holds dissolved gas. When the knee bends the pressure falls and a bubble forms.
2. Worn cartilage
  With the years the smooth layer over the bone grows rough, which many people describe as the crunch of dry snow.
Walk on level ground and strengthen the thigh. If the knee swells, locks or gives way, have it examined in a clinic.
""".splitlines()
TAIL = (
    "Related Articles",
    "What helps against stiff fingers in the morning?",
    "Is swimming good for the back?",
    "View All",
)


@dataclass(frozen=True)
class Parts:
    """Which of the optional lines a page has."""

    byline: str | None = BYLINE
    doctor: str | None = DOCTOR
    summary: bool = True

    def lines(self) -> list[str]:
        found = [TITLE, self.byline, self.doctor]
        found += [LABEL, SUMMARY] if self.summary else []
        return [line for line in (*found, *BODY, *TAIL) if line]


Markup = Callable[[Sequence[str]], str]


def _each(tag: str) -> Markup:
    return lambda lines: "".join(f"<{tag}>{html.escape(line)}</{tag}>\n" for line in lines)


def _one_block(lines: Sequence[str]) -> str:
    return "<div>" + "<br>\n".join(map(html.escape, lines)) + "</div>"


def _empty_lines(lines: Sequence[str]) -> str:
    return "<div>" + "<br/><br/>".join(html.escape(line).replace("  ", "&nbsp;&nbsp;") for line in lines) + "</div>"


def _table(lines: Sequence[str]) -> str:
    return "<table>" + "".join(f"<tr><td>{html.escape(line)}</td></tr>" for line in lines) + "</table>"


def _definitions(lines: Sequence[str]) -> str:
    first, *rest = lines
    return f"<dl><dt>{html.escape(first)}</dt>" + "".join(f"<dd>{html.escape(line)}</dd>" for line in rest) + "</dl>"


def _list_items(lines: Sequence[str]) -> str:
    return "<ul>" + _each("li")(lines) + "</ul>"


def _spans(lines: Sequence[str]) -> str:
    return "<div>" + "\n".join(f'<span class="l">{html.escape(line)}</span>' for line in lines) + "</div>"


def _spans_with_breaks(lines: Sequence[str]) -> str:
    return "".join(f"<span><b>{html.escape(line)}</b></span><br>" for line in lines)


def _preformatted(lines: Sequence[str]) -> str:
    return "<pre>" + "\n\n".join(map(html.escape, lines)) + "</pre>"


def _article(lines: Sequence[str]) -> str:
    first, *rest = lines
    return f"<main><article><header><h1>{html.escape(first)}</h1></header>" + _each("p")(rest) + "</article></main>"


def _headings(lines: Sequence[str]) -> str:
    tags = {LABEL: "h2", TAIL[0]: "h3", TITLE: "h1"}
    return (
        "<section>"
        + "".join(f"<{tags.get(line, 'p')}>{html.escape(line)}</{tags.get(line, 'p')}>" for line in lines)
        + "</section>"
    )


def _nested(lines: Sequence[str]) -> str:
    return "".join(f"<div><div><section><font>{html.escape(line)}</font></section></div></div>" for line in lines)


def _words_apart(lines: Sequence[str]) -> str:
    return "".join("<p>" + " ".join(f"<i>{html.escape(word)}</i>" for word in line.split()) + "</p>" for line in lines)


MARKUPS: dict[str, Markup] = {
    "divs": _each("div"),
    "paragraphs": _each("p"),
    "list items": _list_items,
    "spans": _spans,
    "spans with breaks": _spans_with_breaks,
    "one block with line breaks": _one_block,
    "one block with empty lines": _empty_lines,
    "table rows": _table,
    "definition list": _definitions,
    "preformatted": _preformatted,
    "article with h1": _article,
    "headings": _headings,
    "nested elements": _nested,
    "every word in an element": _words_apart,
}


def page(content: str, *, title: str = f"{TITLE} - Lantern Health") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{html.escape(title)}</title></head><body>"
        "<nav><a href=/>Home</a> <a href=/bones>Bones and joints</a></nav>"
        f"{content}<footer>Imprint</footer></body></html>"
    ).encode()


def read(body: bytes) -> Article:
    extraction = extract(read_page(body, URL), SITE, FETCHED)
    assert extraction.verdict is Verdict.ARTICLE, extraction.reason
    assert extraction.article is not None
    return extraction.article


def essence(article: Article) -> dict[str, object]:
    """What must be the same on every page with this text."""
    return {
        "title": article.title,
        "source": article.source,
        "doctors": [p.name for p in article.people if p.kind is PersonKind.CLINICIAN],
        "published": article.published and article.published.value,
        "summary": article.summary,
        "body": article.body.split("\n"),
    }


def expected(parts: Parts) -> dict[str, object]:
    byline = parts.byline or ""
    return {
        "title": TITLE,
        "source": "Lantern Health Desk" if "Source" in byline else None,
        "doctors": ["Lin Yuqing"] if parts.doctor else [],
        "published": "2026-02-11" if "Feb 11" in byline else None,
        "summary": SUMMARY if parts.summary else None,
        "body": [line.strip() for line in BODY],
    }


VARIANTS = [
    Parts(byline=byline, doctor=doctor, summary=summary)
    for byline, doctor, summary in product(
        (BYLINE, "Feb 11, 2026", "Source: Lantern Health Desk", None), (DOCTOR, None), (True, False)
    )
]


@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS.keys())
def test_the_same_text_gives_the_same_article_in_any_markup(markup: Markup) -> None:
    article = read(page(markup(Parts().lines())))

    assert essence(article) == expected(Parts())
    assert [f.text for f in article.fragments] == ["步行"]


@pytest.mark.parametrize("parts", VARIANTS, ids=str)
@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS.keys())
def test_lines_that_a_page_lacks_are_left_out_and_nothing_is_invented(markup: Markup, parts: Parts) -> None:
    assert essence(read(page(markup(parts.lines())))) == expected(parts)


def test_a_page_without_a_title_element_is_read_by_its_first_heading() -> None:
    article = read(page(_article(Parts().lines()), title=""))

    assert essence(article) == expected(Parts())


_ATTRIBUTES = st.sampled_from(("", ' class="x1"', ' id="k"', ' data-a="1" style="color:red"', ' lang=""', " itemscope"))
_OUTER = st.sampled_from(("div", "p", "section", "li", "blockquote", "td", "dd"))
_INNER = st.lists(st.sampled_from(("span", "b", "i", "font", "em", "strong")), max_size=3)
_SPACE = st.sampled_from(("", " ", "\n", "\n\t  ", "&nbsp;", "<!-- x -->", "\u3000"))


@st.composite
def noisy_pages(draw: st.DrawFn) -> str:
    """The text in random elements, attributes and white space."""
    pieces = []
    for line in Parts().lines():
        outer, inner = draw(_OUTER), draw(_INNER)
        opened = "".join(f"<{tag}{draw(_ATTRIBUTES)}>" for tag in inner)
        closed = "".join(f"</{tag}>" for tag in reversed(inner))
        text = html.escape(line).replace(" ", draw(st.sampled_from((" ", "  ", "\n"))))
        pieces.append(
            f"<{outer}{draw(_ATTRIBUTES)}>{draw(_SPACE)}{opened}{text}{closed}{draw(_SPACE)}</{outer}>{draw(_SPACE)}"
        )
    return "".join(pieces)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(noisy_pages())
def test_wrappers_white_space_and_attributes_make_no_difference(content: str) -> None:
    assert essence(read(page(content))) == expected(Parts())
