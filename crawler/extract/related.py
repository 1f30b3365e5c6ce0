"""What on a page belongs to other pages: navigation, related-article cards, comments, author boxes.

On health sites "Medically reviewed by" stands more often in the cards of other articles than over the article itself
(9 of 9 on three pages counted), so these blocks are cut before anybody's name or date is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import html

from crawler.extract.phrases import is_end

_CUT_TAGS = frozenset({"nav", "footer", "aside", "menu"})
_CUT_ROLES = frozenset(
    {"navigation", "complementary", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar"}
)
_BLOCKS = frozenset("div section ul ol li article aside table tr td dl p header form figure details".split())
# words of a class or id, after cutting it at '-', '_' and changes of case
_CUT_WORDS = frozenset(
    """related relateds recommend recommended recommendation recommendations recirc recirculation sidebar rightbar
    comment comments disqus newsletter promo promos promoted share sharing sharebar social breadcrumb breadcrumbs crumb
    crumbs cookie cookies consent gdpr modal popup overlay lightbox advert advertisement advertising ads sponsor
    sponsored outbrain taboola trending popular mostread mostpopular morefrom readmore navigation navbar nav menu
    toolbar pagination pager subscribe subscription paywall signup login tags taglist footer footnav
    xiangguan tuijian sharelist skiplink toc""".split()
)
_CUT_PHRASES = re.compile(
    r"(?:author|writer|contributor|autor|profile)[-_]?(?:bio|box|card|info-box|about)|about[-_]?(?:the[-_]?)?author"
    r"|you[-_]?may|more[-_]?(?:news|stories|articles|on|from|like)|also[-_]?(?:like|read)|read[-_]?(?:next|also|more)"
    r"|most[-_]?(?:read|popular|viewed)|further[-_]?reading|see[-_]?also|next[-_]?article|prev(?:ious)?[-_]?article"
    r"|latest[-_]?(?:news|articles|posts)|hot[-_]?(?:news|list|article)",
    re.IGNORECASE,
)
# a modifier says that the element is beside such a block or holds one, not that it is one
_MODIFIERS = frozenset(
    {"has", "with", "no", "without", "is", "not", "hide", "main", "page", "layout", "body", "content"}
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CARD_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_CARD = frozenset({"li", "article", "div", "section", "td", "tr", "dl", "a"})
_CARD_TEXT = 1200
_TEASER_TEXT = 400
_LINK_TITLE = 25
_MAX_SHARE = 0.4
_SMALL = 500


@dataclass(frozen=True, slots=True)
class Unrelated:
    """Elements of a page that are no part of its article."""

    furniture: frozenset[html.HtmlElement]
    """The site's: menus, footers, comments, side bars."""
    cards: tuple[html.HtmlElement, ...]
    """Teasers of other articles."""


class Unread:
    """What `find_unrelated` would find, decided for an element when it is asked for: where little of a page is read.

    Elements are asked for from the outside in, and nothing inside one that is unread is asked for.
    """

    __slots__ = ("_headed", "_kept", "_removed", "_root", "_total", "known")

    def __init__(
        self, tree: html.HtmlElement, keep: html.HtmlElement, removed: AbstractSet[html.HtmlElement] = frozenset()
    ) -> None:
        body = tree.find("body")
        self._root = tree if body is None else body
        self._kept = {keep, *keep.iterancestors()}
        self._removed = removed
        self._headed: frozenset[html.HtmlElement] | None = None
        self._total = 0
        self.known = 0
        """Characters of paragraphs that are known to be the article's: counting the page's may be spared."""

    def __contains__(self, element: object) -> bool:
        """Whether an element is the site's, another article's, or removed by a rule."""
        if element in self._removed:
            return True
        if not isinstance(element, html.HtmlElement) or element.tag not in _ASKED or element in self._kept:
            return False
        if (_is_furniture(element) or _is_header(element)) and not self._is_large(element):
            return True
        if element.tag == "li" and _is_teaser(element) and _has_twin(element):
            return True
        if self._headed is None:
            self._headed = frozenset(_heading_cards(self._root, self._kept))
        return element in self._headed

    def cards(self) -> AbstractSet[html.HtmlElement]:
        """All cards of the page, as `find_unrelated` finds them."""
        return frozenset(_cards(self._root, self._kept))

    def _is_large(self, element: html.HtmlElement) -> bool:
        size = _prose(element)
        if size <= _SMALL:
            return False
        if size <= _MAX_SHARE * self.known:
            return False
        self._total = self._total or _prose(self._root)
        return size > _MAX_SHARE * self._total


def end_heading(element: html.HtmlElement) -> str | None:
    """The first words of a box where they say that other articles begin, else None."""
    first = next((text for text in map(str.strip, islice(element.itertext(), 40)) if text), "")
    return first if is_end(first) else None


