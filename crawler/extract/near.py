"""The lines around an article's body where a rule names it: what stands between title and body, and what follows.

Everything else of the page stays unread, which is most of it on most sites.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import islice

from lxml import html

from crawler.extract.flow import MARK, Event, Line, Mark, lines, tree_events, words

_BEFORE = 60
_AFTER = 12


def lines_between(title: html.HtmlElement, body: html.HtmlElement, skip: Container[html.HtmlElement]) -> list[Line]:
    """Lines after the title's element and before the body's, at most 60; [] where the title stands behind or inside."""
    return list(islice(lines(_until(title, body, skip)), _BEFORE))


def lines_after(body: html.HtmlElement, skip: Container[html.HtmlElement], mark: Mark) -> list[Line]:
    """The first twelve lines after an element, none behind the mark of an unread box: there the article is over."""
    found: list[Line] = []
    for line in lines(_following(body, skip, mark)):
        found.append(line)
        if line.tag == MARK or len(found) == _AFTER:
            break
    return found


def stands_before(title: html.HtmlElement, body: html.HtmlElement) -> bool:
    """Whether one element ends before another begins."""
    above = {body, *body.iterancestors()}
    below = title
    for parent in title.iterancestors():
        if parent in above:
            return below not in above and any(beside in above for beside in below.itersiblings())
        below = parent
    return False


def _until(title: html.HtmlElement, body: html.HtmlElement, skip: Container[html.HtmlElement]) -> Iterator[Event]:
    """Events from one element's end to another's begin."""
    above = {body, *body.iterancestors()}
    element = title
    while True:
        yield from words(element.tail, False)
        beside = element.getnext()
        if beside is None:
            parent = element.getparent()
            if parent is None or parent in above:
                return
            yield "close", parent.tag
            element = parent
            continue
        while beside in above:
            if beside is body:
                return
            yield "open", beside.tag
            yield from words(beside.text, False)
            beside = beside[0]  # one of its children holds the body
        yield from tree_events(beside, skip)
        element = beside


def _following(body: html.HtmlElement, skip: Container[html.HtmlElement], mark: Mark) -> Iterator[Event]:
    """Events from an element's end to the end of the page."""
    yield "break", ""
    for element in (body, *body.iterancestors()):
        if element.tag == "body":
            return
        if element is not body:
            yield "close", element.tag
        yield from words(element.tail, False)
        for beside in element.itersiblings():
            yield from tree_events(beside, skip, mark)
            yield from words(beside.tail, False)
