"""`python -m crawler.demo`: serve the demo sites until Ctrl-C, for people who want to look at them."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from threading import Event

from crawler.demo.server import DemoSites
from crawler.demo.truth import truth


def main() -> None:
    """Print one line a site, then serve until interrupted."""
    pages = Counter(page.spider for page in truth() if page.same_page_as is None)
    with suppress(KeyboardInterrupt), DemoSites() as sites:
        for spider, origins in sites.origins.items():
            sys.stdout.write(f"{spider:14} {pages[spider]:3} pages  {'  '.join(f'{url}/' for url in origins)}\n")
        sys.stdout.write("Ctrl-C stops them.\n")
        sys.stdout.flush()
        Event().wait()


if __name__ == "__main__":
    main()
