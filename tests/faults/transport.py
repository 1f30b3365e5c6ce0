"""Faults of size, time and redirection: what goes wrong before there is a page."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.faults.server import NEVER, Ask, Fault, anchors, page

FAULTS: dict[str, Fault] = {}


def fault(name: str) -> object:
    """Register a fault under its name."""

    def register(function: Fault) -> Fault:
        FAULTS[name] = function
        return function

    return register


def bomb(start: bytes, mebibytes: int) -> bytes:
    """A gzip stream that swells a thousandfold: `start`, then zeros."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    first = squeeze.compress(start) + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return first + block * mebibytes + squeeze.flush()


@fault("ok")
async def ok(ask: Ask) -> None:
    await ask.reply(page())


@fault("gzip-bomb")
async def gzip_bomb(ask: Ask) -> None:
    await ask.reply(bomb(b"<html><body><h1>Boom</h1>", 1024), Content_Encoding="gzip")


@fault("truncated-gzip")
async def truncated_gzip(ask: Ask) -> None:
    whole = gzip.compress(page(text="".join(f"<p>Step {n}: bend and stretch.</p>" for n in range(900))).encode())
    await ask.reply(whole[: len(whole) // 2], Content_Encoding="gzip")


@fault("endless-chunked")
async def endless_chunked(ask: Ask) -> None:
    await ask.begin("Transfer-Encoding: chunked")
    while True:
        await ask.raw(b"8000\r\n" + b"<p>more</p>" * 2978 + b"<p>more!!\n\r\n")


@fault("slow-drip")
async def slow_drip(ask: Ask) -> None:
    await ask.begin("Transfer-Encoding: chunked")
    while True:
        await ask.raw(b"1\r\n.\r\n")
        await asyncio.sleep(0.1)


@fault("slow-headers")
async def slow_headers(ask: Ask) -> None:
    await ask.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await ask.raw(b"X-Wait: please\r\n")
        await asyncio.sleep(0.1)


@fault("no-response")
async def no_response(ask: Ask) -> None:
    await asyncio.sleep(NEVER)


@fault("huge")
async def huge(ask: Ask) -> None:
    await ask.begin("Content-Length: 20000000000")
    while True:
        await ask.raw(bytes(1 << 16))


@fault("short-body")
async def short_body(ask: Ask) -> None:
    await ask.begin("Content-Length: 90000")
    await ask.raw(page().encode())


@fault("reset")
async def reset(ask: Ask) -> None:
    await ask.begin("Content-Length: 90000")
    await ask.raw(b"<html><h1>Half a")
    ask.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ask.writer.transport.abort()


@fault("empty-200")
async def empty(ask: Ask) -> None:
    await ask.reply("")


@fault("header-bomb")
async def header_bomb(ask: Ask) -> None:
    body = page().encode()
    await ask.begin(*(f"X-Bulk-{number}: {'b' * 900}" for number in range(15_000)), f"Content-Length: {len(body)}")
    await ask.raw(body)


@fault("long-header")
async def long_header(ask: Ask) -> None:
    body = page().encode()
    await ask.begin("X-Bulk: " + "b" * 1_500_000, f"Content-Length: {len(body)}")
    await ask.raw(body)


@fault("cookie-bomb")
async def cookie_bomb(ask: Ask) -> None:
    body = page(links=anchors("/cookie-bomb/next")).encode()
    await ask.begin(*(f"Set-Cookie: c{n}={'v' * 3000}; Path=/" for n in range(100)), f"Content-Length: {len(body)}")
    await ask.raw(body)


@fault("redirect-loop")
async def redirect_loop(ask: Ask) -> None:
    await ask.redirect("/redirect-loop" if ask.path.endswith("/there") else "/redirect-loop/there")


@fault("redirect-chain")
async def redirect_chain(ask: Ask) -> None:
    await ask.redirect(f"/redirect-chain?{int(ask.query or 0) + 1}")


@fault("redirect-file")
async def redirect_file(ask: Ask) -> None:
    await ask.redirect("file:///etc/passwd")


@fault("redirect-data")
async def redirect_data(ask: Ask) -> None:
    await ask.redirect("data:text/html,<h1>SECRET</h1>")


@fault("redirect-ftp")
async def redirect_ftp(ask: Ask) -> None:
    await ask.redirect("ftp://127.0.0.1/secret")


@fault("redirect-loopback")
async def redirect_loopback(ask: Ask) -> None:
    await ask.redirect(f"http://localhost:{ask.server.ports['secret']}/secret")


@fault("redirect-metadata")
async def redirect_metadata(ask: Ask) -> None:
    await ask.redirect("http://169.254.169.254/latest/meta-data/")


@fault("redirect-disallowed")
async def redirect_disallowed(ask: Ask) -> None:
    await (ask.reply(page("SECRET")) if ask.path == "/disallowed" else ask.redirect("/disallowed"))


@fault("secret")
async def secret(ask: Ask) -> None:
    """What the others must not reach."""
    await ask.reply(page("SECRET"))


@fault("meta-refresh-loop")
async def meta_refresh_loop(ask: Ask) -> None:
    await ask.reply(page(head='<meta http-equiv="refresh" content="0; url=/meta-refresh-loop">'))


@fault("429")
async def too_many(ask: Ask) -> None:
    await (ask.reply("later", "429 Too Many Requests", Retry_After="1") if ask.count < 3 else ask.reply(page()))


@fault("503-date")
async def unavailable(ask: Ask) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    await (ask.reply("later", "503 Busy", Retry_After=moment) if ask.count < 3 else ask.reply(page()))


@fault("500-always")
async def broken(ask: Ask) -> None:
    await ask.reply("broken", "500 Internal Server Error")


@fault("410")
async def gone(ask: Ask) -> None:
    await ask.reply("gone", "410 Gone")


@fault("etag")
async def etag(ask: Ask) -> None:
    if ask.headers.get("if-none-match") == '"first"':
        await ask.reply("", "304 Not Modified", ETag='"first"')
    elif ask.path == "/etag":
        entry = f"<url><loc>{ask.url('/etag/article')}</loc><lastmod>2025-01-0{min(ask.count, 9)}</lastmod></url>"
        await ask.reply(f"<urlset>{entry}</urlset>", kind="application/xml")
    else:
        await ask.reply(page(), ETag='"first"')
