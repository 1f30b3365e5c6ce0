"""What is read of a page before anything is chosen: its data, its lines, its title, the parts of its text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from lxml import html

from crawler.extract.clean import clean_line
from crawler.extract.flow import Line, read_lines
from crawler.extract.form import Form, find_title, read_form
from crawler.extract.language import language_of
from crawler.extract.page import Page, select_in
from crawler.extract.phrases import is_end
from crawler.extract.related import find_unrelated
from crawler.extract.source import site_names
from crawler.extract.structured import Structured, read_structured
from crawler.extract.title import TitleCandidate, choose_title, title_candidates, title_key
from crawler.site import Site
from db.records import Origin

_TITLE_LIMIT = 500
_SAMPLE = 5000


@dataclass(frozen=True, slots=True)
class Reading:
    """A page, read; every later step chooses from it."""

    page: Page
    tree: html.HtmlElement
    site: Site
    structured: Structured
    skip: frozenset[html.HtmlElement]
    """Elements that are not read: furniture, cards, and what the site's rule removes."""
    cut: frozenset[html.HtmlElement]
    """The same without the cards, which are a guess."""
    cards: tuple[html.HtmlElement, ...]
    """Teasers of other articles."""
    lines: tuple[Line, ...]
    """The page's text without what is skipped."""
    title: TitleCandidate | None
    titles: tuple[TitleCandidate, ...]
    form: Form
    """The parts of the text after the title."""
    language: str | None
    """Of the text after the title; reading a byline needs it."""
    alive: tuple[html.HtmlElement, ...]
    """Every element: while they are held, lxml makes the Python objects of a tree once, not once a step."""


def read(page: Page, tree: html.HtmlElement, site: Site) -> Reading:
    """Everything that later steps choose from; `tree` is the page's. ValueError for a selector that is no CSS."""
    alive = tuple(tree.iter())
    structured = read_structured(tree)
    others = find_unrelated(tree, _main_heading(tree, structured))
    removed = {element for selector in site.remove for element in select_in(tree, selector)}
    cut = others.furniture | removed
    skip = cut.union(others.cards)
    body = tree.find(".//body")
    lines = read_lines(tree if body is None else body, skip, _ends(skip))
    titles = _titles(page, tree, site, structured, lines)
    title = choose_title(titles)
    place = find_title(lines, [candidate.text for candidate in ([title] if title else []) + titles])
    if title is None and lines:
        title, place = TitleCandidate(lines[0].text[:_TITLE_LIMIT], Origin.TEXT, "first line"), 0
    form = read_form(lines if place is None else lines[place + 1 :])
    return Reading(
        page=page,
        tree=tree,
        site=site,
        structured=structured,
        skip=skip,
        cut=cut,
        cards=others.cards,
        lines=tuple(lines),
        title=title,
        titles=tuple(titles),
        form=form,
        language=_language(form, lines),
        alive=alive,
    )


def _ends(skip: frozenset[html.HtmlElement]) -> dict[html.HtmlElement, str]:
    """Skipped boxes whose heading says that other articles begin: there the article ends for the reader."""
    found = {}
    for element in skip:
        first = next((text for text in map(str.strip, islice(element.itertext(), 40)) if text), "")
        if is_end(first):
            found[element] = first
    return found


def _main_heading(tree: html.HtmlElement, structured: Structured) -> html.HtmlElement | None:
    """The h1 that holds the title: the one that data agrees with, else the only one."""
    headings = list(tree.iter("h1"))
    said = [title_key(f.value) for field in ("title", "title_twitter") for f in structured.all(field)]
    element = tree.find(".//title")
    if element is not None:
        said.append(title_key("".join(element.itertext())))
    for heading in headings:
        key = title_key("".join(heading.itertext()))
        if key and any(key == other or (len(key) > 8 and key in other) for other in said):
            return heading
    return headings[0] if len(headings) == 1 else None


def _titles(
    page: Page, tree: html.HtmlElement, site: Site, structured: Structured, lines: list[Line]
) -> list[TitleCandidate]:
    """Title candidates; only a rule's, where it finds one."""
    ruled = page.select_all(site.title)
    if ruled:
        selector, elements = ruled
        text = clean_line("".join(elements[0].itertext()), _TITLE_LIMIT)
        if text:
            return [TitleCandidate(text, Origin.RULE, selector)]
    headings = [line.text for line in lines if line.heading == 1][:3]
    return title_candidates(tree, structured, headings, site_names(page.url, structured, site))


def _language(form: Form, lines: list[Line]) -> str | None:
    """Language of the text after the title, else of all text."""
    text = "\n".join(line.text for line in form.rest[:40])[:_SAMPLE]
    return language_of(text) or language_of("\n".join(line.text for line in lines[:200])[:_SAMPLE])
