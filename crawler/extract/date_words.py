"""The words of dates in every known language, as regular expressions and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler.extract.words import any_of, languages, primary, table


def _all_numbered(key: str) -> dict[str, int]:
    """Month or weekday words of all languages with their number, first = 1; no two languages contradict each other."""
    return {
        word: number
        for language in languages()
        for number, words in enumerate(table(language)["dates"][key], start=1)
        for word in words
    }


def _all(key: str) -> list[str]:
    return [word for language in languages() for word in table(language)["dates"][key]]


MONTHS: Mapping[str, int] = _all_numbered("months")
WEEKDAYS: Mapping[str, int] = _all_numbered("weekdays")
"""Monday is 1."""

MONTH = any_of(MONTHS)
WEEKDAY = any_of(WEEKDAYS)
HAN_WEEKDAY = "(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]"
BEFORE_TIME = any_of(_all("before_time"))
AM = any_of(_all("am"))
PM = any_of(_all("pm"))


@cache
def zones(language: str | None) -> Mapping[str, int]:
    """Zone name -> minutes east of UTC; the language's own meaning wins (CST in Chinese is China's)."""
    found: dict[str, int] = {}
    for code in (*languages(), "en", primary(language) or "en"):
        found |= table(code)["dates"].get("zones", {})
    return found


ZONE = any_of(word for language in languages() for word in table(language)["dates"].get("zones", {}))


@cache
def order_of(language: str | None) -> str | None:
    """'DMY' or 'YMD' where all countries that write the language agree, else None."""
    own = primary(language)
    order: str | None = table(own)["dates"].get("order") if own else None
    return order


@dataclass(frozen=True, slots=True)
class RelativeWords:
    """How one language says how long ago something was."""

    pattern: re.Pattern[str]
    """Over folded text; groups <unit>_0, <unit>_1, ... hold the number, `day` a word such as 'yesterday'."""
    days: Mapping[str, int]
    ones: frozenset[str]


@cache
def relative_words(language: str | None) -> tuple[RelativeWords, ...]:
    """Of the language alone; of every language where it is unknown (a 'hier' is 'yesterday' in French only)."""
    own = primary(language)
    chosen = dict.fromkeys((own, "en")) if own else dict.fromkeys(languages())
    return tuple(_relative(table(code)["dates"], whole_words=code != "zh") for code in chosen if code)


def _relative(dates: Mapping[str, Any], *, whole_words: bool) -> RelativeWords:
    ones = list(dates["ones"])
    edge, end = (r"(?<![^\W_])", r"(?![^\W_])") if whole_words else ("", "")
    parts = [edge + part + end for part in _ago(dates, rf"\d{{1,3}}|{any_of(ones)}")]
    parts.append(f"{edge}(?P<day>{any_of(dates['days'])}){end}")
    return RelativeWords(pattern=re.compile("|".join(parts)), days=dates["days"], ones=frozenset(ones))


def _ago(dates: Mapping[str, Any], number: str) -> Iterator[str]:
    for form, template in enumerate(dates["ago"]):
        for unit, words in dates["units"].items():
            before, after = template.split("{n}")
            counted = rf"(?P<{unit}_{form}>{number})"
            tail = re.escape(after).replace(r"\ ", r"\s*").replace(r"\{unit\}", any_of(words))
            yield re.escape(before).replace(r"\ ", r"\s+") + counted + tail
