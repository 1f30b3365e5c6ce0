"""What reading a page costs, in lxml parses of the same pages: fast or thorough, and by a learned rule of the body.

The rule of a page is the one that it teaches itself; a site's is learned from six pages and tried on four more. Each
time is the best of three, in CPU seconds, so that other work on the machine counts little.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import lxml.html

from bench.adapters import article_fields, extract_fields
from crawler.extract import body
from crawler.extract.article import extract
from crawler.extract.learned import containers
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Article, Origin

Pages = Iterable[tuple[bytes, str, Mapping[str, Any]]]
Found = list[tuple[Mapping[str, Any], Mapping[str, Any]]]
"""(truth, fields) of pages."""
Reader = Callable[[bytes, str], Mapping[str, Any]]

_TIMES = 3

WAYS = {
    "trafilatura's fast mode only": lambda found, shown: False,
    "fast, full where doubtful (the default)": None,
    "full comparison on every page": lambda found, shown: True,
}
"""How a body without a rule may be found -> when the fast mode's answer is doubted."""


def seconds(read: Callable[[], object]) -> float:
    """CPU seconds of a call, the least of three."""
    spent = []
    for _ in range(_TIMES):
        started = time.process_time()
        read()
        spent.append(time.process_time() - started)
    return min(spent)


def ways(pages: Pages) -> dict[str, tuple[float, Found]]:
    """Way of finding a body -> its cost in lxml parses, and (truth, fields) of every page."""
    held = list(pages)
    parse = sum(seconds(lambda html=html: lxml.html.fromstring(html)) for html, _, _ in held)  # type: ignore[misc]
    answer = {}
    for name, doubt in WAYS.items():
        with patch.object(body, "_is_doubtful", doubt or body._is_doubtful):
            found: Found = [(truth, extract_fields(html, url)) for html, url, truth in held]
            cost = sum(seconds(lambda html=html, url=url: extract_fields(html, url)) for html, url, _ in held)  # type: ignore[misc]
        answer[name] = (cost / parse, found)
    return answer


@dataclass(slots=True)
class Ruled:
    """What reading by learned rules gave."""

    articles: int = 0
    taught: int = 0
    """Pages that have an element which holds the body and hardly more."""
    held: int = 0
    """Of these, pages that were read by it."""
    cost: float = 0.0
    free: float = 0.0
    other: float = 0.0
    """Cost in lxml parses of the taught pages by rule, without, and of the other extractor."""


def learned(pages: Pages, other: Reader) -> tuple[Ruled, Found]:
    """Counts and costs of reading by learned rules, and (truth, fields) of the pages so read."""
    found: Found = []
    ruled, parse = Ruled(), 0.0
    now = datetime.now(UTC)
    for html, url, truth in pages:
        host = urlsplit(url).netloc.lower() or "unknown.invalid"
        site = Site(name=host, domains=(host,))
        page = read_page(html, url)
        article = extract(page, site, now).article
        if article is None or page.tree is None:
            continue
        ruled.articles += 1
        selector = next(containers(page.tree, article), None)
        if selector is None:
            continue
        ruled.taught += 1

        def read(
            html: bytes = html, url: str = url, site: Site = site, selector: str | None = selector
        ) -> Article | None:
            return extract(read_page(html, url), site, now, learned=selector).article

        by_rule = read()
        ruled.held += by_rule is not None and any(e.origin is Origin.LEARNED for e in by_rule.evidence)
        found.append((truth, {} if by_rule is None else article_fields(by_rule)))
        parse += seconds(lambda html=html: lxml.html.fromstring(html))  # type: ignore[misc]
        ruled.cost += seconds(read)
        ruled.free += seconds(lambda read=read: read(selector=None))  # type: ignore[misc]
        ruled.other += seconds(lambda html=html, url=url: other(html, url))  # type: ignore[misc]
    ruled.cost, ruled.free, ruled.other = (spent / parse for spent in (ruled.cost, ruled.free, ruled.other))
    return ruled, found
