"""Redirects that lead nowhere: by status they are refused with a reason, in a page's markup they cost no page.

Scrapy's middlewares raise ValueError for a URL that is none, as if the page could not be fetched.
"""

from __future__ import annotations

from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
from scrapy.http import Request, Response

from crawler.polite.refusals import Refused


class StatusRedirectMiddleware(RedirectMiddleware):
    """Follows Location."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The request to follow, or the response as it is. Raises Refused where Location is no URL."""
        try:
            return super().process_response(request, response)
        except ValueError as error:
            raise Refused(f"http {response.status} to a malformed URL: {error}"[:300]) from error


class MarkupRedirectMiddleware(MetaRefreshMiddleware):
    """Follows meta refresh where it names a URL; a browser shows the page otherwise."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The request to follow, or the response as it is."""
        try:
            return super().process_response(request, response)
        except ValueError:
            return response
