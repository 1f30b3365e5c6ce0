"""A text beside its candidates: most are dismissed by their shingles, only the others are read and compared.

On a site whose articles are built of the same phrases every one is a little like forty others, again and again the
same ones: their shingles are kept in memory, and few are looked through for another translation.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial

from db.duplicates.index import Candidate, LookUp
from db.duplicates.reading import Reading, stored_outline, stored_reading
from db.duplicates.verify import SAME_WORDS, Finding, compare, likeness

MAX_RELATED = 5
"""Candidates read, the likest first, that can be no more than another translation."""

Findings = tuple[tuple[Candidate, Finding], ...]


def compared(connection: sqlite3.Connection, reading: Reading, looked_up: LookUp) -> tuple[LookUp, Findings]:
    """What comparing a text with its candidates gave; the look-up with those counted that were passed over."""
    found: list[tuple[Candidate, Finding]] = []
    related = 0
    outline = reading.outline
    for candidate in looked_up.candidates:
        title, text_hash = connection.execute(
            "SELECT title, text_hash FROM articles WHERE id = ?", (candidate.article_id,)
        ).fetchone()
        if text_hash == reading.text_hash:
            found.append((candidate, SAME_WORDS))
            continue
        stored = partial(stored_reading, title, text_hash, partial(_body, connection, candidate))
        likely = likeness(outline, stored_outline(text_hash, stored))
        related += likely == "related"
        if likely == "none" or (likely == "related" and related > MAX_RELATED):
            continue
        finding = compare(reading, stored())
        if finding is not None:
            found.append((candidate, finding))
    return replace(looked_up, skipped=looked_up.skipped + max(0, related - MAX_RELATED)), tuple(found)


def _body(connection: sqlite3.Connection, candidate: Candidate) -> str:
    row = connection.execute("SELECT body FROM articles WHERE id = ?", (candidate.article_id,)).fetchone()
    return str(row[0])
