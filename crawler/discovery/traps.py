"""Links that lead nowhere: spaces without end that no budget should be spent on."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from crawler.discovery.found import MAX_URL

MAX_DEPTH = 50
"""Links from where the crawl began; breadth first, no site's articles lie deeper."""
MAX_SEGMENTS = 20
MAX_REPEATS = 2
"""Times that one path segment may stand in a path: relative links that lack their slash grow '/a/b/a/b/a/b'."""
MAX_PARAMETERS = 8
MAX_SAME_PARAMETER = 2
YEARS_AROUND = 2
"""Calendars have pages for every year there is; articles about the next years do not exist yet."""

CALENDAR = re.compile(
    r"(?:^|[/_?&=.-])(?:calendar|kalender|calendrier|calendario|events?|termine|agenda|veranstaltung(?:en)?|日历)"
    r"(?=[/_?&=.-]|$)",
    re.IGNORECASE,
)
DATE_PARAMETERS = frozenset({"year", "yr", "y", "jahr", "month", "date", "day", "tribe-bar-date"})
YEAR = re.compile(r"(?<!\d)(1[6-9]\d\d|[2-9]\d\d\d)(?!\d)")
DATED_PATH = re.compile(r"/(2\d\d\d)(?:[/-](?:0?[1-9]|1[0-2]))(?=[/-]|$)")

SESSION_PARAMETERS = frozenset(
    "phpsessid jsessionid sessionid session_id session sid sess oscsid zenid cfid cftoken s".split()
)
SESSION_VALUE = re.compile(r"(?=.*\d)[0-9A-Za-z,_-]{12,}\Z")
"""Long and mixed: 'sid=12' is the number of an article."""
SESSION_SEGMENT = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*|/\([ASF]\([^()/]*\)\)(?=/)", re.IGNORECASE)

ACTION_PARAMETERS = frozenset({"add-to-cart", "add_to_cart", "add_to_wishlist", "replytocom"})
ACTION_PATH = re.compile(
    r"/(?:log(?:in|out|off)|sign-?(?:in|out|up)|register|cart|checkout|wp-login|wp-admin|xmlrpc)(?:\.\w{2,5})?(?:/|$)",
    re.IGNORECASE,
)
"""Links that do something instead of showing something."""

NESTED = re.compile(r"https?(?::|%3a)", re.IGNORECASE)


def trap_reason(url: str, depth: int = 0, *, this_year: int | None = None) -> str | None:
    """Why a link should not be followed, in a few words; None where nothing speaks against it.

    `depth` counts the links from where the crawl began. Judges single URLs only: what many pages without an article
    have in common is for the frontier to see.
    """
    if len(url) > MAX_URL:
        return f"URL longer than {MAX_URL} characters"
    if depth > MAX_DEPTH:
        return f"more than {MAX_DEPTH} links deep"
    try:
        split = urlsplit(url)
    except ValueError:
        return "malformed URL"
    parameters = [(name.lower(), value) for name, value in parse_qsl(split.query, keep_blank_values=True)]
    this_year = this_year or datetime.now(UTC).year
    return (
        _path_reason(split.path)
        or _query_reason(parameters)
        or _session_reason(url, parameters)
        or _year_reason(split.path, split.query, parameters, this_year)
    )


def without_session_id(url: str) -> str:
    """The same address without session ids: sites that write one into every link have no other links to follow."""
    address, mark, query = SESSION_SEGMENT.sub("", url).partition("?")
    query, hash_mark, fragment = query.partition("#")
    kept = "&".join(
        pair for pair in query.split("&") if not _is_session(pair.partition("=")[0].lower(), pair.partition("=")[2])
    )
    return address + (mark if kept else "") + kept + hash_mark + fragment


def _path_reason(path: str) -> str | None:
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return f"path deeper than {MAX_SEGMENTS} segments"
    # Short numbers repeat in dates: /2011/11/11/11.
    counts = Counter(segment for segment in segments if not (segment.isdigit() and len(segment) <= 2))
    if counts and max(counts.values()) > MAX_REPEATS:
        return "path repeats itself"
    if ACTION_PATH.search(path):
        return "link of an action"
    return None


def _query_reason(parameters: list[tuple[str, str]]) -> str | None:
    if len(parameters) > MAX_PARAMETERS:
        return f"more than {MAX_PARAMETERS} parameters"
    names = Counter(name for name, _ in parameters)
    if names and max(names.values()) > MAX_SAME_PARAMETER:
        return "query repeats itself"
    if any(name in ACTION_PARAMETERS for name in names):
        return "link of an action"
    if any(len(NESTED.findall(value)) > 1 for _, value in parameters):
        return "URL within a URL within a URL"
    return None


def _session_reason(url: str, parameters: list[tuple[str, str]]) -> str | None:
    if SESSION_SEGMENT.search(url) or any(_is_session(name, value) for name, value in parameters):
        return "session id"
    return None


def _is_session(name: str, value: str) -> bool:
    return name in SESSION_PARAMETERS and SESSION_VALUE.match(value) is not None


def _year_reason(path: str, query: str, parameters: list[tuple[str, str]], this_year: int) -> str | None:
    future = [int(year) for year in DATED_PATH.findall(path)]
    future += [int(year) for name, value in parameters if name in DATE_PARAMETERS for year in YEAR.findall(value)]
    if any(year > this_year + YEARS_AROUND for year in future):
        return "date years ahead"
    address = f"{path}?{query}"
    if CALENDAR.search(address) and any(abs(int(year) - this_year) > YEARS_AROUND for year in YEAR.findall(address)):
        return "calendar years away"
    return None
