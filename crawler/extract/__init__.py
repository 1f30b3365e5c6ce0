"""Reading a page: bytes, URL and a site's rules in, verdict and Article out. Pure: no network, no database.

`page.read_page` decodes and parses once; `article.extract` tells the story from there.
"""
