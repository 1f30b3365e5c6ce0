"""What extraction gets right and what it costs, with trafilatura's own figures beside ours in the same run.

    python -m bench.extraction [PAGES] [--sets fundus aeb ...] [--split dev] [--newspaper]

PAGES is a folder with one folder a set: `pages.jsonl` (set, split, url, file, truth) and gzipped pages. Dates are right
to the day, titles and names after folding; bodies by 4-word shingles (F1 of mean precision and recall); cost is the
total of CPU seconds over that of one lxml parse of the same pages, so that machines can be compared. `--newspaper`
adds newspaper4k, installed into .venv-newspaper.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean
from typing import Any

import lxml.html

from bench import bylines, extraction_cost, whole_pages
from bench.adapters import extract_fields
from bench.newspaper_process import Newspaper
from bench.trafilatura_fields import trafilatura_fields
from crawler.extract.clean import title_key

Extractor = Callable[[bytes, str], Mapping[str, Any]]

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\\W\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")
_SHINGLE = 4
SHARED = Path(__file__).resolve().parents[2] / "shared" / "pages"


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
    if "with" in truth:
        text = got.get("body") or ""
        hits, false = (sum(part in text for part in truth[side]) for side in ("with", "without"))
        yield "segments hit", hits
        yield "segments wanted", len(truth["with"])
        yield "segments given", hits + false
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


def measure(folder: Path, name: str, split: str, newspaper: Newspaper | None = None) -> dict[str, dict[str, float]]:
    """Figures of every extractor on one set, and its cost in lxml parses."""
    labels = (*EXTRACTORS, *(["newspaper4k"] if newspaper else []))
    found: dict[str, dict[str, list[float]]] = {label: {} for label in labels}
    seconds = dict.fromkeys((*labels, "lxml"), 0.0)
    for html, url, truth in pages(folder, name, split):
        started = time.process_time()
        lxml.html.fromstring(html)
        seconds["lxml"] += time.process_time() - started
        for label, extractor in EXTRACTORS.items():
            started = time.process_time()
            got = extractor(html, url)
            seconds[label] += time.process_time() - started
            _note(found[label], truth, got)
        if newspaper is not None:
            got, spent = newspaper.read(html, url)
            seconds["newspaper4k"] += spent
            _note(found["newspaper4k"], truth, got)
    return {label: _summary(lists, seconds[label] / seconds["lxml"]) for label, lists in found.items()}


def _note(lists: dict[str, list[float]], truth: Mapping[str, Any], got: Mapping[str, Any]) -> None:
    for figure, value in scores(truth, got):
        lists.setdefault(figure, []).append(value)


def _summary(lists: Mapping[str, list[float]], cost: float) -> dict[str, float]:
    """Means, the F1 of body, and cost."""
    means = {figure: fmean(values) for figure, values in lists.items()}
    precision, recall = means.get("body precision", 0.0), means.get("body recall", 0.0)
    if precision and recall:
        means["body F1"] = 2 * precision * recall / (precision + recall)
    if "segments hit" in means:
        hits, wanted, given = (means.pop(f"segments {what}") for what in ("hit", "wanted", "given"))
        means["segments F1"] = 2 * hits / (wanted + given)
    return {**means, "cost in lxml parses": cost}


# set, figure, what is asked of it
ASKED = (
    ("fundus", "date exact", 0.99), ("fundus", "title exact", 0.85), ("fundus", "authors F1", 0.92),
    ("fundus", "body F1", 0.95), ("aeb", "body F1", 0.96), ("trafilatura", "title exact", 0.77),
    ("trafilatura", "segments F1", 0.925), ("htmldate", "date exact", 0.907), ("fundus", "cost in lxml parses", 16.0),
)  # fmt: skip


def _print_asked(tables: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """The figures that are asked for, one a line, beside the others' in the same run."""
    labels = list(dict.fromkeys(label for table in tables.values() for label in table))
    print(f"\n{'asked':42}{'':>8}" + "".join(f"{label:>14}" for label in labels))
    for name, figure, asked in ASKED:
        if name in tables:
            row = "".join(f"{tables[name][label].get(figure, float('nan')):14.3f}" for label in labels)
            print(f"{name + ': ' + figure:42}{asked:8.3f}{row}")


