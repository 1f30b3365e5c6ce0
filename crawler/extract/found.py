"""A candidate for a field, as a page's data states it."""

from __future__ import annotations

from dataclasses import dataclass

from db.records import Origin


@dataclass(frozen=True, slots=True)
class Found:
    """One candidate for one field."""

    field: str
    """'title', 'published', 'modified', 'reviewed', 'author', 'reviewer', 'publisher', 'keyword', ..."""
    value: str
    origin: Origin
    detail: str
    """The key it stood under."""
    kind: str = ""
    """For people and publishers: 'person', 'organisation' or '' where the page does not say."""
    url: str | None = None
    """A person's profile, as written."""
