"""The libraries' tables are cut to the languages that are read (crawler/extract/tables.py)."""

from __future__ import annotations

import subprocess
import sys

import pytest
from htmldate import extractors, find_date
from trafilatura import external

from crawler.extract.tables import cut_to_size


@pytest.fixture(autouse=True)
def small() -> None:
    cut_to_size()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3. März 2024", "2024-03-03"),
        ("12 de mayo de 2021", "2021-05-12"),
        ("4 février 2020", "2020-02-04"),
        ("12 Agustus 2022", "2022-08-12"),
        ("5 grudnia 2019", "2019-12-05"),
        ("7 июня 2018", "2018-06-07"),
    ],
)
def test_dates_in_words_are_still_found(text: str, day: str) -> None:
    assert find_date(f"<html><body><div class='date'>{text}</div><p>x</p></body></html>", original_date=True) == day


def test_both_libraries_use_the_smaller_tables() -> None:
    assert "krankenhaus" not in external.JT_STOPLIST
    assert {"the", "und", "les", "yang"} <= set(external.JT_STOPLIST)
    assert len(external.JT_STOPLIST) < 60_000
    assert len(extractors.get_external_parser().languages) < 40
    assert "februar" in extractors.month_words()


GROWTH = """
from crawler.extract.tables import cut_to_size
from htmldate import extractors
from trafilatura import external, html2txt

def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))

before = resident()
cut_to_size()
extractors.month_words()
extractors.get_external_parser().get_date_data("ein Tag im Mai 2024 ungefaehr")
print(resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_tables_take_less_than_thirty_megabytes() -> None:
    grown = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True, timeout=60)

    assert int(grown.stdout) < 30_000
