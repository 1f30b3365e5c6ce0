"""Pages made here in the markup forms of real health sites: every form below around every byline.

Texts, people and publishers are invented. Forms and bylines hold the traps of real sites: cards of other articles with
their own reviewers, JSON-LD that names somebody else, glued Chinese, editors, organisations, quoted and unnamed people,
no doctor at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

_ENGLISH = (
    "A cough that lasts longer than three weeks deserves a look by somebody who knows lungs, even without a fever.",
    "Most of the time the airways are only irritated after a cold, and the treatment is rest, patience and warm tea.",
    "Symptoms that wake a person at night, blood in what is coughed up or sudden weight loss belong in a clinic.",
    "Children breathe faster than adults do, so their doctors count breaths before they listen to the chest at all.",
    "Smokers notice the change last, because their mornings have begun with a cough for years already.",
    "Nothing sold without a prescription shortens the disease by more than a day, whatever the box may promise.",
)
_CHINESE = (
    "咳嗽持续三周以上时，即使没有发热，也应当请呼吸科医生检查一次，不要一直自己在家服药拖延。",
    "多数情况下，感冒之后气道只是受到刺激，治疗的重点是休息、耐心和温水，不必急着使用抗生素。",
    "夜间咳醒、痰中带血或者体重突然下降，这些症状需要及时到医院就诊，由医生判断是否拍片。",
    "孩子的呼吸比成年人快，所以医生在听诊之前，往往会先数一数每分钟的呼吸次数再作判断。",
    "长期吸烟的人最后才会察觉变化，因为他们多年来每天早晨都是从咳嗽开始新的一天的生活。",
)
_GERMAN = (
    "Ein Husten, der länger als drei Wochen dauert, sollte auch ohne Fieber einmal ärztlich untersucht werden.",
    "Meist sind die Atemwege nach einer Erkältung nur gereizt, und die Behandlung besteht aus Ruhe und warmem Tee.",
    "Symptome, die nachts wecken, Blut im Auswurf oder ein plötzlicher Gewichtsverlust gehören in eine Praxis.",
    "Kinder atmen schneller als Erwachsene, deshalb zählen Ärzte die Atemzüge, bevor sie die Lunge abhören.",
    "Wer raucht, bemerkt die Veränderung zuletzt, denn der Morgen beginnt seit Jahren ohnehin mit einem Husten.",
)


@dataclass(frozen=True, slots=True)
class Byline:
    """Lines between title and text, and who, where from and when they say."""

    language: str
    title: str
    lines: tuple[str, ...]
    doctors: tuple[tuple[str, str], ...] = ()
    """(name, role) of the clinicians."""
    source: str | None = None
    published: str | None = None
    reviewed: str | None = None
    closing: tuple[str, ...] = ()
    """Lines after the text."""
    quote: str = ""
    """A sentence in the text; its expert is no author."""
    data: Mapping[str, object] = field(default_factory=dict)
    """JSON-LD beside headline and type, true or not."""


BYLINES = (
    Byline("en", "When a cough stays", ("Medically reviewed by Nora Falk, MD — Written by Ada Berg on May 4, 2025",),
           (("Nora Falk", "reviewer"),), published="2025-05-04"),
    Byline("en", "How to sleep with a cold", ("May 04, 2025 Source: Harbour Health", "Dr. Gao Lin"),
           (("Gao Lin", "unspecified"),), "Harbour Health", "2025-05-04"),
    Byline("en", "What tea can do", ("By Blue Hill Clinic Staff", "May 4, 2025"), published="2025-05-04"),
    Byline("en", "Fever in small children", ("By Ada Berg", "Published: May 4, 2025"), published="2025-05-04"),
    Byline("en", "Wheezing at night", ("Written & medically reviewed by Dr. Priya Sand, MBBS, MRCP",),
           (("Priya Sand", "author"), ("Priya Sand", "reviewer"))),
    Byline("en", "Asthma in spring", ("Published:", "Source: Network"),),
    Byline("en", "Breathing exercises", ("Written by Tom Vale, RD, LDN", "Medically reviewed by Mia Torp, MD, PhD",
           "Updated on May 9, 2025"), (("Tom Vale", "author"), ("Mia Torp", "reviewer"))),
    Byline("en", "Dry air", ("May 4, 2025",), published="2025-05-04",
           quote="“Open a window,” says Dr. Oskar Lund, a pulmonologist at Lakeside Hospital, to his patients."),
    Byline("en", "Sore throats", ("By Ada Berg", "May 4, 2025"), source="Harbour Media", published="2025-05-04",
           data={"author": {"@type": "Organization", "name": "Harbour Media"},
                 "publisher": {"@type": "Organization", "name": "Harbour Media"}}),
    Byline("en", "Snoring partners", ("Dr. Lena Voss", "May 4, 2025"), (("Lena Voss", "unspecified"),),
           published="2025-05-04", data={"author": {"@type": "Person", "name": "Karl Muster, MD"}}),
    Byline("en", "Steam inhalation", ("Edited by: Dr. Pia Holm", "May 4, 2025"), published="2025-05-04"),
    Byline("en", "A hoarse voice", ("By Admin", "May 4, 2025"), published="2025-05-04"),
    Byline("en", "Lungs after fifty", ("Last reviewed: May 4, 2025 by Dr. Sven Moor",), (("Sven Moor", "reviewer"),),
           reviewed="2025-05-04"),
    Byline("zh", "咳嗽不止怎么办", ("发布时间:2025/05/04来源:海港健康网", "邓明远副主任医师 呼吸内科 临江市人民医院"),
           (("邓明远", "unspecified"),), "海港健康网", "2025-05-04"),
    Byline("zh", "感冒之后的护理", ("2025-05-04 10:20 来源：网络整理", "责任编辑：林小文"), published="2025-05-04"),
    Byline("zh", "夜间咳嗽的原因", ("作者：周文清 主治医师 审核：何立群 主任医师", "2025年05月04日"),
           (("周文清", "author"), ("何立群", "reviewer")), published="2025-05-04"),
    Byline("zh", "孩子发热要不要紧", ("作者：未知", "2025年05月04日"), published="2025-05-04"),
    Byline("zh", "雾霾天如何护肺", ("2025年05月04日 来源：临江日报",), source="临江日报", published="2025-05-04",
           quote="临江市人民医院呼吸内科主任医师邵明远表示，雾霾天要减少外出，患者应按时用药。",
           closing=("责任编辑：林小文",)),
    Byline("de", "Husten ohne Ende", ("Von Dr. med. Uwe Brandt", "04.05.2025, 10:37 Uhr"), (("Uwe Brandt", "author"),),
           published="2025-05-04"),
    Byline("de", "Was Tee bewirkt", ("Medizinisch geprüft von: Dr. Eva Kern, Fachärztin für Pneumologie",
           "Letzte Aktualisierung: 04.05.2025"), (("Eva Kern", "reviewer"),)),
    Byline("de", "Schnarchen", ("Apothekenblatt-Redaktion", "04.05.2025"), published="2025-05-04"),
)  # fmt: skip

_TEXTS = {"en": _ENGLISH, "zh": _CHINESE, "de": _GERMAN}
_CARDS = {
    "en": ("Medically reviewed by Hugo Stray, MD", "What a runny nose tells about the week to come"),
    "zh": ("审核：贾旁人 主任医师", "流鼻涕说明了什么问题，医生这样回答大家"),
    "de": ("Medizinisch geprüft von Dr. Hugo Stray", "Was eine laufende Nase über die kommende Woche verrät"),
}


def _paragraphs(byline: Byline, wrap: str = "<p>{}</p>") -> str:
    texts = list(_TEXTS[byline.language])
    if byline.quote:
        texts.insert(2, byline.quote)
    return "".join(wrap.format(text) for text in texts)


def _lines(byline: Byline, wrap: str) -> str:
    return "".join(wrap.format(line) for line in byline.lines)


def _cards(byline: Byline, count: int = 3) -> str:
    credit, title = _CARDS[byline.language]
    return "".join(
        f"<li class=css-1x><a href=/other/{n}><h3>{title} {n}</h3></a><p class=css-2y>{credit}</p></li>"
        for n in range(count)
    )


def _page(byline: Byline, content: str) -> str:
    data = {"@context": "https://schema.org", "@type": "MedicalWebPage", "headline": byline.title, **byline.data}
    script = (
        f"<script type='application/ld+json'>{json.dumps(data, ensure_ascii=False)}</script>" if byline.data else ""
    )
    menu = "".join(f"<li><a href=/s/{n}>Section {n}</a></li>" for n in range(15))
    closing = "".join(f"<p>{line}</p>" for line in byline.closing)
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{byline.title} | Fjord</title>{script}</head><body>"
        f"<header><nav><ul>{menu}</ul></nav></header>{content.replace('[closing]', closing)}"
        "<footer><p>Fjord Publishing. All rights reserved.</p></footer></body></html>"
    )


def paragraphs(byline: Byline) -> str:
    """Heading, byline and text as blocks."""
    return _page(
        byline, f"<main><h1>{byline.title}</h1>{_lines(byline, '<p>{}</p>')}{_paragraphs(byline)}[closing]</main>"
    )


def hashed_classes(byline: Byline) -> str:
    """Divs with classes made by a build; cards with reviewers of their own before and after the text."""
    return _page(
        byline,
        f"<div class=css-a1><h1 class=css-b2>{byline.title}</h1>"
        f"<div class=css-c3>{_lines(byline, '<div>{}</div>')}</div>"
        f"<ul class=css-q>{_cards(byline)}</ul><div class=css-d4>{_paragraphs(byline)}[closing]</div></div>"
        f"<section class=css-e5><h2>You may also like</h2><ul>{_cards(byline, 6)}</ul></section>",
    )


def side_bar(byline: Byline) -> str:
    """An article element beside an aside and an author box of somebody else."""
    credit, _ = _CARDS[byline.language]
    return _page(
        byline,
        f"<div class=layout><article><h1>{byline.title}</h1>{_lines(byline, '<span>{}</span><br>')}<div class=body>"
        f"{_paragraphs(byline)}</div>[closing]</article><aside><h4>Our team</h4><p>{credit}</p></aside></div>"
        f"<div class=comments><p>{credit}</p><p>Thank you for this, it helped me a lot when nothing did.</p></div>",
    )


def one_block(byline: Byline) -> str:
    """All of it in one block with line breaks, as old systems write it."""
    text = _paragraphs(byline, "{}<br><br>")
    return _page(
        byline, f"<div id=zoom><h1>{byline.title}</h1><div>{_lines(byline, '{}<br>')}{text}[closing]</div></div>"
    )


def table_layout(byline: Byline) -> str:
    """A table for layout, with a column of links."""
    return _page(
        byline,
        f"<table><tr><td><ul>{_cards(byline)}</ul></td><td><h1>{byline.title}</h1>{_lines(byline, '<div>{}</div>')}"
        f"{_paragraphs(byline)}[closing]</td></tr></table>",
    )


def spans(byline: Byline) -> str:
    """Everything in spans that style makes blocks of."""
    return _page(
        byline,
        f"<section><h1>{byline.title}</h1>{_lines(byline, '<div><span>{}</span></div>')}<div>"
        f"{_paragraphs(byline, '<span class=b>{}</span>')}</div>[closing]</section>",
    )


def named_classes(byline: Byline) -> str:
    """Classes that say what they are, as blog systems write them; cards of others with the same classes."""
    credit, title = _CARDS[byline.language]
    card = f"<div class=post-card><h3><a href=/o/1>{title}</a></h3><span class=author>{credit}</span></div>"
    return _page(
        byline,
        f"<article class=post><h1 class=entry-title>{byline.title}</h1><div class=entry-meta>"
        f"{_lines(byline, '<span class=byline>{}</span><br>')}</div><div class=entry-content>{_paragraphs(byline)}"
        f"</div>[closing]</article><div class=related-posts>{card * 3}</div>",
    )


FORMS: tuple[Callable[[Byline], str], ...] = (
    paragraphs,
    hashed_classes,
    side_bar,
    one_block,
    table_layout,
    spans,
    named_classes,
)


def cases() -> Iterator[tuple[str, Byline, bytes]]:
    """(form, byline, page) of every page."""
    for byline in BYLINES:
        for form in FORMS:
            yield form.__name__, byline, form(byline).encode()
