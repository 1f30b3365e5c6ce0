from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from db.connection import connect, utc_now
from tests.website import Website, article_page, galen, json_output, rows

SITE = """
from crawler.article_spider import ArticleSpider
from crawler.site import Cron, Every, Links, Site

class Mine(ArticleSpider):
    "My own site."
    name = "mine"
    site = Site(
        name="Mine", domains=("{netloc}",), scheme="http", discover=(Links("/"),), article="^/a", schedule={schedule}
    )
"""


def declare(folder: Path, website: Website, schedule: str = "Every(hours=6)") -> None:
    (folder / "spiders").mkdir(exist_ok=True)
    (folder / "spiders" / "mine.py").write_text(SITE.format(netloc=website.netloc, schedule=schedule))


def set_due(folder: Path, due: str) -> None:
    connection = connect(folder / "data" / "galen.db")
    connection.execute("UPDATE sites SET next_due = ?", (due,))
    connection.close()


def times(folder: Path) -> dict[str, dict[str, object]]:
    return {item["name"]: item for item in json_output(galen(folder, "schedule", "--json"))}


def test_a_site_is_crawled_when_it_is_due_and_not_before(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}
    assert times(tmp_path)["mine"]["due"] is True

    first = galen(tmp_path, "crawl", "mine", "--due", "--delay", "0")
    assert first.returncode == 0, first.stderr
    assert len(website.asked()) == 2
    assert times(tmp_path)["mine"]["due"] is False

    again = galen(tmp_path, "crawl", "mine", "--due", "--delay", "0")
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing is due; next is mine at 20")
    assert len(website.asked()) == 2

    set_due(tmp_path, utc_now())
    galen(tmp_path, "crawl", "mine", "--due", "--delay", "0")
    assert len(website.asked()) == 3
    (row,) = rows(tmp_path / "data" / "galen.db", "SELECT next_due > ? AS later, schedule FROM sites", utc_now())
    assert row == {"later": 1, "schedule": "every 6 h"}


def test_quiet_says_nothing_when_nothing_is_due(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}
    galen(tmp_path, "crawl", "mine", "--delay", "0")
    process = galen(tmp_path, "crawl", "mine", "--due", "--quiet")

    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


def test_a_schedule_that_was_changed_holds_at_once(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website, "Every(hours=6)")
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}
    galen(tmp_path, "crawl", "mine", "--delay", "0")
    before = times(tmp_path)["mine"]["next_due"]
    declare(tmp_path, website, "Cron('30 4 * * *', zone='Europe/Berlin')")
    after = times(tmp_path)["mine"]

    assert after["schedule"] == "30 4 * * * Europe/Berlin"
    assert after["next_due"] != before
    assert re.search(r"T0[23]:30:00Z$", str(after["next_due"]))


def test_a_crawl_that_is_stopped_keeps_its_site_due(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}
    galen(tmp_path, "crawl", "mine", "--delay", "0", "--set", "CLOSESPIDER_PAGECOUNT=1")

    assert rows(tmp_path / "data" / "galen.db", "SELECT reason FROM runs") == [{"reason": "closespider_pagecount"}]
    assert times(tmp_path)["mine"]["due"] is True


def test_a_line_for_cron_that_a_shell_can_run(tmp_path: Path) -> None:
    folder = tmp_path / "it's 100% here"
    folder.mkdir()
    process = galen(folder, "schedule", "--print", "cron", "--every", "20")
    line = process.stdout.splitlines()[1]

    assert line.startswith("*/20 * * * *  cd ")
    # cron turns \% into % and gives the rest to sh.
    command = line.split("  ", 1)[1].replace(r"\%", "%")
    checked = subprocess.run(["sh", "-n", "-c", command], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "crawl --due" in command


def test_systemd_tells_the_main_process_alone_to_end(tmp_path: Path) -> None:
    assert "\nKillMode=mixed\n" in galen(tmp_path, "schedule", "--print", "systemd").stdout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_units_that_systemd_accepts(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    text = galen(folder, "schedule", "--print", "systemd").stdout
    head, service, timer = re.split(r"^# ~/.config/systemd/user/galen\..*\n", text, flags=re.MULTILINE)
    assert head == ""
    (tmp_path / "galen.service").write_text(service)
    (tmp_path / "galen.timer").write_text(timer.split("# Then:")[0])
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(tmp_path / "galen.service"), str(tmp_path / "galen.timer")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    mine = [line for line in checked.stderr.splitlines() if "galen" in line]
    assert mine == []
