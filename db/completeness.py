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


def finder(connection: sqlite3.Connection, page_id: int | None) -> str:
    """What `found_in` says of URLs that a page names first; None = the crawl begins with them.

    Not to be had from `pages.parent_id`: that is who named a URL last.
    """
    row = connection.execute("SELECT kind FROM pages WHERE id = ?", (page_id,)).fetchone()
    if row is None:
        return "start"
    return str(row[0]) if row[0] in ("sitemap", "feed") else "links"
