"""A page becomes an article: every step in its order, every choice with its evidence.

Structured data and the lines of the text are read first (reading.py), then byline, summary and body (content.py),
verdict, dates, people, source; trafilatura and htmldate see the same tree last and only where nothing better is known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.extract.byline import Byline, sure_experts, without_other_doctors
from crawler.extract.canonical import canonical_url
from crawler.extract.clean import clean_line, clean_text
from crawler.extract.content import Content, add_closing, choose_byline, choose_content
from crawler.extract.dated import choose_dates
from crawler.extract.form import is_prose, longest_prose
from crawler.extract.language import language_of, untranslated
from crawler.extract.page import Page, resolve
from crawler.extract.people import choose_people
from crawler.extract.policy import policy_signals
from crawler.extract.reading import Reading, read
from crawler.extract.signed import add_signed
from crawler.extract.source import choose_source, site_names
from crawler.extract.stated_people import people_beside_dates, people_in_data, people_in_markup
from crawler.extract.structured import Structured
from crawler.extract.verdict import LISTING_PROSE, Signs, judge
from crawler.extract.walls import is_script_shell
from crawler.site import Site
from db.records import Article, Evidence, Origin, Part, Tag, Verdict

EXTRACTOR = "1"
"""Version of the extraction rules; articles that another version read are read again by `galen reprocess`."""

_TEASER = 15
_MAX_TAGS = 50
_SHELL_TEXT = 100
"""Characters; a page with more of its own needs no script."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a page is and, where it is an article, the article."""

    verdict: Verdict
    reason: str | None = None
    """Why it is no article: 'empty', 'not html', 'soft 404', 'bot wall', 'login wall', 'needs javascript', 'no body',
    'listing'."""
    article: Article | None = None


def extract(page: Page, site: Site, fetched_at: datetime, *, learned: str | None = None) -> Extraction:
    """Verdict on a page and the article on it. Pure and repeatable.

    `learned` is a CSS selector of the body that was learned; where it gives no running text it is not used.
    `fetched_at` (with a zone) bounds the page's dates and resolves relative ones. Raises ValueError only where a
    selector of the site is no CSS.
    """
    if page.tree is None:
        return Extraction(Verdict.REJECTED, page.problem or "not html")
    reading = read(page, page.tree, site, learned=learned)
    byline = choose_byline(reading, fetched_at)
    content = choose_content(reading, byline)
    byline, content = add_closing(reading, byline, content, fetched_at)
    byline, content = add_signed(reading, byline, content, fetched_at)
    verdict, reason = judge(_signs(reading, byline, content), site)
    if verdict is not Verdict.ARTICLE:
        return Extraction(verdict, reason)
    return Extraction(verdict, None, _article(reading, byline, content, fetched_at))


def extract_part(page: Page, site: Site, *, article_url: str, number: int) -> Part | None:
    """Page `number` (2 for the second) of an article that runs over several; None where it holds no text.

    `article_url` is the URL of the first page. Raises ValueError only where a selector of the site is no CSS.
    """
    if page.tree is None:
        return None
    content = choose_content(read(page, page.tree, site), Byline())
    body = clean_text("\n".join(filter(None, (content.summary, content.body))))
    if not body:
        return None
    return Part(
        article_url=article_url,
        url=page.url,
        number=number,
        body=body,
        next_part=_next_part(page, site),
        id_parameters=_id_parameters(site),
    )


def _signs(reading: Reading, byline: Byline, content: Content) -> Signs:
    """What the verdict is made from."""
    data = reading.structured
    small = len(content.body) < LISTING_PROSE
    longest, paragraphs = (LISTING_PROSE, 1) if reading.near else longest_prose(reading.lines)
    signs = Signs(
        url=reading.page.url,
        title=reading.title.text if reading.title else "",
        body=content.body,
        types=data.types,
        og_type=(data.first("og_type") or "").lower(),
        password=small and reading.tree.find(".//input[@type='password']") is not None,
        attributed=bool(byline.people or (byline.source and (byline.published or byline.modified))),
        shell=len(content.body) < _SHELL_TEXT and is_script_shell(reading.tree),
        dated=bool(byline.published or byline.modified or byline.reviewed),
        longest=longest,
        paragraphs=paragraphs,
    )
    if reading.near:
        return signs
    teasers = [line for line in reading.lines if len(line.text) >= _TEASER and line.linked > 0.8 * len(line.text)]
    cards = [sum(map(len, card.itertext())) for card in reading.unrelated().cards]
    return replace(
        signs,
        teasers=len(teasers) + len(cards),
        linked=sum(line.linked for line in teasers) + sum(cards),
        prose=sum(len(line.text) - line.linked for line in reading.lines if is_prose(line.text)),
    )


