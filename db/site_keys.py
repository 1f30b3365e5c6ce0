"""URL keys as a site's own declaration has them: which parameters choose a page there is a matter of the site."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping

from db.duplicates.url_key import url_key

COLUMN = "ALTER TABLE sites ADD COLUMN id_parameters TEXT NOT NULL DEFAULT '[]'"
"""JSON list, lower case: query parameters that choose the article although elsewhere they only track."""

Choosing = Mapping[str, tuple[str, ...]]
"""Host as a key has it (no www, no mobile label) -> its `id_parameters`; sites that have none are left out."""


def choosing(connection: sqlite3.Connection) -> Choosing:
    """The parameters that choose a page, by host, of every site that was ever crawled."""
    rows = connection.execute("SELECT domains, id_parameters FROM sites WHERE id_parameters <> '[]'")
    return {_host(url_key(host)): tuple(json.loads(row[1])) for row in rows for host in json.loads(row[0])}


def site_key(url: str, choosing: Choosing) -> str:
    """The key under which the page at a URL is stored. Never raises."""
    key = url_key(url)
    names = choosing.get(_host(key)) if choosing else None
    return url_key(url, names) if names else key


def _host(key: str) -> str:
    return re.split("[/?]", key, maxsplit=1)[0]
