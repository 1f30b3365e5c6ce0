"""Tables and indexes of a snapshot. What their columns mean stands in `db/datasette/metadata.yaml`.

Wide texts come last in a row, so that listing and counting need not read them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache

from db import schema

TABLES = (
    """
CREATE TABLE sites (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    domains TEXT NOT NULL,
    language TEXT,
    first_seen TEXT NOT NULL
)""",
    """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    domain TEXT,
    kind TEXT NOT NULL,
    language TEXT
)""",
    """
CREATE TABLE doctors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    clinical_title TEXT,
    credentials TEXT,
    department TEXT,
    hospital TEXT,
    profile_url TEXT,
    site_id INTEGER REFERENCES sites(id)
)""",
    """
CREATE TABLE clusters (
    id INTEGER PRIMARY KEY,
    canonical_id INTEGER NOT NULL REFERENCES articles(id),
    size INTEGER NOT NULL,
    sites INTEGER NOT NULL
)""",
    """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    doctors TEXT,
    source_id INTEGER REFERENCES sources(id),
    site_id INTEGER NOT NULL REFERENCES sites(id),
    published TEXT,
    published_year INTEGER,
    language TEXT,
    words INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    canonical INTEGER NOT NULL,
    url TEXT NOT NULL,
    canonical_url TEXT,
    authors TEXT,
    modified TEXT,
    reviewed TEXT,
    next_review TEXT,
    published_precision TEXT,
    published_offset INTEGER,
    modified_precision TEXT,
    modified_offset INTEGER,
    reviewed_precision TEXT,
    next_review_precision TEXT,
    untranslated INTEGER NOT NULL,
    cluster_id INTEGER REFERENCES clusters(id),
    revision INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    last_changed TEXT NOT NULL,
    gone_at TEXT,
    policy TEXT,
    withheld TEXT,
    extractor TEXT NOT NULL,
    source_raw TEXT,
    date_raw TEXT,
    date_origin TEXT,
    byline_raw TEXT,
    fragments TEXT,
    summary TEXT,
    body TEXT
)""",
    """
CREATE TABLE article_facets (
    id INTEGER PRIMARY KEY REFERENCES articles(id),
    source_id INTEGER REFERENCES sources(id),
    site_id INTEGER NOT NULL REFERENCES sites(id),
    published TEXT,
    published_year INTEGER,
    language TEXT,
    cluster_id INTEGER REFERENCES clusters(id)
)""",
    """
CREATE TABLE article_doctors (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    doctor_id INTEGER NOT NULL REFERENCES doctors(id),
    role TEXT NOT NULL,
    position INTEGER NOT NULL,
    raw TEXT,
    PRIMARY KEY (article_id, doctor_id, role)
)""",
    """
CREATE TABLE tags (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (article_id, kind, tag)
)""",
    """
CREATE TABLE evidence (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    seq INTEGER NOT NULL,
    field TEXT NOT NULL,
    value TEXT,
    origin TEXT NOT NULL,
    detail TEXT,
    chosen INTEGER NOT NULL,
    PRIMARY KEY (article_id, seq)
)""",
    """
CREATE TABLE revisions (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    number INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    changed TEXT NOT NULL,
    title TEXT NOT NULL,
    published TEXT,
    modified TEXT,
    reviewed TEXT,
    summary TEXT,
    body TEXT,
    PRIMARY KEY (article_id, number)
)""",
    """
CREATE TABLE duplicate_edges (
    a INTEGER NOT NULL REFERENCES articles(id),
    b INTEGER NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL,
    verdict TEXT NOT NULL,
    jaccard REAL,
    containment REAL,
    reason TEXT NOT NULL,
    refused TEXT,
    made_at TEXT NOT NULL,
    PRIMARY KEY (a, b)
)""",
    """
CREATE TABLE date_changes (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    field TEXT NOT NULL,
    old TEXT,
    new TEXT,
    seen_at TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (article_id, seen_at, field)
)""",
    """
