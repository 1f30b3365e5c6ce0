"""A Datasette that serves the current snapshot, and the next one as soon as it is published."""

from __future__ import annotations

import sys
from importlib import import_module
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
TEAM_HASH = "GALEN_TEAM_PASSWORD_HASH"
"""Environment variable with the hash of their password."""

_HERE = Path(__file__).parent


def load_metadata() -> dict[str, Any]:
    """What every published table and column means."""
    metadata: dict[str, Any] = yaml.safe_load((_HERE / "metadata.yaml").read_text(encoding="utf-8"))
    return metadata


def make_datasette(public: Path, *, team: bool = False, secret: str | None = None) -> Datasette:
    """A Datasette of the snapshots in `public`, under the name `galen`. Raises NothingPublishedError.

    For a team every page and every query is for those who sign in as TEAM; the hash of the password
    (datasette-auth-passwords) is read from the environment, `secret` signs their cookies.
    """
    _register_plugin()
    # Where rich is installed Datasette draws every 404 with all its variables: a second each, and secrets in the log.
    # By name, when Datasette is whole: imported first, its handler would be registered before it is defined.
    setattr(import_module("datasette.handle_exception"), "rich", None)  # noqa: B010
    metadata = load_metadata()
    metadata["databases"][DATABASE]["queries"] = canned_queries()
    if team:
        # Named, not copied: what Datasette shows of its metadata must not hold the hash.
        hashed = {f"{TEAM}_password_hash": {"$env": TEAM_HASH}}
        metadata |= {"allow": {"id": "*"}, "plugins": {"datasette-auth-passwords": hashed}}
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
