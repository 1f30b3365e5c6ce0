"""Answers of a site kept as files, so that a declaration can be proposed and tested on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

_INDEX = "index.jsonl"


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer."""

    url: str
    status: int
    content_type: str | None
    fetched_at: datetime
    body: bytes


class SampleKeeper:
    """Scrapy extension: writes every answer into the folder GALEN_SAMPLES, as it came (unpacked)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from the setting GALEN_SAMPLES."""
        keeper = cls(Path(crawler.settings["GALEN_SAMPLES"]))
        crawler.signals.connect(keeper.keep, signal=signals.response_received)
        return keeper

    def keep(self, response: Response, request: Request, spider: Spider) -> None:
        """Write one answer."""
        self._count += 1
        content_type = response.headers.get("Content-Type")
        line = {
            "url": response.url,
            "status": response.status,
            "content_type": content_type.decode("latin-1") if content_type else None,
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "file": f"{self._count}.body",
        }
        (self._folder / f"{self._count}.body").write_bytes(response.body)
        with (self._folder / _INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_samples(folder: Path) -> Iterator[Sample]:
    """The answers in a folder, in the order in which they came."""
    index = folder / _INDEX
    # Only \n ends a line: what a website writes into a header may hold other ends of lines.
    for line in filter(None, index.read_text(encoding="utf-8").split("\n")) if index.exists() else ():
        row = json.loads(line)
        fetched = datetime.fromisoformat(row["fetched_at"])
        body = (folder / row["file"]).read_bytes()
        yield Sample(row["url"], row["status"], row["content_type"], fetched, body)
