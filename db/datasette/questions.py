"""Saved questions: SQL with a title, a purpose, inputs and perhaps a chart, kept in `queries.yaml`.

Datasette serves each as a canned query under /galen/<name>; our pages under /questions/<name>.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "queries.yaml"
_PARAMETER = re.compile(r"(?<!:):(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One parameter as a form shows it."""

    name: str
    label: str
    type: str = "text"
    """Type of the HTML input: text, number or date."""
    unit: str = ""
    hint: str = ""
    usual: str = ""
    """What an empty field means, shown as its placeholder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A bar for each label: the sum of a column."""

    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One saved question."""

    name: str
    title: str
    description: str
    """One sentence."""
    sql: str
    inputs: tuple[Input, ...] = ()
    chart: Chart | None = None


@cache
def load_questions() -> dict[str, Question]:
    """All saved questions by name, in the order of the file.

    Raises ValueError where a question's inputs are not the parameters of its SQL.
    """
    loaded = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: _question(name, entry) for name, entry in loaded.items()}


def _question(name: str, entry: dict[str, Any]) -> Question:
    inputs = tuple(Input(name=key, **value) for key, value in entry.pop("inputs", {}).items())
    chart = entry.pop("chart", None)
    question = Question(name=name, inputs=inputs, chart=Chart(**chart) if chart else None, **entry)
    parameters = set(_PARAMETER.findall(question.sql))
    if parameters != {item.name for item in inputs}:
        raise ValueError(f"{name}: the SQL asks for {sorted(parameters)}, the inputs are {[i.name for i in inputs]}")
    return question


def canned_queries() -> dict[str, dict[str, Any]]:
    """The questions as Datasette's metadata wants them."""
    return {
        name: {
            "title": question.title,
            "description": question.description,
            "sql": question.sql,
            "params": [item.name for item in question.inputs],
            "hide_sql": True,
        }
        for name, question in load_questions().items()
    }
