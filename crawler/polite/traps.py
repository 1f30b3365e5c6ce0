"""Budgets for traps: a pattern of URLs that has given nothing for many pages is left alone, and reported.

crawler.discovery.traps sees what single URLs betray; a calendar without end, filters that combine, folders that link
to folders betray themselves only by what their pages give. A page bears fruit if it holds an article whose text this
run has not seen (numbers aside), or links to an unseen page of another pattern that bears fruit or is not known yet.
Counted are pages that were found by following links: what a sitemap, a feed or a declared pattern of articles names is
no trap.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider, signals
from scrapy.http import Response

from crawler.discovery.templates import directory_of, template_of
from crawler.frontier.request_codec import KIND
from crawler.polite.refusals import Refused
from db.records import Article, PageKind

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

FOLDER_FACTOR = 10
"""A folder may be barren for so many times more pages than a pattern: its pages have less in common."""
MAX_SEEN = 500_000
"""Links remembered; after that all are new again, once."""
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Yield:
    """What the pages of one pattern gave in this run."""

    barren: int = 0
    """Pages in a row that gave nothing."""
    worth: int = 0
    """Pages that gave an article, or led on to a pattern that does."""
    refused: int = 0


@dataclass(slots=True)
class TrapBudget:
    """Counts by pattern; pure, so that it can be tried without a crawl."""

    pages: int
    """Barren pages in a row after which a pattern is exhausted; 0 = never."""
    _yields: dict[str, Yield] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def exhausted(self, url: str) -> str | None:
        """The pattern of `url` that has used up its budget, None where there is none."""
        for pattern, budget in self._patterns(url):
            found = self._yields.get(pattern)
            if self.pages and found is not None and found.barren >= budget:
                return pattern
        return None

    def refuse(self, pattern: str) -> int:
        """Count a refused page; returns how many pages the pattern has been given without fruit."""
        found = self._yields[pattern]
        found.refused += 1
        return found.barren

    def spend(self, url: str, texts: list[str], links: list[tuple[str, bool]]) -> None:
        """Note what a page gave: article texts, and links with whether a declared pattern calls them articles."""
        worth = sum(self._is_new(_DIGITS.sub("", text)) for text in texts) > 0
        hope = False
        for link, declared in links:
            if self._is_new(link) and (declared or not self._is_kin(url, link)):
                known = self._yields.get(template_of(link) or _folder_of(link))
                hope = hope or known is None
                worth = worth or declared or (known is not None and known.worth > 0)
        for pattern, _ in self._patterns(url):
            found = self._yields.setdefault(pattern, Yield())
            found.barren = 0 if worth or hope else found.barren + 1
            found.worth += worth

    def refused(self) -> dict[str, int]:
        """Pattern -> pages that were refused."""
        return {pattern: found.refused for pattern, found in self._yields.items() if found.refused}

    def _patterns(self, url: str) -> list[tuple[str, int]]:
        """The patterns of a URL, each with its budget in pages."""
        template = template_of(url)
        folder = (_folder_of(url), self.pages * FOLDER_FACTOR)
        return [folder] if template is None else [(template, self.pages), folder]

    def _is_kin(self, url: str, link: str) -> bool:
        return directory_of(link) == directory_of(url) and template_of(link) in (None, template_of(url))

    def _is_new(self, text: str) -> bool:
        if len(self._seen) >= MAX_SEEN:
            self._seen.clear()
        key = hash(text)
        known = key in self._seen
        self._seen.add(key)
        return not known


def _folder_of(url: str) -> str:
    return f"{directory_of(url)}..."


class TrapMiddleware:
    """Downloader middleware: refuses pages of exhausted patterns, with the reason in their row."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.budget = TrapBudget(crawler.settings.getint("GALEN_TRAP_PAGES"))
        crawler.signals.connect(self._closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused with the pattern and its count."""
        if request.meta.get(KIND) != PageKind.LISTING:
            return
        pattern = self.budget.exhausted(request.url)
        if pattern is not None:
            barren = self.budget.refuse(pattern)
            self.count("pages/trap")
            raise Refused(f"trap: {barren} pages like {pattern} in a row gave nothing new"[:300])

    def count(self, what: str) -> None:
        """Count in the run's stats."""
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"galen/{what}")

    def _closed(self, spider: Spider) -> None:
        for pattern, refused in self.budget.refused().items():
            logger.warning("trap: %s gave nothing new for long, %d pages of it were left out", pattern, refused)


class TrapWatchMiddleware:
    """Spider middleware: tells the budget what pages gave, and drops links into exhausted patterns."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Needs TrapMiddleware among the downloader middlewares."""
        return cls(crawler)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """All that came, but for links into traps."""
        traps = self._crawler.get_downloader_middleware(TrapMiddleware)
        if traps is None or response.meta.get(KIND) != PageKind.LISTING:
            async for item in result:
                yield item
            return
        texts: list[str] = []
        links: list[tuple[str, bool]] = []
        async for item in result:
            match item:
                case Article():
                    texts.append(item.body)
                case Request():
                    kind = item.meta.get(KIND)
                    links.append((item.url, kind != PageKind.LISTING))
                    if kind == PageKind.LISTING and traps.budget.exhausted(item.url):
                        traps.count("links/trap/exhausted pattern")
                        continue
            yield item
        asked = response.meta.get("redirect_urls", [response.url])[0]
        traps.budget.spend(asked, texts, links)
