"""RSS 0.9 to 2.0, RDF and Atom."""

from __future__ import annotations

import html
from collections.abc import Iterator

from crawler.discovery.found import Found, absolute
from crawler.discovery.records import Record, read_records

MAX_TITLE = 500


def read_feed(body: bytes, url: str) -> Iterator[Found]:
    """The articles that a feed names, in its order; `url` is where the feed came from.

    Broken feeds give what can be had; what is no feed gives nothing. Never raises.
    """
    for record in read_records(body, url):
        found = found_in_feed(record, url)
        if found is not None:
            yield found


def found_in_feed(record: Record, url: str) -> Found | None:
    """The article of one entry; None where no address of it can be fetched."""
    base = record.get("base", url)
    for field in ("original", "link", "guid", "about"):
        href = record.get(field, "")
        # An identifier need not be an address; a relative one never is.
        if not href or (field in {"guid", "about"} and not href.startswith(("http://", "https://"))):
            continue
        address = absolute(href, base)
        if address is not None:
            return Found(
                url=address,
                lastmod=record.get("lastmod"),
                published=record.get("published"),
                title=title_of(record),
            )
    return None


def title_of(record: Record) -> str | None:
    """On one line, without the escapes that many generators apply twice."""
    return " ".join(html.unescape(record.get("title", "")).split())[:MAX_TITLE] or None
