"""Four small websites inside Galen, to try and to test a crawl without the net.

`server.DemoSites` runs them; `truth.truth()` says what is on each page; `spiders/` reads them.
Their texts, publishers and doctors are invented: content/*.toml, shown through content/templates.
"""

from __future__ import annotations

MARKER = ".galen-demo"
"""Lies in every data folder of a demo: only such a folder is emptied, and its sites are read by the demo's spiders."""
SPIDERS = "crawler.demo.spiders"
"""Hidden from `galen sites` and `scrapy list`: the websites are up during a demo only."""
