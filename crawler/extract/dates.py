"""Dates as pages write them, read to the precision they are written in; nothing is invented.

`read_date` and `find_dates` read text in any known language, `parse_iso` reads values made for
machines (JSON-LD, meta elements, feeds). Which of two numbers is the month is decided by the site, by
a number over 12, by a weekday or by the language, where all its countries agree; else it is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from crawler.extract.clean import fold
from crawler.extract.date_forms import Written, time_after, written_dates
from crawler.extract.date_words import HAN_WEEKDAY, RelativeWords, order_of, relative_words, zones
from crawler.site import DateOrder
from db.records import Origin, PartialDate

FIRST_YEAR = 1990
"""No web page is older; what claims to be is a birthday, a study or a mistake."""

MAX_CHARS = 20_000
"""Dates are looked for in the first so many characters of a text."""

_ORDERS = {"DMY": (2, 1, 0), "MDY": (2, 0, 1), "YMD": (0, 1, 2)}


def read_date(
    text: str,
    *,
    language: str | None,
    date_order: DateOrder | None,
    fetched_at: datetime,
    origin: Origin = Origin.TEXT,
    future: bool = False,
) -> PartialDate | None:
    """The first date in the text, or None; see `find_dates`. A text that is only a year is that year."""
    bare = text.strip()
    if re.fullmatch(r"(?:19|20)\d\d", bare):
        stated = PartialDate(value=bare, raw=bare, origin=origin)
        return stated if int(bare) >= FIRST_YEAR and (future or is_past(stated, fetched_at)) else None
    found = find_dates(
        text, language=language, date_order=date_order, fetched_at=fetched_at, origin=origin, future=future
    )
    return found[0][2] if found else None


def find_dates(
    text: str,
    *,
    language: str | None,
    date_order: DateOrder | None,
    fetched_at: datetime,
    origin: Origin = Origin.TEXT,
    future: bool = False,
) -> list[tuple[int, int, PartialDate]]:
    """All dates in the text with their span (start, end), weekday, time and zone included.

    `date_order` is the site's; `fetched_at` resolves '3 days ago' and bounds the dates: later than one
    day after it is no date unless `future` (a review that is still due), nor is anything before 1990.
    Impossible dates and those whose day and month cannot be told apart are left out.
    """
    folded = fold(text[:MAX_CHARS])
    found = [*_relative(text, folded, language, fetched_at)]
    if any(char.isdigit() for char in folded):
        found += _absolute(folded, language, date_order, fetched_at)
    found.sort(key=lambda span: (span[0], -span[1]))
    dates: list[tuple[int, int, PartialDate]] = []
    for start, end, stated in found:
        if (dates and start < dates[-1][1]) or not (future or is_past(stated, fetched_at)):
            continue
        dates.append((start, end, replace(stated, raw=text[start:end], origin=origin)))
    return dates


def is_past(stated: PartialDate, fetched_at: datetime) -> bool:
    """Whether the date lies at most one day after the fetch (time zones), compared to its own precision."""
    latest = (fetched_at + timedelta(days=1)).date().isoformat()
    return stated.value[:10] <= latest[: len(stated.value)]


def has_weekday(stated: PartialDate) -> bool:
    """Whether a Chinese weekday is written with the date, as page clocks do."""
    return bool(re.search(HAN_WEEKDAY, stated.raw or ""))


def _absolute(
    folded: str, language: str | None, date_order: DateOrder | None, fetched_at: datetime
) -> Iterator[tuple[int, int, PartialDate]]:
    for written in written_dates(folded):
        value = _calendar(written, language, date_order, fetched_at)
        if value is None:
            continue
        time = time_after(folded, written.end) if len(value) == 10 else None
        if time is None:
            yield written.start, written.end, PartialDate(value=value)
            continue
        offset = time.shift if time.shift is not None else zones(language).get(time.zone or "")
        if time.zone == "z":
            offset = 0
        yield written.start, time.end, _at(value, time.clock, offset)


def _at(day: str, clock: str, offset: int | None) -> PartialDate:
    """Midnight to the second is what software prints for a date without a time."""
    value = day if clock == "00:00:00" else f"{day}T{clock}"
    return PartialDate(value=value, offset=offset)


def _calendar(written: Written, language: str | None, date_order: DateOrder | None, fetched_at: datetime) -> str | None:
    """'2025-12-03' or '2025-12', or None where there is no such day or it cannot be known which."""
    if written.numbers is None:
        return _iso(written.year or 0, written.month, written.day)
    readings = {
        order: value
        for order in _possible_orders(written)
        if (value := _in_order(written, order, fetched_at)) is not None
    }
    for order in (date_order, order_of(language)):
        if order in readings:
            return readings[order]
    if written.short_year:
        readings.pop("YMD", None)
    return next(iter(readings.values())) if len(set(readings.values())) == 1 else None


def _possible_orders(written: Written) -> tuple[str, ...]:
    return ("DMY", "MDY", "YMD") if written.short_year else ("DMY", "MDY")


def _in_order(written: Written, order: str, fetched_at: datetime) -> str | None:
    assert written.numbers is not None
    year, month, day = (written.numbers[position] for position in _ORDERS[order])
    if written.short_year:
        year += 2000 if 2000 + year <= fetched_at.year + 10 else 1900
    value = _iso(year, month, day)
    if value is None or written.weekday is None:
        return value
    return value if date.fromisoformat(value).isoweekday() == written.weekday else None


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    if year < FIRST_YEAR or year > 2999 or month is None:
        return None
    try:
        stated = date(year, month, day or 1).isoformat()
    except ValueError:
        return None
    return stated if day else stated[:7]


def _relative(
    text: str, folded: str, language: str | None, fetched_at: datetime
) -> Iterator[tuple[int, int, PartialDate]]:
    for words in relative_words(language):
        for match in words.pattern.finditer(folded):
            if match["day"] and _is_part_of_name(text, match.start()):
                continue
            yield match.start(), match.end(), _before(match, words, fetched_at)


def _is_part_of_name(text: str, start: int) -> bool:
    """'Today' with a capital inside a text is the end of a magazine's name."""
    return text[start].isupper() and text[:start].rstrip(" ")[-1:].isalnum()


