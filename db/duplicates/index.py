"""The stored index: which articles may be copies of a text, found by its bands, narrowed down by its sketch."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.duplicates.signature import BANDS, VERSION, Signature, estimates

BUCKET_CAP = 200
"""Signatures of one bucket: a bucket that is full says that its shingles are a template's, not a text's."""
MAX_SKETCHES = 1000
"""Sketches read for one look-up, those of the most shared bands first."""
MIN_ESTIMATE = 0.08
"""Estimated Jaccard below which no text is read; a fifth of a text, copied, has .14 at least (standard error .04)."""
MAX_VERIFIED = 50
"""Texts read and compared for one article, the likest first."""
WEAK_ESTIMATE = 0.35
MAX_WEAK = 5
"""Of candidates below that estimate, which share neither a long sentence nor the title, so many are read: on a site
whose articles are built of the same phrases every one has fifty of them. Two texts that share half of their shingles
lie below it once in 300 times (standard error .055); what can be lost is a part, or another translation."""
_AT_ONCE = 500

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that may be a copy."""

    signature_id: int
    article_id: int


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a look-up gave."""

    candidates: tuple[Candidate, ...]
    skipped: int
    """Candidates beyond the bound."""
    full: tuple[int, ...]
    """Keys of buckets that take no more."""


def watermark(connection: sqlite3.Connection) -> int:
    """The highest signature id so far; take it before a look-up, ask again above it inside the transaction."""
    row = connection.execute("SELECT max(id) FROM signatures").fetchone()
    return int(row[0] or 0)


def look_up(connection: sqlite3.Connection, signature: Signature, *, above: int = 0) -> LookUp:
    """Stored articles that may be copies, the likest first; with `above` only signatures of a higher id."""
    hits: dict[int, int] = {}
    buckets: dict[int, int] = {}
    spoken = frozenset(signature.bands[BANDS:])
    told: set[int] = set()
    for key, identifier in connection.execute(
        f"SELECT h, id FROM bands WHERE h IN ({_marks(signature.bands)}) AND id > ?",  # noqa: S608
        (*signature.bands, above),
    ):
        hits[identifier] = hits.get(identifier, 0) + 1
        buckets[key] = buckets.get(key, 0) + 1
        if key in spoken:
            told.add(identifier)
    full = tuple(key for key, entries in buckets.items() if entries >= BUCKET_CAP)
    # Equal numbers of bands are told apart by content below, not by age: the answer must not hang on the order.
    likely = sorted(hits, key=lambda identifier: -hits[identifier])[:MAX_SKETCHES]
    rows = list(_signatures(connection, likely))
    if not rows:
        return LookUp((), 0, full)
    likeness = estimates(signature.sketch, [row["sketch"] for row in rows])
    ranked = sorted(
        (-value, row["key"], row["id"], row["article_id"])
        for value, row in zip(likeness.tolist(), rows, strict=True)
        if value >= MIN_ESTIMATE
    )
    weak = [rank for rank in ranked if -rank[0] < WEAK_ESTIMATE and rank[2] not in told]
    left_out = set(weak[MAX_WEAK:])
    kept = [rank for rank in ranked if rank not in left_out][:MAX_VERIFIED]
    best = tuple(Candidate(identifier, article) for _, _, identifier, article in kept)
    return LookUp(best, len(ranked) - len(kept), full)


def insert(
    connection: sqlite3.Connection,
    article_id: int,
    key: int,
    signature: Signature | None,
    looked_up: LookUp | None,
    now: str,
) -> None:
    """Store the signature of an article; None for a twin, which its leader stands for."""
    identifier = connection.execute(
        "INSERT INTO signatures (article_id, version, key, sketch, skipped) VALUES (?, ?, ?, ?, ?)",
        (article_id, VERSION, key, signature and signature.sketch, looked_up.skipped if looked_up else 0),
    ).lastrowid
    if signature is None:
        return
    full = set(looked_up.full) if looked_up else set()
    connection.executemany(
        "INSERT OR IGNORE INTO bands (h, id) VALUES (?, ?)",
        [(band, identifier) for band in sorted(signature.bands) if band not in full],
    )
    for band in full:
        _note_capped(connection, band, now)


def remove(connection: sqlite3.Connection, signature_id: int, signature: Signature | None) -> None:
    """Take a signature and its bands out of the index; None for a twin, which has no bands."""
    bands = signature.bands if signature else ()
    connection.executemany("DELETE FROM bands WHERE h = ? AND id = ?", [(band, signature_id) for band in bands])
    connection.execute("DELETE FROM signatures WHERE id = ?", (signature_id,))


def _note_capped(connection: sqlite3.Connection, band: int, now: str) -> None:
    left_out = connection.execute(
        """
        INSERT INTO capped_buckets (h, first_at, left_out) VALUES (?, ?, 1)
        ON CONFLICT (h) DO UPDATE SET left_out = left_out + 1
        RETURNING left_out
        """,
        (band, now),
    ).fetchone()[0]
    if left_out == 1 and connection.execute("SELECT count(*) FROM capped_buckets").fetchone()[0] == 1:
        _log.warning(
            "duplicates: a bucket holds %d texts and takes no more (a template?); see `galen duplicates capped`",
            BUCKET_CAP,
        )


def _signatures(connection: sqlite3.Connection, identifiers: Sequence[int]) -> Iterator[sqlite3.Row]:
    for start in range(0, len(identifiers), _AT_ONCE):
        some = identifiers[start : start + _AT_ONCE]
        yield from connection.execute(
            "SELECT id, article_id, key, sketch FROM signatures "  # noqa: S608
            f"WHERE id IN ({_marks(some)}) AND sketch IS NOT NULL AND version = ?",
            (*some, VERSION),
        )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
