"""The tables of the duplicate index, written out; `db.migrations` applies them."""

from __future__ import annotations

SIGNATURES = """
CREATE TABLE signatures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL UNIQUE REFERENCES articles(id),
    version INTEGER NOT NULL,
    key INTEGER NOT NULL,
    sketch BLOB,
    skipped INTEGER NOT NULL DEFAULT 0
)"""
"""One row per comparable text and article. Ids only grow: what is above the highest id at a look-up came after it.

key: 64 bits of body and title; articles of equal key cannot be told apart, so only one of them has a sketch and bands
(the leader), the others NULL. skipped: candidates beyond the bound on verifications that were not looked at.
"""

BANDS = """
CREATE TABLE bands (
    h INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (h, id)
) WITHOUT ROWID"""
"""Band key (its number folded in) and signature: no other index, no rowid, 18 to 20 bytes an entry."""

CAPPED_BUCKETS = """
CREATE TABLE capped_buckets (
    h INTEGER PRIMARY KEY,
    first_at TEXT NOT NULL,
    left_out INTEGER NOT NULL
)"""
"""Buckets that took no more signatures, and how many were left out: template sites fill them."""

CLUSTER_MERGES = """
CREATE TABLE cluster_merges (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL,
    merged_at TEXT NOT NULL
)"""
"""Where the number of a cluster that is no more leads."""

CORRECTIONS = """
CREATE TABLE IF NOT EXISTS duplicate_corrections (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    other_id INTEGER REFERENCES articles(id),
    value TEXT,
    note TEXT,
    made_at TEXT NOT NULL
)"""
"""What an analyst set by hand: kind merge and split with the two articles; wins over every rule."""

DUPLICATE_COPIES = """
CREATE VIEW duplicate_copies AS
SELECT
    articles.cluster_id,
    articles.id AS article_id,
    clusters.canonical_id = articles.id AS canonical,
    articles.title,
    sites.name AS site,
    sources.name AS source,
    (
        SELECT group_concat(name, '; ') FROM (
            SELECT doctors.name AS name
            FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
            WHERE article_doctors.article_id = articles.id
            ORDER BY article_doctors.position
        )
    ) AS doctors,
    articles.published,
    coalesce(articles.published <> original.published, articles.published IS NOT original.published) AS date_differs,
    coalesce((
        SELECT group_concat(name) FROM (
            SELECT DISTINCT replace(lower(doctors.name), ' ', '') AS name
            FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
            WHERE article_doctors.article_id = articles.id ORDER BY 1)
    ), '') <> coalesce((
        SELECT group_concat(name) FROM (
            SELECT DISTINCT replace(lower(doctors.name), ' ', '') AS name
            FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
            WHERE article_doctors.article_id = original.id ORDER BY 1)
    ), '') AS doctor_differs,
    articles.words,
    (
        SELECT why FROM (
            SELECT edge.kind || ': ' || edge.reason AS why, other.id <> clusters.canonical_id AS indirect,
                edge.jaccard, edge.containment, other.id AS other_id
            FROM duplicate_edges AS edge
            JOIN articles AS other ON other.id = iif(edge.a = articles.id, edge.b, edge.a)
            WHERE (edge.a = articles.id OR edge.b = articles.id)
                AND edge.verdict = 'same' AND edge.refused IS NULL AND other.cluster_id = articles.cluster_id
        )
        ORDER BY indirect, jaccard DESC, containment DESC, other_id
        LIMIT 1
    ) AS reason,
    articles.url
FROM articles
JOIN clusters ON clusters.id = articles.cluster_id
JOIN articles AS original ON original.id = clusters.canonical_id
JOIN sites ON sites.id = articles.site_id
LEFT JOIN sources ON sources.id = articles.source_id"""
"""Every copy of every cluster with its own site, source, doctors and date, what differs, and why it belongs there."""

DATE_CHANGES = """
CREATE TABLE date_changes (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    field TEXT NOT NULL CHECK (field IN ('published', 'modified', 'reviewed', 'next_review')),
    old TEXT,
    new TEXT,
    seen_at TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (article_id, seen_at, field)
) WITHOUT ROWID"""
"""Dates that a page changed while its text stayed: note 'modified moved, text unchanged'. Edits are in `revisions`."""

DUPLICATE_INDEX = (
    SIGNATURES,
    "CREATE INDEX signatures_key ON signatures(key)",
    BANDS,
    CAPPED_BUCKETS,
    CLUSTER_MERGES,
    CORRECTIONS,
    "CREATE INDEX duplicate_corrections_article ON duplicate_corrections(article_id)",
    "CREATE INDEX duplicate_corrections_other ON duplicate_corrections(other_id) WHERE other_id IS NOT NULL",
    "ALTER TABLE duplicate_edges ADD COLUMN refused TEXT",
    "ALTER TABLE duplicate_edges ADD COLUMN rules INTEGER NOT NULL DEFAULT 0",
    DATE_CHANGES,
    DUPLICATE_COPIES,
)
"""refused: why an edge of verdict 'same' joins nothing; rules: version of the rules that made the edge."""

PLAIN_CLUSTERS = (
    "ALTER TABLE clusters ADD COLUMN plain INTEGER NOT NULL DEFAULT 0",
    "DROP VIEW duplicate_copies",
    DUPLICATE_COPIES,
)
"""plain: 1 = only near and exact edges connect the members, so that one more of them changes nothing else."""

LARGE_CLUSTERS = (
    "DROP INDEX articles_cluster",
    "CREATE INDEX articles_cluster ON articles(cluster_id, site_id)",
    "CREATE INDEX duplicate_edges_same_a ON duplicate_edges(a) WHERE verdict = 'same'",
    "CREATE INDEX duplicate_edges_same_b ON duplicate_edges(b) WHERE verdict = 'same'",
)
"""What keeps the cost of one article the same however many copies and siblings there are."""

DOCTORS_BY_NAME = ("DROP VIEW duplicate_copies", DUPLICATE_COPIES)
"""Two sites that name no hospital have a row of their own for the same doctor."""
