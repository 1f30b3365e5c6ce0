"""What a reader of a demo page would write down: the words in which the truth is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

Origins = Mapping[str, tuple[str, ...]]
"""Spider name -> base URLs without a trailing slash, the main host first, then its twins."""

DemoVerdict = Literal["article", "part", "listing", "rejected"]
CopyKind = Literal["exact", "near"]
PageKey = tuple[str, str]
"""Spider name and path with query, on the site's main host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDoctor:
    """A clinician whom the page names, without titles and degrees in the name."""

    name: str
    role: str = "unspecified"
    """A value of db.records.Role."""
    clinical_title: str | None = None
    credentials: str | None = None
    department: str | None = None
    hospital: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page tells, as its site's texts have it and as a reader finds it. Dates are as precise as the page."""

    spider: str
    path: str
    """Path with query."""
    title: str | None = None
    source: str | None = None
    """Source named in the text; None = none is named, or only a placeholder such as 网络整理."""
    doctors: tuple[ExpectedDoctor, ...] = ()
    authors: tuple[str, ...] = ()
    """People and organisations named as authors that are no clinicians."""
    published: str | None = None
    modified: str | None = None
    reviewed: str | None = None
    next_review: str | None = None
    summary: str | None = None
    fragments: tuple[str, ...] = ()
    """Runs of Chinese left in an English text, each once, in any order."""
    copy_of: PageKey | None = None
    copy_kind: CopyKind | None = None
    """'exact': the same body lines. 'near': some words changed or lines dropped."""

    def facts(self) -> dict[str, Any]:
        """All of the above by name."""
        return {field.name: getattr(self, field.name) for field in fields(Told)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected(Told):
    """One page of a demo site and what is on it. Dates are ISO 8601."""

    verdict: DemoVerdict
    host: int = 0
    """Which of the site's hosts: 0 = main, 1 = its mobile twin."""
    status: int = 200
    """HTTP status of a plain GET."""
    reason: str | None = None
    """Why the page is no article: 'soft 404', 'empty', 'not html', 'login wall' or 'robots'."""
    language: str | None = None
    body_lines: tuple[str, ...] = ()
    """Paragraphs and headings of this page alone; `whole_body` adds the later parts of an article."""
    part_of: PageKey | None = None
    """First page of the article that this page continues."""
    same_page_as: PageKey | None = None
    """The page of which this URL is another address (tracking parameters, AMP, mobile twin)."""

    @property
    def has_summary(self) -> bool:
        """Whether the page has an introduction block apart from its body."""
        return self.summary is not None

    @property
    def key(self) -> PageKey:
        """Spider and path; unique among the pages of the main hosts."""
        return self.spider, self.path

    def url(self, origins: Origins) -> str:
        """The page's address at the running sites; KeyError if the site is not among them."""
        return origins[self.spider][self.host] + self.path
