"""`galen crawl --from-warc`: what it prints, and how it ends."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click
from scrapy.settings import Settings

from crawler.cli.options import CommandError
from crawler.frontier.site_lock import SiteBusy
from crawler.progress import print_summary
from crawler.raw.archive import RawPageLost
from crawler.raw.from_warc import WarcImport
from crawler.sites import declared_sites
from db.store import Store

_COUNTED = ("article", "new", "changed", "part", "listing", "rejected", "skipped", "older", "broken")


def crawl_from_warc(files: Sequence[Path], names: Sequence[str], settings: Settings, *, as_json: bool) -> None:
    """Read WARC files into the database and print what each site gave. Raises CommandError, StorageError."""
    known = {site.spider for site in declared_sites(settings)}
    if unknown := sorted(set(names) - known):
        raise click.UsageError(
            f"{unknown[0]!r} is no declared site ({', '.join(sorted(known))}); without a name every host is read"
        )
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    database = Path(settings["GALEN_DATABASE"])
    problem: Exception | None = None
    with closing(Store.open(database)) as store:
        with WarcImport(store, settings, database.parent / "locks", names) as reading:
            try:
                for file in files:
                    reading.read(file)
                reading.join_parts(files)
            except (RawPageLost, SiteBusy) as error:
                problem = error
        rows = {name: {key: each.counts[key] for key in _COUNTED} for name, each in reading.sites.items()}
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        print_summary(
            [[name, *map(str, counts.values())] for name, counts in rows.items()], ("site", *_COUNTED), sys.stdout
        )
    elif problem is None:
        click.echo("These files hold no answer of a website (status 200) that could be read.", err=True)
    if problem is not None:
        raise CommandError(
            f"{problem}. What was read before it is stored; run the same command again when it is mended"
        )
