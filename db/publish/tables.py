"""How a snapshot is filled: nothing is copied that `db.publish.layout` does not name.

Left out: request data, leases and dues of the frontier, fingerprints and hashes, keys of doctors,
process ids, later pages of articles (their text is in the body). What pages say about their use is
obeyed (`db.policy`): an article that is `hidden` is not published at all, nor is one whose
'unavailable_after' has passed; of one that is `withheld` there is metadata and link only: summary,
body and fragments are NULL, in its revisions too.
"""

from __future__ import annotations

from db import views
from db.duplicates import tables as duplicates
from db.publish import layout
from db.search.text import EVERY_ROW

PUBLISHABLE = """
CREATE TEMP TABLE publishable AS
SELECT id, withheld
FROM crawl.articles
WHERE hidden IS NULL
    AND NOT coalesce(
        instr(policy, 'unavailable_after:')
        AND substr(policy, instr(policy, 'unavailable_after:') + 18, 10) <= :today, 0)"""
"""Which articles go out, and for which of them the text stays in; `today`: the UTC day."""


def _copied(table: str, condition: str = "", *, source: str | None = None, **computed: str) -> str:
    """The statement that fills a snapshot's table from the crawl's table of that name, or from `source`.

    Every column that the layout names is copied as it is, unless an expression is given for it.
    """
    source = source or table
    names = layout.columns(table)
    values = ", ".join(computed.get(name, f"{source}.{name}") for name in names)
    return f"INSERT INTO {table}({', '.join(names)}) SELECT {values} FROM crawl.{source} {condition}"  # noqa: S608


def _unless_withheld(column: str, otherwise: str = "NULL") -> str:
    return f"iif(publishable.withheld IS NULL, {column}, {otherwise})"


_OF_PUBLISHABLE = "WHERE article_id IN (SELECT id FROM publishable)"

_COPY = (
    _copied("sites", domains="(SELECT coalesce(group_concat(value, ', '), '') FROM json_each(domains))"),
    _copied(
        "articles",
        "JOIN publishable ON publishable.id = articles.id ORDER BY articles.id",
        doctors="""(
    SELECT group_concat(name, '; ') FROM (
        SELECT doctors.name
        FROM crawl.article_doctors AS named JOIN crawl.doctors ON doctors.id = named.doctor_id
        WHERE named.article_id = articles.id
        GROUP BY doctors.name
        ORDER BY min(named.position)))""",
        published_year="CAST(substr(articles.published, 1, 4) AS INTEGER)",
        copies="1",
        canonical="1",
        withheld="publishable.withheld",
        **{column: _unless_withheld(f"articles.{column}") for column in ("fragments", "summary", "body")},
    ),
    # A hundred rows of this fit on a page of the file, of articles one or two: searches filter and count here.
    """
INSERT INTO article_facets(id, source_id, site_id, published, published_year, language, cluster_id)
SELECT id, source_id, site_id, published, published_year, language, cluster_id
FROM main.articles
ORDER BY id""",
    _copied("sources", "WHERE id IN (SELECT source_id FROM main.articles)"),
    # A canonical article that is not published leaves its place to the earliest one that is.
    """
INSERT INTO clusters(id, canonical_id, size, sites)
SELECT clusters.id,
    coalesce(
        max(iif(articles.id = clusters.canonical_id, articles.id, NULL)),
        (SELECT first.id FROM main.articles AS first WHERE first.cluster_id = clusters.id
            ORDER BY first.published IS NULL, first.published, first.id LIMIT 1)
    ),
    count(*), count(DISTINCT articles.site_id)
FROM crawl.clusters JOIN main.articles ON articles.cluster_id = clusters.id
GROUP BY clusters.id""",
    """
UPDATE articles
SET copies = clusters.size, canonical = clusters.canonical_id = articles.id
FROM main.clusters
WHERE clusters.id = articles.cluster_id""",
    _copied("article_doctors", _OF_PUBLISHABLE),
    _copied("doctors", "WHERE id IN (SELECT doctor_id FROM main.article_doctors)"),
    _copied("tags", _OF_PUBLISHABLE),
    _copied("evidence", _OF_PUBLISHABLE),
    _copied(
        "revisions",
        "JOIN publishable ON publishable.id = revisions.article_id",
        **{column: _unless_withheld(f"revisions.{column}") for column in ("summary", "body")},
    ),
    _copied(
        "duplicate_edges",
        "WHERE a IN (SELECT id FROM publishable) AND b IN (SELECT id FROM publishable)",
    ),
    _copied("date_changes", _OF_PUBLISHABLE),
    _copied("cluster_merges"),
    _copied("runs"),
    _copied(
        "fetched_pages",
        "WHERE fetched_at IS NOT NULL AND (article_id IS NULL OR article_id IN (SELECT id FROM publishable))",
        source="pages",
        state="iif(pages.state IN ('pending', 'leased'), 'due', pages.state)",
    ),
    # A day after which a page may not be shown counts to its end, so that no export of that day misses it.
    """
INSERT INTO removed_articles(id, removed_at, change)
SELECT article_id, redacted_at, 'redacted'
FROM crawl.redacted_articles
WHERE article_id NOT IN (SELECT id FROM crawl.articles)
UNION ALL
SELECT id,
    coalesce(iif(hidden IS NULL, substr(policy, instr(policy, 'unavailable_after:') + 18, 10) || 'T23:59:59Z', NULL),
        last_changed),
    'withdrawn'
FROM crawl.articles
WHERE id NOT IN (SELECT id FROM publishable)""",
    """
INSERT INTO snapshot_state(as_of)
SELECT coalesce(max(at), '') FROM (
    SELECT max(last_seen) AS at FROM crawl.articles
    UNION ALL SELECT max(fetched_at) FROM crawl.pages
    UNION ALL SELECT max(removed_at) FROM main.removed_articles WHERE change = 'redacted'
)""",
    # Numbered anew, in the order in which they are read.
    """
INSERT INTO completeness(site_id, found_in, outcome, reason, pages, example)
SELECT site_id, found_in, outcome, reason, pages, example FROM crawl.completeness
ORDER BY site_id, outcome, pages DESC, found_in, reason""",
    _copied(
        "search_text",
        "JOIN publishable ON publishable.id = search_text.id",
        summary=_unless_withheld("search_text.summary", "''"),
        body=_unless_withheld("search_text.body", "''"),
        doctor=f"search_text.doctor || ' ' || char({ord(EVERY_ROW)})",
    ),
    # Words are gathered in so many bytes of memory, not in 1 MB, before they are written and merged: half the time.
    "INSERT INTO search_fts(search_fts, rank) VALUES ('hashsize', 67108864)",
    "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
    "INSERT INTO search_fts(search_fts) VALUES ('optimize')",
    "INSERT INTO search_titles(rowid, title) SELECT id, title FROM search_text",
    "INSERT INTO search_titles(search_titles) VALUES ('optimize')",
)

STATEMENTS = (*layout.TABLES, PUBLISHABLE, *_COPY, *layout.INDEXES, *views.VIEWS, duplicates.DUPLICATE_COPIES)
"""All that makes a snapshot, in order, run in one transaction with the crawl database attached as `crawl`."""
