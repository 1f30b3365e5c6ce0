"""Four small websites inside Galen, to try and to test a crawl without the net.

`server.DemoSites` runs them; `truth.truth()` says what is on each page; `spiders/` reads them.
Their texts, publishers and doctors are invented: content/*.toml, shown through content/templates.
"""
