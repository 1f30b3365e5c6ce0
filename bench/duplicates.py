"""Measures the finding of copies: how well, how fast, how large.

    python -m bench duplicates                  all of it, with 100,000 articles in the index
    python -m bench duplicates quality|speed    one part
    python -m bench duplicates growth 3000      what one more costs among so many copies, or articles of a template
    python -m bench duplicates index 1000000    look-ups and size with so many synthetic signatures

quality needs ../shared/eval/dedup, and datasketch (pip install datasketch) for the column beside ours.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from bench.adapters import cluster, same_url
from bench.duplicates_growth import growth
from bench.duplicates_texts import ARTICLE, chinese, edited, english, row
from db.duplicates import index, place
from db.duplicates.signature import BANDS, PERMUTATIONS, VERSION, Signature, shingles
from db.duplicates.text_form import SENTENCES, read_text
from db.store import Store

SHARED = Path(__file__).resolve().parents[2] / "shared" / "eval" / "dedup"
CACHE_KIB = 65_536
"""Page cache of SQLite that the goal speaks of."""
KEYS = BANDS + SENTENCES + 1
"""Keys of an article: bands, sentences, the title."""
BATCH = 50


def main(arguments: list[str]) -> int:
    """Exit status 0; 1 if quality was asked for by name and there is no data."""
    part, size = [*arguments, "", ""][:2]
    articles = int(size) if size else 100_000
    if part in ("", "quality") and not _quality() and part:
        return 1
    if part in ("", "speed"):
        _speed(articles)
    if part in ("", "index"):
        _index(articles)
    if part in ("", "growth"):
        growth(int(size) if size else 1200)
    return 0


def _quality() -> bool:
    if not (SHARED / "evaluate.py").exists():
        print(f"{SHARED} is not there: quality not measured", file=sys.stderr)
        return False
    evaluate = _module(SHARED / "evaluate.py")
    documents = evaluate.load()
    triples = [(d["id"], d["title"], d["text"]) for d in documents]
    ours = cluster(triples)
    columns = {"galen": evaluate.report(documents, ours)}
    theirs = _datasketch(triples)
    if theirs is not None:
        columns["datasketch .5"] = evaluate.report(documents, theirs)
    _print_quality(columns)
    same = sum(
        _partition(cluster(random.Random(n).sample(triples, len(triples)))) == _partition(ours) for n in range(5)
    )
    print(f"same clusters over 5 shuffles: {same} of 5")
    cases = [json.loads(line) for line in (SHARED / "url_cases.dev.jsonl").read_text(encoding="utf-8").splitlines()]
    right = sum(same_url(case["a"], case["b"]) == (case["expected"] == "same") for case in cases)
    print(f"URL cases: {right} of {len(cases)}")
    return True


def _print_quality(columns: dict[str, Any]) -> None:
    rows: list[tuple[str, Callable[[Any], object]]] = [
        ("pairwise F1, core", lambda r: f"{r['core']['F1']:.4f}"),
        ("precision, core", lambda r: f"{r['core']['P']:.4f}"),
        ("recall, core", lambda r: f"{r['core']['R']:.4f}"),
        *((f"F1 {lang}", lambda r, key=f"lang={lang}": f"{r[key]['F1']:.4f}") for lang in ("zh", "en", "de")),
        ("F1 real_nat", lambda r: f"{r['part=real_nat']['F1']:.4f}"),
        ("F1 real_ext", lambda r: f"{r['part=real_ext']['F1']:.4f}"),
        ("traditional/simplified recall", lambda r: f"{r['recall_by_op']['s2t'][0]:.3f}"),
        ("different articles merged", lambda r: f"{r['neg_merged']} of {r['neg_pairs']}"),
    ]
    print(f"{'':32s}{''.join(f'{name:>16s}' for name in columns)}")
    for label, value in rows:
        print(f"{label:32s}{''.join(f'{value(report)!s:>16s}' for report in columns.values())}")


def _datasketch(triples: Sequence[tuple[int, str, str]]) -> dict[int, int] | None:
    """Clusters as datasketch's MinHashLSH at .5 finds them, over the same shingles, without verification."""
    with contextlib.suppress(ImportError):
        from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found,import-untyped,unused-ignore]

        lsh = MinHashLSH(threshold=0.5, num_perm=128)
        parent = {key: key for key, _, _ in triples}

        def root(key: int) -> int:
            while parent[key] != key:
                parent[key] = parent[parent[key]]
                key = parent[key]
            return key

        for key, _, text in triples:
            signature = MinHash(num_perm=128)
            signature.update_batch([value.to_bytes(8, "little") for value in shingles(read_text(text)).tolist()])
            for other in lsh.query(signature):
                parent[root(key)] = root(other)
            lsh.insert(key, signature)
        return {key: root(key) for key in parent}
    print("datasketch is not installed: no column beside ours (pip install datasketch)", file=sys.stderr)
    return None


