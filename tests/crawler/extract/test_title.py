"""The vote for a title (crawler/extract/title.py)."""

from __future__ import annotations

import pytest

from crawler.extract.page import read_page
from crawler.extract.structured import read_structured
from crawler.extract.title import choose_title, title_candidates, without_site

NAMES = ["Fjord Health", "fjordhealth.example", "fjordhealth"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sore throats | Fjord Health", "Sore throats"),
        ("Sore throats - Fjord Health", "Sore throats"),
        ("Sore throats – Fjord Health", "Sore throats"),
        ("Sore throats - Ear, nose - FJORD HEALTH", "Sore throats - Ear, nose"),
        ("Sore throats_FjordHealth", "Sore throats"),
        ("Sore throats | fjordhealth.example", "Sore throats"),
        ("Fjord Health: what a sore throat means", "Fjord Health: what a sore throat means"),
        ("Fjord Health | What a sore throat means", "What a sore throat means"),
        ("Sore throats - causes and cures", "Sore throats - causes and cures"),
        ("X-ray - when is it needed", "X-ray - when is it needed"),
        ("Fjord Health", "Fjord Health"),
    ],
)
def test_the_sites_name_is_cut_off_and_nothing_else(text: str, expected: str) -> None:
    assert without_site(text, ["fjordhealth", "fjordhealthexample"], set()) == expected


def test_a_suffix_goes_where_the_rest_is_a_title_found_elsewhere() -> None:
    assert without_site("Sore throats - The Daily Cure", [], {"sorethroats"}) == "Sore throats"


def choose(head: str, headings: list[str]) -> str | None:
    page = read_page(f"<html><head>{head}</head><body><p>x</p></body></html>".encode(), "https://fjord.example/7")
    assert page.tree is not None
    chosen = choose_title(title_candidates(page.tree, read_structured(page), headings, NAMES))
    return chosen.text if chosen else None


def test_two_places_that_agree_outvote_one() -> None:
    head = '<title>Sore throats | Fjord Health</title><meta property="og:title" content="You will not believe this">'

    assert choose(head, ["Sore throats"]) == "Sore throats"


def test_case_and_punctuation_make_no_difference_to_the_vote() -> None:
    head = '<title>SORE THROATS! - Fjord Health</title><meta property="og:title" content="Other words">'

    assert choose(head, ["Sore throats"]) == "Sore throats"


def test_a_page_without_any_title_has_none() -> None:
    assert choose("", []) is None
    assert choose("<title> - | </title>", ["***"]) is None
