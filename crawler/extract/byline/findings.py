"""What one piece of a byline says, before it is known whether its line is a byline at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extract.byline.draft import Draft, Qualifier
from crawler.extract.byline.folding import fold
from crawler.extract.byline.names import capitalised
from crawler.extract.byline.people import has_title_behind_name, read_people, read_qualifiers, starts_with_title
from crawler.extract.byline.people_han import cards, is_han, read_card, read_people_han
from crawler.extract.byline.pieces import Piece
from crawler.extract.byline.qualifiers import classify
from crawler.extract.byline.sources import SourceValue, read_source
from crawler.extract.byline.vocabulary import DATE_KINDS, ROLE_KINDS, Vocabulary

_MAX_BARE_NAME = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """The reading of one piece."""

    piece: Piece
    kind: str | None
    """Kind of the label that counts: a reviewer's for 'Reviewed on <date> by ...'."""
    drafts: tuple[Draft, ...] = ()
    qualifiers: tuple[Qualifier, ...] = ()
    source: SourceValue | None = None
    editors: tuple[str, ...] = ()
    bare_name: str | None = None
    """A name that stands alone: somebody only if a title stands beside it."""
    residual: str = ""
    """Text that no rule explains."""
    noise: bool = False
    """A counter or a button, or nothing at all."""

    @property
    def firm(self) -> bool:
        """Holds even where the rest of its line reads like prose."""
        return self.piece.colon and self.piece.kind not in {None, "byline", "other_date", "ignore"}


def find(piece: Piece, words: Vocabulary) -> list[Finding]:
    """Reads one piece by the kind of its label; a doctor glued to a source is a finding of its own."""
    kind = _effective_kind(piece)
    text = _without_link(piece, words)
    if kind in ROLE_KINDS:
        return [_people(piece, kind, text, words)]
    if kind == "source":
        return _source(piece, text, words)
    if kind == "editor":
        return [_editors(piece, text, words)]
    if kind in {"title", "department", "hospital"}:
        return [_field(piece, kind, text, words)]
    if kind in DATE_KINDS:
        return [_dated(piece, kind, text, words)]
    if kind == "ignore":
        return [Finding(piece, kind, noise=True)]
    return [_unlabelled(piece, text, words)]


def _effective_kind(piece: Piece) -> str | None:
    if piece.kind == "byline" and piece.after == "reviewed":
        return "medical_reviewer"
    return piece.kind


def _without_link(piece: Piece, words: Vocabulary) -> str:
    """'Jane Roe' for 'Jane Roe on', where a date follows."""
    text = piece.text
    if piece.date is None:
        return text
    tokens = text.split()
    while tokens and words.links.fullmatch(fold(tokens[-1])) and not tokens[-1].endswith("."):
        tokens.pop()
    return " ".join(tokens).rstrip(" ,;:-–—|/")


def _people(piece: Piece, kind: str | None, text: str, words: Vocabulary) -> Finding:
    if not text:
        return Finding(piece, kind)
    if is_han(text):
        drafts, rest = read_people_han(text, words, pen_names=kind == "author")
    else:
        drafts, rest = read_people(text, words, labelled=True)
    weak = kind == "byline" or not (piece.colon or " " in piece.label or is_han(piece.label))
    if weak and not _is_byline(drafts, rest, words):
        return Finding(piece, kind, residual=f"{piece.label} {text}")
    if kind == "doctor" or words.clinicians.search(fold(piece.label)):
        for draft in drafts:
            draft.health = draft.health or not draft.organisation
    return Finding(piece, kind, drafts=tuple(drafts), residual=rest)


def _is_byline(drafts: list[Draft], rest: str, words: Vocabulary) -> bool:
    """'By' is followed by full names and nothing else: 'By Monday, the swelling ...' is a sentence."""
    if not drafts or (rest and not capitalised(rest)):
        return False
    if any(token in words.topics for draft in drafts for token in fold(draft.name).split() if not draft.health):
        return all(draft.organisation for draft in drafts)
    return all(len(draft.name.split()) > 1 or draft.health or draft.organisation for draft in drafts)


def _source(piece: Piece, text: str, words: Vocabulary) -> list[Finding]:
    if not text:
        return [Finding(piece, "source")]
    if starts_with_title(text, words):
        # 'Source: Dr. Ann Roe': whom the text is from is no publisher
        drafts, rest = read_people(text, words, labelled=False)
        if drafts and not rest:
            return [Finding(piece, "doctor", drafts=tuple(drafts))]
    source = read_source(text, words)
    if source is None:
        return [Finding(piece, "source", residual=text)]
    findings = [Finding(piece, "source", source=source)]
    if source.rest:
        glued = Piece(piece.line, source.rest, hard=False)
        findings.append(_unlabelled(glued, source.rest, words))
    return findings


def _editors(piece: Piece, text: str, words: Vocabulary) -> Finding:
    drafts, rest = read_people_han(text, words) if is_han(text) else read_people(text, words, labelled=True)
    return Finding(piece, "editor", editors=tuple(draft.name for draft in drafts), residual=rest)


def _field(piece: Piece, kind: str, text: str, words: Vocabulary) -> Finding:
    """'Hospital: ...': what the label says it is, as long as it is short."""
    if is_han(text):
        found, rest = read_card(text, words)
        known = [qualifier for name, qualifier in found if name != "name"]
        if known and not rest:
            return Finding(piece, kind, qualifiers=tuple(known))
    if kind == "title":
        known, rest = read_qualifiers(text, words)
        return Finding(piece, kind, qualifiers=tuple(known), residual=rest)
    plain = not words.han.not_in_hospitals.search(fold(text)) if is_han(text) else capitalised(text)
    if not text or len(text) > 60 or not plain:
        return Finding(piece, kind, residual=text)
    return Finding(piece, kind, qualifiers=(Qualifier(kind, text, health=kind == "department"),))


