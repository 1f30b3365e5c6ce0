from __future__ import annotations

from pathlib import Path

from tests.website import Website, article_page, galen, json_output, rows, start_galen

SITE = """
from crawler.article_spider import ArticleSpider
from crawler.site import Links, Site

class Mine(ArticleSpider):
    "My own site."
    name = "mine"
    site = Site(name="Mine", domains=("{netloc}",), scheme="http", discover=(Links("/"),), article="^/a")
"""


def declare(folder: Path, website: Website) -> None:
    (folder / "spiders").mkdir()
    (folder / "spiders" / "mine.py").write_text(SITE.format(netloc=website.netloc))


def test_a_site_file_of_the_users_own_is_listed_and_crawled(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}

    names = {site["name"]: site for site in json_output(galen(tmp_path, "sites", "--json"))}
    assert names["mine"]["description"] == "My own site."
    assert "cnys_en" in names
    assert not any(name.startswith("demo_") for name in names)
    report = json_output(galen(tmp_path, "crawl", "mine", "--delay", "0", "--json"))
    assert report["sites"][0] == {
        "site": "Mine", "fetched": 2, "articles": 1, "copies": 0, "rejected": 0, "failed": 0,
        "fields": {"title": 1, "source": 1, "doctor": 0, "published": 0, "body": 1},
    }  # fmt: skip


def test_a_second_crawl_fetches_what_leads_to_articles_and_no_article(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}
    galen(tmp_path, "crawl", "mine", "--delay", "0")
    website.pages["/"] = b'<a href="/a1">x</a> <a href="/a2">y</a>'
    website.pages["/a2"] = article_page("Two")
    website.hits.clear()
    galen(tmp_path, "crawl", "mine", "--delay", "0")

    assert sorted(website.asked()) == ["/", "/a2"]


def test_a_dry_run_asks_nothing_and_writes_nothing(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    process = galen(tmp_path, "crawl", "mine", "--dry-run")

    assert process.returncode == 0, process.stderr
    assert f"Links: {website.url}/" in process.stdout
    assert website.hits == []
    assert not (tmp_path / "data").exists()


def test_no_crawl_beyond_loopback_without_a_contact(tmp_path: Path) -> None:
    process = galen(tmp_path, "crawl", "cnys_en")

    assert process.returncode == 1
    assert "Cainiu Health (en.cnys.com) is not crawled: no contact is set." in process.stderr
    assert "galen.toml" in process.stderr
    assert "Traceback" not in process.stderr


def test_the_contact_is_told_to_the_website(tmp_path: Path, website: Website) -> None:
    (tmp_path / "galen.toml").write_text('contact = "https://institute.edu/bot"\n')
    website.pages = {"/": b"x"}
    galen(tmp_path, "crawl", f"{website.url}/", "--delay", "0")

    (agent,) = website.agents
    assert agent is not None
    assert agent.endswith("(+https://institute.edu/bot)")


def test_any_scrapy_setting_can_be_overridden(tmp_path: Path, website: Website) -> None:
    website.pages = {"/a": article_page("A")}
    process = galen(tmp_path, "crawl", f"{website.url}/a", "--set", "DOWNLOAD_DELAY=0", "--set", "USER_AGENT=Other/1")

    assert process.returncode == 0, process.stderr
    assert website.agents == {"Other/1"}
    assert galen(tmp_path, "crawl", "--set", "nothing").returncode == 2


def test_a_name_that_is_no_site_is_a_usage_error_that_lists_the_sites(tmp_path: Path) -> None:
    process = galen(tmp_path, "crawl", "cnys")

    assert process.returncode == 2
    assert "'cnys' is no site and no URL. Sites: cnys_en" in process.stderr


def test_a_site_file_with_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "broken.py").write_text("from crawler.site import Sight\n")
    process = galen(tmp_path, "sites")

    assert process.returncode == 1
    assert "broken" in process.stderr
    assert "Sight" in process.stderr
    assert "Traceback" not in process.stderr


def test_a_mistake_in_galen_toml_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "galen.toml").write_text("contact = \n")
    process = galen(tmp_path, "sites")

    assert process.returncode == 1
    assert process.stderr.startswith("galen: galen.toml cannot be read")
    assert process.stderr.count("\n") == 1


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, website: Website) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "galen.db").write_bytes(b"my notes, not a database" * 100)
    process = galen(tmp_path, "crawl", f"{website.url}/")

    assert process.returncode == 1
    assert "is not a SQLite database" in process.stderr
    assert website.hits == []


def test_one_site_that_cannot_be_crawled_does_not_stop_the_others(tmp_path: Path, website: Website) -> None:
    website.pages = {"/sleep": article_page("Sleep")}
    process = galen(tmp_path, "crawl", "cnys_en", f"{website.url}/sleep", "--delay", "0")

    assert process.returncode == 1
    assert rows(tmp_path / "data" / "galen.db", "SELECT title FROM articles") == [{"title": "Sleep"}]


def test_plain_lines_of_progress_where_there_is_no_terminal(tmp_path: Path, website: Website) -> None:
    website.pages = {"/": article_page("Sleep")}
    process = start_galen(tmp_path, "crawl", f"{website.url}/", "--delay", "0")
    output, errors = process.communicate(timeout=60)

    assert "\x1b" not in output + errors
    assert website.netloc in output


def test_scrapy_itself_lists_and_crawls(tmp_path: Path, website: Website) -> None:
    import subprocess
    import sys

    from tests.website import galen_environment

    declare(tmp_path, website)
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}

    def scrapy(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True,
            env=galen_environment(SCRAPY_SETTINGS_MODULE="crawler.settings"),
        )  # fmt: skip
        return done.stdout

    assert scrapy("list").split() == ["cnys_en", "mine", "site"]
    scrapy("crawl", "mine", "-s", "DOWNLOAD_DELAY=0", "-O", "out.jsonl")
    assert rows(tmp_path / "data" / "galen.db", "SELECT title FROM articles") == [{"title": "One"}]
    assert '"title": "One"' in (tmp_path / "out.jsonl").read_text()


def test_a_later_page_of_an_article_is_joined_though_it_is_followed_as_a_link_as_well(
    tmp_path: Path, website: Website
) -> None:
    declare(tmp_path, website)
    file = tmp_path / "spiders" / "mine.py"
    file.write_text(file.read_text().replace('"^/a"', 'r"^/a\\d$", next_part=("a.next",)'))
    website.pages = {
        "/": b'<a href="/a1">1</a><a href="/a1/2">the second page, by itself</a>',
        "/a1": article_page("Long", links='<a class=next href="/a1/2">next</a>'),
        "/a1/2": article_page("Long", text="What the second page says about it is worth the waiting. " * 3),
    }
    for _ in range(2):
        process = galen(tmp_path, "crawl", "mine", "--delay", "0", "--refresh")
        assert process.returncode == 0, process.stderr

    (row,) = rows(tmp_path / "data" / "galen.db", "SELECT title, body FROM articles")
    assert "worth the waiting" in row["body"]
