"""The text of a page in reading order, as lines: what a person sees, whatever elements carry it.

A block element, a line break, a table cell and a list item each end a line; inline elements are glued into theirs.
Both lxml trees and BeautifulSoup fragments are read through the same events, so that both give the same lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from lxml import etree, html

from crawler.extract.clean import tidy

_BLOCKS = frozenset(
    """address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form frameset h1 h2 h3 h4 h5 h6 header hgroup html legend li main menu nav ol optgroup option p pre section
    summary table tbody td tfoot th thead title tr ul br hr""".split()
)
_SILENT = frozenset(
    "script style noscript template iframe svg math select button textarea object embed canvas video audio head input "
    "noframes applet map datalist progress meter figcaption".split()
)
_SPAN_LIKE = frozenset({"span", "font", "b", "strong", "em", "i", "label", "big", "small", "time", "bdi", "bdo"})
_CONTAINERS = frozenset({"div", "section", "article", "main", "body", "span", "center", "td"})
_PRESERVING = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# spans are lines where one of them is as long as prose and they are long on average
_PROSE = 80
_MEAN_SPAN = 15
_BREAKS = re.compile(r"\r\n?|\n|\x0b|\x0c|\u2028|\u2029")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page's text."""

    text: str
    """Without leading, trailing or repeated white space; never empty."""
    linked: int = 0
    """How many of its characters are inside links."""
    heading: int = 0
    """1 to 6 where it stands in h1 to h6, else 0."""
    tag: str = ""
    """The block element it stands in."""
    lead: str = ""
    """What its first inline element holds, where the line begins with one: a label in bold, for example."""


Event = tuple[Literal["open", "close", "text", "break"], str]
"""('open' | 'close', tag), ('text', words) or ('break', '')."""


Mark = Callable[[html.HtmlElement], str | None]

MARK = "nav"
"""Tag of a line that is left of a block which is not read: the heading of a box of other articles."""

_LAST: tuple[Event, ...] = (("break", ""),)


def read_lines(
    root: html.HtmlElement,
    skip: Container[html.HtmlElement] = frozenset(),
    mark: Mark | None = None,
) -> list[Line]:
    """Lines of an element, without what is hidden, what is no text (scripts, menus of forms) and what is in `skip`.

    `mark` gives the one line that stays of a skipped element, with the tag MARK; None for most.
    """
    return list(lines(tree_events(root, skip, mark)))


def tree_events(root: html.HtmlElement, skip: Container[html.HtmlElement], mark: Mark | None = None) -> Iterator[Event]:
    """Events of an lxml element without its tail; never recursive, trees are as deep as somebody likes."""
    walker = etree.iterwalk(root, events=("start", "end"))
    unread: set[html.HtmlElement] = set()
    rows: set[html.HtmlElement] = set()
    preserved = 0
    for kind, element in walker:
        if kind == "start":
            if element in skip or is_unread(element):
                if mark is not None and (line := mark(element)) is not None:
                    yield from (("open", MARK), ("text", line), ("close", MARK))
                unread.add(element)
                walker.skip_subtree()
                continue
            if holds_lines_in_spans(element):
                rows.update(element)
            preserved += preserves(element.tag, element.get("style"))
            yield "open", "div" if element in rows else read_as(element.tag, element.get("href"))
            yield from words(element.text, preserved > 0)
            continue
        if element in unread:
            unread.discard(element)
            if element.tag in _BLOCKS:
                yield "break", ""
        else:
            yield "close", "div" if element in rows else read_as(element.tag, element.get("href"))
            preserved -= preserves(element.tag, element.get("style"))
        if element is not root:
            yield from words(element.tail, preserved > 0)


def words(text: str | None, preserved: bool) -> Iterator[Event]:
    """Text as events: its own line ends count where white space is preserved."""
    if not text:
        return
    if not preserved or not _BREAKS.search(text):
        yield "text", text
        return
    for number, part in enumerate(_BREAKS.split(text)):
        if number:
            yield "break", ""
        yield "text", part


def read_as(tag: str, href: object) -> str:
    """An element's name as the reading takes it: an anchor without an address, often closed nowhere, is no link."""
    return "span" if tag == "a" and href is None else tag


