"""demo_meridian: feed and news sitemap."""

from crawler.article_spider import ArticleSpider
from crawler.site import Feed, Site, Sitemap


class DemoMeridian(ArticleSpider):
    """Meridian Medical Library; reviewers, and structured data that is wrong on some pages."""

    name = "demo_meridian"
    site = Site(
        name="Meridian Medical Library",
        domains=("meridian.example",),
        scheme="http",
        language="en",
        date_order="MDY",
        discover=(Feed("/feed.xml"), Sitemap("/news-sitemap.xml")),
        article=r"/conditions/[a-z-]+$",
        body=("section.content",),
        expect=("title", "body"),
    )
