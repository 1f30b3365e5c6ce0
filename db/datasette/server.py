"""A Datasette that serves the current snapshot, and the next one as soon as it is published."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from db.datasette.plugin import DATABASE
from db.publish import NothingPublishedError, Snapshot, current

T = TypeVar("T")

SETTINGS = {
    "allow_download": False,
    "default_facet_size": 10,
    "default_page_size": 50,
    "facet_time_limit_ms": 1_000,
    "max_csv_mb": 0,
    "sql_time_limit_ms": 5_000,
    "suggest_facets": False,
    "truncate_cells_html": 100,
}

POINTER_SECONDS = 1.0
"""How often the pointer is looked at, at most."""

_HERE = Path(__file__).parent
_log = logging.getLogger(__name__)
_held = threading.local()


class SnapshotDatabase(Database):  # type: ignore[misc]
    """The snapshot that the pointer names.

    Datasette keeps one connection per thread and database name, so a file replaced under it goes on
    being read for ever. Here a connection belongs to one snapshot and is closed when a query finds
    that a newer one is current.
    """

    def __init__(self, ds: Datasette, public: Path) -> None:
        """Raises NothingPublishedError if there is no snapshot."""
        snapshot, path = current(public)
        super().__init__(ds, path=str(path), is_mutable=False)
        self.public = public
        self._looked = time.monotonic()
        self._adopt(snapshot, path)

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A read-only connection; unlike Datasette's own it takes any character in a path."""
        assert not write
        connection = sqlite3.connect(f"{Path(self.path).resolve().as_uri()}?immutable=1", uri=True)
        self.ds._prepare_connection(connection, self.name)
        return connection

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run `fn` with a connection to the current snapshot, in one of Datasette's threads."""
        self._follow()
        generation = self._generation

        def in_thread() -> T:
            if getattr(_held, "generation", None) is not generation:
                if hasattr(_held, "connection"):
                    _held.connection.close()
                _held.connection, _held.generation = self.connect(), generation
            connection: sqlite3.Connection = _held.connection
            return fn(connection)

        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, in_thread)

    def _follow(self) -> None:
        """Adopt a newer snapshot if the pointer names one."""
        if time.monotonic() - self._looked < POINTER_SECONDS:
            return
        self._looked = time.monotonic()
        try:
            snapshot, path = current(self.public)
        except NothingPublishedError as error:
            _log.warning("Still serving %s. %s", self.path, error)
            return
        if snapshot.number != self.snapshot.number:
            self._adopt(snapshot, path)

    def _adopt(self, snapshot: Snapshot, path: Path) -> None:
        self.snapshot, self.path = snapshot, str(path)
        self._generation = object()
        # What Datasette would find out by reading the whole file.
        self.cached_hash, self.cached_size = snapshot.sha256, snapshot.bytes
        self._cached_table_counts = dict(snapshot.tables)
        tables = {name: {"count": count} for name, count in snapshot.tables.items()}
        self.ds.inspect_data = {DATABASE: {"hash": snapshot.sha256, "size": snapshot.bytes, "tables": tables}}


def make_datasette(public: Path) -> Datasette:
    """A Datasette of the snapshots in `public`, under the name `galen`. Raises NothingPublishedError."""
    _register_plugin()
    metadata = yaml.safe_load((_HERE / "metadata.yaml").read_text(encoding="utf-8"))
    queries = yaml.safe_load((_HERE / "queries.yaml").read_text(encoding="utf-8"))
    metadata["databases"][DATABASE]["queries"] = {name: {"hide_sql": True, **query} for name, query in queries.items()}
    ds = Datasette(metadata=metadata, settings=SETTINGS)
    ds.remove_database("_memory")
    ds.add_database(SnapshotDatabase(ds, public), name=DATABASE)
    return ds


def _register_plugin() -> None:
    """Make sure that our hooks are in force.

    Started from Galen, Datasette is first imported by the plugin itself: its entry point is then
    loaded before it has any hooks, or there is none because Galen runs from its source tree.
    """
    package = sys.modules["db.datasette"]
    if pm.is_registered(package):
        pm.unregister(package)
    pm.register(package, "galen")
