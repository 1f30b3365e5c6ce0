"""The demo sites answer like small, correct web servers."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from signal import SIGINT
from socket import create_connection
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from crawler.demo.server import DemoSites, find_reply
from crawler.demo.truth import truth
from tests.website import heed_interrupt

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}


def test_every_page_of_the_truth_answers_with_its_status(client):
    for page in truth():
        response, _ = client.get(page.url(client.sites.origins))
        assert response.status == page.status, page


def test_each_host_has_an_origin_of_its_own(sites):
    assert set(sites.origins) == {"demo_sunrise", "demo_meridian", "demo_hanlin", "demo_digest"}
    urls = [*(url for urls in sites.origins.values() for url in urls), sites.offsite]
    assert len(set(urls)) == len(urls) == 6
    assert len(sites.origins["demo_hanlin"]) == 2


def test_two_instances_run_side_by_side(sites):
    with DemoSites() as others:
        assert set(others.origins["demo_sunrise"]).isdisjoint(sites.origins["demo_sunrise"])


def test_a_stopped_instance_refuses_connections(client):
    with DemoSites() as others:
        url = others.origins["demo_digest"][0] + "/"
        assert client.get(url)[0].status == 200
    with pytest.raises(ConnectionRefusedError):
        client.get(url)


@pytest.mark.parametrize("header", ["If_None_Match", "If_Modified_Since"])
def test_every_unchanged_page_answers_304_without_body(client, header):
    for page in truth():
        if page.status != 200:
            continue
        url = page.url(client.sites.origins)
        first, _ = client.get(url)
        validator = first.headers["ETag" if header == "If_None_Match" else "Last-Modified"]
        second, body = client.get(url, **{header: validator})
        assert (second.status, body) == (304, b""), url
        assert second.headers["ETag"] == first.headers["ETag"]


def test_an_old_copy_is_answered_in_full(client):
    url = client.sites.origins["demo_sunrise"][0] + "/articles/"
    assert client.get(url, If_None_Match='"other"')[0].status == 200
    assert client.get(url, If_Modified_Since="Mon, 01 Jan 2001 06:00:00 GMT")[0].status == 200
    assert client.get(url, If_Modified_Since="nonsense")[0].status == 200


def test_an_etag_weighs_more_than_a_date(client):
    url = client.sites.origins["demo_sunrise"][0] + "/"
    date = client.get(url)[0].headers["Last-Modified"]
    assert client.get(url, If_None_Match='"other"', If_Modified_Since=date)[0].status == 200


def test_a_head_request_gets_the_length_and_no_body(client):
    url = client.sites.origins["demo_meridian"][0] + "/"
    target = urlsplit(url)
    with create_connection((target.hostname, target.port), timeout=10) as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n")
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == b""
    assert f"Content-Length: {len(client.get(url)[1])}".encode() in head


def test_unknown_paths_answer_404_and_unknown_tracking_parameters_are_ignored(client):
    origin = client.sites.origins["demo_digest"][0]
    assert client.get(f"{origin}/story/no-such-story")[0].status == 404
    plain = client.get(f"{origin}/story/slow-pulse")[1]
    assert client.get(f"{origin}/story/slow-pulse?utm_source=newsletter&utm_term=x")[1] == plain
    assert client.get(f"{origin}/story/numb-hands-at-night?amp=1&utm_source=x")[1].startswith(
        b"<!doctype html>\n<html amp"
    )
    assert find_reply({}, "/").status == 404


def test_requests_are_logged_with_site_path_and_status(client):
    with DemoSites() as own:
        mobile = own.origins["demo_hanlin"][1]
        client.get(own.origins["demo_digest"][0] + "/section/body?utm_source=x")
        client.get(mobile + "/a/3.html")
        client.get(own.offsite + "/nowhere")
        assert own.hits == [
            ("demo_digest", "/section/body?utm_source=x", 200),
            ("demo_hanlin", f"{mobile}/a/3.html", 200),
            ("offsite", "/nowhere", 404),
        ]


def test_no_request_is_lost_from_the_log_when_many_come_at_once(client):
    with DemoSites() as own, ThreadPoolExecutor(16) as pool:
        url = own.origins["demo_sunrise"][0] + "/"
        statuses = list(pool.map(lambda _: client.get(url)[0].status, range(200)))
        assert statuses == [200] * 200
        assert own.hits == [("demo_sunrise", "/", 200)] * 200


def test_robots_files_name_the_sitemaps_and_close_the_private_folder(client):
    def robots(spider, host=0):
        response, body = client.get(client.sites.origins[spider][host] + "/robots.txt")
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        return body.decode().splitlines()

    origins = client.sites.origins
    assert f"Sitemap: {origins['demo_sunrise'][0]}/sitemap.xml" in robots("demo_sunrise")
    assert f"Sitemap: {origins['demo_meridian'][0]}/news-sitemap.xml" in robots("demo_meridian")
    assert robots("demo_digest") == ["User-agent: *", "Disallow: /private/"]
    assert robots("demo_hanlin") == robots("demo_hanlin", 1) == ["User-agent: *", "Disallow:"]


def test_the_sitemap_index_leads_to_every_article_of_sunrise_with_its_day(client):
    origin = client.sites.origins["demo_sunrise"][0]
    index = ET.fromstring(client.get(f"{origin}/sitemap.xml")[1])
    found = {}
    for child in index.iterfind("s:sitemap", SITEMAP):
        urls = ET.fromstring(client.get(child.findtext("s:loc", "", SITEMAP))[1])
        days = {url.findtext("s:loc", "", SITEMAP): url.findtext("s:lastmod", "", SITEMAP) for url in urls}
        assert child.findtext("s:lastmod", "", SITEMAP) == max(days.values())
        found |= days
    articles = [page for page in truth() if page.spider == "demo_sunrise" and page.verdict == "article"]
    assert set(found) == {page.url(client.sites.origins) for page in articles}
    changed_later = {page.path for page in articles if found[page.url(client.sites.origins)] != page.published}
    assert changed_later == {"/article/300118", "/article/317991"}


def test_the_feed_holds_the_ten_latest_and_the_news_map_all_of_meridian(client):
    origin = client.sites.origins["demo_meridian"][0]
    articles = {p.url(client.sites.origins) for p in truth() if p.spider == "demo_meridian" and p.verdict == "article"}
    items = ET.fromstring(client.get(f"{origin}/feed.xml")[1]).findall("channel/item")
    assert len(items) == 10
    assert {item.findtext("link") for item in items} < articles
    news = ET.fromstring(client.get(f"{origin}/news-sitemap.xml")[1])
    assert {url.findtext("s:loc", "", SITEMAP) for url in news} == articles
    assert all(url.findtext("n:news/n:publication_date", "", SITEMAP) for url in news)


def test_the_last_modified_header_is_the_day_of_the_sitemap(client):
    origin = client.sites.origins["demo_sunrise"][0]
    response, _ = client.get(f"{origin}/article/317991")
    assert response.headers["Last-Modified"] == "Tue, 02 Sep 2025 06:00:00 GMT"


def test_the_command_prints_the_origins_and_stops_on_interrupt(client):
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=heed_interrupt,
    )  # fmt: skip
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(5)]
    url = next(word for word in lines[0].split() if word.startswith("http"))
    assert urlsplit(url).hostname.startswith("127.")
    assert client.get(url)[0].status == 200
    process.send_signal(SIGINT)
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
    assert [line.split()[0] for line in lines[:4]] == ["demo_sunrise", "demo_meridian", "demo_hanlin", "demo_digest"]
