"""People who sign below the text, in boxes of authors, and over answers (crawler/extract/signed.py)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.extract.article import extract
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Article, PersonKind, Role

TITLE = "Why a shoulder aches at night"
PARAGRAPHS = [
    f"Lying on the side presses the tendon for {hours} hours, and a pillow under the arm takes much of that load away."
    for hours in ("two", "three", "four", "five", "six")
]
PROSE = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
FRENCH = "".join(
    f"<p>Dormir sur le côté comprime le tendon pendant {hours} heures, et un coussin sous le bras soulage beaucoup.</p>"
    for hours in ("deux", "trois", "quatre", "cinq", "six")
)
GERMAN = "".join(
    f"<p>Wer auf der Seite schläft, drückt {hours} Stunden lang auf die Sehne, und ein Kissen unter dem Arm hilft.</p>"
    for hours in ("zwei", "drei", "vier", "fünf", "sechs")
)
CHINESE = "".join(
    f"<p>侧卧时肩部的肌腱会受压{count}个小时以上，在手臂下面垫一个枕头可以减轻大部分的负担和疼痛。</p>"
    for count in "二三四五六"
)

BOX = "<div><div>Written by</div><p>Ada Berg writes about food.</p></div>"
RELATED = "<section class=related><h3>Related topics</h3><ul><li>Cold hands</li></ul></section>"
REVIEWED = (
    "Reviewed by: Hugo Brand, MD, Clinical Assistant Professor, Department of Internal Medicine, Saltwater School of"
    " Medicine. Also reviewed by the Fjord editorial team."
)
CARD = "<div><b>邓明远</b> 副主任医师 | 骨科 | 临江市人民医院</div>"


def read(content: str, title: str = TITLE, head: str = "") -> Article:
    page = f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{content}</body></html>"
    article = extract(
        read_page(page.encode(), "https://fjord.example/shoulder/7"),
        Site(name="fjord.example", domains=("fjord.example",)),
        datetime(2026, 3, 1, tzinfo=UTC),
    ).article
    assert article is not None
    return article


def clinicians(article: Article) -> list[tuple[str, Role]]:
    return [(one.name, one.role) for one in article.people if one.kind is PersonKind.CLINICIAN]


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (
            "<div><div>About the author</div><p><b>Dr. Oskar Lund, DC</b> is a chiropractor. He is fifty.</p></div>",
            [("Oskar Lund", Role.AUTHOR)],
        ),
        (
            "<div class=author-box><h4>About the author</h4><p>Mia Torp, MD</p><p>She likes boats.</p></div>",
            [("Mia Torp", Role.AUTHOR)],
        ),
        (
            f"{BOX}<div><div>Medical review</div><p>Nora Falk, PharmD<br>Pharmacist, Lakeside Clinic</p></div>",
            [("Nora Falk", Role.REVIEWER)],
        ),
        (
            f"{RELATED}<h2>Review Date 7/12/2023</h2><p>{REVIEWED}</p>",
            [("Hugo Brand", Role.REVIEWER)],
        ),
    ],
)
def test_a_labelled_box_or_sentence_below_the_text_names_its_clinician(
    below: str, expected: list[tuple[str, Role]]
) -> None:
    article = read(PROSE + below)

    assert clinicians(article) == expected
    assert article.body.split("\n")[-1] == PARAGRAPHS[-1]


def test_a_sentence_below_the_text_is_read_in_its_language_and_leaves_the_body() -> None:
    french = read(f"{FRENCH}<p>Texte relu par le Pr Aurèle Vernet, cardiologue, service de cardiologie, Lyon.</p>")
    german = read(
        f"{GERMAN}<p><em>Der Autor:</em> Dr. med. Uwe Brandt ist Chefarzt der Klinik für Orthopädie. Er segelt.</p>"
    )

    assert clinicians(french) == [("Aurèle Vernet", Role.REVIEWER)]
    assert clinicians(german) == [("Uwe Brandt", Role.AUTHOR)]
    assert french.body.endswith("soulage beaucoup.")
    assert german.body.endswith("unter dem Arm hilft.")


@pytest.mark.parametrize(
    "below",
    [
        "<h3>More from the blog</h3><p>Can ears ring? Reviewed by Dr. Hugo Stray, MD</p>",
        "<h3>About the author</h3><p>Prof. Dr. Karl Amt is a minister of state and writes about the law.</p>",
        "<h3>About the author</h3><p>Karl Amt is an associate professor of political science at Lake University.</p>",
        "<p>Our experts</p><p>Dr. Hugo Stray, cardiologist, Lakeside Hospital</p>",
        "<h3>Comments</h3><p>Reviewed by Dr. Hugo Stray, MD</p>",
    ],
)
def test_a_box_of_somebody_else_names_no_clinician(below: str) -> None:
    assert clinicians(read(PROSE + below)) == []


def test_a_box_gives_the_author_of_the_byline_their_degrees_but_no_second_author() -> None:
    named = "<p>Author: Mia Torp</p>"

    same = read(f"{named}{PROSE}<div class=author-box><h4>Mia Torp, RD, CDCES</h4><p>Mia is a dietitian.</p></div>")
    other = read(f"{named}{PROSE}<div class=author-box><h4>About the author</h4><p>Nora Falk, MD</p></div>")

    assert clinicians(same) == [("Mia Torp", Role.AUTHOR)]
    assert [one.name for one in other.people] == ["Mia Torp"]


def test_over_answers_stand_those_who_answer() -> None:
    english = read(
        f"<p>I am 31 and work in a shop.</p><div><b>Dr. Gao Lin</b> reply <i>Orthopedics</i></div>{PROSE}",
        "Is a shoulder that clicks dangerous?",
    )
    chinese = read(
        f"<p>病情描述：女，三十岁，右侧肩膀疼痛两周，夜间侧卧时加重，有响声。</p>{CARD}{CHINESE}",
        "肩膀响要不要紧吗",
    )
    statement = read(f"<p>{PARAGRAPHS[0]}</p><p>Dr. Gao Lin, Orthopedics</p>{PROSE}")

    assert clinicians(english) == [("Gao Lin", Role.ANSWERER)]
    assert clinicians(chinese) == [("邓明远", Role.ANSWERER)]
    assert clinicians(statement) == []


def test_data_of_questions_names_who_answers_and_not_who_asks() -> None:
    answer = {"@type": "Answer", "author": {"@type": "Person", "name": "Lena Voss, MD"}}
    question = {"@type": "Question", "author": {"@type": "Person", "name": "Otto Frage"}, "acceptedAnswer": answer}
    data = json.dumps({"@type": "QAPage", "mainEntity": question})

    article = read(PROSE, head=f'<script type="application/ld+json">{data}</script>')

    assert [(one.name, one.role, one.kind) for one in article.people] == [
        ("Lena Voss", Role.ANSWERER, PersonKind.CLINICIAN)
    ]
