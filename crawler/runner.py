"""Many sites in one process: each its own Scrapy crawler, a few at a time, one reactor."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from crawler.frontier.scheduler import FrontierScheduler
from crawler.frontier.site_lock import SiteBusy

logger = logging.getLogger(__name__)

SITES_AT_ONCE = 8
"""Sites crawled at the same time in one process; each is asked politely by itself."""
GRACE = 30.0
"""Seconds that pages in flight get after the first SIGINT or SIGTERM."""


@dataclass(frozen=True, slots=True)
class Target:
    """One site to crawl: a spider and its arguments."""

    spider: str
    label: str
    """What the user sees: the site's name."""
    arguments: dict[str, str] = field(default_factory=dict)


@dataclass
class Crawl:
    """How a target fares; read by the progress table while it runs."""

    target: Target
    crawler: Crawler | None = None
    scheduler: FrontierScheduler | None = None
    state: str = "waiting"
    """waiting | crawling | done | failed | busy | stopped | elsewhere (another worker has claimed it)"""
    error: str | None = None
    """One line for the user."""
    run_id: int | None = None
    failed_checks: list[str] = field(default_factory=list)
    """What the checks after the run found wrong, a sentence each."""

    def opened(self) -> None:
        """Keep the scheduler: the engine forgets it when the crawl ends."""
        assert self.crawler is not None
        scheduler = self.crawler.engine.scheduler
        self.scheduler = scheduler if isinstance(scheduler, FrontierScheduler) else None

    def count(self, name: str) -> int:
        """A counter of the run so far: a verdict, or 'new', 'changed', 'unchanged', 'copies'."""
        stats = self.crawler.stats if self.crawler is not None and self.state != "waiting" else None
        return int(stats.get_value(f"galen/{name}", 0)) if stats is not None else 0


class Runner:
    """Runs targets to their end; SIGINT and SIGTERM end them early and cleanly."""

    def __init__(
        self,
        settings: Settings,
        targets: Sequence[Target],
        *,
        at_once: int = SITES_AT_ONCE,
        claim: Callable[[int], bool] = lambda _index: True,
    ) -> None:
        """`claim`: whether the target of that index is ours; asked when its turn comes."""
        self.crawls = [Crawl(target) for target in targets]
        self.signal: int | None = None
        """The signal that ended the run early."""
        self._settings = settings
        self._at_once = at_once
        self._claim = claim
        install_reactor(settings["TWISTED_REACTOR"])
        self._runner = AsyncCrawlerRunner(settings)

    def run(self, on_tick: Callable[[], None] | None = None, tick: float = 0.25) -> list[Crawl]:
        """Crawl all targets; `on_tick` is called every `tick` seconds meanwhile. Call it once a process."""
        from twisted.internet import reactor as installed  # importing it installs one

        reactor: Any = installed

        async def main() -> None:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.stop, number)
            ticking = loop.create_task(_repeat(on_tick, tick)) if on_tick else None
            try:
                gate = asyncio.Semaphore(self._at_once)
                await asyncio.gather(*(self._crawl(index, gate) for index in range(len(self.crawls))))
            finally:
                if ticking is not None:
                    ticking.cancel()
                reactor.stop()

        reactor.callWhenRunning(lambda: setattr(self, "_main", asyncio.ensure_future(main())))
        reactor.run(installSignalHandlers=False)
        return self.crawls

    async def _crawl(self, index: int, gate: asyncio.Semaphore) -> None:
        crawl = self.crawls[index]
        async with gate:
            if self.signal is not None:
                crawl.state = "stopped"
                return
            if not self._claim(index):
                crawl.state = "elsewhere"
                return
            try:
                crawl.crawler = self._runner.create_crawler(crawl.target.spider)
                crawl.crawler.signals.connect(crawl.opened, signal=signals.spider_opened)
                crawl.state = "crawling"
                await self._runner.crawl(crawl.crawler, **crawl.target.arguments)
            except Exception as error:  # one site that cannot start must not end the others
                logger.debug("crawl of %s failed", crawl.target.label, exc_info=True)
                crawl.state, crawl.error = "failed", f"{type(error).__name__}: {error}"
                return
            self._conclude(crawl)

    def _conclude(self, crawl: Crawl) -> None:
        if crawl.scheduler is None:
            crawl.state, crawl.error = "failed", "the setting SCHEDULER is not Galen's"
            return
        crawl.run_id = crawl.scheduler.run.id if crawl.scheduler.run is not None else None
        if (error := crawl.scheduler.error) is not None:
            crawl.state, crawl.error = "busy" if isinstance(error, SiteBusy) else "failed", str(error)
        else:
            crawl.state = "done" if self.signal is None else "stopped"

    def stop(self, number: int) -> None:
        """End as after that signal: cleanly the first time, at once the second."""
        if self.signal is not None:
            # Nothing is lost: what has not committed is still pending.
            os._exit(128 + number)
        self.signal = number
        logger.warning("stopping: pages in flight are finished first; again to stop at once")
        self._stopping = asyncio.ensure_future(self._runner.stop())
        asyncio.get_running_loop().call_later(GRACE, os._exit, 128 + number)


async def _repeat(call: Callable[[], None], seconds: float) -> Any:
    while True:
        call()
        await asyncio.sleep(seconds)
