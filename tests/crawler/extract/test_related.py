"""What belongs to other pages is cut before names and dates are read (crawler/extract/related.py)."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.extract.flow import read_lines
from crawler.extract.related import find_unrelated

PARAGRAPH = "<p>" + "This paragraph belongs to the article and is long enough to weigh something. " * 8 + "</p>"
CREDIT = "Medically reviewed by Nora Falk, MD"


def text(markup: str) -> str:
    root = html.document_fromstring(f"<html><body>{markup}</body></html>")
    found = find_unrelated(root, root.find(".//h1"))
    return "\n".join(line.text for line in read_lines(root, found.furniture.union(found.cards)))


@pytest.mark.parametrize(
    "block",
    [
        f"<aside>{CREDIT}</aside>",
        f"<nav>{CREDIT}</nav>",
        f"<footer>{CREDIT}</footer>",
        f"<header><div>{CREDIT}</div></header>",
        f"<div class='c-related-articles'>{CREDIT}</div>",
        f"<div class='css-1 relatedStories'><div>{CREDIT}</div></div>",
        f"<section id=recommendations>{CREDIT}</section>",
        f"<div class='article__comments'>{CREDIT}</div>",
        f"<div class='author-bio'>{CREDIT}</div>",
        f"<div role=complementary>{CREDIT}</div>",
        (
            f"<ul><li><a href=/1>What to do about a cold in winter</a><p>{CREDIT}</p></li>"
            f"<li><a href=/2>How long does a fever usually last?</a><p>{CREDIT}</p></li></ul>"
        ),
        f"<div class=css-x1><a href=/1><h3>What to do about a cold</h3></a><p>{CREDIT}</p></div>",
        f"<article><h3><a href=/1>What to do about a cold</a></h3><span>{CREDIT}</span></article>",
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_reviewer_in_a_block_of_another_article_is_not_read(block: str, place: str) -> None:
    inner = f"{block}{PARAGRAPH}" if place == "before" else f"{PARAGRAPH}{block}"
    shown = text(f"<div><h1>Coughs at night</h1><div class=byline>By Mia Torp</div>{inner}</div>")

    assert "Nora Falk" not in shown
    assert "By Mia Torp" in shown
    assert "belongs to the article" in shown


@pytest.mark.parametrize(
    "wrapper",
    [
        "<div class='layout has-sidebar'>{}</div>",
        "<div class='content-with-sidebar'>{}</div>",
        "<div id=main-nav-body class='sidebar'>{}</div>",
        "<aside>{}</aside>",
        "<div class='page related'>{}</div>",
    ],
)
def test_what_holds_the_title_or_most_of_the_text_is_never_cut(wrapper: str) -> None:
    assert "belongs to the article" in text(wrapper.format(f"<h1>Coughs</h1>{PARAGRAPH}"))
    assert "belongs to the article" in text("<h1>Coughs</h1>" + wrapper.format(PARAGRAPH * 3))


def test_a_linked_doctor_and_a_linked_section_heading_stay() -> None:
    shown = text(
        f"<h1>Coughs</h1><ul><li><a href=/d/1>Dr. Mia Torp</a></li><li>Lung clinic</li></ul>"
        f"<h2><a href=#c>Causes of a cough</a></h2>{PARAGRAPH}"
    )

    assert "Dr. Mia Torp" in shown
    assert "Causes of a cough" in shown
