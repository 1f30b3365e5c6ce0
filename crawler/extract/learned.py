"""Learning where a site keeps its articles' text, from the bodies that are found without a rule.

After enough pages the element that always holds the body is tried on further pages and then used as a rule, at a
fraction of the price; every now and then a page is read both ways, and where they no longer agree it is learned anew.
Pure: what is known is a record that goes in and comes out; whoever calls keeps it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from lxml import html

from crawler.extract.article import Extraction, extract
from crawler.extract.content import LEAD
from crawler.extract.flow import read_lines
from crawler.extract.form import article_lines, is_link
from crawler.extract.page import Page, select_in
from crawler.extract.related import Unread
from crawler.site import Site
from db.records import Article, Origin

LEARN = 6
"""Pages that propose a rule."""
VERIFY = 4
"""Further pages on which it must agree, every one, before it is used."""
CHECK_EVERY = 25
"""Of the pages read by the rule, one in so many is read without it, too."""
_REMEMBERED = 10
_MAY_DISAGREE = 2
_EVERYWHERE = 0.9
_AGREEMENT = 0.93
_MIN_BODY = 500
_ANCESTORS = 3
_GIVE_UP = 5 * LEARN
_MAX_VOTES = 40

_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]*[A-Za-z0-9_]*")
# names that a build makes differ from page to page or from week to week
_MADE = re.compile(r"\d{2,}|^css-|^sc-|^jsx-|^svelte-|__[A-Za-z0-9]{5,}$")
_TAGS = ("article", "main")


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedBody:
    """What is known of a site's body container."""

    selector: str | None = None
    """CSS selector in use; None while it is learned."""
    trial: str | None = None
    """CSS selector being verified."""
    seen: int = 0
    """Pages that have proposed since learning began, or that have verified since the trial began."""
    votes: tuple[tuple[str, int], ...] = ()
    """Selectors and on how many of these pages they held the body, the innermost first."""
    checks: str = ""
    """Of the rule in use: '+' where it agreed, '-' where it did not, the last ten."""
    used: int = 0
    """Pages read by the rule in use."""

    def to_json(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | None) -> LearnedBody:
        """What `to_json` wrote; nothing known where there is nothing or it cannot be read."""
        try:
            values = json.loads(text or "{}")
            known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
            known["votes"] = tuple((str(name), int(count)) for name, count in known.get("votes", ()))
            return cls(**known)
        except (ValueError, TypeError, AttributeError):
            return cls()

    def observe(self, holding: Sequence[str]) -> LearnedBody:
        """What is known after one more page, on which these selectors held the body found without a rule."""
        if self.selector is not None:
            checks = (self.checks + ("+" if self.selector in holding else "-"))[-_REMEMBERED:]
            return LearnedBody() if checks.count("-") > _MAY_DISAGREE else replace(self, checks=checks)
        if self.trial is not None:
            if self.trial not in holding:
                return LearnedBody()
            if self.seen + 1 < VERIFY:
                return replace(self, seen=self.seen + 1)
            return LearnedBody(selector=self.trial)
        return self._voted(holding)

    def _voted(self, holding: Sequence[str]) -> LearnedBody:
        votes = Counter(dict(self.votes))
        votes.update(dict.fromkeys(holding, 1))
        seen = self.seen + 1
        if seen >= LEARN:
            best = max(votes, key=lambda name: votes[name], default=None)
            if best is not None and votes[best] >= _EVERYWHERE * seen:
                return LearnedBody(trial=best)
            if seen >= _GIVE_UP:
                return LearnedBody()
        return LearnedBody(seen=seen, votes=tuple(votes.most_common(_MAX_VOTES)))


def extract_learning(
    page: Page, site: Site, fetched_at: datetime, known: LearnedBody
) -> tuple[Extraction, LearnedBody]:
    """A page's extraction, by the learned rule where one is in use, and what is known after it.

    A site that declares its body learns nothing. Raises ValueError as `extract` does.
    """
    if site.body or page.tree is None:
        return extract(page, site, fetched_at), known
    if known.selector is not None:
        known = replace(known, used=known.used + 1)
        ruled = extract(page, site, fetched_at, learned=known.selector)
        by_rule = ruled.article is not None and _is_learned(ruled.article)
        if by_rule and known.used % CHECK_EVERY:
            return ruled, known
        free = extract(page, site, fetched_at) if by_rule else ruled
        after = _observed(page, free, known)
        # as long as the rule holds, all pages are read by it: reading one in another way would look like a change
        return (ruled if by_rule and after.selector is not None else free), after
    extraction = extract(page, site, fetched_at)
    return extraction, _observed(page, extraction, known)


