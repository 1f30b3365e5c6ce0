"""A site's declaration, proposed from some of its answers. Pure: a person looks at it before it is used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.discovery import read_feed, read_robots_sitemaps, read_sitemap
from crawler.extract.article import extract
from crawler.extract.learned import containers
from crawler.extract.page import Page, read_page
from crawler.samples import Sample
from crawler.site import DateOrder, Feed, Links, RobotsSitemaps, Site, Sitemap
from db.records import Article, PersonKind

_NEARLY_ALL = 0.9
_MOST = 0.8
_FEW = 3
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})[/.\-](\d{1,2})[/.\-](?:19|20)?\d\d(?!\d)")
_IDENTIFIER = re.compile(r"[a-z]{0,3}\d[\d_-]*")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the answers of a site say about it."""

    site: Site
    articles: tuple[tuple[Sample, Article], ...]
    """The articles among the answers, read without any rule."""
    discovery: tuple[str, ...]
    """What was found to begin from, in words."""
    doubts: tuple[str, ...]
    """What a person should look at first."""


def propose(samples: Sequence[Sample], url: str) -> Proposal:
    """A declaration for the site of `url` out of its answers, at least one of which must be an article.

    Raises ValueError, with one line that says why, where there is none.
    """
    parts = urlsplit(url)
    host = parts.netloc.lower()
    bare = Site(name=host, domains=(host,), scheme="https" if parts.scheme == "https" else "http")
    pages = [(sample, _page(sample)) for sample in samples if sample.status == 200]
    read = [
        (sample, page, extract(page, bare, sample.fetched_at).article)
        for sample, page in pages
        if page.tree is not None
    ]
    found = [(sample, page, article) for sample, page, article in read if article is not None]
    listed = [entry for entry in found if not _leads_on(entry[0], entry[2], url)]
    found = listed or found
    if not found:
        raise ValueError(f"{url}: none of {len(samples)} answers is an article; name the URL of a page that lists some")
    kept = {sample.url for sample, _, _ in found}
    others = [sample.url for sample, _, _ in read if sample.url not in kept]
    pattern = article_pattern([sample.url for sample, _, _ in found], others)
    discover, words = _discovery(samples, url)
    body = _body(found)
    articles = [article for _, _, article in found]
    bylines = [article.byline_raw or "" for article in articles]
    order = date_order(bylines)
    doubts = []
    if not pattern:
        doubts.append("no pattern tells the URLs of articles from others: every page is tried (article='')")
    if not body:
        doubts.append("no element always holds the body: it is found page by page")
    if len(found) < 2 * _FEW:
        doubts.append(f"only {len(found)} articles were seen")
    if order is None and (written := either_way(bylines)) is not None:
        doubts.append(f"dates like {written} can be read in two ways: add date_order='DMY' or 'MDY'")
    site = Site(
        name=_name(read, host),
        domains=(host,),
        scheme=bare.scheme,
        discover=discover,
        article=pattern,
        language=_most(article.language for article in articles),
        date_order=order,
        body=(body,) if body else (),
        expect=_expected(articles),
    )
    return Proposal(site, tuple((sample, article) for sample, _, article in found), words, tuple(doubts))


def _leads_on(sample: Sample, article: Article, url: str) -> bool:
    """Whether it is the page that was named to begin from, and nothing says that it is an article itself."""
    return sample.url == url and article.published is None and not article.people


def article_pattern(articles: Sequence[str], others: Sequence[str]) -> str:
    """Regular expression on path and query that the URLs of articles match and no other does; '' where none is found.

    A segment that is a number becomes digits, one that differs becomes anything; what all share stays.
    """
    shapes = Counter(_shape(url) for url in articles)
    total, kept = len(articles), []
    for shape, count in shapes.most_common(_FEW):
        if count >= max(1, 0.1 * total):
            kept.append(_expression([url for url in articles if _shape(url) == shape]))
    covered = sum(any(re.search(one, _target(url)) for one in kept) for url in articles)
    if covered < _MOST * total:
        return ""
    safe = [one for one in kept if not any(re.search(one, _target(url)) for url in others)]
    if len(safe) < len(kept):
        return ""
    return safe[0] if len(safe) == 1 else "|".join(f"(?:{one})" for one in safe)


def _shape(url: str) -> tuple[str, ...]:
    """What the segments of a path are: 'n' for numbers, their own name for the first, the ending for the last."""
    *segments, last = urlsplit(url).path.strip("/").split("/")
    ending = last[last.rfind(".") :] if re.search(r"\.[a-z]{2,5}$", last) else ""
    kinds = ["n" if _IDENTIFIER.fullmatch(one) else "w" for one in [*segments, last.removesuffix(ending)]]
    head = segments[0] if segments and kinds[0] == "w" else ""
    return (head, *kinds, ending, "/" if url.endswith("/") else "")


