"""How long a server's words make us wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.polite.delays import crawl_delay, parse_retry_after, slow_down

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (b"3", 3),
        (" 120 ", 120),
        ("0", 0),
        ("86400", 3600),
        ("9" * 400, 3600),
        ("Sun, 01 Mar 2026 12:00:07 GMT", 7),
        (b"Sunday, 01-Mar-26 12:00:07 GMT", 7),
        ("Sun, 01 Mar 2026 14:00:07 +0200", 7),
        ("Mon, 01 Mar 2027 12:00:00 GMT", 3600),
        ("Sun, 01 Mar 2020 12:00:00 GMT", 0),
    ],
)
def test_retry_after_says_when_to_come_back(value: bytes | str, wait: int) -> None:
    assert parse_retry_after(value, NOW) == NOW + timedelta(seconds=wait)


@pytest.mark.parametrize("value", [None, "", "soon", "-3", "1.5", "٣", b"\xff", "Sun, 99 Mar 2026 12:00:00 GMT"])
def test_a_garbled_retry_after_says_nothing(value: bytes | str | None) -> None:
    assert parse_retry_after(value, NOW) is None


@given(st.one_of(st.text(), st.binary()))
def test_no_retry_after_is_longer_than_an_hour_or_breaks_anything(value: bytes | str) -> None:
    later = parse_retry_after(value, NOW)
    assert later is None or NOW <= later <= NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [(None, 0), (0.0, 0), (-1.0, 0), (float("nan"), 0), (2.5, 2.5), (600.0, 30), (float("inf"), 30)],
)
def test_crawl_delay_is_capped_at_thirty_seconds(stated: float | None, seconds: float) -> None:
    assert crawl_delay(stated) == seconds


@dataclass
class Slot:
    delay: float
    jitter: float


def test_a_slot_waits_at_least_as_long_as_asked() -> None:
    slot = Slot(delay=1.0, jitter=0.5)
    slow_down(slot, 2.0)
    assert slot == Slot(delay=2.0, jitter=0.0)


def test_a_random_factor_cannot_undercut_what_was_asked() -> None:
    slot = Slot(delay=2.0, jitter=0.5)
    slow_down(slot, 2.0)
    assert slot == Slot(delay=2.0, jitter=0.0)


def test_a_slower_slot_stays_as_it_is() -> None:
    slot = Slot(delay=10.0, jitter=0.5)
    slow_down(slot, 2.0)
    assert slot == Slot(delay=10.0, jitter=0.5)
