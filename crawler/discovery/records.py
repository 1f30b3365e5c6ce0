"""The entries of a sitemap or feed, whatever its dialect: elements with the same local name mean the same."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawler.discovery.xml_stream import events, release

MAX_ENTRIES = 50_000
"""The sitemap protocol's limit for one file."""
MAX_ELEMENTS = 1_000_000
"""Of any kind; 50,000 pages with all that the protocol knows are a quarter of it."""

ROOTS = frozenset({"urlset", "sitemapindex", "rss", "rdf", "feed"})

ENTRIES = frozenset({"url", "sitemap", "item", "entry"})
"""Elements that are one entry each: sitemap, sitemap index, RSS 1 and 2, Atom."""

FIELDS = {
    ("url", "loc"): "loc",
    ("url", "lastmod"): "lastmod",
    ("sitemap", "loc"): "loc",
    ("sitemap", "lastmod"): "lastmod",
    ("news", "publication_date"): "published",
    ("news", "title"): "title",
    ("item", "origlink"): "original",  # FeedBurner's own links lead through its counter
    ("item", "link"): "link",
    ("item", "guid"): "guid",
    ("item", "title"): "title",
    ("item", "pubdate"): "published",
    ("item", "date"): "published",
    ("item", "updated"): "lastmod",
    ("item", "modified"): "lastmod",
    ("entry", "origlink"): "original",
    ("entry", "link"): "link",
    ("entry", "id"): "guid",
    ("entry", "title"): "title",
    ("entry", "published"): "published",
    ("entry", "issued"): "published",
    ("entry", "updated"): "lastmod",
    ("entry", "modified"): "lastmod",
}
"""(parent, element) -> what it says of the entry; the first of each counts."""

FOREIGN = frozenset({"image", "video", "media", "itunes", "xhtml"})
"""Namespace prefixes whose titles and links are not those of the entry."""

Record = dict[str, str]
"""Field -> text; `entry` is the element's name, `base` the URL that the link starts from, `about` RDF's address."""

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def read_records(body: bytes, url: str) -> Iterator[Record]:
    """The entries of an XML document; where it is broken, as many as can be had, each once."""
    given = 0
    for repair in (False, True):
        try:
            for number, record in enumerate(_records(body, url, repair=repair)):
                if number >= MAX_ENTRIES:
                    return
                if number >= given:  # else it was given before the document broke
                    given += 1
                    yield record
        except etree.XMLSyntaxError:
            continue
        return


def _records(body: bytes, url: str, *, repair: bool) -> Iterator[Record]:
    record: Record | None = None
    for number, (event, element) in enumerate(events(body, url, repair=repair)):
        name = _local(element)
        if number >= 2 * MAX_ELEMENTS or (number == 0 and name not in ROOTS):
            return
        if event == "start":
            if name in ENTRIES:
                if record is not None:  # never closed
                    yield record
                record = {"entry": name, "about": element.get(_ABOUT) or ""}
            continue
        if record is not None and name in ENTRIES:
            yield record
            record = None
        elif record is not None:
            _note(record, element, name, url)
        release(element)
    if record is not None:  # the document was cut off inside an entry, but its address may be whole
        yield record


def _note(record: Record, element: etree._Element, name: str, url: str) -> None:
    """Add what an element says; one with children, an entity of the document's own among them, says nothing."""
    parent = element.getparent()
    field = FIELDS.get((_local(parent), name)) if parent is not None else None
    if field is None or element.prefix in FOREIGN or len(element):
        return
    text = (element.text or "").strip()
    if field == "link":
        if element.get("rel", "alternate") != "alternate":
            return
        text = text or element.get("href") or ""
    elif field == "guid" and element.get("isPermaLink", "true").lower() == "false":
        return
    if text and field not in record:
        record[field] = text
        if field in {"link", "loc"}:
            record["base"] = element.base or url


def _local(element: etree._Element) -> str:
    name: str = element.tag
    return name.rpartition("}")[2].lower()
