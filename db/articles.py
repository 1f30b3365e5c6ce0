"""Article rows: insert, update, revision, parts. Called inside a page's savepoint only."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from db import corrections, parts, people, revisions
from db.duplicates import members, place
from db.duplicates.place import PreparedText
from db.duplicates.reading import Reading
from db.duplicates.text_form import text_hash, word_count
from db.duplicates.url_key import url_key
from db.records import Article, Part, PartialDate
from db.search.row import index_article
from db.search.text import index_text

Change = Literal["new", "changed", "unchanged"]

CONTENT = ("title", "summary", "body")
"""A difference in one of these is a revision; the others are corrected in place."""


@dataclass(frozen=True, slots=True)
class SavedArticle:
    """What saving one article changed."""

    id: int
    change: Change
    copy: bool
    lost: bool = False  # it was known with a source, doctor or date that it no longer has


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """An article with all that can be computed before the transaction."""

    article: Article
    key: str
    row: dict[str, Any]
    text: PreparedText


def prepare(article: Article, connection: sqlite3.Connection | None = None) -> PreparedArticle:
    """Compute key, hash, counts and column values of an article; `connection`: look for its copies, outside of any
    transaction. Without it they are looked for when it is saved."""
    key = url_key(article.canonical_url or article.url, article.id_parameters)
    # Without a text there are no copies of it.
    text = place.read_article(article.title, article.body if article.withheld is None else "")
    if connection is not None and not _is_stored(connection, key, text):
        text = place.look_up(connection, text)
    return PreparedArticle(article=article, key=key, row=_row(article, text), text=text)


def _is_stored(connection: sqlite3.Connection, key: str, text: PreparedText) -> bool:
    """Whether the row of this key says the same already: most pages of a second crawl."""
    row = connection.execute("SELECT title, text_hash FROM articles WHERE url_key = ?", (key,)).fetchone()
    return row is not None and row["text_hash"] == text.reading.text_hash and row["title"] == text.reading.title


def save(connection: sqlite3.Connection, prepared: PreparedArticle, site_id: int, now: str) -> SavedArticle:
    """Write an article; `now` is when its page was fetched (UTC text).

    One row per URL key. A twin under another URL (mobile host, AMP, tracking parameters) never
    overwrites what the row's own URL said, unless it is the canonical one.
    """
    old = connection.execute("SELECT * FROM articles WHERE url_key = ?", (prepared.key,)).fetchone()
    article = corrections.corrected(connection, None if old is None else old["id"], prepared.article)
    if article is not prepared.article:
        prepared = replace(prepare(article), key=prepared.key)
    row = prepared.row | {"source_id": people.source_id(connection, article), "site_id": site_id}
    if old is None:
        return _insert(connection, prepared, row, now)
    if old["url"] != article.url and article.url != article.canonical_url:
        connection.execute("UPDATE articles SET last_seen = ?, gone_at = NULL WHERE id = ?", (now, old["id"]))
        return SavedArticle(old["id"], "unchanged", old["cluster_id"] is not None)
    same_url = old["url"] == article.url
    if article.withheld is not None:
        _forget_text(connection, old["id"])
    if article.next_part is not None or parts.has_parts(connection, old["id"]):
        row |= parts.put_first(connection, old["id"], article)
    return _update(connection, old, prepared, row, now, revise=same_url)


def _insert(connection: sqlite3.Connection, prepared: PreparedArticle, row: dict[str, Any], now: str) -> SavedArticle:
    values = row | {"url_key": prepared.key, "first_seen": now, "last_seen": now, "last_changed": now}
    article_id = connection.execute(_insert_sql(tuple(values)), values).lastrowid
    assert article_id is not None
    if prepared.article.next_part is not None:
        parts.put_first(connection, article_id, prepared.article)
    _write_details(connection, article_id, prepared.article, row)
    copy = _place(connection, article_id, prepared.text, row, now)
    return SavedArticle(article_id, "new", copy)


def rewrite(connection: sqlite3.Connection, article_id: int, article: Article, now: str) -> None:
    """Store an article again as an analyst wants it: no revision, and nothing is said of when its page was seen."""
    old = connection.execute("SELECT * FROM articles WHERE id = ?", (article_id,)).fetchone()
    prepared = prepare(article)
    row = prepared.row | {"source_id": people.source_id(connection, article), "site_id": old["site_id"]}
    _update(connection, old, prepared, row, now, revise=False)
    seen = (old["last_seen"], old["gone_at"], article_id)
    connection.execute("UPDATE articles SET last_seen = ?, gone_at = ? WHERE id = ?", seen)


def save_part(connection: sqlite3.Connection, part: Part, now: str) -> SavedArticle:
    """Write a later page of an article and join the article anew.

    A revision is written only if the article was complete before: growing page by page is no change.
    Raises LookupError if the first page has not been stored.
    """
    key = url_key(part.article_url, part.id_parameters)
    old = connection.execute("SELECT * FROM articles WHERE url_key = ?", (key,)).fetchone()
    if old is None:
        raise LookupError(f"part {part.number} of {part.article_url}: its first page is not stored")
    article_id = int(old["id"])
    if old["withheld"] is not None or parts.stands_elsewhere(connection, article_id, part):
        return SavedArticle(article_id, "unchanged", old["cluster_id"] is not None)
    was_complete = parts.is_complete(connection, article_id)
    whole = parts.put(connection, article_id, part)
    if whole["body"] == old["body"]:
        return SavedArticle(article_id, "unchanged", old["cluster_id"] is not None)
    if was_complete:
        _write_revision(connection, old, ["body"], now)
    connection.execute(
        """
        UPDATE articles SET body = :body, text_hash = :text_hash, words = :words, revision = :revision,
            last_seen = :now, last_changed = :now
        WHERE id = :id
        """,
        {**whole, "id": article_id, "now": now, "revision": old["revision"] + int(was_complete)},
    )
    connection.execute("UPDATE search_text SET body = ? WHERE id = ?", (index_text(whole["body"]), article_id))
    text = place.read_article(old["title"], whole["body"])
    copy = place.place(connection, article_id, text, now, Reading(old["title"], old["body"]))
    return SavedArticle(article_id, "changed" if was_complete else "unchanged", copy)


def _update(
    connection: sqlite3.Connection,
    old: sqlite3.Row,
    prepared: PreparedArticle,
    row: dict[str, Any],
    now: str,
    *,
    revise: bool,
) -> SavedArticle:
    article_id = int(old["id"])
    changed = [column for column in row if row[column] != old[column]]
    changed += _people_changed(connection, article_id, prepared.article)
    lost = any(column in changed and row[column] is None for column in ("source_id", "published"))
    lost = lost or ("doctors" in changed and not people.clinicians(prepared.article))
    if not changed:
        connection.execute("UPDATE articles SET last_seen = ?, gone_at = NULL WHERE id = ?", (now, article_id))
        return SavedArticle(article_id, "unchanged", old["cluster_id"] is not None)
    told = [column for column in changed if column not in _BOOKKEEPING]
    withheld = old["withheld"] is not None or row["withheld"] is not None
    content_changed = revise and not withheld and any(column in CONTENT for column in changed)
    if content_changed:
        _write_revision(connection, old, told, now)
    elif revise:
        revisions.note_moved_dates(connection, old, row, told, now)
    kept = {
        "id": article_id,
        "now": now,
        "revision": old["revision"] + int(content_changed),
        # An article that is published no longer, or again, has changed for whoever keeps a copy of an export.
        "last_changed": now if told or "hidden" in changed else old["last_changed"],
    }
    connection.execute(_update_sql(tuple(row)), row | kept)
    _write_details(connection, article_id, prepared.article, row)
    if row["text_hash"] != old["text_hash"] or row["title"] != old["title"]:
        copy = _place(connection, article_id, prepared.text, row, now, Reading(old["title"], old["body"]))
    else:
        copy = old["cluster_id"] is not None
        if copy and "site_id" in changed:
            members.refresh(connection, old["cluster_id"])
        elif copy:
            members.weigh(connection, article_id)
    return SavedArticle(article_id, "changed" if content_changed else "unchanged", copy, lost)


def _place(
    connection: sqlite3.Connection,
    article_id: int,
    text: PreparedText,
    row: dict[str, Any],
    now: str,
    old: Reading | None = None,
) -> bool:
    # An article over several pages is joined inside the transaction: its whole text was not known before.
    if row["withheld"] is None and row["body"] != text.reading.body:
        text = place.read_article(row["title"], row["body"])
    return place.place(connection, article_id, text, now, old)


def _forget_text(connection: sqlite3.Connection, article_id: int) -> None:
    """The site has come to withhold the text: what was kept of it goes, revisions and parts included."""
    # The bytes of a long text lie in pages of the file that are only marked as free, unless they are overwritten.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("UPDATE revisions SET body = '', summary = NULL WHERE article_id = ?", (article_id,))
    connection.execute("DELETE FROM article_parts WHERE article_id = ?", (article_id,))


def _people_changed(connection: sqlite3.Connection, article_id: int, article: Article) -> list[str]:
    stored = connection.execute(
        """
        SELECT doctors.key, role FROM article_doctors JOIN doctors ON doctors.id = doctor_id
        WHERE article_id = ? ORDER BY position
        """,
        (article_id,),
    ).fetchall()
    named = dict.fromkeys(
        (people.doctor_key(person, article.site), str(person.role)) for person in people.clinicians(article)
    )
    return [] if [tuple(row) for row in stored] == list(named) else ["doctors"]


def _write_revision(connection: sqlite3.Connection, old: sqlite3.Row, changed: list[str], now: str) -> None:
    connection.execute(
        """
        INSERT INTO revisions
            (article_id, number, seen_at, changed, title, summary, body, published, modified, reviewed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            old["id"], old["revision"], now, ", ".join(changed), old["title"], old["summary"], old["body"],
            old["published"], old["modified"], old["reviewed"],
        ),
    )  # fmt: skip


