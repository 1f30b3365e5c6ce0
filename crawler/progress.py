"""How a crawl fares, while it runs: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.logging import RichHandler
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from crawler.processes import RemoteCrawl
from crawler.runner import Crawl

PLAIN_EVERY = 10.0
"""Seconds between two plain lines."""
ROWS = 30
"""Sites shown at once in the live table; those at work come first."""

_COLUMNS = ("fetched", "new", "changed", "unchanged", "copies", "rejected", "failed")
_FETCHED = ("article", "listing", "part", "rejected", "unchanged", "gone")
_NUMBER = re.compile(r"[+-]?[\d,.]+(?: %)?|-|")
_WIDEST = 100_000
"""Characters of a line that is not folded."""
_ORDER = {"crawling": 0, "failed": 1, "busy": 1, "waiting": 2, "done": 3, "stopped": 3, "elsewhere": 3}


class Progress:
    """Context manager; call `tick` from the crawl's event loop."""

    def __init__(
        self, crawls: Sequence[Crawl | RemoteCrawl], *, stream: TextIO, level: str, quiet: bool = False
    ) -> None:
        self._crawls = crawls
        self._console = Console(file=stream)
        self._quiet = quiet
        self._level = level
        self._live: Live | None = None
        self._started = self._last = time.monotonic()
        self._handler: logging.Handler | None = None

    def __enter__(self) -> Progress:
        if self._console.is_terminal and not self._quiet:
            self._live = Live(self._table(), console=self._console, auto_refresh=False, transient=True)
            self._live.start()
            self._handler = RichHandler(console=self._console, show_path=False, markup=False)
        else:
            self._handler = logging.StreamHandler(self._console.file)
            self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._handler.setLevel(self._level)
        self._handler.addFilter(lambda record: not getattr(record, "told", False))
        logging.getLogger().setLevel(self._level)
        logging.getLogger().addHandler(self._handler)
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)

    def tick(self) -> None:
        """Draw the table anew, or print a line if the last one is long ago."""
        if self._live is not None:
            self._live.update(self._table(), refresh=True)
        elif not self._quiet and time.monotonic() - self._last >= PLAIN_EVERY:
            self._last = time.monotonic()
            self._console.print(self._line(), highlight=False, soft_wrap=True)

    def _line(self) -> str:
        states = [crawl.state for crawl in self._crawls]
        counts = " ".join(f"{name}={sum(_count(crawl, name) for crawl in self._crawls)}" for name in _COLUMNS)
        return (
            f"progress seconds={time.monotonic() - self._started:.0f} sites={len(states)} "
            f"crawling={states.count('crawling')} waiting={states.count('waiting')} {counts}"
        )

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False)
        table.add_column("site", no_wrap=True)
        table.add_column("state")
        for name in _COLUMNS:
            table.add_column(name, justify="right")
        by_state = sorted(self._crawls, key=lambda crawl: _ORDER[crawl.state])
        for crawl in by_state[:ROWS]:
            table.add_row(crawl.target.label, crawl.state, *(str(_count(crawl, name)) for name in _COLUMNS))
        if len(by_state) > ROWS:
            table.add_row(f"... {len(by_state) - ROWS} more", "")
        return table


def _count(crawl: Crawl | RemoteCrawl, name: str) -> int:
    if name == "fetched":
        return sum(crawl.count(verdict) for verdict in _FETCHED)
    return crawl.count(name)


class _Output(Console):
    """A console that says so when nobody reads it any more, instead of ending the program by itself."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def print_summary(rows: Sequence[Sequence[str]], headings: Sequence[str], stream: TextIO) -> None:
    """A table of results, aligned on a terminal and elsewhere alike; no cell is ever cut.

    Columns of numbers stand to the right. On a terminal the last column, if it is text, is folded to fit.
    """
    table = Table(box=None, pad_edge=False)
    for position, heading in enumerate(headings):
        cells = [row[position] for row in rows]
        number = bool(cells) and all(map(_NUMBER.fullmatch, cells))
        folds = position == len(headings) - 1 and not number
        width = max(map(cell_len, (heading, *cells)))
        table.add_column(
            heading, justify="right" if number else "left", no_wrap=not folds, min_width=0 if folds else width
        )
    for row in rows:
        table.add_row(*map(Text, row))
    console = _Output(file=stream)
    needed = Measurement.get(console, console.options.update(width=_WIDEST), table)
    console.width = max(console.width, needed.minimum) if stream.isatty() else needed.maximum
    console.print(table)