def _expression(urls: Sequence[str]) -> str:
    """The pattern of URLs of one shape."""
    shape = _shape(urls[0])
    ending, slash = shape[-2], shape[-1]
    rows = [urlsplit(url).path.strip("/").removesuffix(ending).split("/") for url in urls]
    parts = []
    for column in zip(*rows, strict=True):
        if len(set(column)) == 1 and len(urls) > 1 and not column[0].isdigit():
            parts.append(re.escape(column[0]).replace(r"\-", "-"))
        elif all(one.isdigit() for one in column):
            parts.append(r"\d+")
        elif all(_IDENTIFIER.fullmatch(one) for one in column):
            parts.append(r"[a-z]{0,3}\d[\d_-]*")
        elif all("-" in one for one in column):
            parts.append("[^/]+-[^/]+")
        else:
            parts.append("[^/]+")
    return "^/" + "/".join(parts) + re.escape(ending) + slash + "$"


def date_order(bylines: Iterable[str]) -> DateOrder | None:
    """Order of day and month in all-number dates, where numbers above twelve tell it and none contradicts."""
    told: set[DateOrder] = set()
    for first, second in (match.groups() for line in bylines for match in _NUMERIC_DATE.finditer(line)):
        if int(first) > 12 >= int(second):
            told.add("DMY")
        elif int(second) > 12 >= int(first):
            told.add("MDY")
    return told.pop() if len(told) == 1 else None


def either_way(bylines: Iterable[str]) -> str | None:
    """An all-number date whose day may be its month, as it is written; None where there is none."""
    for match in (match for line in bylines for match in _NUMERIC_DATE.finditer(line)):
        first, second = map(int, match.groups())
        if first != second and max(first, second) <= 12:
            return match[0]
    return None


def _page(sample: Sample) -> Page:
    return read_page(sample.body, sample.url, sample.content_type)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value).most_common(1)
    return counted[0][0] if counted else None


def _name(read: Sequence[tuple[Sample, Page, Article | None]], host: str) -> str:
    """What most pages call their site, else the host."""
    sources = [
        item.value
        for _, _, article in read
        if article is not None
        for item in article.evidence
        if item.field == "source" and item.detail in ("og:site_name", "application-name")
    ]
    return _most(sources) or host.removeprefix("www.")


def _body(found: Sequence[tuple[Sample, Page, Article]]) -> str | None:
    """The innermost element that holds the body of nearly every article."""
    votes: Counter[str] = Counter()
    for _, page, article in found:
        assert page.tree is not None
        votes.update(dict.fromkeys(containers(page.tree, article), 1))
    best = max(votes, key=lambda name: votes[name], default=None)
    enough = best is not None and len(found) >= _FEW and votes[best] >= _NEARLY_ALL * len(found)
    return best if enough else None


def _expected(articles: Sequence[Article]) -> tuple[str, ...]:
    """Fields that nearly all articles have."""
    has = {
        "title": [bool(article.title) for article in articles],
        "body": [bool(article.body) for article in articles],
        "doctor": [any(p.kind is PersonKind.CLINICIAN for p in article.people) for article in articles],
        "published": [article.published is not None for article in articles],
    }
    return tuple(field for field, known in has.items() if sum(known) >= _NEARLY_ALL * len(known))


def _discovery(
    samples: Sequence[Sample], url: str
) -> tuple[tuple[Sitemap | Feed | Links | RobotsSitemaps, ...], tuple[str, ...]]:
    """Where a crawl begins, and in words what was seen of it."""
    answered = {sample.url: sample for sample in samples if sample.status == 200}
    named = [
        sitemap
        for sample in answered.values()
        if urlsplit(sample.url).path == "/robots.txt"
        for sitemap in read_robots_sitemaps(sample.body.decode("utf-8", "replace"), sample.url)
    ]
    full = [one for one in named if one in answered and any(read_sitemap(answered[one].body, one))]
    words = [f"sitemap in robots.txt: {one}" for one in full]
    feeds = [
        feed
        for feed in dict.fromkeys(feed for sample in answered.values() for feed in _page(sample).feeds())
        if feed in answered and any(read_feed(answered[feed].body, feed))
    ]
    words += [f"feed: {one}" for one in feeds]
    if full:
        return (RobotsSitemaps(_target(url)),), tuple(words)
    if feeds:
        return tuple(Feed(_target(one)) for one in feeds[:_FEW]), tuple(words)
    return (Links(_target(url)),), ("neither sitemaps nor feeds: links are followed",)
