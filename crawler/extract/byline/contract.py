"""One byline string in, one flat dict out: the form in which bylines are compared and measured."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.extract.byline.experts import find_experts
from crawler.extract.byline.grammar import read_byline
from crawler.extract.byline.record import Byline
from db.records import PartialDate, Person, PersonKind, Role

_FETCHED = datetime(2060, 1, 1, tzinfo=UTC)
"""When the string was fetched is not known: no date is too late, and '3 days ago' says nothing."""

_RELATIVE = "2040"
"""Only a relative date leads here."""

_SHORT = 500
"""A sentence or two: experts in a longer text are no byline."""

_PREFERRED = (Role.REVIEWER, Role.AUTHOR, Role.ANSWERER, Role.UNSPECIFIED, Role.EXPERT)


def parse_byline(text: str, lang: str) -> dict[str, object]:
    """source, doctor, credentials, department, hospital, role, date and others of a byline; unknown is None.

    The doctor is the first clinician, a reviewer before an author; credentials are titles and degrees
    joined by ', '; the date is ISO 8601: published, else reviewed, else modified; relative ones are left
    out. Others are a list of name and role. `lang` is an ISO 639-1 code.
    """
    found = read_byline(text.split("\n"), language=lang, date_order=None, fetched_at=_FETCHED)
    people = found.people + find_experts(text[:_SHORT], lang)
    clinicians = [person for person in people if person.kind is PersonKind.CLINICIAN]
    doctor = min(clinicians, key=lambda person: _PREFERRED.index(person.role)) if clinicians else None
    dates = (date for date in (found.published, found.reviewed, found.modified) if date and date.value < _RELATIVE)
    date = next(dates, None)
    return {
        "source": found.source,
        "doctor": doctor.name if doctor else None,
        "credentials": _credentials(doctor) if doctor else None,
        "department": doctor.department if doctor else found.department,
        "hospital": doctor.hospital if doctor else found.hospital,
        "role": doctor.role.value if doctor else None,
        "date": _iso(date) if date else None,
        "others": _others(found, people, doctor),
    }


def _credentials(person: Person) -> str | None:
    return ", ".join(filter(None, (person.clinical_title, person.credentials))) or None


def _others(found: Byline, people: tuple[Person, ...], doctor: Person | None) -> list[dict[str, str]]:
    named = [{"name": person.name, "role": person.role.value} for person in people if person is not doctor]
    return named + [{"name": name, "role": "editor"} for name in found.editors]


def _iso(date: PartialDate) -> str:
    if date.offset is None or "T" not in date.value:
        return date.value
    sign, minutes = ("-", -date.offset) if date.offset < 0 else ("+", date.offset)
    seconds = ":00" if date.precision == "minute" else ""
    return f"{date.value}{seconds}{sign}{minutes // 60:02}:{minutes % 60:02}"
