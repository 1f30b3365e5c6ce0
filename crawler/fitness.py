"""Is this machine fit to run Galen, and is the database whole? Every fault comes with its cure."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from crawler import __version__
from crawler.raw.archive import OPEN
from db.connection import StorageError, connect, is_behind, open_database, utc_text
from db.filesystem import filesystem, network_filesystem
from db.integrity import damages, growth, index_damage, newest_time
from db.publish import NothingPublishedError, current

OLDEST_SQLITE = (3, 38, 0)
"""RETURNING (3.35) and json_each without a build option (3.38)."""
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock before this is wrong."""
LITTLE_SPACE = 2 * 10**9
NO_SPACE = 200 * 10**6
SOON = 30.0
"""Days until the disk is full below which it is said."""
FILES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "fault"]
    found: str
    cure: str | None = None


def examine(data: Path) -> Iterator[Finding]:
    """Look at everything; writes nothing but a file that is removed at once."""
    yield _python()
    yield _sqlite()
    yield from _folder(data)
    yield _open_files()
    yield _clock(datetime.now(UTC), _newest(data / "galen.db"))
    yield from _space(data)
    yield from _database(data / "galen.db")
    yield from _published(data / "public")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return _judge(
        "Python", sys.version_info >= (3, 11), f"{version}, Galen {__version__}", "Install Python 3.11 or newer."
    )


def _sqlite() -> Finding:
    missing = []
    with closing(sqlite3.connect(":memory:")) as conn:
        for name, statement in (
            ("FTS5", "CREATE VIRTUAL TABLE f USING fts5(x, tokenize='porter unicode61')"),
            ("JSON", "SELECT value FROM json_each('[1]')"),
            ("tables", "CREATE TABLE t(x)"),
            ("RETURNING", "INSERT INTO t VALUES (1) RETURNING x"),
        ):
            try:
                conn.execute(statement)
            except sqlite3.Error:
                missing.append(name)
    fit = sqlite3.sqlite_version_info >= OLDEST_SQLITE and not missing
    found = f"{sqlite3.sqlite_version}{', without ' + ', '.join(missing) if missing else ''}"
    return _judge("SQLite", fit, found, "Use a Python that brings SQLite 3.38 or newer with FTS5 (uv python install).")


def _folder(data: Path) -> Iterator[Finding]:
    place = data
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".galen-check-") as file:
            file.write(b"x")
            os.fsync(file.fileno())
        yield Finding(what="write access", state="ok", found=str(place))
    except OSError as error:
        yield Finding(
            what="write access", state="fault", found=f"{place}: {error.strerror}",
            cure="Free some space, or name another folder with --data." if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else f"Give this user the right to write: chown -R $(id -u) {place}, or name another folder with --data.",
        )  # fmt: skip
    yield _judge(
        "file system", network_filesystem(place) is None, filesystem(place) or "unknown",
        "Put the data folder on a local disk: SQLite's write-ahead log does not work over a network.",
    )  # fmt: skip


def _open_files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    fit = soft == resource.RLIM_INFINITY or soft >= FILES
    return _judge("open files", fit, f"{soft} allowed", f"ulimit -n {FILES * 4}", otherwise="warning")


def _clock(now: datetime, newest: str | None) -> Finding:
    cure = "Set the clock: timedatectl set-ntp true."
    if now < RELEASED:
        return Finding(what="clock", state="fault", found=f"{utc_text(now)} is before this Galen was made", cure=cure)
    if newest is not None and newest > utc_text(now + timedelta(minutes=5)):
        return Finding(
            what="clock", state="fault", found=f"{utc_text(now)}, but the last run ended at {newest}", cure=cure
        )
    return Finding(what="clock", state="ok", found=utc_text(now))


def _newest(database: Path) -> str | None:
    try:
        with closing(connect(database, read_only=True)) as conn:
            return newest_time(conn)
    except (StorageError, sqlite3.Error):
        return None


