import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from db.search.text import SEPARATOR, fold, index_text, readable


def test_nothing_is_indexed_as_nothing():
    assert index_text(None) == ""
    assert index_text("") == ""


def test_each_chinese_character_stands_alone_and_apart_from_latin():
    assert index_text("每天CT检").split(SEPARATOR) == ["", "每", "天", "CT", "检", ""]


def test_kana_hangul_and_rare_han_stand_alone_too():
    assert [part for part in index_text("カター고혈𠮷々").split(SEPARATOR) if part] == list("カター고혈𠮷々")


def test_english_is_left_as_it_is():
    assert index_text("A quiet evening – and café au lait.") == "A quiet evening – and café au lait."


def test_full_width_letters_and_subscripts_are_indexed_plain_but_punctuation_stays():
    assert readable(index_text("ＣＴ，维生素B₁₂。")) == "CT，维生素B12。"


@given(st.text())
def test_indexed_text_reads_back_as_the_folded_text(text):
    assert readable(index_text(text)) == fold(text).replace(SEPARATOR, "")


@given(st.text(alphabet=st.characters(categories=["Lo", "Ll", "Nd", "Zs", "Po"])))
def test_composed_and_decomposed_text_are_indexed_alike(text):
    assert index_text(unicodedata.normalize("NFD", text)) == index_text(unicodedata.normalize("NFC", text))
