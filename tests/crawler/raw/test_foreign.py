"""WARC files as other software writes them: what is compressed, chunked, kept twice, not HTTP, or cut off."""

from __future__ import annotations

import gzip
import io
import logging
from pathlib import Path

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.raw.archive import RawPageLost
from crawler.raw.foreign import pages_of

HOST = "http://hill.example"
BODY = b"<h1>Sleep</h1>" + b"<p>Eight hours are enough.</p>" * 20
LARGEST = 10_000


class Foreign:
    """A WARC file in the making."""

    def __init__(self, *, by_record: bool = False) -> None:
        self.bytes = io.BytesIO()
        self.writer = WARCWriter(self.bytes, gzip=by_record)

    def answer(
        self,
        url: str,
        body: bytes = BODY,
        *headers: tuple[str, str],
        status: str = "200 OK",
        date: str = "2024-06-01T00:00:00Z",
    ) -> None:
        """An answer, its body as it went over the wire."""
        http = StatusAndHeaders(status, [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
        self.writer.write_record(
            self.writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http,
                warc_headers_dict={"WARC-Date": date},
            )
        )  # fmt: skip

    def other(self, kind: str, url: str) -> None:
        """A record that is no answer of a website."""
        self.writer.write_record(
            self.writer.create_warc_record(url, kind, payload=io.BytesIO(b"192.0.2.1\n"), length=10)
        )

    def at(self, path: Path, content: bytes | None = None) -> Path:
        """The file, as it is or with other `content`."""
        path.write_bytes(self.bytes.getvalue() if content is None else content)
        return path


def chunked(body: bytes) -> bytes:
    parts = [body[start : start + 100] for start in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Sum: 1\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, {}),
        (gzip.compress(BODY), {"Content-Encoding": "gzip"}),
        (brotli.compress(BODY), {"Content-Encoding": "br"}),
        (chunked(BODY), {"Transfer-Encoding": "chunked"}),
        (chunked(brotli.compress(BODY)), {"Transfer-Encoding": "Chunked", "Content-Encoding": "br"}),
        # Decoded by whoever wrote the file, who kept the header.
        (BODY, {"Transfer-Encoding": "chunked"}),
        (BODY, {"Content-Encoding": "gzip"}),
        (BODY, {"Content-Encoding": "br"}),
    ],
    # Not the bodies: gzip writes the time into them, and two test processes must name a test alike.
    ids=["plain", "gzip", "brotli", "chunked", "chunked brotli", "not chunked", "not gzip", "not brotli"],
)
@pytest.mark.parametrize("by_record", [True, False])
def test_a_body_is_read_however_it_went_over_the_wire(
    body: bytes, headers: dict[str, str], by_record: bool, tmp_path: Path
) -> None:
    foreign = Foreign(by_record=by_record)
    foreign.answer(f"{HOST}/a", body, *headers.items())
    foreign.answer(f"{HOST}/b")
    first, second = pages_of(foreign.at(tmp_path / "x"), LARGEST)

    assert first.body == second.body == BODY
    assert first.headers == (("Content-Type", "text/html"),)


def test_what_is_no_answer_of_a_website_is_passed_over(tmp_path: Path) -> None:
    foreign = Foreign()
    for kind, url in (("resource", "dns:hill.example"), ("response", "dns:hill.example"), ("metadata", "x:y"),
                      ("response", "ftp://hill.example/a"), ("conversion", f"{HOST}/a")):  # fmt: skip
        foreign.other(kind, url)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    foreign.writer.write_record(
        foreign.writer.create_revisit_record(f"{HOST}/a", "sha1:A", f"{HOST}/a", "2024-01-01T00:00:00Z", headers)
    )
    foreign.answer(f"{HOST}/a")

    assert [page.url for page in pages_of(foreign.at(tmp_path / "x"), LARGEST)] == [f"{HOST}/a"]


def test_a_record_that_cannot_be_read_is_told_and_costs_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = Foreign()
    foreign.answer("http://[::bad/a")
    foreign.answer(f"{HOST}/status", status="abc")
    foreign.answer(f"{HOST}/date", date="yesterday")
    foreign.answer(f"{HOST}/large", b"x" * (LARGEST + 1))
    foreign.answer(f"{HOST}/bomb", gzip.compress(b"x" * (LARGEST + 1)), ("Content-Encoding", "gzip"))
    foreign.answer(f"{HOST}/good")
    with caplog.at_level(logging.WARNING, "crawler.raw.foreign"):
        found = list(pages_of(foreign.at(tmp_path / "x"), LARGEST))

    assert [page.url for page in found] == [f"{HOST}/good"]
    told = [record.getMessage() for record in caplog.records if record.name == "crawler.raw.foreign"]
    assert [line.split(" is left out")[0] for line in told] == [
        "http://[::bad/a", *(f"{HOST}/{name}" for name in ("status", "date", "large", "bomb"))
    ]  # fmt: skip


def test_who_fetched_a_page_with_a_password_does_not_hand_it_on(tmp_path: Path) -> None:
    foreign = Foreign()
    foreign.answer("http://me:secret@hill.example:8080/a?b=c@d")

    assert [page.url for page in pages_of(foreign.at(tmp_path / "x"), LARGEST)] == ["http://hill.example:8080/a?b=c@d"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2024-06-01T02:03:04.567Z", "2024-06-01T02:03:04Z"),
        ("2024-06-01T02:03:04+02:00", "2024-06-01T00:03:04Z"),
        ("2024-06-01", "2024-06-01T00:00:00Z"),
        ("no date", "2024-05-31T06:00:00Z"),  # what the answer says
    ],
)
def test_when_a_page_was_fetched_is_kept_as_utc_to_the_second(written: str, kept: str, tmp_path: Path) -> None:
    foreign = Foreign()
    foreign.answer(f"{HOST}/a", BODY, ("Date", "Fri, 31 May 2024 06:00:00 GMT"), date=written)

    assert [page.fetched_at for page in pages_of(foreign.at(tmp_path / "x"), LARGEST)] == [kept]


def test_a_file_compressed_as_a_whole_is_read_like_one_compressed_by_record(tmp_path: Path) -> None:
    foreign = Foreign()
    for name in "abc":
        foreign.answer(f"{HOST}/{name}")
    whole = foreign.at(tmp_path / "x", gzip.compress(foreign.bytes.getvalue()))

    assert [page.url[-1] for page in pages_of(whole, LARGEST)] == ["a", "b", "c"]


@pytest.mark.parametrize("by_record", [True, False])
def test_wherever_a_file_breaks_off_it_is_told_after_all_that_is_whole(by_record: bool, tmp_path: Path) -> None:
    foreign, ends = Foreign(by_record=by_record), []
    for name in "abc":
        foreign.answer(f"{HOST}/{name}")
        ends.append(foreign.bytes.tell())
    content = foreign.bytes.getvalue()
    # Not the last sixteen bytes: all that is read lies before them.
    for length in range(ends[1] + 1, ends[2] - 16):
        pages = pages_of(foreign.at(tmp_path / "x", content[:length]), LARGEST)
        assert [next(pages).url[-1], next(pages).url[-1]] == ["a", "b"]
        with pytest.raises(RawPageLost):
            next(pages)
