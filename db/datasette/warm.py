"""What reads a whole snapshot is worked out when it is adopted, not while its first visitor waits."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from typing import TYPE_CHECKING

from db.datasette.names import DATABASE
from db.datasette.pages.respond import remembered, snapshot_of
from db.search.columns import Columns
from db.search.text import scripts

# Datasette loads the plugin before it is loaded itself.
if TYPE_CHECKING:
    from datasette.app import Datasette

_log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


async def warm(datasette: Datasette) -> None:
    """Columns that searches work on and facets of the table of articles, for the current snapshot."""
    try:
        await snapshot_of(datasette).execute_fn(remembered(datasette, "columns", Columns))
        # Loads the tables of both Chinese scripts, a tenth of a second.
        await snapshot_of(datasette).execute_fn(lambda _: scripts("字"))
        cookies = {"ds_actor": datasette.sign({"a": {"id": DATABASE}}, "actor")}
        # As JSON: Datasette draws no page before it has started. The facets are those of the page.
        await datasette.client.get(datasette.urls.table(DATABASE, "articles", format="json"), cookies=cookies)
    except sqlite3.Error:
        _log.exception("A new snapshot could not be warmed up; it is served all the same.")


def warm_soon(datasette: Datasette) -> None:
    """The same beside the requests that are running."""
    task = asyncio.get_running_loop().create_task(warm(datasette))
    # A task that nobody holds may be collected before it is done.
    _running.add(task)
    task.add_done_callback(_running.discard)
