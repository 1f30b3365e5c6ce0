"""`galen crawl --due`: of the declared sites those whose time has come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from scrapy.settings import BaseSettings

from crawler.cli.database import reading
from crawler.cli.options import DATABASE
from crawler.runner import Target
from crawler.schedule.due import SiteTime, site_times
from crawler.sites import declared_sites
from db.schedule import Planned, planned


def times(settings: BaseSettings) -> list[SiteTime]:
    """When every declared site is due, soonest first. Raises StorageError if the database cannot be read."""
    declared = [(site.spider, site.site.name, site.site.schedule) for site in declared_sites(settings)]
    return site_times(declared, _planned(Path(settings["GALEN_DATA"])))


def due_targets(targets: Sequence[Target], settings: BaseSettings) -> list[Target]:
    """The targets that are due; one without a declaration (a URL) always is."""
    now = datetime.now(UTC)
    waiting = {item.spider for item in times(settings) if not item.is_due(now)}
    return [target for target in targets if target.spider not in waiting]


def echo_nothing_due(names: Sequence[str], settings: BaseSettings, *, as_json: bool) -> None:
    """Say that nothing is due, and what is next; exit code 0."""
    if as_json:
        click.echo(json.dumps({"crawls": [], "sites": []}))
        return
    soonest = next((item for item in times(settings) if not names or item.spider in names), None)
    then = f"; next is {soonest.spider} at {soonest.next_due}" if soonest is not None else ""
    click.echo(f"Nothing is due{then}.")


def _planned(data: Path) -> dict[str, Planned]:
    if not (data / DATABASE).exists():
        return {}
    with reading(data) as connection:
        return planned(connection)
