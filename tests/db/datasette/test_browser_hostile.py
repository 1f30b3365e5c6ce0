"""Texts that try to run a script, and downloads that break off, in a real browser."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from crawler.cli.report import command as report
from db.store import Store
from tests.db.datasette.conftest import serving
from tests.db.datasette.test_security import PATHS as HOSTILE_PATHS
from tests.db.datasette.test_security import make_hostile
from tests.db.factories import article, publish_in, save

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def test_no_field_of_a_website_runs_a_script(browser: Browser, page: Page, tmp_path: Path) -> None:
    make_hostile(tmp_path)
    with serving(tmp_path) as client:
        for path in HOSTILE_PATHS:
            page.goto(f"{client.base_url}".rstrip("/") + path)
            assert page.locator("img[src='x']").count() == 0, path
            assert page.evaluate("[...document.scripts].filter(s => s.textContent.includes('alert(')).length") == 0, (
                path
            )


def test_no_field_of_a_website_runs_a_script_in_the_report_of_a_crawl(page: Page, tmp_path: Path) -> None:
    make_hostile(tmp_path)
    target = tmp_path / "report.html"
    done = CliRunner().invoke(report, ["--data", str(tmp_path), "--output", str(target)])
    assert done.exit_code == 0, done.output
    page.goto(target.as_uri())
    assert "alert(" in page.locator("body").inner_text()
    assert page.locator("script, img").count() == 0


def test_a_download_that_breaks_off_is_a_failed_download(browser: Browser, tmp_path: Path) -> None:
    store = Store.open(tmp_path / "galen.db")
    save(store, article("Kept", "Text one."), article("Lost", "Text two.", site="Red Dune"))
    publish_in(tmp_path, store)
    snapshot = tmp_path / "public" / "galen-1.db"
    snapshot.chmod(0o644)
    with closing(sqlite3.connect(snapshot)) as conn, conn:
        conn.execute("DELETE FROM sites WHERE name = 'Red Dune'")
    with serving(tmp_path) as client:
        context = browser.new_context(accept_downloads=True)
        page = context.new_page()
        page.goto(f"{client.base_url}questions")
        with page.expect_download() as told:
            page.evaluate("location.href = '/search.csv'")
        assert told.value.failure() is not None
        context.close()