def find_unrelated(tree: html.HtmlElement, keep: html.HtmlElement | None = None) -> Unrelated:
    """Elements of the page that belong to other articles or to the site, not to its article.

    `keep` is the element of the title: nothing that holds it is cut, nor anything that holds a large part of the text.
    """
    kept = set() if keep is None else {keep, *keep.iterancestors()}
    body = tree.find(".//body")
    root = tree if body is None else body
    cut: set[html.HtmlElement] = set()
    suspects = [e for e in root.iter(*_SUSPECTS) if e not in kept and (_is_furniture(e) or _is_header(e))]
    total = 0
    for element in suspects:
        if element.getparent() in cut:
            cut.add(element)
            continue
        size = _prose(element)
        if size > _SMALL:
            total = total or _prose(root)
            if size > _MAX_SHARE * total:
                continue
        cut.add(element)
    return Unrelated(frozenset(cut), tuple(_cards(root, kept)))


_SUSPECTS = tuple(_CUT_TAGS | _BLOCKS)
_ASKED = _CUT_TAGS | _BLOCKS | _CARD


def _is_header(element: html.HtmlElement) -> bool:
    """Whether a header element is the site's: the article's own stands inside article or main."""
    return element.tag == "header" and not any(p.tag in ("article", "main", "section") for p in element.iterancestors())


def _is_furniture(element: html.HtmlElement) -> bool:
    """Whether tag, role, class or id say that the element is no part of an article."""
    if element.tag in _CUT_TAGS:
        return True
    get = element.get
    return (
        _names_furniture(get("class") or "") or _names_furniture(get("id") or "") or (get("role") or "") in _CUT_ROLES
    )


@lru_cache(maxsize=50_000)
def _names_furniture(names: str) -> bool:
    """Whether one of the classes (or ids) names a block that is no part of an article."""
    return any(_is_furniture_name(name) for name in names[:300].split())


def _is_furniture_name(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[0] in _MODIFIERS:
        return False
    if _CUT_WORDS.intersection(words):
        return not _MODIFIERS.intersection(words)
    return _CUT_PHRASES.search(name) is not None


def _prose(element: html.HtmlElement) -> int:
    """Characters of paragraphs in an element: what an article is made of."""
    return sum(len(text) for p in element.iter("p") for text in p.itertext())


def _is_longer(element: html.HtmlElement, limit: int) -> bool:
    """Whether an element's text has more characters than that; reads no further than needed."""
    size = 0
    for text in element.itertext():
        size += len(text)
        if size > limit:
            return True
    return False


def _cards(root: html.HtmlElement, kept: AbstractSet[html.HtmlElement]) -> list[html.HtmlElement]:
    """Teasers of other articles: a linked heading, or a long link in a list of such, with what stands around it."""
    teasers = (item for item in root.iter("li") if item not in kept and _is_teaser(item) and _has_twin(item))
    return [*_heading_cards(root, kept), *teasers]


def _heading_cards(root: html.HtmlElement, kept: AbstractSet[html.HtmlElement]) -> Iterator[html.HtmlElement]:
    """What stands around headings that are links."""
    for heading in root.iter(*_CARD_HEADINGS):
        if heading not in kept and _is_linked(heading) and (card := _card_around(heading, kept)) is not None:
            yield card


def _has_twin(item: html.HtmlElement) -> bool:
    """Whether a list item stands beside another teaser."""
    return any(
        beside is not None and beside.tag == "li" and _is_teaser(beside)
        for beside in (item.getnext(), item.getprevious())
    )


def _is_linked(heading: html.HtmlElement) -> bool:
    """Whether a heading is nothing but a link to elsewhere."""
    parent = heading.getparent()
    link = _first_link(heading)
    if link is None:
        return parent is not None and parent.tag == "a" and not (parent.get("href") or "#").startswith("#")
    if (link.get("href") or "#").startswith("#"):
        return False
    words = "".join(heading.itertext()).strip()
    return 0.8 * len(words) <= len("".join(link.itertext()).strip()) and len(words) > 8


def _first_link(element: html.HtmlElement) -> html.HtmlElement | None:
    """The first anchor with an address inside an element (the same by find is half as fast)."""
    return next((link for link in element.iter("a") if link.get("href") is not None), None)


def _card_around(heading: html.HtmlElement, kept: AbstractSet[html.HtmlElement]) -> html.HtmlElement | None:
    """The largest small element around a linked heading that holds no other heading and not the title."""
    card = None
    for parent in heading.iterancestors():
        if parent in kept or (parent.tag not in _CARD and parent.tag not in ("header", "span", "p", "figure")):
            break
        if _is_longer(parent, _CARD_TEXT) or next(islice(parent.iter(*_CARD_HEADINGS), 1, None), None) is not None:
            break
        if parent.tag in _CARD:
            card = parent
    return card


def _is_teaser(item: html.HtmlElement) -> bool:
    """Whether a list item is a link with the length of a title, and little else."""
    link = _first_link(item)
    if link is None or (link.get("href") or "#").startswith("#"):
        return False
    return _is_longer(link, _LINK_TITLE - 1) and not _is_longer(item, _TEASER_TEXT)
