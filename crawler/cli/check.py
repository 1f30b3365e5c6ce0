"""`galen check`: is this machine fit, is the database whole, how long will the disk last?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from scrapy.settings import Settings

from crawler.cli.crawl import load_settings
from crawler.cli.options import CommandError, data_option
from crawler.fitness import Finding, examine
from crawler.sites import BrokenSiteFile, declared_sites


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(data: Path, as_json: bool) -> None:
    """Look at Python, SQLite, folders, clock, disk, settings, the database and its snapshots.

    Every fault comes with its cure. Exit code 1 if there is one.
    """
    found = [*examine(data), *_settings(data)]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(f"{finding.state:8} {finding.what}: {finding.found}")
            if finding.cure is not None:
                click.echo(f"         -> {finding.cure}")
    sys.exit(int(any(finding.state == "fault" for finding in found)))


def _settings(data: Path) -> Iterator[Finding]:
    try:
        settings: Settings = load_settings(data, {})
        sites = declared_sites(settings)
    except (CommandError, BrokenSiteFile) as error:
        yield Finding(what="settings", state="fault", found=str(error), cure="Mend the file that is named.")
        return
    yield Finding(what="sites", state="ok", found=f"{len(sites)} declared")
    if settings["GALEN_CONTACT"]:
        yield Finding(what="contact", state="ok", found=settings["GALEN_CONTACT"])
    else:
        yield Finding(
            what="contact", state="warning", found="none, so nothing but this machine is crawled",
            cure="""echo 'contact = "https://your-institute.org/crawler"' >> galen.toml""",
        )  # fmt: skip
