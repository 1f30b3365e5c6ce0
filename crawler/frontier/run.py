"""One crawl of one site: its lock, its row in `runs`, its connections."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.extract.article import EXTRACTOR
from crawler.extract.learned import LearnedBody
from crawler.frontier import writers
from crawler.frontier.site_lock import SiteLock
from crawler.polite.contact import require_contact
from crawler.site import Site
from db.connection import StorageError, connect
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

    def keep_learned(self, spider: Spider) -> None:
        """Store what the site's pages have taught, with the next transaction."""
        learned: LearnedBody | None = getattr(spider, "learned", None)
        if learned is not None:
            text = learned.to_json()
            self.writer.submit(lambda store: store.keep_learned_body(self.site_id, text), urgent=False)

    async def close(self, reason: str) -> None:
        """Commit what is queued, close the run's row, release lock and connections.

        Raises StorageError if the last pages could not be committed.
        """
        try:
            await asyncio.wrap_future(self.writer.submit(lambda store: store.finish_run(self.id, reason)))
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

        def start(store: Store) -> tuple[int, int, str | None]:
            site_id = store.site_id(
                name,
                spider=spider.name,
                domains=site.domains if site is not None else (),
                language=site.language if site is not None else None,
                revisit_days=site.revisit if site is not None else (1, 7, 30),
                declaration=declaration_hash(site),
            )
            run_id = store.start_run(site_id, __version__, refresh=settings.getbool("GALEN_REFRESH"))
            return site_id, run_id, store.learned_body(site_id)

        site_id, run_id, learned = await asyncio.wrap_future(writer.submit(start))
        reader = connect(path, read_only=True)
    except BaseException:
        writers.release(writer)
        lock.release()
        raise
    if site is not None:
        spider.learned = LearnedBody.from_json(learned)  # type: ignore[attr-defined]
    return Run(run_id, site_id, name, reader, writer, lock)


def declaration_hash(site: Site | None) -> str | None:
    """Hash of the rules that a site's pages are read by: its declaration and the version of the extraction."""
    if site is None:
        return None
    return blake2b(f"{EXTRACTOR} {site!r}".encode(), digest_size=8).hexdigest()


def _hosts(spider: Spider, site: Site | None) -> list[str]:
    if site is not None:
        return list(site.domains)
    starts = [urlsplit(url).netloc for url in getattr(spider, "start_urls", ())]
    return [*(getattr(spider, "allowed_domains", None) or ()), *starts]
