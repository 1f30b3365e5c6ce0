"""A declaration as the text of a site file, and pages with the article that is expected of them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path

from crawler.extract.article import extract
from crawler.extract.page import read_page
from crawler.samples import Sample
from crawler.site import Site
from db.records import Article

PAGES = Path("tests/pages")
"""Where the pairs lie: PAGES/<spider>/<name>.html and .json."""

_SHOWN = ("name", "domains", "scheme", "discover", "article", "language", "date_order", "body", "expect")


class SiteFileExists(Exception):
    """There is a file of that name already; the message names it. Nothing was written."""


def site_file(site: Site, spider: str, doubts: tuple[str, ...] = ()) -> str:
    """Python source of a site file."""
    default = Site(name="x", domains=("x",))
    values = ((name, getattr(site, name)) for name in _SHOWN)
    lines = [
        f"        {name}={_source(value)},"
        for name, value in values
        if name in ("name", "domains") or value != getattr(default, name)
    ]
    ways = sorted({type(way).__name__ for way in site.discover} | {"Site"})
    class_name = "".join(word.capitalize() for word in spider.split("_"))
    notes = "".join(f"    # look at: {doubt}\n" for doubt in doubts)
    imported = [way for way in ways if way == "Site" or "discover=" in "".join(lines)]
    return (
        f'"""{_plain(site.name)}: proposed by `galen sites add`, to be looked at."""\n\n'
        "from __future__ import annotations\n\n"
        "from crawler.article_spider import ArticleSpider\n"
        f"from crawler.site import {', '.join(imported)}\n\n\n"
        f"class {class_name}(ArticleSpider):\n"
        f'    """{_plain(site.domains[0])}."""\n\n'
        f'    name = "{spider}"\n{notes}'
        "    site = Site(\n" + "\n".join(lines) + "\n    )\n"
    )


def _plain(text: str) -> str:
    """A text of the site's own as it may stand in a docstring: it must not end it and go on as a program."""
    return " ".join(re.sub(r"[^\w.,:;&()'/ -]", " ", text).split())


def _source(value: object) -> str:
    """A value as Python source, strings in double quotes."""
    if isinstance(value, str):
        # a pattern reads better raw
        raw = "\\" in value and '"' not in value and value.isprintable() and not value.endswith("\\")
        return f'r"{value}"' if raw else json.dumps(value, ensure_ascii=not value.isprintable())
    if isinstance(value, tuple):
        inner = ", ".join(map(_source, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if hasattr(value, "url"):
        return f"{type(value).__name__}({_source(value.url)})"
    return repr(value)


def write_new(path: Path, text: str | bytes) -> None:
    """Write a file that does not exist yet. Raises SiteFileExists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
    except FileExistsError:
        raise SiteFileExists(f"{path} exists already; it is never overwritten. Move it away or name another") from None


def expected(site: Site, sample: Sample) -> str:
    """What the declaration makes of an answer, as JSON: address, time of fetching, verdict and the whole article."""
    page = read_page(sample.body, sample.url, sample.content_type)
    extraction = extract(page, site, sample.fetched_at)
    row = {
        "url": sample.url,
        "content_type": sample.content_type,
        "fetched_at": sample.fetched_at.isoformat(timespec="seconds"),
        "verdict": str(extraction.verdict),
        "reason": extraction.reason,
        "article": None if extraction.article is None else _values(extraction.article),
    }
    return json.dumps(row, ensure_ascii=False, indent=2) + "\n"


def _values(article: Article) -> dict[str, object]:
    """All fields of an article but how they were found, null written out."""
    told = asdict(article)
    return {field.name: told[field.name] for field in fields(article) if field.name not in ("evidence", "extractor")}


def pairs(folder: Path, spider: str) -> Iterator[tuple[Path, Sample]]:
    """(JSON file, answer) of every stored page of a spider."""
    for path in sorted((folder / spider).glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        body = path.with_suffix(".html").read_bytes()
        yield path, Sample(row["url"], 200, row["content_type"], datetime.fromisoformat(row["fetched_at"]), body)


def difference(path: Path, now: str) -> str:
    """Lines in which a stored expectation and what is read now differ; '' where they are the same."""
    before = path.read_text(encoding="utf-8")
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), str(path), "read now", lineterm="", n=1)
    return "\n".join(lines)
