"""When a page is looked at again.

An article climbs its site's ladder of days (1, 7, 30) while it stays the same and begins anew when it
changes, as Nutch and StormCrawler stretch and shrink their intervals, but in steps a person can read.
A sitemap's lastmod replaces the ladder where it has proved truthful for the site: visits in spite of
an unmoved lastmod found nothing, and visits because of a moved one found something.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.connection import utc_text
from db.records import PageKind, Verdict

LISTING_LADDER = (0.0, 0.0, 0.0, 1.0, 7.0)
"""Days for lists that bring nothing new: asked in every crawl at first, later once a week."""
REJECTED = timedelta(days=30)
GIVEN_UP = timedelta(days=1)
FIRST_404 = timedelta(days=1)
"""A page that had an article and answers 404 is asked once more before it counts as gone."""

PROOF = 20
"""Visits after which a site's lastmod is judged."""
MISSES_ALLOWED = 0.02
IDLE_ALLOWED = 0.9


@dataclass(frozen=True, slots=True)
class Lastmod:
    """What a site's lastmod has proved to be worth."""

    same: int
    missed: int
    moved: int
    idle: int

    @property
    def trusted(self) -> bool:
        """An unmoved lastmod means an unchanged page: no other visits are needed."""
        return self.same >= PROOF and self.missed <= MISSES_ALLOWED * self.same

    @property
    def idles(self) -> bool:
        """It moves without any change (a site that writes the hour of the request): no reason to visit."""
        return self.moved >= PROOF and self.idle >= IDLE_ALLOWED * self.moved


def site_lastmod(connection: sqlite3.Connection, site_id: int) -> Lastmod:
    """The counts of a site."""
    row = connection.execute(
        "SELECT lastmod_same, lastmod_missed, lastmod_moved, lastmod_idle FROM sites WHERE id = ?", (site_id,)
    ).fetchone()
    return Lastmod(*row)


def note_lastmod(connection: sqlite3.Connection, site_id: int, page: sqlite3.Row, *, changed: bool) -> None:
    """Count a visit to a known article for or against its site's lastmod; `page` as before the visit."""
    if page["lastmod"] is None or page["fetched_lastmod"] is None:
        return
    moved = page["lastmod"] != page["fetched_lastmod"]
    visits, wrong, is_wrong = (
        ("lastmod_moved", "lastmod_idle", not changed) if moved else ("lastmod_same", "lastmod_missed", changed)
    )
    connection.execute(
        f"UPDATE sites SET {visits} = {visits} + 1, {wrong} = {wrong} + ? WHERE id = ?",  # noqa: S608
        (int(is_wrong), site_id),
    )


def next_visit(
    connection: sqlite3.Connection, page: sqlite3.Row, verdict: Verdict, fetched_at: str, *, fruitful: bool
) -> tuple[int, str | None]:
    """Step on the ladder and time of the next visit (UTC text, None = only when a crawl links to it).

    `page` as before the visit; `fruitful`: the article is new or changed, the list had new links.
    """
    if verdict is Verdict.REJECTED or verdict is Verdict.GONE:
        return 0, _later(fetched_at, REJECTED)
    if page["kind"] in (PageKind.SITEMAP, PageKind.FEED, PageKind.ROBOTS):
        return 0, None
    if verdict is Verdict.LISTING or (verdict is Verdict.UNCHANGED and page["article_id"] is None):
        return _climb(page["step"], LISTING_LADDER, fetched_at, fruitful=fruitful)
    ladder = json.loads(connection.execute("SELECT revisit FROM sites WHERE id = ?", (page["site_id"],)).fetchone()[0])
    step, due = _climb(page["step"], ladder, fetched_at, fruitful=fruitful)
    if page["lastmod"] is not None and site_lastmod(connection, page["site_id"]).trusted:
        due = _later(fetched_at, timedelta(days=ladder[-1]))
    return step, due


def _climb(step: int, ladder: Sequence[float], fetched_at: str, *, fruitful: bool) -> tuple[int, str]:
    reached = 0 if fruitful else min(step + 1, len(ladder) - 1)
    return reached, _later(fetched_at, timedelta(days=ladder[reached]))


def _later(moment: str, wait: timedelta) -> str:
    return utc_text(datetime.fromisoformat(moment) + wait)
