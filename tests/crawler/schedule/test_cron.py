from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.schedule.cron import next_time, parse_cron

BERLIN = "Europe/Berlin"


def following(expression: str, zone: str, after: str, count: int = 1) -> list[str]:
    """The next moments of an expression after `after` (UTC), in UTC."""
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    times = parse_cron(expression)
    found = []
    for _ in range(count):
        moment = next_time(times, ZoneInfo(zone), moment)
        assert moment.tzinfo is UTC
        found.append(moment.strftime("%Y-%m-%d %H:%M"))
    return found


def test_a_time_of_day_in_a_zone_moves_in_utc_with_the_season() -> None:
    assert following("30 4 * * *", BERLIN, "2026-01-10 12:00") == ["2026-01-11 03:30"]
    assert following("30 4 * * *", BERLIN, "2026-07-10 12:00") == ["2026-07-11 02:30"]


def test_a_time_that_the_spring_change_skips_moves_forward_and_runs_once() -> None:
    # On 29 March 2026 the clock goes from 02:00 to 03:00 (01:00 UTC).
    assert following("30 2 * * *", BERLIN, "2026-03-27 12:00", 3) == [
        "2026-03-28 01:30",
        "2026-03-29 01:30",  # 03:30 in Berlin
        "2026-03-30 00:30",
    ]


def test_a_time_that_the_autumn_change_doubles_runs_once() -> None:
    # On 25 October 2026 02:00 to 03:00 comes twice (00:00 and 01:00 UTC).
    assert following("30 2 * * *", BERLIN, "2026-10-24 12:00", 2) == ["2026-10-25 00:30", "2026-10-26 01:30"]


def test_times_around_the_skipped_hour_come_in_order_and_each_once() -> None:
    assert following("*/30 * * * *", BERLIN, "2026-03-29 00:00", 5) == [
        "2026-03-29 00:30",
        "2026-03-29 01:00",
        "2026-03-29 01:30",
        "2026-03-29 02:00",
        "2026-03-29 02:30",
    ]


def test_a_change_at_midnight_moves_forward_too() -> None:
    # Beirut, 29 March 2026: from 00:00 to 01:00 (22:00 UTC the day before).
    assert following("15 0 * * *", "Asia/Beirut", "2026-03-28 12:00", 2) == ["2026-03-28 22:15", "2026-03-29 21:15"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 1 1 *", "2027-01-01 00:00"),
        ("*/20 * * * *", "2026-11-23 10:40"),
        ("5,50 9-17 * * mon-fri", "2026-11-23 10:50"),
        ("0 6 * * 7", "2026-11-29 06:00"),
        ("0 6 * * sun", "2026-11-29 06:00"),
        ("0 0 13 * 5", "2026-11-27 00:00"),  # both day fields: either fits
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("10/25 11 * jan-dec *", "2026-11-23 11:10"),
        ("@daily", "2026-11-24 00:00"),
        ("22 10 * * *", "2026-11-24 10:22"),  # strictly later
    ],
)
def test_the_forms_of_crontab(expression: str, expected: str) -> None:
    assert following(expression, "UTC", "2026-11-23 10:22") == [expected]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("30 4 * *", "has 4 fields"),
        ("60 4 * * *", "minute: '60'"),
        ("x 4 * * *", "minute: 'x'"),
        ("0 9-5 * * *", "hour: '9-5' allows nothing"),
        ("0 */0 * * *", "allows nothing"),
        ("0 4 31 2 *", "never comes"),
        ("0 4 * foo *", "month: 'foo'"),
        ("0 4 -1 * *", "day of month"),
        ("", "has 0 fields"),
        ("²  4 * * *", "minute"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_field(expression: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("*", r"\*")):
        parse_cron(expression)
