"""What a site's pages teach is kept between crawls (crawler/frontier/run.py)."""

from __future__ import annotations

import json
from pathlib import Path

from tests.website import Website, galen, rows

WORDS = "Warm tea, rest and patience help most people more than anything that is sold against a cold in winter. "


def story(number: int) -> bytes:
    text = "".join(f"<p>Case {number}, part {part}: {WORDS * 2}</p>" for part in range(4))
    return (
        f"<html><head><title>Case {number}</title></head><body><div id=top><a href=/>Home</a></div><h1>Case {number}"
        f"</h1><p>By Mia Torp, MD</p><div class=story-text>{text}</div>"
        "<ul>"
        + "".join(f"<li><a href=/{n}>Read what is known about case {n} as well</a></li>" for n in range(40))
        + "</ul></body></html>"
    ).encode()


def test_a_rule_learned_in_one_crawl_reads_the_pages_of_the_next(website: Website, tmp_path: Path) -> None:
    for number in range(40):
        website.pages[f"/{number}"] = story(number)
    website.pages["/"] = b"".join(b"<a href=/%d>Case %d</a> " % (n, n) for n in range(40))
    crawl = ("crawl", website.url, "--delay", "0", "--quiet")

    first = galen(tmp_path, *crawl, "--limit", "30")
    database = tmp_path / "data" / "galen.db"
    kept = json.loads(rows(database, "SELECT learned_body FROM sites")[0]["learned_body"])
    second = galen(tmp_path, *crawl)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert kept["selector"] == "div.story-text"
    read = rows(database, "SELECT detail, count(*) AS n FROM evidence WHERE field = 'body' AND origin = 'learned'")
    assert read[0]["detail"] == "div.story-text"
    assert read[0]["n"] >= 3
