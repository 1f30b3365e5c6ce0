"""Exports over HTTP: exactly the rows of a search, complete, or a broken connection.

The number of rows is known before the first byte. After it nothing can be told any more, so an error
then ends the connection without ending the answer: curl exits with 18, a browser says that the
download failed. A quiet 200 with half the rows is what must never happen.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from datasette.utils.asgi import Response

from db.datasette.names import DATABASE
from db.datasette.pages.respond import snapshot_of
from db.datasette.pages.search import address_of, columns_of
from db.datasette.security import OWN_PAGES
from db.export import DEFAULT_COLUMNS, ExportError, Format, Request, Streaming, open_stream
from db.export_formats import CONTENT_TYPES
from db.search.address import Address

EXTENSIONS = {"csv": "csv", "jsonl": "jsonl", "parquet": "parquet", "db": "sqlite"}

_log = logging.getLogger(__name__)
# Threads of their own: a long download must not take the pages' threads.
_threads = ThreadPoolExecutor(4, thread_name_prefix="export")


def _wanted(request: Any, address: Address, format_: Format) -> Request:
    columns = tuple(name for name in (request.args.get("columns") or "").split(",") if name) or DEFAULT_COLUMNS
    if request.args.get("body") == "1" and "body" not in columns:
        columns = (*columns, "body")
    return Request(
        query=address.question.text,
        filters=address.question.filters,
        all_words=address.question.all_words,
        broaden=address.question.broaden,
        sort=address.sort,
        changed_since=(request.args.get("changed_since") or "").strip() or None,
        columns=columns,
        format=format_,
        profile="plain" if request.args.get("profile") == "plain" else "excel",
        strict=False,
    )


async def download(request: Any, datasette: Any, send: Callable[[Any], Awaitable[None]]) -> Response | None:
    """`/search.csv`, `.jsonl`, `.parquet`, `.db`: all rows of the search, not one page of it."""
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    address = await address_of(request)
    format_ = cast(Format, EXTENSIONS[request.url_vars["extension"]])
    generation = snapshot_of(datasette).generation
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        wanted = _wanted(request, address, format_)
        stream = open_stream(generation.path, wanted, Path(folder), await columns_of(datasette))
        try:
            streaming = await loop.run_in_executor(_threads, stream.__enter__)
        except ExportError as error:
            return Response.text(f"{error}\n", status=400, headers={OWN_PAGES: "1"})
        try:
            name = f"galen-{generation.snapshot.number}.{request.url_vars['extension']}"
            await _send(request, send, streaming, CONTENT_TYPES[format_], name)
        finally:
            await loop.run_in_executor(_threads, stream.__exit__, None, None, None)
    return None


async def _send(
    request: Any, send: Callable[[Any], Awaitable[None]], streaming: Streaming, content_type: str, name: str
) -> None:
    headers = {
        "content-type": content_type,
        "content-disposition": f'attachment; filename="{name}"',
        "x-galen-rows": str(streaming.rows),
        "x-galen-next-since": streaming.next_since,
        "cache-control": "no-store",
        OWN_PAGES: "1",
    }
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": pairs})
    gone = asyncio.create_task(_gone(request))
    try:
        if request.method != "HEAD":
            loop = asyncio.get_running_loop()
            while chunk := await loop.run_in_executor(_threads, next, streaming.chunks, b""):
                if gone.done():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except (ExportError, sqlite3.Error, OSError) as error:
        # Returning without the last message makes the server break the connection.
        _log.error("The export %s broke off: %s", name, error)
        return
    finally:
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _gone(request: Any) -> None:
    """Ends when the client has hung up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
