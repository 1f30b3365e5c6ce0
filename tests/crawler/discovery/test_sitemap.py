"""URLs out of sitemaps and robots.txt, however broken or hostile."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import Found, read_feed, read_robots_sitemaps, read_sitemap
from crawler.discovery.records import MAX_ENTRIES
from crawler.discovery.xml_stream import CHUNK
from db.records import PageKind
from tests.website import ROOT

MAP = "https://clinic.example/maps/main.xml"
A, B, C = (f"https://clinic.example/{page}" for page in "abc")
NEWS = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


def urlset(*entries: str, head: str = '<?xml version="1.0" encoding="UTF-8"?><urlset>') -> bytes:
    return (head + "".join(f"<url>{entry}</url>" for entry in entries) + "</urlset>").encode()


def loc(url: str) -> str:
    return f"<loc>{url}</loc>"


def urls(body: bytes | str) -> list[str]:
    return [found.url for found in read_sitemap(body.encode() if isinstance(body, str) else body, MAP)]


def inflating(head: bytes, unit: bytes, times: int) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(head) + b"".join(packer.compress(unit) for _ in range(times)) + packer.flush()


def test_a_sitemap_gives_urls_with_lastmod_as_written() -> None:
    body = urlset(
        loc(A) + "<lastmod> 2026-01-02 </lastmod>",
        "<lastmod>2026</lastmod>" + loc(f"\n {B} \n"),
        loc("/c?x=1&amp;y=2#z"),
    )
    assert list(read_sitemap(body, MAP)) == [
        Found(url=A, lastmod="2026-01-02"),
        Found(url=B, lastmod="2026"),
        Found(url=f"{C}?x=1&y=2"),
    ]


def test_a_news_sitemap_gives_date_and_title_of_the_page_not_of_its_pictures() -> None:
    body = urlset(
        "<image:image><image:loc>https://clinic.example/a.jpg</image:loc><image:title>Bed</image:title></image:image>"
        + loc(A)
        + "<news:news><news:publication><news:name>Clinic</news:name></news:publication>"
        "<news:publication_date>2026-01-02T08:00+01:00</news:publication_date><news:title>Sleep &amp;amp;\n rest"
        "</news:title></news:news>",
        head=NEWS,
    )
    assert list(read_sitemap(body, MAP)) == [Found(url=A, published="2026-01-02T08:00+01:00", title="Sleep & rest")]


def test_the_entries_of_an_index_are_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>/maps/1.xml.gz</loc><lastmod>2026-01</lastmod></sitemap></sitemapindex>"
    assert list(read_sitemap(body, MAP)) == [
        Found(url="https://clinic.example/maps/1.xml.gz", kind=PageKind.SITEMAP, lastmod="2026-01")
    ]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "ftp://clinic.example/a",
        "javascript:alert(1)",
        "file:///etc/hosts",
        "http://[::1",
        "http://clinic.example:99999/",
        f"{A}/{'x' * 2000}",
        "<b>x</b>",
    ],
)
def test_a_bad_loc_costs_no_other(bad: str) -> None:
    assert urls(urlset(loc(A), loc(bad), "", loc(B))) == [A, B]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (urlset(loc(A), loc(f"{B}?x=1&y=2&nbsp;z"), loc(C)), [A, f"{B}?x=1&y=2&nbsp;z", C]),
        (b" \n\n" + urlset(loc(A)), [A]),
        (b"Warning: no database in map.php\n" + urlset(loc(A)), [A]),
        (b"<br />\nNotice" + urlset(loc(A)), []),
        (urlset(loc(A), loc(B))[:-30], [A]),
        (urlset(loc(A), "<loc>" + B, loc(C)), [A, B, C]),
        (urlset(loc(A)).replace(b"</url>", b"") + b"<url>" + loc(B).encode(), [A, B]),
        (urlset(loc(A), loc(f"{B}\x01")), [A, B]),
        (urlset(loc(A)) + urlset(loc(B)), [A]),
        (urlset(loc(A), loc("@")).replace(b"@", b"https://clinic.example/\xff"), [A]),
        (urlset(f"<loc><![CDATA[{A}?x=1&y=2]]></loc>", loc(f"{B}?x=1&y=2")), [f"{A}?x=1&y=2", f"{B}?x=1&y=2"]),
        (b"<html><body>Not found</body></html>", []),
        (b"", []),
    ],
    ids="ampersands blanks warning markup cut unclosed-loc unclosed-url control twice bytes cdata html empty".split(),
)
def test_a_broken_sitemap_gives_what_can_be_had_and_no_half_url(body: bytes, expected: list[str]) -> None:
    assert urls(body) == expected


@pytest.mark.parametrize("encoding", ["utf-16", "gb2312", "utf-8-sig"])
def test_a_sitemap_is_read_in_its_own_encoding(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><urlset>'
    assert urls(f"{head}<url>{loc(A + '/健康')}</url></urlset>".encode(encoding)) == [f"{A}/健康"]


def test_a_repaired_document_is_read_in_its_own_encoding_too() -> None:
    body = f'<?xml version="1.0" encoding="gbk"?><urlset><url>{loc(A + "/健康?x&y")}</url></urlset>'
    assert urls(body.encode("gbk")) == [f"{A}/健康?x&y"]


def test_repairs_reach_over_the_pieces_in_which_a_document_is_read() -> None:
    marked = (
        "https://clinic.example/x?n=1&#x26;m=2</loc></url><url><loc><![CDATA[https://clinic.example/?n=1&m=yyyyyyyyyyyy]]></loc>"
        "</url><url><loc>https://clinic.example/z?n=1&m=2"
    )
    for place in range(len(marked)):
        head = f"<urlset><url>{loc('/first?a&b')}</url><url><note>"
        filler = "x" * (CHUNK - len(head) - len("</note><loc>") - place)
        body = f"{head}{filler}</note><loc>{marked}</loc></url></urlset>"
        assert urls(body)[1:] == [
            "https://clinic.example/x?n=1&m=2",
            "https://clinic.example/?n=1&m=yyyyyyyyyyyy",
            "https://clinic.example/z?n=1&m=2",
        ], place


def test_gzip_is_read_whole_cut_off_doubled_and_joined() -> None:
    body = urlset(loc(A))
    packed = gzip.compress(body)
    assert urls(packed) == urls(packed[:-9]) == urls(gzip.compress(packed)) == [A]
    assert urls(gzip.compress(body[:40]) + gzip.compress(body[40:])) == [A]
    assert urls(packed[:20] + b"\x00" * 30) == []


def test_a_plain_list_is_a_sitemap_and_prose_is_not() -> None:
    assert urls(f"\ufeff{A}\r\n\r\nSee also our pages\r\n /c \n{B} \n{'x' * 9000}\n{C}") == [A, B, C]


def test_a_feed_may_be_named_as_a_sitemap() -> None:
    assert urls(f"<rss><channel><item><link>{A}</link></item></channel></rss>") == [A]


def test_entities_of_the_document_are_neither_expanded_nor_loaded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE u [<!ENTITY l0 "https://clinic.example/lol">{laughs}]>'
    thief = '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "/y">]>'
    assert urls(f"{bomb}<urlset><url><loc>{A}?&l9;</loc></url><url><loc>{B}</loc></url></urlset>") == [f"{A}?&l9;", B]
    assert urls(f'{bomb}<urlset><url x="&l9;"><loc>{B}</loc></url></urlset>') == [B]
    assert urls(f"{thief}<urlset><url><loc>{A}?x=&x;</loc></url><url><loc>{B}</loc></url></urlset>") == [B]
    assert urls(f"{thief}<urlset><url><loc>{A}&y;</loc></url><url><loc>{B}</loc></url></urlset>") == [B]


def test_no_more_than_fifty_thousand_entries_are_read() -> None:
    assert len(urls(urlset(*[loc(A)] * (MAX_ENTRIES + 10)))) == MAX_ENTRIES
    assert len(urls(f"{A}\n" * (MAX_ENTRIES + 10))) == MAX_ENTRIES


BOMBS = {
    "zeros": (b"<urlset><url><loc>", b"\0" * 2**20, 60),
    "text": (b"<urlset><url><loc>https://", b"h" * 2**20, 60),
    "elements": (b"<urlset>", b"<y/>" * 2**16, 10),
    "children": (b"<urlset><url><title>", b"<y>t</y>" * 2**16, 6),
    "depth": (b"<urlset>", b"<y>" * 2**16, 60),
    "line": (b"h", b"h" * 2**20, 60),
}
MEASURE = """
import re, sys
from pathlib import Path
from crawler.discovery import read_sitemap
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
body = sys.stdin.buffer.read()
before = peak()
print(len(list(read_sitemap(body, "https://clinic.example/"))), (peak() - before) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_compressed_bomb_is_read_in_bounded_memory(bomb: tuple[bytes, bytes, int]) -> None:
    # A process of its own, because the trees of lxml are not Python's memory.
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=inflating(*bomb),
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    found, mebibytes = map(int, done.stdout.split())
    assert found == 0
    assert mebibytes < 40


MARKUP = st.sampled_from(
    "<urlset> </urlset> <url> </url> <loc> </loc> <rss> <item> </item> <link> </link> <feed> <entry> <![CDATA[ ]]> & "
    "&amp; <!DOCTYPE&#32;x[ ]> <?xml&#32;version='1.0'?> https://clinic.example/a \x1f\x8b \0 健 <!-- -->".split()
)


@given(st.one_of(st.binary(), st.lists(MARKUP, max_size=30).map(lambda parts: "".join(parts).encode())))
def test_whatever_is_served_gives_fetchable_urls_or_nothing(body: bytes) -> None:
    for found in (*read_sitemap(body, MAP), *read_feed(body, MAP)):
        assert found.url.startswith(("http://", "https://"))
        assert len(found.url) <= 2000
        assert "#" not in found.url


def test_robots_txt_names_sitemaps() -> None:
    text = (
        f"User-agent: *\r\nSITEMAP : {A}\nSitemap:/b\nsitemap:{A} # twice\n#Sitemap: {C}\nSitemap:\nSitemap: ftp://x/\n"
    )
    assert read_robots_sitemaps(text, "https://clinic.example/robots.txt") == [A, B]
