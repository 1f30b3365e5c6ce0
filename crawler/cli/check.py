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
from crawler.cli.options import data_option
from crawler.config import ConfigError
from crawler.fitness import Finding, examine
from crawler.polite.contact import ContactMissing, require_contact
from crawler.sites import declared_sites


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
    except ConfigError as error:
        yield Finding(what="settings", state="fault", found=str(error), cure="Mend the file that is named.")
        return
    yield Finding(what="sites", state="ok", found=f"{len(sites)} declared")
    contact = settings["GALEN_CONTACT"]
    try:
        require_contact(contact, ["any.website"], "any website")
        yield Finding(what="contact", state="ok", found=contact)
    except ContactMissing:
        yield Finding(
            what="contact", state="warning",
            found=f"{contact or 'none'}: so nothing but this machine is crawled",
            cure='Write your own web page or mail address into galen.toml: contact = "https://..."',
        )  # fmt: skip
