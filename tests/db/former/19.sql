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
, declaration TEXT, revisit TEXT NOT NULL DEFAULT '[1, 7, 30]', lastmod_same INTEGER NOT NULL DEFAULT 0, lastmod_missed INTEGER NOT NULL DEFAULT 0, lastmod_moved INTEGER NOT NULL DEFAULT 0, lastmod_idle INTEGER NOT NULL DEFAULT 0, schedule TEXT, next_due TEXT, last_started TEXT, learned_body TEXT);
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
, withheld TEXT, hidden TEXT);
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
, throttled INTEGER NOT NULL DEFAULT 0, links INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0, bytes INTEGER, checks TEXT);
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
    run_id INTEGER REFERENCES runs(id), parent_id INTEGER REFERENCES pages(id), step INTEGER NOT NULL DEFAULT 0, found_in TEXT,
    UNIQUE (site_id, fingerprint)
);
CREATE TABLE clusters (
    id INTEGER PRIMARY KEY,
    canonical_id INTEGER NOT NULL REFERENCES articles(id),
    size INTEGER NOT NULL,
    sites INTEGER NOT NULL
, plain INTEGER NOT NULL DEFAULT 0);
CREATE TABLE duplicate_edges (
    a INTEGER NOT NULL REFERENCES articles(id),
    b INTEGER NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL CHECK (kind IN ('exact', 'near', 'contains', 'version', 'manual')),
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'not_same', 'related')),
    jaccard REAL,
    containment REAL,
    reason TEXT NOT NULL,
    made_at TEXT NOT NULL, refused TEXT, rules INTEGER NOT NULL DEFAULT 0,
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
CREATE TABLE signatures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL UNIQUE REFERENCES articles(id),
    version INTEGER NOT NULL,
    key INTEGER NOT NULL,
    sketch BLOB,
    skipped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE bands (
    h INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (h, id)
) WITHOUT ROWID;
CREATE TABLE capped_buckets (
    h INTEGER PRIMARY KEY,
    first_at TEXT NOT NULL,
    left_out INTEGER NOT NULL
);
CREATE TABLE cluster_merges (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL,
    merged_at TEXT NOT NULL
);
CREATE TABLE duplicate_corrections (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    other_id INTEGER REFERENCES articles(id),
    value TEXT,
    note TEXT,
    made_at TEXT NOT NULL
);
CREATE TABLE date_changes (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    field TEXT NOT NULL CHECK (field IN ('published', 'modified', 'reviewed', 'next_review')),
    old TEXT,
    new TEXT,
    seen_at TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (article_id, seen_at, field)
) WITHOUT ROWID;
CREATE TABLE run_hosts (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    host TEXT NOT NULL,
    responses INTEGER NOT NULL,
    seconds REAL NOT NULL,
    slowest REAL NOT NULL,
    PRIMARY KEY (run_id, host)
) WITHOUT ROWID;
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('field', 'merge', 'split')),
    article_id INTEGER REFERENCES articles(id),
    field TEXT,
    doctor_key TEXT,
    value TEXT NOT NULL,
    before TEXT,
    note TEXT,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT
);
CREATE TABLE tombstones (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('url', 'person')),
    key BLOB NOT NULL,
    words INTEGER,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    note TEXT,
    UNIQUE (kind, key)
);
CREATE TABLE redaction_key (key BLOB NOT NULL);
CREATE TABLE raw_pages (
    page_id INTEGER PRIMARY KEY REFERENCES pages(id),
    file TEXT NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    fetched_at TEXT NOT NULL
);
CREATE TABLE reprocessing (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    since TEXT NOT NULL,
    version TEXT NOT NULL,
    last_page INTEGER NOT NULL DEFAULT 0,
    started TEXT NOT NULL,
    finished TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE site_signals (
    site_id INTEGER NOT NULL REFERENCES sites(id),
    origin TEXT NOT NULL,
    file TEXT NOT NULL CHECK (file IN ('robots.txt', 'tdmrep.json')),
    content TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    PRIMARY KEY (site_id, origin, file)
) WITHOUT ROWID;
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
CREATE INDEX pages_parent ON pages(parent_id) WHERE kind IN ('sitemap', 'feed', 'listing');
CREATE INDEX pages_lease ON pages(lease_owner) WHERE state = 'leased';
CREATE INDEX signatures_key ON signatures(key);
CREATE INDEX duplicate_corrections_article ON duplicate_corrections(article_id);
CREATE INDEX duplicate_corrections_other ON duplicate_corrections(other_id) WHERE other_id IS NOT NULL;
CREATE INDEX corrections_article ON corrections(article_id) WHERE ended_at IS NULL;
CREATE INDEX corrections_doctor ON corrections(doctor_key) WHERE ended_at IS NULL;
CREATE INDEX raw_pages_place ON raw_pages(file, offset);
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
        SELECT group_concat(doctor_id) FROM (
            SELECT DISTINCT doctor_id FROM article_doctors WHERE article_id = articles.id ORDER BY doctor_id)
    ), '') <> coalesce((
        SELECT group_concat(doctor_id) FROM (
            SELECT DISTINCT doctor_id FROM article_doctors WHERE article_id = original.id ORDER BY doctor_id)
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
LEFT JOIN sources ON sources.id = articles.source_id;
CREATE TRIGGER pages_redacted BEFORE UPDATE ON pages
WHEN old.reason = 'redacted' AND substr(old.url, 1, 9) = 'redacted:' BEGIN
    SELECT RAISE(IGNORE);
END;
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
GROUP BY 1, 2, 3, 4;
CREATE VIEW article_facets AS
SELECT id, source_id, site_id, published, CAST(substr(published, 1, 4) AS INTEGER) AS published_year, language,
    cluster_id
FROM articles;
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm001_articles', '2026-11-28 11:13:13.853765+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm002_frontier', '2026-11-28 11:13:13.867380+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm003_duplicates', '2026-11-28 11:13:13.868164+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm004_search', '2026-11-28 11:13:13.869597+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm005_views', '2026-11-28 11:13:13.878772+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm006_revisit', '2026-11-28 11:13:13.900409+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm007_leases', '2026-11-28 11:13:13.900903+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm020_duplicate_index', '2026-11-28 11:13:13.913102+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm021_plain_clusters', '2026-11-28 11:13:13.923789+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm040_schedule', '2026-11-28 11:13:13.939691+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm041_run_checks', '2026-11-28 11:13:13.953911+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm042_corrections', '2026-11-28 11:13:13.959555+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm043_tombstones', '2026-11-28 11:13:13.960309+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm044_raw_pages', '2026-11-28 11:13:13.960965+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm045_completeness', '2026-11-28 11:13:13.967478+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm060_policy', '2026-11-28 11:13:13.981586+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm070_learned_body', '2026-11-28 11:13:13.992074+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm071_doctor_keys', '2026-11-28 11:13:13.992649+00:00');
INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm030_article_facets', '2026-11-28 11:13:13.993043+00:00');