def _before(match: re.Match[str], words: RelativeWords, fetched_at: datetime) -> PartialDate:
    """How long ago, to the precision it is said in: hours and days give a day, weeks and months a month."""
    if match["day"]:
        back = timedelta(days=words.days[match["day"]])
        return PartialDate(value=(fetched_at - back).date().isoformat())
    group, count = next((name, text) for name, text in match.groupdict().items() if text)
    number = 1 if count in words.ones else int(count)
    unit = group.partition("_")[0]
    if unit == "year":
        return PartialDate(value=str(fetched_at.year - number))
    if unit == "month":
        months = fetched_at.year * 12 + fetched_at.month - 1 - number
        return PartialDate(value=f"{months // 12}-{months % 12 + 1:02}")
    day = fetched_at - timedelta(**{f"{unit}s": number})
    return PartialDate(value=day.date().isoformat()[: 7 if unit == "week" else 10])


_MACHINE = re.compile(
    r"(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?"
    r"(?:(?:\s*[tT]\s*|\s+)(?P<clock>\d\d:?\d\d(?::?\d\d)?)(?:[.,]\d+)?"
    r"\s*(?P<zone>[zZ]|(?:UTC|GMT)?\s*[+-]\d\d(?::?\d\d)?|UTC|GMT)?)?"
)


def parse_iso(value: str, origin: Origin) -> PartialDate | None:
    """A date made for machines: ISO 8601 and near to it, RFC 2822, or an English date; else None.

    '2025', '2025-12', '20251203', '2025-12-03 10:37', '2025-12-03T10:37:05.123+0800',
    'Wed, 03 Dec 2025 10:37:00 GMT'. Midnight to the second counts as a day. The caller bounds it with
    `is_past`.
    """
    text = value.strip()[:100]
    match = _MACHINE.fullmatch(text)
    if match is None:
        far = datetime(2998, 12, 31)  # noqa: DTZ001 - only its year counts: nothing here is relative to it
        found = [*_absolute(fold(text), "en", None, far)]
        return replace(found[0][2], raw=value, origin=origin) if found and found[0][0] == 0 else None
    day = _iso(int(match["year"]), int(match["month"] or 1), int(match["day"]) if match["day"] else None)
    if day is None:
        return None
    if not match["day"]:
        whole = day if match["month"] else match["year"]
        return PartialDate(value=whole, raw=value, origin=origin)
    stated = PartialDate(value=day)
    if match["clock"]:
        tail = time_after(fold(f"t{_colons(match['clock'])}{(match['zone'] or '').replace(' ', '')}"), 0)
        if tail is None:
            return None
        stated = _at(day, tail.clock, 0 if tail.zone in {"z", "utc", "gmt"} and tail.shift is None else tail.shift)
    return replace(stated, raw=value, origin=origin)


def _colons(clock: str) -> str:
    digits = clock.replace(":", "")
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
