"""Cuts the lines of a byline into labelled pieces: 'Written by' + 'Jane Roe', a date, a bare text.

One line may hold several glued together ('Dec 03, 2025 Source: ... Dr. ...'), and a label may stand on
one line with its value on the next. A word is a label only where one can stand: at the start of a line,
after a separator, a date or a labelled value, or after a short run of capitalised words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.extract.byline.folding import fold
from crawler.extract.byline.names import capitalised
from crawler.extract.byline.vocabulary import DATE_KINDS, ROLE_KINDS, Vocabulary
from crawler.extract.clean import clean_line
from crawler.extract.dates import find_dates
from crawler.site import DateOrder
from db.records import Origin, PartialDate

MAX_LINE = 300
"""Longer lines are body text; only what stands before a heading glued into them is read."""

_SEPARATOR = re.compile(r"\s*(?:[|•●▪■◆‖»]|(?<!:)//|\s·\s|\t|\s[–—]+\s|\s-\s|\s/\s|^[\s>*·–—-]+|\s{2,})\s*")
_SOFT = re.compile(r"\s*(?:\s·\s|\s[–—]+\s|\s-\s|\s/\s)\s*")
_COLON = re.compile(r"\s*[:】]\s*")
_DATED = re.compile(r"\s*:?\s*\d{1,4}[\s./-]")
_BAR = re.compile(r"\s*[|/]\s*")
_EDGE = " \t,;，；、.。:：|·⋅∙•*()（）[]【】<>《》〈〉{}-–—/_=~&+#"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a line up to the next label, date or separator."""

    line: int
    text: str
    """Without the label, the date and the signs around."""
    kind: str | None = None
    """Kind of the label, else None."""
    label: str = ""
    colon: bool = False
    """The label has its colon, or the line to itself."""
    date: PartialDate | None = None
    """The date that closes the piece."""
    after: str | None = None
    """Kind of the label whose date stands right before this piece."""
    hard: bool = True
    """Stands at the start of a line or behind a separator other than a dash."""
    cut: bool = False
    """A heading closes the piece; what follows it on the line was left unread."""

    @property
    def empty(self) -> bool:
        """Nothing but a label."""
        return not self.text and self.date is None


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: str
    """'separator', 'soft', 'date', 'heading' or 'label'."""
    date: PartialDate | None = None
    label: str = ""


def pieces(
    lines: Sequence[str],
    words: Vocabulary,
    *,
    language: str | None,
    date_order: DateOrder | None,
    fetched_at: datetime,
) -> list[Piece]:
    """All pieces in order; lines that are too long for a byline give none."""
    found: list[Piece] = []
    for number, raw in enumerate(lines):
        line = clean_line(raw)
        if line is None:
            continue
        folded = fold(line)
        heading = _glued_heading(line, folded, words)
        if heading is None and len(line) > MAX_LINE:
            continue
        readable = line[:heading]
        dates = find_dates(
            readable,
            language=language,
            date_order=date_order,
            fetched_at=fetched_at,
            origin=Origin.BYLINE,
            future=True,
        )
        if heading and not (dates or words.labels.search(folded[:heading]) or words.prefixes.match(folded)):
            readable, heading = line, None
            if len(line) > MAX_LINE:
                continue
        found.extend(_cut(number, readable, folded[:heading], dates, words, whole=heading is None))
    return list(_carried(found))


def _glued_heading(line: str, folded: str, words: Vocabulary) -> int | None:
    """Where a heading such as 'Introduction' is glued into the line behind the byline, else None."""
    for heading in words.headings.finditer(folded, 1, MAX_LINE):
        rest = line[heading.end() :].lstrip(" :：")
        before, first = line[heading.start() - 1], line[heading.start()]
        if before in " 】])" and not first.islower() and (not rest or not rest[0].islower()):
            return heading.start()
    return None


def _marks(folded: str, dates: list[tuple[int, int, PartialDate]], words: Vocabulary) -> list[_Mark]:
    marks = [_Mark(start, end, "date", date=date) for start, end, date in dates if end <= len(folded)]
    marks += [_Mark(match.start(), match.end(), "label", label=match[0]) for match in words.labels.finditer(folded)]
    for match in _SEPARATOR.finditer(folded):
        marks.append(_Mark(match.start(), match.end(), "soft" if _SOFT.fullmatch(match[0]) else "separator"))
    return sorted(marks, key=lambda mark: (mark.start, -mark.end))


def _cut(
    number: int,
    line: str,
    folded: str,
    dates: list[tuple[int, int, PartialDate]],
    words: Vocabulary,
    *,
    whole: bool,
) -> Iterator[Piece]:
    piece, start = Piece(number, ""), 0
    cut: list[Piece] = []
    for mark in _marks(folded, dates, words):
        if mark.start < start:
            continue
        text = line[start : mark.start]
        if mark.kind == "label":
            end = _label_end(mark, folded, text, piece, words)
            if end is None:
                continue
            cut.append(replace(piece, text=_trimmed(text)))
            kind, label_end, colon = end
            piece = Piece(
                number,
                "",
                kind=kind,
                label=line[mark.start : mark.end],
                colon=colon,
                after=_after(cut),
                hard=piece.hard,
            )
            start = label_end
        elif mark.kind == "date":
            cut.append(replace(piece, text=_trimmed(text), date=mark.date))
            piece, start = Piece(number, "", after=piece.kind or "date", hard=False), mark.end
        else:
            cut.append(replace(piece, text=_trimmed(text)))
            piece, start = Piece(number, "", hard=mark.kind == "separator"), mark.end
    cut.append(replace(piece, text=_trimmed(line[start:]), cut=not whole))
    for index, found in enumerate(cut):
        if not found.empty or found.kind or (found.cut and index):
            yield found


