"""Addresses of our pages. Datasette's own stay where they are: /galen is the plain database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils.asgi import NotFound, Response

from db.datasette.pages.article import article, article_json
from db.datasette.pages.copies import cluster, duplicates
from db.datasette.pages.doctors import doctor, doctors
from db.datasette.pages.downloads import download
from db.datasette.pages.home import home
from db.datasette.pages.respond import TooSlowError, show
from db.datasette.pages.runs import run, runs
from db.datasette.pages.saved import question, question_csv, question_json, questions
from db.datasette.pages.search import search, search_feed, search_json
from db.datasette.pages.sources import site, source, sources
from db.datasette.security import OWN_PAGES, ROBOTS

View = Callable[[Any, Any], Awaitable[Response]]


async def robots() -> Response:
    """`/robots.txt`: these texts belong to others and shall be found there."""
    return Response.text(ROBOTS, headers={OWN_PAGES: "1"})


def _page(view: View) -> View:
    """The view; what it does not find is told on a page of ours."""

    async def shown(request: Any, datasette: Any) -> Response:
        try:
            return await view(request, datasette)
        except NotFound as error:
            return await show(datasette, request, "missing.html", {"message": str(error)}, status=404)
        except TooSlowError:
            message = "This page took too long to put together and was stopped. Try again, or narrow it down."
            return await show(datasette, request, "missing.html", {"message": message}, status=503)

    return shown


_ID = r"(?P<id>\d{1,19})"
_VIEWS: list[tuple[str, View]] = [
    (r"^/$", home),
    (r"^/search$", search),
    (r"^/search\.json$", search_json),
    (r"^/search\.atom$", search_feed),
    (rf"^/article/{_ID}$", article),
    (rf"^/article/{_ID}\.json$", article_json),
    (r"^/doctors$", doctors),
    (rf"^/doctor/{_ID}$", doctor),
    (r"^/sources$", sources),
    (rf"^/source/{_ID}$", source),
    (rf"^/site/{_ID}$", site),
    (r"^/duplicates$", duplicates),
    (rf"^/duplicates/{_ID}$", cluster),
    (r"^/runs$", runs),
    (rf"^/runs/{_ID}$", run),
    (r"^/questions$", questions),
    (r"^/questions/(?P<name>\w+)$", question),
    (r"^/questions/(?P<name>\w+)\.json$", question_json),
    (r"^/questions/(?P<name>\w+)\.csv$", question_csv),
]
ROUTES: list[tuple[str, Any]] = [
    (r"^/robots\.txt$", robots),
    # Writes to the connection itself, so that it can break it.
    (r"^/search\.(?P<extension>csv|jsonl|parquet|db)$", download),
    *((pattern, _page(view)) for pattern, view in _VIEWS),
]
