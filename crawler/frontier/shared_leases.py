"""Leases of one site that several processes crawl together: pages are marked in the database.

Only when told to (`galen crawl SITE --split N`). Marking is a write, so it happens in the writer
thread and the next portion arrives later; a page of an owner that died is leased again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler.frontier.leases import LEASED_AT_ONCE, Leases
from crawler.frontier.owner import Owner
from db import schedule
from db.records import Page
from db.writer import Writer


@dataclass(slots=True, kw_only=True)
class SharedLeases(Leases):
    """As `Leases`, but what is taken is marked as ours first."""

    writer: Writer
    owner: Owner
    arrived: Callable[[BaseException | None], None]
    """Called in the event loop when a portion has arrived, or with what kept it out."""
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def take(self) -> Page | None:
        """As `Leases.take`; a pause holds for all processes, whichever of them the site told."""
        told = schedule.paused_until(self.reader, self.site_id, datetime.now(UTC))
        if told is not None:
            self.pause(told)
        return Leases.take(self)  # dataclasses with slots are made anew, so `super()` without arguments is lost

    def _look(self) -> None:
        if self.asking:
            return
        self.asking = True
        number = min(LEASED_AT_ONCE, self.limit - self.taken) if self.limit else LEASED_AT_ONCE
        future = self.writer.submit(
            lambda store: store.lease(self.site_id, self.owner.name, self.owner.is_alive, number)
        )
        future.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._arrived, done))

    def _arrived(self, future: Future[list[Page]]) -> None:
        self.asking = False
        error = future.exception()
        self._keep([] if error is not None else future.result())
        self.arrived(error)

    def give_back(self) -> Future[None]:
        """Make what we have marked and not committed available to others."""
        return self.writer.submit(lambda store: store.give_back(self.owner.name))
