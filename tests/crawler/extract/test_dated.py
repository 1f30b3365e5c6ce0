"""Which date is which (crawler/extract/dated.py)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.extract.article import extract
from crawler.extract.dated import is_stated
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Article, Origin

FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
SITE = Site(name="Fjord Health", domains=("fjord.example",))
PROSE = "".join(
    f"<p>Rest for {days} days, drink something warm, and keep the room cool at night, which helps most people.</p>"
    for days in ("two", "three", "four", "five", "six")
)


def read(
    byline: str = "", data: dict[str, str] | None = None, head: str = "", url: str = "/throat/7", tail: str = ""
) -> Article:
    script = (
        f'<script type="application/ld+json">{json.dumps({"@type": "Article", "headline": "Coughs", **data})}</script>'
        if data
        else ""
    )
    text = (
        f"<html><head><title>How to sleep with a cough</title>{head}{script}</head><body>"
        f"<h1>How to sleep with a cough</h1><div>{byline}</div>{PROSE}{tail}</body></html>"
    )
    article = extract(read_page(text.encode(), f"https://fjord.example{url}"), SITE, FETCHED).article
    assert article is not None
    return article


def published(article: Article) -> tuple[str, Origin] | None:
    return None if article.published is None else (article.published.value, article.published.origin)


def test_a_date_that_the_page_shows_wins_over_data() -> None:
    article = read("Published: May 4, 2025", {"datePublished": "2024-01-02"})

    assert published(article) == ("2025-05-04", Origin.BYLINE)
    assert {e.value for e in article.evidence if e.field == "published"} == {"2025-05-04", "2024-01-02"}
    assert [e.value for e in article.evidence if e.field == "published" and e.chosen] == ["2025-05-04"]


def test_data_of_the_same_day_adds_the_time() -> None:
    article = read("May 4, 2025", {"datePublished": "2025-05-04T10:37:00+02:00"})

    assert article.published is not None
    assert (article.published.value, article.published.offset) == ("2025-05-04T10:37:00", 120)


def test_a_bare_visible_date_that_is_the_last_change_is_not_the_first_day() -> None:
    article = read("May 4, 2025", {"datePublished": "2024-01-02", "dateModified": "2025-05-04"})

    assert published(article) == ("2024-01-02", Origin.JSONLD)
    assert article.modified is not None
    assert article.modified.value[:10] == "2025-05-04"


def test_relative_dates_yield_to_data_and_stand_where_there_is_none() -> None:
    assert published(read("3 days ago", {"datePublished": "2025-05-04"})) == ("2025-05-04", Origin.JSONLD)
    assert published(read("3 days ago")) == ("2026-02-26", Origin.BYLINE)


def test_the_url_tells_the_local_day_of_a_time_in_greenwich() -> None:
    data = {"datePublished": "2025-05-05T01:20:00Z"}

    assert published(read("", data, url="/2025/05/04/coughs")) == ("2025-05-04", Origin.URL)
    assert published(read("", data, url="/2025/05/01/coughs")) == ("2025-05-05T01:20:00", Origin.JSONLD)


def test_the_last_change_never_becomes_the_day_of_publication() -> None:
    article = read("", {"dateModified": "2025-05-04"})

    assert article.published is None
    assert article.modified is not None


def test_a_review_is_kept_apart_from_the_next_one() -> None:
    article = read(tail="<p>Page last reviewed: 19 November 2025</p><p>Next review due: 19 November 2028</p>")

    assert article.published is None
    assert article.reviewed is not None
    assert article.reviewed.value == "2025-11-19"
    assert article.next_review is not None
    assert article.next_review.value == "2028-11-19"


def test_visible_review_wins_over_data() -> None:
    article = read("Medically reviewed by Nora Falk, MD on May 4, 2025", {"lastReviewed": "2023-01-01"})

    assert article.reviewed is not None
    assert article.reviewed.value == "2025-05-04"


@pytest.mark.parametrize("value", ["2031-01-01", "0000-00-00", "soon", "13/13/2025", "1970-01-01"])
def test_impossible_and_future_dates_are_no_dates(value: str) -> None:
    assert read("", {"datePublished": value}).published is None


def test_a_page_without_a_date_has_none() -> None:
    assert read(tail="<footer>© 2019-2026 Fjord Health</footer>").published is None


def test_meta_then_url_are_read_where_the_page_shows_nothing() -> None:
    meta = '<meta property="article:published_time" content="2025-05-04T08:00:00+00:00">'

    assert published(read(head=meta)) == ("2025-05-04T08:00:00", Origin.META)
    assert published(read(url="/2025/05/04/coughs")) == ("2025-05-04", Origin.URL)
    assert published(read(url="/2025/05/coughs")) == ("2025-05", Origin.URL)
    assert published(read(url="/throat/20250504123456")) is None


def test_a_guess_counts_only_where_the_page_holds_that_day() -> None:
    assert published(read(tail="<div class=date>04.05.2025</div>")) is not None
    assert is_stated("2025-05-04", "printed on 4th May, 2025")
    assert is_stated("2025-05-04", "am 04.05.25 um")
    assert is_stated("2025-05-04", "2025年5月4日")
    assert not is_stated("2025-05-04", "2025-05-14 and 14.05.2025 and 2025")
    assert not is_stated("2025-01-01", "© 2025 Fjord Health")
