"""Which URLs are versions of one page, and which only look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.duplicates.url_key import url_key

PAGE = "https://clinic.example/sleep"

SAME = {
    "scheme": ("http://clinic.example/sleep", PAGE),
    "no scheme": ("//clinic.example/sleep", PAGE),
    "upper-case host": ("HTTPS://Clinic.Example/sleep", PAGE),
    "root dot": ("https://clinic.example./sleep", PAGE),
    "port of https": ("https://clinic.example:443/sleep", PAGE),
    "port of http": ("http://clinic.example:80/sleep", PAGE),
    "password": ("https://user:secret@clinic.example/sleep", PAGE),
    "fragment": (PAGE + "#causes", PAGE),
    "text fragment": (PAGE + "#:~:text=rest", PAGE),
    "text fragment after a hashbang": ("https://clinic.example/#!/7:~:text=rest", "https://clinic.example/#!/7"),
    "www": ("https://www.clinic.example/sleep", PAGE),
    "numbered www": ("https://www3.clinic.example/sleep", PAGE),
    "mobile behind www": ("https://www.m.clinic.example/sleep", PAGE),
    "wap": ("http://wap.clinic.example/sleep", PAGE),
    "mobile version under a national suffix": ("https://m.clinic.co.uk/sleep", "https://clinic.co.uk/sleep"),
    "international name": ("https://gesünder.example/a", "https://xn--gesnder-p2a.example/a"),
    "full-width dot": ("https://健康。example/a", "https://健康.example/a"),
    "AMP directory": (PAGE + "/amp/", PAGE),
    "AMP ending": ("https://clinic.example/7.amp.html", "https://clinic.example/7.html"),
    "AMP output type": (PAGE + "?outputType=amp", PAGE),
    "AMP flag without a value": (PAGE + "?amp", PAGE),
    "AMP cache": ("https://clinic-example.cdn.ampproject.org/c/s/clinic.example/sleep", PAGE),
    "AMP viewer": ("https://www.google.com/amp/s/www.clinic.example/sleep/amp", PAGE),
    "web archive": ("https://web.archive.org/web/20240501120000id_/http://www.clinic.example/sleep", PAGE),
    "archive of an AMP cache": (
        "http://web.archive.org/web/2024/https://clinic-example.cdn.ampproject.org/v/s/clinic.example/sleep?usqp=1",
        PAGE,
    ),
    "other archive": ("https://archive.ph/20240501/https://clinic.example/sleep?id=3", PAGE + "?id=3"),
    "campaign": (PAGE + "?utm_source=letter&UTM_Medium=mail&gclid=1", PAGE),
    "WeChat": (PAGE + "?from=singlemessage&isappinstalled=1&nsukey=x&scene=21", PAGE),
    "Alibaba": (PAGE + "?spm=1.2.3&scm=9", PAGE),
    "session number in the path": (
        "https://clinic.example/a.jsp;JSESSIONID=9F?id=2",
        "https://clinic.example/a.jsp?id=2",
    ),
    "cookieless ASP.NET session": ("https://clinic.example/(S(x1y2z3))/a.aspx", "https://clinic.example/a.aspx"),
    "ASP session": (PAGE + "?ASPSESSIONIDQQ=ABC", PAGE),
    "session in a weak name": (PAGE + "?sid=9f86d081884c7d65", PAGE),
    "time stamp": (PAGE + "?t=1764590400123", PAGE),
    "version of an asset": (PAGE + "?v=2.0.1", PAGE),
    "weak name without value": (PAGE + "?ref=", PAGE),
    "order": (PAGE + "?id=7&part=2", PAGE + "?part=2&id=7"),
    "escaped ampersand": (PAGE + "?id=7&amp;part=2", PAGE + "?id=7&part=2"),
    "plus for a space": (PAGE + "?name=deep+sleep", PAGE + "?name=deep%20sleep"),
    "empty parameter": (PAGE + "?&id=7&", PAGE + "?id=7"),
    "space": ("https://clinic.example/deep sleep", "https://clinic.example/deep%20sleep"),
    "escaped letter": ("https://clinic.example/%73leep", PAGE),
    "backslash": ("https://clinic.example\\sleep", PAGE),
    "line break": ("https://clinic.example/sl\neep", PAGE),
    "double slash": ("https://clinic.example//sleep", PAGE),
    "dot segments": ("https://clinic.example/x/../y/.././sleep", PAGE),
    "dots above the root": ("https://clinic.example/../../sleep", PAGE),
    "directory index": ("https://clinic.example/sleep/Default.aspx", PAGE),
    "query of the index": ("https://clinic.example/index.php?p=7", "https://clinic.example/?p=7"),
    "first part": ("https://clinic.example/7788_1.shtml", "https://clinic.example/7788.shtml"),
    "all parts": ("https://clinic.example/7788_all.html", "https://clinic.example/7788.html"),
}

DIFFERENT = {
    "page": (PAGE, "https://clinic.example/rest"),
    "case of the path": (PAGE, "https://clinic.example/Sleep"),
    "subdomain": ("https://de.clinic.example/sleep", PAGE),
    "port": ("https://clinic.example:8080/sleep", PAGE),
    "hashbang": ("https://clinic.example/#!7", "https://clinic.example/#!8"),
    "mobile.tld itself": ("https://mobile.example/a", "https://example/a"),
    "second level of a country": ("https://m.co.uk/a", "https://www.co.uk/a"),
    "escaped slash": ("https://clinic.example/a%2Fb", "https://clinic.example/a/b"),
    "escaped question mark": ("https://clinic.example/a%3Fid=7", "https://clinic.example/a?id=7"),
    "number": (PAGE + "?id=7", PAGE + "?id=8"),
    "letters": (PAGE + "?topic=sleep", PAGE + "?topic=rest"),
    "language": (PAGE + "?hl=de", PAGE + "?hl=zh"),
    "numbered source": (PAGE + "?source=7", PAGE + "?source=8"),
    "numbered session of a congress": (PAGE + "?session_id=7", PAGE + "?session_id=8"),
    "small t": (PAGE + "?t=7", PAGE + "?t=8"),
    "video": (PAGE + "?v=abcDEF-_123", PAGE + "?v=abcDEF-_124"),
    "second part": ("https://clinic.example/7788_2.html", "https://clinic.example/7788.html"),
    "a date is no part": ("https://clinic.example/2024_1_1.html", "https://clinic.example/2024_1.html"),
    "the article on AMP": ("https://clinic.example/amp", "https://clinic.example/"),
    "word that ends in amp": ("https://clinic.example/cramp", "https://clinic.example/cr"),
    "printed article": ("https://clinic.example/show?print=77", "https://clinic.example/show?print=78"),
    "archived at another place": ("https://archive.org/details/sleep", "https://archive.org/details/rest"),
    "IPv6": ("http://[2001:db8::1]/a", "http://[2001:db8::2]/a"),
}


@pytest.mark.parametrize(("a", "b"), SAME.values(), ids=SAME)
def test_versions_of_one_page_share_a_key(a: str, b: str) -> None:
    assert url_key(a) == url_key(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_pages_keep_different_keys(a: str, b: str) -> None:
    assert url_key(a) != url_key(b)


def test_a_key_reads_as_host_path_and_sorted_query() -> None:
    assert url_key("https://www.clinic.example/A/?z=1&utm_source=x&b=2#top") == "clinic.example/A?b=2&z=1"
    assert url_key("https://clinic.example") == "clinic.example"
    assert url_key("https://例え.example/健") == "xn--r8jz45g.example/%E5%81%A5"
    assert url_key("http://[2001:DB8::1]:8080/a") == "[2001:db8::1]:8080/a"


@pytest.mark.parametrize(
    "text",
    ["", "::", "http://", "http://[", "http://[::1", "http://%zz/%zz", "mailto:a@b.example", "\ud800", "?", "#!"],
)
def test_what_is_no_url_gets_a_key_too(text: str) -> None:
    assert url_key(text).isascii()


PIECES = st.sampled_from(
    "http https : / // www. m. amp /amp ? & = # #! % %2 %41 %2F .. index.html _1.html _all @ [ ] :80 utm_source=1 "
    "archive.org/web/2020/ cdn.ampproject.org/c/s/ 健康 . com co.uk ß İ 。 xn-- amp; + ;jsessionid=1 (S(x)) \\ v= "
    "1".split()
)


@given(st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=2)), max_size=14).map("".join)))
def test_the_key_of_a_key_is_itself(url: str) -> None:
    key = url_key(url)
    assert url_key(key) == key
    assert key.isascii()


def test_a_site_names_parameters_that_choose_the_page_there() -> None:
    assert url_key("https://h.com/a?ref=sleep&utm_id=1") == "h.com/a"
    assert url_key("https://h.com/a?Ref=sleep&utm_id=1", ("ref",)) == "h.com/a?Ref=sleep"
    assert url_key("https://h.com/a?spm=7&ref=x", ("spm",)) == "h.com/a?spm=7"
