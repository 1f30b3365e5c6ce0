"""`galen diff`: what changed in an article, word by word."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.database import reading
from crawler.cli.options import NUMBER, CommandError, data_option
from db.article_loader import find_article
from db.revisions import Change, DateChange, FieldChange, Version, date_changes, difference, versions

_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
_COLOURS = {"same": None, "removed": "red", "added": "green"}
_AROUND = 60
"""Characters of unchanged text shown on either side of a change."""


@click.command("diff")
@click.argument("article")
@click.option("--from", "first", type=NUMBER, metavar="N", help="Older version; default: the last but one.")
@click.option("--to", "second", type=NUMBER, metavar="N", help="Newer version; default: the current one.")
@click.option("--full", is_flag=True, help="Print unchanged text in full.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(article: str, first: int | None, second: int | None, full: bool, as_json: bool, data: Path) -> None:
    """Show what changed in ARTICLE (its number or URL) between two versions, word by word.

    [-went-] {+came+}; dates that moved while the text stayed are listed below.
    """
    with reading(data) as connection:
        number = find_article(connection, article)
        all_versions = versions(connection, number)
        moved = date_changes(connection, number)
    new = _version(all_versions, second or all_versions[-1].number)
    old = _version(all_versions, first or max(1, new.number - 1))
    changes = difference(old, new)
    if as_json:
        answer = {
            "article": number,
            "from": old.number,
            "to": new.number,
            "versions": len(all_versions),
            "fields": [asdict(change) for change in changes],
            "dates": [asdict(change) for change in moved],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    _print(number, old, new, changes, moved, full=full)


def _version(all_versions: tuple[Version, ...], number: int) -> Version:
    for version in all_versions:
        if version.number == number:
            return version
    known = ", ".join(str(version.number) for version in all_versions)
    raise CommandError(f"there is no version {number}; there are: {known}.")


def _print(
    number: int,
    old: Version,
    new: Version,
    changes: tuple[FieldChange, ...],
    moved: tuple[DateChange, ...],
    *,
    full: bool,
) -> None:
    if old is new:
        click.echo(f"article {number} has one version: its text has not changed since it was first seen")
    elif not changes:
        click.echo(f"article {number}: versions {old.number} and {new.number} are alike")
    else:
        click.echo(f"article {number}, version {old.number} (until {old.until}) -> version {new.number}")
    for field in changes:
        click.echo(f"\n{field.field}:")
        click.echo("".join(_shown(change, full=full) for change in field.changes))
    for date in moved:
        click.echo(f"{date.seen_at[:10]}  {date.note}: {date.old or 'none'} -> {date.new or 'none'}")


def _shown(change: Change, *, full: bool) -> str:
    text = change.text
    if change.operation == "same":
        if full or len(text) <= 2 * _AROUND:
            return text
        return f"{text[:_AROUND]} ... {text[-_AROUND:]}"
    if sys.stdout.isatty():
        return click.style(text, fg=_COLOURS[change.operation], strikethrough=change.operation == "removed")
    before, after = _MARKS[change.operation]
    kept = text.rstrip()
    return f"{before}{kept}{after}{text[len(kept) :]}"
