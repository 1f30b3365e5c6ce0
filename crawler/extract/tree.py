"""Text to one lxml tree, the same that trafilatura would build, whatever the markup does.

libxml2 stops reading at 256 open elements or at a text of 10 MB and drops the rest of the page; only then the page
is read a second time by events, with the nesting held flat.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from lxml import etree, html
from trafilatura.utils import DOCTYPE_TAG, FAULTY_HTML, INVALID_XML_CHARS

_MARKUP = re.compile(
    r"<\s*(?:!doctype\s+html|html|head|body|title|meta|link|base|script|form|main|header|li|td|dl|pre|div|p|a|span|h[1-6]|article|section|table|ul|ol|br|img|font|center)"
    r"[\s/>]",
    re.IGNORECASE,
)
_OTHER_FORMAT = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:rss|feed|urlset|sitemapindex|rdf:rdf|svg)\b", re.I | re.S
)
_OVERFULL_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,30})\s[^>]{20000,}>")
_MANY_ATTRIBUTES = 2000
_WINDOW = 10_000
_FIRST_LINES = 4096
_MAX_DEPTH = 120

# trafilatura's own, see the test that compares the trees
_OPTIONS: dict[str, Any] = {
    "collect_ids": False,
    "default_doctype": False,
    "encoding": "utf-8",
    "remove_comments": True,
    "remove_pis": True,
}
# one class for all elements, chosen in C: asking lxml's table in Python for each costs half a parse of the page
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement)


def build_tree(text: str, *, clean: bool = False, utf8: bytes | None = None) -> html.HtmlElement | None:
    """The root element of a page, None where the text is no HTML.

    Comments and processing instructions are left out, as in trafilatura's load_html. `clean` says that the text is
    known to hold no control characters, `utf8` is the text's encoding where it is at hand.
    """
    given = text
    if not _MARKUP.search(text) or _OTHER_FORMAT.match(text[:2000]):
        return None
    text = _repaired(text if clean else INVALID_XML_CHARS.sub("", text))
    if _may_overfill(text):
        text = _OVERFULL_TAG.sub(_without_attributes, text)
    # one parser a page: its error log belongs to this page only, and parsers are not shared between threads
    parser = html.HTMLParser(**_OPTIONS)
    parser.set_element_class_lookup(_CLASSES)
    # bytes, because libxml2 reads a str of Python's more slowly (.47 against .33 ms for 50 kB)
    source = utf8 if utf8 is not None and text is given else text.encode("utf-8", "replace")
    tree = _document(source, parser)
    if tree is None or _was_cut(parser):
        tree = _shallow(text)
    return tree


def _repaired(text: str) -> str:
    """A doctype and a self-closed html element that libxml2 stumbles over, mended as in trafilatura's load_html."""
    first = text[:_FIRST_LINES].partition("\n")[0]
    if "doctype" in text[:50].lower() and DOCTYPE_TAG.match(first):
        text = DOCTYPE_TAG.sub("", first, count=1) + text[len(first) :]
    for line in text[:_FIRST_LINES].splitlines()[:4]:
        if "<html" in line and line.endswith("/>"):
            return FAULTY_HTML.sub(r"\1>", text, count=1)
    return text


def _may_overfill(text: str) -> bool:
    """Whether a tag may be longer than two windows: some window then holds no end of a tag."""
    return any(text.find(">", start, start + _WINDOW) < 0 for start in range(0, len(text) - _WINDOW, _WINDOW))


def _without_attributes(tag: re.Match[str]) -> str:
    """A tag without its attributes, where there are thousands: libxml2 takes seconds for them."""
    return tag[0] if tag[0].count("=") < _MANY_ATTRIBUTES else f"<{tag[1]}>"


def _document(source: bytes, parser: html.HTMLParser) -> html.HtmlElement | None:
    """The whole document's root (lxml.html.fromstring would give a lone element for a fragment)."""
    try:
        return html.document_fromstring(source, parser=parser, ensure_head_body=False)
    except (etree.ParserError, ValueError):
        return None


def _was_cut(parser: html.HTMLParser) -> bool:
    """Whether libxml2 stopped in the middle of the page."""
    last = parser.error_log.last_error
    return last is not None and last.type_name == "ERR_RESOURCE_LIMIT"


class _Shallow:
    """Parser target that builds a tree no deeper than _MAX_DEPTH: elements below are left out, their text stays."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder(element_factory=html.html_parser.makeelement)
        self._depth = 0
        self._root_seen = False

    def start(self, tag: str | bytes, attributes: Any) -> None:
        """Open an element unless it lies too deep."""
        self._depth += 1
        if self._depth <= _MAX_DEPTH:
            self._builder.start(tag, attributes)
            self._root_seen = True

    def end(self, tag: str | bytes) -> None:
        """Close an element that was opened."""
        if self._depth <= _MAX_DEPTH:
            self._builder.end(tag)
        self._depth -= 1

    def data(self, text: str | bytes) -> None:
        """Add text where there is an element to hold it."""
        if self._root_seen:
            self._builder.data(text)

    def close(self) -> Any:
        """The root element, None where there was no element."""
        return self._builder.close() if self._root_seen else None


def _shallow(text: str) -> html.HtmlElement | None:
    """The page read by events with nesting held flat."""
    target: Any = _Shallow()  # the stubs ask for a comment method, without which comments are left out
    parser = html.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        root = parser.close()
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None
    return root if isinstance(root, html.HtmlElement) else None


@lru_cache(maxsize=256)
def _compiled(xpath: str) -> etree.XPath:
    return etree.XPath(xpath)


def find_all(element: html.HtmlElement, xpath: str) -> list[html.HtmlElement]:
    """Elements that an XPath selects, in document order."""
    selected: Any = _compiled(xpath)(element)
    return [one for one in selected if isinstance(one, html.HtmlElement)]


Named = Mapping[str, Sequence[html.HtmlElement]]
"""Elements by name, in document order."""

_NAMED = ("base", "h1", "link", "meta", "script", "title")


def find_named(tree: html.HtmlElement) -> Named:
    """The elements that hold a page's data and its heading: one walk over the tree instead of one for each name."""
    found: dict[str, list[html.HtmlElement]] = {name: [] for name in _NAMED}
    for element in tree.iter(*_NAMED):
        found[element.tag].append(element)
    return found


def count_elements(tree: html.HtmlElement, name: str = "*") -> int:
    """How many elements of a name (of any name) a tree holds."""
    counted: Any = _compiled(f"count(//{name})")(tree)
    return int(counted)