def _space(data: Path) -> Iterator[Finding]:
    place = data if data.exists() else Path.cwd()
    free = shutil.disk_usage(place).free
    state: Literal["ok", "warning", "fault"] = (
        "fault" if free < NO_SPACE else "warning" if free < LITTLE_SPACE else "ok"
    )
    cure = "Free some space, or move the data folder to a larger disk." if state != "ok" else None
    yield Finding(what="disk", state=state, found=f"{free / 1e9:,.1f} GB free", cure=cure)
    try:
        with closing(connect(data / "galen.db", read_only=True)) as conn:
            grown = growth(conn)
    except (StorageError, sqlite3.Error):
        return
    if grown is None:
        yield Finding(what="disk forecast", state="ok", found="too few runs yet: two days of them are needed")
        return
    if grown.bytes_a_day <= 0:
        yield Finding(what="disk forecast", state="ok", found=f"no growth in {grown.days:.0f} days")
        return
    # Publishing needs about the database again, backups are elsewhere.
    left = free / grown.bytes_a_day
    found = f"{grown.bytes_a_day / 1e6:,.1f} MB a day over {grown.days:.0f} days: full in {left:,.0f} days"
    yield _judge(
        "disk forecast", left >= SOON, found, "Plan more space, or set keep_raw=False for large sites.",
        otherwise="warning",
    )  # fmt: skip


def _database(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield Finding(what="database", state="ok", found=f"none yet in {path.parent}")
        return
    try:
        old = is_behind(path)
        conn = connect(path, read_only=True) if old else open_database(path).conn
    except StorageError as error:
        # What is wrong comes first, what to do about it after the first full stop; a check does not name itself.
        told, _, cure = str(error).partition(". ")
        damaged = "malformed" in told or cure.startswith("`galen check`")
        cure = _rescue(path) if damaged else cure.replace("; `galen check` says more", "")
        yield Finding(what="database", state="fault", found=told, cure=cure)
        return
    with closing(conn):
        found = damages(conn)
        yield _judge(
            "database", not found, "; ".join(found) or f"{path}, whole",
            _rescue(path),
        )  # fmt: skip
        if found:
            return
        if old:
            yield Finding(
                what="schema", state="warning", found="of an older Galen", cure="galen backup, then galen reindex"
            )
            return
        problem = index_damage(conn)
        yield _judge(
            "search index", problem is None, problem or "fits the articles",
            f"sqlite3 {path} \"INSERT INTO search_fts(search_fts) VALUES ('rebuild')\"",  # noqa: S608
        )  # fmt: skip
        yield _raw_pages(conn, path.parent / "raw")


def _rescue(path: Path) -> str:
    return f"Put back a backup (galen restore), or save what can be read: sqlite3 {path} .recover | sqlite3 new.db"


def _raw_pages(conn: sqlite3.Connection, folder: Path) -> Finding:
    needed = dict(conn.execute("SELECT file, max(offset + length) FROM raw_pages GROUP BY file").fetchall())
    broken = []
    for name, length in needed.items():
        sizes = [path.stat().st_size for path in (folder / name, folder / f"{name}{OPEN}") if path.exists()]
        if not sizes or sizes[0] < length:
            broken.append(name)
    return _judge(
        "raw pages", not broken, f"missing or cut: {', '.join(broken)}" if broken else f"files: {len(needed)}",
        "Put the files back from a backup; without them `galen reprocess` skips these pages.", otherwise="warning",
    )  # fmt: skip


def _published(public: Path) -> Iterator[Finding]:
    if not public.exists():
        return
    try:
        snapshot, path = current(public)
    except NothingPublishedError as error:
        yield Finding(what="snapshot", state="warning", found=str(error), cure="galen publish")
        return
    yield Finding(
        what="snapshot", state="ok", found=f"{path.name} of {snapshot.published_at}, {snapshot.rows} articles"
    )


def _judge(what: str, fit: bool, found: str, cure: str, *, otherwise: Literal["warning", "fault"] = "fault") -> Finding:
    return Finding(what=what, state="ok" if fit else otherwise, found=found, cure=None if fit else cure)
