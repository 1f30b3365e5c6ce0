"""What a good crawl leaves behind of each fault of the shared fault server: a table of checks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any


@dataclass(slots=True)
class Outcome:
    """What one crawl left behind."""

    code: int
    seconds: float
    memory: int
    """Peak, in MB."""
    cpu: float
    """Seconds, start-up included."""
    log: str
    pages: list[dict[str, Any]] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)
    hits: list[tuple[float, int, str]] = field(default_factory=list)
    """(time, port offset, path) as the server saw them."""

    def page(self, path: str) -> dict[str, Any]:
        """The frontier's row of a path; {} if there is none."""
        return next((page for page in self.pages if re.sub(r"^\w+://[^/]+", "", page["url"]) == path), {})

    def waits(self, path: str) -> list[float]:
        """Seconds between the requests for a path."""
        times = [at for at, _, hit in self.hits if hit == path]
        return [later - earlier for earlier, later in pairwise(times)]

    def texts(self) -> str:
        """All that was stored of articles."""
        return "\n".join(f"{article['title']}\n{article['body']}\n{article['authors']}" for article in self.articles)


Check = Callable[[Outcome, str], object]
"""True where what a crawl left behind is what is expected of a path."""


def one_row(got: Outcome, path: str) -> bool:
    """The crawl has stored one article."""
    return len(got.articles) == 1


def _no_row(got: Outcome, path: str) -> bool:
    return not got.articles and got.page(path).get("state") == "rejected" and bool(got.page(path)["reason"])


def _failed(got: Outcome, path: str) -> bool:
    page = got.page(path)
    return not got.articles and page["state"] in {"pending", "failed"} and page["attempts"] > 0 and bool(page["reason"])


def _few(got: Outcome, path: str) -> bool:
    return _failed(got, path) and sum(hit == path for *_, hit in got.hits) <= 3


def _backed_off(got: Outcome, path: str) -> bool:
    return _failed(got, path) and len(got.waits(path)) > 0 and min(got.waits(path)) >= 3


def _waited(got: Outcome, path: str) -> bool:
    return one_row(got, path) and len(got.waits(path)) == 2 and min(got.waits(path)) >= 2.5


def _bounded(got: Outcome, path: str) -> bool:
    return len(got.hits) <= 120 and any(str(page["reason"]).startswith("trap") for page in got.pages)


def _bounded_path(got: Outcome, path: str) -> bool:
    return len(got.hits) <= 120


def _secretless(got: Outcome, path: str) -> bool:
    return not any("SECRET" in str(article) or "root:" in str(article) for article in got.articles) and not any(
        hit in {"/secret", "/disallowed"} for *_, hit in got.hits
    )


def _refused(got: Outcome, path: str) -> bool:
    return _secretless(got, path) and _no_row(got, path)


def _survives(got: Outcome, path: str) -> bool:
    return bool(got.page(path).get("state")) and got.page(path)["state"] in {"done", "rejected"}


def _article_or_failed(got: Outcome, path: str) -> bool:
    return one_row(got, path) or _failed(got, path) or _no_row(got, path)


def _postponed(got: Outcome, path: str) -> bool:
    return not got.articles and all(page["state"] == "pending" and page["attempts"] == 0 for page in got.pages)


