"""`galen reprocess`: the kept raw pages read again, without a request."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from scrapy import Spider
from scrapy.settings import Settings

from crawler.article_spider import ArticleSpider
from crawler.cli.after import forget_withheld
from crawler.cli.crawl import ALL_BUSY, load_settings
from crawler.cli.database import writing
from crawler.cli.options import DATABASE, CommandError, data_option
from crawler.demo import MARKER, SPIDERS
from crawler.extract.learned import LearnedBody
from crawler.frontier.site_lock import SiteBusy, SiteLock
from crawler.raw.reprocess import Site, reprocess_site
from crawler.raw.reread import make_spider
from crawler.sites import ANY_SITE
from db.learned import learned_body
from db.reprocessing import Progress
from db.search.query import parse_date
from db.store import Store


@click.command()
@click.option("--site", "names", multiple=True, metavar="NAME", help="Only this site (repeatable).")
@click.option("--since", metavar="DATE", help="Only pages fetched then or later: 2024, 2024-05 or 2024-05-31 (UTC).")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(data: Path, names: tuple[str, ...], since: str | None, quiet: bool, as_json: bool) -> None:
    """Read the kept raw pages again by the rules of today; no website is asked.

    An article gets a revision only where its title, summary or body differ. What analysts corrected stays, what was
    redacted stays away. Stopped at any moment, the same command goes on where it was.
    """
    start = _since(since)
    settings = load_settings(data, {"LOG_LEVEL": "WARNING"})
    if (data / MARKER).exists():
        settings.set("SPIDER_MODULES", [*settings.getlist("SPIDER_MODULES"), SPIDERS], priority="cmdline")
    logging.basicConfig(level=logging.ERROR if quiet else logging.WARNING, format="%(message)s", stream=sys.stderr)
    done: list[dict[str, Any]] = []
    busy = 0
    broken: list[str] = []
    with writing(data) as store:
        for row in _sites(store, names):
            with ExitStack() as held:
                try:
                    held.callback(SiteLock(data / "locks", row["name"]).release)
                    done.append(_one(store, data, settings, row, start, quiet=quiet or as_json))
                except SiteBusy as error:
                    busy += 1
                    click.echo(f"galen: {error}", err=True)
                except _SpiderGone as error:
                    broken.append(str(error))
    forget_withheld(data / DATABASE)
    if as_json:
        click.echo(json.dumps(done, ensure_ascii=False, indent=2))
    else:
        for each in done:
            click.echo(
                f"{each['site']}: {each['pages']} pages read again, {each['changed']} articles changed, "
                f"{each['new']} new, {each['failed']} left as they were"
            )
    if broken:
        raise CommandError(f"{'; '.join(broken)}. The other sites are done.")
    sys.exit(ALL_BUSY if busy and not done else 0)


class _SpiderGone(Exception):
    """There is no site file any more for a site that was crawled."""


def _one(store: Store, data: Path, settings: Settings, row: Any, since: str, *, quiet: bool) -> dict[str, Any]:
    def tell(progress: Progress) -> None:
        if not quiet:
            click.echo(f"{row['name']}: {progress.pages} pages", err=True)

    spider = _spider(settings, row)
    if isinstance(spider, ArticleSpider):
        # what the crawl has learned, so that the same rule reads the same page
        spider.learned = LearnedBody.from_json(learned_body(store.connection, row["id"]))
    site = Site(row["id"], row["name"], spider)
    progress = reprocess_site(store, data / "raw", site, since, on_batch=tell)
    return {
        "site": row["name"],
        "resumed": progress.resumed,
        "pages": progress.pages,
        **{str(outcome): number for outcome, number in progress.counts.items()},
    }


def _spider(settings: Settings, row: Any) -> Spider:
    """The site's spider, for the hosts that were crawled. Raises _SpiderGone."""
    arguments = {"url": f"https://{row['name']}/"} if row["spider"] == ANY_SITE else {}
    try:
        spider = make_spider(settings, row["spider"], **arguments)
        site = getattr(spider, "site", None)
        hosts = json.loads(row["domains"])
        if site is not None and hosts and set(hosts) != set(site.domains):
            # a copy of the site, as the demo's on loopback
            spider = make_spider(settings, row["spider"], base=",".join(f"{site.scheme}://{host}" for host in hosts))
    except KeyError as error:
        raise _SpiderGone(f"the site file of {row['name']} (spider {row['spider']}) is gone: put it back") from error
    return spider


def _sites(store: Store, names: tuple[str, ...]) -> list[Any]:
    rows = store.connection.execute("SELECT id, name, spider, domains FROM sites ORDER BY id").fetchall()
    if not names:
        return [row for row in rows if _has_raw(store, row["id"])]
    found = [row for row in rows if row["name"] in names or row["spider"] in names]
    known = {row["name"] for row in found} | {row["spider"] for row in found}
    if unknown := sorted(set(names) - known):
        raise CommandError(f"{unknown[0]!r} was never crawled. Crawled: {', '.join(row['spider'] for row in rows)}")
    return found


def _has_raw(store: Store, site_id: int) -> bool:
    row = store.connection.execute(
        "SELECT 1 FROM raw_pages JOIN pages ON pages.id = page_id WHERE site_id = ? LIMIT 1", (site_id,)
    ).fetchone()
    return row is not None


def _since(text: str | None) -> str:
    if text is None:
        return ""
    try:
        return parse_date(text)
    except ValueError as error:
        raise click.UsageError(f"--since: {error}") from error
