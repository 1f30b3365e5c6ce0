"""URLs out of RSS and Atom, however broken."""

from __future__ import annotations

from crawler.discovery import Found, read_feed

MAP = "https://clinic.example/maps/main.xml"
A, B, C = (f"https://clinic.example/{page}" for page in "abc")


def feed_urls(body: str) -> list[str]:
    return [found.url for found in read_feed(body.encode(), "https://clinic.example/feed")]


def test_rss_gives_links_with_dates_and_titles() -> None:
    feed = f"""<rss version="2.0" xmlns:media="m" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:fb="f"><channel>
        <title>Clinic</title><link>https://clinic.example/</link>
        <item><media:title>Picture</media:title><title><![CDATA[Sleep & rest]]></title>
          <atom:link rel="self" href="/self"/><link><![CDATA[{A}?x=1&y=2#top]]></link>
          <pubDate>Fri, 02 Jan 2026 08:00:00 GMT</pubDate></item>
        <item><title>Nowhere</title><guid isPermaLink="false">{C}</guid></item>
        <item><guid>{B}</guid></item>
        <item><link>https://counter.example/1</link><fb:origLink>{C}</fb:origLink></item>
        <item><link>c/d</link></item></channel></rss>"""
    assert list(read_feed(feed.encode(), "https://clinic.example/feeds/")) == [
        Found(url=f"{A}?x=1&y=2", published="Fri, 02 Jan 2026 08:00:00 GMT", title="Sleep & rest"),
        Found(url=B),
        Found(url=C),
        Found(url="https://clinic.example/feeds/c/d"),
    ]


def test_atom_gives_the_link_to_the_page_itself_from_its_own_base() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://clinic.example/news/">
        <link href="https://clinic.example/"/>
        <entry xml:base="2026/"><title type="html">Sleep &amp;amp; rest</title><link rel="replies" href="comments"/>
          <link href="sleep"/><id>tag:clinic.example,2026:1</id><published>2026-01-01</published>
          <updated>2026-02-01T00:00:00Z</updated></entry>
        <entry><id>https://clinic.example/a</id></entry></feed>"""
    assert list(read_feed(feed.encode(), MAP)) == [
        Found(
            url="https://clinic.example/news/2026/sleep",
            published="2026-01-01",
            lastmod="2026-02-01T00:00:00Z",
            title="Sleep & rest",
        ),
        Found(url=A),
    ]


def test_rdf_gives_the_address_of_an_item_without_link() -> None:
    feed = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="d"
        xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://clinic.example/"><title>Clinic</title></channel>
        <item rdf:about="{A}"><title>Sleep</title><dc:date>2026-01-02</dc:date></item></rdf:RDF>"""
    assert list(read_feed(feed.encode(), MAP)) == [Found(url=A, published="2026-01-02", title="Sleep")]


def test_a_broken_feed_gives_what_can_be_had() -> None:
    items = f"<item><title>A & B&nbsp;</title><link>{A}?x=1&y=2</link></item><item><link>{B}</link></item>"
    assert feed_urls(f"<rss><channel>{items}</channel></rss>") == [f"{A}?x=1&y=2", B]
    assert feed_urls(f"<rss><channel>{items}<item><link>https://clinic.exa") == [f"{A}?x=1&y=2", B]
    assert feed_urls("<html><body><item><link>https://clinic.example/a</link></item></body></html>") == []
