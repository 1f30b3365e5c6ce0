"""The spider middleware that makes a page all or nothing: it hands over what one response gave.

It stands nearest to the engine, so it sees what every other middleware has left. Requests do not
go on to the scheduler; they are part of the page and become frontier rows in its transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.frontier import settle
from crawler.frontier.gather import Gathered
from crawler.frontier.request_codec import PAGE, SETTLED
from crawler.frontier.scheduler import FrontierScheduler


class PageCommitMiddleware:
    """Gathers a callback's output; a callback that raises leaves no result but a failed page."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Needs `SCHEDULER = crawler.frontier.scheduler.FrontierScheduler`."""
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Start requests as they are; a `start` that raises leaves a run that is not called finished."""
        scheduler = self.crawler.engine.scheduler
        try:
            async for item in start:
                yield item
        except Exception as error:
            if isinstance(scheduler, FrontierScheduler):
                scheduler.start_failed(error)
            raise

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass articles on to pipelines and feeds, keep everything for the page's transaction."""
        scheduler = self.crawler.engine.scheduler
        if PAGE not in response.meta or not isinstance(scheduler, FrontierScheduler):
            async for item in result:
                yield item
            return
        gathered = Gathered(self.crawler, scheduler.site_name)
        # An exception passes through here unhandled: Scrapy logs it and its spider_error signal
        # makes the page a failed one (`FrontierScheduler`).
        async for item in gathered.keep(result):
            yield item
        if not response.meta.get(SETTLED):
            assert response.request is not None
            gave = gathered.success(response)
            if gathered.asks_again(response.request):
                gave = settle.asked_again(scheduler.leases.open[gave.page_id], gave)
            scheduler.commit(gave)
        await scheduler.room()
