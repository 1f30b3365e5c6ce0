"""Hooks into Datasette 0.65. They act on the database called `galen` only."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.plugins import get_plugins
from markupsafe import Markup, escape

from db.search import builder
from db.search.builder import Filters
from db.search.query import Query, Term, parse
from db.search.text import EVERY_ROW

DATABASE = "galen"
"""Name of the snapshot's database in Datasette, whatever its file is called: part of every URL."""


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
    conditions, params = builder.conditions(query, Filters())
    return FilterArguments(conditions, params=params, human_descriptions=list(_told(query)))


def _told(query: Query) -> list[str]:
    return [f"({note.rstrip('.')})" for note in query.notes]


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(row: sqlite3.Row, value: object, column: str, table: str | None, database: str, datasette: Any) -> Any:
    """Titles and numbers of articles lead to the article, other numbers show the name behind them."""
    if database != DATABASE or value is None:
        return None
    path = datasette.urls.table(database, "articles")
    if column == "title" and table == "articles" and "id" in row.keys():  # noqa: SIM118 - Row iterates over values
        return Markup('<a href="{}/{}">{}</a>').format(path, row["id"], value)
    if column == "article_id" and table is None:
        return Markup('<a href="{}/{}">{}</a>').format(path, value, value)
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
def extra_css_urls(datasette: Any) -> list[str]:
    """Our style sheet, wherever Datasette mounts the static files of this package."""
    if DATABASE not in datasette.databases:
        return []
    mounted = next(plugin["name"] for plugin in get_plugins() if "db/datasette" in (plugin["static_path"] or ""))
    return [datasette.urls.static_plugins(mounted, "galen.css")]


_FIGURES = """
SELECT
    (SELECT count(*) FROM articles) AS articles,
    (SELECT count(*) FROM articles WHERE canonical) AS different_texts,
    (SELECT count(*) FROM sites) AS sites,
    (SELECT count(*) FROM sources) AS sources,
    (SELECT count(*) FROM doctors) AS doctors,
    (SELECT max(started) FROM runs) AS last_crawl"""

_NEWEST = """
SELECT articles.id, title, doctors, published, sites.name AS site
FROM articles JOIN sites ON sites.id = articles.site_id
WHERE canonical
ORDER BY articles.id DESC
LIMIT 8"""


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(view_name: str, datasette: Any) -> Callable[[], Awaitable[dict[str, Any]]] | None:
    """Figures, newest articles and saved questions for the home page."""
    if view_name != "index" or DATABASE not in datasette.databases:
        return None

    async def variables() -> dict[str, Any]:
        database = datasette.get_database(DATABASE)
        queries = datasette.metadata("queries", database=DATABASE, fallback=False) or {}
        return {
            "galen_figures": dict((await database.execute(_FIGURES)).first()),
            "galen_newest": [dict(row) for row in (await database.execute(_NEWEST)).rows],
            "galen_queries": [
                {"name": name, "title": escape(query["title"]), "description": escape(query["description"])}
                for name, query in queries.items()
            ],
        }

    return variables
