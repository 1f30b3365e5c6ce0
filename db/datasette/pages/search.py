"""The search page with its twins for programs: JSON and Atom."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs

from datasette.utils.asgi import Response

from db.datasette.pages.feed import feed
from db.datasette.pages.respond import TooSlowError, as_json, gathered, remembered, show, snapshot_of
from db.search.address import Address, read_address
from db.search.columns import Columns
from db.search.counts import Counted, counts
from db.search.engine import MARK_END, MARK_START, SearchResult, page
from db.search.matching import find
from db.search.names import unknown_names

MOST_BYTES = 1 << 20
"""Longest form that is read; a query is cut far below."""
_TOO_SLOW = "This search took too long and was stopped. Add a word or a filter, or exclude frequent words."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that a search page says."""

    address: Address
    result: SearchResult
    counts: dict[str, tuple[Counted, ...]]
    notes: tuple[str, ...]

    @property
    def pages(self) -> int:
        """Number of pages."""
        return max(1, -(-self.result.total // self.address.size))

    @property
    def chosen(self) -> list[tuple[str, str, str]]:
        """Filters in force: parameter, value, and the address without it."""
        narrowing = {"source", "doctor", "site", "lang", "since", "until"}
        return [
            (name, value, self.address.without(name, value))
            for name, value in self.address.parameters()
            if name in narrowing
        ]


async def address_of(request: Any) -> Address:
    """The search that a request asks for, by URL or, if it is long, by form."""
    args = parse_qs(request.query_string, keep_blank_values=True)
    if request.method == "POST":
        body = await _body(request)
        args |= parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return read_address(args)


async def _body(request: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            break
        # What is too long is read to its end all the same: a connection closed early shows no page.
        body = (body + message.get("body", b""))[:MOST_BYTES]
        more = message.get("more_body", False)
    return body


def answer(conn: sqlite3.Connection, address: Address, columns: Columns) -> Answer:
    """Everything about one search."""
    misspelt = unknown_names(conn, address.question.filters)
    found = find(conn, address.question, columns)
    result = page(conn, found, sort=address.sort, limit=address.size, offset=(address.page - 1) * address.size)
    return Answer(
        address=address,
        result=result,
        counts=counts(columns, found.ids),
        notes=(*address.notes, *misspelt, *result.explanation),
    )


def _empty(address: Address) -> Answer:
    nothing = SearchResult(total=0, exact=0, hits=(), explanation=())
    return Answer(address=address, result=nothing, counts={}, notes=(*address.notes, _TOO_SLOW))


async def columns_of(datasette: Any) -> Columns:
    """Read once for each snapshot, and not within the time of whoever comes first."""
    columns: Columns = await snapshot_of(datasette).execute_fn(remembered(datasette, "columns", Columns))
    return columns


async def _answer(request: Any, datasette: Any) -> Answer:
    address = await address_of(request)
    answers = snapshot_of(datasette).generation.answers
    # The search without words is the way in from everywhere and reads every article.
    key = f"search?{address.query_string()}"
    if key in answers:
        await gathered(datasette, request, lambda _: None)
        kept: Answer = answers[key]
        return kept
    try:
        columns = await columns_of(datasette)
        given = await gathered(datasette, request, lambda conn: answer(conn, address, columns))
    except TooSlowError:
        return _empty(address)
    if not address.question.text.strip() and len(answers) < 200 and not address.notes:
        answers[key] = given
    return given


async def search(request: Any, datasette: Any) -> Response:
    """`/search`, by GET or POST."""
    given = await _answer(request, datasette)
    return await show(
        datasette, request, "search.html", {"answer": given, "address": given.address, "result": given.result}
    )


async def search_json(request: Any, datasette: Any) -> Response:
    """`/search.json`; documented in docs/api.md, fields are only ever added."""
    given = await _answer(request, datasette)
    address, result = given.address, given.result
    return as_json(
        {
            "query": address.question.text,
            "total": result.total,
            "exact": result.exact,
            "page": address.page,
            "pages": given.pages,
            "notes": given.notes,
            "hits": [_hit(asdict(hit), datasette) for hit in result.hits],
            "counts": {kind: [asdict(value) for value in values] for kind, values in given.counts.items()},
            "next": _path(datasette, "/search.json", address, address.page + 1) if address.page < given.pages else None,
            "snapshot": snapshot_of(datasette).generation.snapshot.number,
        }
    )


def _hit(hit: dict[str, Any], datasette: Any) -> dict[str, Any]:
    hit["snippet"] = hit["snippet"].replace(MARK_START, "").replace(MARK_END, "")
    hit["doctors"] = (hit["doctors"] or "").split("; ") if hit["doctors"] else []
    hit["article"] = str(datasette.urls.path(f"/article/{hit['id']}"))
    return hit


def _path(datasette: Any, path: str, address: Address, page_: int) -> str:
    return f"{datasette.urls.path(path)}?{address.query_string(page=str(page_))}"


async def search_feed(request: Any, datasette: Any) -> Response:
    """`/search.atom`: the newest articles of a search."""
    address = await address_of(request)
    try:
        columns = await columns_of(datasette)
        result = await gathered(
            datasette,
            request,
            lambda conn: page(conn, find(conn, address.question, columns), sort="date", limit=50),
        )
    except TooSlowError:
        return Response.text(_TOO_SLOW, status=503)
    return feed(request, datasette, address, result, snapshot_of(datasette).generation.snapshot)
