"""XML as the web serves it: gzip'ed, cut off, wrongly encoded, hostile. Read as a stream in bounded memory.

A document is first read as it should be read. Where it breaks, it is read again with the usual faults repaired, and
what was already found is skipped. Entities of a document's own are never expanded, nothing external is ever loaded.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from lxml import etree

MAX_BYTES = 50 * 2**20
"""After decompression; the sitemap protocol allows 50 MiB a file."""
CHUNK = 1 << 16
GZIP = b"\x1f\x8b"

_DECLARATION = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""", re.IGNORECASE)
_PROLOGUE = re.compile(r"\A[^<]*(?:<\?xml[^>]*>)?", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_LONGEST_REFERENCE = 10
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


def chunks(body: bytes) -> Iterator[bytes]:
    """The body in pieces, decompressed where it is gzip; ends at 50 MiB, or where the compression breaks."""
    pieces: Iterable[bytes] = _slices(body)
    for _ in range(2):  # some servers compress the .gz file once more
        pieces = iter(pieces)
        first = next(pieces, b"")
        pieces = chain([first], pieces)
        if not first.startswith(GZIP):
            break
        pieces = _inflated(pieces)
    left = MAX_BYTES
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


def _slices(body: bytes) -> Iterator[bytes]:
    return (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(31)
    for piece in pieces:
        rest = piece
        while rest:
            try:
                yield inflater.decompress(rest, CHUNK)
            except zlib.error:
                return
            rest = inflater.unconsumed_tail
            if inflater.eof:  # a file may be several streams, one after another
                rest = inflater.unused_data
                inflater = zlib.decompressobj(31)


def is_markup(body: bytes) -> bool:
    """Whether the body is XML of some kind, be it behind a server's warnings, and not a list of URLs."""
    start = next(chunks(body), b"")
    text = start.decode(encoding_of(start), errors="replace").lstrip("\ufeff \t\r\n")
    return "<" in text and not text.startswith(("http://", "https://"))


def encoding_of(start: bytes) -> str:
    """Python's name of the encoding that a BOM or an XML declaration states; UTF-8 without one."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if start.startswith(mark):
            return name
    stated = _DECLARATION.search(start[:CHUNK])
    if stated:
        name = stated[1].decode("ascii").lower()
        name = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}.get(name, name)
        try:
            return codecs.lookup(name).name
        except LookupError:
            pass
    return "utf-8"


def text_lines(body: bytes, longest: int) -> Iterator[str]:
    """The lines of a plain text in bounded memory; lines longer than `longest` characters are skipped."""
    pieces = chunks(body)
    first = next(pieces, b"")
    rest = ""
    for text in _decoded(chain([first], pieces), encoding_of(first)):
        *lines, rest = (rest + text).replace("\r", "\n").split("\n")
        yield from (line.strip("\ufeff \t") for line in lines if len(line) <= longest)
        rest = rest[: longest + 1]  # enough to know that it is too long
    if len(rest) <= longest:
        yield rest.strip("\ufeff \t")


def events(body: bytes, base: str, *, repair: bool) -> Iterator[tuple[str, etree._Element]]:
    """('start' | 'end', element) for every element, in the order of the document; see `release`.

    Without `repair` raises etree.XMLSyntaxError where the document is not well-formed; what came before is good. With
    it never raises, and what the document leaves open at its end never ends: half a URL is none.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        base_url=base,
        recover=repair,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    pieces = _repaired(chunks(body)) if repair else _trimmed(chunks(body))
    for piece in pieces:
        parser.feed(piece)
        yield from _elements(parser)
    if not repair:
        parser.close()
        yield from _elements(parser)


def _elements(parser: etree.XMLPullParser) -> Iterator[tuple[str, etree._Element]]:
    return ((event, element) for event, element in parser.read_events() if isinstance(element, etree._Element))


def release(element: etree._Element) -> None:
    """Forget an element that has been read, and all before it, so that memory stays bounded."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while parent[0] is not element:
            del parent[0]


def _trimmed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Blanks before the XML declaration are the most common fault of all."""
    started = False
    for piece in pieces:
        if not started:
            piece = piece.lstrip(b" \t\r\n")
        if piece:
            started = True
            yield piece


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _repaired(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """UTF-8 without declaration, forbidden characters and bare ampersands; CDATA sections are left alone."""
    pieces = iter(pieces)
    first = next(pieces, b"")
    buffer, started, in_cdata = "", False, False
    for text in _decoded(chain([first], pieces), encoding_of(first)):
        buffer += text.translate(_FORBIDDEN)
        if not started:
            buffer = _PROLOGUE.sub("", buffer)
            started = bool(buffer)
        while (at := buffer.find(marker := "]]>" if in_cdata else "<![CDATA[")) >= 0:
            at += len(marker)
            yield _escaped(buffer[:at], in_cdata)
            buffer, in_cdata = buffer[at:], not in_cdata
        # Half a marker or reference waits for its other half.
        cut = max(0, len(buffer) - _LONGEST_REFERENCE)
        reference = buffer.rfind("&", max(0, cut - _LONGEST_REFERENCE), cut)
        cut = reference if reference >= 0 else cut
        yield _escaped(buffer[:cut], in_cdata)
        buffer = buffer[cut:]
    yield _escaped(buffer, in_cdata)


def _escaped(text: str, in_cdata: bool) -> bytes:
    return (text if in_cdata else _BARE_AMPERSAND.sub("&amp;", text)).encode()
