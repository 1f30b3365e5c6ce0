"""Galen's functions in the shape that measurements from outside call them in: plain arguments, plain answers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.extract.article import extract
from crawler.extract.byline.contract import parse_byline
from crawler.extract.page import read_page
from crawler.site import Site
from db.connection import utc_now
from db.duplicates.url_key import url_key
from db.records import Article, Link, PageResult, Person, PersonKind, Role, Verdict
from db.search import contract
from db.store import Store

__all__ = ["build_search", "cluster", "extract_fields", "parse_byline", "same_url", "search"]


def extract_fields(html: bytes, url: str) -> dict[str, object]:
    """Fields of the article on a page of a site that nobody declared; {} where it is no article.

    title, authors (names of any role but experts quoted in the text), date (ISO: published, else last changed, or
    None), body, source, doctors, published, modified, reviewed, summary, language.
    """
    host = urlsplit(url).netloc.lower() or "unknown.invalid"
    extraction = extract(read_page(html, url), Site(name=host, domains=(host,)), datetime.now(UTC))
    return {} if extraction.article is None else article_fields(extraction.article)


def same_url(a: str, b: str) -> bool:
    """Whether two URLs are the same page by URL key."""
    return url_key(a) == url_key(b)


def cluster(articles: Iterable[tuple[int, str, str]]) -> dict[int, int]:
    """(id, title, text) in any order, stored one after the other -> cluster label (equal = one text)."""
    with tempfile.TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "galen.db")) as store:
        site_id = store.site_id("bench", spider="bench")
        run_id = store.start_run(site_id, "bench")
        row_of = {key: _store(store, site_id, run_id, title, text) for key, title, text in articles}
        # An article that is no copy is a cluster of its own: labels of those lie below zero.
        label_of = dict(store.connection.execute("SELECT id, coalesce(cluster_id, -id) FROM articles").fetchall())
    return {key: label_of[row] for key, row in row_of.items()}


def build_search(db_path: str, articles: Iterable[Mapping[str, Any]]) -> None:
    """Index rows (id, title, summary, body, source, doctor, published) in a new database at `db_path`."""
    contract.build_search(Path(db_path), articles)


def search(db_path: str, query: str, k: int) -> list[int]:
    """Ids of the best `k` rows for a query, best first; copies are not hidden."""
    return contract.search_ids(Path(db_path), query, k)


def _store(store: Store, site_id: int, run_id: int, title: str, text: str) -> int:
    """Save one article as the crawl would, by itself; returns its row."""
    number = store.connection.execute("SELECT count(*) FROM pages").fetchone()[0] + 1
    url = f"https://bench.invalid/{number}"
    store.add_links(site_id, [Link(url=url, fingerprint=url.encode())], run_id)
    article = Article(url=url, site="bench", title=title or "untitled", body=text or "empty")
    saved = store.save_page(
        PageResult(
            page_id=number, site="bench", url=url, verdict=Verdict.ARTICLE, fetched_at=utc_now(), articles=(article,)
        )
    )
    return saved.articles[0]


def article_fields(article: Article) -> dict[str, object]:
    """An article in the fields of `extract_fields`."""
    dates = {
        name: None if date is None else date.value
        for name, date in (
            ("published", article.published),
            ("modified", article.modified),
            ("reviewed", article.reviewed),
        )
    }
    return {
        "title": article.title,
        "authors": list(dict.fromkeys(person.name for person in article.people if person.role is not Role.EXPERT)),
        "date": dates["published"] or dates["modified"],
        "body": article.body,
        "source": article.source,
        "doctors": [_doctor(p) for p in article.people if p.kind is PersonKind.CLINICIAN],
        **dates,
        "summary": article.summary,
        "language": article.language,
    }


def _doctor(person: Person) -> dict[str, str | None]:
    """A clinician as plain values."""
    return {
        "name": person.name,
        "role": person.role.value,
        "title": person.clinical_title,
        "credentials": person.credentials,
        "department": person.department,
        "hospital": person.hospital,
    }
