"""How rows are written: CSV in two profiles, JSON lines, a SQLite file, Parquet.

CSV `plain` is RFC 4180 and lossless; `excel` starts with a byte order mark, so that Excel reads it as
UTF-8, and guards text that a spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from db.export_rows import ExportError, Profile, Request, Rows, Value

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet run a cell (OWASP, CSV injection; full-width in East Asian Excel)."""
EXCEL_ROWS = 1_048_576
EXCEL_CELL = 32_767

EXTENSIONS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".db": "sqlite",
              ".sqlite": "sqlite"}  # fmt: skip
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
}
STREAMED = ("csv", "jsonl")
"""Formats that are written from front to end; the others need a file."""
NUMBERS = frozenset({"id", "words", "untranslated", "copies", "canonical", "revision", "cluster_id"})
"""Columns of whole numbers; all others are text."""

_BOM = "\ufeff"


def chunks(rows: Rows, request: Request, longest: Longest | None = None) -> Iterator[bytes]:
    """The file piece by piece, for a streamed format. Raises ExportError."""
    if request.format == "csv":
        encode = _csv_encoder(request.profile)
        yield ((_BOM if request.profile == "excel" else "") + encode([rows.columns])).encode()
    else:
        encode = _json_encoder(rows.columns)
    for batch in rows.batches:
        if longest is not None:
            longest.see(batch)
        # Lone surrogates cannot get into the database through Galen; a foreign writer's become '?'.
        yield encode(batch).encode(errors="replace")


def _csv_encoder(profile: Profile) -> Callable[[list[tuple[Value, ...]]], str]:
    def encode(batch: list[tuple[Value, ...]]) -> str:
        buffer = io.StringIO()
        disarmed = [[guarded(cell) for cell in row] for row in batch] if profile == "excel" else batch
        csv.writer(buffer).writerows(disarmed)
        return buffer.getvalue()

    return encode


def _json_encoder(columns: tuple[str, ...]) -> Callable[[list[tuple[Value, ...]]], str]:
    return lambda batch: "".join(
        json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n" for row in batch
    )


def guarded(cell: Value) -> Value:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


class Longest:
    """Length of the longest text met, in characters."""

    def __init__(self) -> None:
        self.length = 0

    def see(self, batch: list[tuple[Value, ...]]) -> None:
        """Look at some rows."""
        self.length = max([self.length, *(len(cell) for row in batch for cell in row if isinstance(cell, str))])


def excel_warnings(request: Request, rows: int, longest: int) -> tuple[str, ...]:
    """What Excel will not hold, for CSV of that profile."""
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


def write_sqlite(rows: Rows, target: Path) -> None:
    """Write the rows as table `articles` of a new SQLite file. Raises ExportError."""
    declared = ", ".join(f'"{name}" {"INTEGER" if name in NUMBERS else "TEXT"}' for name in rows.columns)
    places = ", ".join("?" for _ in rows.columns)
    try:
        with closing(sqlite3.connect(target)) as conn, conn:
            conn.execute("PRAGMA journal_mode = OFF")
            conn.execute(f"CREATE TABLE articles ({declared})")
            for batch in rows.batches:
                conn.executemany(f"INSERT INTO articles VALUES ({places})", batch)  # noqa: S608
    except sqlite3.Error as error:
        raise ExportError(f"{target} cannot be written: {error}.") from error


def write_parquet(rows: Rows, target: Path) -> None:
    """Write the rows as a Parquet file (zstd). Raises ExportError, also where pyarrow is not installed."""
    pa, parquet = arrow()
    schema = pa.schema([(name, pa.int64() if name in NUMBERS else pa.string()) for name in rows.columns])
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in rows.batches:
            columns = list(zip(*batch, strict=True))
            writer.write_table(pa.table(dict(zip(rows.columns, columns, strict=True)), schema=schema))


def arrow() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet. Raises ExportError where they are not installed."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ExportError("Parquet needs the package pyarrow. Run: pip install 'galen[parquet]'") from error
