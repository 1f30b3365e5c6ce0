"""Reads pages with newspaper4k, in an environment where only that is installed: standard library besides.

Lines on standard input: {"url", "file"} (gzipped HTML). Lines on standard output: {"fields", "seconds"} (CPU).
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path
from typing import Any


def fields(markup: str, url: str) -> dict[str, Any]:
    """Title, authors, date and body; {} where newspaper4k fails on the page."""
    import newspaper  # type: ignore[import-not-found]

    article = newspaper.Article(url or "https://unknown.invalid/", fetch_images=False)
    try:
        article.download(input_html=markup)
        article.parse()
    except Exception:  # noqa: BLE001 - one page that breaks it is one page without an answer
        return {}
    date = article.publish_date
    return {
        "title": article.title,
        "authors": list(article.authors),
        "date": date.strftime("%Y-%m-%d") if date is not None else None,
        "body": article.text,
    }


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        page = json.loads(line)
        markup = gzip.decompress(Path(page["file"]).read_bytes()).decode("utf-8", "replace")
        started = time.process_time()
        found = fields(markup, page["url"])
        print(json.dumps({"fields": found, "seconds": time.process_time() - started}), flush=True)


if __name__ == "__main__":
    main()
