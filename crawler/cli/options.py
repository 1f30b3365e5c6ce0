"""What commands share: where the data lies, what to read of it, and how a command says that it failed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from crawler.config import load_config
from db.publish import NothingPublishedError, current
from db.search.builder import Filters
from db.search.query import parse_date

F = TypeVar("F", bound=Callable[..., Any])


class _Seconds(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value).strip().lower().lstrip("+-") == "nan":
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return super().convert(value, param, ctx)


SECONDS = _Seconds(0, 3600)
"""A delay between two requests."""
NUMBER = click.IntRange(1, 2**63 - 1)
"""Numbers of rows, and how many rows are wanted: what SQLite can hold."""
DATABASE = "galen.db"
"""The crawl database, in the data folder."""
PUBLIC = "public"
"""Folder of the published snapshots, in the data folder."""


class CommandError(click.ClickException):
    """A command failed: one line on stderr that says what, why and what to type next; exit code 1."""

    exit_code = 1


def counted(number: int, what: str) -> str:
    """A number with its noun, as '1 page' or '2,000 pages'."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def size(number: int) -> str:
    """Bytes as people read them."""
    return f"{number / 1e6:,.1f} MB" if number >= 1e6 else f"{number / 1e3:,.0f} kB"


def data_option(command: F) -> F:
    """Give a command `--data DIR`, passed as `data`, a Path that need not exist yet."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="GALEN_DATA",
        default=lambda: Path(load_config().data),
        show_default="data in galen.toml, else data",
        show_envvar=True,
        metavar="DIR",
        help="Folder of the database and its published snapshots.",
    )(command)


def database_option(command: F) -> F:
    """Give a command `--data` and `--database`, passed as `database`: the file to read.

    Without `--database` it is the published snapshot; CommandError if there is none.
    """

    @functools.wraps(command)
    def with_database(*args: Any, data: Path, database: Path | None, **kwargs: Any) -> Any:
        if database is None:
            try:
                _, database = current(data / PUBLIC)
            except NothingPublishedError as error:
                raise CommandError(str(error)) from error
        return command(*args, database=database, **kwargs)

    option = click.option(
        "--database",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Read this database instead of the published snapshot.",
    )
    return data_option(option(with_database))  # type: ignore[return-value]


def _date(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A date known to the year, month or day as ISO 8601 text, or a usage error."""
    try:
        return None if value is None else parse_date(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", context, parameter) from error


_FILTERS = (
    click.option("--source", "sources", multiple=True, metavar="NAME", help="Only from this source (repeatable)."),
    click.option("--doctor", "doctors", multiple=True, metavar="NAME", help="Only naming this doctor (repeatable)."),
    click.option("--site", "sites", multiple=True, metavar="NAME", help="Only from this website (repeatable)."),
    click.option("--language", "languages", multiple=True, metavar="CODE", help="Only in this language, as 'en'."),
    click.option("--since", callback=_date, metavar="DATE", help="Published then or later: 2024, 2024-05, 2024-05-31."),
    click.option("--until", callback=_date, metavar="DATE", help="Published then or earlier; 2024-05 means its end."),
    click.option("--all-words", is_flag=True, help="Only articles with all the words, however few they are."),
    click.option("--broaden", is_flag=True, help="Also articles that are like the best ones (at most 1,000)."),
)
_COPIES = (
    click.option("--no-copies", "copies", flag_value=False, default=True, type=bool,
                 help="Of texts found on several pages only one."),
    click.option("--copies", "copies", flag_value=True, default=False, type=bool,
                 help="Also the copies of texts found on several pages."),
)  # fmt: skip


def filter_options(command: F, *, copies: bool = True) -> F:
    """Give a command the options that narrow articles down: `filters`, `all_words` and `broaden`.

    `copies` says whether copies are in it unless the user says otherwise.
    """

    @functools.wraps(command)
    def with_filters(
        *args: Any,
        sources: tuple[str, ...],
        doctors: tuple[str, ...],
        sites: tuple[str, ...],
        languages: tuple[str, ...],
        since: str | None,
        until: str | None,
        copies: bool,
        **kwargs: Any,
    ) -> Any:
        filters = Filters(
            sources=sources,
            doctors=doctors,
            sites=sites,
            languages=languages,
            since=since,
            until=until,
            copies=copies,
        )
        return command(*args, filters=filters, **kwargs)

    wrapped: Any = with_filters
    for option in reversed((*_FILTERS, _COPIES[0] if copies else _COPIES[1])):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]
