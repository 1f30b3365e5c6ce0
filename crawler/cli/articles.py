"""How commands name an article: by its number or by its URL."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from crawler.cli.options import DATABASE, CommandError
from db.duplicates.url_key import url_key


def crawl_database(data: Path) -> Path:
    """The crawl database in a data folder. Raises CommandError if there is none."""
    path = data / DATABASE
    if not path.exists():
        raise CommandError(f"there is no database in {data} yet. Begin with `galen crawl` or `galen demo`.")
    return path


def article_id(connection: sqlite3.Connection, name: str) -> int:
    """The number of the article that a user named. Raises CommandError if it is not stored."""
    if name.isdecimal():
        row = connection.execute("SELECT id FROM articles WHERE id = ?", (int(name),)).fetchone()
    else:
        row = connection.execute(
            "SELECT id FROM articles WHERE url_key = ? OR url = ?", (url_key(name), name)
        ).fetchone()
    if row is None:
        raise CommandError(f"there is no article {name!r}. Give its number or its URL; `galen search` shows URLs.")
    return int(row[0])
