"""en.cnys.com: health articles machine-translated from Chinese, about 140 new ones a day."""

from __future__ import annotations

from datetime import timedelta

from crawler.article_spider import ArticleSpider
from crawler.site import Every, Links, RobotsSitemaps, Site


class CnysEn(ArticleSpider):
    """Reads a page by its text's own form: the markup of the site has changed at least three times.

    No sitemap or feed is known, so the links of its pages are followed besides those that
    robots.txt names. Ids of articles rise with time (355014 on 2025-06-23, 377705 on 2025-12-03).
    """

    name = "cnys_en"
    site = Site(
        name="Cainiu Health",
        domains=("en.cnys.com",),
        language="en",
        date_order="MDY",
        discover=(RobotsSitemaps("/"), Links("/")),
        article=r"^/article/\d+$",
        expect=("title", "body", "source", "doctor", "published"),
        schedule=Every(hours=6, jitter=timedelta(minutes=20)),
    )
