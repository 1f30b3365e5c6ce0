"""Pages on their way into the database: handed to the writer, not committed yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from crawler.frontier.run import Run
from db.records import PageResult, Saved

MOST_PAGES = 60
"""Uncommitted pages at which callbacks wait for the writer: a batch and a little. They and the pages in flight are what
is fetched again after a kill; with 200 a slow disk made that more than the 82 (32 + 50) that are promised."""
MOST_RAW_BYTES = 8 * 2**20
"""Bytes of uncommitted raw pages at which they do."""


class Backlog:
    """Keeps count of them, so that memory stays bounded; lives in the event loop."""

    def __init__(self, run: Run, landed: Callable[[int, Future[Saved]], None], settled: Callable[[], None]) -> None:
        """`landed` is called for each page that is committed or refused, `settled` once after all of a transaction."""
        self._run = run
        self._on_landed = landed
        self._on_settled = settled
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Event()
        self._landed: deque[tuple[int, int, Future[Saved]]] = deque()
        self._landing = False
        self._flushing = False
        self._raw_bytes = 0
        self.pages = 0
        """How many they are."""

    def add(self, result: PageResult) -> None:
        """Hand a page to the writer."""
        future = self._run.writer.submit_page(result, run_id=self._run.id)
        page_id, size = result.page_id, len(result.raw.body) if result.raw is not None else 0
        self.pages += 1
        self._raw_bytes += size
        future.add_done_callback(lambda done: self._land(page_id, size, done))

    async def room(self) -> None:
        """Wait while the writer is far behind."""
        while self._is_behind():
            self._room.clear()
            await self._room.wait()

    def flush(self) -> None:
        """Let what waits for company be committed."""
        if not self._flushing:
            self._flushing = True
            self._run.writer.flush().add_done_callback(lambda _: self._loop.call_soon_threadsafe(self._flushed))

    def _flushed(self) -> None:
        self._flushing = False

    def _is_behind(self) -> bool:
        return self.pages > MOST_PAGES or (self._raw_bytes > MOST_RAW_BYTES and self.pages > 0)

    def _land(self, page_id: int, size: int, future: Future[Saved]) -> None:
        # In the writer's thread. The pages of a transaction land together: one call into the loop, one wake-up.
        self._landed.append((page_id, size, future))
        if not self._landing:
            self._landing = True
            self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        self._landing = False
        while self._landed:
            page_id, size, future = self._landed.popleft()
            self.pages -= 1
            self._raw_bytes -= size
            self._on_landed(page_id, future)
        if not self._is_behind():
            self._room.set()
        self._on_settled()
