"""How commands open the crawl database of a data folder, and how they name its articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crawler.cli.options import DATABASE, CommandError
from db.connection import open_to_read
from db.store import Store


def crawl_database(data: Path) -> Path:
    """The crawl database in a data folder. Raises CommandError if there is none."""
    path = data / DATABASE
    if not path.exists():
        raise CommandError(f"there is no database in {data} yet. Begin with `galen crawl` or `galen demo`.")
    return path


@contextmanager
def reading(data: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads the crawl database; it is brought up to date first. Raises CommandError, StorageError.

    LookupError and ValueError raised inside become one line.
    """
    with closing(open_to_read(crawl_database(data))) as connection:
        try:
            yield connection
        except (LookupError, ValueError) as error:
            raise CommandError(f"{error.args[0]}.") from error


@contextmanager
def writing(data: Path) -> Iterator[Store]:
    """The store of a data folder that has a database. Raises CommandError, StorageError.

    LookupError and ValueError raised inside become one line that says that nothing was changed.
    """
    with closing(Store.open(crawl_database(data))) as store:
        try:
            yield store
        except (LookupError, ValueError) as error:
            raise CommandError(f"{error.args[0]}. Nothing was changed.") from error
