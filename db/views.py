"""Views that most questions ask, the same in the crawl database and in a snapshot."""

from __future__ import annotations

ARTICLES_UNIQUE = """
CREATE VIEW articles_unique AS
SELECT articles.*
FROM articles
LEFT JOIN clusters ON clusters.id = articles.cluster_id
WHERE clusters.id IS NULL OR clusters.canonical_id = articles.id"""


def _named(role: str, column: str) -> str:
    # By name: one doctor may have several roles, or a row for each of two sites.
    return f"""(
        SELECT group_concat(name, '; ') FROM (
            SELECT doctors.name AS name
            FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
            WHERE article_doctors.article_id = articles.id{role}
            GROUP BY doctors.name
            ORDER BY min(article_doctors.position)
        )
    ) AS {column}"""


ARTICLES_FLAT = f"""
CREATE VIEW articles_flat AS
SELECT
    articles.id,
    articles.title,
    sites.name AS site,
    sources.name AS source,
    {_named("", "doctors")},
    {_named(" AND role = 'author'", "author_doctors")},
    {_named(" AND role = 'reviewer'", "reviewer_doctors")},
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
LEFT JOIN clusters ON clusters.id = articles.cluster_id"""

VIEWS = (ARTICLES_UNIQUE, ARTICLES_FLAT)
DOCTORS_ONCE = ("DROP VIEW articles_flat", ARTICLES_FLAT)

ARTICLE_FACETS = """
CREATE VIEW article_facets AS
SELECT id, source_id, site_id, published, CAST(substr(published, 1, 4) AS INTEGER) AS published_year, language,
    cluster_id
FROM articles"""
"""What a search filters and counts by; a snapshot keeps it as a narrow table of the same name."""
