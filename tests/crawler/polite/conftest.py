"""A website on loopback and a way to crawl it with Scrapy's real engine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.website import ROOT, Website


@pytest.fixture
def elsewhere() -> Iterator[Website]:
    site = Website()
    yield site
    site.close()


@pytest.fixture
def crawl() -> Callable[..., list[dict[str, Any]]]:
    def crawl(*steps: str | list[str] | float, **job: Any) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("probe.py"))],
            input=json.dumps({"steps": steps, **job}),
            capture_output=True,
            text=True,
            timeout=60,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return crawl
