"""Small crawl databases, written through the real store."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from db.policy import DEFAULT_RULES, obey
from db.publish import publish
from db.records import Article, Link, PageResult, PartialDate, Person, PersonKind, Role, Verdict
from db.store import Store

SEEN = "2026-03-01T08:00:00Z"
LONG = (
    "Most adults need between seven and nine hours of rest, and going to bed at the same hour every evening "
    "does more for that than any tablet sold over the counter in a pharmacy."
)
_numbers = itertools.count(1)


def doctor(name: str, role: Role = Role.AUTHOR, hospital: str | None = None) -> Person:
    """A clinician as a page names one."""
    return Person(name=name, kind=PersonKind.CLINICIAN, role=role, hospital=hospital)


def article(title: str, body: str = LONG, *, published: str | None = None, **fields: Any) -> Article:
    """An article of the site 'Blue Hill' unless said otherwise, under a URL of its own."""
    site = fields.pop("site", "Blue Hill")
    host = site.lower().replace(" ", "")
    values: dict[str, Any] = {"url": f"https://{host}.example/a/{next(_numbers)}", "language": "en", "extractor": "1"}
    if published is not None:
        values["published"] = PartialDate(value=published)
    return obey(Article(title=title, body=body, site=site, **values | fields), DEFAULT_RULES)


def save(store: Store, *articles: Article, seen: str = SEEN) -> list[int]:
    """Store each article as the page that gave it; returns their ids."""
    ids: list[int] = []
    for item in articles:
        host = item.url.split("/")[2]
        site_id = store.site_id(item.site, spider=host.partition(".")[0], domains=(host,))
        page_id = _page(store, site_id, item.url)
        result = PageResult(
            page_id=page_id, site=item.site, url=item.url, verdict=Verdict.ARTICLE, fetched_at=seen, status=200,
            articles=(item,),
        )  # fmt: skip
        ids += store.save_page(result).articles
    return ids


def reject(store: Store, url: str, reason: str, *, site: str = "Blue Hill", seen: str = SEEN) -> None:
    """Store a page that is no article."""
    site_id = store.site_id(site, spider="bluehill", domains=(url.split("/")[2],))
    page_id = _page(store, site_id, url)
    store.save_page(
        PageResult(
            page_id=page_id, site=site, url=url, verdict=Verdict.REJECTED, fetched_at=seen, status=200, reason=reason
        )
    )


def make_database(path: Path, *articles: Article) -> Path:
    """A crawl database at `path` with these articles, closed again."""
    store = Store.open(path)
    save(store, *articles)
    store.close()
    return path


def _page(store: Store, site_id: int, url: str) -> int:
    store.add_links(site_id, [Link(url=url, fingerprint=url.encode())], run_id=0)
    row = store.connection.execute("SELECT id FROM pages WHERE site_id = ? AND url = ?", (site_id, url)).fetchone()
    return int(row[0])


def published_folder(folder: Path, *articles: Article) -> Path:
    """A data folder with a crawl database and its snapshot; returns the folder."""
    make_database(folder / "galen.db", *articles)
    publish(folder / "galen.db", folder / "public")
    return folder


def publish_in(folder: Path, store: Store) -> None:
    """Close a store that lies in `folder` and publish it there."""
    store.close()
    publish(folder / "galen.db", folder / "public")
