"""The way of one article into its cluster: signed, looked up and compared before the transaction, placed inside it.

Inside, only what was stored since the look-up is looked up again, so that two processes that store the two copies of a
text at the same moment still find each other: whichever commits second sees the other's bands.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from db.duplicates import candidates, edges, index, members, settle
from db.duplicates.reading import Reading
from db.duplicates.signature import VERSION, Signature
from db.duplicates.verify import Finding


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A text with all that can be found out about it before the transaction."""

    reading: Reading
    signature: Signature | None
    """None where the text is too short to say anything."""
    watermark: int = 0
    looked_up: index.LookUp | None = None
    """None where nothing was looked up yet: then everything is, inside the transaction."""
    findings: tuple[tuple[index.Candidate, Finding], ...] = ()


def read_article(title: str, body: str) -> PreparedText:
    """Sign a text; touches no database."""
    reading = Reading(title, body)
    return PreparedText(reading, reading.sign() if reading.comparable else None)


def look_up(connection: sqlite3.Connection, text: PreparedText) -> PreparedText:
    """Find and compare the stored articles that may be copies of a text. Call it outside the transaction."""
    if text.signature is None or _leader(connection, text.reading.number) is not None:
        return text
    mark = index.watermark(connection)
    looked_up, findings = candidates.compared(connection, text.reading, index.look_up(connection, text.signature))
    return PreparedText(text.reading, text.signature, mark, looked_up, findings)


def place(
    connection: sqlite3.Connection, article_id: int, text: PreparedText, now: str, old: Reading | None = None
) -> bool:
    """Put an article whose words are new or changed into its cluster; True if it is a copy of another one.

    Call it inside a transaction, after the article's row is written; `old` is what the row said before.
    """
    reading = text.reading
    was_known = old is not None and edges.of_article(connection, article_id)
    if old is not None:
        stored = connection.execute("SELECT key FROM signatures WHERE article_id = ?", (article_id,)).fetchone()
        if stored is not None and stored["key"] == reading.number:
            members.weigh(connection, article_id)
            return _is_copy(connection, article_id)
        leave(connection, article_id, old, now)
    if text.signature is None:
        return _is_copy(connection, article_id)
    leader = _leader(connection, reading.number)
    if leader is not None:
        index.insert(connection, article_id, reading.number, None, None, now)
        edges.put(connection, leader, article_id, edges.TWIN, now)
        if was_known:
            settle.settle(connection, article_id, now)
        else:
            members.join_leader(connection, article_id, leader)
        return True
    newcomers = index.look_up(connection, text.signature, above=text.watermark)
    newcomers, late = candidates.compared(connection, reading, newcomers)
    found = [
        (candidate.article_id, finding)
        for candidate, finding in (*_still_true(connection, text), *late)
        if candidate.article_id != article_id
    ]
    for other, finding in found:
        edges.put(connection, article_id, other, finding, now)
    index.insert(connection, article_id, reading.number, text.signature, text.looked_up or newcomers, now)
    plain = not was_known and all(finding.verdict == "same" and finding.kind != "contains" for _, finding in found)
    if not found and not was_known:
        return False
    if not (plain and members.join_plain(connection, article_id, [other for other, _ in found])):
        settle.settle(connection, article_id, now)
    return _is_copy(connection, article_id)


def leave(connection: sqlite3.Connection, article_id: int, old: Reading, now: str) -> None:
    """Take an article out of the index and its cluster: its words are no longer what the edges speak of.

    `old` is what its row said. What an analyst said of it stays. Where it led other articles of the same words, one of
    them inherits its place and its edges.
    """
    copies = edges.joined(connection, article_id, refused_too=True)
    row = connection.execute("SELECT id, key, sketch FROM signatures WHERE article_id = ?", (article_id,)).fetchone()
    if row is not None:
        heir = None if row["sketch"] is None else _heir(connection, row["key"])
        if heir is not None:
            connection.execute("DELETE FROM signatures WHERE article_id = ?", (heir,))
            connection.execute("UPDATE signatures SET article_id = ? WHERE id = ?", (heir, row["id"]))
            edges.inherit(connection, article_id, heir)
        else:
            index.remove(connection, row["id"], old.sign() if old.comparable and row["sketch"] else None)
    edges.forget(connection, article_id)
    settle.part(connection, article_id, copies, now)


def _heir(connection: sqlite3.Connection, key: int) -> int | None:
    # The youngest: a site that changes all its twins does so in order, and every heir takes over all their edges.
    row = connection.execute(
        "SELECT article_id FROM signatures WHERE key = ? AND sketch IS NULL ORDER BY id DESC LIMIT 1", (key,)
    ).fetchone()
    return row and int(row[0])


def _leader(connection: sqlite3.Connection, key: int) -> int | None:
    row = connection.execute(
        "SELECT article_id FROM signatures WHERE key = ? AND sketch IS NOT NULL AND version = ?", (key, VERSION)
    ).fetchone()
    return row and int(row[0])


def _still_true(connection: sqlite3.Connection, text: PreparedText) -> list[tuple[index.Candidate, Finding]]:
    """Findings about texts that are still there; a text that changed since has a signature of another id."""
    kept: list[tuple[index.Candidate, Finding]] = []
    for candidate, finding in text.findings:
        row = connection.execute("SELECT article_id FROM signatures WHERE id = ?", (candidate.signature_id,)).fetchone()
        if row is not None:
            kept.append((replace(candidate, article_id=int(row[0])), finding))
    return kept


def _is_copy(connection: sqlite3.Connection, article_id: int) -> bool:
    return members.cluster_of(connection, article_id) is not None
