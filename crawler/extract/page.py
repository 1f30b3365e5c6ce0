"""A fetched page, read once: its text, its one tree, its links and feeds."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from cssselect import SelectorError
from lxml import etree, html
from lxml.cssselect import CSSSelector

from crawler.extract.encoding import decode, wide_encoding
from crawler.extract.tree import Named, build_tree, find_named

_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\x00\x00\x01\x00",
    b"wOF",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x7fELF",
    b"MZ\x90",
    b"BZh",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"SQLite format 3",
)
MAX_TAGS = 60_000
"""Opening and closing ones; books have fewer, and a million would take minutes and half a gigabyte."""
MAX_TEXT = 3_000_000
"""Characters, after long scripts and pictures that are written into the page have been left out."""
_LONG_SCRIPT = re.compile(r"(<script\b[^<>]{0,500}>)(?:[^<]|<(?!/script)){100000,}+(</script)", re.IGNORECASE)
_INLINE_DATA = re.compile(r"data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=\s]{1000,}")
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 12, 13, 27))
_FORBIDDEN = bytes(code for code in range(32) if code not in (9, 10, 13))
_URL_NOISE = re.compile(r"[\t\n\r]")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.\-]*:|https?:/*$", re.IGNORECASE)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9.\-]+/(?!\.)[\w\-~%!$&'()*+,;=@:/?]*(?:\.[\w\-~%!$&'()*+,;=@:/?]+)*", re.ASCII
)
_PLAIN_PATH = re.compile(r"/(?![/.])[\w\-~%!$&'()*+,;=@:?]*(?:[/.][\w\-~%!$&'()*+,;=@:?]+)*/?", re.ASCII)
_PLAIN_ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(?::\d+)?(?=/|$)", re.ASCII)
_NOISE_SHARE = 0.05
_NO_LINKS = re.compile(r"\b(?:nofollow|none)\b")
_ANCHOR_LIMIT = 300
_URL_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Page:
    """One response's body, decoded and parsed. The tree is shared by every step and changed by none."""

    url: str
    """The URL that answered."""
    text: str
    """The decoded body; '' where it is binary."""
    encoding: str
    """Python codec name, or 'binary'."""
    tree: html.HtmlElement | None
    """None where the body is empty or no HTML; `problem` says which."""
    named: Named = field(default_factory=dict, repr=False)
    """The tree's elements that hold data and headings, see `find_named`."""
    problem: str | None = None
    """'empty', 'not html' or None."""
    unread_links: int = 0
    """Links in the rest of a page beyond MAX_TAGS or MAX_TEXT, which is not read."""

    def base(self) -> str:
        """URL against which links are resolved: base href where it is http(s), else the page's own."""
        element = next((base for base in self.named.get("base", ()) if base.get("href") is not None), None)
        return self.url if element is None else resolve(self.url, element.get("href", "")) or self.url

    def links(self) -> Iterator[tuple[str, str]]:
        """Every (absolute http(s) URL without fragment, anchor text) of the page, in order, repeats included.

        Links marked nofollow are left out; a broken link is skipped and costs no other.
        """
        if self.tree is None or _NO_LINKS.search(_robots(self.named.get("meta", ()))):
            return
        base = self.base()
        for element in self.tree.iter("a", "area"):
            href = element.get("href")
            if not href or "nofollow" in (element.get("rel") or "").lower().split():
                continue
            url = resolve(base, href)
            if url is not None:
                yield url, _anchor_text(element)

    def feeds(self) -> tuple[str, ...]:
        """URLs of the RSS and Atom feeds that the page declares, without comment feeds, each once."""
        base = self.base()
        found = []
        for element in self.named.get("link", ()):
            if "alternate" not in (element.get("rel") or "").lower().split():
                continue
            if (element.get("type") or "").partition(";")[0].strip().lower() not in _FEED_TYPES:
                continue
            url = resolve(base, element.get("href", ""))
            if url and "comments/feed" not in url:
                found.append(url)
        return tuple(dict.fromkeys(found))

    def select(self, selectors: Sequence[str]) -> html.HtmlElement | None:
        """First element of the first CSS selector that matches, else None.

        Raises ValueError where a selector is no CSS.
        """
        found = self.select_all(selectors)
        return found[1][0] if found else None

    def select_all(self, selectors: Sequence[str]) -> tuple[str, list[html.HtmlElement]] | None:
        """The first CSS selector that matches and all its elements in document order, else None.

        Elements inside another match are left out. Raises ValueError where a selector is no CSS.
        """
        if self.tree is None:
            return None
        for selector in selectors:
            elements = select_in(self.tree, selector)
            if elements:
                return selector, _outermost(elements)
        return None


