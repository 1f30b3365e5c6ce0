"""Links that lead nowhere, told by their URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import trap_reason, without_session_id


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("/a/b/a/b/a/b", "path repeats itself"),
        ("/" + "/".join(f"s{number}" for number in range(21)), "path deeper than 20 segments"),
        ("/a?" + "&".join(f"f{number}=1" for number in range(9)), "more than 8 parameters"),
        ("/a?f=1&f=2&f=3", "query repeats itself"),
        ("/a?u=http%3A%2F%2Fx.example%2F%3Fu%3Dhttps%253A", "URL within a URL within a URL"),
        ("/calendar?year=2031", "date years ahead"),
        ("/calendar/2019/05", "calendar years away"),
        ("/events?day=2031-01-01", "date years ahead"),
        ("/veranstaltungen-1999/", "calendar years away"),
        ("/archive/2099/01/", "date years ahead"),
        ("/a;jsessionid=9F?id=7", "session id"),
        ("/a?PHPSESSID=0123456789abcdef", "session id"),
        ("/a?sid=9f86d081884c7d65", "session id"),
        ("/(S(x1y2))/a.aspx", "session id"),
        ("/a?replytocom=7", "link of an action"),
        ("/shop?add-to-cart=7", "link of an action"),
        ("/wp-login.php?redirect_to=/a", "link of an action"),
        ("/" + "x" * 2000, "URL longer than 2000 characters"),
    ],
)
def test_a_trap_is_told_by_its_url(url: str, reason: str) -> None:
    assert trap_reason(f"https://clinic.example{url}", this_year=2026) == reason


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/2011/11/11/11",
        "/events/2026/flu-week",
        "/calendar/2027",
        "/2019/05/flu",
        "/a?year=1918",
        "/a?sid=4711&page=2&lang=de",
        "/news/eventsful-2099",
        "/registered-nurses",
        "/a?u=https%3A%2F%2Fx.example",
        "/health/health",
    ],
)
def test_an_ordinary_link_is_no_trap(url: str) -> None:
    assert trap_reason(f"https://clinic.example{url}", 50, this_year=2026) is None


def test_too_many_links_from_the_start_are_a_trap() -> None:
    assert trap_reason("https://clinic.example/a", 51) == "more than 50 links deep"
    assert trap_reason("http://[::1") == "malformed URL"


@given(st.text(), st.integers())
def test_any_text_is_a_trap_or_none(url: str, depth: int) -> None:
    assert trap_reason(url, depth) != ""
    assert len(without_session_id(url)) <= len(url)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("/a.jsp;jsessionid=9F86?id=7#x", "/a.jsp?id=7#x"),
        ("/a?PHPSESSID=0123456789abcdef", "/a"),
        ("/a?b=1&sid=9f86d081884c7d65&c#d?sid=9f86d081884c7d65", "/a?b=1&c#d?sid=9f86d081884c7d65"),
        ("/(S(x1y2))/a.aspx", "/a.aspx"),
        ("/a?sid=4711&&x=", "/a?sid=4711&&x="),
    ],
)
def test_a_session_id_is_cut_out_and_nothing_else_changes(url: str, clean: str) -> None:
    assert without_session_id(f"https://clinic.example{url}") == f"https://clinic.example{clean}"
