"""What text of websites becomes on its way into HTML."""

from __future__ import annotations

from markupsafe import Markup

from db.datasette.pages.markup import labelled, language, paragraphs

_RUNNING = (
    "People describe a stabbing pain under the heel with the first steps in the morning, "
    "which eases after some minutes of walking."
)


def _elements(body: str, code: str = "en") -> list[str]:
    return [element for element, _ in paragraphs(body, None, code)]


def test_a_short_line_between_two_paragraphs_is_a_heading() -> None:
    assert _elements(f"{_RUNNING}\nWhat it feels like\n{_RUNNING}") == ["p", "h3", "p"]


def test_a_question_or_a_sentence_between_two_paragraphs_is_no_heading() -> None:
    assert _elements(f"{_RUNNING}\nIt goes away.\n{_RUNNING}") == ["p", "p", "p"]


def test_items_of_a_list_are_no_headings() -> None:
    assert _elements(f"You need:\nmilk\n- salt\nflour\n{_RUNNING}") == ["p", "p", "p", "p", "p"]


def test_the_first_line_and_the_last_are_no_headings() -> None:
    assert _elements(f"Photo of a heel\n{_RUNNING}\nRead on") == ["p", "p", "p"]


def test_a_chinese_heading_is_measured_by_chinese_lengths() -> None:
    running = "早晨起床后头几步足跟刺痛，走动几分钟后减轻，长时间站立或一天结束时又会加重，这是足底筋膜炎最常见的表现。"
    assert _elements(f"{running}\n什么人容易得\n{running}", "zh") == ["p", "h3", "p"]


def test_a_language_is_called_by_its_name_and_an_unknown_one_by_its_code() -> None:
    assert (language("zh"), language("xx")) == ("Chinese", "xx")


def test_inputs_of_datasette_get_names_and_text_stays_as_it_is() -> None:
    page = Markup('<p>name=&#34;_filter_op&#34;</p><select name="_filter_op_1">')
    assert labelled(page) == '<p>name=&#34;_filter_op&#34;</p><select aria-label="How to compare" name="_filter_op_1">'
