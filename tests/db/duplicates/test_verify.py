from __future__ import annotations

import opencc
import pytest

from db.duplicates.reading import Reading
from db.duplicates.verify import Finding, compare
from tests.db.duplicates.texts import bulletin_en, bulletin_zh, edited, essay, organ_en, organ_zh


def verdict(a: tuple[str, str], b: tuple[str, str]) -> Finding:
    """The finding on two articles, after making sure that it has no direction."""
    finding, turned = compare(Reading(*a), Reading(*b)), compare(Reading(*b), Reading(*a))
    assert finding is not None
    assert turned is not None
    assert (finding.verdict, finding.kind, finding.reason) == (turned.verdict, turned.kind, turned.turned)
    return finding


LIVER, KIDNEY = organ_en("liver", "hepatic"), organ_en("kidney", "renal")
ESSAY = ("An essay", essay(7))


def test_the_same_words_are_exact() -> None:
    assert verdict(LIVER, ("Other title", LIVER[1].upper())).kind == "exact"


def test_an_edited_copy_is_near() -> None:
    finding = verdict(ESSAY, ("An essay, abridged", edited(ESSAY[1], 0.05, 1)))

    assert (finding.kind, finding.verdict) == ("near", "same")
    assert "of all phrases are shared" in finding.reason


def test_a_text_with_words_changed_all_over_is_still_a_copy() -> None:
    finding = verdict(ESSAY, ("An essay", edited(ESSAY[1], 0.13, 1)))

    assert finding.jaccard < 0.5
    assert (finding.kind, finding.verdict) == ("near", "same")


def test_a_text_with_a_new_passage_and_words_changed_besides_is_still_a_copy() -> None:
    words = edited(ESSAY[1], 0.08, 1).split(" ")
    words[100:150] = essay(8).split(" ")[:50]
    finding = verdict(ESSAY, ("An essay", " ".join(words)))

    assert 0.4 < finding.jaccard < 0.5
    assert (finding.kind, finding.verdict) == ("near", "same")
    assert "of the words stand in the same order" in finding.reason


def test_the_beginning_of_a_text_is_contained_in_it() -> None:
    finding = verdict(ESSAY, ("An essay", ESSAY[1][:600]))

    assert (finding.kind, finding.verdict) == ("contains", "same")


def test_another_translation_is_related_and_never_the_same() -> None:
    finding = verdict(ESSAY, ("An essay", edited(ESSAY[1], 0.3, 1)))

    assert (finding.kind, finding.verdict) == ("version", "related")


def test_unrelated_texts_give_nothing() -> None:
    assert compare(Reading(*ESSAY), Reading("Other", essay(8))) is None


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (LIVER, KIDNEY, "liver -> kidney, 2 times"),
        (organ_zh("肝脏"), organ_zh("肾脏"), "肝 -> 肾, 2 times"),
        (organ_zh("甲状腺"), organ_zh("膝关节"), "甲状腺 -> 膝关节, 2 times"),
    ],
)
def test_another_term_in_the_same_places_is_another_article(
    a: tuple[str, str], b: tuple[str, str], reason: str
) -> None:
    finding = verdict(a, b)

    assert (finding.verdict, finding.reason) == ("not_same", reason)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        # one other word here and there
        (LIVER, "family doctor", "general practitioner"),
        # spelling of another country
        (("T", essay(3).replace(" ba ", " tumour ").replace(" ko ", " oesophagus ")), "tumour", "tumor"),
        # a house that writes a name in its own way, the title does not name it
        (("T", essay(3).replace(" ba ", " Zelenska ").replace(" ko ", " Zelenska ")), "Zelenska", "Zelenskaya"),
        # an untranslated word
        (("T", essay(3).replace(" ba ", " routine ").replace(" ko ", " routine ")), "routine", "作息"),
        # dates of the next edition
        (("T", essay(3).replace(" ba ", " March ").replace(" ko ", " March ")), "March", "April"),
        (organ_zh("肝脏"), "到医院挂号", "去医院看看"),
    ],
)
def test_an_editors_other_words_are_a_copy(text: tuple[str, str], old: str, new: str) -> None:
    assert old in text[1]

    assert verdict(text, (text[0], text[1].replace(old, new))).verdict == "same"


