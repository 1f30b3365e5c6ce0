"""Dates in the forms that health sites write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.dates import find_dates, has_weekday, is_past, parse_iso, read_date
from crawler.extract.words import languages
from crawler.site import DateOrder
from db.records import Origin, PartialDate
from tests.hang import ends

FETCHED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def read(text: str, language: str | None = "en", date_order: DateOrder | None = None) -> str | None:
    found = read_date(text, language=language, date_order=date_order, fetched_at=FETCHED)
    return found.value if found else None


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "Dec 03, 2025 Source: Sunrise Health", "2025-12-03"),
        ("en", "May 05, 2019", "2019-05-05"),
        ("en", "July 20 2023", "2023-07-20"),
        ("en", "Sept. 9, 2020", "2020-09-09"),
        ("en", "December 3rd, 2025", "2025-12-03"),
        ("en", "the 3rd of December 2025", "2025-12-03"),
        ("en", "3 Dec 2025", "2025-12-03"),
        ("en", "03-Dec-25", "2025-12-03"),
        ("en", "2025 Dec 03", "2025-12-03"),
        ("en", "Friday 14 June, 2024, 8 AM", "2024-06-14T08:00"),
        ("en", "June 12, 2020 12:05 am", "2020-06-12T00:05"),
        ("en", "June 12, 2020 at 4:17 p.m.", "2020-06-12T16:17"),
        ("en", "June 12, 2020 12:30 pm", "2020-06-12T12:30"),
        ("en", "19/11/2021", "2021-11-19"),
        ("en", "11/19/2021", "2021-11-19"),
        ("en", "Wed, 05 02 2025", "2025-02-05"),
        ("en", "Wednesday 05/02/2025", "2025-02-05"),
        ("en", "December 2025", "2025-12"),
        ("en", "2025", "2025"),
        ("en", "2026-03-01", "2026-03-01"),
        ("en", "2025-12-03T10:37:05Z", "2025-12-03T10:37:05"),
        ("en", "2025-12-03 00:00:00", "2025-12-03"),
        ("zh", "2018/07/26", "2018-07-26"),
        ("zh", "2025.10.14 15:12", "2025-10-14T15:12"),
        ("zh", "2019年06月15日08:18 来源", "2019-06-15T08:18"),
        ("zh", "2023 年 8 月 18 日", "2023-08-18"),
        ("zh", "2023年8月", "2023-08"),
        ("zh", "发布时间:2025/06/11来源", "2025-06-11"),
        ("zh", "2025-12-03 下午3:05", "2025-12-03T15:05"),
        ("zh", "2024年5月6日 星期一 8时05分", "2024-05-06T08:05"),
        ("zh", "民國112年5月2日", "2023-05-02"),
        ("zh", "25-06-11", "2025-06-11"),
        ("de", "28.01.2022", "2022-01-28"),
        ("de", "07.11.2023, 10:37 Uhr", "2023-11-07T10:37"),
        ("de", "01.01.23 um 08:35", "2023-01-01T08:35"),
        ("de", "3. März 2024 10 Uhr", "2024-03-03T10:00"),
        ("de", "Di., 03.12.2024, 14.05 Uhr", "2024-12-03T14:05"),
        ("de", "30.01.202430. Januar 2024", "2024-01-30"),
        ("de", "22. Dezember 201922. Dezember 2019", "2019-12-22"),
        ("de", "Stand: 12/2023", "2023-12"),
        ("fr", "14.09.2020 à 11h46", "2020-09-14T11:46"),
        ("fr", "19 juillet 2004", "2004-07-19"),
        ("fr", "1er août 2020", "2020-08-01"),
        ("es", "5 de marzo de 2021 a las 10:30", "2021-03-05T10:30"),
        ("pt", "12 de março de 2021 às 14h30", "2021-03-12T14:30"),
        ("id", "Senin, 12 Agustus 2024 10:30 WIB", "2024-08-12T10:30"),
        ("id", "Senin, 12 Agu 2024 10.30 WIB", "2024-08-12T10:30"),
    ],
)
def test_a_date_is_read_to_the_precision_it_is_written_in(language: str, text: str, value: str) -> None:
    assert read(text, language) == value


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "1 day ago", "2026-11-21"),
        ("en", "an hour ago", "2026-11-22"),
        ("en", "yesterday", "2026-11-21"),
        ("en", "Posted 2 weeks ago", "2026-11"),
        ("en", "12 months ago", "2025-11"),
        ("en", "3 years ago", "2023"),
        ("zh", "3天前", "2026-11-19"),
        ("zh", "昨天", "2026-11-21"),
        ("de", "vor 2 Tagen", "2026-11-20"),
        ("de", "gestern", "2026-11-21"),
        ("fr", "il y a 3 jours", "2026-11-19"),
        ("fr", "hier", "2026-11-21"),
        ("es", "hace 2 días", "2026-11-20"),
        ("id", "2 hari yang lalu", "2026-11-20"),
        ("pt", "há 2 dias", "2026-11-20"),
    ],
)
def test_relative_dates_count_from_the_fetch_and_claim_no_more_than_they_say(
    language: str, text: str, value: str
) -> None:
    assert read(text, language) == value


@pytest.mark.parametrize(
    "text",
    [
        "05/11/2021",
        "05.11.21",
        "31/02/2021",
        "Feb 30, 2021",
        "2021-13-01",
        "32 December 2021",
        "May 5, 1989",
        "2026-12-24",
        "January 2027",
        "1.2.2021.4",
        "10/12/14/16",
        "$2.10.2020",
        "20201203456",
        "COVID-19",
        "15:30",
        "8 May",
        "Miami Today",
        "in hier we trust",
    ],
)
def test_what_cannot_be_known_or_cannot_be_is_no_date(text: str) -> None:
    assert read(text) is None


def test_the_site_decides_between_day_and_month_unless_a_number_does() -> None:
    assert read("05/11/2021", date_order="DMY") == "2021-11-05"
    assert read("05/11/2021", date_order="MDY") == "2021-05-11"
    assert read("19/11/2021", date_order="MDY") == "2021-11-19"
    assert read("05/11/2021", "fr") == "2021-11-05"
    assert read("05/11/2021", "fr", "MDY") == "2021-05-11"
    assert read("05/05/2021") == "2021-05-05"


@pytest.mark.parametrize(
    ("language", "text", "offset"),
    [
        ("en", "2025-12-03 10:37 EST", -300),
        ("en", "2025-12-03T10:37:05+08:00", 480),
        ("en", "2025-12-03T10:37:05-0330", -210),
        ("en", "2025-12-03T10:37Z", 0),
        ("en", "3 Dec 2025 10:37 (GMT+8)", 480),
        ("id", "3 Desember 2025 10:37 WIB", 420),
        ("en", "2025-12-03 10:37 CST", -360),
        ("zh", "2025-12-03 10:37 CST", 480),
        ("de", "03.12.2025, 10:37 Uhr", None),
        ("en", "2025-12-03 10:37 ET", None),
    ],
)
def test_a_stated_zone_becomes_minutes_east_of_utc(language: str, text: str, offset: int | None) -> None:
    found = read_date(text, language=language, date_order=None, fetched_at=FETCHED)
    assert found is not None
    assert (found.value[:16], found.offset) == ("2025-12-03T10:37", offset)


def test_all_dates_are_found_with_their_spans() -> None:
    text = "Published 2 May 2021, 10:00 | Updated: Mon, 3 May 2021"
    found = find_dates(text, language="en", date_order=None, fetched_at=FETCHED, origin=Origin.META)
    assert [(text[start:end], one.value, one.raw, one.origin) for start, end, one in found] == [
        ("2 May 2021, 10:00", "2021-05-02T10:00", "2 May 2021, 10:00", Origin.META),
        ("Mon, 3 May 2021", "2021-05-03", "Mon, 3 May 2021", Origin.META),
    ]


def test_a_date_ahead_is_one_only_where_it_is_asked_for() -> None:
    ahead = "14 March 2029"
    assert read(ahead) is None
    found = read_date(ahead, language="en", date_order=None, fetched_at=FETCHED, future=True)
    assert found is not None
    assert not is_past(found, FETCHED)
    assert is_past(PartialDate(value="2026-11-23"), FETCHED)
    assert not is_past(PartialDate(value="2026-11-24"), FETCHED)
    assert is_past(PartialDate(value="2026"), FETCHED)


def test_a_chinese_weekday_is_seen() -> None:
    assert has_weekday(PartialDate(value="2024-04-27", raw="2024年04月27日 星期六"))
    assert not has_weekday(PartialDate(value="2024-04-27", raw="2024年04月27日"))


@pytest.mark.parametrize(
    ("text", "value", "offset"),
    [
        ("2025", "2025", None),
        ("2025-12", "2025-12", None),
        ("20251203", "2025-12-03", None),
        ("2025-12-03", "2025-12-03", None),
        ("2025-12-03 10:37", "2025-12-03T10:37", None),
        ("2025-12-03T10:37:05.123+0800", "2025-12-03T10:37:05", 480),
        ("2025-12-03T10:37:05 +08:00", "2025-12-03T10:37:05", 480),
        ("20251203T101112Z", "2025-12-03T10:11:12", 0),
        ("2025-12-03T00:00:00+00:00", "2025-12-03", 0),
        ("Wed, 03 Dec 2025 10:37:00 GMT", "2025-12-03T10:37:00", 0),
        ("Wed, 03 Dec 2025 10:37:00 +0100", "2025-12-03T10:37:00", 60),
        ("Dec 3, 2025", "2025-12-03", None),
    ],
)
def test_machine_dates_are_read(text: str, value: str, offset: int | None) -> None:
    assert parse_iso(text, Origin.JSONLD) == PartialDate(value=value, offset=offset, raw=text, origin=Origin.JSONLD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "0000-00-00",
        "2025-13-01",
        "2025-02-30",
        "2025-12-03T25:00",
        "1733220000",
        "3/12/2025",
        "1970-01-01",
    ],
)
def test_machine_dates_that_are_none(text: str) -> None:
    assert parse_iso(text, Origin.JSONLD) is None


@given(st.dates(date(1990, 1, 1), date(2026, 11, 22)))
def test_every_day_is_read_from_every_plain_form(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d %B %Y}", f"{day:%B %d, %Y}", f"{day:%Y}年{day.month}月{day.day}日"):
        assert read(text) == day.isoformat()
    assert read(f"{day:%d.%m.%Y}", "de") == day.isoformat()
    assert read(f"{day:%m/%d/%Y}", date_order="MDY") == day.isoformat()


@given(st.integers(0, 400))
def test_days_ago_are_that_many_days_before_the_fetch(days: int) -> None:
    assert read(f"{days} days ago") == ((FETCHED - timedelta(days=days)).date().isoformat())


DATE_PIECES = st.lists(
    st.sampled_from(
        [*"2020 - / . 12 03 年 月 日 May , de 10:37 Z +08:00 pm Uhr ago 3 days 天前 上午 Mon ( ) T 99".split(), " "]
    )
).map("".join)


@given(st.text() | DATE_PIECES, st.sampled_from([None, *languages()]), st.sampled_from([None, "DMY", "MDY", "YMD"]))
def test_any_text_gives_only_possible_dates(text: str, language: str | None, order: DateOrder | None) -> None:
    past = 0
    for start, end, found in find_dates(text, language=language, date_order=order, fetched_at=FETCHED):
        assert past <= start < end <= len(text)
        past = end
        assert found.raw == text[start:end]
        assert found.precision in {"year", "month", "day", "minute", "second"}
        datetime.fromisoformat((found.value + "-01-01"[: max(0, 10 - len(found.value))])[:19])
        assert is_past(found, FETCHED)
        assert found.offset is None or abs(found.offset) <= 14 * 60
    parse_iso(text, Origin.META)


def test_hostile_numbers_are_read_in_linear_time() -> None:
    for unit in ("1", "1.", "2020-", "12/", "may ", "2020年1月", " ", "3 days "):
        with ends():
            find_dates(unit * 20_000, language=None, date_order=None, fetched_at=FETCHED)
