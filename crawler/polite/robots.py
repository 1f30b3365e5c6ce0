"""robots.txt after RFC 9309, where Scrapy's own middleware takes any answer for one and never asks again.

2xx: obeyed, the first 500 KiB of it. 4xx: nothing is disallowed. 5xx, 429, timeouts and network errors: everything is,
for now; or, if there was a good answer before, that one stays in force (section 2.4).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response, TextResponse
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from crawler.polite.delays import crawl_delay, parse_retry_after, slow_down
from crawler.polite.refusals import Disallowed, Postponed, Refused

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

MAX_BYTES = 500 * 1024
MAX_REDIRECTS = 5
GOOD_FOR = timedelta(hours=24)
BAD_FOR = timedelta(minutes=10)
TIMEOUT = 30.0
"""Seconds for one robots.txt; every page of the site waits for it."""
PRIORITY = 1_000


def utc_now() -> datetime:
    """The clock of the cache."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one origin answered, and until when that holds."""

    until: datetime
    body: bytes = b""
    """UTF-8; empty where nothing is disallowed."""
    parser: RobotParser | None = None
    """None where nothing is disallowed."""
    unreachable: str | None = None
    """Why the answer is unknown: everything is disallowed until then."""
    delay: float = 0.0
    """Crawl-delay in seconds."""


