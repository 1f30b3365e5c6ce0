"""What an analyst set by hand: it wins over extraction and survives every later crawl.

A correction of a field belongs to an article; a merge says that one doctor's key means another doctor; a split says
that one article's doctor is somebody else of that name. They are applied to the Article before it is stored, so that
extraction never knows of them. A correction that is undone or replaced stays as a row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from db.people import clinicians, doctor_key
from db.records import Article, Evidence, Origin, PartialDate, Person, PersonKind, Role

TABLE = (
    """
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('field', 'merge', 'split')),
    article_id INTEGER REFERENCES articles(id),
    field TEXT,
    doctor_key TEXT,
    value TEXT NOT NULL,
    before TEXT,
    note TEXT,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT
)""",
    "CREATE INDEX corrections_article ON corrections(article_id) WHERE ended_at IS NULL",
    "CREATE INDEX corrections_doctor ON corrections(doctor_key) WHERE ended_at IS NULL",
)
"""field: column of articles, 'source' or 'doctor'; value, before: JSON (null = unknown); ended: undone or replaced."""

DATES = ("published", "modified", "reviewed", "next_review")
FIELDS = ("title", "source", "doctor", *DATES)
_PERSON = ("name", "role", "clinical_title", "credentials", "department", "hospital", "profile_url", "key")
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One row of `corrections`."""

    id: int
    kind: str
    article_id: int | None
    field: str | None
    doctor_key: str | None
    value: Any
    before: Any
    note: str | None
    made_by: str
    made_at: str
    ended_by: str | None
    ended_at: str | None


def corrected(connection: sqlite3.Connection, article_id: int | None, article: Article) -> Article:
    """An article with what analysts set; the same object where they set nothing. `article_id` None: not stored yet."""
    for correction in _of_article(connection, article_id):
        if correction.kind == "field":
            article = _with_field(article, correction)
    people = tuple(_resolved(connection, article_id, person, article.site) for person in article.people)
    return article if people == article.people else replace(article, people=people)


def field_value(article: Article, field: str) -> Any:
    """A field of an article as JSON can keep it."""
    if field == "doctor":
        return [person_value(person) for person in clinicians(article)]
    if field in DATES:
        date: PartialDate | None = getattr(article, field)
        return None if date is None else {"value": date.value, "offset": date.offset, "raw": date.raw}
    return getattr(article, field)


def person_value(person: Person) -> dict[str, str]:
    """A person as JSON can keep it: what is known of them."""
    return {name: str(value) for name in _PERSON if (value := getattr(person, name)) is not None}


def with_value(article: Article, field: str, value: Any, origin: Origin, detail: str | None = None) -> Article:
    """An article with one field set to what `field_value` gave, and evidence that says so."""
    if field == "doctor":
        named = tuple(_person(each) for each in value)
        names = {person.name.casefold() for person in named}
        others = (p for p in article.people if p.kind is not PersonKind.CLINICIAN and p.name.casefold() not in names)
        article = replace(article, people=(*named, *others))
        told = [person.name for person in named]
    elif field in DATES:
        date: Any = None if value is None else PartialDate(**value, origin=origin)
        article = replace(article, **{field: date})
        told = [] if value is None else [value["value"]]
    else:
        article = replace(article, **{field: value})
        told = [] if value is None else [value]
    others_evidence = [replace(e, chosen=False) if e.field == field else e for e in article.evidence]
    # Unknown is said as well: an empty value that was chosen.
    ours = [Evidence(field=field, value=e, origin=origin, detail=detail, chosen=True) for e in (*told,) or (None,)]
    kept = [e for e in others_evidence if not (e.field == field and e.origin is Origin.CORRECTION)]
    return replace(article, evidence=(*kept, *ours))


def add(
    connection: sqlite3.Connection,
    kind: str,
    value: Any,
    *,
    by: str,
    now: str,
    article_id: int | None = None,
    field: str | None = None,
    doctor: str | None = None,
    before: Any = None,
    note: str | None = None,
) -> int:
    """Keep a correction, in place of an earlier one of the same thing; returns its id."""
    connection.execute(
        """
        UPDATE corrections SET ended_by = ?, ended_at = ?
        WHERE kind = ? AND article_id IS ? AND field IS ? AND doctor_key IS ? AND ended_at IS NULL
        """,
        (by, now, kind, article_id, field, doctor),
    )
    cursor = connection.execute(
        """
        INSERT INTO corrections (kind, article_id, field, doctor_key, value, before, note, made_by, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (kind, article_id, field, doctor, _json(value), _json(before), note, by, now),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def end(connection: sqlite3.Connection, correction_id: int, *, by: str, now: str) -> Correction:
    """Mark a correction as undone. Raises LookupError if there is none in force."""
    rows = _rows(connection.execute("SELECT * FROM corrections WHERE id = ? AND ended_at IS NULL", (correction_id,)))
    for correction in rows:
        connection.execute("UPDATE corrections SET ended_by = ?, ended_at = ? WHERE id = ?", (by, now, correction_id))
        return correction
    raise LookupError(f"there is no correction {correction_id} in force")


def listed(connection: sqlite3.Connection, article_id: int | None = None) -> list[Correction]:
    """All corrections, or those of one article, newest first."""
    return list(
        _rows(
            connection.execute(
                "SELECT * FROM corrections WHERE :id IS NULL OR article_id = :id ORDER BY id DESC", {"id": article_id}
            )
        )
    )


def _of_article(connection: sqlite3.Connection, article_id: int | None) -> list[Correction]:
    if article_id is None:
        return []
    return list(
        _rows(
            connection.execute(
                "SELECT * FROM corrections WHERE article_id = ? AND ended_at IS NULL ORDER BY id", (article_id,)
            )
        )
    )


def _with_field(article: Article, correction: Correction) -> Article:
    assert correction.field is not None
    value = correction.value
    if correction.field in DATES and value is not None:
        stated: PartialDate | None = getattr(article, correction.field)
        value = {**value, "raw": stated.raw if stated is not None else None}
    return with_value(article, correction.field, value, Origin.CORRECTION, f"correction {correction.id}")


def _resolved(connection: sqlite3.Connection, article_id: int | None, person: Person, site: str) -> Person:
    """Who a person is after splits and merges."""
    if person.kind is not PersonKind.CLINICIAN:
        return person
    for _ in range(_LONGEST_CHAIN):
        row = connection.execute(
            """
            SELECT value FROM corrections
            WHERE doctor_key = ? AND ended_at IS NULL AND (kind = 'merge' OR (kind = 'split' AND article_id = ?))
            ORDER BY kind DESC LIMIT 1
            """,
            (doctor_key(person, site), article_id),
        ).fetchone()
        if row is None:
            break
        person = replace(_person(json.loads(row["value"])), role=person.role, raw=person.raw, origin=person.origin)
    return person


def _person(value: dict[str, str]) -> Person:
    role = Role(value.get("role", Role.UNSPECIFIED))
    return Person(**{**value, "role": role, "kind": PersonKind.CLINICIAN, "origin": Origin.CORRECTION})  # type: ignore[arg-type]


def _rows(cursor: Iterable[sqlite3.Row]) -> Iterable[Correction]:
    for row in cursor:
        values = dict(row)
        values["value"] = json.loads(values["value"])
        values["before"] = json.loads(values["before"]) if values["before"] is not None else None
        yield Correction(**values)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
