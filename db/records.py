"""The words that everybody shares: what a page gave, as frozen records.

Text fields are clean (no NUL, no lone surrogates, no control characters but newline) and never
empty: unknown is None. Times of ours (fetched, seen, due) are UTC, ISO 8601, seconds, with a
trailing Z. Dates of a page are `PartialDate`s: what the page says, to the precision it says it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person did for an article."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    EXPERT = "expert"
    ANSWERER = "answerer"
    UNSPECIFIED = "unspecified"


class PersonKind(StrEnum):
    """Only clinicians become rows of `doctors`; the others stay in the byline."""

    CLINICIAN = "clinician"
    PERSON = "person"
    ORGANISATION = "organisation"


class Origin(StrEnum):
    """Where a value was read."""

    JSONLD = "jsonld"
    META = "meta"
    MICRODATA = "microdata"
    RULE = "rule"
    LEARNED = "learned"
    """A rule that was learned from the site's own pages."""
    BYLINE = "byline"
    TEXT = "text"
    URL = "url"
    FEED = "feed"
    SITE = "site"
    TRAFILATURA = "trafilatura"
    HTMLDATE = "htmldate"
    CORRECTION = "correction"


class Verdict(StrEnum):
    """What a fetched page turned out to be."""

    ARTICLE = "article"
    PART = "part"
    LISTING = "listing"
    REJECTED = "rejected"
    FAILED = "failed"
    GONE = "gone"
    UNCHANGED = "unchanged"


class PageKind(StrEnum):
    """What a page of the frontier is for; decides its callback and its place in the queue."""

    ARTICLE = "article"
    PART = "part"
    LISTING = "listing"
    SITEMAP = "sitemap"
    FEED = "feed"
    ROBOTS = "robots"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date as stated: local calendar value, known precision, nothing invented."""

    value: str
    """'2025', '2025-12', '2025-12-03', '2025-12-03T10:37' or '2025-12-03T10:37:05'."""
    offset: int | None = None
    """Minutes east of UTC where the page states a zone, else None."""
    raw: str | None = None
    """The string that was read."""
    origin: Origin = Origin.TEXT

    @property
    def precision(self) -> str:
        """'year', 'month', 'day', 'minute' or 'second'."""
        return _PRECISION[len(self.value)]


_PRECISION = {4: "year", 7: "month", 10: "day", 16: "minute", 19: "second"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom the page names as author, reviewer or expert."""

    name: str
    """As written, without titles and degrees: 'Gao Jun', '邓荣', 'Rachel Link'."""
    kind: PersonKind = PersonKind.PERSON
    role: Role = Role.UNSPECIFIED
    clinical_title: str | None = None
    """'Dr.', '副主任医师', 'Facharzt für Innere Medizin'."""
    credentials: str | None = None
    """Degrees in the page's order, joined by ', ': 'MS, RD'."""
    department: str | None = None
    hospital: str | None = None
    profile_url: str | None = None
    raw: str | None = None
    """The string that was read."""
    origin: Origin = Origin.BYLINE
    key: str | None = None
    """Natural key of the doctor where an analyst said who it is; None = told by name and place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One candidate for one field, and whether it won."""

    field: str
    """Column of `articles`, or 'doctor', 'author'."""
    value: str | None
    """The candidate; for body and summary only '<length> <hash>'."""
    origin: Origin
    detail: str | None = None
    """Which key, selector or pattern: 'datePublished', 'div.reads', 'Source:'."""
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A run of another script left untranslated in a text whose main script is Latin."""

    text: str
    context: str
    """The fragment with up to 30 characters on both sides, on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A keyword or section that the page gives itself."""

    tag: str
    kind: str = "keyword"
    """'condition', 'department', 'section' or 'keyword'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One page that is an article, as read. Pure: no ids, nothing of the database."""

    url: str
    """The URL that answered, untouched."""
    site: str
    """Name of the site that was crawled."""
    title: str
    body: str
    """Paragraphs and headings, one a line."""
    canonical_url: str | None = None
    """rel=canonical or og:url where it can be believed, else None."""
    id_parameters: tuple[str, ...] = ()
    """Lower-case names of query parameters that choose the page on this site, whatever they look like."""
    source: str | None = None
    """Publisher or agency named in the text, else the site's declared name."""
    source_raw: str | None = None
    """The source as the page writes it, kept also when it is no source ('网络整理')."""
    summary: str | None = None
    """The 'Introduction', lead or 摘要, apart from the body."""
    language: str | None = None
    """ISO 639-1 code, read from the body."""
    published: PartialDate | None = None
    modified: PartialDate | None = None
    reviewed: PartialDate | None = None
    next_review: PartialDate | None = None
    byline_raw: str | None = None
    """The lines between title and body that name who and when."""
    people: tuple[Person, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    tags: tuple[Tag, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    policy: tuple[str, ...] = ()
    """Signals of the page and its site about its use, see `db.policy`: 'noindex', 'noarchive', 'tdm-reservation'."""
    withheld: str | None = None
    """The signal because of which no text is kept; the title stands for the body."""
    hidden: str | None = None
    """The signal because of which the article is not published."""
    next_part: str | None = None
    """URL of the next page of the same article, else None."""
    extractor: str = ""
    """Version of the extraction rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A later page of an article that runs over several."""

    article_url: str
    """URL of the first page."""
    url: str
    number: int
    """2 for the second page."""
    body: str
    next_part: str | None = None
    id_parameters: tuple[str, ...] = ()
    """As of the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A URL for the frontier."""

    url: str
    kind: PageKind = PageKind.ARTICLE
    fingerprint: bytes = b""
    """Scrapy's request fingerprint; unique per site."""
    request: str | None = None
    """Scrapy's Request.to_dict as JSON where kind and url do not say everything."""
    lastmod: str | None = None
    """lastmod of the sitemap or feed that named it, as written there."""
    depth: int = 0
    priority: int = 0
    refetch: bool = False
    """True for seeds: due again now, even if done before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """A response as it came, without content encoding."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: str


@dataclass(frozen=True, slots=True)
class RawPlace:
    """Where a raw page is kept: file name in the folder of raw pages, offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """All that one response (or one failure to get one) gave: committed together or not at all."""

    page_id: int
    site: str
    url: str
    """The URL that answered, after redirects."""
    verdict: Verdict
    fetched_at: str
    reason: str | None = None
    status: int | None = None
    """HTTP status; None if there was no response."""
    articles: tuple[Article, ...] = ()
    part: Part | None = None
    links: tuple[Link, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    retry_at: str | None = None
    """For a failure that may pass: when to try again."""
    counts_as_attempt: bool = True
    """False where the failure says nothing about the page (robots.txt unreachable)."""
    pauses_site: bool = False
    """The site asked for less: no page of it before `retry_at`."""
    raw: RawPage | None = None
    """The response, where it is to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A row of the frontier, as leased."""

    id: int
    url: str
    kind: PageKind
    request: str | None
    attempts: int
    depth: int
    etag: str | None = None
    last_modified: str | None = None
    lastmod: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving one page changed."""

    articles: tuple[int, ...] = ()
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    copies: int = 0
    new_links: int = 0
    lost: int = 0
    """Known articles that no longer have a source, doctor or date which they had."""
    fields: dict[str, int] = field(default_factory=dict)
    """How many of the articles have title, source, doctor, published, body."""