def _dated(piece: Piece, kind: str | None, text: str, words: Vocabulary) -> Finding:
    """The value of a date label is its date; 'Reviewed: Dr. ...' names a reviewer instead."""
    if not text or words.links.fullmatch(fold(text)) or words.noise.fullmatch(fold(text)):
        return Finding(piece, kind)
    if kind == "reviewed":
        found = _people(piece, "reviewer", text, words)
        if found.drafts and not found.residual and any(draft.health or draft.organisation for draft in found.drafts):
            return found
    found = _unlabelled(piece, text, words)
    return Finding(piece, kind, drafts=found.drafts, qualifiers=found.qualifiers, residual=found.residual)


def _unlabelled(piece: Piece, text: str, words: Vocabulary) -> Finding:
    folded = fold(text)
    if not text or words.noise.fullmatch(folded) or words.links.fullmatch(folded):
        return Finding(piece, None, noise=piece.date is None)
    if words.headings.fullmatch(folded):
        return Finding(piece, None, residual=text)
    return _unlabelled_han(piece, text, words) if is_han(text) else _unlabelled_latin(piece, text, words)


def _unlabelled_latin(piece: Piece, text: str, words: Vocabulary) -> Finding:
    if (starts_with_title(text, words) and fold(text) not in words.titles) or _name_with_degree(text, words):
        drafts, rest = read_people(text, words, labelled=False)
        if drafts and not rest and all(draft.health for draft in drafts):
            return Finding(piece, None, drafts=tuple(drafts))
    if answer := words.answers.search(fold(text)):
        found = _answer(piece, text[: answer.start()].strip(), text[answer.end() :].strip(" ,:"), words)
        if found:
            return found
    if text.lower().endswith(words.imprints) and capitalised(text):
        return Finding(piece, None, source=SourceValue(text, text, ""))
    known, rest = read_qualifiers(text, words)
    # Behind a dash what is not known is a place; on its own it may be anything.
    if known and (not rest or (not piece.hard and capitalised(rest))):
        return Finding(piece, None, qualifiers=tuple(known))
    bare = text if len(text.split()) <= _MAX_BARE_NAME and capitalised(text) else None
    return Finding(piece, None, bare_name=bare, residual=text)


def _answer(piece: Piece, name: str, rest: str, words: Vocabulary) -> Finding | None:
    """'Dr. Jane Roe replied Gastroenterology'."""
    if not words.prefixes.match(fold(name)):
        return None
    drafts, left = read_people(name, words, labelled=False)
    known, unknown = read_qualifiers(rest, words)
    if len(drafts) != 1 or left or unknown:
        return None
    for qualifier in known:
        drafts[0].apply(qualifier)
    return Finding(piece, "answerer", drafts=tuple(drafts))


def _name_with_degree(text: str, words: Vocabulary) -> bool:
    """'Jane Roe, MD' or 'Gao Wenli Chief Physician' without a label."""
    if has_title_behind_name(text, words):
        return True
    name, comma, rest = text.partition(",")
    first = rest.split(",")[0].strip()
    known = classify(first, words) if comma and first else []
    return bool(known) and known[0].kind in {"credential", "title"} and known[0].health and 2 <= len(name.split()) <= 6


_REPORTER = re.compile(
    r"^[\u4e00-\u9fff]{0,10}(?:记者|通讯员)\s*"
    r"(?P<name>[\u4e00-\u9fff·]{2,8}(?:[ 、][\u4e00-\u9fff·]{2,4})*)(?:/.{2,8})?$"
)
_PASSIVE = re.compile(r"^(?:本文|文章|本文章|内容|本?词条|本条目|本篇)?由\s*(?P<who>.{2,60}?)(?:进行|负责)?$")


def _unlabelled_han(piece: Piece, text: str, words: Vocabulary) -> Finding:
    if reporter := _REPORTER.match(fold(text)):
        drafts, _ = read_people_han(text[slice(*reporter.span("name"))], words)
        return Finding(piece, "author", drafts=tuple(drafts))
    if passive := _passive(piece, text, words):
        return passive
    found, rest = read_card(text, words)
    if not found or rest:
        source = _after_date(piece, text, words)
        return Finding(piece, None, source=source, residual="" if source else text)
    drafts, loose = cards(found)
    if drafts and not any(draft.health for draft in drafts):
        bare = drafts[0].name if len(found) == 1 else None
        return Finding(piece, None, bare_name=bare, residual=text)
    return Finding(piece, None, drafts=tuple(drafts), qualifiers=tuple(loose))


def _passive(piece: Piece, text: str, words: Vocabulary) -> Finding | None:
    """'本文由 ... 审核': the role stands behind the person."""
    folded = fold(text)
    for verb, kind in words.han.passive.items():
        if not folded.endswith(verb):
            continue
        match = _PASSIVE.match(folded, 0, len(text) - len(verb))
        if not match and kind != "answerer":
            continue
        found, rest = read_card(text[slice(*match.span("who"))] if match else text[: -len(verb)], words)
        drafts, _ = cards(found)
        if drafts and not rest and (match or drafts[0].health):
            return Finding(piece, kind, drafts=tuple(drafts))
    return None


def _after_date(piece: Piece, text: str, words: Vocabulary) -> SourceValue | None:
    """A Chinese medium without a label right behind the date: '2024-05-06 10:20 健康报网'."""
    if piece.after != "date" or len(text) > 16 or not fold(text).endswith(words.han.source_endings):
        return None
    return read_source(text, words)
