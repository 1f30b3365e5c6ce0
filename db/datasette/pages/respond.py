"""From a request to an answer: permission, one call that gathers, one template, one set of headers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import NotFound, Response

from db.datasette.names import DATABASE
from db.datasette.security import OWN_PAGES
from db.datasette.snapshots import SnapshotDatabase

T = TypeVar("T")
Gather = Callable[[sqlite3.Connection], T]

LIMIT_MS = 15_000
"""Longest time that the queries of one page may take."""


class TooSlowError(Exception):
    """The queries of a page ran out of their time."""


def snapshot_of(datasette: Any) -> SnapshotDatabase:
    """The published database."""
    database = datasette.get_database(DATABASE)
    assert isinstance(database, SnapshotDatabase)
    return database


async def gathered(datasette: Any, request: Any, gather: Gather[T]) -> T:
    """What `gather` reads, for those who may see it. Raises Datasette's Forbidden, TooSlowError."""
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])

    def limited(conn: sqlite3.Connection) -> T:
        with sqlite_timelimit(conn, LIMIT_MS):
            try:
                return gather(conn)
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise TooSlowError from error
                raise

    return await snapshot_of(datasette).execute_fn(limited)


async def show(datasette: Any, request: Any, template: str, context: dict[str, Any], *, status: int = 200) -> Response:
    """The page of a template under `templates/galen`."""
    generation = snapshot_of(datasette).generation
    context = {"snapshot": generation.snapshot, "section": template.partition(".")[0], **context}
    html = await datasette.render_template(f"galen/{template}", context, request=request, view_name="galen")
    return Response.html(html, status=status, headers={OWN_PAGES: "1"})


def as_json(found: object, *, status: int = 200) -> Response:
    """An answer for programs; texts of websites cannot be taken for HTML."""
    body = json.dumps(found, ensure_ascii=False, indent=2)
    return Response(body, status=status, content_type="application/json; charset=utf-8", headers={OWN_PAGES: "1"})


def remembered(datasette: Any, name: str, gather: Gather[T]) -> Gather[T]:
    """`gather`, asked once for each snapshot: what it reads must depend on the snapshot alone."""
    answers = snapshot_of(datasette).generation.answers

    def once(conn: sqlite3.Connection) -> T:
        if name not in answers:
            answers[name] = gather(conn)
        found: T = answers[name]
        return found

    return once


def row_of(conn: sqlite3.Connection, sql: str, id_: int, what: str) -> dict[str, Any]:
    """The one row of a query with the parameter :id. Raises Datasette's NotFound, naming what is missing."""
    row = conn.execute(sql, {"id": id_}).fetchone()
    if row is None:
        raise NotFound(f"There is no {what} with the number {id_}.")
    return dict(row)


def rows_of(conn: sqlite3.Connection, sql: str, **params: object) -> list[dict[str, Any]]:
    """All rows of a query as dicts."""
    return [dict(row) for row in conn.execute(sql, params)]


def number_in(request: Any) -> int:
    """The number in the address of a page; too large for SQLite is as good as none."""
    return min(int(request.url_vars["id"]), 2**63 - 1)


def first_arg(request: Any, name: str) -> str:
    """The first value of a parameter, '' if it is absent, cut to a length that a form can show."""
    return (request.args.get(name) or "").strip()[:300]
