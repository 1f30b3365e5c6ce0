"""demo_sunrise: no selectors at all."""

from crawler.article_spider import ArticleSpider
from crawler.site import Listing, Site, Sitemap


class DemoSunrise(ArticleSpider):
    """Sunrise Health, machine-translated from Chinese; three markups, so it is read by the form of its text."""

    name = "demo_sunrise"
    site = Site(
        name="Sunrise Health",
        domains=("sunrise.example",),
        scheme="http",
        discover=(Sitemap("/sitemap.xml"), Listing("/articles/", next="a.next")),
        article=r"/article/\d+$",
        expect=("title", "body", "source", "doctor", "published"),
    )
