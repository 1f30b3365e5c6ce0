"""Every URL that a site's discovery ever named, by where it was named and what became of it: nothing is lost unseen."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

STATEMENTS = (
    "ALTER TABLE pages ADD COLUMN found_in TEXT",
    """
CREATE VIEW completeness AS
SELECT
    site_id,
    CASE found_in
        WHEN 'sitemap' THEN 'sitemap' WHEN 'feed' THEN 'feed' WHEN 'start' THEN 'start' ELSE 'links'
    END AS found_in,
    CASE
        WHEN reason = 'redacted' THEN 'redacted'
        WHEN state = 'gone' THEN 'gone'
        WHEN article_id IS NOT NULL THEN 'held'
        WHEN state = 'failed' OR (state IN ('pending', 'leased') AND reason IS NOT NULL) THEN 'failed'
        WHEN state IN ('pending', 'leased') THEN 'due'
        WHEN state = 'rejected' AND reason LIKE 'robots.txt disallows%' THEN 'disallowed'
        WHEN state = 'rejected' THEN 'rejected'
        ELSE 'listing'
    END AS outcome,
    CASE WHEN article_id IS NULL OR state = 'gone' THEN substr(reason, 1, instr(reason || ':', ':') - 1) END AS reason,
    count(*) AS pages,
    min(CASE WHEN article_id IS NULL AND reason IS NOT 'redacted' THEN url END) AS example
FROM pages
WHERE kind NOT IN ('robots', 'sitemap', 'feed')
GROUP BY 1, 2, 3, 4""",
)
"""outcome: held (as an article) | due | failed (given up or to be tried again) | rejected | disallowed (robots.txt) |
gone | listing (led on, is no article) | redacted. found_in: who named the URL first."""

OUTCOMES = ("held", "due", "failed", "rejected", "disallowed", "gone", "listing", "redacted")
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """URLs of one site with one fate."""

    found_in: str
    outcome: str
    reason: str | None
    pages: int
    example: str | None


def completeness(connection: sqlite3.Connection, site_id: int) -> list[Row]:
    """All URLs known of a site, by fate; the sum is every URL that discovery ever named."""
    rows = connection.execute(
        "SELECT found_in, outcome, reason, pages, example FROM completeness WHERE site_id = ?", (site_id,)
    )
    found = [Row(**dict(row)) for row in rows]
    return sorted(found, key=lambda row: (OUTCOMES.index(row.outcome), -row.pages))


def last_page(connection: sqlite3.Connection) -> int:
    """The highest id of a page: what comes after it is new."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM pages").fetchone()[0])


def note_finder(connection: sqlite3.Connection, after: int, finder: int | None) -> None:
    """Say of pages with an id above `after` that the page `finder` named them; None = the crawl began with them."""
    connection.execute(
        """
        UPDATE pages SET found_in = CASE WHEN :finder IS NULL THEN 'start'
            ELSE (SELECT CASE kind WHEN 'sitemap' THEN kind WHEN 'feed' THEN kind ELSE 'links' END
                  FROM pages WHERE id = :finder) END
        WHERE id > :after
        """,
        {"finder": finder, "after": after},
    )
