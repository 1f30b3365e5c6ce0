"""What is read of a page before anything is chosen: its data, its lines, its title, the parts of its text."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from lxml import html

from crawler.extract.clean import clean_line, tidy, title_key
from crawler.extract.flow import Line, read_lines
from crawler.extract.form import Form, find_title, longest_prose, read_form
from crawler.extract.language import language_of
from crawler.extract.near import lines_after, lines_between, stands_before
from crawler.extract.page import Page, select_in
from crawler.extract.related import Unread, Unrelated, end_heading, find_unrelated
from crawler.extract.source import site_names
from crawler.extract.structured import Structured, read_structured
from crawler.extract.title import TitleCandidate, choose_title, title_candidates
from crawler.extract.verdict import LISTING_PROSE
from crawler.site import Site
from db.records import Origin

_TITLE_LIMIT = 500
_SAMPLE = 5000


@dataclass(frozen=True, slots=True)
class Ruled:
    """The text in the elements that a rule names as the body."""

    selector: str
    lines: tuple[Line, ...]
    origin: Origin
    """The site's declaration, or what was learned."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page, read; every later step chooses from it."""

    page: Page
    tree: html.HtmlElement
    site: Site
    structured: Structured
    skip: Container[html.HtmlElement]
    """Elements that are not read: furniture, cards, and what the site's rule removes."""
    unrelated: Callable[[], Unrelated]
    """The same, told apart, with what the site's rule removes as furniture; found when first asked for."""
    cards: Callable[[], AbstractSet[html.HtmlElement]]
    """Its cards alone; found when first asked for."""
    lines: tuple[Line, ...]
    """The page's text without what is skipped; where a rule names the body, that and the lines beside it."""
    title: TitleCandidate | None
    titles: tuple[TitleCandidate, ...]
    form: Form
    """The parts of the text after the title."""
    language: str | None
    """Of the text after the title; reading a byline needs it."""
    ruled: Ruled | None = None
    """The body by the site's rule, None where there is no rule or nothing that it names."""
    near: bool = False
    """Whether only the body and the lines beside it were read."""
    alive: tuple[html.HtmlElement, ...] = ()
    """Every element: while they are held, lxml makes the Python objects of a tree once, not once a step."""


def read(page: Page, tree: html.HtmlElement, site: Site, *, learned: str | None = None) -> Reading:
    """Everything that later steps choose from; `tree` is the page's. ValueError for a selector that is no CSS.

    `learned` is a selector of the body that was learned; it counts only where it spares reading the rest of the page.
    """
    structured = read_structured(page)
    heading = _main_heading(page, structured)
    removed = {element for selector in site.remove for element in select_in(tree, selector)}
    for selectors, origin in (((learned,) if learned else (), Origin.LEARNED), (site.body, Origin.RULE)):
        ruled = page.select_all(selectors)
        if ruled is not None and heading is not None:
            near = _read_near(page, tree, site, structured, heading, removed, ruled, origin)
            if near is not None:
                return near
    return _read_all(page, tree, site, structured, heading, removed, page.select_all(site.body))


def _read_near(
    page: Page,
    tree: html.HtmlElement,
    site: Site,
    structured: Structured,
    heading: html.HtmlElement,
    removed: set[html.HtmlElement],
    ruled: tuple[str, list[html.HtmlElement]],
    origin: Origin,
) -> Reading | None:
    """The body that a rule names and what stands beside it; None where that does not decide everything."""
    selector, elements = ruled
    inside = elements[0] in set(heading.iterancestors())
    if not (inside or stands_before(heading, elements[0])):
        return None
    skip = Unread(tree, heading, removed)
    text = [line for element in elements for line in read_lines(element, skip)]
    skip.known = sum(len(line.text) for line in text if line.tag == "p")
    # no listing holds such a text, so that the rest of the page need not be looked at
    if longest_prose(text)[0] < LISTING_PROSE and (origin is Origin.LEARNED or not site.article):
        return None
    shown = tidy("".join(heading.itertext()))
    titles = _titles(page, tree, site, structured, [shown])
    title = choose_title(titles)
    if title is None:
        return None
    following = lines_after(elements[-1], skip, end_heading)
    if inside:
        below = _below_title(text, shown)
        if below is None:
            return None
        lines = [*below, *following]
        form = read_form(lines)
        text = below[len(form.header) :]
    else:
        lines = [*_below_other_title(lines_between(heading, elements[0], skip), shown, titles), *text, *following]
        form = read_form(lines)
    return Reading(
        page=page,
        tree=tree,
        site=site,
        structured=structured,
        skip=skip,
        unrelated=cache(lambda: _unrelated(tree, heading, removed)),
        cards=skip.cards,
        lines=tuple(lines),
        title=title,
        titles=tuple(titles),
        form=form,
        language=_language(form, lines),
        ruled=Ruled(selector, tuple(text), origin),
        near=True,
    )


