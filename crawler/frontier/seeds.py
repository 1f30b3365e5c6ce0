"""Start requests on their way into the frontier: many share one write, and the crawl waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

from crawler.frontier.run import Run
from db.records import Link


class Seeds:
    """Seeds of one run; a portion is collected while the last one is written."""

    def __init__(self, run: Run, landed: Callable[[BaseException | None], None]) -> None:
        """`landed` is called in the event loop after each portion, with what kept it out if anything did."""
        self._run = run
        self._landed = landed
        self._links: list[Link] = []
        self._loop = asyncio.get_running_loop()
        self.writing = False
        """True until everything added is in the database."""

    def add(self, link: Link) -> None:
        """Write a seed with the next portion."""
        self._links.append(link)
        if not self.writing:
            self.writing = True
            self._loop.call_soon(self._write)

    def _write(self) -> None:
        links, self._links = self._links, []
        future = self._run.writer.submit(lambda store: store.add_links(self._run.site_id, links, self._run.id))
        future.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._written, done))

    def _written(self, future: Future[int]) -> None:
        if self._links:
            self._write()
        else:
            self.writing = False
        self._landed(future.exception())
