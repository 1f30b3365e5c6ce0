"""The flat form in which bylines are compared."""

from __future__ import annotations

from crawler.extract.byline.contract import parse_byline


def test_a_reviewer_comes_before_an_author_and_the_rest_are_others() -> None:
    assert parse_byline("Written by Nora Quist, RDN\nReviewed by Dr. Omar Haddad, MD\nEdited by Ana Costa", "en") == {
        "source": None,
        "doctor": "Omar Haddad",
        "credentials": "Dr., MD",
        "department": None,
        "hospital": None,
        "role": "reviewer",
        "date": None,
        "others": [{"name": "Nora Quist", "role": "author"}, {"name": "Ana Costa", "role": "editor"}],
    }


def test_the_date_is_the_published_one_and_carries_its_zone() -> None:
    assert parse_byline("Published June 12, 2020 9:49 am EST | Updated: Aug. 18, 2020", "en")["date"] == (
        "2020-06-12T09:49:00-05:00"
    )
    assert parse_byline("Page last reviewed: 19/11/2021\nNext review due: 19/11/2024", "en")["date"] == "2021-11-19"
    assert parse_byline("Updated on April 28, 2025", "en")["date"] == "2025-04-28"
    assert parse_byline("Published 3 days ago", "en")["date"] is None


def test_a_place_without_a_name_and_a_quoted_expert_are_told_too() -> None:
    place = parse_byline("临江市中医院 心血管科", "zh")
    assert (place["doctor"], place["hospital"], place["department"]) == (None, "临江市中医院", "心血管科")
    expert = parse_byline("临江市中医院内分泌科主任邵明远教授表示", "zh")
    assert (expert["doctor"], expert["role"], expert["credentials"]) == ("邵明远", "expert", "主任, 教授")