def _read_all(
    page: Page,
    tree: html.HtmlElement,
    site: Site,
    structured: Structured,
    heading: html.HtmlElement | None,
    removed: set[html.HtmlElement],
    ruled: tuple[str, list[html.HtmlElement]] | None,
) -> Reading:
    """The whole page."""
    alive = tuple(tree.iter())
    unrelated = _unrelated(tree, heading, removed)
    skip = unrelated.furniture.union(unrelated.cards)
    body = tree.find(".//body")
    lines = read_lines(tree if body is None else body, skip, end_heading)
    titles = _titles(page, tree, site, structured, [line.text for line in lines if line.heading == 1][:3])
    title = choose_title(titles)
    place = find_title(lines, [candidate.text for candidate in ([title] if title else []) + titles])
    if title is None and lines:
        title, place = TitleCandidate(lines[0].text[:_TITLE_LIMIT], Origin.TEXT, "first line"), 0
    form = read_form(lines if place is None else lines[place + 1 :])
    found = None
    if ruled is not None:
        text = [line for element in ruled[1] for line in read_lines(element, skip)]
        below = None if heading is None else _below_title(text, tidy("".join(heading.itertext())))
        found = Ruled(ruled[0], tuple(text if below is None else below[len(form.header) :]), Origin.RULE)
    return Reading(
        page=page,
        tree=tree,
        site=site,
        structured=structured,
        skip=skip,
        unrelated=lambda: unrelated,
        cards=lambda: frozenset(unrelated.cards),
        lines=tuple(lines),
        title=title,
        titles=tuple(titles),
        form=form,
        language=_language(form, lines),
        ruled=found,
        alive=alive,
    )


def _below_title(lines: Sequence[Line], shown: str) -> list[Line] | None:
    """Lines of a body's element after the heading with the page's title, None where it is not among them."""
    key = title_key(shown)
    place = next((n for n, line in enumerate(lines) if line.heading == 1 and title_key(line.text) == key), None)
    return None if place is None else list(lines[place + 1 :])


def _below_other_title(header: list[Line], shown: str, titles: Sequence[TitleCandidate]) -> list[Line]:
    """Lines between h1 and body, after the title where the h1 is the site's name or a section's and it stands below."""
    key = title_key(shown)
    others = [one.text for one in titles if title_key(one.text) not in key and key not in title_key(one.text)]
    place = find_title(header, others)
    return header if place is None else header[place + 1 :]


def _unrelated(tree: html.HtmlElement, heading: html.HtmlElement | None, removed: set[html.HtmlElement]) -> Unrelated:
    """What the page's article is not, and what a rule removes."""
    found = find_unrelated(tree, heading)
    return Unrelated(found.furniture | removed, found.cards)


def _main_heading(page: Page, structured: Structured) -> html.HtmlElement | None:
    """The h1 that holds the title: the one that data agrees with, else the only one."""
    headings = page.named["h1"]
    said = [title_key(f.value) for field in ("title", "title_twitter") for f in structured.all(field)]
    said += [title_key("".join(element.itertext())) for element in page.named["title"][:1]]
    for heading in headings:
        key = title_key("".join(heading.itertext()))
        if key and any(key == other or (len(key) > 8 and key in other) for other in said):
            return heading
    return headings[0] if len(headings) == 1 else None


def _titles(
    page: Page, tree: html.HtmlElement, site: Site, structured: Structured, headings: Sequence[str]
) -> list[TitleCandidate]:
    """Title candidates, with the texts of the page's h1 among them; only a rule's, where it finds one."""
    ruled = page.select_all(site.title)
    if ruled:
        selector, elements = ruled
        text = clean_line("".join(elements[0].itertext()), _TITLE_LIMIT)
        if text:
            return [TitleCandidate(text, Origin.RULE, selector)]
    return title_candidates(tree, structured, headings, site_names(page.url, structured, site))


def _language(form: Form, lines: list[Line]) -> str | None:
    """Language of the text after the title, else of all text."""
    text = "\n".join(line.text for line in form.rest[:40])[:_SAMPLE]
    return language_of(text) or language_of("\n".join(line.text for line in lines[:200])[:_SAMPLE])
