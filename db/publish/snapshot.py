"""Making a snapshot and swapping it in, so that a kill at any moment leaves the old one in force."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from db.connection import utc_now
from db.publish.pointer import POINTER, NothingPublishedError, Snapshot, current, point_to, sync_folder
from db.publish.tables import STATEMENTS

KEPT = 2
"""Snapshots kept: the current one, and the one before it for whoever has it open."""

_NAME = re.compile(r"galen-(\d+)\.db")
_SPARE_BYTES = 16 * 2**20


class PublishError(Exception):
    """Nothing was published, the old snapshot stands; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Published:
    """The snapshot in force after publishing."""

    snapshot: Snapshot
    path: Path
    new: bool
    """False where nothing had changed since the last one, so that it stands."""


def publish(source: Path, public: Path) -> Published:
    """Copy the crawl database at `source` into a new snapshot in the folder `public` and make it current.

    Reads one state of the database, whatever is written meanwhile. Publishes nothing if nothing
    changed. Raises PublishError.
    """
    if not source.is_file():
        raise PublishError(f"There is no crawl database at {source}. Run: galen crawl")
    try:
        public.mkdir(parents=True, exist_ok=True)
        with _alone(public):
            return _publish(source, public)
    except sqlite3.Error as error:
        raise PublishError(f"{source} could not be published: {error}. Run: galen check") from error
    except OSError as error:
        raise PublishError(f"Cannot publish into {public}: {error.strerror or error}.") from error


def withdraw(public: Path) -> None:
    """Delete every snapshot and the pointer: nothing is published until the next `publish`. Raises PublishError."""
    if not public.is_dir():
        return
    try:
        with _alone(public):
            (public / POINTER).unlink(missing_ok=True)
            _remove_leftovers(public)
            _prune(public, keep=set())
    except OSError as error:
        raise PublishError(f"Cannot withdraw what is in {public}: {error.strerror or error}.") from error


def _publish(source: Path, public: Path) -> Published:
    # The state is read before the data: a write in between only causes one publish too many.
    today = utc_now()[:10]
    state = _state(source, today)
    try:
        old, old_path = current(public)
    except NothingPublishedError:
        old = None
    if old is not None and old.source == state:
        return Published(old, old_path, new=False)
    _remove_leftovers(public)
    _check_space(source, public)
    number = max([0 if old is None else old.number, *_numbers(public)]) + 1
    temporary = public / f".galen-{number}.db.tmp"
    try:
        tables = _build(source, temporary, today)
        snapshot = Snapshot(
            file=f"galen-{number}.db",
            number=number,
            tables=tables,
            bytes=temporary.stat().st_size,
            sha256=_sync_and_digest(temporary),
            published_at=utc_now(),
            source=state,
        )
        if old is not None and old.sha256 == snapshot.sha256:
            old = replace(old, source=state)
            point_to(public, old)
            return Published(old, old_path, new=False)
        path = temporary.rename(public / snapshot.file)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(public)
    point_to(public, snapshot)
    _prune(public, keep={snapshot.file} | ({old.file} if old else set()))
    return Published(snapshot, path, new=True)


def _build(source: Path, target: Path, today: str) -> dict[str, int]:
    """Write the whole snapshot into `target`, checked; returns the rows of each table."""
    with closing(sqlite3.connect(f"{target.resolve().as_uri()}", uri=True, isolation_level=None)) as conn:
        # Nobody reads this file before it is complete, so it needs no journal.
        conn.execute("PRAGMA journal_mode = OFF")
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("ATTACH :source AS crawl", {"source": f"{source.resolve().as_uri()}?mode=ro"})
        conn.execute("BEGIN")
        for statement in STATEMENTS:
            conn.execute(statement, {"today": today})
        conn.execute("COMMIT")
        conn.execute("DETACH crawl")
        conn.execute("ANALYZE")
        _check(conn)
        names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: conn.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def _check(conn: sqlite3.Connection) -> None:
    problem = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise PublishError(f"The new snapshot is damaged: {problem}. Check the disk, then run: galen publish")
    broken = conn.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise PublishError(
            f"The crawl database contradicts itself: row {broken[1]} of {broken[0]} names a row of {broken[2]} "
            "that is not there. Run: galen check"
        )


def _sync_and_digest(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path.chmod(0o444)
    return digest


def _state(source: Path, today: str) -> str:
    """The crawl database as far as the file system knows it, and what would be made of it.

    Every write moves size or time of the database or of its write-ahead log. A checkpoint does so
    too although nothing changed: then the new file turns out equal to the old one and is dropped.
    The day counts as well: a page may forbid to be shown after one (`unavailable_after`).
    """
    parts = [hashlib.sha256("\n".join(STATEMENTS).encode()).hexdigest()[:12], today]
    for path in (source, source.with_name(f"{source.name}-wal")):
        size, changed = (path.stat().st_size, path.stat().st_mtime_ns) if path.exists() else (0, 0)
        parts.append(f"{size}@{changed}" if size else "0")
    return " ".join(parts)


def _check_space(source: Path, public: Path) -> None:
    log = source.with_name(f"{source.name}-wal")
    size = source.stat().st_size + (log.stat().st_size if log.exists() else 0)
    needed, free = size + size // 5 + _SPARE_BYTES, shutil.disk_usage(public).free
    if free < needed:
        raise PublishError(
            f"Not enough space to publish into {public}: about {needed / 1e6:,.0f} MB are needed, "
            f"{free / 1e6:,.0f} MB are free. Free some space, then run: galen publish"
        )


@contextmanager
def _alone(public: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel releases it on any death."""
    with (public / ".publish.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishError(
                f"Another process is publishing into {public}. Wait for it, then run: galen publish"
            ) from None
        yield


def _numbers(public: Path) -> list[int]:
    return [int(name[1]) for path in public.iterdir() if (name := _NAME.fullmatch(path.name))]


def _remove_leftovers(public: Path) -> None:
    """What a killed publish left behind; safe because the lock is held."""
    for path in public.glob(".galen-*.db.tmp*"):
        path.unlink()


def _prune(public: Path, keep: set[str]) -> None:
    for path in public.iterdir():
        if _NAME.fullmatch(path.name) and path.name not in keep:
            path.unlink()
