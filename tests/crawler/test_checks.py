from __future__ import annotations

from dataclasses import replace

from crawler.checks import Checked, failed_checks
from db.run_history import RunCounts

FIELDS = {"title": 20, "source": 20, "doctor": 18, "published": 20, "body": 20}
USUAL = RunCounts(
    id=1, started="2026-11-01T00:00:00Z", reason="finished", fetched=25, articles=20, new=5, changed=0, unchanged=15,
    listings=5, failed=0, throttled=0, links=40, lost=0, fields=FIELDS,
)  # fmt: skip
TEN = [USUAL] * 10
EXPECT = frozenset({"title", "body"})


def checked(run: RunCounts, before: list[RunCounts] = TEN, *, held: int = 500, **more: object) -> list[str]:
    return failed_checks(Checked(run=run, before=before, held=held, **{"expect": EXPECT, **more}))  # type: ignore[arg-type]


def fields(**values: int) -> dict[str, int]:
    return {**FIELDS, **values}


def test_a_run_like_all_others_fails_nothing() -> None:
    assert checked(USUAL) == []


def test_a_field_that_falls_by_more_than_twenty_points_is_told_with_its_median() -> None:
    assert checked(replace(USUAL, fields=fields(doctor=13))) == ["doctor in 65% of the articles (median 90%)"]
    assert checked(replace(USUAL, fields=fields(doctor=15))) == []


def test_the_median_is_not_moved_by_one_bad_run() -> None:
    before = [replace(USUAL, fields=fields(doctor=0)), *TEN[:9]]

    assert checked(replace(USUAL, fields=fields(doctor=10)), before) == ["doctor in 50% of the articles (median 90%)"]


def test_only_the_last_ten_runs_count() -> None:
    before = [replace(USUAL, fields=fields(doctor=0))] * 10 + TEN

    assert checked(replace(USUAL, fields=fields(doctor=0)), before) == []


def test_a_declared_field_below_its_floor_fails_without_any_history() -> None:
    run = replace(USUAL, fields=fields(source=9))

    assert checked(run, [], expect=frozenset({"source"})) == [
        "source in 45% of the articles; the site declares that it expects it"
    ]
    assert checked(run, [], expect=frozenset({"title"})) == []


def test_a_declared_field_that_runs_do_not_count_is_checked_as_well() -> None:
    assert checked(USUAL, other={"reviewed": (3, 20)}) == [
        "reviewed in 15% of the articles; the site declares that it expects it"
    ]


def test_few_articles_are_judged_together_with_those_before_them() -> None:
    none = dict.fromkeys(FIELDS, 0)
    one = replace(USUAL, articles=1, new=1, unchanged=0, links=2, fields={**none, "title": 1, "body": 1, "source": 1})
    quiet = [replace(one, fields={**one.fields, "doctor": 1, "published": 1})] * 20

    assert checked(one, quiet) == []
    assert checked(one, [one] * 9 + quiet)[0].startswith("doctor in 0%")


def test_no_article_at_all_fails_also_the_first_time() -> None:
    empty = replace(USUAL, articles=0, new=0, unchanged=0, fields=dict.fromkeys(FIELDS, 0))

    assert checked(empty, [], held=0) == ["no article: 25 pages were fetched and the site still holds none"]


def test_no_article_where_there_always_were_some() -> None:
    empty = replace(USUAL, articles=0, new=0, unchanged=0, fields=dict.fromkeys(FIELDS, 0))

    assert checked(empty) == ["0 articles (median 20)"]


def test_under_a_third_of_the_usual_articles() -> None:
    assert checked(replace(USUAL, articles=5, new=0, unchanged=5)) == ["5 articles, under 30% of the median 20"]


def test_pages_that_answered_not_modified_are_articles_that_are_there() -> None:
    assert checked(replace(USUAL, articles=0, new=0, unchanged=20, fields=dict.fromkeys(FIELDS, 0))) == []


def test_after_a_large_first_crawl_a_small_second_one_is_no_alarm() -> None:
    first = replace(USUAL, articles=5000, new=5000, fields=dict.fromkeys(FIELDS, 4900))

    assert checked(replace(USUAL, articles=3, new=3, unchanged=0, fields=dict.fromkeys(FIELDS, 3)), [first]) == []


def test_a_run_cut_short_by_a_limit_is_not_too_small() -> None:
    assert checked(replace(USUAL, reason="limit", articles=2, new=2, unchanged=0)) == []


def test_many_errors_and_refusals() -> None:
    run = replace(USUAL, failed=10, throttled=5)

    assert checked(run) == [
        "29% of the requests failed (median 0%)",
        "14% of the requests were answered 429 or 503: crawl more slowly",
    ]


def test_a_site_that_does_not_answer_at_all() -> None:
    dead = replace(
        USUAL, fetched=0, articles=0, new=0, unchanged=0, listings=0, links=0, failed=1,
        fields=dict.fromkeys(FIELDS, 0),
    )  # fmt: skip

    assert "nothing was answered: 1 requests failed" in checked(dead)


def test_listings_without_links() -> None:
    assert checked(replace(USUAL, links=0)) == ["discovery named no URL (median 40)"]


def test_known_articles_that_lose_what_they_had() -> None:
    assert checked(replace(USUAL, lost=9)) == ["template change? 9 of 15 known articles lost source, doctor or date"]
    assert checked(replace(USUAL, lost=5)) == []
