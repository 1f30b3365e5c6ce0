"""Who wrote, reviewed or answered: the byline's people, completed by what the page's data says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from crawler.extract.clean import title_key
from crawler.extract.stated_people import is_plain_name
from db.records import Evidence, Origin, Person, PersonKind, Role


def choose_people(
    shown: Sequence[Person],
    stated: Sequence[Person],
    marked: Callable[[], Sequence[Person]],
    quoted: Sequence[Person] = (),
) -> tuple[tuple[Person, ...], tuple[Evidence, ...]]:
    """The people of an article in the page's order, and every candidate as evidence.

    `shown` are the byline's, `stated` those of the page's data, `marked` gives those in elements named for authors and
    is asked only where nobody else is known. What the page shows wins for clinicians and reviewers. `quoted` are the
    experts in the text: they come last, and only those who are nobody of the others.
    """
    if not any(map(_is_somebody, (*shown, *stated))):
        stated = [*marked(), *stated]
    people = _merged(shown, stated)
    people += [person for person in quoted if _twin(person, people) is None]
    # without the role: data may have given a byline's person theirs
    chosen = {(p.name, p.origin) for p in people}
    evidence = tuple(
        Evidence(
            field="doctor" if person.kind is PersonKind.CLINICIAN else "author",
            value=person.name,
            origin=person.origin,
            detail=person.role.value,
            chosen=(person.name, person.origin) in chosen,
        )
        for person in (*shown, *stated, *quoted)
    )
    return tuple(people), evidence


def _is_somebody(person: Person) -> bool:
    """Whether a person is no organisation."""
    return person.kind is not PersonKind.ORGANISATION


def _merged(shown: Sequence[Person], stated: Sequence[Person]) -> list[Person]:
    """Shown and stated people, each once.

    Clinicians, reviewers and experts that the page shows stay as shown; other authors are the data's where it names
    any person, since its lists are not cut in the wrong places. Organisations only where nobody else is left.
    """
    persons = [p for p in stated if _is_somebody(p)]
    authors = _of_one_origin([p for p in persons if p.role is Role.AUTHOR])
    # data that names only some of those whom the page shows has left the others out
    part = bool(authors) and all(_twin(p, shown) for p in authors)
    stays = [p for p in shown if not _is_plain_author(p) or not authors or _twin(p, authors) or (part and _is_named(p))]
    people = [p if (twin := _twin(p, persons)) is None else _completed(p, twin) for p in stays]
    shows_doctor = any(p.kind is PersonKind.CLINICIAN and p.role in (Role.AUTHOR, Role.UNSPECIFIED) for p in shown)
    for person in (*authors, *(p for p in persons if p.role in (Role.REVIEWER, Role.ANSWERER))):
        contradicted = shows_doctor and person.kind is PersonKind.CLINICIAN
        if not contradicted and _twin(person, people) is None:
            people.append(person)
    if any(map(_is_somebody, people)):
        kept = [p for p in people if _is_somebody(p) or p in shown]
        return kept + [p for p in _co_authors(stated) if authors and _twin(p, kept) is None]
    return people or list(stated[:1])


def _co_authors(stated: Sequence[Person]) -> list[Person]:
    """Agencies that JSON-LD lists beside authors; elsewhere a house is said for want of a name."""
    houses = [p for p in stated if not _is_somebody(p) and p.role is Role.AUTHOR and p.origin is Origin.JSONLD]
    persons = [p for p in stated if _is_somebody(p) and p.role is Role.AUTHOR]
    return houses if persons and persons[0].origin is Origin.JSONLD else []


def _of_one_origin(people: Sequence[Person]) -> list[Person]:
    """People of the first origin that names any: the next repeats them in other words."""
    return [p for p in people if p.origin is people[0].origin]


def _is_named(person: Person) -> bool:
    """Whether a name has two words or more, all of them a person's."""
    return person.kind is PersonKind.PERSON and is_plain_name(person.name)


def _is_plain_author(person: Person) -> bool:
    return person.kind is not PersonKind.CLINICIAN and person.role in (Role.AUTHOR, Role.UNSPECIFIED)


def _twin(person: Person, others: Sequence[Person]) -> Person | None:
    """The same name among others."""
    key = title_key(person.name)
    return next((other for other in others if title_key(other.name) == key), None)


def _completed(shown: Person, stated: Person) -> Person:
    """A person of the byline with what only the data knows of them."""
    takes_role = shown.role is Role.UNSPECIFIED and shown.kind is not PersonKind.CLINICIAN
    return replace(
        shown,
        credentials=shown.credentials or stated.credentials,
        profile_url=shown.profile_url or stated.profile_url,
        role=stated.role if takes_role else shown.role,
    )
