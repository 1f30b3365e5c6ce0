"""How much of a response is taken, and whether it came whole."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Request, Response

from crawler.frontier.request_codec import KIND
from crawler.polite.refusals import Refused
from crawler.polite.signals import SPEAKING
from db.records import PageKind

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_LONG = frozenset({PageKind.SITEMAP, PageKind.FEED})
_CHUNK = 1 << 16
MAX_HEADERS = 300
"""Names; of a response with more only those are kept that somebody reads."""
NEEDED = (
    "Content-Type", "Content-Encoding", "ETag", "Last-Modified", "Location", "Retry-After", "Refresh", *SPEAKING,
)  # fmt: skip


class SizeLimitMiddleware:
    """Lets sitemaps and feeds be longer than pages: GALEN_SITEMAP_MAXSIZE, compressed and decompressed."""

    def __init__(self, crawler: Crawler) -> None:
        self._longest: int = crawler.settings.getint("GALEN_SITEMAP_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Set the limit of one request; the downloader and the decompression keep to it."""
        if self._longest and request.meta.get(KIND) in _LONG:
            request.meta.setdefault("download_maxsize", self._longest)


class WholeResponseMiddleware(HttpCompressionMiddleware):
    """Decompresses, and raises ResponseDataLossError where the compressed body was cut off.

    Scrapy's own middleware takes as much as it can read, and half a page would be stored as a whole one.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The response with its body as it was before compression."""
        if len(response.headers) > MAX_HEADERS:
            kept = {name: response.headers.getlist(name) for name in NEEDED if name in response.headers}
            response = response.replace(headers=kept)
        if response.status == 206 and "Range" not in request.headers:
            raise ResponseDataLossError("206, a part of what was asked for")
        encodings = [encoding.strip().lower() for encoding in response.headers.getlist("Content-Encoding")]
        try:
            answer: Request | Response = super().process_response(request, response)
        except IgnoreRequest as error:
            most = request.meta.get("download_maxsize") or self._max_size
            raise Refused(f"too large: more than {most:,} bytes when decompressed") from error
        if not isinstance(answer, Response) or not response.body:
            return answer
        if encodings in ([b"gzip"], [b"x-gzip"], [b"deflate"]):
            # The last four bytes are the length: only where they do not fit the body is read again.
            size = int.from_bytes(response.body[-4:], "little")
            if (encodings == [b"deflate"] or size != len(answer.body) & 0xFFFFFFFF) and not _is_whole(response.body):
                raise ResponseDataLossError(f"compressed body cut off after {len(response.body)} bytes")
        return answer


def _is_whole(body: bytes) -> bool:
    """Whether a gzip or zlib stream comes to its end; bodies that are no such stream are whole as they are."""
    if body[:2] != b"\x1f\x8b" and (body[0] & 15 != 8 or int.from_bytes(body[:2], "big") % 31):
        return True
    inflater, rest = zlib.decompressobj(zlib.MAX_WBITS | 32), body
    while rest and not inflater.eof:
        try:
            inflater.decompress(rest, _CHUNK)
        except zlib.error:
            return False
        rest = inflater.unconsumed_tail
    return inflater.eof
