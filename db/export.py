"""Exports: articles as CSV, JSON lines, SQLite or Parquet, complete or not at all.

One read transaction counts the rows, reads them through one cursor (`export_rows`) and checks the
count; `export_formats` says how they are written. A file appears under its name only when it is whole,
with a `.meta.json` beside it that says what it holds.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, cast

from db.connection import utc_now
from db.export_formats import (
    EXCEL_CELL,
    EXCEL_ROWS,
    EXTENSIONS,
    STREAMED,
    Longest,
    chunks,
    excel_warnings,
    write_parquet,
    write_sqlite,
)
from db.export_rows import COLUMNS, DEFAULT_COLUMNS, ExportError, Format, Profile, Request, Rows, open_rows
from db.search.columns import Columns

__all__ = [
    "COLUMNS", "DEFAULT_COLUMNS", "EXCEL_CELL", "EXCEL_ROWS", "ExportError", "Exported", "Format", "Profile",
    "Request", "Streaming", "export_file", "export_stream", "format_of", "open_stream",
]  # fmt: skip

_READ = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    rows: int
    bytes: int
    sha256: str
    warnings: tuple[str, ...]
    """What Excel will not hold, in the `excel` profile."""
    notes: tuple[str, ...] = ()
    """How the query was loosened or broadened."""
    next_since: str = ""
    """`--changed-since` of the next export; UTC."""


def format_of(target: Path) -> Format | None:
    """The format that a file's name asks for ('.gz' at its end aside); None if it says nothing."""
    name = target.name.lower().removesuffix(".gz")
    return cast(Format | None, EXTENSIONS.get(Path(name).suffix))


def export_file(database: Path, target: Path, request: Request) -> Exported:
    """Write `target` and `target`.meta.json, replacing former ones in one step each. Raises ExportError.

    A name that ends in .gz is compressed. On any failure, interruption included, nothing is left
    behind and a former file stands.
    """
    if target.exists() and not target.is_file():
        raise ExportError(f"{target} is no regular file. Name a file, or - for standard output.")
    if request.format not in STREAMED and target.suffix == ".gz":
        raise ExportError(f"A {request.format} file is not compressed once more. Leave .gz away.")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    described = target.with_name(f".{target.name}.{os.getpid()}.meta.tmp")
    try:
        exported = _write(database, temporary, request, compressed=target.suffix == ".gz")
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


def _write(database: Path, path: Path, request: Request, *, compressed: bool) -> Exported:
    if request.format not in STREAMED:
        # Made as any file of ours: refused where something is in the way, readable to whom the umask says.
        path.open("xb").close()
        with open_rows(database, request) as rows:
            (write_sqlite if request.format == "sqlite" else write_parquet)(rows, path)
            written, notes, next_since = rows.count, rows.notes, rows.next_since
        warnings: tuple[str, ...] = ()
    else:
        with path.open("xb") as stream:
            if compressed:
                # No name and no time inside: the same rows give the same bytes.
                with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
                    done = export_stream(database, cast(BinaryIO, packed), request)
            else:
                done = export_stream(database, stream, request)
        written, notes, warnings, next_since = done.rows, done.notes, done.warnings, done.next_since
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Exported(
        rows=written,
        bytes=path.stat().st_size,
        sha256=digest,
        warnings=warnings,
        notes=notes,
        next_since=next_since,
    )


def export_stream(database: Path, stream: BinaryIO, request: Request) -> Exported:
    """Write the export to an open stream. Raises ExportError; then what was written is worthless."""
    if request.format not in STREAMED:
        raise ExportError(f"A {request.format} file cannot be streamed. Name it with --output FILE.")
    digest, size = hashlib.sha256(), 0
    longest = Longest() if request.profile == "excel" else None
    with open_rows(database, request) as rows:
        for chunk in chunks(rows, request, longest):
            stream.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return Exported(
        rows=rows.count,
        bytes=size,
        sha256=digest.hexdigest(),
        warnings=excel_warnings(request, rows.count, longest.length if longest else 0),
        notes=rows.notes,
        next_since=rows.next_since,
    )


@dataclass(frozen=True, slots=True)
class Streaming:
    """An export on its way to somebody else's connection."""

    rows: int
    """Known before the first byte."""
    next_since: str
    """`changed_since` of the next export; UTC."""
    chunks: Iterator[bytes]
    """Raises ExportError if it cannot be completed; then the connection must be broken, not ended."""


@contextmanager
def open_stream(database: Path, request: Request, folder: Path, known: Columns | None = None) -> Iterator[Streaming]:
    """The export as pieces of bytes; a format that needs a file is made in `folder` first. Raises ExportError."""
    with ExitStack() as stack:
        if request.format in STREAMED:
            rows: Rows = stack.enter_context(open_rows(database, request, known))
            yield Streaming(rows.count, rows.next_since, chunks(rows, request))
        else:
            path = folder / f"articles.{request.format}"
            exported = _write(database, path, request, compressed=False)
            file = stack.enter_context(path.open("rb"))
            yield Streaming(exported.rows, exported.next_since, iter(lambda: file.read(_READ), b""))


def _describe(database: Path, request: Request, exported: Exported) -> bytes:
    described = {
        "made_at": utc_now(),
        "snapshot": database.name,
        "query": request.query,
        "filters": {name: value for name, value in asdict(request.filters).items() if value not in ((), None)},
        "all_words": request.all_words,
        "broaden": request.broaden,
        "changed_since": request.changed_since,
        "next_changed_since": exported.next_since,
        "notes": exported.notes,
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
