"""A crawl database of any size for `bench.search`: invented words in two scripts that grow like real text.

Words follow Zipf's law (frequency falls with rank), and every article brings a few that no other has,
so the vocabulary goes on growing as Heaps' law says. Rows are written past the store, which would take
hours; what reads them (publishing, search, exports) is the real code.
"""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from db.connection import open_database
from db.search.text import index_text

SEED = 20_261_123
ENGLISH_WORDS = 800
HAN_CHARACTERS = 1_200
SOURCES, DOCTORS, SITES = 400, 5_000, 40
COPIES = 0.04
"""Share of articles that are copies of another one."""
_SLICE = 100
_BATCH = 2_000
_SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]


def word(rank: int) -> str:
    """The English-looking word of a rank (0 = most frequent); frequent words are short."""
    letters, rest = "", rank + 7
    while rest:
        rest, digit = divmod(rest, len(_SYLLABLES))
        letters += _SYLLABLES[digit]
    return letters


def han_word(rank: int) -> str:
    """The two-character word of a rank."""
    return chr(0x4E00 + rank * 7 % 3_000) + chr(0x4E00 + (rank // 3 + rank * 13) % 3_000)


def build(path: Path, articles: int) -> None:
    """Write a crawl database of so many articles at `path`, half English, half Chinese; always the same."""
    random_ = random.Random(SEED)
    english, han = pools(random_)
    db = open_database(path)
    with closing(db.conn) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        # The crawl database's own index is not what is measured: publishing builds the one that is.
        for trigger in ("search_text_insert", "search_text_delete", "search_text_update"):
            conn.execute(f"DROP TRIGGER {trigger}")
        conn.execute("BEGIN")
        _names(conn)
        rows = (_article(id_, english, han, random_) for id_ in range(1, articles + 1))
        while batch := list(itertools.islice(rows, _BATCH)):
            _insert(conn, batch)
        _copies(conn, articles, random_)
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def pools(random_: random.Random) -> tuple[list[str], list[str]]:
    """English and Han words in the order in which texts use them; stretches of these are the texts."""
    english = _pool([word(rank) for rank in range(60_000)], 3_000_000, random_)
    return english, _pool([han_word(rank) for rank in range(40_000)], 2_000_000, random_)


def _pool(words: list[str], size: int, random_: random.Random) -> list[str]:
    weights = list(itertools.accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(len(words))))
    return random_.choices(words, cum_weights=weights, k=size)


def _names(conn: sqlite3.Connection) -> None:
    seen = "2026-01-01T00:00:00Z"
    conn.executemany(
        "INSERT INTO sites(id, name, spider, domains, first_seen) VALUES (?, ?, ?, ?, ?)",
        [(i, f"Site {i}", f"site{i}", json.dumps([f"site{i}.invalid"]), seen) for i in range(1, SITES + 1)],
    )
    conn.executemany(
        "INSERT INTO sources(id, name, kind) VALUES (?, ?, 'publisher')",
        [(i, f"Source {i}") for i in range(1, SOURCES + 1)],
    )
    conn.executemany(
        "INSERT INTO doctors(id, key, name, site_id) VALUES (?, ?, ?, 1)",
        [(i, str(i), f"Doctor {word(i).title()}") for i in range(1, DOCTORS + 1)],
    )


def _text(pool: list[str], length: int, random_: random.Random) -> Iterator[str]:
    for _ in range(0, length, _SLICE):
        start = random_.randrange(len(pool) - _SLICE)
        yield from pool[start : start + _SLICE]


def _article(id_: int, english: list[str], han: list[str], random_: random.Random) -> dict[str, Any]:
    chinese = id_ % 2 == 0
    if chinese:
        words = list(_text(han, HAN_CHARACTERS // 2, random_))
        title, body = "".join(words[:6]), "，".join("".join(words[i : i + 9]) for i in range(0, len(words), 9))
    else:
        words = list(_text(english, ENGLISH_WORDS, random_))
        words[::160] = [f"{word(60_000 + id_ * 5 + i)}" for i in range(len(words[::160]))]
        title, body = " ".join(words[1:8]).title(), " ".join(words)
    # Few sources and doctors have many articles, most have few.
    source = int(SOURCES * random_.random() ** 3) + 1
    doctor = int(DOCTORS * random_.random() ** 3) + 1
    year = 2012 + int(15 * random_.random() ** 0.6)
    return {
        "id": id_,
        "url": f"https://site{id_ % SITES + 1}.invalid/a/{id_}",
        "key": f"site{id_ % SITES + 1}.invalid/a/{id_}",
        "site": id_ % SITES + 1,
        "source": source,
        "doctor": doctor,
        "title": title,
        "body": body,
        "language": "zh" if chinese else "en",
        "published": f"{year}-{random_.randint(1, 12):02}-{random_.randint(1, 28):02}",
        "words": len(words),
        "indexed_title": index_text(title),
        "indexed_body": index_text(body),
        "source_name": f"Source {source}",
        "doctor_name": f"Doctor {word(doctor).title()}",
    }


def _insert(conn: sqlite3.Connection, batch: list[dict[str, Any]]) -> None:
    conn.executemany(
        """
        INSERT INTO articles(id, url, url_key, site_id, source_id, title, body, language, published, words, text_hash,
            first_seen, last_seen, last_changed, extractor)
        VALUES (:id, :url, :key, :site, :source, :title, :body, :language, :published, :words, '',
            '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'bench')""",
        batch,
    )
    conn.executemany(
        "INSERT INTO article_doctors(article_id, doctor_id, role, position) VALUES (:id, :doctor, 'author', 0)", batch
    )
    conn.executemany(
        """
        INSERT INTO search_text(id, title, summary, body, source, doctor)
        VALUES (:id, :indexed_title, '', :indexed_body, :source_name, :doctor_name)""",
        batch,
    )


def _copies(conn: sqlite3.Connection, articles: int, random_: random.Random) -> None:
    """Pairs of articles called copies of each other."""
    ids = random_.sample(range(1, articles + 1), int(articles * COPIES) // 2 * 2)
    pairs = [(number, *pair) for number, pair in enumerate(zip(ids[::2], ids[1::2], strict=True), start=1)]
    conn.executemany("INSERT INTO clusters(id, canonical_id, size, sites) VALUES (?, ?, 2, 2)", [p[:2] for p in pairs])
    conn.executemany("UPDATE articles SET cluster_id = ? WHERE id IN (?, ?)", pairs)