@pytest.mark.parametrize(
    ("term", "other"),
    [
        ("hepatitis B", "hepatitis C"),
        ("type 1", "type 2"),
        ("hyperthyroidism", "hypothyroidism"),
        ("high pressure", "low pressure"),
        ("before surgery", "after surgery"),
        ("1型", "2型"),
        ("糖尿病一型", "糖尿病二型"),
    ],
)
def test_small_words_of_the_title_can_make_another_subject(term: str, other: str) -> None:
    body = essay(5).replace(" ba ", f" {term} ").replace(" ko ", f" {term} ")
    assert body.count(term) > 1

    finding = verdict((f"Living with {term}", body), (f"Living with {other}", body.replace(term, other)))

    assert finding.verdict == "not_same"


@pytest.mark.parametrize("bulletin", [bulletin_en, bulletin_zh])
def test_other_numbers_in_the_same_places_are_another_bulletin(bulletin) -> None:
    finding = verdict(bulletin(3, 1), (bulletin(3, 1)[0], bulletin(3, 2)[1]))

    assert finding.verdict == "not_same"
    assert finding.reason.startswith("numbers: ")
    assert verdict(bulletin(3, 1), bulletin(4, 2)).verdict == "not_same"


@pytest.mark.parametrize("bulletin", [bulletin_en, bulletin_zh])
def test_a_bulletin_with_another_date_line_is_a_copy(bulletin) -> None:
    title, body = bulletin(3, 1)

    assert verdict((title, body), (title, f"2026-03-04 10:30\n{body}")).verdict == "same"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            ("Is parsley good for you?", f"Parsley is eaten by many. {essay(9)}"),
            ("Is chervil good for you?", f"Chervil is eaten by many. {essay(9)}"),
        ),
        (
            ("欧芹可以多吃吗？", f"欧芹很多人都喜欢，下面说说怎么吃才好。{organ_zh('胆囊')[1]}"),
            ("茴香可以多吃吗？", f"茴香很多人都喜欢，下面说说怎么吃才好。{organ_zh('胆囊')[1]}"),
        ),
    ],
)
def test_titles_that_each_name_what_only_their_text_has_are_two_articles(
    a: tuple[str, str], b: tuple[str, str]
) -> None:
    finding = verdict(a, b)

    assert finding.verdict == "not_same"
    assert finding.reason.startswith("titles: ")
    assert finding.reason.endswith("each in its own text only")


@pytest.mark.parametrize("text", [ESSAY[1], organ_zh("胆囊")[1]])
def test_a_copy_under_another_headline_is_a_copy(text: str) -> None:
    menu = "Northern Herald home news sport Herald shop. "
    other = " Western Gazette about us Gazette archive."

    assert verdict(("Herald: 胆囊 explained", menu + text), ("What the Gazette says", text + other)).verdict == "same"


def test_chinese_scripts_are_copies_with_their_regional_words() -> None:
    title, body = organ_zh("肝脏")
    body = f"{body}这个信息可以在软件里查到，视频也能看到。软件里的信息会更新，打印出来带到医院也行。"
    taiwan = opencc.OpenCC("s2twp").convert(body)
    assert "資訊" in taiwan

    finding = verdict((title, body), (opencc.OpenCC("s2twp").convert(title), taiwan))

    assert finding.verdict == "same"
    assert finding.reason.endswith("one in traditional, one in simplified characters")


def test_words_of_a_region_that_no_dictionary_knows_do_not_make_another_article() -> None:
    title, body = organ_zh("肝脏")
    body = f"{body}坐公交车去医院比开车方便，公交车一般十分钟一班，老人坐公交车不用买票。"
    hong_kong = opencc.OpenCC("s2hk").convert(body.replace("公交车", "巴士"))

    assert verdict((title, body), (opencc.OpenCC("s2hk").convert(title), hong_kong)).verdict == "same"


def test_two_regions_that_write_traditional_characters_have_copies_with_words_of_their_own() -> None:
    title, body = organ_zh("肝脏")
    body = f"{body}榴莲和氨基酸的信息可以在软件里查到，榴莲吃多了也会上火，氨基酸不用另外补。"
    taiwan, plain = (opencc.OpenCC(name).convert for name in ("s2twp", "s2t"))
    assert "榴槤" in taiwan(body)
    assert "榴蓮" in plain(body)

    assert verdict((taiwan(title), taiwan(body)), (plain(title), plain(body))).verdict == "same"


