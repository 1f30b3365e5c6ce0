import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db import schema
from db.search import builder
from db.search.query import MAX_CHARACTERS, MAX_TERMS, Query, Term, parse, parse_date


def words(query: str) -> list[list[str]]:
    return [[term.text for term in clause] for clause in parse(query).clauses]


def test_words_must_all_occur_and_or_binds_its_neighbours():
    assert words("melatonin OR valerian sleep") == [["melatonin", "valerian"], ["sleep"]]


def test_quotes_of_every_kind_make_a_phrase():
    for query in ('"blood pressure"', "“blood pressure”", "「blood pressure」", '"blood pressure', "«blood pressure»"):
        assert parse(query).clauses == ((Term("blood pressure", quoted=True),),)


def test_a_minus_excludes_words_phrases_and_fields():
    assert parse('sleep -child -"night shift" -title:dogs NOT cats').excluded == (
        Term("child"),
        Term("night shift", quoted=True),
        Term("dogs", column="title"),
        Term("cats"),
    )


def test_a_hyphen_inside_a_word_excludes_nothing():
    assert words("omega-3") == [["omega-3"]]
    assert parse("omega-3").excluded == ()


def test_fields_take_words_and_phrases():
    assert parse('Doctor:gao source:"Blue Hill" title:作息').clauses == (
        (Term("gao", column="doctor"),),
        (Term("Blue Hill", quoted=True, column="source"),),
        (Term("作息", column="title"),),
    )


def test_english_stop_words_are_dropped_unless_quoted_shouted_or_alone():
    assert words("what is the cause of insomnia") == [["cause"], ["insomnia"]]
    assert words('"the who"') == [["the who"]]
    assert words("WHO guideline") == [["WHO"], ["guideline"]]
    assert words("the") == [["the"]]


def test_years_and_dates_become_bounds_of_publication():
    assert (parse("year:2020-2022").published_from, parse("year:2020-2022").published_below) == ("2020", "2022~")
    assert parse("after:2023-5").published_from == "2023-05"
    assert parse("before:2024/01/31").published_below == "2024-01-31"
    assert parse("after:2020 after:2022 before:2025 before:2024").published_from == "2022"


def test_sites_and_languages_are_read_apart_from_words():
    query = parse("site:hill -site:lake lang:ZH -lang:en")
    assert (query.sites, query.excluded_sites, query.languages, query.excluded_languages) == (
        ("hill",),
        ("lake",),
        ("zh",),
        ("en",),
    )
    assert query.clauses == ()


@pytest.mark.parametrize("query", ["year:soon", "after:2024-02-31", "before:0000", "-year:2024"])
def test_a_date_that_is_none_is_ignored_and_said(query):
    parsed = parse(query)
    assert (parsed.published_from, parsed.published_below) == (None, None)
    assert len(parsed.notes) == 1
    assert "was ignored" in parsed.notes[0]


def test_an_unknown_field_is_searched_as_words():
    assert words("ratio:high") == [["ratio:high"]]


def test_too_long_a_query_is_cut_and_said():
    assert parse("x" * (MAX_CHARACTERS + 1)).notes == ("Only the first 1,000 characters were read.",)
    many = parse(" ".join(f"w{number}" for number in range(MAX_TERMS + 1)))
    assert len(many.clauses) == MAX_TERMS
    assert many.notes == ("Only the first 32 words were searched for.",)


def test_full_width_letters_and_marks_mean_the_same_as_plain_ones():
    assert parse("ｔｉｔｌｅ：ＣＴ　－ＭＲＩ") == parse("title:CT -MRI")


@pytest.mark.parametrize("query", ["", "   ", '"""', "!!!", "((((", "NEAR(", "- -", "OR OR", "\x00", ":::", "。，"])
def test_input_without_a_word_asks_for_nothing(query):
    assert [text for clause in words(query) for text in clause] in ([], ["NEAR"])


def test_dates_keep_the_precision_they_were_given_in():
    assert [parse_date(text) for text in ("2024", "2024-5", "2024.05.03")] == ["2024", "2024-05", "2024-05-03"]
    with pytest.raises(ValueError, match="no date"):
        parse_date("yesterday")


def test_a_long_chinese_question_is_loosened_to_two_character_phrases_but_a_word_is_not():
    assert builder.some_words(parse("睡眠不好怎么办")) is not None
    assert builder.some_words(parse("高血压")) is None
    assert builder.some_words(parse("高血压"), cut_words=True) is not None


def test_phrases_and_fields_stay_required_when_a_search_is_loosened():
    loose = builder.some_words(parse('deep sleep "night shift" doctor:gao -dogs'))
    assert loose == '(("deep" OR "sleep") AND ("night shift") AND (doctor : "gao")) NOT ("dogs")'


def test_a_quote_inside_a_term_cannot_end_its_string():
    assert builder.all_words(Query(clauses=((Term('a" OR "b'),),))) == '("a"" OR ""b")'


@pytest.fixture(scope="module")
def fts():
    conn = sqlite3.connect(":memory:")
    conn.execute(schema.SEARCH_TEXT.replace(" REFERENCES articles(id)", ""))
    for statement in schema.SEARCH[1:]:
        conn.execute(statement)
    conn.execute("INSERT INTO search_text VALUES (1, 'sleep', '', 'deep sleep', 'hill', 'gao')")
    yield conn
    conn.close()


PIECES = "\" ' - OR AND NOT NEAR( ) * ^ : + { } | title: doctor: year: after: lang: site: sleep 作息 2024 、 – “ ” ₁₂ ﷺ"
SYNTAX = st.lists(st.sampled_from([*PIECES.split(), " ", "\x00", "\ud800"])).map("".join)


@given(st.one_of(SYNTAX, st.text(alphabet=st.characters())))
@example('"a" ' * 5000)
@example("(" * 1000)
@example("作" * 2000)
def test_no_input_raises_or_reaches_fts5_as_syntax(fts, query):
    parsed = parse(query)
    for match in (builder.all_words(parsed), builder.some_words(parsed, cut_words=True)):
        if match is not None:
            fts.execute("SELECT count(*) FROM search_fts WHERE search_fts MATCH ?", (match,)).fetchone()


def test_stop_words_are_dropped_whatever_stands_beside_them():
    assert words("Does it hurt, and what's the cause of it?") == [["hurt,"], ["cause"]]
    assert words("don't sleep, can't rest: why?") == [["sleep,"], ["rest:"]]


def test_a_possessive_is_searched_for_without_its_s():
    assert words("Crohn’s disease") == [["Crohn"], ["disease"]]
    assert words('"crohn\'s disease"') == [["crohn's disease"]]
    assert words("'s") == [["'s"]]


def test_stop_words_do_not_use_up_the_words_that_are_read():
    read = words(" ".join(f"of the word{number}" for number in range(MAX_TERMS)))
    assert len(read) == MAX_TERMS
    assert len(words("the " * 200)) == MAX_TERMS
