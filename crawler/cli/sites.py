"""`galen sites`: the sites that Galen knows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from crawler.cli.crawl import load_settings
from crawler.cli.options import CommandError, data_option
from crawler.progress import print_summary
from crawler.sites import BrokenSiteFile, declared_sites


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(data: Path, as_json: bool) -> None:
    """List the declared sites. Any other website is crawled by its URL: `galen crawl https://example.org/`."""
    try:
        sites = declared_sites(load_settings(data, {}))
    except BrokenSiteFile as error:
        raise CommandError(str(error)) from error
    if as_json:
        rows = [
            {
                "name": site.spider,
                "site": site.site.name,
                "domains": site.site.domains,
                "language": site.site.language,
                "articles": site.site.article,
                "schedule": str(site.site.schedule),
                "description": site.description,
            }
            for site in sites
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    print_summary(
        [
            [site.spider, site.site.name, ", ".join(site.site.domains), site.site.language or "-", site.description]
            for site in sites
        ],
        ("name", "site", "domains", "language", "what it is"),
        sys.stdout,
    )
    click.echo("Your own site files go into ./spiders (docs/add-a-site.md); any URL can be crawled without one.")
