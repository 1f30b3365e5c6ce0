"""`galen sites`: the sites that Galen knows, and new ones: list, add, test, snapshot."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import click
from scrapy.settings import BaseSettings

from crawler.cli.crawl import crawl, load_settings
from crawler.cli.options import SECONDS, CommandError, counted, data_option
from crawler.config import load_config
from crawler.progress import print_summary
from crawler.proposal import Proposal, propose
from crawler.samples import read_samples
from crawler.site import Site
from crawler.site_file import PAGES, SiteFileExists, difference, expected, pairs, site_file, write_new
from crawler.sites import declared_sites, is_url, targets
from db.records import PersonKind

_FIXTURES = 2


class _Group(click.Group):
    """A group whose options belong to `list`, so that `galen sites --json` goes on working."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Group)
def command() -> None:
    """List the declared sites, propose a declaration for a new one, test it on stored pages."""


@command.command("list")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_sites(data: Path, as_json: bool) -> None:
    """List the declared sites. Any other website is crawled by its URL: `galen crawl https://example.org/`."""
    sites = declared_sites(load_settings(data, {}))
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


@command.command()
@click.argument("url")
@click.option("--name", help="Name of the spider and its file.  [default: made from the host]")
@click.option("--pages", type=click.IntRange(min=5, max=500), default=40, show_default=True, help="Pages to look at.")
@click.option("--delay", type=SECONDS, help="Seconds between two requests.")
@click.option("--contact", help="Web page or mail address where webmasters reach you (also in galen.toml).")
def add(url: str, name: str | None, pages: int, delay: float | None, contact: str | None) -> None:
    """Look at some pages of the website at URL and write a site file to begin with.

    Its pages are fetched as in a crawl (robots.txt, one request a second). Written are spiders/NAME.py and two pages
    with the article expected of them below tests/pages/NAME/. Nothing that exists is overwritten.
    """
    if not is_url(url):
        raise click.UsageError(f"{url!r} is no URL: write https://...")
    spider = name or _spider_name(url)
    if not spider.isidentifier():
        raise click.UsageError(f"--name {spider!r}: letters, digits and _ only, no digit first")
    path = Path(load_config().sites) / f"{spider}.py"
    if path.exists():
        raise CommandError(f"{path} exists already; it is never overwritten. Name another: --name {spider}_2")
    with tempfile.TemporaryDirectory() as folder:
        proposal = _look(url, Path(folder), pages, delay, contact)
    _show(proposal)
    try:
        write_new(path, site_file(proposal.site, spider, proposal.doubts))
        written = [path, *_write_fixtures(proposal, spider)]
    except SiteFileExists as error:
        raise CommandError(str(error)) from error
    click.echo("Written: " + ", ".join(map(str, written)))
    click.echo(f"Next: look at both, then `galen sites test {spider}` and `galen crawl {spider} --limit 20`.")


def _look(url: str, folder: Path, pages: int, delay: float | None, contact: str | None) -> Proposal:
    """Fetch some pages and make a proposal of them."""
    settings = load_settings(folder, {"GALEN_SAMPLES": str(folder), "GALEN_LIMIT": pages, "LOG_LEVEL": "WARNING"})
    extensions = {**settings.getdict("EXTENSIONS"), "crawler.samples.SampleKeeper": 0}
    for setting, value in (("EXTENSIONS", extensions), ("DOWNLOAD_DELAY", delay), ("GALEN_CONTACT", contact)):
        if value is not None:
            settings.set(setting, value, priority="cmdline")
    runner = crawl(targets(settings, [url]), settings, at_once=1)
    if runner.signal is not None:
        sys.exit(128 + runner.signal)
    failed = next((item.error for item in runner.crawls if item.error), None)
    if failed:
        raise CommandError(failed)
    try:
        return propose(list(read_samples(folder)), url)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _show(proposal: Proposal) -> None:
    """What was found, and some rows to look at."""
    site = proposal.site
    for line in proposal.discovery:
        click.echo(f"discovery: {line}")
    click.echo(f"articles:  {site.article or 'any page'}   ({len(proposal.articles)} seen)")
    click.echo(f"body:      {site.body[0] if site.body else 'found page by page'}")
    bylines = [article.byline_raw for _, article in proposal.articles if article.byline_raw]
    click.echo(f"byline:    {' / '.join(bylines[0].splitlines()) if bylines else 'none found'}")
    for doubt in proposal.doubts:
        click.echo(f"look at:   {doubt}")
    print_summary(
        [
            [
                article.title[:40],
                article.source or "-",
                "; ".join(p.name for p in article.people if p.kind is PersonKind.CLINICIAN) or "-",
                article.published.value[:10] if article.published else "-",
                str(len(article.body)),
            ]
            for _, article in proposal.articles[:8]
        ],
        ("title", "source", "doctor", "published", "characters"),
        sys.stdout,
    )


def _write_fixtures(proposal: Proposal, spider: str) -> list[Path]:
    """The first articles as pairs of page and expected article."""
    written = []
    for sample, _ in proposal.articles[:_FIXTURES]:
        slug = re.sub(r"[^a-z0-9]+", "-", urlsplit(sample.url).path.lower()).strip("-")[-60:] or "home"
        path = PAGES / spider / f"{slug}.json"
        write_new(path.with_suffix(".html"), sample.body)
        write_new(path, expected(proposal.site, sample))
        written += [path.with_suffix(".html"), path]
    return written


def _spider_name(url: str) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    name = re.sub(r"[^a-z0-9]+", "_", host.lower()).strip("_")
    return f"site_{name}" if name[:1].isdigit() or not name else name


@command.command()
@data_option
@click.argument("names", nargs=-1)
def test(data: Path, names: tuple[str, ...]) -> None:
    """Read the stored pages of sites again and say where the result is another. Exit code 1 if one is."""
    settings = load_settings(data, {})
    checked = wrong = 0
    for spider, site in _sites(settings, names):
        for path, sample in pairs(PAGES, spider):
            checked += 1
            if told := difference(path, expected(site, sample)):
                wrong += 1
                click.echo(told)
    click.echo(f"{counted(checked, 'page')} read again, {wrong} differ.")
    if not checked:
        raise CommandError(f"no page is stored below {PAGES}/; `galen sites add URL` stores two")
    sys.exit(1 if wrong else 0)


@command.command()
@data_option
@click.argument("names", nargs=-1, required=True)
def snapshot(data: Path, names: tuple[str, ...]) -> None:
    """Take what is read now as what is expected of the stored pages, and show what that changes."""
    read = changed = 0
    for spider, site in _sites(load_settings(data, {}), names):
        for path, sample in pairs(PAGES, spider):
            now = expected(site, sample)
            read += 1
            if told := difference(path, now):
                changed += 1
                click.echo(told)
                path.write_text(now, encoding="utf-8")
    if not read:
        raise CommandError(f"no page is stored below {PAGES}/; `galen sites add URL` stores two")
    click.echo(f"{counted(read, 'page')} read, {changed} of them expected anew.")


def _sites(settings: BaseSettings, names: tuple[str, ...]) -> list[tuple[str, Site]]:
    """(spider, declaration) of the named sites, of all where none is named."""
    known = {site.spider: site.site for site in declared_sites(settings)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.UsageError(f"{unknown[0]!r} is no declared site. Sites: {', '.join(known) or 'none'}")
    return [(name, known[name]) for name in names or known]
