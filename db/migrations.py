"""Migrations of the crawl database, in order; append only.

Each runs in its own transaction with the record that it ran (sqlite-utils `Migrations`). A table's
comments say what an analyst may believe of a column; units and formats stand in `db.records`.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from db import (
    completeness,
    corrections,
    people,
    raw_pages,
    redaction,
    run_history,
    schedule,
    schema,
    site_keys,
    site_signals,
    views,
)
from db.duplicates import tables

migrations = Migrations("galen")


def _run(db: Database, statements: tuple[str, ...]) -> None:
    for statement in statements:
        db.execute(statement)


@migrations()
def m001_articles(db: Database) -> None:
    """Sites, sources, doctors, articles with their evidence and revisions."""
    _run(db, schema.CONTENT)


@migrations()
def m002_frontier(db: Database) -> None:
    """Pages to fetch and what fetching gave; runs."""
    _run(db, schema.FRONTIER)


@migrations()
def m003_duplicates(db: Database) -> None:
    """Clusters and the edges that hold or refuse them."""
    _run(db, schema.DUPLICATES)


@migrations()
def m004_search(db: Database) -> None:
    """The shadow table of indexed text, its FTS5 index and the triggers between them."""
    _run(db, schema.SEARCH)


@migrations()
def m005_views(db: Database) -> None:
    """What most questions ask for: one row per text, one flat row per article."""
    _run(db, views.VIEWS)


@migrations()
def m006_revisit(db: Database) -> None:
    """When pages are looked at again: ladders of days, and how far a site's lastmod can be believed."""
    _run(db, schema.REVISIT)


@migrations()
def m007_leases(db: Database) -> None:
    """Find the leases of an owner without looking at every page."""
    _run(db, schema.LEASES)


@migrations()
def m020_duplicate_index(db: Database) -> None:
    """Signatures, bands and corrections; edges say why they were refused and which rules made them."""
    _run(db, tables.DUPLICATE_INDEX)


@migrations()
def m021_plain_clusters(db: Database) -> None:
    """Clusters that one more copy joins without looking at all others; the view of copies for older SQLite."""
    _run(db, tables.PLAIN_CLUSTERS)


@migrations()
def m022_large_clusters(db: Database) -> None:
    """Indexes by which an article finds its place without reading the thousands of others of its cluster."""
    _run(db, tables.LARGE_CLUSTERS)


@migrations()
def m023_doctors_by_name(db: Database) -> None:
    """The view of copies compares the doctors of two copies by name."""
    _run(db, tables.DOCTORS_BY_NAME)


@migrations()
def m040_schedule(db: Database) -> None:
    """When a site is due again."""
    _run(db, schedule.COLUMNS)


@migrations()
def m041_run_checks(db: Database) -> None:
    """What the checks after a run look at, and what they found."""
    _run(db, run_history.COLUMNS)


@migrations()
def m042_corrections(db: Database) -> None:
    """What analysts set by hand."""
    _run(db, corrections.TABLE)


@migrations()
def m043_tombstones(db: Database) -> None:
    """What was redacted and must not come back."""
    _run(db, redaction.TABLES)


@migrations()
def m044_raw_pages(db: Database) -> None:
    """Where raw pages are kept, and how far reading them again has come."""
    _run(db, raw_pages.TABLES)


@migrations()
def m045_completeness(db: Database) -> None:
    """What became of every URL that was ever named."""
    _run(db, completeness.STATEMENTS)


@migrations()
def m060_policy(db: Database) -> None:
    """Why an article is not published or has no text; signals of whole sites; texts that were kept before go."""
    _run(db, site_signals.POLICY)


@migrations()
def m070_learned_body(db: Database) -> None:
    """What is known of a site's body container."""
    _run(db, schema.LEARNED)


@migrations()
def m071_doctor_keys(db: Database) -> None:
    """Keys of doctors that join the ways of writing one name in one place."""
    people.rekey_doctors(db.conn)


@migrations()
def m030_article_facets(db: Database) -> None:
    """What a search filters and counts by, under the name that it has in a snapshot."""
    _run(db, (views.ARTICLE_FACETS,))


@migrations()
def m080_site_keys(db: Database) -> None:
    """Which parameters choose a page, so that a URL that is named finds it without the site's declaration."""
    _run(db, (site_keys.COLUMN,))


@migrations()
def m081_former_raw_pages(db: Database) -> None:
    """Where older raw pages lie, so that a text that is withheld later is found in the archive."""
    _run(db, raw_pages.FORMER)


@migrations()
def m085_redacted_articles(db: Database) -> None:
    """Which articles were deleted for good, for those who keep copies of exports."""
    _run(db, (redaction.REDACTED_ARTICLES,))


@migrations()
def m086_site_pause(db: Database) -> None:
    """How long a site asked to be left alone."""
    _run(db, schedule.PAUSE)


@migrations()
def m087_doctors_once(db: Database) -> None:
    """Who wrote and reviewed an article stands once in its flat row."""
    _run(db, views.DOCTORS_ONCE)
