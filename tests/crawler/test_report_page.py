from __future__ import annotations

import re
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest

from crawler.report_page import report_page
from db.connection import connect
from db.run_report import newest_runs, run_report
from tests.db.factories import article, make_database, reject

BAD = '<script>alert("x")</script>'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    from db.store import Store

    path = make_database(tmp_path / "galen.db", article("Sleep", site=BAD))
    store = Store.open(path)
    reject(store, "https://bluehill.example/a?b=1&c=%22", f"no body {BAD}")
    store.close()
    insert = (
        "INSERT INTO runs (site_id, started, finished, reason, pid, version, fetched, articles, new, with_title, "
        "with_doctor, checks) VALUES (1, ?, ?, ?, 1, '1', ?, ?, ?, ?, ?, ?)"
    )
    with closing(connect(path)) as conn:
        conn.execute(insert, ("2026-11-01T00:00:00Z", "2026-11-01T01:00:00Z", "finished", 30, 20, 20, 20, 18, "[]"))
        conn.execute(
            insert,
            ("2026-11-02T00:00:00Z", "2026-11-02T01:00:00Z", "finished", 12, 10, 4, 10, 2, '["doctor in 20% <b>"]'),
        )
        conn.execute("UPDATE pages SET run_id = 2")
        conn.execute("INSERT INTO run_hosts VALUES (2, 'slow.example', 4, 8.0, 5.0), (2, 'fast.example', 2, 0.2, 0.1)")
    return path


def page(database: Path, *runs: int) -> str:
    with closing(connect(database, read_only=True)) as conn:
        return report_page([run_report(conn, run) for run in runs or newest_runs(conn)])


class Parsed(HTMLParser):
    """Elements, attributes and text; fails where the page is not nested well."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "rect"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_report_is_one_page_without_script_that_loads_nothing(database: Path) -> None:
    for text in (page(database, 2), page(database)):
        parsed = Parsed(text)
        names = {name for name, _ in parsed.elements}
        assert not names & {"script", "link", "img", "iframe", "object", "embed", "form"}
        assert not any(
            key.startswith("on") or key in ("src", "srcset") for _, attrs in parsed.elements for key in attrs
        )
        assert "url(" not in text
        assert "@import" not in text
        assert "default-src 'none'" in text


def test_what_websites_say_is_text_and_no_markup(database: Path) -> None:
    parsed = Parsed(page(database, 2))

    assert any(BAD in text for text in parsed.texts)
    links = [attrs["href"] for name, attrs in parsed.elements if name == "a"]
    assert "https://bluehill.example/a?b=1&c=%22" in links


def test_counts_stand_beside_those_of_the_run_before(database: Path) -> None:
    text = page(database, 2)

    assert re.search(r">fetched</td><td class=\"n\">12</td><td class=\"n\">30</td><td class=\"n\">-18<", text)
    assert "doctor in 20% &lt;b&gt;" in text
    assert "20%, usually 90%" in text


def test_slow_hosts_come_first(database: Path) -> None:
    text = page(database, 2)

    assert text.index("slow.example") < text.index("fast.example")
    assert "2.00 s" in text


def test_a_run_that_is_not_there_is_said(database: Path) -> None:
    with closing(connect(database, read_only=True)) as conn, pytest.raises(LookupError, match="there is no run 9"):
        run_report(conn, 9)


def test_a_link_of_another_scheme_is_no_link(database: Path) -> None:
    with closing(connect(database)) as conn:
        conn.execute("UPDATE pages SET url = 'javascript:alert(1)'")

    assert 'href="javascript' not in page(database, 2)
