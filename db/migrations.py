"""Migrations of the crawl database, in order; append only.

Each runs in its own transaction with the record that it ran (sqlite-utils `Migrations`). A table's
comments say what an analyst may believe of a column; units and formats stand in `db.records`.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from db import schema

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
    _run(db, schema.VIEWS)


@migrations()
def m030_article_facets(db: Database) -> None:
    """What a search filters and counts by, under the name that it has in a snapshot."""
    _run(db, (schema.ARTICLE_FACETS,))
