"""How a crawl fares, while it runs: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.logging import RichHandler
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
"""Characters of a line where nobody folds it."""
_GAP = 2
_FOLDED = 24
"""Characters to which the last column may be folded."""
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

    Columns of numbers stand to the right. On a terminal that is too narrow the last column, if it is text, is folded,
    and columns that do not fit beside the first one follow in a table of their own below.
    """
    console = _Output(file=stream)
    if not stream.isatty():
        console.width = _WIDEST
    widths = [max(map(cell_len, column)) for column in zip(headings, *rows, strict=True)]
    room = console.width
    for block in _blocks(widths, room):
        table = Table(box=None, pad_edge=False)
        for position in block:
            cells = [row[position] for row in rows]
            number = bool(cells) and all(map(_NUMBER.fullmatch, cells))
            folds = position == len(headings) - 1 and not number
            table.add_column(
                headings[position],
                justify="right" if number else "left",
                no_wrap=not folds,
                min_width=None if folds else widths[position],
            )
        for row in rows:
            table.add_row(*(Text(row[position]) for position in block))
        console.width = max(room, widths[0] + sum(_needed(widths, position) for position in block[1:]))
        console.print(table)


def _blocks(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Columns that fit beside each other, two blanks apart, each block beginning with the first one."""
    block, used = [0], widths[0]
    for position in range(1, len(widths)):
        needed = _needed(widths, position)
        if len(block) > 1 and used + needed > room:
            yield block
            block, used = [0], widths[0]
        block.append(position)
        used += needed
    yield block


def _needed(widths: Sequence[int], position: int) -> int:
    """Characters that a column takes beside others at least."""
    return _GAP + (widths[position] if position < len(widths) - 1 else min(widths[position], _FOLDED))
