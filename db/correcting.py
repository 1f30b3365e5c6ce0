"""Making corrections: kept as rows (`db.corrections`) and applied to what is stored at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from db import articles, corrections
from db.article_loader import load_article
from db.connection import utc_now
from db.records import Article, Origin, Person, PersonKind
from db.redaction import read_tombstones
from db.store import Store


def correct(store: Store, article_id: int, values: Mapping[str, Any], *, by: str, note: str | None = None) -> list[int]:
    """Set fields of an article (see `corrections.FIELDS`); returns the ids of the corrections.

    `by`: who says so. Raises LookupError if there is no such article.
    """
    now = utc_now()
    made = []
    with store.atomic():
        article = load_article(store.connection, article_id)
        for field, value in values.items():
            before = corrections.field_value(article, field)
            made.append(
                corrections.add(
                    store.connection, "field", value, by=by, now=now, article_id=article_id, field=field,
                    before=_first_before(store.connection, article_id, field, before), note=note,
                )
            )  # fmt: skip
        _store_again(store.connection, article_id, article, now)
    return made


def merge(store: Store, doctor_id: int, into_id: int, *, by: str, note: str | None = None) -> int:
    """Say that one doctor is another one; returns the id of the correction. Raises LookupError, ValueError."""
    now = utc_now()
    with store.atomic():
        gone, kept = _doctor(store.connection, doctor_id), _doctor(store.connection, into_id)
        if gone.key == kept.key:
            raise ValueError(f"doctor {doctor_id} cannot be merged into itself")
        named = _articles_of(store.connection, doctor_id)
        made = corrections.add(
            store.connection, "merge", corrections.person_value(kept), by=by, now=now, doctor=gone.key,
            before=corrections.person_value(gone), note=note,
        )  # fmt: skip
        for article_id in named:
            _store_again(store.connection, article_id, load_article(store.connection, article_id), now)
    return made


def split(store: Store, doctor_id: int, article_ids: Iterable[int], *, by: str, note: str | None = None) -> list[int]:
    """Say that the doctor of these articles is somebody else of the same name; returns ids of the corrections.

    Raises LookupError where an article does not name the doctor.
    """
    now = utc_now()
    wanted = list(article_ids)
    made = []
    with store.atomic():
        doctor = _doctor(store.connection, doctor_id)
        if strangers := set(wanted) - set(_articles_of(store.connection, doctor_id)):
            raise LookupError(f"article {min(strangers)} does not name doctor {doctor_id}")
        other = {**corrections.person_value(doctor), "key": f"{doctor.key}|split:{min(wanted)}"}
        other.pop("role")
        for article_id in wanted:
            article = load_article(store.connection, article_id)
            made.append(
                corrections.add(
                    store.connection, "split", other, by=by, now=now, article_id=article_id, doctor=doctor.key,
                    before=corrections.person_value(doctor), note=note,
                )
            )  # fmt: skip
            _store_again(store.connection, article_id, article, now)
    return made


def undo(store: Store, correction_id: int, *, by: str) -> None:
    """Take a correction back: fields and splits become what they were, articles of merged doctors are named apart
    again when they are next read. Raises LookupError."""
    now = utc_now()
    with store.atomic():
        ended = corrections.end(store.connection, correction_id, by=by, now=now)
        if ended.article_id is None:
            return
        article = load_article(store.connection, ended.article_id)
        if ended.kind == "field":
            assert ended.field is not None
            article = corrections.with_value(article, ended.field, ended.before, Origin.TEXT, "as before")
        else:
            article = _named_again(article, ended)
        _store_again(store.connection, ended.article_id, article, now)


def _store_again(connection: sqlite3.Connection, article_id: int, article: Article, now: str) -> None:
    wanted = corrections.corrected(connection, article_id, article)
    stones = read_tombstones(connection)
    if any(stones.spans(text) for text in (wanted.title, wanted.source or "", *(p.name for p in wanted.people))):
        raise ValueError("a name in it was redacted (galen redact), so it cannot be set")
    articles.rewrite(connection, article_id, wanted, now)


def _first_before(connection: sqlite3.Connection, article_id: int, field: str, now_stored: Any) -> Any:
    """What extraction had said: of a correction that replaces another one, the state before the first."""
    for earlier in corrections.listed(connection, article_id):
        if earlier.field == field and earlier.ended_at is None:
            return earlier.before
    return now_stored


def _named_again(article: Article, ended: corrections.Correction) -> Article:
    key = ended.value["key"]
    values = [
        {**ended.before, "role": each.get("role", "unspecified")} if each.get("key") == key else each
        for each in corrections.field_value(article, "doctor")
    ]
    return corrections.with_value(article, "doctor", values, Origin.TEXT, "as before")


def _doctor(connection: sqlite3.Connection, doctor_id: int) -> Person:
    row = connection.execute(
        "SELECT key, name, clinical_title, credentials, department, hospital, profile_url FROM doctors WHERE id = ?",
        (doctor_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no doctor {doctor_id}")
    return Person(**dict(row), kind=PersonKind.CLINICIAN)


def _articles_of(connection: sqlite3.Connection, doctor_id: int) -> list[int]:
    rows = connection.execute("SELECT DISTINCT article_id FROM article_doctors WHERE doctor_id = ?", (doctor_id,))
    return [int(row[0]) for row in rows]
