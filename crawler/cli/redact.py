"""`galen redact`: a page's text or a person's name removed everywhere, for good."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click

from crawler.cli.correct import login
from crawler.cli.database import crawl_database, writing
from crawler.cli.options import DATABASE, PUBLIC, CommandError, counted, data_option
from crawler.frontier.site_lock import SiteBusy, no_crawl
from crawler.raw.redact import redact_raw
from db.publish import PublishError, publish, withdraw
from db.redact import Redacted, purge, redact_person, redact_url
from db.redaction import name_words, person_words, read_tombstones
from db.store import Store

_BLOCK = 1 << 20


@dataclass(slots=True)
class Report:
    """What was removed, and what is left to do by hand."""

    articles: int
    pages: int
    raw_pages: int
    copies: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    left_in: list[str] = field(default_factory=list)
    """Files in the data folder in whose bytes the name or URL still stands."""


@click.command()
@click.option("--url", "urls", multiple=True, metavar="URL", help="Page to remove (repeatable).")
@click.option(
    "--doctor", "names", multiple=True, metavar="NAME", help="Person to remove, in each spelling (repeatable)."
)
@click.option("--by", metavar="NAME", envvar="GALEN_BY", show_envvar=True, help="Who asks.  [default: your login]")
@click.option("--note", metavar="TEXT", help="Why; must not repeat what is removed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(
    data: Path,
    urls: tuple[str, ...],
    names: tuple[str, ...],
    by: str | None,
    note: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove a page with its article, or a person's name, from the database, its index, the raw pages and the
    published snapshots, and keep it out: the next crawl does not bring it back.

    It cannot be undone. Backups and exports made earlier still hold it.
    """
    if not urls and not names:
        raise click.UsageError("name a page with --url or a person with --doctor")
    _check(urls, names)
    crawl_database(data)
    if not yes:
        click.confirm(f"Remove {', '.join([*urls, *names])} for good?", abort=True, err=True)
    try:
        with no_crawl(data / "locks"), writing(data) as store:
            report = _redact(store, data, urls, names, by or login(), note)
    except SiteBusy as error:
        raise CommandError(f"nothing was removed: {error}") from error
    except PublishError as error:
        raise CommandError(str(error)) from error
    _print(report, as_json=as_json)


def _check(urls: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Refuse what cannot be meant, before anybody is asked. Raises click.UsageError."""
    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise click.UsageError(f"--url {url!r}: an address begins with http:// or https://")
    for name in names:
        try:
            person_words(name)
        except ValueError as error:
            raise click.UsageError(f"--doctor {error}") from error


def _redact(
    store: Store, data: Path, urls: tuple[str, ...], names: tuple[str, ...], by: str, note: str | None
) -> Report:
    with store.atomic():
        gone = [redact_url(store, url, by=by, note=note) for url in urls]
        gone += [redact_person(store, name, by=by, note=note) for name in names]
    pages = set[int]().union(*(each.pages for each in gone))
    raw = redact_raw(store, data / "raw", read_tombstones(store.connection), pages)
    withdraw(data / PUBLIC)
    purge(store.connection)
    if (data / PUBLIC).exists():
        publish(data / DATABASE, data / PUBLIC)
    return Report(
        articles=sum(each.articles for each in gone),
        pages=len(pages),
        raw_pages=raw,
        copies=_all(gone, "copies"),
        addresses=_all(gone, "addresses"),
        left_in=[str(path) for path in _holding(data, [*urls, *names])],
    )


def _all(gone: list[Redacted], what: str) -> list[str]:
    return sorted({url for each in gone for url in getattr(each, what)})


def _holding(data: Path, texts: list[str]) -> Iterator[Path]:
    """Files below the data folder in which one of the texts stands, in UTF-8."""
    patterns = [re.compile(rb"\W+".join(re.escape(word.encode()) for word in name_words(text)), re.I) for text in texts]
    longest = max(len(text.encode()) for text in texts) * 2
    for path in sorted(data.rglob("*")):
        if path.is_file() and any(_occurs(path, pattern, longest) for pattern in patterns):
            yield path


def _occurs(path: Path, pattern: re.Pattern[bytes], overlap: int) -> bool:
    tail = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if pattern.search(tail + block):
                return True
            tail = block[-overlap:]
    return False


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
        return
    if report.articles or report.pages or report.raw_pages:
        click.echo(
            f"Removed from {counted(report.articles, 'article')} and {counted(report.pages, 'page')}; "
            f"{counted(report.raw_pages, 'raw page')} deleted."
        )
    else:
        click.echo("Nothing of it was stored. It is kept out from now on.")
    for url in report.copies:
        click.echo(f"The same text still stands at {url} (galen redact --url {url})")
    for url in report.addresses:
        click.echo(f"The name is part of the address {url} (galen redact --url {url})")
    for path in report.left_in:
        click.echo(f"Still in {path}: delete it or make it anew.")
    click.echo("Backups and exports made earlier still hold it: delete them. A server that runs must be started again.")
