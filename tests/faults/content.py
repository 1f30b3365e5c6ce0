"""Faults of what pages say: traps, hostile markup, wrong encodings, poisoned data."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import zlib

from tests.faults.server import HTML, NEVER, TEXT, Ask, Fault, anchors, page
from tests.faults.transport import bomb

_numbers = itertools.count(1)


def jsonld(data: object) -> str:
    """A script element with JSON-LD; text goes in as it is."""
    return f'<script type="application/ld+json">{data if isinstance(data, str) else json.dumps(data)}</script>'


def static(body: str | bytes, kind: str | None = HTML, **headers: str) -> Fault:
    """A fault that is one page; what it links to is not there."""

    async def answer(ask: Ask) -> None:
        if ask.path in {f"/{ask.fault}", "/robots.txt"}:
            await ask.reply(body, kind=kind, **headers)
        else:
            await ask.reply("not here", "404 Not Found")

    return answer


async def calendar(ask: Ask) -> None:
    """Every month links to the one after it and the one before it."""
    month = int(ask.query.removeprefix("m=") or 0)
    await ask.reply(page(f"Month {month}", links=anchors(f"/calendar?m={month + 1}", f"/calendar?m={month - 1}")))


async def session(ask: Ask) -> None:
    """A new session id in every link."""
    dice = random.Random(next(_numbers))
    await ask.reply(page("Hello", links=anchors(*(f"/session?sid={dice.getrandbits(80):020x}" for _ in range(3)))))


async def facets(ask: Ask) -> None:
    """Filters that add up."""
    dice = random.Random(next(_numbers))
    more = (f"/facets?{ask.query}&filter{dice.randrange(90)}=1".replace("?&", "?") for _ in range(4))
    await ask.reply(page("Filters", links=anchors(*more)))


async def path_trap(ask: Ask) -> None:
    """Relative links without their slash."""
    await ask.reply(page("Folder", links=anchors("knee/", "hip/")))


async def sitemap_loop(ask: Ask) -> None:
    """An index that names itself, each time under another URL."""
    loc = ask.url(f"/sitemap-loop.xml?{next(_numbers)}")
    await ask.reply(f"<sitemapindex><sitemap><loc>{loc}</loc></sitemap></sitemapindex>", kind="application/xml")


def sitemap(prologue: str, *locs: str, kind: str = "application/xml") -> Fault:
    """A URL set; '{base}' and '{secret}' in it are URLs of this server, other paths are articles."""

    async def answer(ask: Ask) -> None:
        if "sitemap" not in ask.path:
            await ask.reply(page("SECRET" if "secret" in ask.path else "Rest for the knee"))
            return
        entries = "".join(f"<url><loc>{loc}</loc></url>" for loc in locs)
        text = f"{prologue}<urlset>{entries}</urlset>".replace("{base}", ask.url(""))
        await ask.reply(text.replace("{secret}", f"http://localhost:{ask.server.ports['secret']}"), kind=kind)

    return answer


async def big_sitemap(ask: Ask) -> None:
    """12 MiB of sitemap: more than a page may have, less than a sitemap may have; its first entry is an article."""
    if ask.path != "/sitemap-big.xml":
        await ask.reply(page())
        return
    known = f"<url><loc>{ask.url('/disallowed')}</loc></url><!--{' ' * 800_000}-->"
    text = f"<urlset><url><loc>{ask.url('/one')}</loc></url>{known * 15}</urlset>"
    await ask.reply(text, kind="application/xml")


_LAUGHS = "".join(f'<!ENTITY ha{n} "{f"&ha{n - 1};" * 10}">' for n in range(1, 10))
_KNEE = "膝盖 护理"
_HAN = "膝盖疼痛的人应该先休息两天，然后每小时轻轻活动一下。第一天用冷敷可以减轻肿胀，之后用热敷可以缓解僵硬。" * 3

FAULTS: dict[str, Fault] = {
    "soft404": static(page("Page not found", text="Sorry, the page you are looking for does not exist.", byline="")),
    "link-file": static(
        page(links=anchors("file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example",
                           "http://[broken", "/link-file/after"))
    ),
    "calendar": calendar,
    "session": session,
    "facets": facets,
    "path-trap/": path_trap,
    "many-links": static(page(links="".join(f"<a href=/none/{n}>{n}</a>" for n in range(200_000)))),
    "deep": static("<html><title>Deep</title>" + "<div>" * 100_000 + "<h1>Deep</h1>" + "</div>" * 100_000),
    "deep-5000": static(
        "<html><title>Deep water</title><h1>Deep water</h1>" + "<div>" * 5_000 + f"<p>{TEXT}</p>" + "</div>" * 5_000
    ),
    "gbk-as-utf8": static(page(_KNEE, text=_HAN).encode("gbk")),
    "unknown-charset": static(page(_KNEE, text=_HAN), "text/html; charset=x-martian"),
    "utf16-nobom": static(page(_KNEE, text=_HAN).encode("utf-16-le"), "text/html"),
    "binary-as-html": static(random.Random(7).randbytes(300_000)),
    "html-as-pdf": static(page(), "application/pdf"),
    "no-content-type": static(page(), None),
    "nul": static(page("Rest for\0 the knee", text=f"A\0 word. {TEXT}")),
    "surrogate": static(page(head=jsonld('{"@type":"Article","headline":"Half \\ud83d of it","author":"\\udc00"}'))),
    "bad-date": static(
        page(byline="<p>February 31, 2025</p><p>Dr. Lena Vogt</p>",
             head=jsonld({"@type": "Article", "datePublished": "0000-00-00T99:99:99Z"}))
    ),
    "future-date": static(
        page(byline="<p>March 4, 9999</p><p>Dr. Lena Vogt</p>",
             head=jsonld({"@type": "Article", "datePublished": "9999-12-31T23:59:59+14:00"}))
    ),
    "big-title": static(page("Knee " * 200_000)),
    "xss": static(page("&lt;script&gt;alert(1)&lt;/script&gt; and knees", byline="<p>March 4, 2025</p>"
                       "<p>Source: javascript:alert(1)</p><p>Dr. &lt;img src=x onerror=alert(1)&gt;</p>")),
    "csv-injection": static(page('=HYPERLINK("http://evil.example","x")', byline="<p>March 4, 2025</p><p>Source: +1-1"
                                 "</p><p>@SUM(1+1)</p>")),
    "bidi": static(page("Safe\u202e\u200b knees\u2066", text=f"\u200fRest\u200b is best. {TEXT}")),
    "jsonld-deep": static(page(head=jsonld("[" * 150_000 + "]" * 150_000))),
    "jsonld-big": static(
        page(head=jsonld('{"@type":"Article","n":' + "7" * 10_000 + ',"articleBody":"' + "x" * 5_000_000 + '"}'))
    ),
    "jsonld-types": static(
        page(head=jsonld({"@type": ["Article", 5, None], "author": [{"name": {"@value": "Dr. X"}}, [], None, 7],
                          "headline": ["a"], "datePublished": 20250304, "publisher": "Blue Hill"}))
    ),
    "regex-bait": static(page(byline="<p>" + "Mar " * 40_000 + "</p><p>Source:" + "\u00a0 " * 100_000 + "</p>")),
    "noai": static(
        page(head='<meta name="robots" content="noarchive, noai, noindex"><meta name="tdm-reservation" content="1">'),
        X_Robots_Tag="noai, noarchive, noindex", tdm_reservation="1",
    ),
    "foreign-canonical": static(page(head='<link rel="canonical" href="http://victim.example/knee">')),
    "needs-javascript": static(
        "<html><head><title>Knees</title></head><body><noscript>Please enable JavaScript to read this.</noscript>"
        '<div id="root"></div><script src="/app.js"></script></body></html>'
    ),
    "login": static(
        "<html><title>Members</title><h1>Members</h1><p>Please log in to read this.</p><form><input type=password>"
    ),
    "sitemap-bomb.xml": sitemap(f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY ha0 "ha">{_LAUGHS}]>', "{base}/one?&ha9;"),
    "sitemap-xxe.xml": sitemap(
        '<?xml version="1.0"?><!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "{base}/one?x=&x;"
    ),
    "sitemap-loop.xml": sitemap_loop,
    "sitemap-bomb.xml.gz": static(
        bomb(b"<urlset><url><loc>http://h.example/", 1024), "application/gzip"
    ),
    "sitemap-foreign.xml": sitemap("", "{secret}/secret", "file:///etc/passwd", "{base}/one"),
    "sitemap-big.xml": big_sitemap,
    "truncated-deflate": static(zlib.compress(page().encode())[:-40], Content_Encoding="deflate"),
}  # fmt: skip


async def _hang(ask: Ask) -> None:
    await asyncio.sleep(NEVER)


def _status(status: str) -> Fault:
    async def answer(ask: Ask) -> None:
        await ask.reply("no rules here", status, "text/plain")

    return answer


async def _loop(ask: Ask) -> None:
    await ask.redirect("/robots.txt")


async def _named_sitemap(ask: Ask) -> None:
    await ask.reply(f"User-agent: *\nDisallow: /disallowed\nSitemap: {ask.url('/' + ask.fault)}\n", kind="text/plain")


async def _two_pages(ask: Ask) -> None:
    await ask.reply(page(links=anchors("/disallowed", "/p/x", "/p/ok", "/p/ok?sort=up")))


ROBOTS: dict[str, Fault] = {
    "robots-503": _status("503 Busy"),
    "robots-404": _status("404 Not Found"),
    "robots-hangs": _hang,
    "robots-redirect-loop": _loop,
    "robots-crawl-delay": static("User-agent: *\nCrawl-delay: 1\nDisallow: /disallowed\n", "text/plain"),
    "robots-long": static("# nothing yet\n" * 45_000 + "User-agent: *\nDisallow: /\n", "text/plain"),
    "robots-403": _status("403 Forbidden"),
    "robots-wildcards": static(
        "\ufeffUser-Agent: *\r\nDisallow: /*?sort=\r\nDisallow: /p$\r\nAllow: /p/ok\r\nDisallow: /p/\r\n", "text/plain"
    ),
    "robots-html": static("<html><body>Welcome! Disallow: / is no rule here.</body></html>"),
}
FAULTS |= dict.fromkeys(ROBOTS, _two_pages)
ROBOTS |= {name: _named_sitemap for name in FAULTS if name.startswith("sitemap")} | {"etag": _named_sitemap}