class RobotsMiddleware:
    """Obeys robots.txt; in place of scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware.

    Raises Disallowed or Postponed. A request for /robots.txt itself is answered from the cache, after redirects, with
    what holds for the origin (status 200, an empty body where there are no rules): discovery costs no second fetch.
    """

    def __init__(self, crawler: Crawler, now: Callable[[], datetime] = utc_now) -> None:
        """Raises NotConfigured where ROBOTSTXT_OBEY is off."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"] or "Galen"
        self.product: str = agent.partition("/")[0].strip()
        self._timeout = min(TIMEOUT, crawler.settings.getfloat("DOWNLOAD_TIMEOUT") or TIMEOUT)
        self._crawler = crawler
        self._now = now
        self._rules: dict[str, Rules] = {}
        self._waiting: dict[str, list[Deferred[None]]] = {}
        crawler.signals.connect(self._request_reached_downloader, signal=signals.request_reached_downloader)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_request(self, request: Request) -> Response | None:
        """Raises Disallowed or Postponed; None lets the request pass."""
        if request.meta.get("robots") is True or request.meta.get("dont_obey_robotstxt"):
            return None
        rules = await self._rules_of(_origin(request.url))
        if rules.unreachable:
            self._count("postponed")
            raise Postponed(f"robots.txt unreachable: {rules.unreachable}", rules.until)
        if urlsplit(request.url).path == "/robots.txt":
            return TextResponse(request.url, body=rules.body, encoding="utf-8", request=request)
        if rules.parser is not None and not rules.parser.allowed(request.url, self.product):
            self._count("disallowed")
            raise Disallowed
        return None

    def text_of(self, origin: str) -> str:
        """The robots.txt of an origin ('https://h.example') as far as it is known; '' where there are no rules."""
        rules = self._rules.get(origin)
        return "" if rules is None else rules.body.decode("utf-8", "replace")

    def _request_reached_downloader(self, request: Request) -> None:
        """Holds the slot to Crawl-delay; every time, because Scrapy drops idle slots and AutoThrottle resets delays."""
        rules = self._rules.get(_origin(request.url))
        engine = self._crawler.engine
        if rules is not None and rules.delay and engine is not None:
            slot = engine.downloader.slots.get(request.meta["download_slot"])
            if slot is not None:
                slow_down(slot, rules.delay)

    async def _rules_of(self, origin: str) -> Rules:
        """Rules that hold now; fetched by the first request that asks, awaited by the others."""
        while True:
            rules = self._rules.get(origin)
            if rules is not None and self._now() < rules.until:
                return rules
            if origin not in self._waiting:
                break
            answered: Deferred[None] = Deferred()
            self._waiting[origin].append(answered)
            await maybe_deferred_to_future(answered)
        self._waiting[origin] = []
        try:
            return await self._renew(origin, rules)
        finally:
            for answered in self._waiting.pop(origin):
                answered.callback(None)

    async def _renew(self, origin: str, former: Rules | None) -> Rules:
        rules = await self._fetch(f"{origin}/robots.txt")
        if rules.unreachable and former is not None and not former.unreachable:
            logger.info("%s/robots.txt unreachable (%s): the former one stays in force", origin, rules.unreachable)
            rules = Rules(until=rules.until, body=former.body, parser=former.parser, delay=former.delay)
        self._rules[origin] = rules
        return rules

    async def _fetch(self, url: str) -> Rules:
        """Raises Refused where the host guard refuses the origin itself."""
        engine = self._crawler.engine
        assert engine is not None
        for hop in range(MAX_REDIRECTS + 1):
            request = Request(
                url,
                callback=NO_CALLBACK,
                priority=PRIORITY,
                dont_filter=True,
                meta={"robots": True, "dont_redirect": True, "dont_retry": True, "download_timeout": self._timeout},
            )
            self._count("robots_requests")
            try:
                response = await engine.download_async(request)
            except Refused as refused:
                if hop == 0:
                    raise
                return self._unreachable(f"redirected to {url}: {refused.reason}")
            except Exception as error:  # noqa: BLE001 - whatever keeps us from the rules means: fetch nothing
                return self._unreachable(_in_words(error))
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):
                return await self._read(request, response)
            try:
                url = urljoin(url, location.decode("latin-1"))
                scheme = urlsplit(url).scheme
            except ValueError as error:
                return self._unreachable(f"redirected to a malformed URL: {error}")
            if scheme not in {"http", "https"}:
                break
        # RFC 9309 2.3.1.2: redirects beyond the fifth may be taken for "unavailable", which allows.
        return Rules(until=self._now() + GOOD_FOR)

    async def _read(self, request: Request, response: Response) -> Rules:
        if response.status >= 500 or response.status == 429:
            return self._unreachable(f"HTTP {response.status}", response.headers.get("Retry-After"))
        if not 200 <= response.status < 300:
            return Rules(until=self._now() + GOOD_FOR)
        body = robots_text(response.body).encode()
        if not body:
            return Rules(until=self._now() + GOOD_FOR)
        parser = ProtegoRobotParser.from_crawler(self._crawler, body)
        await self._crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=request
        )
        delay = crawl_delay(parser.crawl_delay(self.product))
        return Rules(until=self._now() + GOOD_FOR, body=body, parser=parser, delay=delay)

    def _unreachable(self, why: str, retry_after: bytes | None = None) -> Rules:
        now = self._now()
        later = parse_retry_after(retry_after, now) or now
        return Rules(until=max(later, now + BAD_FOR), unreachable=why)

    def _count(self, what: str) -> None:
        self._crawler.stats.inc_value(f"polite/{what}")


def robots_text(body: bytes) -> str:
    """The rules in the body of a robots.txt: at most 500 KiB, whole lines, no BOM; '' where it is markup.

    Many sites answer /robots.txt with their start page and status 200.
    """
    if len(body) > MAX_BYTES:
        body = body[: body.rfind(b"\n", 0, MAX_BYTES) + 1]  # half a rule may say more than the whole
    encoding = "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = body.decode(encoding, errors="ignore").lstrip("\ufeff")
    return "" if text.lstrip().startswith("<") else text


def _in_words(error: Exception) -> str:
    """One line, at most 200 characters."""
    text = " ".join(str(error).split())[:200]
    return type(error).__name__ if not text or text.startswith("[") else text  # Twisted lists its failures in brackets


def _origin(url: str) -> str:
    """'https://h.com:8443' of any URL there."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}"
