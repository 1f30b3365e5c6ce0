"""Hooks into Datasette 0.65. They act on the database called `galen` only."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from db.datasette.names import DATABASE
from db.datasette.pages import markup
from db.datasette.pages.respond import show
from db.datasette.pages.routes import ROUTES
from db.datasette.security import App, with_headers
from db.datasette.snapshots import SnapshotDatabase
from db.datasette.warm import warm_soon
from db.search import builder
from db.search.query import Query, Term, parse
from db.search.text import EVERY_ROW


def fts_expression(text: str | None) -> str:
    """What the table's search box hands to FTS5: never a syntax error, all rows if no word is asked for."""
    query = parse(text or "")
    if not query.clauses:
        query = replace(query, clauses=((Term(EVERY_ROW),),))
    return builder.all_words(query) or ""


# Datasette registers its own escape_fts in the same hook: the last one wins.
@hookimpl(trylast=True)  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Make Datasette's search read our query language."""
    if database == DATABASE:
        conn.create_function("escape_fts", 1, fts_expression, deterministic=True)


@hookimpl  # type: ignore[untyped-decorator]
def filters_from_request(request: Any, database: str, table: str) -> FilterArguments | None:
    """Apply what a search says beside words (site:, lang:, after:, before:, year:) and tell what was ignored."""
    text = request.args.get("_search")
    if database != DATABASE or table != "articles" or not text:
        return None
    query = parse(text)
    conditions, params = builder.conditions(query)
    return FilterArguments(conditions, params=params, human_descriptions=list(_told(query)))


def _told(query: Query) -> list[str]:
    return [f"({note.rstrip('.')})" for note in query.notes]


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(row: sqlite3.Row, value: object, column: str, table: str | None, database: str, datasette: Any) -> Any:
    """Titles and numbers of articles lead to the article, other numbers show the name behind them."""
    if database != DATABASE or value is None:
        return None
    if column == "title" and table == "articles" and "id" in row.keys():  # noqa: SIM118 - Row iterates over values
        return Markup('<a href="{}/{}">{}</a>').format(datasette.urls.path("/article"), row["id"], value)
    if column == "article_id" and table is None:
        return Markup('<a href="{}/{}">{}</a>').format(datasette.urls.path("/article"), value, value)
    # Lists come with the names already; pages of a single row do not.
    if table is not None and isinstance(value, int) and column in _NAMED:
        return _name_link(datasette, table, column, value)
    return None


_NAMED = {"source_id": "sources", "site_id": "sites", "doctor_id": "doctors"}


async def _name_link(datasette: Any, table: str, column: str, value: int) -> Markup:
    labels = await datasette.expand_foreign_keys(DATABASE, table, column, [value])
    path = datasette.urls.table(DATABASE, _NAMED[column])
    return Markup('<a href="{}/{}">{}</a>').format(path, value, labels.get((column, value), value))


@hookimpl  # type: ignore[untyped-decorator]
def extra_css_urls(datasette: Any, template: str | None) -> list[str]:
    """The style sheet of Datasette's own pages; ours link theirs themselves."""
    if DATABASE not in datasette.databases or (template or "").startswith("galen/"):
        return []
    return [f"{_static(datasette)}/galen.css"]


def _static(datasette: Any) -> str:
    """Where Datasette mounts the static files of this package."""
    # Datasette loads this module while it loads its own list of plugins.
    from datasette.plugins import get_plugins

    mounted = next(plugin["name"] for plugin in get_plugins() if "db/datasette" in (plugin["static_path"] or ""))
    return str(datasette.urls.static_plugins(mounted, "")).rstrip("/")


@hookimpl  # type: ignore[untyped-decorator]
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Begin at once to read the figures of the snapshot that visitors wait for, and those of every one that follows."""

    async def start() -> None:
        database = datasette.databases.get(DATABASE)
        if isinstance(database, SnapshotDatabase):
            database.adopted = lambda: warm_soon(datasette)
            database.adopted()

    return start


@hookimpl  # type: ignore[untyped-decorator]
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """Our pages; they come before Datasette's, but only where there is a snapshot to show."""
    return ROUTES if isinstance(datasette.databases.get(DATABASE), SnapshotDatabase) else []


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """The filters of our templates, and for the page of an error where our style sheets lie ('' if not here)."""
    env.filters.update(markup.FILTERS)
    env.globals["galen_static_files"] = lambda: _static(datasette) if DATABASE in datasette.databases else ""


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """Where our style sheets lie, and how a search is put into an address."""
    return {"galen_static": _static(datasette)} if DATABASE in datasette.databases else {}


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Response]] | None:
    """SQL that failed is shown with its error, to be mended: Datasette's own page of it loses what was typed."""
    if not isinstance(exception, DatasetteError) or request.path != datasette.urls.database(DATABASE):
        return None
    if exception.title not in {"Invalid SQL", "SQL Interrupted"}:
        return None
    stopped = exception.title == "SQL Interrupted"
    problem = "The query was stopped: it took too long." if stopped else str(exception.message)

    async def mended() -> Response:
        context = {"problem": problem, "sql": request.args.get("sql") or ""}
        return await show(datasette, request, "sql.html", context, status=400)

    return mended


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def forbidden(datasette: Any, request: Any) -> Response | None:
    """Who has not signed in yet is asked to, where a team shares the instance."""
    if request.actor is None and datasette.plugin_config("datasette-auth-passwords"):
        return Response.redirect(datasette.urls.path("/-/login"))
    return None


@hookimpl  # type: ignore[untyped-decorator]
def skip_csrf(scope: dict[str, Any]) -> bool:
    """A search changes nothing, so its form needs no token."""
    return scope["type"] == "http" and str(scope["path"]).startswith("/search")


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Every request reads one snapshot, and every answer carries the headers."""

    def wrap(app: App) -> App:
        async def wrapped(scope: Any, receive: Any, send: Any) -> None:
            database = datasette.databases.get(DATABASE)
            if scope["type"] != "http" or not isinstance(database, SnapshotDatabase):
                await app(scope, receive, send)
                return
            with database.request():
                await app(scope, receive, with_headers(send))

        return wrapped

    return wrap
