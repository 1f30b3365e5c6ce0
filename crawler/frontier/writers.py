"""One writer thread a process and database, shared by all crawls that run in it."""

from __future__ import annotations

from pathlib import Path

from crawler.raw.archive import Archive
from db.writer import Writer

_open: dict[Path, tuple[Writer, int]] = {}


def acquire(path: Path) -> Writer:
    """The process's writer for `path`, opened by its first user. Raises StorageError."""
    key = path.resolve()
    writer, users = _open.get(key) or (Writer(key, Archive(key.parent / "raw")), 0)
    _open[key] = (writer, users + 1)
    return writer


def release(writer: Writer) -> None:
    """Give a writer back; the last user commits what is queued and closes it. Raises StorageError."""
    found, users = _open[writer.path]
    if users > 1:
        _open[writer.path] = (found, users - 1)
        return
    del _open[writer.path]
    writer.close()
