"""Scores the byline grammar on the development strings kept beside the project, where they are there.

    python -m bench.bylines [--misses] [GOLD.jsonl]

Prints per field: gold, hits, misses, wrong and false answers, precision, recall and F1 (those of the
scorer that lies beside the strings), and how long one byline takes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crawler.extract.byline.contract import parse_byline

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "eval" / "bylines"
FIELDS = ("source", "doctor", "credentials", "department", "hospital", "role", "date")


def figures() -> dict[str, dict[str, float]]:
    """Field -> precision, recall and F1 on the development strings; {} where they are not there."""
    gold, scorer = FOLDER / "dev.jsonl", FOLDER / "score.py"
    if not gold.exists() or not scorer.exists():
        return {}
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    table = _scored(gold, scorer, [parse_byline(row["text"], row["lang"]) for row in rows])
    lines = [line.split() for line in table.splitlines()]
    columns = lines[0][1:]
    return {name: dict(zip(columns, map(float, values), strict=True)) for name, *values in lines[1:] if name in FIELDS}


def _scored(gold: Path, scorer: Path, answers: list[dict[str, object]]) -> str:
    """What the scorer beside the strings prints."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
        file.flush()
        command = [sys.executable, str(scorer), str(gold), file.name]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(arguments: list[str]) -> int:
    """Exit status: 0, or 1 where there is nothing to measure."""
    paths = [Path(argument) for argument in arguments if not argument.startswith("-")]
    gold_path, scorer = (paths or [FOLDER / "dev.jsonl"])[0], FOLDER / "score.py"
    if not gold_path.exists() or not scorer.exists():
        print(f"{gold_path} or {scorer} is not there: nothing measured", file=sys.stderr)
        return 1
    gold = [json.loads(line) for line in gold_path.read_text(encoding="utf-8").splitlines()]
    answers = [parse_byline(row["text"], row["lang"]) for row in gold]
    print(_scored(gold_path, scorer, answers), end="")
    if "--misses" in arguments:
        _print_misses(gold, answers)
    _print_speed(gold)
    return 0


def _print_misses(gold: list[dict[str, object]], answers: list[dict[str, object]]) -> None:
    for row, answer in zip(gold, answers, strict=True):
        different = {
            field: (row.get(field), answer[field])
            for field in FIELDS
            if str(row.get(field) or "").lower()[:10] != str(answer[field] or "").lower()[:10]
        }
        if different:
            print(repr(row["text"]), different, answer["others"])


def _print_speed(gold: list[dict[str, object]]) -> None:
    rounds = 10
    start = time.perf_counter()
    for _ in range(rounds):
        for row in gold:
            parse_byline(str(row["text"]), str(row["lang"]))
    each = (time.perf_counter() - start) / rounds / len(gold)
    print(f"{each * 1000:.3f} ms a byline")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
