"""`galen crawl --dry-run`: what would be visited, without asking or writing anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urljoin

import click
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.cli.database import reading
from crawler.cli.options import DATABASE
from crawler.runner import Target
from crawler.site import Site
from db.connection import utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """What a crawl of one site would begin with."""

    site: str
    spider: str
    starts: tuple[str, ...]
    """Way of discovery and URL."""
    articles: str
    """Pattern of article URLs; '' = any page."""
    delay: float
    """Seconds between two requests."""
    known_pages: int
    due_pages: int
    """Known pages that would be fetched besides what discovery finds."""


def print_plan(targets: Sequence[Target], settings: BaseSettings, *, as_json: bool) -> None:
    """Print the plan of every target. Raises StorageError if the database cannot be read."""
    plans = [_plan(target, settings) for target in targets]
    if as_json:
        click.echo(json.dumps([asdict(plan) for plan in plans], ensure_ascii=False, indent=2))
        return
    for plan in plans:
        click.echo(f"{plan.site}  (spider {plan.spider}, {plan.delay:g} s between requests)")
        for start in plan.starts:
            click.echo(f"  {start}")
        click.echo(f"  articles: {plan.articles or 'any page'}")
        click.echo(f"  known pages: {plan.known_pages}, due now: {plan.due_pages}")
    click.echo("Nothing was asked or written. robots.txt is read when the crawl begins.")


def _plan(target: Target, settings: BaseSettings) -> SitePlan:
    spider = SpiderLoader.from_settings(settings).load(target.spider)(**target.arguments)
    site: Site | None = getattr(spider, "site", None)
    known, due = _counts(Path(settings["GALEN_DATA"]), site.name if site else spider.name)
    starts: tuple[str, ...]
    if site is not None:
        starts = tuple(f"{type(way).__name__}: {urljoin(site.base + '/', way.url)}" for way in site.discover)
    else:
        starts = tuple(spider.start_urls)
    delay = site.delay if site is not None and site.delay is not None else settings.getfloat("DOWNLOAD_DELAY")
    return SitePlan(
        site=site.name if site else spider.name,
        spider=target.spider,
        starts=starts,
        articles=site.article if site else "",
        delay=delay,
        known_pages=known,
        due_pages=due,
    )


def _counts(data: Path, site: str) -> tuple[int, int]:
    if not (data / DATABASE).exists():
        return 0, 0
    with reading(data) as connection:
        row = connection.execute(
            """
            SELECT count(*), sum(state IN ('pending', 'leased') OR due <= ?)
            FROM pages WHERE site_id = (SELECT id FROM sites WHERE name = ?)
            """,
            (utc_now(), site),
        ).fetchone()
    return row[0], row[1] or 0
