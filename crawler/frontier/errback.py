"""The errback of a leased page, with the spider's own one inside, so that a copy of the request can be kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy import Request
    from twisted.python.failure import Failure

VALIDATORS = ("If-None-Match", "If-Modified-Since")
"""Headers that a leased page is asked with; of another URL they would say nothing."""
Own = Callable[["Failure"], Any] | None
"""What the spider wrote, if anything."""


@dataclass(frozen=True, slots=True, eq=False)
class LeasedErrback:
    """Settles the page first; Scrapy calls it as any errback."""

    settle: Callable[[Failure, Own], AsyncIterator[Any]]
    own: Own

    def __call__(self, failure: Failure) -> AsyncIterator[Any]:
        """What the spider's own errback gave."""
        return self.settle(failure, self.own)


def as_written(request: Request) -> Request:
    """The request as a spider would write it: `response.request.replace(...)` carries along what is ours."""
    if not isinstance(request.errback, LeasedErrback):
        return request
    copy = request.replace(errback=request.errback.own)
    for name in VALIDATORS:
        copy.headers.pop(name, None)
    return copy