def _speed(stored: int) -> None:
    """Sign, look up, verify and store, in portions as the writer does it; 15 % are edited copies."""
    for name, write in (("English", english), ("Chinese", chinese)):
        texts = list(_with_copies(write, 2000))
        with _filled(stored) as store:
            connection = store.connection
            with store.atomic():
                connection.executemany(ARTICLE, [row(stored + n + 1, f"t{n}", t) for n, t in enumerate(texts)])
            candidates: list[int] = []
            wall, used = time.perf_counter(), time.process_time()
            for start in range(0, len(texts), BATCH):
                prepared = [
                    (n, place.look_up(connection, place.read_article(f"t{n}", texts[n])))
                    for n in range(start, start + BATCH)
                ]
                candidates += [len(text.looked_up.candidates) for _, text in prepared if text.looked_up]
                with store.atomic():
                    for n, text in prepared:
                        place.place(connection, stored + n + 1, text, "2026-01-01T00:00:00Z")
            wall, used = time.perf_counter() - wall, time.process_time() - used
            found = connection.execute("SELECT count(*) FROM duplicate_edges WHERE verdict = 'same'").fetchone()[0]
        print(
            f"{name}: {sum(map(len, texts)) / len(texts):.0f} characters, {stored:,} in the index: "
            f"{len(texts) / wall:.0f} articles/s, {len(texts) / used:.0f} per second of CPU, {found} edges, "
            f"candidates an article {np.mean(candidates):.2f}, at most {max(candidates)}, "
            f"load {os.getloadavg()[0]:.1f}"
        )


def _index(stored: int) -> None:
    """Look-ups of signatures of which 15 % share bands with a stored one, with a warm and a cold cache."""
    with _filled(stored) as store:
        connection = store.connection
        path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        print(f"{stored:,} signatures: {path.stat().st_size / stored:.0f} bytes each")
        probes = list(_probes(connection, 3000))
        _look_ups(connection, probes[:1000])
        print(f"look-up, warm: {_percentiles(_look_ups(connection, probes[1000:]))}")
        with closing(_cold(path)) as fresh:
            print(f"look-up, cold: {_percentiles(_look_ups(fresh, probes[:300]))}")


def _look_ups(connection: sqlite3.Connection, probes: Sequence[Signature]) -> list[float]:
    times = []
    for probe in probes:
        start = time.perf_counter()
        index.look_up(connection, probe)
        times.append(time.perf_counter() - start)
    return times


def _percentiles(times: Sequence[float]) -> str:
    return ", ".join(f"p{q} {np.percentile(times, q) * 1000:.3f} ms" for q in (50, 99))


def _cold(path: Path) -> sqlite3.Connection:
    """A new connection to a file that the operating system was asked to forget."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _probes(connection: sqlite3.Connection, count: int) -> Iterator[Signature]:
    draw = np.random.default_rng(2)
    for _ in range(count):
        bands = draw.integers(-(2**63), 2**63 - 1, KEYS, dtype=np.int64).tolist()
        sketch = draw.bytes(PERMUTATIONS)
        if draw.random() < 0.15:
            start = int(draw.integers(-(2**63), 2**63 - 1))
            shared = connection.execute("SELECT h, id FROM bands WHERE h > ? LIMIT 1", (start,)).fetchone()
            if shared is not None:
                bands[0] = shared[0]
                sketch = connection.execute("SELECT sketch FROM signatures WHERE id = ?", (shared[1],)).fetchone()[0]
        yield Signature(sketch, tuple(bands))


@contextlib.contextmanager
def _filled(stored: int) -> Iterator[Store]:
    """A store with so many synthetic signatures, written in the order of their bands."""
    with tempfile.TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "galen.db")) as store:
        connection = store.connection
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        draw = np.random.default_rng(1)
        with store.atomic():
            connection.executemany(
                f"INSERT INTO signatures (id, article_id, version, key, sketch) VALUES (?, ?, {VERSION}, ?, ?)",
                ((n, n, n * 7919, draw.bytes(PERMUTATIONS)) for n in range(1, stored + 1)),
            )
            keys = draw.integers(-(2**63), 2**63 - 1, stored * KEYS, dtype=np.int64)
            order = np.argsort(keys)
            for start in range(0, order.size, 1_000_000):
                some = order[start : start + 1_000_000]
                connection.executemany(
                    "INSERT OR IGNORE INTO bands (h, id) VALUES (?, ?)",
                    zip(keys[some].tolist(), (some // KEYS + 1).tolist(), strict=True),
                )
        yield store


def _with_copies(write: Callable[[random.Random], str], count: int) -> Iterator[str]:
    draw = random.Random(1)
    texts: list[str] = []
    for _ in range(count):
        copied = texts and draw.random() < 0.15
        texts.append(edited(draw.choice(texts), draw) if copied else write(draw))
        yield texts[-1]


def _partition(labels: dict[int, int]) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for key, label in labels.items():
        groups.setdefault(label, set()).add(key)
    return set(map(frozenset, groups.values()))


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
