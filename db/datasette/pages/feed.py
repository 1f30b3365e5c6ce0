"""Atom (RFC 4287): new articles of a search for a feed reader."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from datasette.utils.asgi import Response

from db.datasette.pages.markup import http_url
from db.datasette.security import OWN_PAGES
from db.publish import Snapshot
from db.search.address import Address
from db.search.engine import MARK_END, MARK_START, Hit, SearchResult

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(request: Any, datasette: Any, address: Address, result: SearchResult, snapshot: Snapshot) -> Response:
    """The hits as an Atom feed; an entry's id is the article's address here, which never changes."""
    home = f"{request.scheme}://{request.host}"
    asked = address.query_string(page=None)
    root = ET.Element("feed", xmlns=_ATOM)
    _text(root, "title", f"Galen: {address.question.text}" if address.question.text else "Galen: newest articles")
    _text(root, "id", f"{home}{datasette.urls.path('/search')}?{asked}")
    _text(root, "updated", snapshot.published_at)
    ET.SubElement(root, "link", rel="self", href=f"{home}{datasette.urls.path('/search.atom')}?{asked}")
    ET.SubElement(
        root, "link", rel="alternate", type="text/html", href=f"{home}{datasette.urls.path('/search')}?{asked}"
    )
    for hit in result.hits:
        root.append(_entry(hit, f"{home}{datasette.urls.path(f'/article/{hit.id}')}", snapshot))
    body = '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")
    return Response(body, content_type="application/atom+xml; charset=utf-8", headers={OWN_PAGES: "1"})


def _entry(hit: Hit, address: str, snapshot: Snapshot) -> ET.Element:
    entry = ET.Element("entry")
    _text(entry, "title", hit.title)
    _text(entry, "id", address)
    _text(entry, "updated", _moment(hit.published) or snapshot.published_at)
    if moment := _moment(hit.published):
        _text(entry, "published", moment)
    author = ET.SubElement(entry, "author")
    _text(author, "name", hit.doctors or hit.source or hit.site)
    ET.SubElement(entry, "link", rel="alternate", type="text/html", href=address)
    if http_url(hit.url):
        ET.SubElement(entry, "link", rel="via", href=_clean(hit.url))
    _text(entry, "summary", hit.snippet.replace(MARK_START, "").replace(MARK_END, ""))
    return entry


def _moment(published: str | None) -> str | None:
    """A date as RFC 3339; Atom has no partial dates, so what is unknown becomes the first of it."""
    if not published or not re.fullmatch(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?)?)?)?", published):
        return None
    return published + "2000-01-01T00:00:00Z"[len(published) :]


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
