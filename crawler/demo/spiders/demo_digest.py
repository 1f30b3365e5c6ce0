"""demo_digest: found by its links."""

from crawler.article_spider import ArticleSpider
from crawler.site import Links, Site


class DemoDigest(ArticleSpider):
    """Lantern Digest, which republishes the others' texts; dates are day first."""

    name = "demo_digest"
    site = Site(
        name="Lantern Digest",
        domains=("digest.example",),
        scheme="http",
        date_order="DMY",
        discover=(Links("/"),),
        article=r"^/(?:story|amp)/",
        body=("div.story",),
        expect=("title", "body"),
    )
