from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from db.datasette.questions import load_questions
from db.datasette.security import datasette_policy
from db.records import Evidence, Fragment, Origin, Person, PersonKind, Role, Tag
from db.store import Store
from tests.db.datasette.conftest import serving
from tests.db.factories import LONG, article, doctor, publish_in, reject, save

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'`{{7*7}}"
PATHS = (
    "/",
    "/search?q=alert&copies=1",
    "/search?q=alert&doctor=%22%3E%3Cscript%3Ealert(3)%3C/script%3E",
    "/article/1",
    "/article/2",
    "/doctors",
    "/doctor/1",
    "/sources",
    "/source/1",
    "/site/1",
    "/duplicates",
    "/duplicates/1",
    "/runs",
    "/runs/1",
    "/questions/articles_by_doctor?doctor=<b>",
    *(f"/questions/{name}" for name in load_questions()),
    *(f"/galen/{name}" for name in ("rejected_pages", "untranslated", "articles_by_doctor")),
    "/galen",
    "/galen/articles",
    "/galen/articles/1",
    "/galen/doctors",
    "/galen/evidence",
    "/galen/revisions",
    "/galen/sites/1",
    "/galen/articles_flat",
    "/galen/fetched_pages",
    "/galen?sql=select+title,+url,+doctors+from+articles",
    "/galen/removed_articles",
)
"""Every kind of page that shows what websites wrote."""


def make_hostile(folder: Path) -> None:
    """Publish a database in which every field that a website controls tries to run a script."""
    store = Store.open(folder / "galen.db")
    person = Person(
        name=EVIL,
        kind=PersonKind.CLINICIAN,
        role=Role.AUTHOR,
        clinical_title=EVIL,
        credentials=EVIL,
        department=EVIL,
        hospital=EVIL,
        profile_url="javascript:alert(4)",
        raw=EVIL,
    )
    fields: dict[str, Any] = {
        "summary": EVIL,
        "source": f"Press {EVIL}",
        "source_raw": EVIL,
        "canonical_url": "javascript:alert(5)",
        "byline_raw": EVIL,
        "people": (person, Person(name=EVIL, role=Role.AUTHOR)),
        "tags": (Tag(tag=EVIL),),
        "published": "2024-05-03",
        "fragments": (Fragment(text=EVIL, context=EVIL),),
        "evidence": (Evidence(field="title", value=EVIL, origin=Origin.META, detail=EVIL, chosen=True),),
    }
    url = "https://evil.example/a?<script>alert(6)</script>"
    save(store, article(f"One {EVIL}", f"Body {EVIL}", url=url, site=f"Site {EVIL}", **fields))
    save(
        store,
        article(f"One {EVIL}", f"{LONG} changed {EVIL}", url=url, site=f"Site {EVIL}", **fields),
        seen="2026-04-01T00:00:00Z",
    )
    save(store, article(f"One {EVIL}", f"{LONG} changed {EVIL}", site="Red Dune", people=(doctor("Mira Oduya"),)))
    reject(store, "https://evil.example/<script>alert(7)</script>", EVIL)
    store.finish_run(store.start_run(1, "0.1.0"), EVIL)
    # What no crawl lets in must be harmless all the same.
    store.connection.execute("UPDATE articles SET url = 'javascript:alert(8)//' || url WHERE id = 2")
    publish_in(folder, store)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("hostile")
    make_hostile(folder)
    with serving(folder) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
def test_what_websites_wrote_is_escaped_and_links_lead_to_http_only(hostile: httpx.Client, path: str) -> None:
    response = hostile.get(path)
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<img src=x" not in response.text
    for link in re.findall(r"""href\s*=\s*["']([^"']*)""", response.text):
        assert not link.strip().lower().startswith(("javascript:", "data:", "vbscript:")), link


@pytest.mark.parametrize(
    "path",
    [
        *PATHS[:6],
        "/search.json?q=alert",
        "/search.atom?q=alert",
        "/article/1.json",
        "/search.csv",
        "/robots.txt",
        "/galen/articles.json",
        "/nothing/here",
        "/-/static/app.css",
    ],
)
def test_every_answer_carries_the_headers(hostile: httpx.Client, path: str) -> None:
    headers = hostile.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "x-galen-page" not in headers


def test_our_pages_allow_no_inline_script_and_no_inline_style(hostile: httpx.Client) -> None:
    for path in ("/", "/search?q=alert", "/article/1", "/questions"):
        policy = hostile.get(path).headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "sha256" not in policy


def test_datasettes_pages_allow_its_own_inline_scripts_by_hash_and_no_other(hostile: httpx.Client) -> None:
    policy = hostile.get("/galen/articles").headers["content-security-policy"]
    assert policy == datasette_policy()
    scripts = policy.split("script-src ")[1]
    assert "unsafe-inline" not in scripts
    assert scripts.count("sha256-") >= 4


def test_robots_are_kept_out(hostile: httpx.Client) -> None:
    assert hostile.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_files_cannot_be_downloaded_nor_written(hostile: httpx.Client) -> None:
    assert hostile.get("/galen.db").status_code == 403
    answer = hostile.get("/galen.json", params={"sql": "delete from articles"})
    assert answer.status_code == 400


def test_a_feed_of_hostile_texts_is_well_formed_and_links_to_http_only(hostile: httpx.Client) -> None:
    response = hostile.get("/search.atom", params={"q": "alert", "copies": "1"})
    assert response.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.text)
    links = [link.get("href") or "" for link in root.iter("{http://www.w3.org/2005/Atom}link")]
    assert len(links) >= 4
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert any(EVIL in (title.text or "") for title in root.iter("{http://www.w3.org/2005/Atom}title"))


@pytest.mark.parametrize("path", ["/search.json?q=alert", "/article/1.json", "/questions/untranslated.json"])
def test_json_of_hostile_texts_is_never_taken_for_a_page(hostile: httpx.Client, path: str) -> None:
    response = hostile.get(path)
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    response.json()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_no_cell_of_a_download_for_excel_starts_a_formula(tmp_path: Path, start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    store = Store.open(tmp_path / "galen.db")
    fields = {
        "summary": evil,
        "source": evil,
        "people": (doctor(evil),),
        "fragments": (Fragment(text=evil, context=evil),),
    }
    save(store, article(evil, LONG, url="https://evil.example/a", **fields))
    publish_in(tmp_path, store)
    with serving(tmp_path) as client:
        for path in ("/search.csv?body=1", "/questions/untranslated.csv", "/questions/sources_of_sites.csv"):
            cells = [cell for row in csv.reader(io.StringIO(client.get(path).text, newline="")) for cell in row]
            assert any("HYPERLINK" in cell for cell in cells), path
            assert not [cell for cell in cells if cell.lstrip("\ufeff").startswith(tuple("=+-@\t＝"))], path
