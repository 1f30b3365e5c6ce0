"""Puts the findings of all lines together into one byline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from crawler.extract.byline.belief import believed
from crawler.extract.byline.draft import Draft, Qualifier
from crawler.extract.byline.findings import Finding, find
from crawler.extract.byline.names import is_name
from crawler.extract.byline.people_han import is_han
from crawler.extract.byline.pieces import Piece, pieces
from crawler.extract.byline.record import Byline
from crawler.extract.byline.sources import SourceValue
from crawler.extract.byline.vocabulary import DATE_KINDS, Vocabulary, vocabulary
from crawler.extract.clean import clean_line
from crawler.extract.dates import has_weekday, is_past
from crawler.site import DateOrder
from db.records import Evidence, Origin, PartialDate, Person, PersonKind, Role

MAX_LINES = 60
"""A byline is over by then; what follows is not read."""

_ROLES = {
    "author": (Role.AUTHOR,),
    "byline": (Role.AUTHOR,),
    "medical_reviewer": (Role.REVIEWER,),
    "reviewer": (Role.REVIEWER,),
    "author_reviewer": (Role.AUTHOR, Role.REVIEWER),
    "expert": (Role.EXPERT,),
    "answerer": (Role.ANSWERER,),
}
_DATE_OF_ROLE = {
    "author": "published",
    "byline": "published",
    "author_reviewer": "published",
    "medical_reviewer": "reviewed",
    "reviewer": "reviewed",
    "editor": "modified",
}
_MEDICAL = frozenset({"medical_reviewer", "author_reviewer"})


def read_byline(
    lines: Sequence[str], *, language: str | None, date_order: DateOrder | None, fetched_at: datetime
) -> Byline:
    """Who wrote, reviewed and published an article and when, out of the lines between its title and its body.

    Each line is one block or one run up to a <br>; it may hold several statements, and a label may stand
    alone with its value on the next line. Lines of prose give nothing. `language` is an ISO 639-1 code or
    None; `date_order` is the site's; `fetched_at` (with a zone) resolves relative dates and bounds all others.
    """
    words = vocabulary(language)
    cut = pieces(lines[:MAX_LINES], words, language=language, date_order=date_order, fetched_at=fetched_at)
    reading = _Reading(words, fetched_at)
    for _, of_line in groupby(cut, key=lambda piece: piece.line):
        findings = [found for piece in of_line for found in find(piece, words)]
        for finding in believed(findings, lines):
            reading.take(finding)
    return reading.byline(lines)


@dataclass(slots=True)
class _Named:
    """A person with what the label said."""

    draft: Draft
    kind: str | None
    line: int


@dataclass(slots=True)
class _Reading:
    """The byline while its lines are read from top to bottom."""

    words: Vocabulary
    fetched_at: datetime
    source: SourceValue | None = None
    named: list[_Named] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    dates: dict[str, tuple[PartialDate, str]] = field(default_factory=dict)
    open: _Named | None = None
    """Takes the qualifiers that follow it."""
    waiting: list[tuple[Qualifier, int]] = field(default_factory=list)
    """Qualifiers before a name, with their line."""
    places: list[Qualifier] = field(default_factory=list)
    """Those of them that are told even without a name."""
    bare: tuple[str, int] | None = None
    """A name alone on its line."""
    carrying: set[int] = field(default_factory=set)
    unexplained: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)

    def take(self, finding: Finding) -> None:
        """Adds what one piece says."""
        line = finding.piece.line
        self.seen.add(line)
        if finding.residual and not self._beside_title(finding):
            self.unexplained.add(line)
        if finding.piece.cut:
            self.unexplained.add(line)
        if finding.source:
            self._take_source(finding.source, finding.piece)
        self._take_people(finding)
        self._take_qualifiers(finding)
        if finding.editors:
            self.editors += finding.editors
        if finding.piece.date is not None:
            self._take_date(finding)
        if finding.piece.kind and not finding.residual:
            self.carrying.add(line)
        if not finding.noise and not finding.drafts and not finding.qualifiers:
            self.open = None
        self.bare = (finding.bare_name, line) if finding.bare_name else None if not finding.noise else self.bare

    def _beside_title(self, finding: Finding) -> bool:
        """A name alone on its line that the title on the line before explains."""
        if not finding.bare_name or not self.waiting or finding.piece.line - self.waiting[-1][1] > 1:
            return False
        if not any(qualifier.kind == "title" for qualifier, _ in self.waiting):
            return False
        if not self._can_be_name(finding.bare_name):
            return False
        self._name(Draft(name=finding.bare_name, raw=finding.piece.text), None, finding.piece.line)
        return True

    def _can_be_name(self, name: str) -> bool:
        return is_han(name) or (len(name.split()) > 1 and is_name(name, self.words, labelled=False))

    def _take_source(self, source: SourceValue, piece: Piece) -> None:
        self.carrying.add(piece.line)
        if self.source is None or (self.source.name is None and source.name):
            self.source = source
            self._witness("source", source.name or source.raw, piece.label or "text", chosen=source.name is not None)

    def _take_people(self, finding: Finding) -> None:
        for draft in finding.drafts:
            self._name(draft, finding.kind, finding.piece.line)

    def _name(self, draft: Draft, kind: str | None, line: int) -> None:
        for qualifier, where in self.waiting:
            if line - where <= 2:
                draft.apply(qualifier)
        self.waiting.clear()
        self.open = _Named(draft, kind, line)
        self.named.append(self.open)
        self.carrying.add(line)

    def _take_qualifiers(self, finding: Finding) -> None:
        if not finding.qualifiers:
            return
        line = finding.piece.line
        titled = any(qualifier.kind == "title" for qualifier in finding.qualifiers)
        if self.open is None and titled and self.bare and line - self.bare[1] <= 1 and self._can_be_name(self.bare[0]):
            self.unexplained.discard(self.bare[1])
            self._name(Draft(name=self.bare[0], raw=self.bare[0]), None, self.bare[1])
        if self.open is not None and line - self.open.line <= 4 and not self.open.draft.organisation:
            for qualifier in finding.qualifiers:
                self.open.draft.apply(qualifier)
            self.carrying.add(line)
            return
        if finding.kind is None and not is_han(finding.piece.text):
            # 'Cardiology' or 'Lakeside Hospital' alone is a heading unless a doctor stands beside it.
            self.unexplained.add(line)
        else:
            self.carrying.add(line)
            self.places += finding.qualifiers
        self.waiting += [(qualifier, line) for qualifier in finding.qualifiers]

    def _take_date(self, finding: Finding) -> None:
        date, piece = finding.piece.date, finding.piece
        assert date is not None
        kind = finding.kind if finding.kind in DATE_KINDS else _DATE_OF_ROLE.get(finding.kind or "", "plain")
        if kind == "other_date" or not self._is_dated(kind, date, finding):
            return
        self.carrying.add(piece.line)
        if kind not in self.dates:
            self.dates[kind] = (date, piece.label or "text")

    def _is_dated(self, kind: str, date: PartialDate, finding: Finding) -> bool:
        if kind == "next_review":
            return True
        if not is_past(date, self.fetched_at):
            return False
        if kind != "plain":
            return True
        # 'Source: The Harbour Journal, 3/2023' is an issue, not the day of the article.
        if finding.kind == "source" and date.precision in ("month", "year"):
            return False
        # A weekday and seconds without a label are the clock of the page, not the article's date.
        if has_weekday(date) and date.precision == "second":
            return False
        return not finding.residual or len(finding.residual.split()) <= 4

    def _witness(self, field_name: str, value: str | None, detail: str, *, chosen: bool = True) -> None:
        self.evidence.append(
            Evidence(field=field_name, value=value, origin=Origin.BYLINE, detail=detail, chosen=chosen)
        )

    def byline(self, lines: Sequence[str]) -> Byline:
        """The finished record."""
        chosen = self._chosen_dates()
        department, hospital = self._unattached()
        people = tuple(self._people())
        for person in people:
            column = "doctor" if person.kind is PersonKind.CLINICIAN else "author"
            self._witness(column, person.name, person.role.value)
        return Byline(
            source=self.source.name if self.source else None,
            source_raw=self.source.raw if self.source else None,
            people=people,
            editors=tuple(dict.fromkeys(self.editors)),
            department=department,
            hospital=hospital,
            published=chosen.get("published"),
            modified=chosen.get("modified"),
            reviewed=chosen.get("reviewed"),
            next_review=chosen.get("next_review"),
            raw="\n".join(_clean(lines[number]) for number in sorted(self.carrying)) or None,
            used=frozenset(self.seen - self.unexplained) if self.carrying else frozenset(),
            carried=frozenset(self.carrying),
            evidence=tuple(self.evidence),
        )

    def _chosen_dates(self) -> dict[str, PartialDate]:
        plain = self.dates.pop("plain", None)
        if plain is not None and "published" not in self.dates:
            self.dates["published"] = plain
        for kind, (date, detail) in self.dates.items():
            self._witness(kind, date.value, detail)
        return {kind: date for kind, (date, _) in self.dates.items()}

    def _unattached(self) -> tuple[str | None, str | None]:
        """Department and hospital without a name; the only doctor of the byline takes what it lacks."""
        clinicians = [named.draft for named in self.named if named.draft.health]
        attached = not self.waiting
        known = {} if attached else {qualifier.kind: qualifier.value for qualifier in reversed(self.places)}
        if len(clinicians) == 1:
            for qualifier, _ in self.waiting:
                if qualifier.kind in {"department", "hospital"}:
                    clinicians[0].apply(qualifier)
            return None, None
        # '内科' alone is a heading; beside its hospital it is a department.
        return (known.get("department") if "hospital" in known else None), known.get("hospital")

    def _people(self) -> Iterator[Person]:
        told: set[tuple[str, Role]] = set()
        for named in self.named:
            for role in _ROLES.get(named.kind or "", (Role.UNSPECIFIED,)):
                if (named.draft.name, role) not in told:
                    told.add((named.draft.name, role))
                    yield named.draft.person(role, medical=named.kind in _MEDICAL)


def _clean(line: str) -> str:
    return clean_line(line) or ""
