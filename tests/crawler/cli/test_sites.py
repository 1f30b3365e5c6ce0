"""`galen sites add` proposes a declaration that can be crawled and tested at once."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.website import Website, galen, json_output, rows

WORDS = "Warm tea, rest and patience help most people more than anything that is sold against a cold in winter. "


def story(number: int) -> bytes:
    text = "".join(f"<p>Case {number}, part {part}: {WORDS * 2}</p>" for part in range(4))
    return (
        f"<html><head><title>Case {number} | Harbour Gazette</title><meta property=og:site_name content='Harbour "
        f"Gazette'></head><body><h1>Case {number}</h1><p>By Dr. Mia Torp | {13 + number}/03/2025</p>"
        f"<div class=story-text>{text}</div></body></html>"
    ).encode()


def build(website: Website) -> None:
    numbers = range(8)
    for number in numbers:
        website.pages[f"/health/{4000 + number}.html"] = story(number)
    website.pages["/"] = b"<h1>Harbour Gazette</h1>" + b"".join(
        b"<li><a href=/health/%d.html>Read all about case %d of this winter</a></li>" % (4000 + n, n) for n in numbers
    )


def test_a_site_is_proposed_crawled_and_tested(website: Website, tmp_path: Path) -> None:
    build(website)

    added = galen(tmp_path, "sites", "add", website.url + "/", "--name", "harbour", "--delay", "0")

    assert added.returncode == 0, added.stderr
    assert "div.story-text" in added.stdout
    assert "Mia Torp" in added.stdout
    declared = next(row for row in json_output(galen(tmp_path, "sites", "--json")) if row["name"] == "harbour")
    assert declared["site"] == "Harbour Gazette"
    assert declared["articles"] == r"^/health/\d+\.html$"
    source = (tmp_path / "spiders" / "harbour.py").read_text()
    assert 'date_order="DMY"' in source
    assert 'expect=("title", "body", "doctor", "published")' in source
    assert galen(tmp_path, "crawl", "harbour", "--delay", "0", "--quiet").returncode == 0
    stored = rows(tmp_path / "data" / "galen.db", "SELECT published FROM articles ORDER BY url")
    assert [row["published"] for row in stored] == [f"2025-03-{13 + n}" for n in range(8)]
    assert galen(tmp_path, "sites", "test", "harbour").returncode == 0


def test_dates_that_can_be_read_in_two_ways_are_a_doubt(website: Website, tmp_path: Path) -> None:
    build(website)
    for path, page in website.pages.items():
        if isinstance(page, bytes):
            website.pages[path] = re.sub(rb"\d\d([./])03[./]2025", rb"04\g<1>03\g<1>2025", page)

    added = galen(tmp_path, "sites", "add", website.url + "/", "--name", "harbour", "--delay", "0")

    (doubt,) = [line for line in added.stdout.splitlines() if "two ways" in line]
    assert doubt.startswith("look at:")
    assert 'date_order="' not in (tmp_path / "spiders" / "harbour.py").read_text()


def test_a_page_that_is_read_in_another_way_is_shown_and_can_be_accepted(website: Website, tmp_path: Path) -> None:
    build(website)
    galen(tmp_path, "sites", "add", website.url + "/", "--name", "harbour", "--delay", "0")
    stored = next((tmp_path / "tests" / "pages" / "harbour").glob("*.json"))
    row = json.loads(stored.read_text())
    row["article"]["title"] = "Another title"
    stored.write_text(json.dumps(row, ensure_ascii=False, indent=2) + "\n")

    failed = galen(tmp_path, "sites", "test", "harbour")
    accepted = [galen(tmp_path, "sites", "snapshot", "harbour").stdout.splitlines()[-1] for _ in range(2)]

    assert failed.returncode == 1
    assert accepted == ["2 pages read, 1 of them expected anew.", "2 pages read, 0 of them expected anew."]
    assert '-    "title": "Another title"' in failed.stdout
    assert galen(tmp_path, "sites", "test", "harbour").returncode == 0


def test_an_existing_site_file_is_never_overwritten_and_nothing_is_asked(website: Website, tmp_path: Path) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "harbour.py").write_text("# mine\n")

    process = galen(tmp_path, "sites", "add", website.url, "--name", "harbour", "--delay", "0")

    assert process.returncode == 1
    assert "never overwritten" in process.stderr
    assert (tmp_path / "spiders" / "harbour.py").read_text() == "# mine\n"
    assert website.hits == []


def test_a_site_without_articles_says_so_in_one_line(website: Website, tmp_path: Path) -> None:
    website.pages["/"] = b"<h1>Soon</h1><p>Nothing yet.</p>"

    process = galen(tmp_path, "sites", "add", website.url, "--delay", "0")

    assert process.returncode == 1
    assert "is an article" in process.stderr.splitlines()[-1]
    assert not (tmp_path / "spiders").exists()


def test_what_a_website_calls_itself_is_no_program(website: Website, tmp_path: Path) -> None:
    build(website)
    name = 'Hill"""; open("taken", "w"); """ \\'
    for path, page in website.pages.items():
        if isinstance(page, bytes) and b"<head>" in page:
            meta = f"<meta property=og:site_name content='{name}'>".encode()
            website.pages[path] = page.replace(b"<head>", b"<head>" + meta)
    assert galen(tmp_path, "sites", "add", website.url, "--name", "hill", "--delay", "0").returncode == 0
    (listed,) = [row for row in json_output(galen(tmp_path, "sites", "--json")) if row["name"] == "hill"]

    assert 'open("taken"' in listed["site"]
    assert not (tmp_path / "taken").exists()
