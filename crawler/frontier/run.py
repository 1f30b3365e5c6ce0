"""One crawl of one site: its lock, its row in `runs`, its connections."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.conclude import conclude
from crawler.frontier import writers
from crawler.frontier.site_lock import SiteLock
from crawler.polite.contact import require_contact
from crawler.site import Site
from db.connection import StorageError, connect
from db.run_history import HostTime
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
    lock = SiteLock(path.parent / "locks", name)
    try:
        writer = writers.acquire(path)
    except StorageError:
        lock.release()
        raise
    try:

        def start(store: Store) -> tuple[int, int]:
            site_id = store.site_id(
                name,
                spider=spider.name,
                domains=site.domains if site is not None else (),
                language=site.language if site is not None else None,
            )
            return site_id, store.start_run(site_id, __version__)

        site_id, run_id = await asyncio.wrap_future(writer.submit(start))
        reader = connect(path, read_only=True)
    except BaseException:
        writers.release(writer)
        lock.release()
        raise
    return Run(run_id, site_id, name, reader, writer, lock, site)


def _hosts(spider: Spider, site: Site | None) -> list[str]:
    if site is not None:
        return list(site.domains)
    starts = [urlsplit(url).netloc for url in getattr(spider, "start_urls", ())]
    return [*(getattr(spider, "allowed_domains", None) or ()), *starts]
