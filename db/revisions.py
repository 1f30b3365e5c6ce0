"""What changed in an article from one visit to the next: its versions, and their difference word by word.

A change of title, summary or body is a revision (`db.articles` writes it); a date that moved while the text stayed is
told apart, because many sites renew their dates without touching a word.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz.distance import Indel

from db.duplicates.text_form import CJK

DATES = ("published", "modified", "reviewed", "next_review")
TEXTS = ("title", "summary", "body")

Operation = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that stayed, went or came."""

    operation: Operation
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it was at one time."""

    number: int
    until: str | None
    """When the next version was seen (UTC text); None for the current one."""
    title: str
    summary: str | None
    body: str | None
    """None where the page's policy withholds the text from the snapshot."""
    published: str | None
    modified: str | None
    reviewed: str | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What changed in one field from one version to another."""

    field: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class DateChange:
    """A date that moved while the text stayed."""

    field: str
    old: str | None
    new: str | None
    seen_at: str
    note: str


def note_moved_dates(
    connection: sqlite3.Connection,
    old: Mapping[str, Any] | sqlite3.Row,
    new: Mapping[str, Any],
    told: Sequence[str],
    now: str,
) -> None:
    """Keep the dates among the changed columns `told` of an article whose text stayed; inside a transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO date_changes (article_id, field, old, new, seen_at, note) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (old["id"], field, old[field], new[field], now, f"{field} moved, text unchanged")
            for field in DATES
            if field in told
        ],
    )


def versions(connection: sqlite3.Connection, article_id: int) -> tuple[Version, ...]:
    """Every version of an article, the oldest first, the current one last.

    Works on the crawl database and on a snapshot. Raises LookupError for an article that is not there.
    """
    current = connection.execute(
        "SELECT revision, title, summary, body, published, modified, reviewed FROM articles WHERE id = ?",
        (article_id,),
    ).fetchone()
    if current is None:
        raise LookupError(f"there is no article {article_id}")
    older = connection.execute(
        "SELECT number, seen_at, title, summary, body, published, modified, reviewed "
        "FROM revisions WHERE article_id = ? ORDER BY number",
        (article_id,),
    )
    return (*(Version(*row) for row in older), Version(current[0], None, *tuple(current)[1:]))


def date_changes(connection: sqlite3.Connection, article_id: int) -> tuple[DateChange, ...]:
    """Dates of an article that moved while its text stayed, the oldest first."""
    rows = connection.execute(
        "SELECT field, old, new, seen_at, note FROM date_changes WHERE article_id = ? ORDER BY seen_at, field",
        (article_id,),
    )
    return tuple(DateChange(*row) for row in rows)


def difference(old: Version, new: Version) -> tuple[FieldChange, ...]:
    """The fields that differ between two versions: texts word by word, dates as a whole."""
    found: list[FieldChange] = []
    for field in (*TEXTS, "published", "modified", "reviewed"):
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        changes = word_diff(before or "", after or "") if field in TEXTS else _whole(before, after)
        found.append(FieldChange(field, changes))
    return tuple(found)


def word_diff(old: str, new: str) -> tuple[Change, ...]:
    """What of `old` stayed and went and what came, by words (Han, kana, hangul by characters), in reading order.

    'same' and 'removed' joined give `old`, 'same' and 'added' joined give `new`, to the character.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    changes: list[Change] = []
    went: list[str] = []
    came: list[str] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            changes += (*_changed(went, came), Change("same", "".join(before[step.src_start : step.src_end])))
            went, came = [], []
        else:
            went += before[step.src_start : step.src_end]
            came += after[step.dest_start : step.dest_end]
    return (*changes, *_changed(went, came))


def _changed(went: Sequence[str], came: Sequence[str]) -> tuple[Change, ...]:
    removed = (Change("removed", "".join(went)),) if went else ()
    return (*removed, Change("added", "".join(came))) if came else removed


def _whole(before: str | None, after: str | None) -> tuple[Change, ...]:
    return _changed([before] if before else [], [after] if after else [])


# Spaces belong to the word before them, so that the parts put together are the text again.
_WORDS = re.compile(rf"(?:[{CJK}]|\w+?(?=[{CJK}]|\W|\Z)|[^\w\s])\s*|\s+")
