"""Sitemaps after sitemaps.org: URL sets, indexes, news sitemaps, plain text, and the lines of robots.txt about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from crawler.discovery.feed import found_in_feed, title_of
from crawler.discovery.found import MAX_URL, Found, absolute
from crawler.discovery.records import MAX_ENTRIES, read_records
from crawler.discovery.xml_stream import is_markup, text_lines
from db.records import PageKind

_ROBOTS_LINE = re.compile(r"^\s*sitemap\s*:\s*([^\s#]\S*)", re.IGNORECASE | re.MULTILINE)
MAX_LINES = 4 * MAX_ENTRIES
"""Of a plain list, empty ones included."""
MAX_SITEMAPS = 1_000
"""Lines of one robots.txt."""


def read_sitemap(body: bytes, url: str) -> Iterator[Found]:
    """What a sitemap names, in its order: at most 50,000 entries of the first 50 MiB; `url` is where it came from.

    Reads URL sets, sitemap indexes (whose entries are of the kind SITEMAP), news sitemaps, feeds and plain lists of
    URLs, gzip'ed or not. A broken sitemap gives what can be had, a bad entry costs no other. Never raises.
    """
    if not is_markup(body):
        yield from islice(_plain(body, url), MAX_ENTRIES)
        return
    for record in read_records(body, url):
        if record["entry"] in {"item", "entry"}:
            found = found_in_feed(record, url)
            if found is not None:
                yield found
            continue
        address = absolute(record.get("loc", ""), record.get("base", url))
        if address is not None:
            yield Found(
                url=address,
                kind=PageKind.SITEMAP if record["entry"] == "sitemap" else PageKind.ARTICLE,
                lastmod=record.get("lastmod"),
                published=record.get("published"),
                title=title_of(record),
            )


def _plain(body: bytes, url: str) -> Iterator[Found]:
    for line in islice(text_lines(body, MAX_URL), MAX_LINES):
        # One absolute URL a line, nothing else: prose must not become relative links.
        address = absolute(line, url) if line.startswith(("http://", "https://")) else None
        if address is not None:
            yield Found(url=address)


def read_robots_sitemaps(text: str, url: str) -> list[str]:
    """The sitemaps that a robots.txt names, each once, in its order; `url` is where robots.txt came from."""
    lines = islice(_ROBOTS_LINE.finditer(text), MAX_SITEMAPS)
    addresses = (absolute(line[1], url) for line in lines)
    return list(dict.fromkeys(address for address in addresses if address is not None))
