"""Search, tables and exports at size: `python -m bench search [ARTICLES] [FOLDER]`, one million unless said otherwise.

Builds a crawl database of invented articles (half 800 English words, half 1,200 Chinese characters; `search_data`),
publishes it with the real code, serves it with the real server and asks over HTTP: one client. All queries are asked
once, so that the operating system has the file in memory; then a new server is asked twice: first it has to work
the answer out, the second time it may remember parts of it. A folder that already holds the snapshot is used again.
"""

from __future__ import annotations

import csv
import io
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.search_data import build
from bench.search_queries import queries
from db.export import DEFAULT_COLUMNS, Request, export_stream
from db.publish import current, publish


class _Peak(threading.Thread):
    """Largest size of a folder, looked at twice a second."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.bytes, self.wal, self.done = folder, 0, 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.5):
            sizes = {path: _size(path) for path in self.folder.rglob("*")}
            self.bytes = max(self.bytes, sum(sizes.values()))
            self.wal = max([self.wal, *(size for path, size in sizes.items() if path.name.endswith("-wal"))])


def _size(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512
    except OSError:
        return 0


def _prepared(folder: Path, articles: int) -> None:
    if (folder / "public" / "current.json").exists():
        print(f"using {folder}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    build(folder / "galen.db", articles)
    print(
        f"crawl database: {time.perf_counter() - start:,.0f} s, {_size(folder / 'galen.db') / 1e9:.2f} GB", flush=True
    )
    before, peak = sum(map(_size, folder.rglob("*"))), _Peak(folder)
    peak.start()
    start = time.perf_counter()
    published = publish(folder / "galen.db", folder / "public")
    took = time.perf_counter() - start
    peak.done.set()
    print(
        f"publishing: {took:,.0f} s, snapshot {published.snapshot.bytes / 1e9:.2f} GB, "
        f"peak disk beside the crawl database {(peak.bytes - before) / 1e9:.2f} GB, largest WAL {peak.wal / 1e6:.0f} MB"
    )


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.serve", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()[3]
        finally:
            server.kill()


def _timed(url: str) -> float:
    start = time.perf_counter()
    with urllib.request.urlopen(url, timeout=120) as answer:
        answer.read()
    return (time.perf_counter() - start) * 1000


def _line(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{what:34}{len(times):5}{ordered[len(ordered) // 2]:10,.0f}{p99:10,.0f}{ordered[-1]:10,.0f}", flush=True)


def _search(base: str) -> None:
    print(f"{'milliseconds':34}{'n':>5}{'p50':>10}{'p99':>10}{'max':>10}")
    _timed(f"{base}search")
    first: dict[str, list[float]] = {}
    again: dict[str, list[float]] = {}
    for kind, params in queries():
        url = f"{base}search?{urlencode(params)}"
        first.setdefault(kind, []).append(_timed(url))
        again.setdefault(kind, []).append(_timed(url))
    _line("search page, 4 facets, again", [value for values in again.values() for value in values])
    _line("search page, 4 facets, first", [value for values in first.values() for value in values])
    for kind, values in first.items():
        _line(f"  {kind}", values)
    for what, path in {
        "home page": "",
        "table page": "galen/articles?_nofacet=1",
        "table page, by source": "galen/articles?_nofacet=1&source_id=3",
        "table page, 5 facets": "galen/articles",
        "facet page: source": "galen/articles.json?_facet=source_id&_nocol=body&_size=20",
        "article": "article/77",
        "source": "source/3",
        "doctor": "doctor/3",
    }.items():
        _timed(base + path)
        _line(what, [_timed(base + path) for _ in range(5)])


class _Nowhere(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        return len(chunk)


def _export(database: Path) -> None:
    """Our CSV against Python's csv over one plain SELECT of the same columns, in turn, the better of two."""
    ours, plain, rows = [], [], 0
    for _ in range(2):
        start = time.perf_counter()
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as conn:
            cursor = conn.execute(f"SELECT {', '.join(DEFAULT_COLUMNS)} FROM articles_flat ORDER BY published DESC, id")
            csv.writer(io.TextIOWrapper(io.BufferedWriter(_Nowhere()), newline="")).writerows(cursor)
        plain.append(time.perf_counter() - start)
        start = time.perf_counter()
        rows = export_stream(database, io.BufferedWriter(_Nowhere()), Request(profile="plain")).rows
        ours.append(time.perf_counter() - start)
    print(
        f"CSV of {rows:,} rows: {min(ours):,.1f} s, Python's csv {min(plain):,.1f} s, "
        f"ratio {min(ours) / min(plain):.2f}"
    )


def main(arguments: list[str]) -> int:
    """Build what is missing, measure, print."""
    articles = int(arguments[0]) if arguments else 1_000_000
    folder = Path(arguments[1] if len(arguments) > 1 else f"data/bench-search-{articles}")
    _prepared(folder, articles)
    with _served(folder) as base:
        for _, params in queries():
            _timed(f"{base}search?{urlencode(params)}")
    with _served(folder) as base:
        _search(base)
    _export(current(folder / "public")[1])
    return 0
