"""A page's text as lines, from lxml and from BeautifulSoup alike (crawler/extract/flow.py, fragment.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawler.extract.flow import Line, read_lines
from crawler.extract.fragment import read_fragment

LONG = "A sentence of the kind that fills a whole line and more, as the paragraphs of articles do, says something."


def lines(markup: str) -> list[Line]:
    return read_lines(html.fromstring(f"<div>{markup}</div>"))


def texts(markup: str) -> list[str]:
    return [line.text for line in lines(markup)]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("one<br>two<br/><br/>three", ["one", "two", "three"]),
        ("<p>one</p>two<p>three", ["one", "two", "three"]),
        ("<table><tr><td>one</td><td>two</td></tr></table>", ["one", "two"]),
        ("<ul><li>one<ul><li>two</li></ul></li></ul>", ["one", "two"]),
        ("on<b>e w</b>ord", ["one word"]),
        ("regular<span>步行</span> (walk)", ["regular步行 (walk)"]),
        ("one<script>x</script><style>y</style><noscript>z</noscript> word", ["one word"]),
        ("one<p hidden>two</p><p style='display: none'>three</p>", ["one"]),
        ("one&nbsp;&nbsp;\u3000 two\u200b", ["one two"]),
        ("<pre>one\n\n  two</pre>", ["one", "two"]),
        ("<div style='white-space: pre-line'>one\ntwo</div>", ["one", "two"]),
        ("one\ntwo", ["one two"]),
        ("<span>Mia Torp</span><span>Physician</span>", ["Mia Torp Physician"]),
        ("<b>H</b><i>PV</i>", ["HPV"]),
        ("<h1>A title<br>in two lines</h1>text", ["A title in two lines", "text"]),
        (
            f"<span>First line here</span>\n<span>{LONG}</span><span>Another line</span>",
            ["First line here", LONG, "Another line"],
        ),
        ("", []),
    ],
)
def test_lines_are_what_a_reader_sees(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected
    assert [line.text for line in read_fragment(html.fromstring(f"<div>{markup}</div>"))] == expected


def test_a_line_knows_its_links_and_its_heading() -> None:
    heading, linked = lines("<h2>Causes</h2><p>see <a href=/x>here</a></p>")

    assert (heading.heading, heading.linked, heading.tag) == (2, 0, "h2")
    assert (linked.heading, linked.linked, linked.tag) == (0, 4, "p")


def test_skipped_elements_leave_their_surroundings() -> None:
    root = html.fromstring("<div>before<aside>cut</aside>after</div>")
    skip = set(root.iter("aside"))

    assert [line.text for line in read_lines(root, skip)] == ["before", "after"]
    assert [line.text for line in read_fragment(root, skip)] == ["before", "after"]


def test_reading_a_fragment_changes_nothing() -> None:
    root = html.fromstring(
        f"<div><span>one long enough</span><span>{LONG}</span><span>three</span><aside>x</aside></div>"
    )
    before = html.tostring(root)

    read_fragment(root, set(root.iter("aside")))

    assert html.tostring(root) == before


_MARKUP = st.recursive(
    st.sampled_from(["word ", "Other words", "<br>", "&nbsp;", "\n", "文字"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "p", "span", "b", "li", "td", "pre", "h2", "a", "section"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@given(_MARKUP)
def test_both_readers_agree_on_any_markup(markup: str) -> None:
    root = html.fromstring(f"<div>{markup}</div>")

    assert [line.text for line in read_fragment(root)] == [line.text for line in read_lines(root)]
