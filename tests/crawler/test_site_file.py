"""A declaration as Python source (crawler/site_file.py)."""

from __future__ import annotations

import ast

import pytest

from crawler.site import Feed, Site
from crawler.site_file import site_file


def declared(source: str) -> dict[str, object]:
    """The keyword arguments of `Site(...)` in a site file that holds nothing but what it should."""
    docstring, *imports, spider = ast.parse(source).body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(line, ast.ImportFrom) for line in imports)
    assert isinstance(spider, ast.ClassDef)
    call = next(node for node in ast.walk(spider) if isinstance(node, ast.Call))
    return {one.arg or "": ast.literal_eval(one.value) for one in call.keywords if one.arg != "discover"}


@pytest.mark.parametrize(
    "name",
    [
        'Fjord"""; raise SystemExit("run")\n"""',
        "Fjord\\",
        'Fjord\\"""',
        "Fjord '''",
        "Fjord\nimport os",
        "Fjord \\N{BULLET} \\x",
        "Fjord\u2028raise SystemExit",
        "健康网",
    ],
)
def test_what_a_page_calls_itself_never_becomes_code(name: str) -> None:
    site = Site(name=name, domains=("fjord.example",), article=r"^/a/\d+$", discover=(Feed('/feed"x"\\'),))

    assert declared(site_file(site, "fjord"))["name"] == name


def test_patterns_are_written_raw() -> None:
    source = site_file(Site(name="Fjord", domains=("fjord.example",), article=r"^/a/\d+$"), "fjord")

    assert 'article=r"^/a/\\d+$"' in source
    assert declared(source)["article"] == r"^/a/\d+$"
