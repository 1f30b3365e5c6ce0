"""All that one response gave, gathered into one `PageResult`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.frontier.errback import as_written
from crawler.frontier.request_codec import KIND, LASTMOD, PAGE, encode
from crawler.polite.guard import HostGuardMiddleware
from crawler.raw.policy import raw_page
from db.connection import utc_now
from db.records import Article, Link, PageKind, PageResult, Part, Verdict

LONGEST_VALIDATOR = 200
"""Bytes of an ETag or Last-Modified that are kept."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a callback yields to say what its page is; without it an article or a listing."""

    verdict: Verdict
    reason: str | None = None


def link_of(request: Request, crawler: Crawler, *, refetch: bool = False) -> Link:
    """A request as a row for the frontier. Raises CannotStore, which names the callback."""
    assert crawler.spider is not None
    request = as_written(request)
    kind = request.meta.get(KIND)
    return Link(
        url=request.url,
        kind=PageKind(kind or PageKind.REQUEST),
        fingerprint=crawler.request_fingerprinter.fingerprint(request),
        request=None if _is_plain(request, crawler.spider) else encode(request, crawler.spider),
        lastmod=request.meta.get(LASTMOD),
        depth=request.meta.get("depth", 0),
        priority=request.priority,
        refetch=refetch or request.dont_filter,
    )


def _is_plain(request: Request, spider: Spider) -> bool:
    """Whether kind and URL say everything. `meta=response.meta` hands a kind on that says nothing of the callback."""
    kind = request.meta.get(KIND)
    return (
        kind is not None
        and request.callback == getattr(spider, f"parse_{kind}", None)
        and not (request.cb_kwargs or request.errback or request.headers or request.body)
        and request.method == "GET"
    )


@dataclass(slots=True)
class Gathered:
    """The output of one callback (or errback), sorted."""

    crawler: Crawler
    site: str
    links: list[Link] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    part: Part | None = None
    judged: Judged | None = None
    _guard: HostGuardMiddleware | None = None

    def __post_init__(self) -> None:
        """Look for the guard once, not for each of thousands of links."""
        self._guard = self.crawler.get_downloader_middleware(HostGuardMiddleware)

    async def keep(self, output: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Take what belongs to the page; yield articles (for pipelines and feeds) and foreign items."""
        async for item in output:
            match item:
                case Request():
                    self._keep_request(item)
                    continue
                case Article():
                    self.articles.append(item)
                case Part():
                    self.part = item
                    continue
                case Judged():
                    self.judged = item
                    continue
            yield item

    def _keep_request(self, request: Request) -> None:
        stats = self.crawler.stats
        assert stats is not None
        # Known to be refused: no row for each link of the rest of the web.
        if self._guard is not None and not self._guard.would_pass(request):
            stats.inc_value("galen/links/undeclared_host")
            return
        self.links.append(link_of(request, self.crawler))

    def asks_again(self, request: Request) -> bool:
        """Whether the callback of `request` wants the same page once more, as Scrapy's `get_retry_request` does."""
        again = [link.fingerprint for link in self.links if link.refetch]
        return bool(again) and self.crawler.request_fingerprinter.fingerprint(request) in again

    def success(self, response: Response) -> PageResult:
        """The result of a page whose callback came to its end."""
        assert response.request is not None
        if self.judged is not None:
            verdict, reason = self.judged.verdict, self.judged.reason
        elif self.part is not None:
            verdict, reason = Verdict.PART, None
        else:
            verdict, reason = (Verdict.ARTICLE if self.articles else Verdict.LISTING), None
        return PageResult(
            page_id=response.request.meta[PAGE],
            site=self.site,
            url=response.url,
            verdict=verdict,
            reason=reason,
            fetched_at=utc_now(),
            status=response.status,
            articles=tuple(self.articles),
            part=self.part,
            links=tuple(self.links),
            etag=_validator(response, "ETag"),
            last_modified=_validator(response, "Last-Modified"),
            raw=raw_page(response, self.crawler, verdict, self.articles, reason),
        )


def _validator(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    # Half a validator matches nothing.
    return value.decode("latin-1") if value and len(value) <= LONGEST_VALIDATOR else None