def select_in(tree: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    """All elements that a CSS selector matches. Raises ValueError where it is no CSS."""
    matched: Any = _compiled(selector)(tree)
    return list(matched)


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> CSSSelector:
    """A CSS selector, ready to be called on an element."""
    try:
        return CSSSelector(selector, translator="html")
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"{selector!r} is no CSS selector that can be used: {error}") from error


def read_page(body: bytes, url: str, content_type: str | None = None) -> Page:
    """Decode and parse a response's body. Never raises: what is no page says so in `problem`.

    `content_type` is the HTTP header; only its charset counts, the bytes say whether it is HTML.
    """
    if not body.strip(b" \t\r\n\x00"):
        return Page(url=url, text="", encoding="utf-8", tree=None, problem="empty")
    if _is_binary(body):
        return Page(url=url, text="", encoding="binary", tree=None, problem="not html")
    decoded = decode(body, content_type)
    # looked for in the bytes, at a tenth of the price of looking in the text
    clean = (
        decoded.encoding == "utf-8" and len(body.translate(None, _FORBIDDEN)) == len(body) and b"\xef\xbf" not in body
    )
    text, unread_links = _bounded(decoded.text)
    whole = clean and text is decoded.text and not body.startswith(BOM_UTF8)
    tree = build_tree(text, clean=clean, utf8=body if whole else None)
    return Page(
        url=url,
        text=text,
        encoding=decoded.encoding,
        tree=tree,
        named={} if tree is None else find_named(tree),
        problem=None if tree is not None else "not html",
        unread_links=unread_links,
    )


def _bounded(text: str) -> tuple[str, int]:
    """As much of a page as can be read in bounded time and memory, and how many links follow."""
    if len(text) > MAX_TEXT:
        text = _LONG_SCRIPT.sub(r"\1\2", text)
        text = _INLINE_DATA.sub("data:,", text) if ";base64," in text else text
    at = MAX_TEXT
    if text.count("<", 0, at) > MAX_TAGS:
        at = -1
        for _ in range(MAX_TAGS):
            at = text.index("<", at + 1)
    return text[:at], text.count("<a ", at)


def resolve(base: str, href: str) -> str | None:
    """Absolute http(s) URL without fragment, None for anything else. Never raises."""
    href = _URL_NOISE.sub("", href.strip(" \t\r\n\f\x00"))
    if not href or href[0] == "#" or len(href) > _URL_LIMIT:
        return None
    # most links of a page, at a fifth of the price of urljoin
    if _PLAIN_URL.fullmatch(href):
        return href
    if _PLAIN_PATH.fullmatch(href) and (origin := _origin(base)):
        return origin + href
    if _OTHER_SCHEME.match(href):
        return None
    try:
        url = urldefrag(urljoin(base, href)).url
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError where it is no number
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    """'https://host' of an absolute URL, None where it cannot be told."""
    match = _PLAIN_ORIGIN.match(base)
    return match[0] if match else None


def _is_binary(body: bytes) -> bool:
    """Whether the bytes are a picture, an archive or noise rather than text in any encoding."""
    head = body[:4096]
    if head.lstrip(b" \t\r\n").startswith(_MAGIC) or head[4:8] == b"ftyp":
        return True
    if b"<html" in head.replace(b"\x00", b"").lower():
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > _NOISE_SHARE * len(head) and wide_encoding(head) is None


def _robots(metas: Sequence[html.HtmlElement]) -> str:
    """Content of the page's robots meta elements, in lower case."""
    return " ".join(
        (meta.get("content") or "").lower() for meta in metas if (meta.get("name") or "").lower() == "robots"
    )


def _anchor_text(element: html.HtmlElement) -> str:
    """The words of a link on one line; the title or the picture's text where there are none."""
    # islice: a link may hold a whole page
    words = " ".join("".join(islice(element.itertext(), 200)).split())
    return (words or element.get("title") or element.get("alt") or "")[:_ANCHOR_LIMIT].strip()


def _outermost(elements: list[html.HtmlElement]) -> list[html.HtmlElement]:
    """Elements that lie in no other of the list."""
    known = set(elements)
    return [e for e in elements if not any(parent in known for parent in e.iterancestors())]
