"""Cron expressions of five fields, read after crontab(5), and the moments they name in a time zone.

Not taken over from crontab: seconds, years, '@reboot'. A local time that the clock skips is moved forward by what
was skipped; a local time that comes twice is used the first time only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAYS = {name: number for number, name in enumerate("sun mon tue wed thu fri sat".split())}
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
)
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_HORIZON_DAYS = 366 * 8 + 2
"""29 February comes again after eight years at most."""


@dataclass(frozen=True, slots=True)
class CronTimes:
    """A cron expression, read: the numbers that each field allows."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 = Sunday."""
    either_day: bool
    """Both day fields are restricted: a day that fits one of them fits."""

    def _fits(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month or of_week if self.either_day else of_month and of_week


def parse_cron(expression: str) -> CronTimes:
    """Read 'minute hour day-of-month month day-of-week' or '@daily'. Raises ValueError that names the field."""
    fields = _ALIASES.get(expression.strip().lower(), expression).split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"cron expression {expression!r} has {len(fields)} fields; five are needed, as in '30 4 * * *'"
        )
    minutes, hours, days, months, weekdays = (
        _numbers(text, *field) for text, field in zip(fields, _FIELDS, strict=True)
    )
    times = CronTimes(
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        frozenset(days),
        frozenset(months),
        frozenset(number % 7 for number in weekdays),
        # crontab(5): a field that begins with a star restricts nothing.
        either_day=not fields[2].startswith("*") and not fields[4].startswith("*"),
    )
    if next(_days(times, date(2024, 1, 1)), None) is None:
        raise ValueError(f"cron expression {expression!r} names a day that never comes")
    return times


def next_time(times: CronTimes, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment of the expression strictly later than `after`, in UTC; `after` carries a zone."""
    # A day early: a moment that was moved forward may lie on the next day.
    for day in _days(times, after.astimezone(zone).date() - timedelta(days=1)):
        moments = (
            datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
            for hour, minute in product(times.hours, times.minutes)
        )
        # The smallest, not the first: moved moments of the skipped hour come after those of the next one.
        later = min((moment for moment in moments if moment > after), default=None)
        if later is not None:
            return later
    raise AssertionError("parse_cron lets no expression through that names no day")


def _days(times: CronTimes, first: date) -> Iterator[date]:
    return (day for day in (first + timedelta(days=n) for n in range(_HORIZON_DAYS)) if times._fits(day))


def _numbers(text: str, name: str, lowest: int, highest: int, words: dict[str, int]) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"cron field {name}: {part!r} is no number, range or step")
        if match["first"] == "*" and match["last"] is None:
            first, last = lowest, highest
        else:
            first = _number(match["first"], name, lowest, highest, words)
            last = first
            if match["last"] is not None:
                last = _number(match["last"], name, lowest, highest, words)
            elif match["step"] is not None:
                last = highest
        step = int(match["step"] or 1)
        if first > last or step == 0:
            raise ValueError(f"cron field {name}: {part!r} allows nothing")
        found.update(range(first, last + 1, step))
    return found


def _number(text: str, name: str, lowest: int, highest: int, words: dict[str, int]) -> int:
    number = words.get(text.lower(), int(text) if text.isdecimal() else -1)
    if not lowest <= number <= highest:
        raise ValueError(f"cron field {name}: {text!r} does not lie between {lowest} and {highest}")
    return number
