"""`galen search`: ranked articles on the terminal, or as JSON."""

from __future__ import annotations

import functools
import json
import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.cli.options import CommandError, database_option, filter_options
from db.connection import StorageError, connect
from db.search.builder import Filters
from db.search.engine import MARK_END, MARK_START, Hit, SearchResult, search
from db.search.names import unknown_names
from db.search.ranking import Sort


class _SearchCommand(click.Command):
    """A command whose words may begin with a minus, as they may in the search box."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read -word as NOT word; -- and options keep their meaning."""
        end = args.index("--") if "--" in args else len(args)
        words = [_EXCLUDED.sub(r"NOT \1", word) for word in args[:end]]
        return super().parse_args(ctx, words + args[end:])


_EXCLUDED = re.compile(r"^-([^-\s].+)$", re.DOTALL)


@click.command("search", cls=_SearchCommand)
@click.argument("query", nargs=-1)
@functools.partial(filter_options, copies=False)
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many articles to show.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many to skip first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; matches in snippets stand between \\x02 and \\x03.")
@database_option
def command(
    query: tuple[str, ...],
    filters: Filters,
    all_words: bool,
    broaden: bool,
    sort: Sort,
    limit: int,
    offset: int,
    as_json: bool,
    database: Path,
) -> None:
    """Search the published articles, each text once. Without QUERY: the newest.

    Words must all occur; "quotes" keep them together, -word excludes, OR allows either. Narrow by
    title: source: doctor: site: lang: year:2024 after:2023-05 before:2025.
    """
    text = " ".join(query)
    try:
        with closing(connect(database, read_only=True)) as conn:
            if unknown := unknown_names(conn, filters):
                raise CommandError(" ".join(unknown))
            result = search(
                conn, text, filters=filters, limit=limit, offset=offset, sort=sort, all_words=all_words, broaden=broaden
            )
    except StorageError as error:
        raise CommandError(str(error)) from error
    except sqlite3.Error as error:
        raise CommandError(f"{database} cannot be searched: {error}. Is it a database of Galen?") from error
    if as_json:
        click.echo(json.dumps({"query": text, **asdict(result)}, ensure_ascii=False, indent=2))
        return
    for note in result.explanation:
        click.echo(note, err=True)
    if not result.hits:
        click.echo("No article matches." if not result.total else f"There are {result.total:,} only.", err=True)
    elif sys.stdout.isatty():
        _print_table(result, offset)
    else:
        _print_lines(result)


def _print_table(result: SearchResult, offset: int) -> None:
    table = Table(box=None, show_lines=False, pad_edge=False, row_styles=["", "dim"])
    table.add_column("Date", no_wrap=True)
    table.add_column("Article", ratio=3)
    table.add_column("Source", ratio=1)
    table.add_column("Doctor", ratio=1)
    for hit in result.hits:
        article = Text(hit.title, style="bold")
        article.append("\n").append(_highlighted(hit.snippet)).append(f"\n{hit.url}", style="blue")
        if hit.copies > 1:
            article.append(f"  ({hit.copies} copies)", style="yellow")
        table.add_row((hit.published or "")[:10], article, hit.source or hit.site, hit.doctors or "")
    console = Console()
    console.print(table)
    shown = f"{offset + 1:,} to {offset + len(result.hits):,} of " if result.hits else ""
    console.print(f"{shown}{result.total:,} article{'' if result.total == 1 else 's'}", highlight=False)


def _highlighted(snippet: str) -> Text:
    """The snippet with its matches in another style; the article's own text is never read as markup."""
    text = Text()
    for number, part in enumerate(snippet.split(MARK_START)):
        match, _, rest = part.partition(MARK_END) if number else ("", "", part)
        text.append(match, style="not dim bold green").append(rest, style="not bold")
    return text


def _print_lines(result: SearchResult) -> None:
    """One article a line, fields apart by tabs: date, title, source, doctors, URL."""
    for hit in result.hits:
        click.echo("\t".join(_flat(value) for value in _columns(hit)))


def _columns(hit: Hit) -> tuple[str, ...]:
    return (hit.published or "", hit.title, hit.source or hit.site, hit.doctors or "", hit.url)


def _flat(value: str) -> str:
    return " ".join(value.split())
