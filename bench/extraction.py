"""What extraction gets right and what it costs, with trafilatura's own figures beside ours in the same run.

    python -m bench.extraction PAGES [--sets fundus aeb ...] [--split dev]

PAGES is a folder with one folder a set: `pages.jsonl` (set, split, url, file, truth) and gzipped pages. Dates are right
to the day, titles and names after folding; bodies by 4-word shingles (F1 of mean precision and recall); cost is the
total of CPU seconds over that of one lxml parse of the same pages, so that machines can be compared.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

import lxml.html
from trafilatura import bare_extraction

from bench.adapters import extract_fields
from crawler.extract.encoding import decode
from crawler.extract.title import title_key

Extractor = Callable[[bytes, str], Mapping[str, Any]]

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\\W\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")
_SHINGLE = 4


def trafilatura_fields(html: bytes, url: str) -> dict[str, Any]:
    """The same fields by trafilatura alone, with its own metadata and its full comparison of extractors."""
    document = bare_extraction(decode(html).text, url=url, include_comments=False, with_metadata=True)
    if document is None:
        return {}
    values = document if isinstance(document, dict) else document.as_dict()
    authors = values.get("author") or ""
    return {
        "title": values.get("title"),
        "authors": authors.split("; ") if authors else [],
        "date": values.get("date"),
        "body": values.get("text"),
        "source": values.get("sitename"),
    }


EXTRACTORS: dict[str, Extractor] = {"galen": extract_fields, "trafilatura": trafilatura_fields}


def pages(folder: Path, name: str, split: str) -> Iterator[tuple[bytes, str, Mapping[str, Any]]]:
    """(bytes, URL, truth) of the pages of a set."""
    for line in (folder / name / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == split:
            yield gzip.decompress((folder / name / row["file"]).read_bytes()), row["url"], row["truth"]


def scores(truth: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """(figure, 0 to 1) for what the truth of a page knows."""
    if truth.get("title"):
        yield "title exact", float(title_key(truth["title"]) == title_key(got.get("title") or ""))
    if truth.get("date"):
        yield "date exact", float(truth["date"][:10] == (got.get("date") or "")[:10])
        yield "date none", float(not got.get("date"))
    if truth.get("authors"):
        wanted = {title_key(name) for name in truth["authors"]}
        found = {title_key(name) for name in got.get("authors") or []}
        yield "authors F1", 2 * len(wanted & found) / (len(wanted) + len(found))
    if truth.get("source"):
        yield "source exact", float(title_key(truth["source"]) == title_key(got.get("source") or ""))
    if truth.get("body"):
        wanted_body, found_body = _shingles(truth["body"]), _shingles(got.get("body") or "")
        both = sum((wanted_body & found_body).values())
        yield "body recall", both / sum(wanted_body.values())
        if found_body:
            yield "body precision", both / sum(found_body.values())


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return (
        Counter(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))
        if words
        else Counter()
    )


def measure(folder: Path, name: str, split: str) -> dict[str, dict[str, float]]:
    """Figures of every extractor on one set, and its cost in lxml parses."""
    found: dict[str, dict[str, list[float]]] = {extractor: {} for extractor in EXTRACTORS}
    seconds = dict.fromkeys((*EXTRACTORS, "lxml"), 0.0)
    for html, url, truth in pages(folder, name, split):
        started = time.process_time()
        lxml.html.fromstring(html)
        seconds["lxml"] += time.process_time() - started
        for label, extractor in EXTRACTORS.items():
            started = time.process_time()
            got = extractor(html, url)
            seconds[label] += time.process_time() - started
            for figure, value in scores(truth, got):
                found[label].setdefault(figure, []).append(value)
    return {label: _summary(lists, seconds[label] / seconds["lxml"]) for label, lists in found.items()}


def _summary(lists: Mapping[str, list[float]], cost: float) -> dict[str, float]:
    """Means, the F1 of body, and cost."""
    means = {figure: fmean(values) for figure, values in lists.items()}
    precision, recall = means.get("body precision", 0.0), means.get("body recall", 0.0)
    if precision and recall:
        means["body F1"] = 2 * precision * recall / (precision + recall)
    return {**means, "cost in lxml parses": cost}


def main() -> None:
    """Print one table a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--sets", nargs="+", default=["fundus", "aeb", "trafilatura", "htmldate"])
    parser.add_argument("--split", default="dev")
    options = parser.parse_args()
    for extractor in EXTRACTORS.values():
        extractor(
            b"<html><body><h1>x</h1><p>warm up: models and tables are loaded once</p></body></html>",
            "https://a.example/b",
        )
    for name in options.sets:
        table = measure(options.pages, name, options.split)
        print(f"\n{name:24}" + "".join(f"{label:>14}" for label in table))
        for figure in sorted({figure for column in table.values() for figure in column}):
            print(f"{figure:24}" + "".join(f"{column.get(figure, float('nan')):14.3f}" for column in table.values()))


if __name__ == "__main__":
    main()
