"""The database of the current snapshot: a request reads one snapshot from its first query to its last.

Datasette keeps one connection per thread and database name, so a file replaced under it goes on being
read for ever, and closing that database under running requests fails them. Here every snapshot is a
generation with connections of its own. A request is pinned to the generation that was current when it
began, so that no page mixes two; a generation that is no longer current is closed after its last request.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.database import Database

from db.datasette.names import DATABASE
from db.publish import NothingPublishedError, Snapshot, current

# Datasette loads the plugin before it is loaded itself.
if TYPE_CHECKING:
    from datasette.app import Datasette

T = TypeVar("T")

POINTER_SECONDS = 1.0
"""How often the pointer is looked at, at most."""

MOST_FACETS = 500
"""Facet counts kept of one snapshot."""

_FACET = re.compile(r"\s*select \S+ as value, count\(\*\) as count from \(")
_log = logging.getLogger(__name__)


class Generation:
    """One snapshot and the connections to it, one for each of Datasette's threads."""

    def __init__(self, snapshot: Snapshot, path: Path, connections: list[sqlite3.Connection]) -> None:
        self.snapshot = snapshot
        self.path = path
        self.users = 0
        """Requests that began with this generation and have not ended; counted on the event loop."""
        self.answers: dict[str, Any] = {}
        """What does not change as long as the snapshot does not, by name: figures of the home page and the like."""
        self.facets: dict[tuple[object, ...], Any] = {}
        """Counts of Datasette's facets by query: they read every row of a table and never change."""
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        for connection in connections:
            self._idle.put(connection)
        self._retired = False

    def run(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Call `fn` with a connection that nobody else uses meanwhile."""
        connection = self._idle.get()
        try:
            return fn(connection)
        finally:
            self._idle.put(connection)
            if self._retired:
                self.close()

    def close(self) -> None:
        """Close what is not in use; what is, closes itself when it comes back."""
        self._retired = True
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return


_pinned: ContextVar[Generation | None] = ContextVar("pinned", default=None)


class SnapshotDatabase(Database):  # type: ignore[misc]
    """The snapshot that the pointer names."""

    def __init__(self, ds: Datasette, public: Path) -> None:
        """Raises NothingPublishedError if there is no snapshot."""
        snapshot, path = current(public)
        super().__init__(ds, path=str(path), is_mutable=False)
        self.name = DATABASE
        self.public = public
        self.adopted: Callable[[], None] = lambda: None
        """Called on the event loop when a newer snapshot is served from now on."""
        self._looked = time.monotonic()
        self._adopt(snapshot, path)

    @property
    def generation(self) -> Generation:
        """The generation of the running request, else the current one."""
        return _pinned.get() or self._current

    @contextmanager
    def request(self) -> Iterator[Generation]:
        """Hold one generation until the end of the block; for the event loop only."""
        self._follow()
        generation = self._current
        generation.users += 1
        token = _pinned.set(generation)
        try:
            yield generation
        finally:
            _pinned.reset(token)
            generation.users -= 1
            self._close_if_done(generation)

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A read-only connection; unlike Datasette's own it takes any character in a path."""
        assert not write
        return self._open(Path(self.path))

    def _open(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False, cached_statements=256
        )
        self.ds._prepare_connection(connection, self.name)
        # SQLite opens the file at the first read; later its name may be gone.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return connection

    async def execute(self, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        """As Datasette's own; facet counts are kept for as long as the snapshot is current."""
        if not _FACET.match(sql):
            return await super().execute(sql, params, *args, **kwargs)
        facets = self.generation.facets
        key = (sql, *sorted((params or {}).items()), *args, *sorted(kwargs.items()))
        if key not in facets:
            counted = await super().execute(sql, params, *args, **kwargs)
            if len(facets) < MOST_FACETS:
                facets[key] = counted
            return counted
        return facets[key]

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run `fn` with a connection to the request's snapshot, in one of Datasette's threads."""
        generation = self.generation
        generation.users += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.ds.executor, generation.run, fn)
        finally:
            generation.users -= 1
            self._close_if_done(generation)

    def _close_if_done(self, generation: Generation) -> None:
        if generation is not self._current and not generation.users:
            generation.close()

    def _follow(self) -> None:
        """Adopt a newer snapshot if the pointer names one."""
        if time.monotonic() - self._looked < POINTER_SECONDS:
            return
        self._looked = time.monotonic()
        try:
            snapshot, path = current(self.public)
            if snapshot.number != self._current.snapshot.number:
                self._adopt(snapshot, path)
                self.adopted()
        except (NothingPublishedError, sqlite3.Error) as error:
            _log.warning("Still serving %s. %s", self.path, error)

    def _adopt(self, snapshot: Snapshot, path: Path) -> None:
        connections = [self._open(path) for _ in range(max(1, int(self.ds.setting("num_sql_threads"))))]
        former = getattr(self, "_current", None)
        self._current = Generation(snapshot, path, connections)
        self.path = str(path)
        # What Datasette would find out by reading the whole file.
        self.cached_hash, self.cached_size = snapshot.sha256, snapshot.bytes
        self._cached_table_counts = dict(snapshot.tables)
        tables = {name: {"count": count} for name, count in snapshot.tables.items()}
        self.ds.inspect_data = {DATABASE: {"hash": snapshot.sha256, "size": snapshot.bytes, "tables": tables}}
        if former is not None:
            self._close_if_done(former)
