"""Tombstones: what was redacted, known by keyed hashes only, and obeyed by everything that is stored afterwards.

A person's tombstone is the hash of the words of the name and how many they are, so that the name is found again in a
new page without being kept anywhere. Words are compared case-folded; every Chinese character is a word of its own.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from db.records import Article, PageResult, Verdict
from db.search.text import CJK_RUN
from db.site_keys import Choosing, choosing, site_key

TABLES = (
    """
CREATE TABLE tombstones (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('url', 'person')),
    key BLOB NOT NULL,
    words INTEGER,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    note TEXT,
    UNIQUE (kind, key)
)""",
    "CREATE TABLE redaction_key (key BLOB NOT NULL)",
    # Whatever the frontier does: a page that was redacted is never asked for again.
    """
CREATE TRIGGER pages_redacted BEFORE UPDATE ON pages
WHEN old.reason = 'redacted' AND substr(old.url, 1, 9) = 'redacted:' BEGIN
    SELECT RAISE(IGNORE);
END""",
)

REDACTED_ARTICLES = """
CREATE TABLE redacted_articles (
    article_id INTEGER PRIMARY KEY,
    redacted_at TEXT NOT NULL
)"""
"""Numbers of deleted articles and nothing else of them: whoever keeps a copy of an export has to be told."""

REDACTED = "redacted"
"""Reason of pages that a tombstone keeps out."""
MARK = "[redacted]"
"""Stands where a name was."""

_CHARACTER = CJK_RUN.pattern.removesuffix("+")
# With accents that are characters of their own, as file names of some systems and their copies have them.
_WORD = re.compile(rf"{_CHARACTER}|(?:(?!{_CHARACTER})[^\W_][\u0300-\u036f]*)+")
_ADDRESSES = frozenset({"url", "canonical_url", "next_part", "article_url", "profile_url"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tombstones:
    """All tombstones of a database, ready to be compared with."""

    secret: bytes
    urls: frozenset[bytes]
    people: dict[int, frozenset[bytes]]
    """Hashes by number of words."""
    choosing: Choosing = field(default_factory=dict)
    """Sites where a parameter chooses the page, or one tombstone would hold all that differ in it only."""

    def __bool__(self) -> bool:
        return bool(self.urls or self.people)

    def holds_url(self, url: str) -> bool:
        """Whether a page, under this or an equal URL, was redacted."""
        return bool(self.urls) and _hash(self.secret, site_key(url, self.choosing)) in self.urls

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where names of redacted people stand in a text."""
        if not self.people:
            return []
        # Indexed text has invisible marks between Chinese characters; they are no letters, so they do no harm here.
        found = list(_WORD.finditer(text))
        words = [_fold(match[0]) for match in found]
        spans: list[tuple[int, int]] = []
        for count, hashes in self.people.items():
            spans += [
                (found[start].start(), found[start + count - 1].end())
                for start in range(len(words) - count + 1)
                if _hash(self.secret, " ".join(words[start : start + count])) in hashes
            ]
        return sorted(spans)

    def mask(self, text: str) -> str:
        """A text with `MARK` in place of every redacted name."""
        pieces, end = [], 0
        for start, stop in self.spans(text):
            if start >= end:
                pieces += [text[end:start], MARK]
            end = max(end, stop)
        return "".join([*pieces, text[end:]]) if pieces else text


NO_TOMBSTONES = Tombstones(b"", frozenset(), {})


def read_tombstones(connection: sqlite3.Connection) -> Tombstones:
    """The tombstones of a database."""
    row = connection.execute("SELECT key FROM redaction_key").fetchone()
    if row is None:
        return NO_TOMBSTONES
    people: dict[int, set[bytes]] = {}
    urls = set()
    for kind, key, words in connection.execute("SELECT kind, key, words FROM tombstones"):
        if kind == "url":
            urls.add(key)
        else:
            people.setdefault(words, set()).add(key)
    return Tombstones(
        row["key"],
        frozenset(urls),
        {count: frozenset(keys) for count, keys in people.items()},
        choosing(connection) if urls else {},
    )


