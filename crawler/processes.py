"""Many sites in several processes: each worker claims a site, crawls it, claims the next.

The parent starts workers (`python -m crawler.worker`), tells them the targets and reads how they fare
from their standard output, one JSON object a line. A site is claimed by making a file that must not
exist yet, so no site is crawled twice, and a worker that dies takes nothing along: what it had not
committed is pending in the database.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crawler.runner import Target


@dataclass
class RemoteCrawl:
    """How a target fares in another process; the same words as `crawler.runner.Crawl`."""

    target: Target
    state: str = "waiting"
    error: str | None = None
    run_id: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    failed_checks: list[str] = field(default_factory=list)
    """What the checks after the run found wrong, a sentence each."""

    def count(self, name: str) -> int:
        """A counter of the run so far: a verdict, or 'new', 'changed', 'unchanged', 'copies'."""
        return self.counts.get(name, 0)


class ProcessRunner:
    """Runs targets in several processes; SIGINT and SIGTERM end all of them early and cleanly."""

    def __init__(
        self, changes: Mapping[str, Any], data: Path, targets: Sequence[Target], *, processes: int, at_once: int
    ):
        self.crawls = [RemoteCrawl(target) for target in targets]
        self.signal: int | None = None
        """The signal that ended the run early."""
        # The first worker that is up must not claim everything.
        share = min(at_once, math.ceil(len(targets) / processes))
        self._order = {
            "changes": dict(changes), "data": str(data), "targets": [asdict(target) for target in targets],
            "at_once": share,
        }  # fmt: skip
        self._processes = processes
        self._workers: list[subprocess.Popen[str]] = []

    def run(self, on_tick: Callable[[], None] | None = None, tick: float = 0.25) -> Sequence[RemoteCrawl]:
        """Crawl all targets; `on_tick` is called every `tick` seconds meanwhile."""
        handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            with tempfile.TemporaryDirectory(prefix="galen-claims-") as claims:
                readers = [self._start(claims) for _ in range(self._processes)]
                while any(reader.is_alive() for reader in readers):
                    if on_tick is not None:
                        on_tick()
                    time.sleep(tick)
                codes = [worker.wait() for worker in self._workers]
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        self._conclude(codes)
        return self.crawls

    def _start(self, claims: str) -> threading.Thread:
        worker = subprocess.Popen(
            [sys.executable, "-m", "crawler.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C reaches the parent alone, which asks the workers to end.
            start_new_session=True,
        )
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(self._order | {"claims": claims}))
        worker.stdin.close()
        self._workers.append(worker)
        reader = threading.Thread(target=self._listen, args=(worker,), daemon=True)
        reader.start()
        return reader

    def _listen(self, worker: subprocess.Popen[str]) -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            told = json.loads(line)
            crawl = self.crawls[told["index"]]
            crawl.state, crawl.error = told["state"], told["error"]
            crawl.run_id, crawl.counts = told["run_id"], told["counts"]

    def _stop(self, number: int, _: Any) -> None:
        again = self.signal is not None
        self.signal = number
        for worker in self._workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        if again:
            # The workers have heard it twice too and end at once; nothing is lost.
            os._exit(128 + number)

    def _conclude(self, codes: Sequence[int]) -> None:
        died = [code for code in codes if code != 0]
        for crawl in self.crawls:
            if crawl.state in ("waiting", "crawling"):
                crawl.state = "stopped" if self.signal is not None else "failed"
                if self.signal is None:
                    crawl.error = (
                        f"{crawl.target.label}: its process ended early (exit {died[0] if died else 0}). "
                        "Nothing stored is lost; the same command goes on."
                    )
