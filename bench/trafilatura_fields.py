"""What trafilatura alone finds on a page, for tables that show it beside Galen."""

from __future__ import annotations

from typing import Any

from trafilatura import bare_extraction

from crawler.extract.encoding import decode


def trafilatura_fields(html: bytes, url: str) -> dict[str, Any]:
    """The same fields by trafilatura alone, with its own metadata and its full comparison of extractors."""
    document = bare_extraction(decode(html).text, url=url, include_comments=False, with_metadata=True)
    if document is None:
        return {}
    values = document if isinstance(document, dict) else document.as_dict()
    authors = values.get("author") or ""
    return {
        "title": values.get("title"),
        "authors": authors.split("; ") if authors else [],
        "date": values.get("date"),
        "body": values.get("text"),
        "source": values.get("sitename"),
    }
