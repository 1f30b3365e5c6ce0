"""The rows of an export: found, counted and read in one read transaction, through one cursor."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from db.connection import StorageError, connect
from db.search.builder import Filters
from db.search.matching import Question, found
from db.search.names import unknown_names
from db.search.query import parse, parse_date

Format = Literal["csv", "jsonl", "parquet", "sqlite"]
Profile = Literal["plain", "excel"]
Value = str | int | float | None

DEFAULT_COLUMNS = (
    "id", "title", "site", "source", "doctors", "author_doctors", "reviewer_doctors", "authors", "published",
    "modified", "reviewed", "next_review", "language", "words", "untranslated", "summary", "url", "canonical_url",
    "copies", "canonical", "revision", "first_seen", "last_seen", "last_changed", "gone_at",
)  # fmt: skip
"""Columns of the view `articles_flat`; several doctors of one article are joined by '; '."""
CHANGE = "change"
"""With `changed_since` only: new, changed or gone."""
COLUMNS = (*DEFAULT_COLUMNS, "cluster_id", "body")

_FETCH = 1_000
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?")


class ExportError(Exception):
    """Nothing was exported, or what was written is worthless; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to export and how."""

    query: str = ""
    """As in the search box; finds the same articles as there."""
    filters: Filters = field(default_factory=Filters)
    all_words: bool = False
    """True = never fill up by articles that have some of the words only."""
    broaden: bool = False
    changed_since: str | None = None
    """Only articles that are new, changed or gone since: a date, or UTC as '2026-03-01T08:00:00Z'."""
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    format: Format = "csv"
    profile: Profile = "plain"
    """For CSV only; the other formats are always lossless."""
    strict: bool = True
    """True = what a query cannot obey is an error: nobody reads notes in a file. Pages show them beside the export."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an export while its transaction is open."""

    count: int
    columns: tuple[str, ...]
    batches: Iterator[list[tuple[Value, ...]]]
    """Newest first; raises ExportError at the end if there were not `count` of them."""
    notes: tuple[str, ...]
    """Sentences on how the query was read, loosened or broadened."""


@contextmanager
def open_rows(database: Path, request: Request) -> Iterator[Rows]:
    """The rows of a request, counted before the first is read. Raises ExportError."""
    columns = _checked(request)
    try:
        with closing(connect(database, read_only=True)) as conn:
            conn.row_factory = None
            conn.execute("BEGIN")
            yield from _rows(conn, request, columns)
    except StorageError as error:
        raise ExportError(str(error)) from error
    except ValueError as error:
        raise ExportError(f"{error}.") from error
    except sqlite3.Error as error:
        raise ExportError(f"{database} cannot be exported: {error}. Is it a database of Galen?") from error


def _checked(request: Request) -> tuple[str, ...]:
    unknown = [column for column in request.columns if column not in (*COLUMNS, CHANGE)]
    if unknown or not request.columns:
        raise ExportError(f"There is no column {', '.join(unknown)!r}. Columns are: {', '.join(COLUMNS)}")
    if request.changed_since is None and CHANGE in request.columns:
        raise ExportError(f"The column {CHANGE!r} needs a date since when: --changed-since.")
    if request.changed_since is None or CHANGE in request.columns:
        return request.columns
    return (CHANGE, *request.columns)


def moment(text: str) -> str:
    """A date or a time of ours, as text that compares with the database's. Raises ValueError."""
    return text if _TIME.fullmatch(text) else parse_date(text)


def _rows(conn: sqlite3.Connection, request: Request, columns: tuple[str, ...]) -> Iterator[Rows]:
    if request.strict and (problems := [*parse(request.query).notes, *unknown_names(conn, request.filters)]):
        raise ExportError(" ".join(problems))
    question = Question(
        text=request.query, filters=request.filters, all_words=request.all_words, broaden=request.broaden
    )
    since = moment(request.changed_since) if request.changed_since else None
    with found(conn, question) as matching:
        if since:
            conn.execute(
                """
                DELETE FROM temp.found WHERE id NOT IN (
                    SELECT id FROM articles WHERE last_changed >= :since
                    UNION ALL SELECT id FROM articles WHERE gone_at IS NOT NULL AND gone_at >= :since)""",
                {"since": since},
            )
        conn.execute("DROP TABLE IF EXISTS temp.wanted")
        conn.execute("CREATE TEMP TABLE wanted(place INTEGER PRIMARY KEY, id INTEGER)")
        conn.execute("INSERT INTO temp.wanted(id) SELECT id FROM temp.found ORDER BY published DESC, id")
        (count,) = conn.execute("SELECT count(*) FROM temp.wanted").fetchone()
        # A table cannot be dropped under an open cursor, which an export broken off leaves behind.
        with closing(conn.execute(_sql(conn, columns), {"since": since} if since else {})) as cursor:
            yield Rows(count, columns, _batches(cursor, count), matching.notes)


def _sql(conn: sqlite3.Connection, columns: tuple[str, ...]) -> str:
    special = {
        "body": "articles.body",
        CHANGE: """CASE
            WHEN flat.gone_at >= :since THEN 'gone' WHEN flat.first_seen >= :since THEN 'new' ELSE 'changed'
        END""",
    }
    if any(row[1] == "doctors" for row in conn.execute("PRAGMA table_info(articles)")):
        # A snapshot has the names ready; the view would look them up for every row.
        special["doctors"] = "articles.doctors"
    wanted = ", ".join(special.get(column, f"flat.{column}") for column in columns)
    join = "JOIN articles ON articles.id = wanted.id" if "articles." in wanted else ""
    # CROSS JOIN keeps the order of the tables, and so of the rows, without sorting whole articles.
    # S608: columns are names out of COLUMNS
    return f"""
        SELECT {wanted}
        FROM temp.wanted CROSS JOIN articles_flat AS flat ON flat.id = wanted.id {join}
        ORDER BY wanted.place"""  # noqa: S608


def _batches(cursor: sqlite3.Cursor, count: int) -> Iterator[list[tuple[Value, ...]]]:
    read = 0
    while batch := cursor.fetchmany(_FETCH):
        read += len(batch)
        yield batch
    if read != count:
        raise ExportError(f"{count:,} articles match but {read:,} could be read. Run: galen check")
