"""The answers to saved questions beside what people wrote down of the demo's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from crawler.demo.expected import Expected
from crawler.demo.truth import truth
from tests.db.datasette.conftest import asked


def _articles() -> list[Expected]:
    """Every article of the demo once, as people wrote it down."""
    return [page for page in truth() if page.verdict == "article" and not (page.same_page_as or page.part_of)]


SITES = {
    "demo_digest": "Lantern Digest",
    "demo_hanlin": "翰林健康网",
    "demo_meridian": "Meridian Medical Library",
    "demo_sunrise": "Sunrise Health",
}


def _by_site(counted: Callable[[Expected], bool]) -> dict[str, int]:
    numbers = dict.fromkeys(SITES.values(), 0)
    for page in _articles():
        numbers[SITES[page.spider]] += counted(page)
    return numbers


def test_counts_of_missing_things_are_those_of_the_truth(demo: httpx.Client) -> None:
    rows = {row["site"]: row for row in asked(demo, "missing_fields")}
    sizes = _by_site(lambda page: True)
    for column, missing in (
        ("percent_without_date", _by_site(lambda page: page.published is None)),
        ("percent_without_source", _by_site(lambda page: page.source is None)),
        ("percent_without_language", _by_site(lambda page: page.language is None)),
    ):
        shares = {site: 100 * number / sizes[site] for site, number in missing.items()}
        assert {site: row[column] for site, row in rows.items()} == pytest.approx(shares, abs=0.06), column
    without = {row["site"]: row["without_doctor"] for row in asked(demo, "no_doctor_by_site")}
    assert without == _by_site(lambda page: not page.doctors)


def test_counts_of_roles_and_languages_are_those_of_the_truth(demo: httpx.Client) -> None:
    rows = asked(demo, "reviewed_share")
    for column, role in (("with_reviewer", "reviewer"), ("with_doctor_as_author", "author")):
        named = _by_site(lambda page, role=role: any(doctor.role == role for doctor in page.doctors))  # type: ignore[misc]
        assert {row["site"]: row[column] for row in rows} == named
    languages = Counter((SITES[page.spider], page.language) for page in _articles())
    assert {(row["site"], row["language"]): row["articles"] for row in asked(demo, "languages_by_site")} == languages


def test_every_copy_of_the_truth_is_told_with_the_one_that_was_first(demo: httpx.Client) -> None:
    pages = {page.key: page for page in _articles()}
    told = {row["title"]: row for row in asked(demo, "who_was_first")}
    copies = [page for page in pages.values() if page.copy_of]
    assert len(told) == len(copies) == 12
    for copy in copies:
        original = pages[copy.copy_of]  # type: ignore[index]
        first = min((original, copy), key=lambda page: page.published or "9999")
        row = next(row for title, row in told.items() if title in {original.title, copy.title})
        assert (row["first_site"], row["first_published"]) == (SITES[first.spider], first.published)


def test_hospitals_and_reviews_promised_are_those_of_the_truth(demo: httpx.Client) -> None:
    hospitals: dict[str, set[str]] = {}
    for page in _articles():
        for person in page.doctors:
            hospitals.setdefault(person.hospital or "(not stated)", set()).add(f"{page.spider} {page.path}")
    told = {row["hospital"]: row["articles"] for row in asked(demo, "hospitals")}
    assert told == {hospital: len(named) for hospital, named in hospitals.items()}
    late = [page for page in _articles() if page.next_review and page.copy_of is None]
    assert {row["title"] for row in asked(demo, "review_overdue", on="2100-01-01")} == {page.title for page in late}


def test_a_review_promised_for_a_month_is_late_when_the_month_is_over(demo: httpx.Client) -> None:
    def late(day: str) -> set[str]:
        return {row["next_review"] for row in asked(demo, "review_overdue", on=day)}

    assert "2027-05" not in late("2027-05-31")
    assert "2027-05" in late("2027-06-01")
    assert "2026-08-27" not in late("2026-08-27")
    assert "2026-08-27" in late("2026-08-28")
