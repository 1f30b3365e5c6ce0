"""Responses out of WARC files of other software. A record that is no good costs no other one."""

from __future__ import annotations

import gzip
import logging
import os
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParser

from crawler.raw.archive import ENCODINGS, RawPageLost
from db.connection import utc_text
from db.records import RawPage

logger = logging.getLogger(__name__)

_WARC, _GZIP = b"WARC/", b"\x1f\x8b"
"""What a WARC file begins with."""
_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]*\r\n")
_HEAD = 1 << 16
"""Room for the headers of an answer (bytes)."""
BREAKS_OFF = "the last record breaks off"


def pages_of(path: Path, max_bytes: int) -> Iterator[RawPage]:
    """The HTTP responses of any WARC file, in order, without transfer and content encoding and without user names.

    Left out with a warning: bodies larger than `max_bytes`, and records whose URL, status or date cannot be read.
    Raises RawPageLost where the file is no WARC or breaks off.
    """
    crawler = Crawler(Spider)
    crawler.stats = MemoryStatsCollector(crawler)
    compression = HttpCompressionMiddleware.from_crawler(crawler)
    try:
        with path.open("rb") as file:
            start = file.read(len(_WARC))
            if start != _WARC and not start.startswith(_GZIP):
                raise RawPageLost(f"{path} is no WARC file")
            file.seek(0)
            stream = _Unzipped(file) if start.startswith(_GZIP) else file
            record: ArcWarcRecord | None = None
            headed = True
            # Records are not parsed by warcio, which takes one that breaks off in its headers for the end of the file.
            for record in ArchiveIterator(stream, no_record_parse=True):
                headed = record.rec_headers.get_header("Content-Length") is not None  # as ISO 28500 has it
                if not headed:
                    break
                if record.rec_type == "response":
                    page = _page(record, compression, max_bytes)
                    if page is not None:
                        yield page
            whole = headed and _ends_whole(file, stream) and (record is None or record.raw_stream.limit == 0)
    except (OSError, ArchiveLoadFailed, zlib.error, EOFError) as error:
        raise RawPageLost(f"{path}: {error}") from error
    except AttributeError as error:  # of warcio, which asks half a header for what is not there any more
        raise RawPageLost(f"{path}: {BREAKS_OFF}") from error
    if not whole:
        raise RawPageLost(f"{path}: {BREAKS_OFF}")


def _ends_whole(file: IO[bytes], stream: IO[bytes] | _Unzipped) -> bool:
    """Whether nothing is cut off behind what was read. Raises EOFError for half a gzip member."""
    if stream is not file:
        return stream.read(1) == b""
    file.seek(-len(_WARC), os.SEEK_END)
    return file.read().replace(b"\r", b"").endswith(b"\n\n")  # as every record does


class _Unzipped:
    """What a gzip file holds. Not by warcio, which refuses one that was compressed as a whole instead of by record."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = gzip.GzipFile(fileobj=file)

    def read(self, size: int) -> bytes:
        """At most `size` bytes, b'' at the end. Raises EOFError where the file breaks off, after all that is whole."""
        return self._file.read1(size)


def _page(record: ArcWarcRecord, compression: HttpCompressionMiddleware, max_bytes: int) -> RawPage | None:
    """One response; None where it is left out, as is the last one of a file that breaks off."""
    named = record.rec_headers.get_header("WARC-Target-URI", "").strip("<>")
    if not named.startswith(("http:", "https:")):
        return None
    most = max_bytes + _HEAD
    answer = b""
    while len(answer) <= most and (more := record.raw_stream.read(most + 1 - len(answer))):
        answer += more
    if record.raw_stream.limit > 0 and len(answer) <= most:  # the caller says so when it comes to the end
        return None
    try:
        stream = BytesIO(answer)
        http = StatusAndHeadersParser([], verify=False).parse(stream)
        url, body = _without_user(named), _within(stream.read(), max_bytes)
        return RawPage(
            url=url,
            status=int(http.get_statuscode() or 0),
            headers=tuple((name, value) for name, value in http.headers if name.lower() not in ENCODINGS),
            body=_decoded(url, body, http.headers, compression, max_bytes),
            fetched_at=_moment(record.rec_headers.get_header("WARC-Date", ""), http.get_header("Date", "")),
        )
    except Exception as error:  # noqa: BLE001 - the page boundary, over three decoders and what any program may write
        logger.warning("%s is left out: %s: %s", named, type(error).__name__, error)
        return None


def _within(body: bytes, max_bytes: int) -> bytes:
    """The body. Raises ValueError where it is too large."""
    if len(body) > max_bytes:
        raise ValueError(f"larger than {max_bytes} bytes")
    return body


def _decoded(
    url: str, payload: bytes, headers: list[tuple[str, str]], compression: HttpCompressionMiddleware, max_bytes: int
) -> bytes:
    """The body; as it stands where it is not encoded as its headers say (many programs decode and keep the header)."""
    if any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        payload = _joined(payload)
    encodings = [value for name, value in headers if name.lower() == "content-encoding"]
    request = Request("data:,", meta={"download_maxsize": max_bytes})
    response = Response(url, body=payload, headers={"Content-Encoding": encodings} if encodings else None)
    try:
        decoded: Any = compression.process_response(request, response)
    except (OSError, zlib.error, EOFError):
        return payload
    except Exception as error:
        if type(error).__module__.startswith(("brotli", "backports", "compression", "_brotli")):
            return payload
        raise
    body: bytes = decoded.body
    return body


def _joined(payload: bytes) -> bytes:
    """The chunks of RFC 9112, 7.1, without their sizes and trailers; what is not in chunks stays as it is.

    Not by warcio, which takes a body with trailers for one that is not chunked from there on.
    """
    pieces, at = [], 0
    while (size := _SIZE.match(payload, at)) is not None and (length := int(size[1], 16)):
        pieces.append(payload[size.end() : size.end() + length])
        at = size.end() + length + 2
        if payload[at - 2 : at] not in (b"\r\n", b""):
            return payload
    return b"".join(pieces) if size is not None or at >= len(payload) else payload


def _without_user(url: str) -> str:
    """The URL without 'user:password@', which belongs to whoever crawled. Raises ValueError for no URL."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


def _moment(written: str, of_answer: str) -> str:
    """When it was fetched, UTC to the second: WARC-Date (ISO 28500), else the answer's Date. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = parsedate_to_datetime(of_answer)
    return utc_text(moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
