"""Is somebody with a mere 'Dr.' a clinician? What the text around a name says of it.

'Dr.', 'Professor', 主任 and 专家 are also the titles of lawyers, climate scientists and village directors: on the
development pages of news, all five people in bylines who had nothing but such a title were no clinicians.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from crawler.extract.byline.vocabulary import degree_key, vocabulary
from crawler.extract.words import primary
from db.records import Person, PersonKind

MAX_CHARS = 50_000
_LONG_TEXT = 1500
"""Characters; a shorter text need not say what it is about."""
_VERY_LONG = 3000
_WORDS_OF_LONG = 3
_ILLNESS_WORDS = 4
_AROUND = 200
_VAGUE = re.compile(
    r"(?:(?:dr|dra|prof|professor|doctor)\b\.?\s*)+|主任|专家|專家|教授|副教授|博士|所长|院长", re.IGNORECASE
)
_OFFICE = re.compile(
    r"(?:(?:associate|assistant|adjunct|emerit\w+|visiting|senior|clinical|lead|by|the)\s+)*"
    r"(?:prof|director|head|chair|fellow|chief|dean|president|leiter|direktor|diret|jef[ea]|chef d|doyen|consultant"
    r"|specialist|spezialist|especialista|spécialiste|ahli|coach|advis[eo]r|coordenador)",
    re.IGNORECASE,
)
_PROFESSOR = re.compile(r"\bprof(?:\b|ess)", re.IGNORECASE)
_ILLNESS = re.compile(
    r"\b(?:patients?|symptoms?|treatments?|disease|diagnos\w+|clinic\w*|surgery|therapy|infections?|medication|doctors?"
    r"|patient\w*|symptom\w*|behandlung\w*|erkrankung\w*|krankheit\w*|therapie\w*|medikament\w*|traitements?|maladies?"
    r"|symptômes?|médecins?|pacientes?|síntomas?|tratamiento|enfermedad\w*|sintomas|tratamento|doença\w*|pasien|gejala"
    r"|penyakit|pengobatan)\b|患者|症状|症狀|治疗|治療|疾病|诊断|診斷|手术|手術|药物|藥物|感染"
)
_HEALTH = re.compile(
    r"\b(?:health\w*|medic\w*|hospital\w*|nurs(?:e|es|ing)|pains?|painful|diets?|nutrition\w*|vitamins?|skin|blood|heart"
    r"|sleep\w*|muscles?|hormon\w*|cancers?|virus\w*|vaccin\w*|pregnan\w*|fevers?|coughs?|allerg\w*|asthma|diabetes|obes\w+"
    r"|stress|anxiety|depressi\w+|teeth|dental|kidney\w*|liver|lungs?|stomach|bowels?|immun\w+|weight|illness\w*|flu|remed\w+|bones?|joints?|knees?|throat|wounds?"
    r"|gesund\w*|arzt\w*|ärzt\w*|klinik\w*|kranken\w*|schmerz\w*|ernährung\w*|blut\w*|haut|herz\w*|schlaf\w*|krebs\w*"
    r"|impf\w*|schwanger\w*|fieber|husten|zähne|nieren?|leber|lunge\w*|magen\w*|darm\w*|praxis"
    r"|santé|médic\w+|hôpita\w+|douleurs?|sang|peau|cœur|sommeil|grossesse|fièvre|toux|foie|poumons?"
    r"|salud\w*|médic\w+|dolor\w*|sangre|piel|corazón|sueño|embarazo|fiebre|tos|hígado|pulmon\w*|riñon\w*|dieta"
    r"|saúde|dor(?:es)?|sangue|pele|coração|sono|gravidez|febre|tosse|fígado|rim|rins"
    r"|sehat|kesehatan|dokter|rumah sakit|nyeri|darah|kulit|jantung|tidur|kehamilan|demam|batuk|obat|gizi)\b"
    r"|[医醫病痛症药藥疗療癌]|健康|血压|血糖|睡眠|饮食|營養|营养|怀孕|皮肤|疫苗"
)
_CLINICAL = re.compile(
    r"\b(?:physicians?|surgeons?|general practitioners?|(?:ped|paed)iatricians?|obstetricians?|psychiatrists?|dentists?"
    r"|nurses?|(?:cardi|dermat|onc|neur|ur|gastroenter|endocrin|hemat|haemat|rheumat|pulmon|nephr|gynec|gynaec"
    r"|ophthalm|radi|anesthesi|anaesthesi|immun|epidemi|vir|path)ologists?|allergists?|hospitals?|clinics?"
    r"|medical (?:director|officer|center|centre|school|college)|chief of (?:medicine|surgery)"
    r"|\w*[aä]rzt(?:in|e|es)?|chirurg\w*|\w*klinik\w*|\w*krankenhaus\w*|praxis"
    r"|médecins?|chirurgien\w*|hôpita\w+|chu|clinique|médic[oa]s?|cirujan[oa]|cirurgiã\w*|hospital\w*|clínica|pediatra"
    r"|dokter|rumah sakit|spesialis)\b|医院|醫院|医生|醫生|医师|醫師|临床|門診|门诊|[内外妇儿眼]科",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:group leader|research(?:ers?|ed)?|scientists?|lecturers?|economists?|lawyers?|attorneys?|commissioner"
    r"|chief executive|ceo|spokes\w+|senators?|ministers?"
    r"|(?:bi|physi|soci|anthrop|archae|clim?at|ec|zo|ge|crimin)ologists?"
    r"|(?:associate |assistant )?professor of (?!medicine|surgery|psychiatry|p[ae]+diatrics)"
    r"|forsch\w+|wissenschaft\w+|jurist\w*|geschäftsführer\w*|vorstand\w*|leiter(?:in)?|chercheu\w+|juriste|ministre"
    r"|investigador\w*|abogad\w+|pesquisador\w*|advogad\w+|peneliti|pengacara|menteri)\b|研究员|研究員|律师|村|治安",
    re.IGNORECASE,
)


def is_vague(person: Person) -> bool:
    """Whether nothing but a title that others have, too, makes a clinician of somebody."""
    said = person.hospital or person.department or person.credentials
    return not said and all(_VAGUE.fullmatch(title) for title in (person.clinical_title or "").split(", "))


def is_proven(person: Person, language: str | None) -> bool:
    """Whether somebody is a clinician by a degree, a department or a title of medicine: a professor may be of anything.

    Asked where no label of a medical review vouches for a name.
    """
    degrees = vocabulary(language).degrees
    if person.department or any(degrees.get(degree_key(one)) for one in (person.credentials or "").split(", ")):
        return True
    titles = [one for one in (person.clinical_title or "").split(", ") if one]
    return any(is_clinical(one) or not _is_of_others(one) for one in titles)


def _is_of_others(title: str) -> bool:
    """Whether a title is also that of somebody who treats nobody."""
    patterns = (_VAGUE.fullmatch, _OFFICE.match, _PROFESSOR.search, _OTHER.search)
    return any(matches(title) is not None for matches in patterns)


def is_clinical(title: str) -> bool:
    """Whether a title is one that only those who treat patients have: no director's, no professor's."""
    return _CLINICAL.search(title) is not None


def speaks_of_illness(text: str) -> bool:
    """Whether a text has four different words of illness and treatment."""
    return len(set(_ILLNESS.findall(text[:MAX_CHARS].lower()))) >= _ILLNESS_WORDS


def is_other_profession(text: str, person: Person) -> bool:
    """Whether the paragraph around somebody's name tells of research, an office or the law, and of no clinical work."""
    words = person.raw or person.name
    place = text.find(words)
    if place < 0:
        return False
    before = text[max(0, place - _AROUND) : place].rpartition("\n")[2]
    after = text[place + len(words) : place + len(words) + _AROUND].partition("\n")[0]
    return _OTHER.search(f"{before} {after}") is not None and _CLINICAL.search(f"{before} {after}") is None


def _has_words(folded: str, wanted: int) -> bool:
    """Whether a text has so many different words of health; read no further than needed."""
    found = set()
    for match in chain(_HEALTH.finditer(folded), _ILLNESS.finditer(folded)):
        found.add(match[0])
        if len(found) >= wanted:
            return True
    return False


def without_other_doctors(people: Sequence[Person], text: str, language: str | None) -> tuple[Person, ...]:
    """The people of a byline; a mere 'Dr.' is no clinician over a long text that has hardly a word of health.

    Texts in languages without a table stay as they are: their words are not known.
    """
    doubted = [person for person in people if person.kind is PersonKind.CLINICIAN and is_vague(person)]
    if not doubted or len(text) < _LONG_TEXT or primary(language) is None:
        return tuple(people)
    if _has_words(text[:MAX_CHARS].lower(), _WORDS_OF_LONG if len(text) >= _VERY_LONG else 1):
        return tuple(people)
    return tuple(replace(one, kind=PersonKind.PERSON) if one in doubted else one for one in people)
