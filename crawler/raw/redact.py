"""Taking raw pages out of the archive that a tombstone concerns."""

from __future__ import annotations

from pathlib import Path

from crawler.raw.archive import rewrite
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
    removed = 0

    def unwanted(page: RawPage, place: RawPlace) -> bool:
        return (place.file, place.offset) in wanted or concerns(stones, page)

    for old, moves in rewrite(folder, unwanted):
        with store.atomic():
            raw_pages.move(store.connection, moves)
        old.unlink()
        removed += sum(new is None for _, new in moves)
    with store.atomic():
        raw_pages.forget(store.connection, pages)
    if folder.exists():
        sync_folder(folder)
    return removed
