"""Which responses are kept raw."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.site import Site
from db.connection import utc_now
from db.records import Article, RawPage, Verdict

MAX_BYTES = 2 * 2**20
"""Larger pages are not kept: the uncommitted ones are in memory."""

_KEPT = frozenset({Verdict.ARTICLE, Verdict.PART, Verdict.REJECTED})
_WITHHELD = "text withheld"
_SIGNS = re.compile(rb"noarchive|noindex|tdm-reservation|unavailable_after", re.IGNORECASE)
_HEAD = 64 * 1024
# Of the connection, of our visit, or no longer true of the decoded body.
_DROPPED = frozenset({"set-cookie", "content-encoding", "transfer-encoding", "content-length", "connection"})


def raw_page(
    response: Response, crawler: Crawler, verdict: Verdict, articles: Iterable[Article], reason: str | None = None
) -> RawPage | None:
    """The response as it is to be kept, or None: too large, no content page, or the site or the page forbids it.

    `articles` as the policy lets them be kept (`db.policy`), `reason` as the page was rejected with.
    """
    site = getattr(crawler.spider, "site", None)
    if verdict not in _KEPT or response.status != 200 or not 0 < len(response.body) <= MAX_BYTES:
        return None
    if not crawler.settings.getbool("GALEN_RAW") or (isinstance(site, Site) and not site.keep_raw):
        return None
    if any(map(_forbidden, articles)) or (reason or "").startswith(_WITHHELD):
        return None
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
        if name.decode("latin-1").lower() not in _DROPPED
    )
    if any(_forbids(name.lower(), value) for name, value in headers) or _markup_forbids(response.body[:_HEAD]):
        return None
    return RawPage(url=response.url, status=response.status, headers=headers, body=response.body, fetched_at=utc_now())


def _forbidden(article: Article) -> bool:
    """Whether its text is not to be kept, or not for ever."""
    limited = any(signal.startswith("unavailable_after") for signal in article.policy)
    return article.withheld is not None or article.hidden is not None or limited


def _forbids(name: str, value: str) -> bool:
    if name == "tdm-reservation":
        return value.strip() == "1"
    return name == "x-robots-tag" and _SIGNS.search(value.encode("latin-1", "replace")) is not None


def _markup_forbids(head: bytes) -> bool:
    """A word of refusal in a meta element; in doubt the page is not kept."""
    return any(
        _SIGNS.search(element) is not None and not re.search(rb"content\s*=\s*[\"']?0", element)
        for element in re.findall(rb"<meta[^>]{0,500}>", head, re.IGNORECASE)
    )
