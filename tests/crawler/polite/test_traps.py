"""Patterns of URLs that give nothing are left alone; those that give articles never are."""

from __future__ import annotations

import pytest

from crawler.discovery.templates import directory_of, template_of
from crawler.polite.traps import TrapBudget

HOST = "https://clinic.example"


@pytest.mark.parametrize(
    ("url", "template"),
    [
        ("/calendar?month=3", "clinic.example/calendar?month"),
        ("/calendar?-4", "clinic.example/calendar?#"),
        ("/2025/06/17/", "clinic.example/#/#/#/"),
        ("/article/377705", "clinic.example/article/#"),
        ("/f?b=1&a=2&a=3", "clinic.example/f?a&b"),
        ("/x/9f86d081884c7d65/y", "clinic.example/x/#/y"),
        ("/news/knees-and-hips", None),
        ("/", None),
    ],
)
def test_a_template_keeps_what_urls_have_in_common(url: str, template: str | None) -> None:
    assert template_of(HOST + url) == template


def test_a_folder_is_the_first_segment() -> None:
    assert directory_of(f"{HOST}/news/2025/a") == "clinic.example/news/"
    assert directory_of(f"{HOST}/about") == "clinic.example/"


def test_a_calendar_that_links_to_itself_is_exhausted_at_its_budget() -> None:
    budget = TrapBudget(pages=5)
    for month in range(5):
        assert budget.exhausted(f"{HOST}/calendar?m={month}") is None
        budget.spend(f"{HOST}/calendar?m={month}", [], [(f"{HOST}/calendar?m={month + 1}", False)])
    assert budget.exhausted(f"{HOST}/calendar?m=5") == "clinic.example/calendar?m"
    assert budget.exhausted(f"{HOST}/news/sleep") is None


def test_pages_with_the_same_text_but_for_their_numbers_are_no_articles() -> None:
    budget = TrapBudget(pages=5)
    for month in range(7):
        budget.spend(f"{HOST}/calendar?m={month}", [f"Month {month}. Nothing planned."], [])
    assert budget.exhausted(f"{HOST}/calendar?m=9")


def test_articles_by_number_are_never_exhausted() -> None:
    budget = TrapBudget(pages=5)
    for number in range(100):
        budget.spend(f"{HOST}/article/{number}", [f"Text about {'knee' * (number + 1)}"], [])
        assert budget.exhausted(f"{HOST}/article/{number + 1}") is None


def test_a_list_that_leads_to_unseen_pages_is_never_exhausted() -> None:
    budget = TrapBudget(pages=5)
    for number in range(100):
        budget.spend(f"{HOST}/list?page={number}", [], [(f"{HOST}/article/{number}", True), (f"{HOST}/", False)])
        assert budget.exhausted(f"{HOST}/list?page={number + 1}") is None


def test_two_barren_patterns_that_link_to_each_other_are_both_exhausted() -> None:
    budget = TrapBudget(pages=5)
    for number in range(40):
        budget.spend(f"{HOST}/days/{number}", [], [(f"{HOST}/months/{number}", False)])
        budget.spend(f"{HOST}/months/{number}", [], [(f"{HOST}/days/{number + 1}", False)])
    assert budget.exhausted(f"{HOST}/days/41")
    assert budget.exhausted(f"{HOST}/months/41")


def test_one_article_gives_a_pattern_its_budget_back() -> None:
    budget = TrapBudget(pages=5)
    for number in range(4):
        budget.spend(f"{HOST}/p/{number}", [], [])
    budget.spend(f"{HOST}/p/4", ["A text that is new."], [])
    for number in range(4):
        budget.spend(f"{HOST}/p/{number}", [], [])
    assert budget.exhausted(f"{HOST}/p/9") is None


def test_a_folder_of_random_names_is_exhausted_later() -> None:
    budget = TrapBudget(pages=5)
    for name in range(50):
        word = "".join(chr(97 + (name * step) % 26) for step in range(1, 7))
        budget.spend(f"{HOST}/wiki/{word}", [], [(f"{HOST}/wiki/{word[::-1]}", False)])
    assert budget.exhausted(f"{HOST}/wiki/anything") == "clinic.example/wiki/..."


def test_a_budget_of_nothing_means_no_budget() -> None:
    budget = TrapBudget(pages=0)
    for number in range(100):
        budget.spend(f"{HOST}/p?{number}", [], [])
    assert budget.exhausted(f"{HOST}/p?1") is None
