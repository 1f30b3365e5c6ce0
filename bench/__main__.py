"""Runs the benchmarks: `python -m bench` all that can run here, `python -m bench NAME [ARG ...]` one of them.

Some need the folder `shared` beside the project (real pages and evaluation data); without it they say
so and are left out. Figures of time are ratios to a baseline in the same run: these machines are noisy.
"""

from __future__ import annotations

import importlib
import sys

NAMES = ("bylines", "crawl", "duplicates", "extraction", "faults", "locks", "real_pages", "whole_pages")
BY_NAME = ("memory", "ranking", "search")
"""Run only when named: they take long."""


def main(arguments: list[str]) -> int:
    """Exit status 0 if every benchmark ran or had nothing to measure, else 1."""
    names, rest = (arguments[:1], arguments[1:]) if arguments else (list(NAMES), [])
    unknown = [name for name in names if name not in (*NAMES, *BY_NAME)]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join((*NAMES, *BY_NAME))}", file=sys.stderr)
        return 2
    failed = 0
    for name in names:
        print(f"== {name}", flush=True)
        failed += importlib.import_module(f"bench.{name}").main(rest) not in (0, None)
    return int(bool(failed) and bool(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
