"""Scrapy's scheduler on top of the `pages` table.

Pages are taken from the database in portions and kept in memory until the transaction that holds
their results has committed; what a killed process had in memory is still pending in the database.
Reads happen on a connection of their own (WAL: readers never wait), writes in the writer thread,
so the event loop waits for neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.exceptions import CloseSpider
from scrapy.utils.defer import deferred_from_coro

from crawler.frontier import settle
from crawler.frontier.backlog import Backlog
from crawler.frontier.errback import LeasedErrback, Own
from crawler.frontier.gather import link_of
from crawler.frontier.learning import Learning
from crawler.frontier.leases import Leases
from crawler.frontier.request_codec import KIND, PAGE, CannotStore, decode
from crawler.frontier.run import Run, open_run
from crawler.frontier.seeds import Seeds
from crawler.frontier.shared_leases import SharedLeases
from crawler.frontier.site_lock import SiteBusy
from crawler.polite.contact import ContactMissing
from db.connection import StorageError
from db.records import Page, PageKind, PageResult, Saved

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

_CONDITIONAL = frozenset({PageKind.ARTICLE, PageKind.PART, PageKind.LISTING, PageKind.SITEMAP, PageKind.FEED})
"""Kinds that are asked for only if they have changed. What an unchanged one leads to is kept in the database."""
_REASONS = {ContactMissing: "no contact", SiteBusy: "busy", StorageError: "storage"}
_WAKE = Request("data:,wake")


class StartFailed(Exception):
    """A spider's `start` raised, or gave a request that cannot be kept."""


