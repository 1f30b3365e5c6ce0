"""The demo sites as running web servers, in this process, on loopback addresses of their own."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from socketserver import TCPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from crawler.demo import digest, hanlin, meridian, sunrise
from crawler.demo.expected import Origins
from crawler.demo.reply import Reply, Routes

SITES: tuple[tuple[str, int, Callable[[Origins], tuple[Routes, ...]]], ...] = (
    (sunrise.NAME, 1, sunrise.routes),
    (meridian.NAME, 1, meridian.routes),
    (hanlin.NAME, 2, hanlin.routes),
    (digest.NAME, 1, digest.routes),
    (digest.OFFSITE, 1, digest.offsite_routes),
)
"""Name, number of hosts, and what they answer."""

Hit = tuple[str, str, int]
"""Spider name, path with query (on a twin host the whole URL), HTTP status."""

NOT_FOUND = Reply(b"<!DOCTYPE html><title>404</title><h1>404 Not Found</h1>", "2024-01-01", status=404)
TRACKING = re.compile(r"utm_[a-z]+=[^&]*&?")


class DemoSites:
    """Context manager: the sites run while it is open.

    Every host has its own address 127.0.0.N where the system has them (Linux), else its own port of
    127.0.0.1; ports are free ones chosen at start. Raises OSError if none can be had.
    """

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._lock = Lock()
        self._hits: list[Hit] = []
        self._stack = ExitStack()
        self._origins: dict[str, tuple[str, ...]] = {}

    def __enter__(self) -> Self:
        """Bind all hosts, render all pages with their addresses, serve."""
        with ExitStack() as stack:
            numbers = count(2)
            servers = {
                name: [stack.enter_context(_bind(next(numbers))) for _ in range(hosts)] for name, hosts, _ in SITES
            }
            self._origins = {name: tuple(server.origin for server in hosts) for name, hosts in servers.items()}
            for name, _, routes in SITES:
                for host, answers in enumerate(routes(self._origins)):
                    self._start(servers[name][host], name, host, answers, stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all servers and close their sockets."""
        self._stack.close()

    @property
    def origins(self) -> Origins:
        """Spider name -> base URLs without a trailing slash, the main host first, then twins."""
        return {name: urls for name, urls in self._origins.items() if name != digest.OFFSITE}

    @property
    def offsite(self) -> str:
        """Base URL of the foreign host that the Digest links to and that no crawl may visit."""
        return self._origins[digest.OFFSITE][0]

    @property
    def hits(self) -> list[Hit]:
        """All requests answered so far, in order; the foreign host's under the name 'offsite'."""
        with self._lock:
            return list(self._hits)

    def _start(self, server: _Server, name: str, host: int, answers: Routes, stack: ExitStack) -> None:
        prefix = server.origin if host else ""

        def log(path: str, status: int) -> None:
            with self._lock:
                self._hits.append((name, prefix + path, status))

        server.routes, server.log = answers, log
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    routes: Routes
    log: Callable[[str, int], None]

    def server_bind(self) -> None:
        # HTTPServer looks up the host's name here, which can take seconds where DNS is slow.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that hangs up is no news; anything else would be a bug and must be seen.
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def origin(self) -> str:
        return f"http://{self.server_name}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet a reply: unbuffered, headers and body would wait for each other (Nagle, delayed ACK).
    wbufsize = -1
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the base class
        """Say nothing: requests are in `DemoSites.hits`."""

    def _answer(self, *, with_body: bool) -> None:
        reply = find_reply(self.server.routes, self.path)
        fresh = reply.status == 200 and self._client_has(reply)
        status = 304 if fresh else reply.status
        self.server.log(self.path, status)
        self.send_response(status)
        self.send_header("ETag", reply.etag)
        self.send_header("Last-Modified", reply.last_modified)
        if reply.location:
            self.send_header("Location", reply.location)
        if not fresh:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if with_body and not fresh:
            self.wfile.write(reply.body)

    def _client_has(self, reply: Reply) -> bool:
        # RFC 9110, 13.2.2: If-Modified-Since counts only where there is no If-None-Match.
        if tags := self.headers.get("If-None-Match"):
            return reply.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return parsedate_to_datetime(since) >= parsedate_to_datetime(reply.last_modified)
        except ValueError:
            return False


def find_reply(routes: Routes, path: str) -> Reply:
    """The answer to a path with query; tracking parameters that nobody announced are ignored; else 404."""
    plain = TRACKING.sub("", path).rstrip("?&")
    return routes.get(path) or routes.get(plain) or NOT_FOUND


def _bind(number: int) -> _Server:
    try:
        return _Server((f"127.0.0.{number}", 0), _Handler)
    except OSError:  # only Linux answers on all of 127.0.0.0/8 without being told
        return _Server(("127.0.0.1", 0), _Handler)
