"""What a snapshot holds: every table and column named, nothing copied that is not named here.

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
        AND substr(policy, instr(policy, 'unavailable_after:') + 18, 10) <= date('now'), 0)"""
"""Which articles go out, and for which of them the text stays in."""


def _copied(table: str, columns: str, condition: str = "") -> str:
    """The statement that copies these columns of a table as they are."""
    return f"INSERT INTO {table}({columns}) SELECT {columns} FROM crawl.{table} {condition}"  # noqa: S608 - constants


_COPY = (
    """
INSERT INTO sites(id, name, domains, language, first_seen)
SELECT id, name, (SELECT coalesce(group_concat(value, ', '), '') FROM json_each(domains)), language, first_seen
FROM crawl.sites""",
    """
INSERT INTO articles(id, title, doctors, source_id, site_id, published, published_year, language, words, copies,
    canonical, url, canonical_url, authors, modified, reviewed, next_review, published_precision, published_offset,
    modified_precision, modified_offset, reviewed_precision, next_review_precision, untranslated, cluster_id, revision,
    first_seen, last_seen, last_changed, gone_at, policy, withheld, extractor, source_raw, date_raw, date_origin,
    byline_raw, fragments, summary, body)
SELECT articles.id, title,
    (SELECT group_concat(name, '; ') FROM (
        SELECT doctors.name
        FROM crawl.article_doctors AS named JOIN crawl.doctors ON doctors.id = named.doctor_id
        WHERE named.article_id = articles.id
        GROUP BY doctors.name
        ORDER BY min(named.position))),
    source_id, site_id, published, CAST(substr(published, 1, 4) AS INTEGER), language, words, 1, 1,
    url, canonical_url, authors, modified, reviewed, next_review, published_precision, published_offset,
    modified_precision, modified_offset, reviewed_precision, next_review_precision, untranslated, cluster_id, revision,
    first_seen, last_seen, last_changed, gone_at, policy, publishable.withheld, extractor, source_raw, date_raw,
    date_origin, byline_raw, iif(publishable.withheld IS NULL, fragments, NULL),
    iif(publishable.withheld IS NULL, summary, NULL),
    iif(publishable.withheld IS NULL, body, NULL)
FROM crawl.articles JOIN publishable ON publishable.id = articles.id
ORDER BY articles.id""",
    # A hundred rows of this fit on a page of the file, of articles one or two: searches filter and count here.
    """
INSERT INTO article_facets(id, source_id, site_id, published, published_year, language, cluster_id)
SELECT id, source_id, site_id, published, published_year, language, cluster_id
FROM main.articles
ORDER BY id""",
    _copied("sources", "id, name, domain, kind, language", "WHERE id IN (SELECT source_id FROM main.articles)"),
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
    _copied(
        "article_doctors",
        "article_id, doctor_id, role, position, raw",
        "WHERE article_id IN (SELECT id FROM publishable)",
    ),
    _copied(
        "doctors",
        "id, name, clinical_title, credentials, department, hospital, profile_url, site_id",
        "WHERE id IN (SELECT doctor_id FROM main.article_doctors)",
    ),
    _copied("tags", "article_id, tag, kind", "WHERE article_id IN (SELECT id FROM publishable)"),
    _copied(
        "evidence",
        "article_id, seq, field, value, origin, detail, chosen",
        "WHERE article_id IN (SELECT id FROM publishable)",
    ),
    """
INSERT INTO revisions(article_id, number, seen_at, changed, title, published, modified, reviewed, summary, body)
SELECT article_id, number, seen_at, changed, title, published, modified, reviewed,
    iif(withheld IS NULL, summary, NULL), iif(withheld IS NULL, body, NULL)
FROM crawl.revisions JOIN publishable ON publishable.id = revisions.article_id""",
    _copied(
        "duplicate_edges",
        "a, b, kind, verdict, jaccard, containment, reason, refused, made_at",
        "WHERE a IN (SELECT id FROM publishable) AND b IN (SELECT id FROM publishable)",
    ),
    _copied(
        "date_changes",
        "article_id, field, old, new, seen_at, note",
        "WHERE article_id IN (SELECT id FROM publishable)",
    ),
    _copied("cluster_merges", "old_id, new_id, merged_at"),
    _copied(
        "runs",
        "id, site_id, started, finished, reason, fetched, articles, new, changed, unchanged, copies, listings, "
        "rejected, failed, gone, with_title, with_source, with_doctor, with_published, with_body, version",
    ),
    """
INSERT INTO fetched_pages(id, site_id, kind, state, reason, status, article_id, fetched_at, url)
SELECT id, site_id, kind, iif(state IN ('pending', 'leased'), 'due', state), reason, status, article_id, fetched_at, url
FROM crawl.pages
WHERE fetched_at IS NOT NULL
    AND (article_id IS NULL OR article_id IN (SELECT id FROM publishable))""",
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
    _copied(
        "completeness",
        "site_id, found_in, outcome, reason, pages, example",
        "ORDER BY site_id, outcome, pages DESC, found_in, reason",
    ),
    f"""
INSERT INTO search_text(id, title, summary, body, source, doctor)
SELECT search_text.id, title, iif(withheld IS NULL, summary, ''), iif(withheld IS NULL, body, ''), source,
    doctor || ' ' || char({ord(EVERY_ROW)})
FROM crawl.search_text JOIN publishable ON publishable.id = search_text.id""",  # noqa: S608
    # Words are gathered in so many bytes of memory, not in 1 MB, before they are written and merged: half the time.
    "INSERT INTO search_fts(search_fts, rank) VALUES ('hashsize', 67108864)",
    "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
    "INSERT INTO search_fts(search_fts) VALUES ('optimize')",
    "INSERT INTO search_titles(rowid, title) SELECT id, title FROM search_text",
    "INSERT INTO search_titles(search_titles) VALUES ('optimize')",
)

STATEMENTS = (*layout.TABLES, PUBLISHABLE, *_COPY, *layout.INDEXES, *views.VIEWS, duplicates.DUPLICATE_COPIES)
"""All that makes a snapshot, in order, run in one transaction with the crawl database attached as `crawl`."""
