"""demo_hanlin: Chinese, GBK, articles over several pages."""

from crawler.article_spider import ArticleSpider
from crawler.site import Listing, Site


class DemoHanlin(ArticleSpider):
    """翰林健康网; served as GBK, on some pages declared otherwise, and again on a mobile host."""

    name = "demo_hanlin"
    site = Site(
        name="翰林健康网",
        domains=("hanlin.example", "m.hanlin.example"),
        scheme="http",
        language="zh",
        discover=(Listing("/list/1.html", next="div.pages a.next"),),
        article=r"/a/\d+\.html$",
        summary=("div.digest",),
        byline=("div.info", "div.gray", "div.expert"),
        body=("div.reading",),
        next_part=("a.next-part",),
        expect=("title", "body", "published"),
    )
