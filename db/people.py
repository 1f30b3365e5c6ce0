"""Doctors and sources: the rows that articles point to.

A doctor is never told by the name alone: the key is name and hospital, or name and site where the
page names no hospital. Journalists and organisations are no doctors; they stay in the byline.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from db.records import Article, Person, PersonKind


def source_id(connection: sqlite3.Connection, article: Article) -> int | None:
    """Row of the source that an article names, made if it is new; None where it names none."""
    if article.source is None:
        return None
    kind = "site" if article.source.casefold() == article.site.casefold() else "publisher"
    connection.execute(
        "INSERT INTO sources (name, kind, language) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
        (article.source, kind, article.language),
    )
    row = connection.execute("SELECT id FROM sources WHERE name = ?", (article.source,)).fetchone()
    return int(row[0])


def doctor_key(person: Person, site: str) -> str:
    """Natural key of a doctor: case-folded name with hospital, else with site."""
    if person.key is not None:
        return person.key
    place = f"hospital:{person.hospital}" if person.hospital else f"site:{site}"
    return f"{person.name}|{place}".casefold()


def clinicians(article: Article) -> tuple[Person, ...]:
    """The people of an article that are doctors in the sense of `doctors`."""
    return tuple(person for person in article.people if person.kind is PersonKind.CLINICIAN)


def link_doctors(connection: sqlite3.Connection, article_id: int, site_id: int, article: Article) -> None:
    """Make an article's doctors what its page now says; doctors nobody names any more go."""
    before = [
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT doctor_id FROM article_doctors WHERE article_id = ?", (article_id,)
        )
    ]
    connection.execute("DELETE FROM article_doctors WHERE article_id = ?", (article_id,))
    for position, person in enumerate(clinicians(article)):
        connection.execute(
            """
            INSERT INTO article_doctors (article_id, doctor_id, role, position, raw) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            (article_id, _doctor_id(connection, person, site_id, article.site), person.role, position, person.raw),
        )
    _drop_unnamed(connection, before)


def _doctor_id(connection: sqlite3.Connection, person: Person, site_id: int, site: str) -> int:
    row = connection.execute(
        """
        INSERT INTO doctors (key, name, clinical_title, credentials, department, hospital, profile_url, site_id)
        VALUES (:key, :name, :clinical_title, :credentials, :department, :hospital, :profile_url, :site_id)
        ON CONFLICT (key) DO UPDATE SET
            clinical_title = coalesce(clinical_title, excluded.clinical_title),
            credentials = coalesce(credentials, excluded.credentials),
            department = coalesce(department, excluded.department),
            profile_url = coalesce(profile_url, excluded.profile_url)
        RETURNING id
        """,
        {
            "key": doctor_key(person, site),
            "name": person.name,
            "clinical_title": person.clinical_title,
            "credentials": person.credentials,
            "department": person.department,
            "hospital": person.hospital,
            "profile_url": person.profile_url,
            "site_id": None if person.hospital else site_id,
        },
    ).fetchone()
    return int(row[0])


def _drop_unnamed(connection: sqlite3.Connection, doctor_ids: Sequence[int]) -> None:
    connection.executemany(
        """
        DELETE FROM doctors
        WHERE id = ? AND NOT EXISTS (SELECT 1 FROM article_doctors WHERE doctor_id = doctors.id)
        """,
        [(doctor_id,) for doctor_id in doctor_ids],
    )


def other_authors(article: Article) -> str | None:
    """Everybody named who is no clinician, joined by '; '."""
    names = dict.fromkeys(person.name for person in article.people if person.kind is not PersonKind.CLINICIAN)
    return "; ".join(names) or None
