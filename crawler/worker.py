"""`python -m crawler.worker`: one of several processes of `galen crawl` (see `crawler.processes`)."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from scrapy.utils.log import configure_logging

from crawler.cli.crawl import load_settings
from crawler.progress import Progress
from crawler.runner import Crawl, Runner, Target

COUNTERS = (
    "article", "listing", "part", "rejected", "failed", "gone", "new", "changed", "unchanged", "copies",
)  # fmt: skip


def main() -> None:
    """Read the order from standard input, crawl what can be claimed, tell how it fares."""
    order: dict[str, Any] = json.load(sys.stdin)
    settings = load_settings(Path(order["data"]), order["changes"])
    claims = Path(order["claims"])
    configure_logging(settings)
    runner = Runner(
        settings,
        [Target(**target) for target in order["targets"]],
        at_once=order["at_once"],
        claim=lambda index: _claimed(claims / str(index)),
    )
    teller = _Teller(runner.crawls)
    parent = os.getppid()

    def tick() -> None:
        if os.getppid() != parent and runner.signal is None:
            runner.stop(signal.SIGTERM)  # nobody listens any more, and the same command is to find the sites free
        teller.tell()

    with Progress(runner.crawls, stream=sys.stderr, level=settings["LOG_LEVEL"], quiet=True):
        runner.run(tick)
    teller.tell()


def _claimed(path: Path) -> bool:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


class _Teller:
    """Prints a line for each crawl of ours that has changed since it was last told."""

    def __init__(self, crawls: list[Crawl]) -> None:
        self._crawls = crawls
        self._told: dict[int, str] = {}

    def tell(self) -> None:
        for index, crawl in enumerate(self._crawls):
            if crawl.state in ("waiting", "elsewhere"):
                continue
            line = json.dumps(
                {
                    "index": index,
                    "state": crawl.state,
                    "error": crawl.error,
                    "run_id": crawl.run_id,
                    "counts": {name: crawl.count(name) for name in COUNTERS},
                }
            )
            if self._told.get(index) != line:
                self._told[index] = line
                with contextlib.suppress(BrokenPipeError):  # the parent was killed
                    sys.stdout.write(f"{line}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
