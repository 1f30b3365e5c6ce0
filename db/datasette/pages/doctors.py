"""Doctors: who they are, as pages write it, and what they are named for."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from db.datasette.pages.charts import bars
from db.datasette.pages.respond import first_arg, gathered, number_in, row_of, rows_of, show

_LIST = """
SELECT doctors.id, doctors.name, clinical_title, credentials, department, hospital, sites.name AS site,
    count(DISTINCT article_id) AS articles, count(DISTINCT iif(role = 'reviewer', article_id, NULL)) AS reviewed
FROM doctors
LEFT JOIN article_doctors ON article_doctors.doctor_id = doctors.id
LEFT JOIN sites ON sites.id = doctors.site_id
WHERE :name = '' OR doctors.name LIKE '%' || :name || '%' OR doctors.hospital LIKE '%' || :name || '%'
GROUP BY doctors.id
ORDER BY articles DESC, doctors.name
LIMIT 100"""

_DOCTOR = """
SELECT doctors.*, sites.name AS site
FROM doctors LEFT JOIN sites ON sites.id = doctors.site_id
WHERE doctors.id = :id"""

_WRITTEN = """
SELECT raw, count(*) AS articles FROM article_doctors
WHERE doctor_id = :id AND raw IS NOT NULL GROUP BY raw ORDER BY articles DESC LIMIT 20"""

_ROLES = (
    "SELECT role, count(*) AS articles FROM article_doctors WHERE doctor_id = :id GROUP BY role ORDER BY articles DESC"
)

_SOURCES = """
SELECT sources.id, sources.name, count(DISTINCT facets.id) AS articles
FROM article_doctors
JOIN article_facets AS facets ON facets.id = article_id
JOIN sources ON sources.id = facets.source_id
WHERE doctor_id = :id
GROUP BY sources.id ORDER BY articles DESC LIMIT 20"""

_YEARS = """
SELECT CAST(published_year AS TEXT), count(DISTINCT facets.id)
FROM article_doctors JOIN article_facets AS facets ON facets.id = article_id
WHERE doctor_id = :id AND published_year IS NOT NULL
GROUP BY published_year ORDER BY published_year DESC LIMIT 20"""

_ARTICLES = """
SELECT articles.id, title, role, published, articles.language, copies, coalesce(sources.name, sites.name) AS source
FROM article_doctors
JOIN articles ON articles.id = article_id
JOIN sites ON sites.id = articles.site_id
LEFT JOIN sources ON sources.id = articles.source_id
WHERE doctor_id = :id
ORDER BY published DESC, articles.id DESC
LIMIT 50"""

_NAMESAKES = """
SELECT doctors.id, doctors.name, clinical_title, credentials, department, hospital, sites.name AS site,
    (SELECT count(DISTINCT article_id) FROM article_doctors WHERE doctor_id = doctors.id) AS articles
FROM doctors LEFT JOIN sites ON sites.id = doctors.site_id
WHERE doctors.name = :name AND doctors.id <> :id
ORDER BY articles DESC LIMIT 20"""


def _gather(conn: sqlite3.Connection, id_: int) -> dict[str, Any]:
    doctor = row_of(conn, _DOCTOR, id_, "doctor")
    namesakes = rows_of(conn, _NAMESAKES, id=id_, name=doctor["name"])
    return {
        "doctor": doctor,
        "written": rows_of(conn, _WRITTEN, id=id_),
        "by_role": rows_of(conn, _ROLES, id=id_),
        "sources": rows_of(conn, _SOURCES, id=id_),
        "years": bars([(row[0], row[1]) for row in conn.execute(_YEARS, {"id": id_})]),
        "articles": rows_of(conn, _ARTICLES, id=id_),
        "namesakes": [other | {"reason": _reason(doctor, other)} for other in namesakes],
    }


def _reason(doctor: dict[str, Any], other: dict[str, Any]) -> str:
    """Why two rows of one name may be one person, and why they were not made one."""
    same = [
        what
        for what, column in (("hospital", "hospital"), ("department", "department"), ("degrees", "credentials"),
                             ("title", "clinical_title"))
        if doctor[column] and doctor[column] == other[column]
    ]  # fmt: skip
    alike = f"same name, same {' and '.join(same)}" if same else "same name only"
    return f"{alike}; kept apart because names alone do not tell people apart"


async def doctors(request: Any, datasette: Any) -> Response:
    """`/doctors`."""
    name = first_arg(request, "name")
    found = await gathered(datasette, request, lambda conn: rows_of(conn, _LIST, name=name))
    return await show(datasette, request, "doctors.html", {"doctors": found, "name": name})


async def doctor(request: Any, datasette: Any) -> Response:
    """`/doctor/<id>`."""
    found = await gathered(datasette, request, lambda conn: _gather(conn, number_in(request)))
    return await show(datasette, request, "doctor.html", found)
