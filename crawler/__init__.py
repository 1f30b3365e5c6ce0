"""Galen's crawl engine: a Scrapy project whose frontier is the database itself."""

__version__ = "0.1.0"
