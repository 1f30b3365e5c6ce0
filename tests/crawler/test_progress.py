from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len

from crawler.progress import print_summary

HEADINGS = ("site", "ended", "fetched", "articles", "what it is")
ROWS = [
    ["hill.example", "finished", "1,204", "88", "A page about hills and what to do on them before the sun is up."],
    ["翰林健康网", "stopped", "7", "-", "[bold]"],
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_a_row_is_a_line_and_whole() -> None:
    out = io.StringIO()
    print_summary(ROWS, HEADINGS, out)

    assert [line.rstrip() for line in out.getvalue().splitlines()] == [
        "site          ended     fetched  articles  what it is",
        "hill.example  finished    1,204        88  A page about hills and what to do on them before the sun is up.",
        "翰林健康网    stopped         7         -  [bold]",
    ]


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_on_a_terminal_of_any_width_nothing_is_cut(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = Terminal()
    print_summary(ROWS, HEADINGS, out)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())

    assert "…" not in shown
    for row in ROWS:
        for word in " ".join(row).split():
            assert word in shown
    if columns >= 40:
        assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= columns
