from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.raw.archive import Archive, RawPageLost, mend, read, rewrite
from crawler.raw.foreign import pages_of
from db.records import RawPage, RawPlace
from tests.website import ROOT


def page(number: int, body: bytes = b"<p>text</p>") -> RawPage:
    return RawPage(
        url=f"https://hill.example/{number}", status=200, headers=(("Content-Type", "text/html"),),
        body=body + b"%d" % number, fetched_at="2026-03-01T08:00:00Z",
    )  # fmt: skip


def kept(archive: Archive, raw: RawPage) -> RawPlace:
    place = archive.write(raw)
    assert place is not None
    return place


def test_a_page_comes_back_from_its_place(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    places = [kept(archive, page(number)) for number in range(5)]
    during = [read(tmp_path, place) for place in places]
    archive.close()

    assert during == [read(tmp_path, place) for place in places] == [page(number) for number in range(5)]


def test_what_a_full_disk_refuses_leaves_no_half_record(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = kept(archive, page(1))
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (first.offset + first.length + 1_000, usual[1]))
    try:
        with pytest.raises(OSError, match=r"galen-.*\.warc\.gz"):
            archive.write(page(2, os.urandom(2_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    third = kept(archive, page(3))
    archive.close()

    (path,) = tmp_path.iterdir()
    assert [raw.url for raw in pages_of(path, 1_000)] == ["https://hill.example/1", "https://hill.example/3"]
    assert read(tmp_path, third) == page(3)


def test_a_file_that_cannot_be_completed_is_named_and_taken_up_by_the_next_process(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    place = kept(archive, page(1))
    in_the_way = tmp_path / place.file / "something"
    in_the_way.mkdir(parents=True)

    with pytest.raises(OSError, match=r"galen-.*\.warc\.gz\.open"):
        archive.close()
    archive.close()
    in_the_way.rmdir()
    in_the_way.parent.rmdir()

    assert mend(tmp_path) == 1
    assert read(tmp_path, place) == page(1)


def test_others_read_our_files(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.write(page(1))
    archive.close()
    (path,) = tmp_path.iterdir()

    with path.open("rb") as file:
        kinds = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(file)
        ]
    assert kinds == [("warcinfo", None), ("response", "https://hill.example/1")]
    assert subprocess.run(["gzip", "-t", str(path)], check=False).returncode == 0


def test_files_are_rotated_by_size_and_filled_up_by_the_next_process(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 4
    for _ in range(2):
        archive = Archive(tmp_path, rotate_at=2000)
        for number in range(4):
            archive.write(page(number, noise))
        archive.close()
    names = sorted(tmp_path.iterdir())
    sizes = [path.stat().st_size for path in names]

    assert len(names) < 8
    assert all(size >= 2000 for size in sizes[:-1])
    assert sum(len(list(pages_of(path, 10_000))) for path in names) == 8


def test_two_archives_do_not_write_into_one_file(tmp_path: Path) -> None:
    one, two = Archive(tmp_path), Archive(tmp_path)
    first, second = kept(one, page(1)), kept(two, page(2))
    third = kept(one, page(3))
    one.close()
    two.close()

    assert first.file == third.file != second.file
    assert [read(tmp_path, place).url[-1] for place in (first, second, third)] == ["1", "2", "3"]


def test_what_a_killed_process_left_half_written_is_cut_and_the_rest_kept(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from crawler.raw.archive import Archive; "
        "from db.records import RawPage; archive = Archive(Path(sys.argv[1])); "
        "[archive.write(RawPage(url=f'https://hill.example/{n}', status=200, headers=(), body=b'x' * 5000, "
        "fetched_at='2026-03-01T08:00:00Z')) for n in range(3)]; os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, timeout=60, check=False)
    (path,) = tmp_path.iterdir()
    assert path.name.endswith(".open")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 20)

    archive = Archive(tmp_path)
    archive.write(page(9))
    archive.close()
    (path,) = tmp_path.iterdir()
    assert [raw.url[-1] for raw in pages_of(path, 10_000)] == ["0", "1", "9"]


def test_a_file_that_is_being_written_is_not_mended(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.write(page(1))

    assert mend(tmp_path) == 0
    archive.close()


def test_rewriting_drops_what_is_unwanted_and_says_where_the_rest_lies(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    places = [kept(archive, page(number)) for number in range(4)]
    archive.close()
    moved: dict[RawPlace, RawPlace | None] = {}
    for old, moves in rewrite(tmp_path, lambda raw, place: raw.url.endswith("2")):
        old.unlink()
        moved.update(moves)

    assert moved[places[2]] is None
    for number in (0, 1, 3):
        place = moved[places[number]]
        assert place is not None
        assert read(tmp_path, place) == page(number)
    assert b"".join(path.read_bytes() for path in tmp_path.iterdir()).count(b"\x1f\x8b") >= 4


def test_a_place_where_nothing_is_says_so(tmp_path: Path) -> None:
    with pytest.raises(RawPageLost, match=r"galen-1\.warc\.gz"):
        read(tmp_path, RawPlace("galen-1.warc.gz", 0, 100))
    (tmp_path / "x.warc.gz").write_bytes(b"no archive\nbut two lines")
    with pytest.raises(RawPageLost, match=r"x\.warc\.gz"):
        list(pages_of(tmp_path / "x.warc.gz", 1000))
