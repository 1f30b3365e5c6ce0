"""Taking raw pages out of the archive: those that a tombstone concerns, or any others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from crawler.raw.archive import COPIES, rewrite
from crawler.raw.tombstoned import concerns
from db import raw_pages
from db.publish.pointer import sync_folder
from db.records import RawPage, RawPlace
from db.redaction import Tombstones
from db.store import Store


def redact_raw(store: Store, folder: Path, stones: Tombstones, pages: set[int]) -> int:
    """Rewrite the archive in `folder` without these pages and without all that a tombstone concerns.

    Returns how many raw pages were removed. Killed half way, it is simply run again.
    """
    wanted = raw_pages.places(store.connection, pages)
    removed = remove_raw(
        store, folder, lambda page, place: (place.file, place.offset) in wanted or concerns(stones, page)
    )
    with store.atomic():
        raw_pages.forget(store.connection, pages)
    return removed


def remove_raw(
    store: Store, folder: Path, unwanted: Callable[[RawPage, RawPlace], bool], names: Collection[str] | None = None
) -> int:
    """Rewrite the archive without what is unwanted, in files of these `names` or in all, and keep what lies where.

    Returns how many raw pages were removed.
    """
    removed = 0
    known = raw_pages.files(store.connection)
    for copy in folder.glob(COPIES):
        if copy.name not in known:  # made by a call that was killed before it was noted
            copy.unlink()
    for old, moves in rewrite(folder, unwanted, names):
        with store.atomic():
            raw_pages.move(store.connection, moves)
        old.unlink()
        removed += sum(new is None for _, new in moves)
    if folder.exists():
        sync_folder(folder)
    return removed
