"""A server for every way in which a website can go wrong: one fault, one port, one site.

Each fault is a function that gets what was asked and writes raw bytes, because half of them are no HTTP. Every port
serves /robots.txt (everything allowed, unless that is the fault) and its fault under /FAULT.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise

HTML = "text/html; charset=utf-8"
NEVER = 3600.0
TEXT = (
    "A knee that aches after a long walk wants two days of rest and then a little movement every hour. Cold packs ease "
    "the swelling on the first day, and warm ones ease the stiffness after that."
)

Fault = Callable[["Ask"], Awaitable[None]]


@dataclass(slots=True)
class Ask:
    """One request, and the way to answer it."""

    server: FaultServer
    fault: str
    path: str
    """With its query."""
    headers: dict[str, str]
    count: int
    """How often this path of this fault has been asked for, this time included."""
    writer: asyncio.StreamWriter

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return self.path.partition("?")[2]

    def url(self, path: str, fault: str | None = None) -> str:
        """A URL on this fault's port, or on another's."""
        return f"{self.server.base(fault or self.fault)}{path}"

    async def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self, body: str | bytes, status: str = "200 OK", kind: str | None = HTML, **headers: str) -> None:
        """A well-formed answer; underscores in header names are hyphens."""
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", "Connection: close"]
        lines += [f"Content-Type: {kind}"] if kind else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join([*lines, "", ""]).encode("latin-1") + data)

    async def begin(self, *headers: str) -> None:
        """Status line and headers of a page whose body follows by hand."""
        lines = ["HTTP/1.1 200 OK", f"Content-Type: {HTML}", *headers, "", ""]
        await self.raw("\r\n".join(lines).encode("latin-1"))

    async def redirect(self, target: str) -> None:
        """302 to anywhere."""
        await self.reply("", "302 Found", Location=target)


def page(
    title: str = "Rest for the knee", *, text: str = TEXT, head: str = "", links: str = "",
    byline: str = "<p>March 4, 2025</p><p>Source: Blue Hill Journal</p><p>Dr. Lena Vogt</p>",
) -> str:  # fmt: skip
    """An article that every reader should understand, with a place for each fault."""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{byline}"
        f"<p>{text}</p></article>{links}</body></html>"
    )


def anchors(*urls: str) -> str:
    """Links."""
    return "".join(f'<p><a href="{url}">{url}</a></p>' for url in urls)


@dataclass(slots=True)
class FaultServer:
    """Serves `faults` from a thread of its own, each on a free port of 127.0.0.1."""

    faults: dict[str, Fault]
    robots: dict[str, Fault]
    hits: list[tuple[str, str, float, dict[str, str]]] = field(default_factory=list)
    """(fault, path, monotonic time, headers) of every request."""
    ports: dict[str, int] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _servers: list[asyncio.Server] = field(default_factory=list)
    _closing: bool = False

    def start(self) -> None:
        """Listen; returns when every port answers."""
        ready = threading.Event()

        async def serve() -> None:
            for fault in self.faults:
                server = await asyncio.start_server(self._client(fault), "127.0.0.1", 0, limit=2**20)
                self._servers.append(server)
                self.ports[fault] = server.sockets[0].getsockname()[1]
            ready.set()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            serving = self._loop.create_task(serve())
            self._loop.run_forever()
            assert serving.done()
            self._loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert ready.wait(30)

    def close(self) -> None:
        """Stop answering, in the middle of whatever it is."""

        async def end() -> None:
            self._closing = True
            for server in self._servers:
                server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._loop.stop()

        asyncio.run_coroutine_threadsafe(end(), self._loop)
        assert self._thread is not None
        self._thread.join(10)

    def base(self, fault: str) -> str:
        """Root URL of a fault's site."""
        return f"http://127.0.0.1:{self.ports[fault]}"

    def asked(self, fault: str) -> list[str]:
        """Paths asked for, without the files that rule a crawl."""
        return [
            path for name, path, *_ in self.hits
            if name == fault and path not in {"/robots.txt", "/.well-known/tdmrep.json"}
        ]  # fmt: skip

    def waits(self, fault: str) -> list[float]:
        """Seconds between the requests for pages of a fault."""
        times = [at for name, path, at, _ in self.hits if name == fault and path.startswith(f"/{fault}")]
        return [later - earlier for earlier, later in pairwise(times)]

    def _client(self, fault: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = head[0].split()[1]
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                self.hits.append((fault, path, time.monotonic(), headers))
                count = sum(name == fault and hit == path for name, hit, *_ in self.hits)
                await self._answer(Ask(self, fault, path, headers, count, writer))
            writer.transport.abort() if self._closing else writer.close()

        return client

    async def _answer(self, ask: Ask) -> None:
        if ask.path == "/robots.txt":
            await self.robots.get(ask.fault, _allow)(ask)
        elif ask.path == "/.well-known/tdmrep.json":
            await ask.reply("not found", "404 Not Found")
        else:
            await self.faults[ask.fault](ask)


async def _allow(ask: Ask) -> None:
    await ask.reply("User-agent: *\nDisallow: /disallowed\n", kind="text/plain")
