from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.frontier.owner import Owner
from crawler.frontier.shared_leases import SharedLeases
from db import schedule
from db.connection import StorageError, connect, utc_text
from db.records import Link
from db.store import Store
from db.writer import Writer


def take_from(path: Path, *, locked: bool) -> tuple[list[str], BaseException | None]:
    """URLs of the first portion that is leased from three pages, or what kept it out."""
    writer = Writer(path)

    def fill(store: Store) -> None:
        site = store.site_id("Blue Hill", spider="bluehill")
        run = store.start_run(site, "test")
        store.add_links(site, [Link(url=f"https://x/{n}", fingerprint=b"%d" % n) for n in range(3)], run)

    writer.submit(fill).result()
    writer.submit(lambda store: store.connection.execute("PRAGMA busy_timeout = 1")).result()
    other = connect(path)
    if locked:
        other.execute("BEGIN IMMEDIATE")

    async def lease() -> tuple[list[str], BaseException | None]:
        arrived: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        owner = Owner(path.parent / "locks")
        leases = SharedLeases(other, 1, limit=3, writer=writer, owner=owner, arrived=arrived.set_result)
        assert leases.take() is None
        error = await asyncio.wait_for(arrived, 20)
        taken = []
        while (page := leases.take()) is not None:
            taken.append(page.url)
        owner.release()
        return taken, error

    try:
        return asyncio.run(lease())
    finally:
        other.close()
        if not locked:
            writer.close()


def test_a_portion_arrives_later_and_is_ours(tmp_path: Path) -> None:
    assert take_from(tmp_path / "galen.db", locked=False) == ([f"https://x/{n}" for n in range(3)], None)


def test_a_pause_that_another_process_was_told_of_holds_for_all(tmp_path: Path) -> None:
    async def lease() -> tuple[bool, bool]:
        writer = Writer(tmp_path / "galen.db")
        writer.submit(lambda store: store.site_id("Blue Hill", spider="bluehill")).result()
        reader = connect(tmp_path / "galen.db", read_only=True)
        owner = Owner(tmp_path / "locks")
        leases = SharedLeases(reader, 1, writer=writer, owner=owner, arrived=lambda _: None)
        before = leases.pause_left() > 0
        later = utc_text(datetime.now(UTC) + timedelta(minutes=5))
        writer.submit(lambda store: schedule.pause(store.connection, 1, later)).result()
        assert leases.take() is None
        owner.release()
        reader.close()
        writer.close()
        return before, leases.pause_left() > 0

    assert asyncio.run(lease()) == (False, True)


def test_what_keeps_a_portion_out_is_told(tmp_path: Path) -> None:
    taken, error = take_from(tmp_path / "galen.db", locked=True)

    assert taken == []
    assert isinstance(error, StorageError)
