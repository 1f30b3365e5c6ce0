"""The spider middleware that adds what a site says about the use of its pages, and obeys it.

Pages speak in their markup (crawler.extract.policy), servers in headers, whole sites in robots.txt and
/.well-known/tdmrep.json. All of it is kept with the article; the setting GALEN_POLICY says what follows (`db.policy`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import UsageError
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.frontier.gather import Judged
from crawler.frontier.request_codec import KIND
from crawler.frontier.scheduler import FrontierScheduler
from crawler.polite.robots import RobotsMiddleware
from crawler.polite.signals import SPEAKING, PathRule, header_signals, merged, read_tdmrep, robots_rules, signals_for
from db.connection import utc_now, utc_text
from db.policy import ACTIONS, DEFAULT_RULES, obey, withheld_by
from db.records import Article, PageKind, Part, Verdict
from db.site_signals import File, recall, remember

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

GOOD_FOR = timedelta(hours=24)
TDMREP_TIMEOUT = 10.0
TDMREP_BYTES = 1 << 20

_PAGES = frozenset({None, PageKind.ARTICLE, PageKind.LISTING, PageKind.PART, PageKind.REQUEST})


class PolicyMiddleware:
    """Merges signals into articles, withholds texts, drops links that are not to be followed."""

    def __init__(self, crawler: Crawler) -> None:
        """Raises UsageError where GALEN_POLICY names an action that there is not."""
        self._crawler = crawler
        self._rules = {**DEFAULT_RULES, **crawler.settings.getdict("GALEN_POLICY")}
        for signal, action in self._rules.items():
            if action not in ACTIONS:
                raise UsageError(f"GALEN_POLICY: {signal}={action!r}; write one of {', '.join(sorted(ACTIONS))}")
        self._product = str(crawler.settings["ROBOTSTXT_USER_AGENT"] or "Galen").partition("/")[0]
        self._files: dict[tuple[str, File], tuple[PathRule, ...]] = {}
        self._asked: dict[str, asyncio.Future[tuple[PathRule, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Articles with their policy obeyed; everything else as it came, but for links of a nofollow page."""
        header = header_signals(
            ((name, value.decode("latin-1")) for name in SPEAKING for value in response.headers.getlist(name)),
            self._product,
        )
        follow = "nofollow" not in header or response.meta.get(KIND) not in _PAGES
        withheld = False
        async for item in result:
            match item:
                case Article():
                    article = await self._obeyed(item, header, response.url)
                    withheld = withheld or article.withheld is not None
                    yield article
                case Request() if withheld and item.meta.get(KIND) == PageKind.PART:
                    continue  # the rest of a text of which nothing is kept
                case Part():
                    signal = withheld_by(merged((), header, await self._said_by_site(response.url)), self._rules)
                    yield item if signal is None else Judged(Verdict.REJECTED, f"text withheld: {signal}")
                case Request() if not follow:
                    self._count("nofollow_links")
                case _:
                    yield item

    async def _obeyed(self, article: Article, header: tuple[str, ...], url: str) -> Article:
        policy = merged(article.policy, header, await self._said_by_site(url))
        article = obey(replace(article, policy=policy), self._rules)
        for name, signal in (("withheld", article.withheld), ("hidden", article.hidden)):
            if signal is not None:
                self._count(f"{name}/{signal}")
        return article

    async def _said_by_site(self, url: str) -> tuple[str, ...]:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if (origin, "tdmrep.json") not in self._files:
            if origin not in self._asked:
                self._asked[origin] = asyncio.ensure_future(self._tdmrep(origin))
            self._files[origin, "tdmrep.json"] = await self._asked[origin]
        if (origin, "robots.txt") not in self._files:
            robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
            rules = robots_rules(robots.text_of(origin), self._product) if robots is not None else ()
            self._files[origin, "robots.txt"] = rules
            if rules:
                self._remember(origin, "robots.txt", rules)
        return tuple(
            signal for file in ("robots.txt", "tdmrep.json") for signal in signals_for(url, self._files[origin, file])
        )

    async def _tdmrep(self, origin: str) -> tuple[PathRule, ...]:
        """The rules of an origin's tdmrep.json, asked for once a day; no answer is no reservation."""
        engine = self._crawler.engine
        assert engine is not None
        scheduler = engine.scheduler
        if isinstance(scheduler, FrontierScheduler) and scheduler.run is not None:
            since = utc_text(datetime.now(UTC) - GOOD_FOR)
            known = recall(scheduler.run.reader, scheduler.run.site_id, origin, "tdmrep.json", since)
            if known is not None:
                return tuple(PathRule(pattern, tuple(signals)) for pattern, signals in json.loads(known))
        request = Request(
            f"{origin}/.well-known/tdmrep.json",
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={"download_timeout": TDMREP_TIMEOUT, "download_maxsize": TDMREP_BYTES},
        )
        try:
            response = await engine.download_async(request)
        except Exception:  # noqa: BLE001 - whatever keeps us from the file: most sites have none
            self._count("tdmrep_unreachable")
            return ()
        if response.status >= 500 or response.status == 429:
            return ()
        rules = read_tdmrep(response.body) if response.status == 200 else ()
        self._remember(origin, "tdmrep.json", rules)
        return rules

    def _remember(self, origin: str, file: File, rules: tuple[PathRule, ...]) -> None:
        engine = self._crawler.engine
        scheduler = engine.scheduler if engine is not None else None
        if isinstance(scheduler, FrontierScheduler) and scheduler.run is not None:
            site_id, now = scheduler.run.site_id, utc_now()
            content = json.dumps([[rule.pattern, rule.signals] for rule in rules], ensure_ascii=False)
            scheduler.run.writer.submit(lambda store: remember(store.connection, site_id, origin, file, content, now))

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"polite/{what}")
