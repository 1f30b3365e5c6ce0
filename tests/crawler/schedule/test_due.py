from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from crawler.schedule.due import after_run, site_times
from crawler.site import Cron, Every, Schedule
from db.connection import utc_text
from db.schedule import Planned

DAILY = Cron("30 2 * * *", zone="Europe/Berlin")


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def crawls(
    schedule: Schedule, first: str, last: str, look: timedelta, *, off: tuple[str, str] | None = None
) -> list[str]:
    """When a site is crawled by a clock that looks every `look`; between the two times of `off` the machine is off."""
    now, due, found = clock(first), clock(first), []
    while now <= clock(last):
        running = off is None or not clock(off[0]) <= now < clock(off[1])
        if running and due <= now:
            found.append(now.strftime("%d %H:%M"))
            due = after_run(schedule, now)
        now += look
    return found


def test_over_the_spring_change_a_nightly_site_is_crawled_every_night_once() -> None:
    found = crawls(DAILY, "2026-03-28 01:30", "2026-03-30 20:00", timedelta(minutes=15))

    assert found == ["28 01:30", "29 01:30", "30 00:30"]


def test_over_the_autumn_change_a_nightly_site_is_crawled_every_night_once() -> None:
    found = crawls(DAILY, "2026-10-24 00:30", "2026-10-26 20:00", timedelta(minutes=15))

    assert found == ["24 00:30", "25 00:30", "26 01:30"]


def test_an_interval_does_not_know_of_clock_changes() -> None:
    found = crawls(Every(hours=6), "2026-10-24 18:00", "2026-10-25 13:00", timedelta(minutes=15))

    assert found == ["24 18:00", "25 00:00", "25 06:00", "25 12:00"]


def test_what_was_missed_while_the_machine_was_off_is_caught_up_once() -> None:
    hourly = Cron("0 * * * *")
    found = crawls(
        hourly,
        "2026-11-01 00:00",
        "2026-11-03 09:30",
        timedelta(minutes=10),
        off=("2026-11-01 01:30", "2026-11-03 07:40"),
    )

    assert found == ["01 00:00", "01 01:00", "03 07:40", "03 08:00", "03 09:00"]


def test_jitter_only_delays_and_never_by_more_than_is_declared() -> None:
    schedule = Every(hours=1, jitter=timedelta(minutes=20))
    waits = [after_run(schedule, clock("2026-11-01 00:00"), Random(seed)) for seed in range(200)]

    assert min(waits) >= clock("2026-11-01 01:00")
    assert max(waits) <= clock("2026-11-01 01:20")
    assert len(set(waits)) > 150


def test_a_site_that_was_never_crawled_is_due_and_comes_first() -> None:
    planned = {"Old": Planned(str(Every()), "2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z")}
    times = site_times([("old", "Old", Every()), ("fresh", "Fresh", Every())], planned)

    assert [item.spider for item in times] == ["fresh", "old"]
    assert times[0].is_due(clock("2026-11-01 12:00"))
    assert not times[1].is_due(clock("2026-11-01 12:00"))
    assert times[1].is_due(clock("2026-11-02 00:00"))


def test_a_schedule_declared_anew_counts_from_the_last_crawl_at_once() -> None:
    planned = {"Site": Planned(str(Every(hours=720)), "2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z")}
    (item,) = site_times([("site", "Site", Every(hours=6))], planned)

    assert item.next_due == "2026-11-01T06:00:00Z"


def test_jitter_of_a_schedule_declared_anew_is_the_same_however_often_one_looks() -> None:
    planned = {"Site": Planned("other", None, "2026-11-01T00:00:00Z")}
    declared = [("site", "Site", Every(hours=6, jitter=timedelta(hours=1)))]

    assert site_times(declared, planned) == site_times(declared, planned)


@pytest.mark.parametrize("zone", ["Europe/Berlim", "", "../etc/passwd"])
def test_an_unknown_time_zone_is_refused_when_the_site_is_declared(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        Cron("0 4 * * *", zone=zone)


def test_a_moment_of_the_schedule_is_kept_as_utc_text() -> None:
    assert utc_text(after_run(DAILY, clock("2026-07-01 12:00"))) == "2026-07-02T00:30:00Z"


def test_a_site_that_was_crawled_by_a_clock_that_has_been_put_back_is_due() -> None:
    planned = {"Hill": Planned(str(Every(hours=6)), "2036-03-01T14:00:00Z", "2036-03-01T08:00:00Z")}
    (time,) = site_times([("hill", "Hill", Every(hours=6))], planned)

    assert time.is_due(clock("2026-03-01 08:00"))
    assert not time.is_due(clock("2036-03-01 08:00"))