def add_url(connection: sqlite3.Connection, url: str, *, by: str, now: str, note: str | None) -> None:
    """Never store the page at this URL again."""
    _add(connection, "url", site_key(url, choosing(connection)), None, by, now, note)


def add_person(connection: sqlite3.Connection, name: str, *, by: str, now: str, note: str | None) -> None:
    """Never store this name again. Raises ValueError for a name of fewer than two words (or Chinese characters)."""
    words = person_words(name)
    _add(connection, "person", " ".join(words), len(words), by, now, note)


def person_words(name: str) -> list[str]:
    """The words of a person's name. Raises ValueError for fewer than two words (or Chinese characters)."""
    words = name_words(name)
    if len(words) < 2:
        raise ValueError(f"{name!r} is one word: it would be removed wherever it stands. Name the person in full")
    return words


def name_words(text: str) -> list[str]:
    """The words of a name as they are compared."""
    return [_fold(word) for word in _WORD.findall(text)]


def obeyed(connection: sqlite3.Connection, page: PageResult) -> PageResult:
    """What may be stored of a page: the same object where no tombstone concerns it."""
    stones = read_tombstones(connection)
    if not stones:
        return page
    part_of = page.part.article_url if page.part is not None else None
    if any(map(stones.holds_url, _addresses(page))) or (part_of is not None and stones.holds_url(part_of)):
        return replace(page, verdict=Verdict.REJECTED, reason=REDACTED, articles=(), part=None, links=())
    articles = tuple(_without_people(article, stones) for article in page.articles)
    part = _masked(page.part, stones) if page.part is not None else None
    if articles == page.articles and part == page.part:
        return page
    return replace(page, articles=articles, part=part)


def blank_page(connection: sqlite3.Connection, page_id: int) -> None:
    """Let nothing but its fingerprint be known of a redacted page; `pages_redacted` keeps the row so."""
    connection.execute(
        """
        UPDATE pages
        SET url = 'redacted:' || id, state = 'rejected', reason = 'redacted', final_url = NULL, request = NULL,
            due = NULL, etag = NULL, last_modified = NULL, article_id = NULL
        WHERE id = ?
        """,
        (page_id,),
    )


def _addresses(page: PageResult) -> Iterator[str]:
    yield page.url
    for article in page.articles:
        yield article.url
        if article.canonical_url is not None:
            yield article.canonical_url


def _without_people(article: Article, stones: Tombstones) -> Article:
    people = tuple(person for person in article.people if not stones.spans(person.name))
    return _masked(replace(article, people=people) if people != article.people else article, stones)


def _masked(value: T, stones: Tombstones) -> T:
    """A record with every text in it masked but addresses; the same object where there is nothing to mask."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return stones.mask(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        masked = tuple(_masked(each, stones) for each in value)
        return value if all(a is b for a, b in zip(masked, value, strict=True)) else masked  # type: ignore[return-value]
    if not is_dataclass(value):
        return value
    changes: dict[str, Any] = {}
    for item in fields(value):
        old = getattr(value, item.name)
        new = old if item.name in _ADDRESSES else _masked(old, stones)
        if new is not old and new != old:
            changes[item.name] = new
    return replace(value, **changes) if changes else value  # type: ignore[type-var]


def _add(
    connection: sqlite3.Connection, kind: str, text: str, words: int | None, by: str, now: str, note: str | None
) -> None:
    if connection.execute("SELECT 1 FROM redaction_key").fetchone() is None:
        connection.execute("INSERT INTO redaction_key (key) VALUES (?)", (secrets.token_bytes(32),))
    secret: bytes = connection.execute("SELECT key FROM redaction_key").fetchone()[0]
    connection.execute(
        """
        INSERT INTO tombstones (kind, key, words, made_by, made_at, note) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (kind, key) DO NOTHING
        """,
        (kind, _hash(secret, text), words, by, now, note),
    )


def _hash(secret: bytes, text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=secret, digest_size=16).digest()


def _fold(word: str) -> str:
    return word.casefold() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()
