"""Sends requests through Scrapy's own engine with our middlewares, and says how each ended.

Run by the tests as a process of its own, because a reactor starts once only. Reads a job as JSON from standard input:
`steps` (a URL, a list of URLs to fetch at the same time, or a number of seconds to put the robots cache's clock
forward), and optionally `domains`, `allowed_domains`, `start_urls`, `settings`, `guard`, `runner`, `meta`.
Prints a list of outcomes in the order of the URLs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, AsyncCrawlerRunner

from crawler.polite import guard, robots

JOB: dict[str, Any] = json.load(sys.stdin)
OUTCOMES: list[dict[str, Any]] = []
AHEAD = timedelta(0)


class ClockedRobots(robots.RobotsMiddleware):
    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler, now=lambda: robots.utc_now() + AHEAD)


class ResolverOnly(guard.HostGuardMiddleware):
    def process_request(self, request: Request) -> None:
        """Lets every URL pass, so that the resolver has to stop it."""


class Probe(Spider):
    name = "probe"

    def __init__(self) -> None:
        super().__init__()
        if "domains" in JOB:
            self.site = SimpleNamespace(domains=tuple(JOB["domains"]))
        self.allowed_domains = JOB.get("allowed_domains")
        self.start_urls = JOB.get("start_urls", [])

    async def start(self) -> AsyncIterator[Any]:
        global AHEAD
        for step in JOB["steps"]:
            if isinstance(step, int | float):
                AHEAD += timedelta(seconds=step)
            else:
                urls = step if isinstance(step, list) else [step]
                OUTCOMES.extend(await asyncio.gather(*(self.outcome(url) for url in urls)))
        for nothing in ():
            yield nothing

    async def outcome(self, url: str) -> dict[str, Any]:
        try:
            response = await self.crawler.engine.download_async(Request(url, meta=JOB.get("meta", {})))
        except Exception as error:  # noqa: BLE001 - how a request ends is what is asked
            retry_at = getattr(error, "retry_at", None)
            return {
                "end": type(error).__name__,
                "reason": getattr(error, "reason", str(error)),
                "wait": retry_at and round((retry_at - robots.utc_now() - AHEAD).total_seconds()),
            }
        return {"end": response.status, "body": response.text}


MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    ClockedRobots: 100,
}
SETTINGS = {
    "DOWNLOADER_MIDDLEWARES": MIDDLEWARES | {guard.HostGuardMiddleware if JOB.get("guard", True) else ResolverOnly: 10},
    "TWISTED_DNS_RESOLVER": guard.GuardedResolver,
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": "Galen",
    "USER_AGENT": "Galen/1 (+https://galen.example)",
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "CRITICAL",
    "CLOSESPIDER_TIMEOUT": 20,
    **JOB.get("settings", {}),
}


async def run_in_a_loop_of_our_own() -> None:
    await AsyncCrawlerRunner(SETTINGS).crawl(Probe)


if __name__ == "__main__":
    if JOB.get("runner"):
        from scrapy.utils.reactor import install_reactor
        from twisted.internet.defer import Deferred
        from twisted.internet.task import react

        install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
        with contextlib.suppress(SystemExit):
            react(lambda _: Deferred.fromFuture(asyncio.ensure_future(run_in_a_loop_of_our_own())))
    else:
        process = AsyncCrawlerProcess(SETTINGS)
        process.crawl(Probe)
        process.start()
    json.dump(OUTCOMES, sys.stdout)
