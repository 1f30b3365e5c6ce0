"""`galen reprocess`: every kept raw page of a site read again by the rules of today."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scrapy import Spider

from crawler.extract.article import EXTRACTOR
from crawler.raw.archive import RawPageLost, read
from crawler.raw.obeyed import known_signals, obeyed, policy_rules, product_of
from crawler.raw.reread import read_again, request_for
from db import raw_pages, reprocessing
from db.records import PageKind, PageResult, RawPage
from db.reprocessing import Outcome, Progress
from db.store import Store, prepare_page

logger = logging.getLogger(__name__)

BATCH = 50


@dataclass(slots=True)
class Site:
    """A site whose raw pages are read again."""

    id: int
    name: str
    spider: Spider


def reprocess_site(
    store: Store, folder: Path, site: Site, since: str, *, on_batch: Callable[[Progress], None] = lambda _: None
) -> Progress:
    """Read the raw pages in `folder` that were fetched at `since` (UTC text) or later; sends nothing.

    Killed at any moment, the next call goes on after the last batch. A page whose callback raises costs no other; it
    stays as it is.
    """
    progress = reprocessing.begin(store, site.id, since, EXTRACTOR)
    while rows := raw_pages.kept(store.connection, site.id, since, progress.last_page, BATCH):
        results = [(row, _read(store, site, folder, row)) for row in rows]
        with store.atomic():
            for _, result in results:
                outcome = Outcome.FAILED if result is None else _store(store, result)
                progress.count(outcome)
            progress.last_page = rows[-1].page_id
            reprocessing.note(store, progress)
        on_batch(progress)
    reprocessing.finish(store, progress)
    return progress


def _read(store: Store, site: Site, folder: Path, row: raw_pages.RawRow) -> PageResult | None:
    try:
        raw = _raw(store, folder, row)
        request = request_for(site.spider, row.url, PageKind(row.kind), row.request, row.depth)
        found = read_again(site.spider, raw, request)
    except RawPageLost as error:
        logger.warning("%s: %s", row.url, error)
        return None
    except Exception as error:  # noqa: BLE001 - the page boundary: one bad page never costs another
        logger.warning("%s is left as it is: %s: %s", row.url, type(error).__name__, error)
        return None
    settings = site.spider.settings
    rules, product = policy_rules(settings), product_of(settings)
    known = known_signals(store.connection, row.page_id)
    return PageResult(
        page_id=row.page_id,
        site=site.name,
        url=raw.url,
        verdict=found.verdict,
        reason=found.reason,
        fetched_at=row.fetched_at,
        status=raw.status,
        articles=tuple(obeyed(article, raw, rules, product, known) for article in found.articles),
        part=found.part,
    )


def _raw(store: Store, folder: Path, row: raw_pages.RawRow) -> RawPage:
    """The raw page, also where the archive was rewritten since the row was read. Raises RawPageLost."""
    try:
        return read(folder, row.place)
    except RawPageLost:
        place = raw_pages.place_of(store.connection, row.page_id)
        if place in (None, row.place):
            raise
        return read(folder, place)


def _store(store: Store, result: PageResult) -> Outcome:
    try:
        return reprocessing.save(store, prepare_page(result))
    except (LookupError, ValueError, TypeError) as error:
        logger.warning("%s is left as it is: %s: %s", result.url, type(error).__name__, error)
        return Outcome.FAILED
