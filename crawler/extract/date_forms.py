"""The written forms of dates and times, as regular expressions over folded text.

Each form gives year, month and day as text, or an ordered triple whose order is still open. The forms
were collected from health sites in seven languages; `crawler.extract.dates` decides what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.extract.date_words import AM, BEFORE_TIME, HAN_WEEKDAY, MONTH, MONTHS, PM, WEEKDAY, WEEKDAYS, ZONE

_LETTER = r"[^\W\d_]"
_YEAR = r"(?:19|20)\d\d"
_NO_NUMBER_BEFORE = r"(?<!\d)(?<!\d[./-])(?<![$€£])"
# Two <time> elements without a space: '30.01.202430. Januar 2024'.
_GLUED_AFTER = rf"(?=\d\d?\.?\s?(?:{MONTH}))"
_YEAR_END = rf"(?:(?!\d)|{_GLUED_AFTER})"
_NO_NUMBER_AFTER = rf"(?:(?!\d)(?![./-]\d)|{_GLUED_AFTER})"
_DAY = r"\d{1,2}(?:\s?(?:st|nd|rd|th|er|º|°|ª|\.))?"
_OF = r"(?:\s+(?:of|de|del)\s+|\s*[,.-]\s*|\s+|(?<=\.))"
_IN_MONTH = r"(?:\s*[,.]\s*|\s*-\s*|\s+(?:of|de|del)\s+|\s+)"
_A_MONTH = rf"(?<!{_LETTER})(?P<month>{MONTH})(?!{_LETTER})\.?"

_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_NO_NUMBER_BEFORE}(?P<year>{_YEAR})\s?(?P<mark>[-/.])\s?(?P<number>\d\d?)\s?(?P=mark)\s?(?P<day>\d\d?)(?!\d|[/-]\d)",
        rf"(?<!\d)(?:(?P<year>{_YEAR})|民[國国]\s?(?P<republic>\d\d\d?))\s?年\s?(?P<number>\d\d?)\s?月(?:\s?(?P<day>\d\d?)\s?[日号號])?",
        rf"(?:(?<!\d)|(?<=[./ ](?:19|20)\d\d))(?P<day>{_DAY}){_OF}{_A_MONTH}{_IN_MONTH}(?P<year>{_YEAR}){_YEAR_END}",
        rf"{_A_MONTH}\s*-?(?P<day>{_DAY})(?:\s*[,.]\s*|\s+|\s*-\s*)(?:(?:of|de)\s)?(?P<year>{_YEAR})(?!\d)",
        rf"(?<!\d)(?P<year>{_YEAR})[\s,-]+{_A_MONTH}[\s-]+(?P<day>\d\d?)(?!\d)",
        rf"(?<!\d\s)(?<!\d\.\s){_A_MONTH}{_IN_MONTH}(?P<year>{_YEAR})(?!\d)",
        rf"{_NO_NUMBER_BEFORE}(?P<number>0?[1-9]|1[0-2])/(?P<year>{_YEAR})(?![\d/])",
        rf"(?<!\d)(?P<day>\d\d?)-(?P<month>{MONTH})-(?P<short>\d\d)(?!\d)",
        rf"{_NO_NUMBER_BEFORE}(?P<first>\d\d?)(?P<mark>[./-])\s?(?P<second>\d\d?)(?P=mark)\s?(?P<third>\d{{4}}|\d\d){_NO_NUMBER_AFTER}",
        # Numbers parted by spaces are a date only after a weekday, which also tells day from month.
        r"(?<=\s)(?P<first>\d\d)(?P<mark>\s)(?P<second>\d\d)\s(?P<third>\d{4})(?!\d)",
    )
)

_WEEKDAY_BEFORE = re.compile(rf"(?:(?<!{_LETTER})(?P<latin>{WEEKDAY})\.?\s?,?|{HAN_WEEKDAY})\s*\Z")
_WEEKDAY_SPAN = 20
_TIME = re.compile(
    rf"(?:\s*[(（]?{HAN_WEEKDAY}[)）]?)?"
    rf"(?:\s*(?:t(?=\d)|[,|•·–—/-]|{BEFORE_TIME})?\s*)"
    rf"(?:(?P<am>{AM})|(?P<pm>{PM}))?\s*"
    r"(?P<hour>\d{1,2})"
    r"(?:(?P<colon>:)(?P<minute>[0-5]\d)(?!\d)(?::(?P<second>[0-5]\d)(?!\d)(?:[.,]\d+)?)?"
    r"|(?P<dot>\.)(?P<minute2>[0-5]\d)(?![\d.])"
    r"|\s?h(?:\s?(?P<minute3>[0-5]\d))?(?![^\W_])"
    r"|\s?[时時点點](?:\s?(?P<minute4>[0-5]\d)\s?分?)?)?"
    rf"(?:\s?(?:(?P<am2>{AM})|(?P<pm2>{PM}))(?!{_LETTER}))?"
    rf"(?P<hours>\s?(?:uhr|hrs?)(?!{_LETTER}))?"
    rf"(?:\s?\(?(?P<zone>{ZONE}|z)(?!{_LETTER})\)?)?"
    r"(?:\s?(?:\((?:gmt|utc))?(?P<shift>[+-]\d\d?(?::?\d\d)?)(?!\d)\)?)?"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it stands in folded text; what is not stated is None."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    numbers: tuple[int, int, int] | None = None
    """Day, month and year in an order that is still open."""
    short_year: bool = False
    mark: str = ""
    """What parts the numbers: '.', '/', '-' or ' '."""
    weekday: int | None = None
    """Monday is 1."""


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """A time of day that follows a date."""

    end: int
    clock: str
    """'10:37' or '10:37:05'."""
    shift: int | None
    """Minutes east of UTC, where stated in numbers."""
    zone: str | None
    """The name of the zone."""


def written_dates(folded: str) -> Iterator[Written]:
    """All dates in the text from left to right, without overlaps; weekdays before them included."""
    found = sorted(
        (match for form in _FORMS for match in form.finditer(folded)),
        key=lambda match: (match.start(), -match.end()),
    )
    past = 0
    for match in found:
        if match.start() < past:
            continue
        written = _written(match, folded)
        if written is not None:
            past = written.end
            yield written


def _written(match: re.Match[str], folded: str) -> Written | None:
    parts = match.groupdict()
    before = _WEEKDAY_BEFORE.search(folded, max(0, match.start() - _WEEKDAY_SPAN), match.start())
    start = before.start() if before else match.start()
    weekday = WEEKDAYS[" ".join(before["latin"].split())] if before and before["latin"] else None
    if "first" in parts:
        if parts["mark"].isspace() and weekday is None:
            return None
        numbers = (int(parts["first"]), int(parts["second"]), int(parts["third"]))
        return Written(
            start=start,
            end=match.end(),
            numbers=numbers,
            short_year=len(parts["third"]) == 2,
            mark=parts["mark"],
            weekday=weekday,
        )
    day = re.match(r"\d+", parts.get("day") or "")
    return Written(
        start=start,
        end=match.end(),
        year=_year(parts),
        month=MONTHS[parts["month"]] if parts.get("month") else int(parts["number"]),
        day=int(day[0]) if day else None,
        weekday=weekday,
    )


def _year(parts: dict[str, str | None]) -> int:
    if republic := parts.get("republic"):
        return 1911 + int(republic)
    if short := parts.get("short"):
        return 2000 + int(short)
    return int(parts["year"] or 0)


def time_after(folded: str, position: int) -> WrittenTime | None:
    """The time of day that stands right after a date which ends at `position`, else None."""
    match = _TIME.match(folded, position)
    if match is None or not _is_time(match):
        return None
    hour = int(match["hour"])
    morning, afternoon = match["am"] or match["am2"], match["pm"] or match["pm2"]
    if afternoon and hour < 12:
        hour += 12
    elif morning and hour == 12:
        hour = 0
    if hour > 23:
        return None
    minute = match["minute"] or match["minute2"] or match["minute3"] or match["minute4"] or "00"
    clock = f"{hour:02}:{minute}" + (f":{match['second']}" if match["second"] else "")
    return WrittenTime(end=match.end(), clock=clock, shift=_minutes(match["shift"]), zone=match["zone"])


def _is_time(match: re.Match[str]) -> bool:
    """A bare number is no hour: it needs minutes, am or pm, 'Uhr' or 'h' beside it.

    10.37 is a number unless a word such as 'Uhr', 'WIB' or 'pukul' says otherwise.
    """
    stated = bool(match["am"] or match["pm"] or match["am2"] or match["pm2"] or match["hours"])
    if match["dot"]:
        return stated or bool(match["zone"]) or _has_word(match)
    letter = match.end("hour") < len(match.string) and match.string[match.end("hour")] in " h时時点點"
    lettered = letter and match.string[match.end("hour") : match.end()].strip()[:1] in tuple("h时時点點")
    return bool(match["colon"]) or stated or lettered


def _has_word(match: re.Match[str]) -> bool:
    return any(char.isalpha() for char in match.string[match.start() : match.start("hour")])


def _minutes(shift: str | None) -> int | None:
    """'+08:00', '+0800' and '+8' as minutes east of UTC; None for more than 14 hours."""
    if not shift:
        return None
    digits = shift[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    total = hours * 60 + minutes
    return (-total if shift[0] == "-" else total) if total <= 14 * 60 and minutes < 60 else None