class FrontierScheduler(BaseScheduler):
    """Leases due pages of the spider's site and commits what they gave.

    Errors that end the crawl are logged with `told`, for whoever prints `error` himself.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.error: Exception | None = None
        """Why the crawl could not begin or had to stop: ContactMissing, SiteBusy, StorageError or StartFailed."""
        self.run: Run | None = None
        self._ready: deque[Request] = deque()
        self._waking = False
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        crawler.signals.connect(self._callback_raised, signal=signals.spider_error)
        crawler.signals.connect(self._opened, signal=signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from the settings GALEN_DATABASE, GALEN_LIMIT and GALEN_WAIT."""
        return cls(crawler)

    @property
    def site_name(self) -> str:
        """Name of the site being crawled."""
        assert self.run is not None
        return self.run.site_name

    def is_home(self, url: str) -> bool:
        """Whether a URL lies where the site is at home, not on another of its hosts."""
        return self.run is not None and self.run.site is not None and url.startswith(f"{self.run.site.base}/")

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Take the site and open its run; a busy site or a broken database closes the spider."""
        self.spider = spider
        self._loop = asyncio.get_running_loop()
        return deferred_from_coro(self._open())

    async def _open(self) -> None:
        try:
            self.run = await open_run(self.crawler.settings, self.spider)
        except (ContactMissing, SiteBusy, StorageError) as error:
            self.error = error
            self._closing = True
            return
        self._learning = Learning(self.run, self.spider)
        self._seeds = Seeds(self.run, self._seeds_written)
        self._backlog = Backlog(self.run, self._page_landed, self._wake)
        self.leases = self._leases(self.run)

    def _leases(self, run: Run) -> Leases:
        settings = self.crawler.settings
        limit, wait = settings.getint("GALEN_LIMIT"), settings.getfloat("GALEN_WAIT")
        if run.owner is None:
            return Leases(run.reader, run.site_id, limit=limit, longest_wait=wait)
        return SharedLeases(
            run.reader, run.site_id, limit=limit, longest_wait=wait, writer=run.writer, owner=run.owner,
            arrived=self._portion_arrived,
        )  # fmt: skip

    def _opened(self) -> None:
        # Not in `open`: Scrapy's scraper must be open before it can be closed.
        if self.error is not None:
            logger.error("%s", self.error, extra={"told": True})
            raise CloseSpider(_REASONS[type(self.error)])

    def close(self, reason: str) -> Deferred[None] | None:
        """Commit what is left, close the run, release the site."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        return deferred_from_coro(self._close(reason))

    async def _close(self, reason: str) -> None:
        if self.run is None:
            return
        if isinstance(self.error, StartFailed):
            reason = "start failed"
        elif reason == "finished" and self.leases.exhausted:
            reason = "limit"
        elif reason == "finished" and not self.leases.taken and self.leases.pause_left() > 0:
            reason = "paused"
            logger.warning(
                "%s asked to be left alone for another %d minutes: nothing was fetched",
                self.site_name, self.leases.pause_left() // 60 + 1,
            )  # fmt: skip
        self._learning.keep()
        try:
            if isinstance(self.leases, SharedLeases):
                await asyncio.wrap_future(self.leases.give_back())
            await self.run.close(reason)
        except StorageError as error:
            self._stop_for(error)

    # Scrapy's side: requests in, requests out

    def enqueue_request(self, request: Request) -> bool:
        """Keep a request: redirects of a leased page in memory, anything else in the database."""
        if request is _WAKE:
            return True
        if PAGE in request.meta:
            self._ready.append(request)
            return True
        try:
            self._seeds.add(link_of(request, self.crawler, refetch=True))
        except CannotStore as error:
            # Raised here it would cost all start requests after this one.
            self.start_failed(error)
            return False
        return True

    def start_failed(self, error: Exception) -> None:
        """The spider's start requests did not all come in: what is there is crawled, the run counts as failed."""
        if self.error is None:
            words = str(error) if isinstance(error, CannotStore) else f"{type(error).__name__}: {error}"
            self.error = StartFailed(f"{self.site_name} did not start as it should: {words}")
            logger.error("%s", self.error, extra={"told": True})

    def has_pending_requests(self) -> bool:
        """True while anything is queued, in flight, uncommitted, or due soon enough to wait for."""
        if self._closing:
            return False
        leases = self.leases
        if self._ready or self._seeds.writing or leases.open or leases.asking or self._timer is not None:
            return True
        return not leases.dry and not leases.exhausted

    def next_request(self) -> Request | None:
        """The next request whose time has come; None where there is none at the moment."""
        if self._closing or self._seeds.writing:
            return None
        if self._ready:
            return self._ready.popleft()
        while (page := self.leases.take()) is not None:
            request = self._request_of(page)
            if request is not None:
                return request
        self._rest()
        return None

    def _request_of(self, page: Page) -> Request | None:
        try:
            if page.request is not None:
                request = decode(page.request, self.spider)
            else:
                request = Request(page.url, callback=getattr(self.spider, f"parse_{page.kind}"))
        except (ValueError, AttributeError) as error:
            self.commit(settle.unaskable(page, self.site_name, error))
            return None
        request.meta.update({PAGE: page.id, "depth": page.depth})
        if page.kind is not PageKind.REQUEST:
            request.meta[KIND] = page.kind
        if page.kind in _CONDITIONAL:
            if page.etag:
                request.headers.setdefault("If-None-Match", page.etag)
            if page.last_modified:
                request.headers.setdefault("If-Modified-Since", page.last_modified)
        request.errback = LeasedErrback(self._download_failed, request.errback)
        return request

    # Results: from the page to the writer, word of the commit back

    def _download_failed(self, failure: Failure, own: Own) -> AsyncIterator[Any]:
        page = self.leases.open[failure.request.meta[PAGE]]  # type: ignore[attr-defined]
        return settle.download_failed(self, failure, page, own)

    def _callback_raised(self, failure: Failure, response: Any, spider: Spider) -> None:
        page_id = getattr(response, "meta", {}).get(PAGE) if hasattr(response, "request") else None
        page = self.leases.open.get(page_id) if page_id is not None else None
        if page is not None and failure.value is not None:
            self.commit(settle.callback_raised(page, self.site_name, failure.value, response))

    def commit(self, result: PageResult) -> None:
        """Hand a page's result to the writer; the page stays leased until it has committed."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"galen/{result.verdict}")
        self._backlog.add(result)
        self._learning.note()

    async def room(self) -> None:
        """Wait while the writer is far behind, so that memory stays bounded."""
        await self._backlog.room()

    def _page_landed(self, page_id: int, future: Future[Saved]) -> None:
        self.leases.done(page_id)
        error = future.exception()
        if error is None:
            self._count(future.result())
        else:
            self._not_stored("a page could not be stored and is kept as failed", error)

    def _not_stored(self, what: str, error: BaseException) -> None:
        if isinstance(error, StorageError):
            self._stop_for(error)
        else:
            logger.error("%s: %s: %s", what, type(error).__name__, error)

    def _count(self, saved: Saved) -> None:
        assert self.crawler.stats is not None
        for name in ("new", "changed", "unchanged", "copies"):
            self.crawler.stats.inc_value(f"galen/{name}", getattr(saved, name))

    def _seeds_written(self, error: BaseException | None) -> None:
        if error is not None:
            self._not_stored("seeds could not be stored", error)
        self.leases.dry = False
        self._wake()

    def _portion_arrived(self, error: BaseException | None) -> None:
        if error is not None:
            self._not_stored("pages could not be leased", error)
        self._wake()

    # Waiting and waking

    def _rest(self) -> None:
        """Nothing to fetch now: commit what waits for company, or set the clock for what is due later."""
        in_flight = self.leases.in_flight
        if in_flight and self._backlog.pages == in_flight:
            self._backlog.flush()
        if in_flight or self.leases.asking or self._timer is not None:
            return
        wait = self.leases.next_look()
        if wait is None:
            self.leases.dry = True
        else:
            self._timer = self._loop.call_later(wait + 0.5, self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        self.leases.dry = False
        self._wake()

    def _wake(self) -> None:
        if not self._waking:
            self._waking = True
            self._loop.call_soon(self._woken)

    def _woken(self) -> None:
        self._waking = False
        # The engine looks for work every 5 s by itself; its public way to be told earlier is a request.
        if not self._closing and self.crawler.engine.spider is not None:
            self.crawler.engine.crawl(_WAKE)

    def _stop_for(self, error: StorageError) -> None:
        if self.error is None:
            self.error = error
            logger.error("%s", error, extra={"told": True})
        if not self._closing:
            self._closing = True
            self._stopping = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="storage"))
