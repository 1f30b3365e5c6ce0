"""The texts of the demo sites, read from content/*.toml.

All texts, publishers and people are invented for Galen. A text is a list of lines; a line that
starts with '## ' is a heading.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from crawler.demo.expected import ExpectedDoctor, PageKey, Told

CONTENT = Path(__file__).parent / "content"


class Block(NamedTuple):
    """A paragraph or a heading."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle(Told):
    """One article as its site tells it."""

    title: str
    blocks: tuple[Block, ...]
    parts: tuple[tuple[Block, ...], ...] = ()
    """The second and later pages of the article."""
    changed: str = ""
    """Day on which the page last changed, for Last-Modified and lastmod; '' = the latest of its dates."""
    byline: tuple[str, ...] = ()
    """Lines between title and body, word for word."""
    expert: str | None = None
    """The line that names the doctor where the site sets it apart."""
    form: str = ""
    """Sunrise: markup; Hanlin: what the page says of its charset; Digest: kind of AMP address."""
    section: str = ""
    jsonld: Mapping[str, str] | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The body of the first page, a line for each block."""
        return tuple(block.text for block in self.blocks)

    @property
    def day_changed(self) -> str:
        """ISO day of the last change."""
        dates = (self.changed, self.published, self.modified, self.reviewed)
        return max(date[:10] for date in dates if date)


def blocks(text: str) -> tuple[Block, ...]:
    """Cut a text of the content files into paragraphs and headings."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(Block(line.removeprefix("## "), line.startswith("## ")) for line in lines if line)


@cache
def sunrise() -> tuple[DemoArticle, ...]:
    """The articles of Sunrise Health, oldest first."""
    return tuple(_sunrise_article(row) for row in _load("sunrise")["article"])


@cache
def meridian() -> tuple[DemoArticle, ...]:
    """The articles of the Meridian Medical Library, oldest first."""
    return tuple(_article("demo_meridian", row) for row in _load("meridian")["article"])


@cache
def hanlin() -> tuple[DemoArticle, ...]:
    """The articles of 翰林健康网, oldest first."""
    return tuple(_article("demo_hanlin", row) for row in _load("hanlin")["article"])


@cache
def digest() -> tuple[DemoArticle, ...]:
    """The copies and the family of similar articles of the Lantern Digest."""
    content = _load("digest")
    originals = {(article.spider, article.path): article for article in (*sunrise(), *meridian(), *hanlin())}
    copies = (_copy(row, originals) for row in content["article"])
    return (*copies, *_family(content["family"]))


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


FORM_KEYS = ("markup", "charset", "amp")
PLAIN_KEYS = frozenset(
    ("path", "title", "source", "published", "modified", "reviewed", "next_review", "changed", "expert", "section")
)


def _article(spider: str, row: Mapping[str, Any], body: tuple[Block, ...] = ()) -> DemoArticle:
    return DemoArticle(
        spider=spider,
        blocks=body or blocks(row["body"]),
        parts=tuple(blocks(part) for part in row.get("parts", ())),
        summary=row["summary"].strip() if "summary" in row else None,
        doctors=tuple(ExpectedDoctor(**doctor) for doctor in row.get("doctors", ())),
        authors=tuple(row.get("authors", ())),
        fragments=tuple(row.get("fragments", ())),
        byline=tuple(row.get("byline", ())),
        form=next((row[key] for key in FORM_KEYS if key in row), ""),
        jsonld=row.get("jsonld"),
        **{key: row[key] for key in PLAIN_KEYS if key in row},
    )


def _sunrise_article(row: Mapping[str, Any]) -> DemoArticle:
    article = _article("demo_sunrise", row)
    if "doctor" not in row:
        return article
    return replace(article, doctors=(ExpectedDoctor(name=row["doctor"], clinical_title="Dr."),))


def _copy(row: Mapping[str, Any], originals: Mapping[PageKey, DemoArticle]) -> DemoArticle:
    spider, path = row["copy_of"]
    original = originals[spider, path]
    text = _changed_blocks(original.blocks, row.get("drop", ()), row.get("swap", ()))
    whole = "".join(block.text for block in text)
    return replace(
        _article("demo_digest", row, text),
        copy_of=(spider, path),
        copy_kind=row["kind"],
        fragments=tuple(fragment for fragment in original.fragments if fragment in whole),
    )


def _changed_blocks(text: tuple[Block, ...], drop: list[int], swap: list[list[str]]) -> tuple[Block, ...]:
    kept = [block for number, block in enumerate(text) if number not in drop]
    for old, new in swap:
        found = [block for block in kept if old in block.text]
        if len(found) != 1:
            raise ValueError(f"digest.toml: {old!r} stands in {len(found)} lines of the original, not in one")
        kept = [block._replace(text=block.text.replace(old, new)) for block in kept]
    return tuple(kept)


def _family(family: Mapping[str, Any]) -> Iterator[DemoArticle]:
    for member in family["member"]:
        year, month, day = member["published"].split("-")
        yield DemoArticle(
            spider="demo_digest",
            path=f"/story/low-{member['value'].lower().replace(' ', '-')}",
            title=Template(family["title"]).substitute(member),
            blocks=blocks(Template(family["body"]).substitute(member)),
            published=member["published"],
            source="Lantern Digest",
            byline=(f"{day}/{month}/{year} | Source: Lantern Digest",),
            section=family["section"],
        )