def _next_part(page: Page, site: Site) -> str | None:
    """URL of the article's next page, by the site's rule."""
    element = page.select(site.next_part)
    if element is None:
        return None
    link = element if element.get("href") else element.find(".//a[@href]")
    target = resolve(page.base(), link.get("href", "")) if link is not None else None
    return None if target == page.url else target


def _article(reading: Reading, byline: Byline, content: Content, fetched_at: datetime) -> Article:
    """The article, put together."""
    page, site, structured = reading.page, reading.site, reading.structured
    language = _language(reading, content)
    dates = choose_dates(
        reading.tree, page.url, page.text, byline, structured, language=language, site=site, fetched_at=fetched_at
    )
    text = f"{content.summary or ''}\n{content.body}"
    people, people_evidence = choose_people(
        without_other_doctors(byline.people, text, language),
        people_in_data(structured, site_names(page.url, structured, site), fetched_at),
        lambda: (
            people_beside_dates(reading.form.header, language=language, site=site, fetched_at=fetched_at)
            or people_in_markup(reading.tree, reading.cards(), fetched_at)
        ),
        sure_experts(content.body, language),
    )
    source, source_evidence = choose_source(byline, structured, site, page)
    claims = [f.value for field in ("canonical", "og_url") for f in structured.all(field)]
    title = clean_line(reading.title.text, 500) if reading.title else None
    summary = clean_text(content.summary)
    body = clean_text(content.body) or ""
    return Article(
        id_parameters=_id_parameters(site),
        url=page.url,
        site=site.name,
        title=title or body.split("\n")[0][:200],
        body=body,
        canonical_url=canonical_url(claims, page.url, page.base(), site),
        source=source,
        source_raw=byline.source_raw,
        summary=summary,
        language=language,
        published=dates.published,
        modified=dates.modified,
        reviewed=dates.reviewed,
        next_review=dates.next_review,
        byline_raw=byline.raw,
        people=people,
        fragments=untranslated("\n".join(filter(None, (title, summary, body)))),
        tags=_tags(structured),
        evidence=(
            *_title_evidence(reading),
            *source_evidence,
            *dates.evidence,
            *people_evidence,
            _digest("body", body, content.origin, content.detail),
            *([_digest("summary", summary, content.summary_origin, None)] if summary else []),
        ),
        policy=policy_signals(page.named["meta"]),
        next_part=_next_part(page, site),
        extractor=EXTRACTOR,
    )


def _language(reading: Reading, content: Content) -> str | None:
    """Language of the body: the one found before where it is the same text, so that the model is asked once."""
    if reading.language is not None and reading.near:
        return reading.language
    opening = content.body.split("\n", 1)[0]
    if reading.language is not None and any(line.text == opening for line in reading.form.rest):
        return reading.language
    return language_of(content.body) or reading.language


def _title_evidence(reading: Reading) -> list[Evidence]:
    """Every title that the page gives."""
    return [
        Evidence(field="title", value=c.text, origin=c.origin, detail=c.detail, chosen=c == reading.title)
        for c in reading.titles
    ]


def _digest(field: str, value: str, origin: Origin, detail: str | None) -> Evidence:
    """Evidence of a long text: its length and the start of its SHA-256."""
    digest = hashlib.sha256(value.encode()).hexdigest()[:16]
    return Evidence(field=field, value=f"{len(value)} {digest}", origin=origin, detail=detail, chosen=True)


def _tags(structured: Structured) -> tuple[Tag, ...]:
    """Keywords and sections that the page gives itself, each once."""
    tags = [
        Tag(tag=value, kind=kind)
        for kind in ("section", "keyword")
        for found in structured.all(kind)
        if (value := clean_line(found.value, 100))
    ]
    return tuple(dict.fromkeys(tags))[:_MAX_TAGS]


def _id_parameters(site: Site) -> tuple[str, ...]:
    return tuple(name.lower() for name in site.id_parameters)