def main(arguments: list[str] | None = None) -> int:
    """Print one table a set, then what is asked; exit status 1 where there are no pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, nargs="?", default=SHARED)
    parser.add_argument("--sets", nargs="+", default=["fundus", "aeb", "trafilatura", "htmldate"])
    parser.add_argument("--split", default="dev")
    parser.add_argument("--newspaper", action="store_true", help="Measure newspaper4k, too (installs it).")
    options = parser.parse_args(arguments)
    if not options.pages.exists():
        print(f"{options.pages} is not there: nothing measured", file=sys.stderr)
        return 1
    for extractor in EXTRACTORS.values():
        extractor(
            b"<html><body><h1>x</h1><p>warm up: models and tables are loaded once</p></body></html>",
            "https://a.example/b",
        )
    tables = {}
    with ExitStack() as stack:
        newspaper = stack.enter_context(Newspaper()) if options.newspaper else None
        for name in options.sets:
            tables[name] = measure(options.pages, name, options.split, newspaper)
            _print_table(name, tables[name])
    _print_asked(tables)
    _print_other_asked()
    _print_costs(options.pages, [name for name in ("fundus", "aeb") if name in options.sets], options.split)
    return 0


def _print_other_asked() -> None:
    """What is asked of bylines and of whole pages; the others have no such fields."""

    asked = {"doctor": 0.92, "source": 0.92, "date": 0.97}
    for field, figures in bylines.figures().items():
        print(f"{'byline strings: ' + field + ' F1':42}{asked.get(field, 0.85):8.3f}{figures['F1']:14.3f}")
    ours, theirs = whole_pages.measure()
    shares = [score.counts["doctor hit"] / max(1, score.counts["doctor given"]) for score in (ours, theirs)]
    print(f"{'whole pages: doctor precision':42}{0.98:8.3f}" + "".join(f"{share:14.3f}" for share in shares))
    print(f"{'whole pages: wrong persons':42}{'':8}" + "".join(f"{len(one.wrong):14}" for one in (ours, theirs)))


def _print_costs(folder: Path, names: Sequence[str], split: str) -> None:
    """The trade of cost against body, and reading by a learned rule beside trafilatura."""
    held = [page for name in names for page in pages(folder, name, split)]
    if not held:
        return
    print(f"\n{'body of an unknown site':42}{'cost':>8}{'body F1':>10}   ({', '.join(names)}, {len(held)} pages)")
    for way, (cost, found) in extraction_cost.ways(held).items():
        print(f"{way:42}{cost:8.1f}{_body_f1(found):10.3f}")
    ruled, found = extraction_cost.learned(held, trafilatura_fields)
    print(f"by a learned rule: {ruled.taught} of {ruled.articles} articles teach one, {ruled.held} are read by it")
    for label, cost in (("by rule", ruled.cost), ("without", ruled.free), ("trafilatura, full", ruled.other)):
        print(f"{label:42}{cost:8.1f}" + (f"{_body_f1(found):10.3f}" if label == "by rule" else ""))
    print(f"trafilatura / by rule: {ruled.other / ruled.cost:.1f}")


def _body_f1(found: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> float:
    lists: dict[str, list[float]] = {}
    for truth, got in found:
        _note(lists, truth, got)
    return _summary(lists, 0.0).get("body F1", 0.0)


def _print_table(name: str, table: Mapping[str, Mapping[str, float]]) -> None:
    """All figures of one set."""
    print(f"\n{name:24}" + "".join(f"{label:>14}" for label in table))
    for figure in sorted({figure for column in table.values() for figure in column}):
        print(f"{figure:24}" + "".join(f"{column.get(figure, float('nan')):14.3f}" for column in table.values()))


if __name__ == "__main__":
    sys.exit(main())
