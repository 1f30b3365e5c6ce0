"""Is ranking as good as that of search engines? Known items among real pages, beside tantivy and bm25s.

    python -m bench ranking    needs the folder `shared`; tantivy, bm25s and PyStemmer are measured if installed

There is no judged collection of health articles here, so each query has one right answer: the page that it was
made from. 'title' asks for all words of a page's title, 'three words' for three of them, both of texts without
their titles; 'phrase' for four words in a row out of a text. Figures: mean reciprocal rank among the first ten,
and the share of queries without answer.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.adapters import build_search, extract_fields, search
from db.search.query import STOP_WORDS

SHARED = Path(__file__).resolve().parents[2] / "shared"
SETS = ("fundus", "aeb", "trafilatura", "htmldate")
DEPTH = 10
_WORD = re.compile(r"[^\W\d_]{3,}")

Texts = dict[int, str]
Queries = dict[str, list[tuple[str, int]]]
Search = Callable[[str], list[int]]


def main(arguments: list[str]) -> int:
    """Exit status 0 if it measured, 1 where there are no pages."""
    if not (SHARED / "pages").exists():
        print(f"{SHARED / 'pages'} is not there: nothing measured", file=sys.stderr)
        return 1
    titles, bodies = _pages()
    queries = _queries(titles, bodies)
    print(f"{len(bodies)} pages; {', '.join(f'{len(asked)} {kind}' for kind, asked in queries.items())}")
    print(f"{'mean reciprocal rank (no answer)':34}" + "".join(f"{kind:>18}" for kind in queries))
    with tempfile.TemporaryDirectory() as folder:
        for name, engine in _engines(bodies, Path(folder)):
            print(f"{name:34}" + "".join(f"{_measured(engine, asked):>18}" for asked in queries.values()), flush=True)
    return 0


def _pages() -> tuple[Texts, Texts]:
    """Titles and texts of all pages that are articles with both, as our extraction reads them."""
    titles: Texts = {}
    bodies: Texts = {}
    seen: set[str] = set()
    for name in SETS:
        for line in (SHARED / "pages" / name / "pages.jsonl").read_text(encoding="utf-8").splitlines():
            page = json.loads(line)
            html = gzip.decompress((SHARED / "pages" / name / page["file"]).read_bytes())
            fields = extract_fields(html, page["url"])
            title, body = str(fields.get("title") or ""), str(fields.get("body") or "")
            if len(_WORD.findall(title)) >= 3 and len(body) > 500 and body not in seen:
                seen.add(body)
                titles[len(titles) + 1] = title
                bodies[len(titles)] = body.replace(title, " ")
    return titles, bodies


def _queries(titles: Texts, bodies: Texts) -> Queries:
    random_ = random.Random(20_261_123)
    asked: Queries = {"title": [], "three words": [], "phrase": []}
    for id_, title in titles.items():
        words = [word for word in _WORD.findall(title) if word.lower() not in STOP_WORDS]
        asked["title"].append((" ".join(_WORD.findall(title)), id_))
        if len(words) >= 3:
            asked["three words"].append((" ".join(random_.sample(words, 3)), id_))
        runs = re.findall(r"(?:[^\W\d_]+ ){3}[^\W\d_]+", bodies[id_])
        if runs:
            asked["phrase"].append((random_.choice(runs), id_))
    return asked


def _measured(engine: Search, asked: list[tuple[str, int]]) -> str:
    total = unanswered = 0.0
    for query, right in asked:
        ids = engine(query)
        unanswered += not ids
        total += 1 / (ids.index(right) + 1) if right in ids else 0
    return f"{total / len(asked):.3f} ({100 * unanswered / len(asked):.1f} %)"


def _engines(bodies: Texts, folder: Path) -> Iterator[tuple[str, Search]]:
    path = str(folder / "rows.db")
    build_search(path, ({"id": id_, "title": "", "body": body} for id_, body in bodies.items()))
    yield "galen", lambda query: search(path, query, DEPTH)
    for name, make in (("tantivy", _tantivy), ("bm25s", _bm25s)):
        if importlib.util.find_spec(name) is None:
            print(f"{name}: not installed, not measured")
        else:
            yield f"{name}, English stems", make(bodies)


def _tantivy(bodies: Texts) -> Search:
    tantivy = importlib.import_module("tantivy")
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("id", stored=True)
    schema.add_text_field("body", tokenizer_name="en_stem")
    index = tantivy.Index(schema.build())
    writer = index.writer()
    for id_, body in bodies.items():
        writer.add_document(tantivy.Document(id=id_, body=body))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def found(query: str) -> list[int]:
        # In capitals IN is an operator.
        hits = searcher.search(index.parse_query(query.lower(), ["body"]), DEPTH).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    return found


def _bm25s(bodies: Texts) -> Search:
    bm25s, stemmer = importlib.import_module("bm25s"), importlib.import_module("Stemmer").Stemmer("english")
    ids = list(bodies)

    def tokens(texts: list[str]) -> object:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    model = bm25s.BM25()
    model.index(tokens(list(bodies.values())), show_progress=False)

    def found(query: str) -> list[int]:
        places, scores = model.retrieve(tokens([query]), k=DEPTH, show_progress=False)
        return [ids[place] for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    return found
