"""Backups: a folder with a copy of the database, the raw pages and a list of what must be in it.

The database is copied by SQLite's own online backup, while others read and write it. Raw pages only grow: a file is
copied as far as the database knows of it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from db.connection import INTERRUPTED, StorageError, connect, utc_now
from db.publish.pointer import sync_folder
from db.redact import Redacted, apply_tombstones
from db.store import Store

DATABASE = "galen.db"
RAW = "raw"
MANIFEST = "manifest.json"
_SPARE_BYTES = 16 * 2**20
_PAGES_AT_ONCE = 2000
_BLOCK = 1 << 20
_RAW_FILES = "SELECT file, max(offset + length) FROM raw_pages GROUP BY file"


class BackupError(Exception):
    """Nothing was copied or put back; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    """UTC, ISO 8601, seconds, trailing Z."""
    articles: int
    pages: int
    raw_pages: int
    files: dict[str, str]
    """Path in the backup -> SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What putting a backup back did."""

    manifest: Manifest
    replaced: list[Path]
    """Where the former files were moved."""
    redacted: Redacted
    """What was removed because it was redacted after the backup was made."""


def backup(data: Path, target: Path) -> Manifest:
    """Copy the database and raw pages of `data` into the new folder `target`, checked. Raises BackupError."""
    source = data / DATABASE
    if not source.is_file():
        raise BackupError(f"There is no database in {data} yet. Begin with `galen crawl` or `galen demo`.")
    if target.exists():
        raise BackupError(f"{target} is there already. Name a folder that is not.")
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        _check_space(data, temporary)
        _copy_database(source, temporary / DATABASE)
        with closing(sqlite3.connect(temporary / DATABASE)) as conn:
            # Like that it can be copied on by any tool: no log beside it.
            conn.execute("PRAGMA journal_mode = DELETE")
            _refuse_damaged(conn, "the copy")
            tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "articles" not in tables:
                raise BackupError(f"{source} was not made by Galen. Name another folder with --data.")
            # A backup is made before an update, too: of a database that is not at the newest schema.
            known = dict(conn.execute(_RAW_FILES).fetchall()) if "raw_pages" in tables else {}
            counts = [_count(conn, table) if table in tables else 0 for table in ("articles", "pages", "raw_pages")]
        _copy_raw(data / RAW, temporary / RAW, known)
        manifest = Manifest(
            made_at=utc_now(),
            articles=counts[0],
            pages=counts[1],
            raw_pages=counts[2],
            files={str(path.relative_to(temporary)): _digest(path) for path in _files(temporary)},
        )
        (temporary / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
        _sync(temporary)
        temporary.rename(target)
        sync_folder(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"Nothing was backed up to {target}: {_why(error)}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return manifest


def verify(folder: Path) -> Manifest:
    """The manifest of a backup of which every byte is as it was. Raises BackupError."""
    try:
        manifest = _manifest(folder)
        for name, digest in manifest.files.items():
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise BackupError(f"{folder / MANIFEST} names a file outside the backup: {name}")
            if _digest(folder / name) != digest:
                raise BackupError(f"{folder / name} is not what was backed up. Use another backup.")
        with closing(sqlite3.connect(f"{(folder / DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as conn:
            _refuse_damaged(conn, str(folder / DATABASE))
    except (OSError, ValueError, TypeError, sqlite3.Error) as error:
        raise BackupError(f"{folder} is no whole backup: {_why(error)}. Use another one.") from error
    return manifest


def restore(folder: Path, data: Path, *, replace: bool = False, without_redactions: bool = False) -> Restored:
    """Put the backup in `folder` into `data`, after checking it; with `replace` the files there are moved aside.

    What was redacted since the backup is redacted again; `without_redactions`: not so where the present database cannot
    say what that was. No other process may use `data`. Raises BackupError.
    """
    manifest = verify(folder)
    ready = data / INTERRUPTED
    if ready.exists():
        # A call that was killed had it complete, obeying tombstones that are moved aside with the database by now.
        manifest = _manifest(ready)
        return Restored(manifest=manifest, replaced=_swap(ready, data), redacted=Redacted())
    there = [path for path in (data / DATABASE, data / RAW) if path.exists()]
    if there and not replace:
        raise BackupError(f"{there[0]} is there. Name another folder with --data, or move it aside with --replace.")
    incoming = data / ".restore.tmp"
    try:
        shutil.rmtree(incoming, ignore_errors=True)
        data.mkdir(parents=True, exist_ok=True)
        for name in manifest.files:
            (incoming / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, incoming / name)
        redacted = _redact_again(data / DATABASE, incoming / DATABASE, without_redactions=without_redactions)
        (incoming / RAW).mkdir(exist_ok=True)
        shutil.copyfile(folder / MANIFEST, incoming / MANIFEST)
        # The former files are moved aside next: by then these must be on the disk, not on their way to it.
        _sync(incoming)
        incoming.rename(ready)
        sync_folder(data)
        replaced = _swap(ready, data)
    except (OSError, sqlite3.Error, StorageError) as error:
        raise BackupError(f"{folder} was not put back: {_why(error)}. What was there is as it was.") from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return Restored(manifest=manifest, replaced=replaced, redacted=redacted)


def _manifest(folder: Path) -> Manifest:
    return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def _copy_database(source: Path, target: Path) -> None:
    with closing(connect(source, read_only=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=_PAGES_AT_ONCE)


def _copy_raw(source: Path, target: Path, known: dict[str, int]) -> None:
    """Each file as far as the database knows of it: what comes after may be half written."""
    if known:
        target.mkdir()
    for name, length in known.items():
        path = source / name
        with (
            (path if path.exists() else path.with_name(f"{name}.open")).open("rb") as old,
            (target / name).open("wb") as new,
        ):
            left = length
            while left and (block := old.read(min(_BLOCK, left))):
                new.write(block)
                left -= len(block)
            if left:
                raise OSError(f"{path} is shorter than the database says; run: galen check")


def _redact_again(current: Path, incoming: Path, *, without_redactions: bool) -> Redacted:
    """Give the older state the tombstones of the present one, and obey them."""
    if not current.exists():
        return Redacted()
    try:
        with closing(Store.open(current)) as now:
            key = now.connection.execute("SELECT key FROM redaction_key").fetchone()
            stones = now.connection.execute(
                "SELECT kind, key, words, made_by, made_at, note FROM tombstones"
            ).fetchall()
            gone = now.connection.execute("SELECT article_id, redacted_at FROM redacted_articles").fetchall()
    except (StorageError, sqlite3.Error) as error:
        if without_redactions:
            return Redacted()
        raise BackupError(
            f"Nothing was put back: {current} cannot be read, so that what was redacted since the backup is not known "
            f"({_why(error)}). Where nothing was, or to redact it again before the next `galen publish`, run the same "
            "command with --without-redactions."
        ) from error
    if key is None:
        return Redacted()
    with closing(Store.open(incoming)) as store:
        with store.atomic():
            # The keys of one database can only be compared with its own secret; an older backup has the same or none.
            store.connection.execute("DELETE FROM redaction_key")
            store.connection.execute("DELETE FROM tombstones")
            store.connection.execute("INSERT INTO redaction_key (key) VALUES (?)", (key[0],))
            store.connection.executemany(
                "INSERT INTO tombstones (kind, key, words, made_by, made_at, note) VALUES (?, ?, ?, ?, ?, ?)",
                [tuple(row) for row in stones],
            )
            store.connection.executemany(
                "INSERT OR REPLACE INTO redacted_articles(article_id, redacted_at) VALUES (?, ?)",
                [tuple(row) for row in gone],
            )
        return apply_tombstones(store)


def _swap(ready: Path, data: Path) -> list[Path]:
    """Put what is ready in place, the database last, and say where what was there is now. May be called again."""
    stamp = utc_now().replace(":", "")
    replaced = []
    for name in (RAW, DATABASE):
        if not (ready / name).exists():
            continue  # put in place by a call that was killed
        former = [path for end in ("", "-wal", "-shm") if (path := data / f"{name}{end}").exists()]
        replaced += [path.rename(path.with_name(f"{path.name}.before-{stamp}")) for path in former]
        (ready / name).rename(data / name)
    shutil.rmtree(ready)
    sync_folder(data)
    return replaced


def _check_space(data: Path, target: Path) -> None:
    needed = sum(path.stat().st_size for path in [*data.glob(f"{DATABASE}*"), *(data / RAW).glob("*")]) + _SPARE_BYTES
    free = shutil.disk_usage(target).free
    if free < needed:
        raise BackupError(f"Not enough space for {target}: {needed / 1e6:,.0f} MB needed, {free / 1e6:,.0f} MB free.")


def _refuse_damaged(conn: sqlite3.Connection, name: str) -> None:
    problem = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise BackupError(f"{name} is damaged: {problem}. Run: galen check")


def _count(conn: sqlite3.Connection, table: str) -> int:
    return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def _sync(folder: Path) -> None:
    """Let the disk have every file of a folder, and their names."""
    for path in (folder, *folder.rglob("*")):
        sync_folder(path)


def _why(error: Exception) -> str:
    """The reason alone, without numbers of errors."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error).rstrip(".")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
