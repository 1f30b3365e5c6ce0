"""Raw pages through a spider's callbacks again, without an engine and without a request."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from scrapy.statscollectors import MemoryStatsCollector

from crawler.frontier.gather import Judged
from crawler.frontier.request_codec import FETCHED, KIND, decode
from db.records import Article, PageKind, Part, RawPage, Verdict


@dataclass(slots=True)
class Read:
    """What a callback made of a page; other requests are left out, the frontier knows them."""

    articles: list[Article] = field(default_factory=list)
    part: Part | None = None
    judged: Judged | None = None
    parts: list[Request] = field(default_factory=list)
    """What asks for the later pages of an article."""

    @property
    def verdict(self) -> Verdict:
        """What the page is."""
        if self.judged is not None:
            return self.judged.verdict
        if self.part is not None:
            return Verdict.PART
        return Verdict.ARTICLE if self.articles else Verdict.LISTING

    @property
    def reason(self) -> str | None:
        """Why it is no article."""
        return self.judged.reason if self.judged is not None else None


def make_spider(settings: Settings, name: str, **arguments: str) -> Spider:
    """A spider as a crawl has it, outside of one. Raises KeyError for a name that is no spider."""
    spider_class = SpiderLoader.from_settings(settings).load(name)
    crawler = Crawler(spider_class, settings)
    crawler.stats = MemoryStatsCollector(crawler)
    spider = spider_class(**arguments)
    spider.crawler = crawler
    spider.settings = settings
    return spider


def request_for(spider: Spider, url: str, kind: PageKind, stored: str | None, depth: int) -> Request:
    """The request that a page was asked with. Raises ValueError, AttributeError where the spider no longer knows it."""
    request = decode(stored, spider) if stored is not None else Request(url, callback=getattr(spider, f"parse_{kind}"))
    request.meta["depth"] = depth
    if kind is not PageKind.REQUEST:
        request.meta[KIND] = kind
    return request


def read_again(spider: Spider, raw: RawPage, request: Request) -> Read:
    """Give a raw page to the request's callback. Raises whatever the callback raises."""
    request.meta[FETCHED] = raw.fetched_at
    response = _response(raw, request)
    callback = request.callback or spider.parse
    output: Any = callback(response, **request.cb_kwargs)
    read = Read()
    for item in _items(output):
        match item:
            case Article():
                read.articles.append(item)
            case Part():
                read.part = item
            case Judged():
                read.judged = item
            case Request() if item.meta.get(KIND) == PageKind.PART:
                read.parts.append(item)
    return read


def _response(raw: RawPage, request: Request) -> Response:
    headers: dict[bytes, list[bytes]] = {}
    for name, value in raw.headers:
        headers.setdefault(name.encode("latin-1", "replace"), []).append(value.encode("latin-1", "replace"))
    kind = responsetypes.from_args(
        headers={name: values[0] for name, values in headers.items()}, url=raw.url, body=raw.body
    )
    return kind(url=raw.url, status=raw.status, headers=headers, body=raw.body, request=request)


def _items(output: Any) -> Iterator[Any]:
    if inspect.isawaitable(output) or isinstance(output, AsyncIterator):
        output = asyncio.run(_collected(output))
    if output is None:
        return
    if hasattr(output, "__iter__") and not isinstance(output, (str, bytes, dict)):
        yield from output
    else:
        yield output


async def _collected(output: Any) -> Any:
    if isinstance(output, AsyncIterator):
        return [item async for item in output]
    result = await output
    return await _collected(result) if isinstance(result, AsyncIterator) else result
