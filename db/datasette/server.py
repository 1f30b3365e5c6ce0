"""A Datasette that serves the current snapshot, and the next one as soon as it is published."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from datasette.app import Datasette
from datasette.plugins import pm

from db.datasette.names import DATABASE
from db.datasette.questions import canned_queries
from db.datasette.snapshots import SnapshotDatabase

SETTINGS = {
    "allow_download": False,
    "default_facet_size": 10,
    "default_page_size": 50,
    "facet_time_limit_ms": 1_000,
    "max_csv_mb": 0,
    "sql_time_limit_ms": 5_000,
    "suggest_facets": False,
    "truncate_cells_html": 100,
}

TEAM = "team"
"""Name under which everybody signs in to a shared instance."""

_HERE = Path(__file__).parent


def load_metadata() -> dict[str, Any]:
    """What every published table and column means."""
    metadata: dict[str, Any] = yaml.safe_load((_HERE / "metadata.yaml").read_text(encoding="utf-8"))
    return metadata


def make_datasette(public: Path, *, team_hash: str | None = None, secret: str | None = None) -> Datasette:
    """A Datasette of the snapshots in `public`, under the name `galen`. Raises NothingPublishedError.

    With `team_hash`, the hash of a password (datasette-auth-passwords), pages are for those who
    sign in; `secret` signs their cookies.
    """
    _register_plugin()
    metadata = load_metadata()
    metadata["databases"][DATABASE]["queries"] = canned_queries()
    if team_hash is not None:
        metadata |= {"allow": {"id": "*"}, "plugins": {"datasette-auth-passwords": {f"{TEAM}_password_hash": team_hash}}}
    ds = Datasette(metadata=metadata, settings=SETTINGS, **({"secret": secret} if secret else {}))
    ds.remove_database("_memory")
    ds.add_database(SnapshotDatabase(ds, public), name=DATABASE)
    return ds


def _register_plugin() -> None:
    """Make sure that our hooks are in force.

    Started from Galen, Datasette is first imported by the plugin itself: its entry point is then
    loaded before it has any hooks, or there is none because Galen runs from its source tree.
    """
    package = sys.modules["db.datasette"]
    if pm.is_registered(package):
        pm.unregister(package)
    pm.register(package, "galen")
