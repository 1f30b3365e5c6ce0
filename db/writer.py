"""The one thread of a process that writes: pages come in, transactions of many pages go out.

At most `BATCH_PAGES` pages or `BATCH_SECONDS` share one transaction. What can be computed is
computed before the write lock is taken. Whoever submits gets a Future that is done only when the
transaction has committed; the crawl's event loop never waits for a disk.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from db import memory
from db.connection import StorageError
from db.records import PageResult, RawPage, RawPlace, Saved
from db.redaction import Tombstones, read_tombstones
from db.store import PreparedPage, Store, prepare_page

BATCH_PAGES = 50
BATCH_SECONDS = 1.0
RELEASE_PAGES = 250
"""Pages after which freed memory is given back to the operating system."""

_OF_THE_PAGE = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_RANGE,
    }
)
"""Primary result codes (sqlite.org/rescode.html) that a row's content can bring about. All others are the disk's, the
file's or another process's fault, and would come back with every page."""

T = TypeVar("T")


@dataclass(slots=True)
class _Job:
    work: Callable[[Store], Any]
    """Runs inside the transaction, in a savepoint of its own."""
    urgent: bool = False
    future: Future[Any] = field(default_factory=Future)

    def prepare(self, store: Store) -> None:
        """Runs before the transaction, in the writer's thread; reads only. Raises what no page can be blamed for."""

    def rescue(self, store: Store, error: Exception) -> None:
        """Runs in a second savepoint when `work` failed for reasons of its own."""


class Archive(Protocol):
    """Where raw pages are kept; used by the writer's thread only."""

    def write(self, page: RawPage, stones: Tombstones) -> RawPlace | None:
        """Keep a page; it is with the operating system on return. None where a tombstone forbids it. Raises OSError."""

    def close(self) -> None:
        """Leave a complete file behind. Raises OSError."""


class _PageJob(_Job):
    """A page; if it cannot be stored it is kept as failed, with the reason."""

    def __init__(self, result: PageResult, run_id: int | None, archive: Archive | None) -> None:
        super().__init__(self._save)
        self._result = result
        self._archive = archive
        self._run_id = run_id
        self._prepared: PreparedPage | Exception | None = None

    def prepare(self, store: Store) -> None:
        # Before the transaction: a page is done only when its raw page is in the file.
        kept = self._keep(store)
        try:
            self._prepared = prepare_page(self._result, store.connection, kept)
        except Exception as error:
            if _is_fatal(error):
                raise
            self._prepared = error

    def _keep(self, store: Store) -> RawPlace | None:
        if self._result.raw is None or self._archive is None:
            return None
        return self._archive.write(self._result.raw, read_tombstones(store.connection))

    def _save(self, store: Store) -> Saved:
        assert self._prepared is not None
        if isinstance(self._prepared, Exception):
            raise self._prepared
        return store.save_prepared(self._prepared, run_id=self._run_id)

    def rescue(self, store: Store, error: Exception) -> None:
        store.fail_page(self._result, f"store: {type(error).__name__}: {error}"[:500], run_id=self._run_id)