def _write_details(connection: sqlite3.Connection, article_id: int, article: Article, row: dict[str, Any]) -> None:
    people.link_doctors(connection, article_id, row["site_id"], article)
    connection.execute("DELETE FROM evidence WHERE article_id = ?", (article_id,))
    connection.executemany(
        "INSERT INTO evidence (article_id, seq, field, value, origin, detail, chosen) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (article_id, seq, item.field, item.value, item.origin, item.detail, int(item.chosen))
            for seq, item in enumerate(article.evidence, start=1)
        ],
    )
    connection.execute("DELETE FROM tags WHERE article_id = ?", (article_id,))
    connection.executemany(
        "INSERT OR IGNORE INTO tags (article_id, tag, kind) VALUES (?, ?, ?)",
        [(article_id, tag.tag, tag.kind) for tag in article.tags],
    )
    index_article(connection, article_id, article, row["body"] if article.withheld is None else "")


def _row(article: Article, text: PreparedText) -> dict[str, Any]:
    fragments = [{"text": fragment.text, "context": fragment.context} for fragment in article.fragments]
    main_date = article.published or article.modified or article.reviewed
    return {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "source_raw": article.source_raw,
        "title": article.title,
        "summary": article.summary,
        "body": article.body,
        "language": article.language,
        **_date_columns("published", article.published),
        **_date_columns("modified", article.modified),
        **_date_columns("reviewed", article.reviewed, offset=False),
        **_date_columns("next_review", article.next_review, offset=False),
        "date_raw": main_date.raw if main_date else None,
        "date_origin": main_date.origin if main_date else None,
        "byline_raw": article.byline_raw,
        "authors": people.other_authors(article),
        "words": word_count(article.body) if article.withheld is None else 0,
        "untranslated": len(fragments),
        "fragments": json.dumps(fragments, ensure_ascii=False) if fragments else None,
        # A hash of its own, for the same reason.
        "text_hash": text.reading.text_hash if article.withheld is None else text_hash(article.url),
        "policy": ", ".join(article.policy) or None,
        "withheld": article.withheld,
        "hidden": article.hidden,
        "extractor": article.extractor,
    }


def _date_columns(column: str, date: PartialDate | None, *, offset: bool = True) -> dict[str, Any]:
    columns: dict[str, Any] = {
        column: date.value if date else None,
        f"{column}_precision": date.precision if date else None,
    }
    if offset:
        columns[f"{column}_offset"] = date.offset if date else None
    return columns


_BOOKKEEPING = frozenset({"text_hash", "words", "extractor", "date_raw", "date_origin", "policy", "withheld", "hidden"})


@cache
def _insert_sql(columns: tuple[str, ...]) -> str:
    return f"INSERT INTO articles ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"  # noqa: S608


@cache
def _update_sql(columns: tuple[str, ...]) -> str:
    assigned = ", ".join(f"{name} = :{name}" for name in columns)
    return (
        f"UPDATE articles SET {assigned}, revision = :revision, last_seen = :now, "  # noqa: S608
        "last_changed = :last_changed, gone_at = NULL WHERE id = :id"
    )
