"""What sites say about the use of their pages, read as they write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.page import read_page
from crawler.extract.policy import policy_signals
from crawler.polite.signals import PathRule, header_signals, merged, read_tdmrep, robots_rules, signals_for


@pytest.mark.parametrize(
    ("value", "signals"),
    [
        ("noindex", ("noindex",)),
        ("NoIndex, NOARCHIVE", ("noindex", "noarchive")),
        ("none", ("noindex", "nofollow")),
        ("galen: noarchive, nofollow", ("noarchive", "nofollow")),
        ("otherbot: noindex", ()),
        ("noai, noimageai", ("noai", "noimageai")),
        ("max-snippet:-1, noindex", ("noindex",)),
        ("unavailable_after: 25 Jun 2026 15:00:00 PST", ("unavailable_after:2026-06-25",)),
        ("unavailable_after: Thursday, 25-Jun-26 15:00:00 GMT, noindex", ("noindex", "unavailable_after:2026-06-25")),
        ("unavailable_after: 2026-06-25T15:00:00+02:00", ("unavailable_after:2026-06-25",)),
        ("unavailable_after: soon", ()),
        ("index, follow, all", ()),
    ],
)
def test_x_robots_tag_is_read_for_everybody_and_for_us(value: str, signals: tuple[str, ...]) -> None:
    assert header_signals([("X-Robots-Tag", value)], "Galen") == signals


def test_headers_speak_of_reservations_and_preferences() -> None:
    headers = [("TDM-Reservation", "1"), ("Content-Usage", "train-ai=n, search=y"), ("Content-Signal", "search=no")]
    assert header_signals(headers, "Galen") == (
        "tdm-reservation", "content-usage:train-ai=n", "content-usage:search=y", "content-signal:search=no",
    )  # fmt: skip


def test_meta_elements_speak_with_the_same_words() -> None:
    page = read_page(
        b'<html><meta name="ROBOTS" content="noarchive,unavailable_after: 2027-01-02"><meta name=tdm-reservation '
        b'content=0><meta name="otherbot" content="noindex"><p>x',
        "https://clinic.example/",
    )
    assert page.tree is not None
    assert policy_signals(page.named["meta"]) == ("noarchive", "unavailable_after:2027-01-02", "tdm-reservation:0")


def test_content_usage_lines_of_our_group_count_by_the_longest_path() -> None:
    text = """
User-agent: otherbot
Content-Usage: bots=n
User-agent: *
Disallow: /private/
Content-Usage: train-ai=n
Content-Usage: /news/ search=n  # not these
"""
    rules = robots_rules(text, "Galen")
    assert signals_for("https://clinic.example/a", rules) == ("content-usage:train-ai=n",)
    assert signals_for("https://clinic.example/news/1", rules) == ("content-usage:search=n",)
    named = robots_rules(f"{text}User-agent: galen\nContent-Signal: search=yes\n", "Galen")
    assert signals_for("https://clinic.example/news/1", named) == ("content-signal:search=yes",)


def test_tdmrep_json_reserves_by_path() -> None:
    rules = read_tdmrep(
        b'\xef\xbb\xbf[{"location": "/", "tdm-reservation": 0}, {"location": "/articles/*", "tdm-reservation": 1}, 7, '
        b'{"location": 5}]'
    )
    assert signals_for("https://clinic.example/articles/sleep", rules) == ("tdm-reservation",)
    assert signals_for("https://clinic.example/about", rules) == ("tdm-reservation:0",)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[" * 100_000, b'[{"location": "/", "tdm-reservation": 9}]'])
def test_what_is_no_tdmrep_json_says_nothing(body: bytes) -> None:
    assert signals_for("https://clinic.example/", read_tdmrep(body)) == ()


def test_the_reservation_nearest_to_the_page_counts() -> None:
    reserved, free = ["tdm-reservation"], ["tdm-reservation:0"]
    assert merged(free, reserved, reserved) == ("tdm-reservation:0",)
    assert merged([], reserved, free) == ("tdm-reservation",)
    assert merged([], [], reserved) == ("tdm-reservation",)


def test_of_contradicting_preferences_the_stricter_counts() -> None:
    assert merged([], ["content-usage:search=y"], ["content-usage:search=n", "content-usage:bots=y"]) == (
        "content-usage:search=n", "content-usage:bots=y",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/", "/x", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/*.pdf$", "/x/y.pdf", True),
        ("/*.pdf$", "/x/y.pdf?z", False),
        ("/a*b*c", "/aXbYcZ", True),
        ("/a*b$", "/aXbYc", False),
        ("/aa*aa$", "/aa", False),
    ],
)
def test_patterns_match_as_in_robots_txt(pattern: str, path: str, matches: bool) -> None:
    found = signals_for(f"https://clinic.example{path}", [PathRule(pattern, ("noai",))])
    assert bool(found) == matches


@given(st.text(max_size=300), st.binary(max_size=300))
def test_no_input_breaks_the_readers(text: str, body: bytes) -> None:
    signals_for(f"https://clinic.example/{text}", [*robots_rules(text, "Galen"), *read_tdmrep(body)])
    header_signals([("X-Robots-Tag", text), ("Content-Usage", text)], "Galen")
