"""Saved questions: cards, and each with its inputs, its answer and perhaps a chart."""

from __future__ import annotations

import csv
import io
import sqlite3
from typing import Any

from datasette.utils.asgi import NotFound, Response

from db.datasette.pages.charts import Bar, bars
from db.datasette.pages.respond import TooSlowError, as_json, first_arg, gathered, show
from db.datasette.questions import Question, load_questions
from db.datasette.security import OWN_PAGES
from db.export_formats import guarded

MOST_ROWS = 1_000
_LINKS = {"article_id": "/article/"}


async def questions(request: Any, datasette: Any) -> Response:
    """`/questions`."""
    await gathered(datasette, request, lambda _: None)
    return await show(datasette, request, "questions.html", {"questions": list(load_questions().values())})


def _asked(request: Any) -> tuple[Question, dict[str, str]]:
    found = load_questions().get(request.url_vars["name"])
    if found is None:
        raise NotFound(f"There is no saved question called {request.url_vars['name']}.")
    return found, {item.name: first_arg(request, item.name) for item in found.inputs}


def _answer(conn: sqlite3.Connection, question: Question, given: dict[str, str]) -> tuple[list[str], list[list[Any]]]:
    cursor = conn.execute(question.sql, given)
    columns = [column[0] for column in cursor.description]
    return columns, [list(row) for row in cursor.fetchmany(MOST_ROWS)]


def _chart(question: Question, columns: list[str], rows: list[list[Any]]) -> list[Bar]:
    if question.chart is None or not rows:
        return []
    label, value = columns.index(question.chart.label), columns.index(question.chart.value)
    sums: dict[str, float] = {}
    for row in rows:
        if row[label] is not None:
            sums[str(row[label])] = sums.get(str(row[label]), 0) + (row[value] or 0)
    # Months stay in their order, everything else is read from the largest down.
    pairs = list(sums.items()) if question.chart.label == "month" else sorted(sums.items(), key=lambda item: -item[1])
    return bars(pairs[:24], 100 if question.chart.unit == "%" else None)


async def question(request: Any, datasette: Any) -> Response:
    """`/questions/<name>`."""
    asked, given = _asked(request)
    try:
        columns, rows = await gathered(datasette, request, lambda conn: _answer(conn, asked, given))
        problem = ""
    except TooSlowError:
        columns, rows, problem = [], [], "This question took too long and was stopped. Narrow it by its inputs."
    context = {"question": asked, "given": given, "columns": columns, "rows": rows, "problem": problem,
               "links": _LINKS, "most": MOST_ROWS, "chart": _chart(asked, columns, rows)}  # fmt: skip
    return await show(datasette, request, "question.html", context)


async def question_json(request: Any, datasette: Any) -> Response:
    """`/questions/<name>.json`: a list of objects."""
    asked, given = _asked(request)
    columns, rows = await gathered(datasette, request, lambda conn: _answer(conn, asked, given))
    return as_json([dict(zip(columns, row, strict=True)) for row in rows])


async def question_csv(request: Any, datasette: Any) -> Response:
    """`/questions/<name>.csv`, for Excel: all rows of the answer."""
    asked, given = _asked(request)
    columns, rows = await gathered(datasette, request, lambda conn: _answer(conn, asked, given))
    buffer = io.StringIO()
    csv.writer(buffer).writerows([columns, *([guarded(cell) for cell in row] for row in rows)])
    return Response(
        "\ufeff" + buffer.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={OWN_PAGES: "1", "Content-Disposition": f'attachment; filename="{asked.name}.csv"'},
    )
