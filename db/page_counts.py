"""What a stored page adds to the counts of its run."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from db.articles import PreparedArticle, SavedArticle
from db.people import clinicians
from db.records import PageResult, Saved, Verdict

_COUNTED = {
    Verdict.LISTING: "listings",
    Verdict.REJECTED: "rejected",
    Verdict.FAILED: "failed",
    Verdict.GONE: "gone",
    Verdict.UNCHANGED: "unchanged",
}


def outcome(prepared: Sequence[PreparedArticle], saved: Sequence[SavedArticle], new_links: int) -> Saved:
    """What saving a page changed: its articles as prepared, and what became of them and of its parts."""
    changes = [item.change for item in saved] if prepared else []
    return Saved(
        articles=tuple(item.id for item in saved),
        new=changes.count("new"),
        changed=changes.count("changed"),
        unchanged=changes.count("unchanged"),
        copies=sum(item.copy and item.change == "new" for item in saved),
        new_links=new_links,
        fields=_coverage(prepared),
        lost=sum(item.lost for item in saved),
    )


def count(connection: sqlite3.Connection, run_id: int, result: PageResult, saved: Saved) -> None:
    """Add a page to its run's row."""
    counts = {
        "fetched": int(result.status is not None),
        "articles": len(result.articles),
        "new": saved.new,
        "changed": saved.changed,
        "unchanged": saved.unchanged,
        "copies": saved.copies,
        "links": len(result.links),
        "lost": saved.lost,
        "throttled": int(result.status in (429, 503)),
        **{f"with_{name}": number for name, number in saved.fields.items()},
    }
    if column := _COUNTED.get(result.verdict):
        counts[column] = counts.get(column, 0) + 1
    if result.verdict is Verdict.FAILED and not result.counts_as_attempt:
        counts["failed"] = 0
    assignments = ", ".join(f"{column} = {column} + :{column}" for column in counts)
    connection.execute(f"UPDATE runs SET {assignments} WHERE id = :id", counts | {"id": run_id})  # noqa: S608


def _coverage(prepared: Sequence[PreparedArticle]) -> dict[str, int]:
    found = [item.article for item in prepared]
    return {
        "title": sum(bool(article.title) for article in found),
        "source": sum(article.source is not None for article in found),
        "doctor": sum(bool(clinicians(article)) for article in found),
        "published": sum(article.published is not None for article in found),
        "body": sum(bool(article.body) for article in found),
    }
