"""What people do, in a real browser: search, filter, read, compare, ask, download, on a desk and on a phone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from db.records import Fragment, Role, Tag
from db.store import Store
from tests.db.datasette.conftest import serving
from tests.db.factories import LONG, article, doctor, publish_in, save

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

PAGES = (
    "/",
    "/search?q=sleep",
    "/search?q=%E4%BD%9C%E6%81%AF",
    "/article/1",
    "/doctors",
    "/doctor/1",
    "/sources",
    "/source/1",
    "/site/1",
    "/duplicates",
    "/duplicates/1",
    "/runs",
    "/runs/1",
    "/questions",
    "/questions/who_was_first",
    "/questions/languages_by_site",
    "/nothing",
)
SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})

CONTRAST = """() => {
    const parse = text => { const m = text.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const behind = element => {
        for (; element; element = element.parentElement) {
            const color = parse(getComputedStyle(element).backgroundColor);
            if (color[3] > 0) return color;
        }
        return [255, 255, 255, 1];
    };
    const poor = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.closest('svg') || !element.checkVisibility()) continue;
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < 4.5) poor.push(walker.currentNode.data.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
    }
    return poor;
}"""


def _note(n: int) -> str:
    """A text that is like no other: near copies would be shown once."""
    return " ".join(f"w{n}x{i}" for i in range(60)) + f'. Number {n}, "quoted", and\nmore; 休息 {n}.'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with articles, copies, a former version and a crawl."""
    folder = tmp_path_factory.mktemp("browser")
    store = Store.open(folder / "galen.db")
    people = (doctor("Mira Oduya", hospital="Hill Hospital"), doctor("Ivo Brandt", Role.REVIEWER))
    first = article(
        "Sleep and 作息",
        f"{LONG} A regular作息 helps.",
        published="2024-05-03",
        source="Lake Press",
        people=people,
        summary="In short: sleep.",
        fragments=(Fragment(text="作息", context="regular作息"),),
        tags=(Tag(tag="sleep"),),
    )
    save(store, first)
    save(
        store,
        article(
            "Sleep and 作息",
            f"{LONG} A regular作息 helps much.",
            url=first.url,
            published="2024-05-03",
            source="Lake Press",
            people=people,
            summary="In short: sleep.",
            fragments=first.fragments,
        ),
        seen="2026-04-01T00:00:00Z",
    )
    save(
        store,
        article("Sleep well", _note(99)),
        article("Sleep well", _note(99), site="Red Dune", published="2023"),
    )
    save(
        store,
        *(
            article(
                f"=Note {n} on sleep",
                _note(n),
                published=f"20{n + 10}-02",
                source=f"Paper {n % 3}",
            )
            for n in range(12)
        ),
    )
    save(
        store,
        article(
            "高血压饮食",
            "高血压患者应少吃盐，多运动，按时作息。" * 5,
            language="zh",
            published="2025-02-01",
            site="Red Dune",
        ),
    )
    store.finish_run(store.start_run(1, "0.1.0"), "finished")
    publish_in(folder, store)
    with serving(folder) as client:
        yield str(client.base_url).rstrip("/")


def test_from_the_first_search_to_a_parsed_download(desk: str, page: Page, tmp_path: Path) -> None:
    page.goto(desk)
    page.get_by_label("Search health articles").fill("sleep")
    page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text().startswith("14 articles")
    page.get_by_role("checkbox", name="Paper 1").check()
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("status").inner_text().startswith("4 articles")
    with page.expect_download() as told:
        page.get_by_role("link", name="CSV for Excel").click()
    told.value.save_as(tmp_path / "got.csv")
    content = (tmp_path / "got.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert len(rows) == 4
    assert {row["source"] for row in rows} == {"Paper 1"}
    assert all(row["title"].startswith("'=Note") for row in rows)


def test_an_article_its_former_version_and_its_copies_are_read(desk: str, page: Page) -> None:
    page.goto(f"{desk}/search?q=作息")
    page.get_by_role("link", name="Sleep and 作息").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Sleep and 作息"
    assert "much" in page.locator("ins").first.inner_text()
    assert page.locator('.text [lang="zh"]').first.inner_text() == "作息"
    page.goto(f"{desk}/search?q=%22sleep+well%22")
    page.get_by_role("link", name="Sleep well", exact=True).first.click()
    page.get_by_role("link", name="Compare the texts").click()
    page.locator(".sides section").nth(1).wait_for()
    assert page.locator(".sides section").count() == 2


def test_a_question_is_asked_with_its_input(desk: str, page: Page) -> None:
    page.goto(f"{desk}/questions")
    page.get_by_role("link", name="A topic by month").click()
    page.get_by_label("Topic").fill("作息")
    page.get_by_role("button", name="Ask").click()
    assert page.locator("tbody tr").count() >= 2
    page.get_by_text("The SQL").click()
    assert "escape_fts(:topic)" in page.locator("pre").inner_text()


def test_the_keyboard_reaches_the_content_first(desk: str, page: Page) -> None:
    page.goto(f"{desk}/search?q=sleep")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_filters_open_on_a_phone_without_script(desk: str, browser: Browser) -> None:
    context = browser.new_context(viewport=SIZES[1], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk}/search?q=sleep")
    assert not page.get_by_role("checkbox", name="Paper 1").is_visible()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_role("checkbox", name="Paper 1").check()
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("status").inner_text().startswith("4 articles")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_no_page_scrolls_sideways_and_all_text_can_be_read(
    desk: str, browser: Browser, size: ViewportSize, scheme: str
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    for path in PAGES:
        page.goto(desk + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (path, wide)
        if path != "/nothing":
            assert page.evaluate(CONTRAST) == [], path
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_the_first_hit_is_on_the_first_screen(desk: str, browser: Browser, size: ViewportSize) -> None:
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.goto(f"{desk}/search?q=sleep")
    box = page.locator(".hits li").first.bounding_box()
    assert box["y"] + box["height"] < size["height"]
    context.close()


def test_datasettes_own_pages_run_their_scripts_under_the_policy(desk: str, page: Page) -> None:
    for path in (
        "/galen",
        "/galen/articles",
        "/galen/articles/1",
        "/galen/doctors",
        "/galen?sql=select+1",
        "/galen/last_crawls",
        "/galen/best_matches?search=sleep&_hide_sql=",
    ):
        page.goto(desk + path)
    page.goto(f"{desk}/galen?sql=select+1")
    assert page.locator(".CodeMirror").count() == 1


def test_an_answer_for_programs_is_shown_as_text(desk: str, page: Page) -> None:
    page.goto(f"{desk}/search.json?q=sleep")
    assert json.loads(page.locator("pre").inner_text())["total"] == 14
