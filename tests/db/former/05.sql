CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE TABLE sites (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    spider TEXT NOT NULL,
    domains TEXT NOT NULL,
    language TEXT,
    first_seen TEXT NOT NULL
);
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    domain TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('site', 'publisher', 'agency', 'journal')),
    language TEXT
);
CREATE TABLE doctors (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    clinical_title TEXT,
    credentials TEXT,
    department TEXT,
    hospital TEXT,
    profile_url TEXT,
    site_id INTEGER REFERENCES sites(id)
);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    canonical_url TEXT,
    url_key TEXT NOT NULL UNIQUE,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    source_id INTEGER REFERENCES sources(id),
    source_raw TEXT,
    title TEXT NOT NULL CHECK (title <> ''),
    summary TEXT,
    body TEXT NOT NULL CHECK (body <> ''),
    language TEXT,
    published TEXT,
    published_precision TEXT,
    published_offset INTEGER,
    modified TEXT,
    modified_precision TEXT,
    modified_offset INTEGER,
    reviewed TEXT,
    reviewed_precision TEXT,
    next_review TEXT,
    next_review_precision TEXT,
    date_raw TEXT,
    date_origin TEXT,
    byline_raw TEXT,
    authors TEXT,
    words INTEGER NOT NULL,
    untranslated INTEGER NOT NULL DEFAULT 0,
    fragments TEXT,
    text_hash TEXT NOT NULL,
    cluster_id INTEGER REFERENCES clusters(id),
    revision INTEGER NOT NULL DEFAULT 1,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    last_changed TEXT NOT NULL,
    gone_at TEXT,
    policy TEXT,
    extractor TEXT NOT NULL
);
CREATE TABLE article_parts (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    body TEXT,
    next_url TEXT,
    PRIMARY KEY (article_id, number)
) WITHOUT ROWID;
CREATE TABLE article_doctors (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    doctor_id INTEGER NOT NULL REFERENCES doctors(id),
    role TEXT NOT NULL CHECK (role IN ('author', 'reviewer', 'expert', 'answerer', 'unspecified')),
    position INTEGER NOT NULL,
    raw TEXT,
    PRIMARY KEY (article_id, doctor_id, role)
);
CREATE TABLE evidence (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    seq INTEGER NOT NULL,
    field TEXT NOT NULL,
    value TEXT,
    origin TEXT NOT NULL,
    detail TEXT,
    chosen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (article_id, seq)
);
CREATE TABLE revisions (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    number INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    changed TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT,
    body TEXT NOT NULL,
    published TEXT,
    modified TEXT,
    reviewed TEXT,
    PRIMARY KEY (article_id, number)
);
CREATE TABLE tags (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    tag TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('condition', 'department', 'section', 'keyword')),
    PRIMARY KEY (article_id, kind, tag)
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    started TEXT NOT NULL,
    finished TEXT,
    reason TEXT,
    pid INTEGER NOT NULL,
    fetched INTEGER NOT NULL DEFAULT 0,
    articles INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    copies INTEGER NOT NULL DEFAULT 0,
    listings INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    with_title INTEGER NOT NULL DEFAULT 0,
    with_source INTEGER NOT NULL DEFAULT 0,
    with_doctor INTEGER NOT NULL DEFAULT 0,
    with_published INTEGER NOT NULL DEFAULT 0,
    with_body INTEGER NOT NULL DEFAULT 0,
    version TEXT NOT NULL
);
CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    fingerprint BLOB NOT NULL,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    request TEXT,
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'leased', 'done', 'failed', 'gone', 'rejected')),
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    priority INTEGER NOT NULL DEFAULT 0,
    due TEXT,
    depth INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    final_url TEXT,
    etag TEXT,
    last_modified TEXT,
    lastmod TEXT,
    fetched_lastmod TEXT,
    content_hash TEXT,
    article_id INTEGER REFERENCES articles(id),
    lease_owner TEXT,
    lease_expires TEXT,
    first_seen TEXT NOT NULL,
    fetched_at TEXT,
    run_id INTEGER REFERENCES runs(id),
    UNIQUE (site_id, fingerprint)
);
CREATE TABLE clusters (
    id INTEGER PRIMARY KEY,
    canonical_id INTEGER NOT NULL REFERENCES articles(id),
    size INTEGER NOT NULL,
    sites INTEGER NOT NULL
);
CREATE TABLE duplicate_edges (
    a INTEGER NOT NULL REFERENCES articles(id),
    b INTEGER NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL CHECK (kind IN ('exact', 'near', 'contains', 'version', 'manual')),
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'not_same', 'related')),
    jaccard REAL,
    containment REAL,
    reason TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
);
CREATE TABLE search_text (
    id INTEGER PRIMARY KEY REFERENCES articles(id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    body TEXT NOT NULL,
    source TEXT NOT NULL,
    doctor TEXT NOT NULL
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX articles_site ON articles(site_id, published);
CREATE INDEX articles_source ON articles(source_id, published);
CREATE INDEX articles_text_hash ON articles(text_hash);
CREATE INDEX articles_cluster ON articles(cluster_id);
CREATE INDEX articles_changed ON articles(last_changed);
CREATE INDEX article_doctors_doctor ON article_doctors(doctor_id, role);
CREATE INDEX tags_tag ON tags(tag);
CREATE INDEX runs_site ON runs(site_id, started);
CREATE INDEX pages_due ON pages(site_id, priority DESC, id) WHERE state IN ('pending', 'leased');
CREATE INDEX pages_state ON pages(site_id, state);
CREATE INDEX pages_article ON pages(article_id) WHERE article_id IS NOT NULL;
CREATE INDEX duplicate_edges_b ON duplicate_edges(b);
CREATE VIRTUAL TABLE search_fts USING fts5 (
    title, summary, body, source, doctor,
    content='search_text', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER search_text_insert AFTER INSERT ON search_text BEGIN
    INSERT INTO search_fts(rowid, title, summary, body, source, doctor) VALUES (new.id, new.title, new.summary, new.body, new.source, new.doctor);
END;
CREATE TRIGGER search_text_delete AFTER DELETE ON search_text BEGIN
    INSERT INTO search_fts(search_fts, rowid, title, summary, body, source, doctor) VALUES ('delete', old.id, old.title, old.summary, old.body, old.source, old.doctor);
END;
CREATE TRIGGER search_text_update AFTER UPDATE ON search_text BEGIN
    INSERT INTO search_fts(search_fts, rowid, title, summary, body, source, doctor) VALUES ('delete', old.id, old.title, old.summary, old.body, old.source, old.doctor);
    INSERT INTO search_fts(rowid, title, summary, body, source, doctor) VALUES (new.id, new.title, new.summary, new.body, new.source, new.doctor);
END;
CREATE VIEW articles_unique AS
SELECT articles.*
FROM articles
LEFT JOIN clusters ON clusters.id = articles.cluster_id
WHERE clusters.id IS NULL OR clusters.canonical_id = articles.id;
CREATE VIEW articles_flat AS
SELECT
    articles.id,
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
    (
        SELECT group_concat(name, '; ') FROM (
            SELECT doctors.name AS name
            FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
            WHERE article_doctors.article_id = articles.id AND role = 'author'
            ORDER BY article_doctors.position
        )
    ) AS author_doctors,
    (
        SELECT group_concat(name, '; ') FROM (
            SELECT doctors.name AS name
            FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
            WHERE article_doctors.article_id = articles.id AND role = 'reviewer'
            ORDER BY article_doctors.position
        )
    ) AS reviewer_doctors,
    articles.authors,
    articles.published,
    articles.modified,
    articles.reviewed,
    articles.next_review,
    articles.language,
    articles.words,
    articles.untranslated,
    articles.summary,
    articles.url,
    articles.canonical_url,
    articles.cluster_id,
    coalesce(clusters.size, 1) AS copies,
    clusters.id IS NULL OR clusters.canonical_id = articles.id AS canonical,
    articles.revision,
    articles.first_seen,
    articles.last_seen,
    articles.last_changed,
    articles.gone_at
FROM articles
JOIN sites ON sites.id = articles.site_id
LEFT JOIN sources ON sources.id = articles.source_id
LEFT JOIN clusters ON clusters.id = articles.cluster_id;
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm001_articles', '2026-11-28 11:13:01.021632+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm002_frontier', '2026-11-28 11:13:01.031158+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm003_duplicates', '2026-11-28 11:13:01.032035+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm004_search', '2026-11-28 11:13:01.033448+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm005_views', '2026-11-28 11:13:01.038019+00:00');
