"""The body of an article where no rule names it: trafilatura, on the page's own tree."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree, html
from trafilatura import bare_extraction

from crawler.extract.clean import clean_text
from crawler.extract.tables import cut_to_size
from crawler.extract.tree import count_elements

# trafilatura's passes grow faster than the page; beyond these sizes it would take seconds
_MAX_ELEMENTS = 40_000
_SHORT = 1000
_COVERED = 0.6
_COVERED_SHORT = 0.9
_EXPECTED = 0.25
_HELD = 0.995
_LINE = 60
_OWN_TEXT_TAGS = frozenset({"div", "td"})
_TEXT_TAGS = ("p", "li", "blockquote", "pre", "dd", *_OWN_TEXT_TAGS)
_MARK = re.compile(r"^(?:- |\| ?)|(?: ?\|)+$")

# it logs every page in which it finds nothing; our verdict says that
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Body:
    """Lines of a body and how they were found."""

    lines: tuple[str, ...]
    detail: str


def generic_body(
    tree: html.HtmlElement, url: str, shown: Sequence[str], cut: Collection[html.HtmlElement] = frozenset()
) -> Body:
    """Trafilatura's main text, as lines without list and table marks; () where it finds none.

    It reads a copy of the part that holds the text, without the elements in `cut` (the site's furniture, or what a rule
    removes): cheaper than the page, and better in F1 on three sets of real pages. `shown` is the running text after the
    title, paragraph by paragraph: where the fast mode found little of it, or mostly other things, or little at all, its
    slower comparison of extractors decides on the whole page. The tree is not changed.
    """
    if count_elements(tree) > _MAX_ELEMENTS:
        return Body((), "page too large")
    fast = _extract(_part(tree, cut), url, fast=True)
    if not _is_doubtful(fast, shown):
        return Body(fast, "fast")
    full = _extract(tree, url, fast=False)
    return Body(full, "full") if full else Body(fast, "fast")


def _part(tree: html.HtmlElement, cut: Collection[html.HtmlElement]) -> html.HtmlElement:
    """A copy of what holds the text, without some elements and without scripts; text that follows them stays."""
    top = _holder(tree, cut)
    paths = [path for one in cut if one.getparent() not in cut and (path := _path(one, top)) is not None]
    copy = deepcopy(top)
    copy.tail = None
    # all are looked up before any is dropped: dropping shifts the places of those that follow
    doomed = [*[_at(copy, path) for path in paths], *copy.iter("script", "style", "svg")]
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()
    if top is tree:
        return copy
    page = html.Element("html")
    etree.SubElement(page, "body").append(copy)
    return page


def _holder(tree: html.HtmlElement, cut: Collection[html.HtmlElement]) -> html.HtmlElement:
    """The element around the innermost one that holds nearly all text outside `cut`; the tree itself without any."""
    sizes: dict[html.HtmlElement, int] = {}
    for element in tree.iter(*_TEXT_TAGS):
        size = _text_size(element)
        if not size:
            continue
        around = [element, *element.iterancestors()]
        if not any(one in cut for one in around):
            for one in around:
                sizes[one] = sizes.get(one, 0) + size
    holder, enough = tree, _HELD * sizes.get(tree, 0)
    while enough:
        inner = next((child for child in holder.iterchildren("*") if sizes.get(child, 0) >= enough), None)
        if inner is None:
            break
        holder = inner
    # trafilatura looks for an element that is named for an article and holds others
    above = holder.getparent()
    return tree if above is None or above.tag in ("html", "body") else above


def _text_size(element: html.HtmlElement) -> int:
    """Characters of running text in a paragraph, a list item without links, or a container's own words."""
    if element.tag == "p":
        return sum(map(len, element.itertext()))
    if element.tag in _OWN_TEXT_TAGS:
        size = len(element.text or "") + sum(len(child.tail or "") for child in element)
    else:
        size = sum(map(len, element.itertext()))
        size -= sum(len(text) for link in element.iter("a") for text in link.itertext()) if size >= _LINE else 0
    return size if size >= _LINE else 0


def _path(element: html.HtmlElement, top: html.HtmlElement) -> list[int] | None:
    """An element's place among its parent's children, its parent's, and so on up to `top`; None outside it."""
    path = []
    while element is not top:
        parent = element.getparent()
        if parent is None:
            return None
        path.append(parent.index(element))
        element = parent
    return path


def _at(root: html.HtmlElement, path: Sequence[int]) -> html.HtmlElement:
    """The element at a place."""
    for place in reversed(path):
        root = root[place]
    return root


def _is_doubtful(found: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether a main text is short, leaves out much of the page's running text, or is mostly something else."""
    size, total = sum(map(len, found)), sum(map(len, shown))
    if not size or not total:
        return True
    there, wanted = _squeezed("\n".join(found)), _squeezed("\n".join(shown))
    covered = sum(len(text) for text in shown if _squeezed(text) in there) / total
    expected = sum(len(text) for text in found if _squeezed(text) in wanted) / size
    return covered < (_COVERED if size >= _SHORT else _COVERED_SHORT) or expected < _EXPECTED


def _squeezed(text: str) -> str:
    """A text without white space, which the two readers set differently."""
    return "".join(text.split())


def _extract(tree: html.HtmlElement, url: str, *, fast: bool) -> tuple[str, ...]:
    """One run of trafilatura; nothing where it fails on a page."""
    cut_to_size()
    try:
        document = bare_extraction(tree, url=url, fast=fast, include_comments=False, include_tables=True)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError):
        return ()  # a page that its heuristics cannot take has still the other ways to be read
    if document is None:
        return ()
    text = clean_text(str(getattr(document, "text", "") or "")) or ""
    return tuple(line for raw in text.split("\n") if (line := _MARK.sub("", raw).strip()))
