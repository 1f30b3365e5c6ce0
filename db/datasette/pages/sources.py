"""Sources, which texts name as their origin, and sites, which are crawled: how many articles, and how whole."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from db.datasette.pages.charts import bars, months, stacked
from db.datasette.pages.home import state_of
from db.datasette.pages.respond import gathered, number_in, row_of, rows_of, show

_LIST = """
SELECT sources.id, sources.name, sources.kind, sources.domain, count(*) AS articles,
    count(DISTINCT facets.site_id) AS sites, min(published) AS first, max(published) AS last
FROM sources JOIN article_facets AS facets ON facets.source_id = sources.id
GROUP BY sources.id
ORDER BY articles DESC, sources.name
LIMIT 200"""

_SITES = """
SELECT sites.id, sites.name, sites.domains, sites.language,
    (SELECT count(*) FROM article_facets WHERE site_id = sites.id) AS articles,
    runs.id AS run_id, runs.started, runs.finished, runs.reason, runs.fetched, runs.failed,
    runs.articles AS run_articles
FROM sites
LEFT JOIN runs ON runs.id = (SELECT id FROM runs WHERE site_id = sites.id ORDER BY started DESC, id DESC LIMIT 1)
ORDER BY articles DESC, sites.name"""


# Where the text names no source the site stands for it: that is no source named.
_NAMED = "sources.name <> sites.name OR sources.name = articles.source_raw"


def _filled(column: str) -> str:
    return f"""
SELECT count(*) AS articles, sum({_NAMED}) AS source, sum(articles.doctors IS NOT NULL) AS doctor,
    sum(published IS NOT NULL) AS published, sum(modified IS NOT NULL) AS modified,
    sum(reviewed IS NOT NULL) AS reviewed, sum(length(body) > 0) AS body, sum(untranslated > 0) AS untranslated,
    sum(NOT canonical) AS copies, sum(gone_at IS NOT NULL) AS gone
FROM articles JOIN sites ON sites.id = articles.site_id LEFT JOIN sources ON sources.id = articles.source_id
WHERE articles.{column} = :id"""  # noqa: S608 - column is a constant of this file


def _monthly(column: str, other: str, names: str) -> str:
    return f"""
SELECT substr(published, 1, 7) AS month, names.name AS name, count(*) AS articles
FROM article_facets AS facets JOIN {names} AS names ON names.id = facets.{other}
WHERE facets.{column} = :id AND length(published) >= 7
GROUP BY month, names.id"""  # noqa: S608 - constants of this file


_NEWEST = """
SELECT articles.id, title, doctors, published, articles.language, copies, sites.name AS source
FROM articles JOIN sites ON sites.id = articles.site_id
WHERE {column} = :id ORDER BY published DESC, articles.id DESC LIMIT 10"""

_HEALTH = """
SELECT runs.id, sites.name AS site, started, finished, runs.reason, fetched, articles, new, changed, rejected, failed,
    with_source, with_doctor, with_published, with_body
FROM runs JOIN sites ON sites.id = runs.site_id
WHERE runs.site_id = :site ORDER BY started DESC, runs.id DESC LIMIT 20"""

_ERRORS = """
SELECT state, reason, count(*) AS pages, max(url) AS example, max(fetched_at) AS last
FROM fetched_pages
WHERE site_id = :site AND state IN ('failed', 'rejected', 'gone')
GROUP BY state, reason ORDER BY last DESC, pages DESC LIMIT 12"""

_SITES_OF = """
SELECT sites.id, sites.name, count(*) AS articles
FROM article_facets AS facets JOIN sites ON sites.id = facets.site_id
WHERE facets.source_id = :id GROUP BY sites.id ORDER BY articles DESC LIMIT 20"""

_SOURCES_OF = """
SELECT sources.id, sources.name, count(*) AS articles
FROM article_facets AS facets JOIN sources ON sources.id = facets.source_id
WHERE facets.site_id = :id GROUP BY sources.id ORDER BY articles DESC LIMIT 20"""

_FIELDS = {"source": "Source named", "doctor": "Doctor named", "published": "Publication date",
           "modified": "Date of change", "reviewed": "Date of review", "body": "Text"}  # fmt: skip


def _gather(conn: sqlite3.Connection, id_: int, kind: str) -> dict[str, Any]:
    column, other, names = (
        ("source_id", "site_id", "sites") if kind == "source" else ("site_id", "source_id", "sources")
    )
    table = "sources" if kind == "source" else "sites"
    origin = row_of(conn, f"SELECT * FROM {table} WHERE id = :id", id_, kind)  # noqa: S608 - constants above
    filled = rows_of(conn, _filled(column), id=id_)[0]
    monthly = [tuple(row) for row in conn.execute(_monthly(column, other, names), {"id": id_})]
    span = sorted(month for month, _, _ in monthly)
    partners = rows_of(conn, _SITES_OF if kind == "source" else _SOURCES_OF, id=id_)
    site = id_ if kind == "site" else (partners[0]["id"] if len(partners) == 1 else None)
    runs = rows_of(conn, _HEALTH, site=site) if site else []
    total = filled["articles"] or 1
    return {
        "kind": kind,
        "origin": origin,
        "filled": filled,
        "rates": bars([(label, 100 * (filled[name] or 0) / total) for name, label in _FIELDS.items()], 100),
        "chart": stacked("Articles a month", monthly, months(span[0], span[-1]) if span else []),
        "partners": partners,
        "runs": [run | {"state": state_of(run)} for run in runs],
        "errors": rows_of(conn, _ERRORS, site=site) if site else [],
        "articles": rows_of(conn, _NEWEST.replace("{column}", f"articles.{column}"), id=id_),
    }


async def sources(request: Any, datasette: Any) -> Response:
    """`/sources`."""

    def gather(conn: sqlite3.Connection) -> dict[str, Any]:
        sites = rows_of(conn, _SITES)
        states = [state_of(site | {"articles": site["run_articles"]}) if site["run_id"] else "none" for site in sites]
        return {
            "sources": rows_of(conn, _LIST),
            "sites": [site | {"state": state} for site, state in zip(sites, states, strict=True)],
        }

    return await show(datasette, request, "sources.html", await gathered(datasette, request, gather))


async def source(request: Any, datasette: Any) -> Response:
    """`/source/<id>`."""
    found = await gathered(datasette, request, lambda conn: _gather(conn, number_in(request), "source"))
    return await show(datasette, request, "source.html", found)


async def site(request: Any, datasette: Any) -> Response:
    """`/site/<id>`."""
    found = await gathered(datasette, request, lambda conn: _gather(conn, number_in(request), "site"))
    return await show(datasette, request, "source.html", found)
