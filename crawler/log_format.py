"""What Scrapy's core writes into the log about single pages."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietFormatter(LogFormatter):
    """An item is not printed (an article is long), and no page is told by a traceback twice."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """One short line with the article's title instead of the whole item."""
        title = getattr(item, "title", type(item).__name__)
        return {
            "level": logging.DEBUG,
            "msg": "article %(title)r from %(src)s",
            "args": {"title": title, "src": response},
        }
