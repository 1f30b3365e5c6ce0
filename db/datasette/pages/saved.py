"""Saved questions: cards, and each with its inputs, its answer and perhaps a chart."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import NotFound, Response

from db.datasette.pages.charts import Bar, Stacked, bars, months, stacked
from db.datasette.pages.respond import TooSlowError, as_json, first_arg, gathered, show
from db.datasette.questions import Question, load_questions
from db.datasette.security import OWN_PAGES
from db.export_formats import guarded

SHOWN = 200
"""Rows that a page shows; CSV and JSON have all."""
MOST_COUNTED = 10_000
"""Rows counted at most where no chart needs all of them."""
MOST_BARS = 24
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page shows of an answer."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    """The first ones."""
    count: int = 0
    whole: bool = True
    """False where there are more rows than were counted."""
    bars: tuple[Bar, ...] = ()
    columns_by_month: Stacked | None = None
    """The chart where the question is about months: in their order, those without anything too."""
    problem: str = ""


async def questions(request: Any, datasette: Any) -> Response:
    """`/questions`."""
    await gathered(datasette, request, lambda _: None)
    return await show(datasette, request, "questions.html", {"questions": list(load_questions().values())})


def _asked(request: Any) -> tuple[Question, dict[str, str]]:
    found = load_questions().get(request.url_vars["name"])
    if found is None:
        raise NotFound(f"There is no saved question called {request.url_vars['name']}.")
    return found, {item.name: first_arg(request, item.name) for item in found.inputs}


def _rows(conn: sqlite3.Connection, question: Question, given: dict[str, str]) -> tuple[tuple[str, ...], Iterator[Any]]:
    cursor = conn.cursor()
    cursor.row_factory = None
    cursor.execute(question.sql, given)
    return tuple(column[0] for column in cursor.description), cursor


def _all(conn: sqlite3.Connection, question: Question, given: dict[str, str]) -> tuple[tuple[str, ...], list[Any]]:
    columns, rows = _rows(conn, question, given)
    return columns, list(rows)


def _answer(conn: sqlite3.Connection, question: Question, given: dict[str, str]) -> Answer:
    columns, rows = _rows(conn, question, given)
    shown: list[tuple[Any, ...]] = []
    sums: dict[str, float] = {}
    count = 0
    for count, row in enumerate(rows, start=1):
        if count <= SHOWN:
            shown.append(row)
        if question.chart is None and count >= MOST_COUNTED:
            break
        if question.chart is not None:
            label, value = (row[columns.index(name)] for name in (question.chart.label, question.chart.value))
            if label is not None:
                sums[str(label)] = sums.get(str(label), 0) + (value or 0)
    by_month = question.chart is not None and question.chart.label == "month"
    return Answer(
        columns,
        tuple(shown),
        count,
        count < MOST_COUNTED or question.chart is not None,
        () if by_month else _bars(question, sums),
        _monthly(question, sums) if by_month else None,
    )


def _bars(question: Question, sums: dict[str, float]) -> tuple[Bar, ...]:
    """The largest sums from the top down."""
    if question.chart is None:
        return ()
    pairs = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(bars(pairs[:MOST_BARS], 100 if question.chart.unit == "%" else None))


def _monthly(question: Question, sums: dict[str, float]) -> Stacked | None:
    """The sums as columns over all months from the first to the last, at most four years."""
    known = sorted(filter(_MONTH.fullmatch, sums))
    if question.chart is None or not known:
        return None
    name = question.chart.value.replace("_", " ")
    rows = [(month, name, int(sums[month])) for month in known]
    return stacked(f"{name} by month".capitalize(), rows, months(known[0], known[-1]))


async def question(request: Any, datasette: Any) -> Response:
    """`/questions/<name>`."""
    asked, given = _asked(request)
    try:
        answer = await gathered(datasette, request, lambda conn: _answer(conn, asked, given))
    except TooSlowError:
        answer = Answer(problem="This question took too long and was stopped. Narrow it by its inputs.")
    context = {"question": asked, "given": given, "answer": answer, "most_bars": MOST_BARS}
    return await show(datasette, request, "question.html", context)


async def question_json(request: Any, datasette: Any) -> Response:
    """`/questions/<name>.json`: a list of objects, one for each row of the answer."""
    asked, given = _asked(request)
    columns, rows = await gathered(datasette, request, lambda conn: _all(conn, asked, given))
    return as_json([dict(zip(columns, row, strict=True)) for row in rows])


async def question_csv(request: Any, datasette: Any) -> Response:
    """`/questions/<name>.csv`, for Excel: all rows of the answer."""
    asked, given = _asked(request)
    columns, rows = await gathered(datasette, request, lambda conn: _all(conn, asked, given))
    buffer = io.StringIO()
    csv.writer(buffer).writerows([columns, *([guarded(cell) for cell in row] for row in rows)])
    return Response(
        "\ufeff" + buffer.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={OWN_PAGES: "1", "Content-Disposition": f'attachment; filename="{asked.name}.csv"'},
    )