def _is_learned(article: Article) -> bool:
    """Whether the body was read by a learned rule."""
    return any(e.field == "body" and e.origin is Origin.LEARNED for e in article.evidence)


def _observed(page: Page, extraction: Extraction, known: LearnedBody) -> LearnedBody:
    """What is known after a page that was read without the rule; short articles teach nothing."""
    article = extraction.article
    if article is None or page.tree is None or len(article.body) < _MIN_BODY:
        return known
    wanted = known.selector or known.trial
    if wanted is None:
        return known.observe(tuple(containers(page.tree, article)))
    elements = select_in(page.tree, wanted)
    held = len(elements) == 1 and holds(elements[0], article, _unread(page.tree))
    return known.observe((wanted,) if held else ())


def containers(tree: html.HtmlElement, article: Article) -> Iterator[str]:
    """CSS selectors of the elements that hold an article's body and hardly anything else, the innermost first.

    Each selects one element of the page; names that look made by a build are not used.
    """
    root = tree.find("body")
    path = [tree if root is None else root]
    wanted = [_squeezed(line) for line in article.body.split("\n")]
    while (inner := next((c for c in path[-1].iterchildren("*") if _covers(c, wanted)), None)) is not None:
        path.append(inner)
    told: set[str] = set()
    unread = _unread(tree)
    for element in path[: -_ANCESTORS - 1 : -1]:
        names = [name for name in _selectors(element) if name not in told and len(select_in(tree, name)) == 1]
        if names and holds(element, article, unread):
            told.update(names)
            yield from names


def _unread(tree: html.HtmlElement) -> Unread:
    """What a reading by rule leaves out, too."""
    heading = tree.find(".//h1")
    return Unread(tree, tree if heading is None else heading)


def _covers(element: html.HtmlElement, wanted: Sequence[str]) -> bool:
    """Whether nearly all of a body, its lead aside, stands in an element."""
    text = _squeezed("".join(element.itertext("*")))
    lines = _after_lead(wanted, text)
    return sum(len(line) for line in lines if line in text) >= _AGREEMENT * sum(map(len, lines))


def _after_lead(lines: Sequence[str], text: str) -> Sequence[str]:
    """Lines without those of the first that a text lacks: a lead often has a box of its own, and is read from there."""
    first = next((number for number, line in enumerate(lines[: LEAD + 1]) if line in text), 0)
    return lines[first:]


def _selectors(element: html.HtmlElement) -> Iterator[str]:
    """Ways to name an element, the surest first."""
    identity = element.get("id") or ""
    if _NAME.fullmatch(identity) and not _MADE.search(identity):
        yield f"#{identity}"
    if (element.get("itemprop") or "").lower() == "articlebody":
        yield f"[itemprop={element.get('itemprop')}]"
    for name in (element.get("class") or "").split()[:6]:
        if _NAME.fullmatch(name) and not _MADE.search(name):
            yield f"{element.tag}.{name}"
    if element.tag in _TAGS:
        yield str(element.tag)


def holds(element: html.HtmlElement, article: Article, skip: Container[html.HtmlElement] = frozenset()) -> bool:
    """Whether an element holds an article's body, and without what is in `skip` hardly more than the article.

    Title, byline and introduction may stand in it: a reading by rule tells them apart as one without does.
    """
    body = article.body.split("\n")
    there = article_lines([line.text for line in read_lines(element, skip) if not is_link(line)])
    text = _squeezed("".join(there))
    own = _after_lead([_squeezed(line) for line in body], text)
    known = [*body, article.title, article.summary or "", article.byline_raw or ""]
    return min(_share(own, there), _share(there, known)) >= _AGREEMENT


def _share(lines: Sequence[str], others: Sequence[str]) -> float:
    """How much of some lines stands in others, 0 to 1."""
    text = _squeezed("".join(others))
    squeezed = [_squeezed(line) for line in lines]
    size = sum(map(len, squeezed))
    return sum(len(line) for line in squeezed if line in text) / size if size else 0.0


def _squeezed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())