CHECKS: dict[str, Check] = {
    "/gzip-bomb": _no_row,
    "/truncated-gzip": _failed,
    "/endless-chunked": _no_row,
    "/slow-drip": _few,
    "/slow-headers": _few,
    "/no-response": _few,
    "/huge": _no_row,
    "/short-body": _failed,
    "/reset": _failed,
    "/empty-200": _no_row,
    "/header-bomb": _article_or_failed,
    "/long-header": _article_or_failed,
    "/cookie-bomb": lambda got, path: (
        one_row(got, path) and not re.search(r"headers \d{4,}", str([page["reason"] for page in got.pages]))
    ),
    "/redirect-loop": _no_row,
    "/redirect-chain": lambda got, path: _no_row(got, path) and len(got.hits) <= 8,
    "/redirect-file": _refused,
    "/redirect-data": _refused,
    "/redirect-ftp": _refused,
    "/redirect-loopback": _refused,
    "/redirect-metadata": _refused,
    "/redirect-disallowed": _refused,
    "/meta-refresh-loop": lambda got, path: len(got.hits) <= 8 and _survives(got, path),
    "/link-file": lambda got, path: _secretless(got, path) and one_row(got, path),
    "/429": _waited,
    "/503-date": _waited,
    "/500-always": _backed_off,
    "/410": lambda got, path: got.page(path)["state"] == "gone" and not got.waits(path),
    "/soft404": _no_row,
    "/etag": lambda got, path: one_row(got, path) and bool(got.page(path)["etag"]),
    "/calendar": _bounded,
    "/session": _bounded_path,
    "/facets": _bounded,
    "/path-trap/": _bounded_path,
    "/many-links": lambda got, path: len(got.pages) <= 5_100 and "links" in str(got.page(path)["reason"]),
    "/deep": _survives,
    "/deep-5000": _survives,
    "/gbk-as-utf8": lambda got, path: one_row(got, path) and got.articles[0]["title"] == "健康 作息",
    "/unknown-charset": lambda got, path: one_row(got, path) and got.articles[0]["title"] == "健康 作息",
    "/utf16-nobom": lambda got, path: one_row(got, path) and got.articles[0]["title"] == "健康",
    "/binary-as-html": _no_row,
    "/html-as-pdf": lambda got, path: one_row(got, path) or _no_row(got, path),
    "/nul": lambda got, path: one_row(got, path) and "\0" not in got.texts(),
    "/surrogate": one_row,
    "/bad-date": lambda got, path: one_row(got, path) and got.articles[0]["published"] is None,
    "/future-date": lambda got, path: one_row(got, path) and got.articles[0]["published"] is None,
    "/big-title": lambda got, path: all(len(article["title"]) <= 500 for article in got.articles),
    # 20 MB: more than a page may have. The suite has the same fault within the cap, and gets a row.
    "/jsonld-big": lambda got, path: one_row(got, path) or "too large" in got.page(path)["reason"],
    "/bidi": lambda got, path: one_row(got, path) and not re.search("[\u200b\u202e\u2066\u00a0]", got.texts()),
    "/regex-bait": lambda got, path: bool(got.page(path).get("state")) and got.cpu < 5,
    "/noai": lambda got, path: (
        {"noindex", "noarchive", "noai", "tdm-reservation"} <= set((got.articles[0]["policy"] or "").split(", "))
        and "Regular sleep" not in str(got.articles)
    ),
    "/foreign-canonical": lambda got, path: one_row(got, path) and "victim" not in got.articles[0]["url_key"],
    "/sitemap-bomb.xml": lambda got, path: got.page(path)["state"] == "done",
    "/sitemap-xxe.xml": lambda got, path: "root:" not in str(got.pages) and got.page(path)["state"] == "done",
    "/sitemap-loop.xml": lambda got, path: len(got.hits) <= 10,
    "/sitemap-bomb.xml.gz": lambda got, path: bool(got.page(path).get("state")),
    "/sitemap-foreign.xml": lambda got, path: _secretless(got, path) and one_row(got, path),
    "P+1": _postponed,
    "P+2": one_row,
    "P+3": _postponed,
    "P+4": one_row,
    "P+5": lambda got, path: (
        _secretless(got, path)
        and all(later[0] - earlier[0] >= 1.9 for earlier, later in pairwise(_pages(got)))
        and len(_pages(got)) > 1
    ),
    "P+6": lambda got, path: len(got.hits) == 1 or one_row(got, path),
    "P+7": one_row,
    "P+8": lambda got, path: not any(hit == "/p/x" for *_, hit in got.hits),
    "P+9": one_row,
}
"""What is not named here must give one article."""


def _pages(got: Outcome) -> list[tuple[float, int, str]]:
    return [hit for hit in got.hits if hit[2] != "/robots.txt"]
