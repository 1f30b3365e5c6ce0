"""Which pages of a site are in our hands, and when to look for more."""

from __future__ import annotations

import sqlite3
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from db import frontier, schedule
from db.connection import utc_now
from db.records import Page

LEASED_AT_ONCE = 32


@dataclass(slots=True)
class Leases:
    """Due pages, taken from the database in portions; open until their transaction has committed."""

    reader: sqlite3.Connection
    site_id: int
    limit: int = 0
    """Pages to take in all; 0 = no limit."""
    longest_wait: float = 0.0
    """Seconds that a crawl stays open for a page that is due later, or for a site that asked for a pause."""
    open: dict[int, Page] = field(default_factory=dict)
    taken: int = 0
    dry: bool = False
    """Nothing was due at the last look. Every commit clears it."""
    asking: bool = False
    """A portion is on its way."""
    _waiting: deque[Page] = field(default_factory=deque)
    _paused_until: datetime | None = None

    def __post_init__(self) -> None:
        """A pause that was asked of an earlier crawl holds for this one."""
        self._paused_until = schedule.paused_until(self.reader, self.site_id, datetime.now(UTC))

    def take(self) -> Page | None:
        """The next due page, or None; it stays in `open` until `done`."""
        if self.exhausted or self.pause_left() > 0:
            return None
        if not self._waiting and not self.dry:
            self._look()
        if not self._waiting:
            return None
        self.taken += 1
        return self._waiting.popleft()

    def done(self, page_id: int) -> None:
        """A page's transaction has ended; there may be new links or a page to try again."""
        self.open.pop(page_id, None)
        self.dry = False

    @property
    def exhausted(self) -> bool:
        """The limit is reached."""
        return bool(self.limit) and self.taken >= self.limit

    @property
    def in_flight(self) -> int:
        """Pages taken and not yet committed."""
        return len(self.open) - len(self._waiting)

    def pause(self, until: datetime) -> None:
        """The site asked for less: no page of it before `until`."""
        self._paused_until = max(until, self._paused_until or until)
        if self.pause_left() > self.longest_wait:
            for page in self._waiting:
                del self.open[page.id]
            self._waiting.clear()

    def pause_left(self) -> float:
        """Seconds of the site's pause that are left."""
        if self._paused_until is None:
            return 0.0
        return max(0.0, (self._paused_until - datetime.now(UTC)).total_seconds())

    def next_look(self) -> float | None:
        """Seconds after which looking again makes sense; None = there is nothing to wait for."""
        if self.exhausted:
            return None
        wait = self.pause_left()
        if not self._waiting:
            due = frontier.next_due(self.reader, self.site_id)
            if due is None:
                return None
            if due:
                wait = max(wait, (datetime.fromisoformat(due) - datetime.now(UTC)).total_seconds())
        return wait if wait <= self.longest_wait else None

    def _look(self) -> None:
        due = frontier.due_pages(self.reader, self.site_id, utc_now(), LEASED_AT_ONCE + len(self.open))
        fresh = [page for page in due if page.id not in self.open][:LEASED_AT_ONCE]
        self._keep(fresh[: self.limit - self.taken] if self.limit else fresh)

    def _keep(self, pages: list[Page]) -> None:
        self.open.update((page.id, page) for page in pages)
        self._waiting.extend(pages)
        self.dry = not pages
