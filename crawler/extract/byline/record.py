"""What a byline says, as one record."""

from __future__ import annotations

from dataclasses import dataclass

from db.records import Evidence, PartialDate, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who, where from and when, as the lines around an article state it; unknown is None or empty."""

    source: str | None = None
    """Publisher or agency named in the text; None also where the page names none ('网络整理')."""
    source_raw: str | None = None
    """The source as written, kept also when it is no source."""
    people: tuple[Person, ...] = ()
    """In the order of the page; a person with two roles appears once for each."""
    editors: tuple[str, ...] = ()
    """Editors and translators by name: never the doctor."""
    department: str | None = None
    """Named without a person; a person's own is in `people`."""
    hospital: str | None = None
    """Named without a person; a person's own is in `people`."""
    published: PartialDate | None = None
    modified: PartialDate | None = None
    reviewed: PartialDate | None = None
    next_review: PartialDate | None = None
    raw: str | None = None
    """The lines that carried something, one a line."""
    used: frozenset[int] = frozenset()
    """Indices of the lines that are byline and nothing else."""
    carried: frozenset[int] = frozenset()
    """Indices of the lines that say anything of the above."""
    evidence: tuple[Evidence, ...] = ()