class Writer:
    """Owns the only writing connection of a process."""

    def __init__(self, path: Path, archive: Archive | None = None) -> None:
        """Open the database at `path` in a thread of its own; raw pages go to `archive`. Raises StorageError."""
        self.path = path
        self.lock_waits: deque[float] = deque(maxlen=10_000)
        """Seconds that the last transactions waited for the write lock."""
        self._archive = archive
        self._store = Store.open(path)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        # A thread woken for every page costs the crawl a tenth: it is woken for the first one of a batch, and when
        # there is reason to commit.
        self._enough = threading.Event()
        self._fatal: StorageError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="galen-writer", daemon=True)
        self._thread.start()

    def submit_page(self, result: PageResult, *, run_id: int | None = None) -> Future[Saved]:
        """Queue a page; the Future gives what it changed, or the exception that kept it out."""
        return self._submit(_PageJob(result, run_id, self._archive))

    def submit(self, work: Callable[[Store], T], *, urgent: bool = True) -> Future[T]:
        """Queue any other write; urgent = commit as soon as what is queued before it is in."""
        return self._submit(_Job(work, urgent=urgent))

    def flush(self) -> Future[None]:
        """A Future that is done when everything queued before it has committed."""
        return self.submit(lambda _store: None)

    def close(self) -> None:
        """Commit what is queued and end the thread. Raises StorageError if that failed."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._enough.set()
            self._thread.join()
            self._store.close()
            self._close_archive()
        if self._fatal is not None:
            raise self._fatal

    def _close_archive(self) -> None:
        try:
            if self._archive is not None:
                self._archive.close()
        except OSError as error:
            # What ended the writer before says more than what came of it.
            self._fatal = self._fatal or StorageError(
                f"cannot complete {error.filename}: {error.strerror}. All articles are stored, but the last raw pages "
                "may not be on the disk. Mend the disk or its rights, then run galen check."
            )

    def _submit(self, job: _Job) -> Future[Any]:
        if self._fatal is not None:
            job.future.set_exception(self._fatal)
        elif self._closed:
            job.future.set_exception(StorageError("the database is closed already"))
        else:
            self._queue.put(job)
            if job.urgent or self._queue.qsize() >= BATCH_PAGES:
                self._enough.set()
        return job.future

    def _run(self) -> None:
        ending, written = False, 0
        while not ending:
            batch, ending = self._next_batch()
            if batch:
                self._commit(batch)
            written += len(batch)
            # While the next pages are prepared nobody needs these any more.
            del batch
            if written >= RELEASE_PAGES:
                written = 0
                memory.release()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        batch: list[_Job] = []
        job = self._queue.get()
        if job is not None and not job.urgent:
            self._enough.wait(BATCH_SECONDS)
        # Before the queue is read: what is put from here on sets it again.
        self._enough.clear()
        while job is not None:
            batch.append(job)
            try:
                if self._fatal is None:
                    job.prepare(self._store)
            except (OSError, sqlite3.Error) as error:
                self._give_up(error, len(batch))
            if job.urgent or len(batch) == BATCH_PAGES:
                # What is left may hold an urgent one, whose call was cleared above.
                if not self._queue.empty():
                    self._enough.set()
                break
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
        return batch, job is None

    def _commit(self, batch: list[_Job]) -> None:
        outcomes: list[tuple[Any, Exception | None]] = []
        if self._fatal is None:
            try:
                with self._store.atomic():
                    self.lock_waits.append(self._store.lock_wait)
                    outcomes.extend(self._apply(job) for job in batch)
            except sqlite3.Error as error:
                self._give_up(error, len(batch))
        if self._fatal is not None:
            outcomes = [(None, self._fatal)] * len(batch)
        for job, (value, failure) in zip(batch, outcomes, strict=True):
            if failure is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(failure)

    def _give_up(self, error: Exception, pages: int) -> None:
        where = getattr(error, "filename", None) or self.path
        why = getattr(error, "strerror", None) or error
        self._fatal = StorageError(
            f"cannot write {where}: {why}. Nothing of the last {pages} pages was stored, "
            "they will be fetched again. Free space or rights, then run the same command again."
        )

    def _apply(self, job: _Job) -> tuple[Any, Exception | None]:
        try:
            with self._store.atomic():
                return job.work(self._store), None
        except Exception as error:  # the page boundary: one bad page never costs another
            if _is_fatal(error):
                raise
            return None, self._rescued(job, error)

    def _rescued(self, job: _Job, error: Exception) -> Exception:
        try:
            with self._store.atomic():
                job.rescue(self._store, error)
        except Exception as second:  # a broken record must not end the thread that writes all others
            if _is_fatal(second):
                raise
            second.__context__ = error
            return second
        return error


def _is_fatal(error: Exception) -> bool:
    """Whether no page can be stored, not this one only."""
    if not isinstance(error, sqlite3.Error):
        return False
    code = getattr(error, "sqlite_errorcode", None)  # missing where Python raised it, not SQLite
    return code is not None and code & 0xFF not in _OF_THE_PAGE
