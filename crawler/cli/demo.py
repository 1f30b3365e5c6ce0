"""`galen demo`: the main job on the embedded demo websites, from website to CSV."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from crawler.cli.crawl import crawl, exit_code, load_settings
from crawler.cli.options import DATABASE, PUBLIC, CommandError, counted
from crawler.cli.summary import print_sites
from crawler.demo import MARKER, SPIDERS
from crawler.demo.server import DemoSites
from crawler.runner import Target
from crawler.sites import declared_sites
from db.connection import connect
from db.export import Request, export_file
from db.publish import publish
from db.report import site_summaries


@click.command()
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data/demo"), show_default=True,
    metavar="DIR", help="Folder for the demo's database; what an earlier demo left there is replaced.",
)  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress.")
def command(data: Path, quiet: bool) -> None:
    """Start the demo websites on loopback, crawl them, remove duplicates, publish, write a CSV.

    Needs no network. The websites are small inventions that come with Galen; to look at them,
    run `python -m crawler.demo`.
    """
    _empty(data)
    settings = load_settings(
        data,
        {
            "SPIDER_MODULES": [SPIDERS],
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": 8,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "LOG_LEVEL": "WARNING",
        },
    )
    with DemoSites() as sites:
        click.echo(f"Crawling {len(sites.origins)} demo websites on this machine ...", err=True)
        targets = [
            Target(site.spider, site.site.name, {"base": ",".join(sites.origins[site.spider])})
            for site in declared_sites(settings)
        ]
        runner = crawl(targets, settings, at_once=len(targets), quiet=quiet)
    for item in runner.crawls:
        if item.error is not None:
            raise CommandError(f"the demo site {item.target.label} could not be crawled: {item.error}")
    if (code := exit_code(runner)) != 0:
        sys.exit(code)
    _finish(data)


def _empty(data: Path) -> None:
    """Remove what an earlier demo left. Raises CommandError for a folder that is not a demo's."""
    if data.exists() and any(data.iterdir()):
        if not (data / MARKER).exists():
            raise CommandError(
                f"{data} is not empty and was not made by a demo, so it is left alone. Name another folder with --data."
            )
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARKER).touch()


def _finish(data: Path) -> None:
    connection = connect(data / DATABASE, read_only=True)
    try:
        print_sites(site_summaries(connection))
    finally:
        connection.close()
    published = publish(data / DATABASE, data / PUBLIC)
    exported = export_file(published.path, data / "articles.csv", Request())
    click.echo(f"Published {counted(published.snapshot.rows, 'article')}: {published.path}")
    click.echo(f"Exported {counted(exported.rows, 'row')}: {data / 'articles.csv'}")
    make = "make serve, or " if data == Path("data/demo") and Path("Makefile").exists() else ""
    click.echo(f"Next: {make}{_galen()} serve --data {data}")


def _galen() -> str:
    """What to type for `galen` here: `make demo` puts it where no shell looks for it."""
    beside = Path(sys.executable).with_name("galen")
    if shutil.which("galen") is not None or not beside.exists():
        return "galen"
    return os.path.relpath(beside)
