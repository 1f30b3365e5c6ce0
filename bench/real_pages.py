"""Crawls stored real pages, replayed on loopback, through `galen crawl`, and compares what was stored.

    python -m bench.real_pages [SET ...]        sets: fundus aeb trafilatura htmldate; default: fundus aeb

Every site gets an address of its own; all are crawled in one run by the spider `site`. Prints verdicts
by reason, tracebacks in the log, articles without title or body, and the fields compared with the truth.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from db.connection import connect

SHARED = Path(__file__).resolve().parents[2] / "shared"


def main(arguments: list[str]) -> int:
    """Exit status 0 if every page has a verdict and nothing broke, 1 otherwise or where there are no pages."""
    if not (SHARED / "pages").exists():
        print(f"{SHARED / 'pages'} is not there: nothing measured", file=sys.stderr)
        return 1
    sets = arguments or ["fundus", "aeb"]
    replay = subprocess.Popen(
        [sys.executable, str(SHARED / "tools" / "replay.py"), str(SHARED / "pages"), "--port", "8790", "--sets", *sets],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert replay.stdout is not None
    try:
        sites = [json.loads(line) for line in iter(replay.stdout.readline, "ready\n")]
        with tempfile.TemporaryDirectory() as folder:
            return _measure(Path(folder), sites, sets)
    finally:
        replay.terminate()
        replay.wait()


def _measure(folder: Path, sites: list[dict[str, Any]], sets: list[str]) -> int:
    started = time.monotonic()
    crawl = subprocess.run(
        [sys.executable, "-m", "crawler", "crawl", *(f"{site['base']}/" for site in sites),
         "--data", str(folder), "--delay", "0", "--quiet",
         # Measuring only: a third of these pages ask for their text not to be kept.
         '--set=GALEN_POLICY={"noarchive": "keep", "tdm-reservation": "keep", "noindex": "keep"}'],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(f"exit {crawl.returncode}, {len(sites)} sites, {time.monotonic() - started:.0f} s")
    tracebacks = crawl.stderr.count("Traceback")
    print(f"tracebacks in the log: {tracebacks}; log lines: {len(crawl.stderr.splitlines())}")
    print(crawl.stderr[:2000])
    original = {url: real for site in sites for url, real in site["urls"].items()}
    connection = connect(folder / "galen.db", read_only=True)
    pages = {row["url"]: row for row in connection.execute("SELECT * FROM pages")}
    articles = {row["id"]: row for row in connection.execute("SELECT * FROM articles")}
    without = [url for url in original if url not in pages or pages[url]["state"] in ("pending", "leased")]
    verdicts = Counter(
        (pages[url]["state"], pages[url]["reason"] or ("article" if pages[url]["article_id"] else ""))
        for url in original
        if url in pages
    )
    print(f"pages served: {len(original)}, without a verdict: {len(without)} {without[:5]}")
    for (state, reason), number in verdicts.most_common():
        print(f"  {number:5} {state:9} {reason}")
    print(f"articles: {len(articles)}; without title: {sum(not a['title'] for a in articles.values())}, "
          f"without body: {sum(not a['body'] for a in articles.values())}")  # fmt: skip
    _compare(connection, original, pages, articles, sets)
    connection.close()
    return int(bool(without or tracebacks or crawl.returncode))


def _compare(connection: Any, original: dict[str, str], pages: Any, articles: Any, sets: list[str]) -> None:
    """The stored rows through the scorer that lies beside the pages."""
    evaluate = _scorer()
    stored = {original[url]: articles[page["article_id"]] for url, page in pages.items()
              if url in original and page["article_id"]}  # fmt: skip
    authors = dict(
        connection.execute(
            """
            SELECT article_id, group_concat(name, '|')
            FROM article_doctors JOIN doctors ON doctors.id = doctor_id GROUP BY article_id
            """
        ).fetchall()
    )
    for name in sets:
        scores = []
        for row in evaluate.load(str(SHARED / "pages"), [name], "all"):
            article = stored.get(row["url"])
            got: dict[str, Any] = {}
            if article is not None:
                people = (authors.get(article["id"]) or "").split("|") + (article["authors"] or "").split("; ")
                got = {"title": article["title"], "date": article["published"], "body": article["body"],
                       "authors": [person for person in people if person]}  # fmt: skip
            scores.append(evaluate.score(row, evaluate.sane(got)))
        summary = evaluate.summarise(scores)
        pages = evaluate.load(str(SHARED / "pages"), [name], "all")
        print(f"[{name}] {len(pages)} pages, {sum(row['url'] in stored for row in pages)} stored")
        summary.pop("source", None)  # the replayed hosts are addresses, not names
        for field, figures in summary.items():
            print(f"  {field:8}", {key: round(value, 3) for key, value in figures.items() if value is not None})


def _scorer() -> Any:
    spec = importlib.util.spec_from_file_location("evaluate", SHARED / "eval" / "extraction" / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