def test_a_template_stays_apart_between_scripts() -> None:
    title, body = organ_zh("肾脏")
    convert = opencc.OpenCC("s2twp").convert

    assert verdict(organ_zh("肝脏"), (convert(title), convert(body))).verdict == "not_same"


ASKS = "If it goes on, a physician will ask for it. The same physician looks twice, and no physician minds."
SHEET = (
    "Keep this sheet beside the bottle. The box in the kitchen cupboard is no place for it. One spoon holds {a} mg of "
    "the medicine, and a child gets {b} ml in the morning and the same in the evening, after a meal. The ward answers "
    "the telephone 555 0142 from 8 to 18 on all 7 days. Shake the bottle 10 times before it is opened, and take it "
    "back to the pharmacy after 14 days. If a dose is forgotten for more than 6 hours, leave it out and go on as usual."
)
SHEET_ZH = (
    "请把这张说明放在药瓶旁边，不要放在厨房的柜子里。每勺含药{a}毫克，儿童早晚各服{b}毫升，饭后服用。"
    "病房电话5550142，每周7天，8点到18点有人接听。打开之前把药瓶摇10下，开封14天以后送回药房。"
    "如果忘记服药超过6小时，这一次就不用补了，下一次照常服用，不要一次吃两份。"
)


@pytest.mark.parametrize(("title", "sheet"), [("A sheet for parents", SHEET), ("家长用药须知", SHEET_ZH)])
def test_other_doses_under_the_same_title_are_another_article(title: str, sheet: str) -> None:
    one, other = sheet.format(a=125, b=4), sheet.format(a=250, b=9)

    finding = verdict((title, one), (title, other))
    assert finding.verdict == "not_same"
    assert finding.reason.startswith("measures: 125 ")
    # One dose put right, or written in another unit, is the same sheet.
    assert verdict((title, one), (title, sheet.format(a=125, b=5))).verdict == "same"
    assert verdict((title, one), (title, one.replace("4 ml", "1 spoon").replace("4毫升", "1勺"))).verdict == "same"


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        (ESSAY, "Looked through on 2023-10-17", "Looked through on 2025-01-28"),
        (ESSAY, "Geprüft am 17.10.2023", "Geprüft am 28.01.2025"),
        (organ_zh("肝脏"), "审阅日期：2023年10月17日", "审阅日期：2025年1月28日"),
    ],
)
def test_the_day_on_which_a_page_was_looked_through_does_not_make_another_article(
    text: tuple[str, str], one: str, other: str
) -> None:
    title, body = text
    assert verdict((title, f"{body}\n{one}"), (title, f"{body}\n{other}")).verdict == "same"


@pytest.mark.parametrize(
    ("title", "text", "old", "new"),
    [
        (
            "Sleeping badly",
            f"{essay(3)} {ASKS}",
            "physician",
            "doctor",
        ),
        ("Sleeping badly", f"{essay(3)} {ASKS}".replace("physician", "brace"), "brace", "kneebrace"),
        ("体检报告怎么看", organ_zh("肝脏")[1] + "大夫会看报告，大夫也会问病史，有疑问就问大夫。", "大夫", "医生"),
    ],
)
def test_another_word_for_the_same_thing_is_an_editors(title: str, text: str, old: str, new: str) -> None:
    assert text.count(old) > 2
    assert verdict((title, text), (title, text.replace(old, new))).verdict == "same"


@pytest.mark.parametrize(
    ("title", "text", "old", "new"),
    [
        ("Fish for a {}", f"{essay(3)} {ASKS}".replace("physician", "baby"), "baby", "newborn"),
        ("{}能吃鱼吗", organ_zh("肝脏")[1] + "孩子吃鱼要去刺，孩子不爱吃就换做法，每周给孩子吃两次。", "孩子", "宝宝"),
    ],
)
def test_words_for_nearly_the_same_are_two_subjects_where_the_titles_name_them(
    title: str, text: str, old: str, new: str
) -> None:
    finding = verdict((title.format(old), text), (title.format(new), text.replace(old, new)))

    assert finding.verdict == "not_same"
