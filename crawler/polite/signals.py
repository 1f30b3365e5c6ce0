"""What a site says about the use of its pages besides the pages themselves: headers, robots.txt, tdmrep.json. Pure.

X-Robots-Tag (Google's), tdm-reservation and /.well-known/tdmrep.json (W3C community group, TDMRep 2024),
Content-Usage (draft-ietf-aipref-attach) and Content-Signal (contentsignals.org). The words are those of `db.policy`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extract.clean import safe_json
from crawler.extract.policy import directives, reservation

MAX_RULES = 1_000
"""Of one robots.txt or tdmrep.json."""
_AGENT = re.compile(r"^\s*([A-Za-z][\w.-]*)\s*:\s*(?=[a-z])")
_DIRECTIVES_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_PREFERENCE = re.compile(r"([a-z][a-z0-9-]*)\s*=\s*(yes|no|y|n)(?![a-z])", re.IGNORECASE)
_USAGE = ("content-usage", "content-signal")
SPEAKING = ("x-robots-tag", "tdm-reservation", *_USAGE)
"""Headers that are read."""


@dataclass(frozen=True, slots=True)
class PathRule:
    """Signals for the paths that a pattern matches."""

    pattern: str
    """As in robots.txt: a prefix, with '*' for anything and '$' for the end."""
    signals: tuple[str, ...]


def robots_tag_signals(values: Iterable[str], product: str) -> list[str]:
    """Signals of X-Robots-Tag headers: those for everybody and those for `product` ('Galen: noindex')."""
    found: list[str] = []
    for value in values:
        named = _AGENT.match(value)
        if named and named[1].lower() not in _DIRECTIVES_WITH_VALUE:
            if named[1].lower() != product.lower():
                continue
            value = value[named.end() :]
        found += directives(value)
    return found


def usage_signals(name: str, value: str) -> list[str]:
    """Signals of one Content-Usage or Content-Signal statement: 'content-usage:train-ai=n'."""
    return [f"{name.lower()}:{key.lower()}={answer.lower()}" for key, answer in _PREFERENCE.findall(value)]


def header_signals(headers: Iterable[tuple[str, str]], product: str) -> tuple[str, ...]:
    """Signals of a response's headers; names in any case, repeats allowed."""
    pairs = [(name.lower(), value) for name, value in headers]
    found = robots_tag_signals([value for name, value in pairs if name == "x-robots-tag"], product)
    for name, value in pairs:
        if name == "tdm-reservation":
            found += reservation(value)
        elif name in _USAGE:
            found += usage_signals(name, value)
    return tuple(dict.fromkeys(found))


def robots_rules(text: str, product: str) -> tuple[PathRule, ...]:
    """Content-Usage and Content-Signal lines of a robots.txt in the groups that are ours.

    Groups are chosen as RFC 9309 says: those that name `product`, else those for '*'.
    """
    ours: list[PathRule] = []
    everybody: list[PathRule] = []
    agents: list[str] = []
    in_rules = False
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        name = name.lower()
        if not colon:
            continue
        if name == "user-agent":
            agents = [value.lower()] if in_rules else [*agents, value.lower()]
            in_rules = False
            continue
        in_rules = True
        if name in _USAGE and len(ours) + len(everybody) < MAX_RULES:
            path, _, rest = value.partition(" ") if value.startswith("/") else ("/", "", value)
            rule = PathRule(path, tuple(usage_signals(name, rest)))
            if product.lower() in agents:
                ours.append(rule)
            elif "*" in agents:
                everybody.append(rule)
    return tuple(ours or everybody)


def read_tdmrep(body: bytes) -> tuple[PathRule, ...]:
    """The rules of a tdmrep.json; what is none is left out. Never raises."""
    try:
        stated = safe_json(body.decode("utf-8-sig", "replace"))
    except ValueError:
        return ()
    rules = []
    for entry in stated[:MAX_RULES] if isinstance(stated, list) else ():
        location = entry.get("location") if isinstance(entry, dict) else None
        if isinstance(location, str):
            found = reservation(str(entry.get("tdm-reservation")))
            rules.append(PathRule(location if location.startswith("/") else f"/{location}", tuple(found)))
    return tuple(rules)


def signals_for(url: str, rules: Sequence[PathRule]) -> tuple[str, ...]:
    """What the most specific rules say of a URL: those with the longest pattern that matches."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    matching = [rule for rule in rules if _matches(rule.pattern, path)]
    longest = max((len(rule.pattern) for rule in matching), default=0)
    return tuple(signal for rule in matching if len(rule.pattern) == longest for signal in rule.signals)


def merged(page: Sequence[str], header: Sequence[str], site: Sequence[str]) -> tuple[str, ...]:
    """All signals of a page, each once.

    Of reservations the nearest to the page counts: its markup, then its headers, then the file for the whole site.
    Of other statements that contradict each other the stricter one.
    """
    found = dict.fromkeys([*page, *header, *site])
    nearest = next((said for layer in (page, header, site) if (said := _reservations(layer))), [])
    refused = {signal[:-1] for signal in found if signal.endswith("=n")} | {
        signal.removesuffix("no") for signal in found if signal.endswith("=no")
    }
    return tuple(
        signal
        for signal in found
        if (not signal.startswith("tdm-reservation") or signal in nearest)
        and not (signal.endswith(("=y", "=yes")) and signal.removesuffix("yes").removesuffix("y") in refused)
    )


def _reservations(signals: Sequence[str]) -> list[str]:
    said = [signal for signal in signals if signal.startswith("tdm-reservation")]
    return ["tdm-reservation"] if "tdm-reservation" in said else said


def _matches(pattern: str, path: str) -> bool:
    """Whether a robots.txt pattern matches; by hand, because regular expressions can be made to hang."""
    anchored = pattern.endswith("$")
    first, *rest = (pattern[:-1] if anchored else pattern).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1] if anchored else rest:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if not anchored:
        return True
    return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at if rest else at == len(path)
