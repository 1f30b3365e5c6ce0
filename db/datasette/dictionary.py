"""The data dictionary as a page of the docs: `python -m db.datasette.dictionary > docs/data.md`."""

from __future__ import annotations

import sys

from db.datasette.names import DATABASE
from db.datasette.server import load_metadata
from db.export_rows import DEFAULT_COLUMNS

_HEAD = """\
# Tables and columns

What `galen publish` puts into `data/public/galen-<n>.db`, and so what searches, questions and exports read. This page
is made from `db/datasette/metadata.yaml` (`python -m db.datasette.dictionary > docs/data.md`); Datasette shows the
same words above each table.

- An empty cell means unknown, never zero: it is NULL in SQL and in JSON, nothing in CSV.
- Dates of pages are ISO 8601 text, as precise as the page states them: `2024`, `2024-05`, `2024-05-31`,
  `2024-05-31T08:40`. They compare as text. Precision and time zone stand in columns of their own.
- Times of the crawler are UTC with a trailing `Z`.
- A page that asks not to be kept (`noarchive`, `tdm-reservation`) has title, dates and link only; `withheld` says why.
  A page that says `noindex` is not published at all.
"""


def markdown() -> str:
    """The whole page."""
    tables = load_metadata()["databases"][DATABASE]["tables"]
    parts = [_HEAD]
    for name, table in tables.items():
        if "columns" not in table:
            continue
        parts.append(f"## {name}\n\n{table['description'].strip()}\n\n| column | meaning |\n|---|---|")
        parts.append("\n".join(f"| `{column}` | {meaning} |" for column, meaning in table["columns"].items()) + "\n")
    parts.append(
        "## Views\n\n"
        f"`articles_unique`: {tables['articles_unique']['description']}\n\n"
        f"`articles_flat`: {tables['articles_flat']['description']} Exports have its columns:\n\n"
        + ", ".join(f"`{column}`" for column in DEFAULT_COLUMNS)
        + ".\n\nOn demand: `cluster_id`, `body` (`--with-body`), and with `--changed-since` the column `change`:"
        " new, changed, gone, redacted or withdrawn.\n"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(markdown())
