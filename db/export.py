"""Exports: articles as CSV or JSON lines, complete or not at all.

One read transaction counts the rows, writes them and checks the count. A file appears under its
name only when it is whole, with a `.meta.json` beside it that says what it holds. CSV comes in two
profiles: `plain` is RFC 4180 and lossless; `excel` starts with a byte order mark, so that Excel
reads it as UTF-8, and guards text that a spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from db.connection import StorageError, connect, utc_now
from db.search import builder
from db.search.builder import Filters
from db.search.names import unknown_names
from db.search.query import parse

Format = Literal["csv", "jsonl"]
Profile = Literal["plain", "excel"]
Value = str | int | float | None

DEFAULT_COLUMNS = (
    "id", "title", "site", "source", "doctors", "author_doctors", "reviewer_doctors", "authors", "published",
    "modified", "reviewed", "next_review", "language", "words", "untranslated", "summary", "url", "canonical_url",
    "copies", "canonical", "revision", "first_seen", "last_seen", "last_changed", "gone_at",
)  # fmt: skip
"""Columns of the view `articles_flat`; several doctors of one article are joined by '; '."""
COLUMNS = (*DEFAULT_COLUMNS, "cluster_id", "body")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet run a cell (OWASP, CSV injection; full-width in East Asian Excel)."""
EXCEL_ROWS = 1_048_576
EXCEL_CELL = 32_767

_CHUNK = 500
_BOM = "\ufeff"


class ExportError(Exception):
    """Nothing was exported; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to export and how."""

    query: str = ""
    """As in the search box; articles must meet all of it."""
    filters: Filters = field(default_factory=Filters)
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    format: Format = "csv"
    profile: Profile = "plain"
    """For CSV only; JSON lines are always lossless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    rows: int
    bytes: int
    sha256: str
    warnings: tuple[str, ...]
    """What Excel will not hold, in the `excel` profile."""


def export_file(database: Path, target: Path, request: Request) -> Exported:
    """Write `target` and `target`.meta.json, replacing former ones in one step each. Raises ExportError.

    On any failure, interruption included, nothing is left behind and a former file stands.
    """
    if target.exists() and not target.is_file():
        raise ExportError(f"{target} is no regular file. Name a file, or - for standard output.")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    described = target.with_name(f".{target.name}.{os.getpid()}.meta.tmp")
    try:
        with temporary.open("xb") as stream:
            exported = export_stream(database, stream, request)
            _sync(stream)
        with described.open("xb") as stream:
            stream.write(_describe(database, request, exported))
            _sync(stream)
        # The description goes first: a file under its final name always has one; its sha256 tells a stale one.
        described.replace(target.with_name(f"{target.name}.meta.json"))
        temporary.replace(target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)
        described.unlink(missing_ok=True)
    return exported


def export_stream(database: Path, stream: BinaryIO, request: Request) -> Exported:
    """Write the export to an open stream. Raises ExportError; then what was written is worthless."""
    unknown = [column for column in request.columns if column not in COLUMNS]
    if unknown or not request.columns:
        raise ExportError(f"There is no column {', '.join(unknown)!r}. Columns are: {', '.join(COLUMNS)}")
    digest, size, rows = hashlib.sha256(), 0, 0
    longest = _Longest()
    try:
        with closing(connect(database, read_only=True)) as conn:
            conn.execute("BEGIN")
            ids = _ids(conn, request)
            for count, chunk in _encoded(conn, ids, request, longest):
                stream.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                rows += count
    except StorageError as error:
        raise ExportError(str(error)) from error
    except sqlite3.Error as error:
        raise ExportError(f"{database} cannot be exported: {error}. Is it a database of Galen?") from error
    if rows != len(ids):
        raise ExportError(f"{len(ids):,} articles match but {rows:,} could be read. Run: galen check")
    return Exported(rows=rows, bytes=size, sha256=digest.hexdigest(), warnings=_warnings(request, rows, longest.length))


def _ids(conn: sqlite3.Connection, request: Request) -> list[int]:
    """All articles to export, newest first. What a query cannot obey is an error here: nobody reads notes in a file."""
    parsed = parse(request.query)
    problems = [*parsed.notes, *unknown_names(conn, request.filters)]
    if problems:
        raise ExportError(" ".join(problems))
    try:
        selection = builder.select(parsed, request.filters, builder.all_words(parsed))
    except ValueError as error:
        raise ExportError(f"{error}.") from error
    sql = f"SELECT id FROM ({selection.sql}) ORDER BY published DESC, id"  # noqa: S608
    return [row[0] for row in conn.execute(sql, selection.params)]


def _encoded(
    conn: sqlite3.Connection, ids: Sequence[int], request: Request, longest: _Longest
) -> Iterator[tuple[int, bytes]]:
    """Pieces of the file, each with the number of articles in it."""
    encode = _encoder(request)
    if request.format == "csv":
        header = encode([list(request.columns)])
        yield 0, ((_BOM if request.profile == "excel" else "") + header).encode()
    for start in range(0, len(ids), _CHUNK):
        rows = _rows(conn, ids[start : start + _CHUNK], request.columns)
        longest.see(rows)
        yield len(rows), encode(rows).encode()


def _rows(conn: sqlite3.Connection, ids: Sequence[int], columns: Sequence[str]) -> list[list[Value]]:
    wanted = ", ".join(f"articles.{column}" if column == "body" else f"flat.{column}" for column in columns)
    # S608: columns are names out of COLUMNS
    sql = (
        f"SELECT flat.id, {wanted} FROM articles_flat AS flat JOIN articles ON articles.id = flat.id"  # noqa: S608
        " WHERE flat.id IN (SELECT value FROM json_each(?))"
    )
    found = {row[0]: list(row[1:]) for row in conn.execute(sql, (json.dumps(ids),))}
    return [found[id_] for id_ in ids if id_ in found]


def _encoder(request: Request) -> Callable[[list[list[Value]]], str]:
    if request.format == "jsonl":
        return lambda rows: "".join(
            json.dumps(dict(zip(request.columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
        )
    guard = request.profile == "excel"

    def encode(rows: list[list[Value]]) -> str:
        buffer = io.StringIO()
        csv.writer(buffer).writerows([_guarded(cell) for cell in row] if guard else row for row in rows)
        return buffer.getvalue()

    return encode


def _guarded(cell: Value) -> Value:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


@dataclass(slots=True)
class _Longest:
    """Length of the longest text met, in characters."""

    length: int = 0

    def see(self, rows: list[list[Value]]) -> None:
        self.length = max([self.length, *(len(cell) for row in rows for cell in row if isinstance(cell, str))])


def _warnings(request: Request, rows: int, longest: int) -> tuple[str, ...]:
    if request.format != "csv" or request.profile != "excel":
        return ()
    warnings = []
    if rows >= EXCEL_ROWS:
        warnings.append(
            f"Excel shows {EXCEL_ROWS - 1:,} of the {rows:,} articles; export in parts by --since, --until."
        )
    if longest > EXCEL_CELL:
        warnings.append(f"Excel cuts cells at {EXCEL_CELL:,} characters; the longest here has {longest:,}.")
    return tuple(warnings)


def _describe(database: Path, request: Request, exported: Exported) -> bytes:
    described = {
        "made_at": utc_now(),
        "snapshot": database.name,
        "query": request.query,
        "filters": {name: value for name, value in asdict(request.filters).items() if value not in ((), None)},
        "columns": request.columns,
        "format": request.format,
        "profile": request.profile if request.format == "csv" else None,
        "rows": exported.rows,
        "bytes": exported.bytes,
        "sha256": exported.sha256,
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())
