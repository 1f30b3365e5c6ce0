"""Whole pages in the markup forms of real health sites, made here: who is printed as a doctor, and who wrongly.

    python -m bench.whole_pages [--wrong]

The pages and their truth are those of `bench.page_forms`. Prints, beside what trafilatura takes for authors, the
precision and recall of doctors (author, reviewer or unspecified role), of roles, of source and of dates, and the number
of wrong persons; with --wrong also each of them.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.page_forms import Byline, cases
from bench.trafilatura_fields import trafilatura_fields
from crawler.extract.article import extract
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import PersonKind, Role

FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
CREDITED = frozenset({Role.AUTHOR, Role.REVIEWER, Role.UNSPECIFIED, Role.ANSWERER})


@dataclass
class Score:
    """Counts over all pages, and the persons wrongly printed."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """Pages that were not read as articles."""

    def add(self, name: str, wanted: set[object], got: set[object]) -> None:
        """Count hits, wanted and given values of a field."""
        self.counts[f"{name} hit"] += len(wanted & got)
        self.counts[f"{name} gold"] += len(wanted)
        self.counts[f"{name} given"] += len(got)

    def row(self, name: str) -> str:
        """Precision and recall of a field."""
        hit, gold, given = (self.counts[f"{name} {what}"] for what in ("hit", "gold", "given"))
        return f"{name:12}{gold:6}{given:7}{hit:6}{hit / given if given else 1:11.3f}{hit / gold if gold else 1:8.3f}"


def measure() -> tuple[Score, Score]:
    """Scores of Galen, and of what trafilatura calls authors taken for doctors."""
    ours, theirs = Score(), Score()
    site = Site(name="fjord.example", domains=("fjord.example",), date_order="DMY")
    for number, (form, byline, page) in enumerate(cases()):
        url = f"https://fjord.example/lungs/{number}"
        names: set[object] = {name for name, _ in byline.doctors}
        extraction = extract(read_page(page, url), site, FETCHED)
        article = extraction.article
        people = [] if article is None else article.people
        doctors = [p for p in people if p.kind is PersonKind.CLINICIAN and p.role in CREDITED]
        ours.add("doctor", names, {p.name for p in doctors})
        ours.add("role", set(byline.doctors), {(p.name, p.role.value) for p in doctors})
        ours.wrong += [f"{form}: {byline.title}: {p.name} ({p.role.value})" for p in doctors if p.name not in names]
        if article is not None:
            dates = ((key, getattr(article, key)) for key in ("published", "reviewed"))
            ours.add("date", _dates(byline), {(key, date.value[:10]) for key, date in dates if date is not None})
            ours.add("source", _known(byline.source), _known(article.source) - {"fjord.example"})
        if article is None:
            ours.missed.append(f"{form}: {byline.title}: {extraction.reason}")
        authors = set(trafilatura_fields(page, url).get("authors") or [])
        theirs.add("doctor", names, authors)
        theirs.wrong += sorted(authors - names)
    ours.counts["pages"] = number + 1
    return ours, theirs


def _known(value: str | None) -> set[object]:
    return {value} if value else set()


def _dates(byline: Byline) -> set[object]:
    stated = {"published": byline.published, "reviewed": byline.reviewed}
    return {(key, value) for key, value in stated.items() if value}


def main(arguments: list[str]) -> int:
    """Print the table; exit status 1 where doctors fall below .98 precision."""
    ours, theirs = measure()
    print(f"{ours.counts['pages']} pages, {len(ours.missed)} not read as articles")
    print(f"{'':12}{'gold':>6}{'given':>7}{'hit':>6}{'precision':>11}{'recall':>8}")
    for name in ("doctor", "role", "source", "date"):
        print(ours.row(name))
    print(f"wrong persons printed as doctors: {len(ours.wrong)}")
    print(f"trafilatura's authors as doctors: {theirs.row('doctor')}; wrong persons: {len(theirs.wrong)}")
    if "--wrong" in arguments:
        print("\n".join([*ours.wrong, *ours.missed]))
    given = ours.counts["doctor given"]
    return int(not given or ours.counts["doctor hit"] < 0.98 * given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
