"""Discovery: links out of sitemaps, feeds and robots.txt, and links that lead nowhere. Pure: bytes and URL in.

Hosts are not judged here: the host guard refuses what a site does not declare, whoever names it.
"""

from __future__ import annotations

from crawler.discovery.feed import read_feed
from crawler.discovery.found import MAX_URL, Found, absolute
from crawler.discovery.sitemap import read_robots_sitemaps, read_sitemap
from crawler.discovery.traps import trap_reason, without_session_id

__all__ = [
    "MAX_URL",
    "Found",
    "absolute",
    "read_feed",
    "read_robots_sitemaps",
    "read_sitemap",
    "trap_reason",
    "without_session_id",
]
