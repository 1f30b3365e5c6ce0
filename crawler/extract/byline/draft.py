"""A person while the byline is being read: qualifiers may still arrive from the next pieces."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.extract.byline.vocabulary import degree_key
from db.records import Origin, Person, PersonKind, Role


@dataclass(frozen=True, slots=True)
class Qualifier:
    """What is said about a person: a title, a degree, where they work."""

    kind: str
    """'title', 'credential', 'department', 'hospital', 'suffix', 'grade', 'job' (of the press) or 'acronym' (perhaps a
    credential)."""
    value: str
    health: bool = False
    """It makes its owner a clinician."""


@dataclass(slots=True)
class Draft:
    """A person named in the byline."""

    name: str
    raw: str
    titles: list[str] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    acronyms: set[str] = field(default_factory=set)
    """Those of the credentials that no table knows: a clinician's degrees, but a journalist's employer."""
    department: str | None = None
    hospital: str | None = None
    organisation: bool = False
    health: bool = False

    def apply(self, qualifier: Qualifier) -> None:
        """Adds what is new; a repeated degree or title is told once, a first hospital stays."""
        match qualifier.kind:
            case "title":
                _add(self.titles, qualifier.value)
            case "credential":
                _add(self.credentials, qualifier.value)
            case "acronym":
                _add(self.credentials, qualifier.value)
                self.acronyms.add(qualifier.value)
            case "department":
                self.department = self.department or qualifier.value
            case "hospital":
                self.hospital = self.hospital or qualifier.value
            case "suffix":
                self.name = f"{self.name} {qualifier.value}"
        self.health = self.health or qualifier.health

    def person(self, role: Role, *, medical: bool) -> Person:
        """The finished record; behind a label such as 'medically reviewed by' any degree counts as one of health."""
        clinician = self.health or (medical and bool(self.credentials))
        kind = PersonKind.CLINICIAN if clinician else PersonKind.PERSON
        return Person(
            name=self.name,
            kind=PersonKind.ORGANISATION if self.organisation else kind,
            role=role,
            clinical_title=", ".join(self.titles) or None,
            credentials=", ".join(one for one in self.credentials if clinician or one not in self.acronyms) or None,
            department=self.department,
            hospital=self.hospital,
            raw=self.raw,
            origin=Origin.BYLINE,
        )


def _add(known: list[str], value: str) -> None:
    if degree_key(value) not in map(degree_key, known):
        known.append(value)