def _after(cut: list[Piece]) -> str | None:
    """The kind of the date right before a label: 'Reviewed on <date> by ...'."""
    last = cut[-1]
    return last.after if last.empty and last.after else None


def _trimmed(text: str) -> str:
    """Without signs at its edges, but with the bracket or the dot that belongs to the last word."""
    bare = text.strip(_EDGE)
    if not bare:
        return ""
    start = text.index(bare)
    end = start + len(bare)
    for opening, closing in ("()", "（）", "《》", "[]"):
        if bare.count(opening) > bare.count(closing) and text[end : end + 1] == closing:
            end += 1
        if bare.count(closing) > bare.count(opening) and start and text[start - 1] == opening:
            start -= 1
    abbreviation = re.search(
        r"(?:\.(?:[^\W\d_]|[A-Z][a-z]{1,2})|(?<![^\W_])[^\W\d_]|\b(?:Jr|Sr|Dr|med|Inc|Ltd|Co))\Z", text[start:end]
    )
    if abbreviation and text[end : end + 1] == ".":
        end += 1
    return text[start:end]


# '副主任医师：' ends in a title, '附属医院：' in a hospital: not in a label.
_NEVER_GLUED = frozenset({"doctor", "expert", "hospital", "department", "title", "name"})


def _label_end(mark: _Mark, folded: str, left: str, piece: Piece, words: Vocabulary) -> tuple[str, int, bool] | None:
    """The label's kind, where its value begins and whether it has a colon; None where the word is no label here."""
    text = " ".join(mark.label.split())
    han = "\u3400" <= mark.label[0] <= "\u9fff"
    bare = left.strip(_EDGE)
    isolated = not bare
    match = _COLON.match(folded, mark.end)
    if mark.label[-1] in "/|、":
        match = re.compile("").match(folded, mark.end)
    if match is None and isolated and piece.colon and piece.kind not in DATE_KINDS:
        return None  # 'Author: Staff | ...': the value of the label before it
    # '文／王小明 審稿／李大明': who wrote has a bar for its colon, and so has who reviewed, glued to it
    barred = piece.kind in ROLE_KINDS and words.colon_kinds[text] in ROLE_KINDS
    open_left = isolated or (han and (barred or left.endswith((" ", "、"))))
    if match is None and open_left and words.colon_kinds[text] not in {"byline", "ignore"}:
        match = _BAR.match(folded, mark.end)
    rest = folded[mark.end :].strip(_EDGE)
    alone = isolated and not rest
    colon = bool(match) or alone
    dated = words.colon_kinds[text] in DATE_KINDS and _DATED.match(folded, mark.end) is not None
    glued = words.colon_kinds[text] not in _NEVER_GLUED and bool(match)
    if not (isolated or _stands_after(bare, left, piece, han=han, colon=glued, several=" " in text, dated=dated)):
        return None
    kind = words.kinds.get(text) if not match else None
    if colon and kind is None:
        kind = words.colon_kinds[text]
    if kind is None or (kind == "byline" and not isolated):
        return None
    if han and not colon and not _han_value(kind, folded[mark.end :], left, words, isolated=isolated):
        return None
    return kind, (match.end() if match else mark.end), colon


def _han_value(kind: str, rest: str, left: str, words: Vocabulary, *, isolated: bool) -> bool:
    """A Chinese label without colon needs a space, a number for a date, or a medium for a source behind it."""
    if not isolated and not left.endswith((" ", ")")):
        return False
    if kind in DATE_KINDS:
        return bool(re.match(r"\s*(?:于|於)?\s*\d|\s*民[國国]", rest))
    medium = kind == "source" and len(rest) <= 12 and rest.endswith(words.han.source_endings)
    return isolated and (rest.startswith((" ", "《")) or medium)


def _stands_after(bare: str, left: str, piece: Piece, *, han: bool, colon: bool, several: bool, dated: bool) -> bool:
    """Whether a label (of several words, with a day behind it) may follow this text on its line."""
    if piece.kind is None and re.search(r"[.!?。！？;；,，]\s", left):
        return False
    if han:
        return len(bare) <= 40 and (left[-1:] in " )）】》|、【[" or (colon and piece.kind is not None))
    if "\u3400" <= bare[-1] <= "\u9fff":
        return colon
    if several and piece.kind in ROLE_KINDS and (dated or left.rstrip()[-1:] in {",", ".", ";"}):
        return len(bare) <= 120  # 'Written by Ann Roe, journalist. Reviewed by ...', no label is a sentence's end
    return len(bare) <= 60 and capitalised(bare)


def _carried(found: list[Piece]) -> Iterator[Piece]:
    """Gives the value on the next line to the label that ends its own line."""
    carrying: Piece | None = None
    for index, piece in enumerate(found):
        last_of_line = index + 1 == len(found) or found[index + 1].line != piece.line
        if carrying is not None:
            first = piece.line != carrying.line
            if first and piece.kind is None and _fits(carrying, piece):
                yield replace(piece, kind=carrying.kind, label=carrying.label, colon=carrying.colon)
                carrying = None
                continue
            carrying = None
        if piece.kind and piece.empty and piece.colon and last_of_line and not piece.cut:
            carrying = piece
        yield piece


def _fits(label: Piece, value: Piece) -> bool:
    if label.kind in DATE_KINDS:
        dated = value.date is not None and not value.text
        return dated or (label.kind == "reviewed" and bool(value.text) and len(value.text) <= 60)
    if label.kind in ROLE_KINDS or label.kind in {"source", "editor", "title", "department", "hospital"}:
        return bool(value.text)
    return label.kind == "ignore" and bool(value.text) and len(value.text) <= 20
