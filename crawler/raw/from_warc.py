"""`galen crawl --from-warc FILE`: articles out of WARC files that others made; no website is asked."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.settings import Settings
from scrapy.utils.request import fingerprint

from crawler import __version__
from crawler.frontier.run import declaration_hash
from crawler.frontier.site_lock import SiteLock
from crawler.raw.foreign import pages_of
from crawler.raw.obeyed import obeyed, policy_rules, product_of
from crawler.raw.reread import make_spider, read_again, request_for
from crawler.site import Site
from crawler.sites import ANY_SITE, declared_sites
from db.records import Link, PageKind, PageResult, RawPage
from db.store import Store

logger = logging.getLogger(__name__)

BATCH = 50
OK = 200
REASON = "warc"
"""Reason of runs that read a file."""


@dataclass(slots=True)
class Imported:
    """What a file gave for one site."""

    site: Site
    spider: Spider
    site_id: int
    run_id: int
    counts: Counter[str] = field(default_factory=Counter)
    """Verdicts, 'new', 'changed', 'unchanged', 'skipped' and 'older' (the database has a newer state), 'broken'."""


_Work = tuple[Imported, RawPage, Request | None]
"""A page of a site, and the request by which an article goes on there."""


class WarcImport:
    """Reads WARC files into the database; each site is locked from its first page on. Context manager."""

    def __init__(self, store: Store, settings: Settings, locks: Path, names: Iterable[str] = ()) -> None:
        """`names`: spiders whose pages are taken; none = every host, undeclared ones by the general rules."""
        self.sites: dict[str, Imported] = {}
        """What was read, by the name of the site."""
        self._store = store
        self._settings = settings
        self._locks = locks
        self._names = frozenset(names)
        self._declared = {domain: declared for declared in declared_sites(settings) for domain in declared.site.domains}
        self._held = ExitStack()
        self._parts: dict[bytes, tuple[Imported, Request]] = {}
        """Later pages of articles that were not met yet, by fingerprint."""

    def __enter__(self) -> WarcImport:
        return self

    def __exit__(self, *_: object) -> None:
        for imported in self.sites.values():
            self._store.finish_run(imported.run_id, REASON)
        self._held.close()

    def read(self, path: Path) -> None:
        """Store every article of a file. Raises RawPageLost where it is no WARC or breaks off, SiteBusy."""
        batch: list[_Work] = []
        try:
            for raw in self._pages(path):
                imported = self._site_of(raw)
                if imported is not None:
                    batch.append((imported, raw, None))
                if len(batch) == BATCH:
                    self._save(batch)
                    batch = []
        finally:
            self._save(batch)

    def join_parts(self, paths: Sequence[Path]) -> None:
        """Add the later pages of the articles that were read, in whatever order they lie in the files.

        The files are read again only while an article asks for a page that one of them has.
        """
        found = True
        while found and self._parts:
            found = False
            for raw in (raw for path in paths for raw in self._pages(path)):
                waiting = self._parts.pop(fingerprint(Request(raw.url)), None) if raw.status == OK else None
                if waiting is not None:
                    found = True
                    imported, request = waiting
                    self._save([(imported, raw, request)])

    def _pages(self, path: Path) -> Iterator[RawPage]:
        return pages_of(path, self._settings.getint("DOWNLOAD_MAXSIZE"))

    def _site_of(self, raw: RawPage) -> Imported | None:
        parts = urlsplit(raw.url)
        if raw.status != OK or parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        host = parts.netloc.rpartition("@")[2].lower()
        declared = self._declared.get(host)
        name = declared.site.name if declared is not None else host
        if self._names and (declared is None or declared.spider not in self._names):
            return None
        if name not in self.sites:
            self._held.callback(SiteLock(self._locks, name).release)
            spider = (
                make_spider(self._settings, declared.spider)
                if declared is not None
                else make_spider(self._settings, ANY_SITE, url=f"{parts.scheme}://{host}/")
            )
            site: Site = spider.site  # type: ignore[attr-defined]
            site_id = self._store.site_id(
                name,
                spider=spider.name,
                domains=site.domains,
                language=site.language,
                id_parameters=site.id_parameters,
                revisit_days=site.revisit,
                declaration=declaration_hash(site),
            )
            self.sites[name] = Imported(site, spider, site_id, self._store.start_run(site_id, __version__))
        return self.sites[name]

    def _save(self, batch: Sequence[_Work]) -> None:
        with self._store.atomic():
            for imported, raw, part in batch:
                for result in self._results(imported, raw, part):
                    try:
                        saved = self._store.save_page(result, run_id=imported.run_id)
                    except (LookupError, ValueError, TypeError) as error:
                        logger.warning("%s: %s: %s", raw.url, type(error).__name__, error)
                        imported.counts["broken"] += 1
                        continue
                    imported.counts.update({result.verdict: 1, "new": saved.new, "changed": saved.changed})

    def _results(self, imported: Imported, raw: RawPage, part: Request | None) -> Iterator[PageResult]:
        """What a page gives; `part`: the request of an article that goes on there."""
        parts = urlsplit(raw.url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        spider = imported.spider
        if part is None and re.search(imported.site.article, target) is None:
            imported.counts["skipped"] += 1
            return
        page_id = self._page(imported, raw, PageKind.ARTICLE if part is None else PageKind.PART)
        if page_id is None:
            imported.counts["older"] += 1
            return
        try:
            read = read_again(spider, raw, part or request_for(spider, raw.url, PageKind.ARTICLE, None, 0))
        except Exception as error:  # noqa: BLE001 - the page boundary: one bad page never costs another
            logger.warning("%s: %s: %s", raw.url, type(error).__name__, error)
            imported.counts["broken"] += 1
            return
        self._parts |= {fingerprint(request): (imported, request) for request in read.parts}
        yield PageResult(
            page_id=page_id,
            site=imported.site.name,
            url=raw.url,
            verdict=read.verdict,
            reason=read.reason,
            fetched_at=raw.fetched_at,
            status=raw.status,
            articles=tuple(
                obeyed(article, raw, policy_rules(self._settings), product_of(self._settings))
                for article in read.articles
            ),
            part=read.part,
        )

    def _page(self, imported: Imported, raw: RawPage, kind: PageKind) -> int | None:
        """The frontier's row of a page; None where the database has a state that is as new."""
        key = fingerprint(Request(raw.url))
        connection = self._store.connection
        self._store.add_links(imported.site_id, [Link(url=raw.url, fingerprint=key, kind=kind)], imported.run_id)
        row = connection.execute(
            "SELECT id, fetched_at FROM pages WHERE site_id = ? AND fingerprint = ?", (imported.site_id, key)
        ).fetchone()
        if row["fetched_at"] is not None and row["fetched_at"] >= raw.fetched_at:
            return None
        return int(row["id"])
