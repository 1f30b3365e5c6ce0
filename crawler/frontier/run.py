"""One crawl of one site: its lock, its row in `runs`, its connections."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.conclude import conclude
from crawler.extract.article import EXTRACTOR
from crawler.extract.learned import LearnedBody
from crawler.frontier import writers
from crawler.frontier.owner import Owner
from crawler.frontier.site_lock import SiteLock
from crawler.polite.contact import require_contact
from crawler.site import Every, Site
from db.connection import StorageError, connect
from db.learned import learned_body
from db.run_history import HostTime, add_time
from db.store import Store
from db.writer import Writer


@dataclass(frozen=True, slots=True)
class Run:
    """Held from `open_run` to `close`."""

    id: int
    site_id: int
    site_name: str
    reader: sqlite3.Connection
    writer: Writer
    lock: SiteLock
    owner: Owner | None = None
    """Set where several processes share the site's pages."""
    site: Site | None = None
    hosts: dict[str, HostTime] = field(default_factory=dict)
    """How fast the hosts answered so far."""

    async def close(self, reason: str) -> None:
        """Commit what is queued, conclude the run, release lock and connections.

        Raises StorageError if the last pages could not be committed.
        """
        try:
            await asyncio.wrap_future(
                self.writer.submit(
                    lambda store: conclude(
                        store, self.id, reason, site=self.site, hosts=self.hosts, folder=self.writer.path.parent
                    )
                )
            )
        finally:
            self.reader.close()
            try:
                writers.release(self.writer)
            finally:
                if self.owner is not None:
                    self.owner.release()
                self.lock.release()


async def open_run(settings: BaseSettings, spider: Spider) -> Run:
    """Take the site of `spider` and open a run of it.

    Raises ContactMissing outside loopback, SiteBusy if another process crawls the site, StorageError
    if the database cannot be used.
    """
    path = Path(settings["GALEN_DATABASE"])
    site: Site | None = getattr(spider, "site", None)
    name = site.name if site is not None else spider.name
    require_contact(settings["GALEN_CONTACT"], _hosts(spider, site), name)
    shared = settings.getint("GALEN_SPLIT") > 1
    lock = SiteLock(path.parent / "locks", name, shared=shared)
    try:
        writer = writers.acquire(path)
    except StorageError:
        lock.release()
        raise
    try:

        def start(store: Store) -> tuple[int, int, str | None]:
            site_id = store.site_id(
                name,
                spider=spider.name,
                domains=site.domains if site is not None else (),
                language=site.language if site is not None else None,
                id_parameters=site.id_parameters if site is not None else (),
                revisit_days=site.revisit if site is not None else (1, 7, 30),
                declaration=declaration_hash(site),
            )
            run_id = store.start_run(
                site_id,
                __version__,
                refresh=settings.getbool("GALEN_REFRESH"),
                join=os.getppid() if shared else None,
            )
            return site_id, run_id, learned_body(store.connection, site_id)

        site_id, run_id, learned = await asyncio.wrap_future(writer.submit(start))
        reader = connect(path, read_only=True)
    except BaseException:
        writers.release(writer)
        lock.release()
        raise
    if site is not None:
        spider.learned = LearnedBody.from_json(learned)  # type: ignore[attr-defined]
    owner = Owner(path.parent / "locks") if shared else None
    run = Run(run_id, site_id, name, reader, writer, lock, owner, site)
    _watch_hosts(spider.crawler, run.hosts)
    return run


def _watch_hosts(crawler: Crawler, hosts: dict[str, HostTime]) -> None:
    """Note how fast each host answers."""

    def answered(response: Response, request: Request) -> None:
        if (seconds := request.meta.get("download_latency")) is not None:
            add_time(hosts, response.url, seconds)

    crawler.signals.connect(answered, signal=signals.response_received, weak=False)


def declaration_hash(site: Site | None) -> str | None:
    """Hash of the rules that a site's pages are read by: its declaration and the version of the extraction."""
    if site is None:
        return None
    # How often and how fast it is crawled is no rule of reading.
    rules = replace(site, schedule=Every(), delay=None, at_once=None, budget=None, keep_raw=True, expect=())
    return blake2b(f"{EXTRACTOR} {rules!r}".encode(), digest_size=8).hexdigest()


def _hosts(spider: Spider, site: Site | None) -> list[str]:
    if site is not None:
        return list(site.domains)
    starts = [urlsplit(url).netloc for url in getattr(spider, "start_urls", ())]
    return [*(getattr(spider, "allowed_domains", None) or ()), *starts]
