"""Which sites are due, and when the others are: pure decisions over what the database says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from crawler.schedule.cron import next_time, parse_cron
from crawler.site import Cron, Every, Schedule
from db.connection import utc_text
from db.schedule import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTime:
    """When a declared site is crawled next."""

    spider: str
    site: str
    schedule: Schedule
    last_started: str | None
    """Start of the newest crawl that came to its end (UTC text)."""
    next_due: str | None
    """UTC text; None = never crawled, so due at once."""

    def is_due(self, now: datetime) -> bool:
        """Whether the site's time has come; where the last crawl lies in the future the clock has been put back."""
        return (
            self.next_due is None
            or self.next_due <= utc_text(now)
            or (self.last_started is not None and self.last_started > utc_text(now))
        )


def after_run(schedule: Schedule, started: datetime, random: Random | None = None) -> datetime:
    """When a site is due again after a crawl that began at `started` (both with a zone; UTC out).

    However many times were missed before `started`, the crawl stands for all of them.
    """
    match schedule:
        case Every(hours=hours):
            due = started.astimezone(UTC) + timedelta(hours=hours)
        case Cron(expression=expression, zone=zone):
            due = next_time(parse_cron(expression), ZoneInfo(zone), started)
    return due + schedule.jitter * (random or Random()).random()


def site_times(declared: Iterable[tuple[str, str, Schedule]], planned: Mapping[str, Planned]) -> list[SiteTime]:
    """When each declared site (spider, name, schedule) is due, soonest first.

    A schedule that was declared anew since the last crawl counts from that crawl at once.
    """
    times = [_site_time(spider, site, schedule, planned.get(site)) for spider, site, schedule in declared]
    return sorted(times, key=lambda item: (item.next_due or "", item.site))


def _site_time(spider: str, site: str, schedule: Schedule, plan: Planned | None) -> SiteTime:
    next_due = plan.next_due if plan is not None else None
    last = plan.last_started if plan is not None else None
    if plan is not None and last is not None and plan.schedule != str(schedule):
        # The same jitter however often it is asked.
        next_due = utc_text(after_run(schedule, datetime.fromisoformat(last), Random(f"{site} {last}")))
    return SiteTime(spider=spider, site=site, schedule=schedule, last_started=last, next_due=next_due)