CREATE TABLE cluster_merges (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL,
    merged_at TEXT NOT NULL
)""",
    """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    started TEXT NOT NULL,
    finished TEXT,
    reason TEXT,
    fetched INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    new INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    listings INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    with_title INTEGER NOT NULL,
    with_source INTEGER NOT NULL,
    with_doctor INTEGER NOT NULL,
    with_published INTEGER NOT NULL,
    with_body INTEGER NOT NULL,
    version TEXT NOT NULL
)""",
    """
CREATE TABLE fetched_pages (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    status INTEGER,
    article_id INTEGER REFERENCES articles(id),
    fetched_at TEXT,
    url TEXT NOT NULL
)""",
    """
CREATE TABLE removed_articles (
    id INTEGER PRIMARY KEY,
    removed_at TEXT NOT NULL,
    change TEXT NOT NULL
)""",
    """
CREATE TABLE snapshot_state (
    as_of TEXT NOT NULL
)""",
    """
CREATE TABLE completeness (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    found_in TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    pages INTEGER NOT NULL,
    example TEXT
)""",
    schema.SEARCH_TEXT,
    schema.SEARCH_FTS,
    # Of too many articles those come first that are called by the words: found here without the positions of
    # every word in every text. The other columns are named by expressions and hold nothing.
    """
CREATE VIRTUAL TABLE search_titles USING fts5 (
    title, summary, body, source, doctor,
    content='', tokenize='porter unicode61 remove_diacritics 2'
)""",
)


@cache
def columns(table: str) -> tuple[str, ...]:
    """Names of the columns of a snapshot's table, in order."""
    with closing(sqlite3.connect(":memory:")) as conn:
        for statement in TABLES:
            conn.execute(statement)
        return tuple(row[1] for row in conn.execute(f"PRAGMA table_info({table})"))


INDEXES = (
    "CREATE INDEX articles_published ON articles(published)",
    "CREATE INDEX articles_source ON articles(source_id, published)",
    "CREATE INDEX articles_site ON articles(site_id, published)",
    # Facets and counts per site read these two and no article.
    """
CREATE INDEX articles_by_source
ON articles(source_id, site_id, published_year, language, canonical, published, doctors)""",
    """
CREATE INDEX articles_by_site
ON articles(site_id, source_id, published_year, language, canonical, published, doctors)""",
    "CREATE INDEX articles_language ON articles(language, published)",
    "CREATE INDEX articles_year ON articles(published_year)",
    "CREATE INDEX articles_cluster ON articles(cluster_id)",
    "CREATE INDEX articles_changed ON articles(last_changed)",
    "CREATE INDEX articles_first_seen ON articles(first_seen)",
    "CREATE INDEX articles_gone ON articles(gone_at) WHERE gone_at IS NOT NULL",
    "CREATE INDEX articles_next_review ON articles(next_review) WHERE next_review IS NOT NULL",
    "CREATE INDEX articles_untranslated ON articles(untranslated) WHERE untranslated > 0",
    # Ages of articles and shares of fields, without reading one of them.
    "CREATE INDEX articles_dates ON articles(canonical, gone_at, published, modified, reviewed)",
    "CREATE INDEX articles_title ON articles(title)",
    "CREATE INDEX article_doctors_doctor ON article_doctors(doctor_id, role)",
    "CREATE INDEX doctors_name ON doctors(name)",
    "CREATE INDEX tags_tag ON tags(tag)",
    "CREATE INDEX duplicate_edges_b ON duplicate_edges(b)",
    "CREATE INDEX revisions_seen ON revisions(seen_at)",
    "CREATE INDEX runs_site ON runs(site_id, started)",
    "CREATE INDEX runs_started ON runs(started)",
    "CREATE INDEX fetched_pages_site ON fetched_pages(site_id, state)",
    "CREATE INDEX fetched_pages_reason ON fetched_pages(reason)",
    "CREATE INDEX fetched_pages_article ON fetched_pages(article_id)",
)
