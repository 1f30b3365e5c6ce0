"""A spider's own requests as JSON, so that callbacks, methods and metadata survive a restart."""

from __future__ import annotations

import base64
import json
from typing import Any

from scrapy import Request, Spider
from scrapy.utils.request import request_from_dict

MAX_CHARACTERS = 100_000
PAGE = "galen_page"
"""request.meta: id of the page row that the request was leased for."""
KIND = "galen_kind"
"""request.meta: PageKind of a request made by `ArticleSpider`."""
LASTMOD = "galen_lastmod"
"""request.meta: lastmod of the sitemap or feed that named the URL."""
FETCHED = "galen_fetched"
"""request.meta: when a raw page was fetched that is read again (UTC text)."""
SETTLED = "galen_settled"
"""request.meta: the page has its result already."""

_OURS = frozenset({PAGE, KIND, LASTMOD, SETTLED, "depth", "download_slot", "download_latency", "download_timeout"})
_BYTES = "__bytes__"


class CannotStore(Exception):
    """A request that cannot be kept in the database; the message names its callback."""


def encode(request: Request, spider: Spider) -> str:
    """Scrapy's `Request.to_dict` as JSON. Raises CannotStore with the callback's name and the cure."""
    callback = getattr(request.callback, "__name__", None) or "parse"
    try:
        fields = request.to_dict(spider=spider)
        _refuse_other_keys(fields["meta"], fields["cb_kwargs"])
        fields["meta"] = {key: value for key, value in fields["meta"].items() if key not in _OURS}
        # Headers are a mapping with bytes as keys, which JSON does not have.
        fields["headers"] = [[name, values] for name, values in fields["headers"].items()]
        text = json.dumps(fields, default=_bytes_to_json, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise CannotStore(
            f"{spider.name}.{callback}: the request for {request.url} cannot be kept: {error}. "
            "Use methods of the spider as callbacks and only JSON values in meta and cb_kwargs."
        ) from error
    if len(text) > MAX_CHARACTERS:
        raise CannotStore(
            f"{spider.name}.{callback}: the request for {request.url} takes {len(text)} characters, "
            f"more than {MAX_CHARACTERS}. Put less into meta and cb_kwargs."
        )
    return text


def decode(text: str, spider: Spider) -> Request:
    """The request that `encode` wrote. Raises ValueError if the spider lacks its callback by now."""
    fields = json.loads(text, object_hook=_bytes_from_json)
    fields["headers"] = dict(fields["headers"])
    return request_from_dict(fields, spider=spider)


def _refuse_other_keys(*values: Any) -> None:
    """Raise TypeError where JSON would make text of a key: `{1: ...}` would come back as `{"1": ...}`."""
    for value in values:
        if isinstance(value, dict):
            for key in value:
                if not isinstance(key, str):
                    raise TypeError(f"the key {key!r} of a dict is no text")
            _refuse_other_keys(*value.values())
        elif isinstance(value, (list, tuple)):
            _refuse_other_keys(*value)


def _bytes_to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _bytes_from_json(value: dict[str, Any]) -> Any:
    if value.keys() == {_BYTES}:
        return base64.b64decode(value[_BYTES])
    return value