def is_block(tag: str) -> bool:
    """Whether an element of that name ends the line before it."""
    return tag in _BLOCKS


def is_unread(element: html.HtmlElement) -> bool:
    """Whether an element is no text (a script, a form's menu) or not shown, by its own attributes."""
    if element.tag in _SILENT:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _HIDDEN.search(style) is not None)


def preserves(tag: str, style: str | None) -> bool:
    """Whether line ends inside an element's text are line ends for the reader."""
    return tag in ("pre", "listing", "xmp") or (style is not None and _PRESERVING.search(style) is not None)


def holds_lines_in_spans(element: html.HtmlElement) -> bool:
    """Whether a container shows its lines as span elements (styled as blocks) and nothing else.

    Seen where whole articles are set in spans: three or more, no text of the container's own, one of them prose.
    """
    if element.tag not in _CONTAINERS or len(element) < 3 or (element.text and element.text.strip()):
        return False
    lengths = []
    for child in element:
        if child.tag not in _SPAN_LIKE or (child.tail and child.tail.strip()):
            return False
        lengths.append(sum(map(len, child.itertext())))
    return max(lengths) >= _PROSE and sum(lengths) >= _MEAN_SPAN * len(lengths)


def lines(events: Iterable[Event]) -> Iterator[Line]:
    """Lines out of a stream of events."""
    draft, place = _Draft(), _Place()
    for kind, value in chain(events, _LAST):
        if kind == "text":
            draft.write(value, place)
        elif value == "br" and place.headings:
            # a title set in two lines is one title
            draft.write(" ", place)
        elif kind == "break" or value in _BLOCKS:
            if (finished := draft.line()) is not None:
                yield finished
            draft = _Draft()
            place.pass_block(kind, value)
        else:
            place.pass_inline(kind, value)
            draft.pass_inline(kind)


class _Place:
    """Where in the tree the reading is."""

    __slots__ = ("blocks", "headings", "links")

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.headings: list[int] = []
        self.links = 0

    def pass_block(self, kind: str, tag: str) -> None:
        """Enter or leave a block element."""
        level = int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() else 0
        if kind == "open":
            self.blocks.append(tag)
            self.headings += [level] if level else []
        elif kind == "close" and self.blocks:
            self.blocks.pop()
            if level and self.headings:
                self.headings.pop()

    def pass_inline(self, kind: str, tag: str) -> None:
        """Enter or leave an inline element."""
        if tag == "a":
            self.links = self.links + 1 if kind == "open" else max(0, self.links - 1)


class _Draft:
    """The line being put together."""

    __slots__ = ("heading", "lead", "lead_depth", "linked", "pieces", "seam", "tag")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.linked = 0
        self.heading = 0
        self.tag = ""
        self.lead = ""
        self.lead_depth = 0
        self.seam = 0

    def pass_inline(self, kind: str) -> None:
        """Note where one inline element ends and another begins."""
        if kind == "open":
            self.seam = 2 if self.seam else 0
            self.lead_depth += 1 if self.lead_depth or not self.tag else 0
        else:
            self.seam = self.seam or 1
            self.lead_depth = max(0, self.lead_depth - 1)

    def write(self, text: str, place: _Place) -> None:
        """Append words. Two inline elements side by side are two words where a capital follows a small letter.

        Seen where a name and a profession, or two labels, are set apart by style only.
        """
        if not text or text.isspace():
            self.pieces.append(" ")
            return
        if not self.tag:
            self.heading = place.headings[-1] if place.headings else 0
            self.tag = place.blocks[-1] if place.blocks else "body"
        if self.seam == 2 and self.pieces and text[0].isupper() and self.pieces[-1][-1:].islower():
            self.pieces.append(" ")
        self.seam = 0
        self.pieces.append(text)
        self.linked += len(text.strip()) if place.links else 0
        self.lead += text if self.lead_depth else ""

    def line(self) -> Line | None:
        """The finished line, None where it holds no words."""
        text = tidy("".join(self.pieces))
        return Line(text, self.linked, self.heading, self.tag, tidy(self.lead)) if text else None
