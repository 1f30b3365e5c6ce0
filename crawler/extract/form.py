"""Reading an article by the form of its text: title, byline lines, introduction, body, end.

Elements and class names play no part, so the same text gives the same article in divs, paragraphs, list items, spans,
a table, or one block with line breaks. What is needed is the page's lines in reading order (flow.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from crawler.extract.byline_line import is_byline_line
from crawler.extract.clean import title_key
from crawler.extract.flow import MARK, Line
from crawler.extract.phrases import CHAPTERS, bare, is_disclaimer, is_end, is_noise, is_summary_label

_HEADER_LIMIT = 20
_SENTENCE_END = re.compile(r"[.!?:;。！？：；…][\"'”’»)）】]?$")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_BYLINE_START = re.compile(
    r"(?:medically|clinically|fact|scientifically|expert)[- ]?(?:reviewed|checked)"
    r"|(?:last )?(?:updated|reviewed|modified)"
    r"|(?:written|reviewed|edited|authored|by)\b|published|posted|source|von |par |por "
    r"|作者|来源|來源|编辑|責任|责任|审核|發布|发布|更新|记者",
    re.IGNORECASE,
)
_LABELLED_SUMMARY = re.compile(r"([^:：\s][^:：]{1,20})[:：]\s*(.{20,})", re.DOTALL)
_BRACKETED_SUMMARY = re.compile(r"[【\[]([^】\]]{2,12})[】\]]\s*(.{20,})", re.DOTALL)
# "The detailed analysis is as follows:" opens bodies of unrelated sites, so it says nothing but: here begins a body
_STOCK_OPENING = re.compile(
    r"\banalys[ie]s (?:is|are) as follows\b|(?:分析|解答|介绍|原因|方法)如下[:：]?$", re.IGNORECASE
)
_CLOSING_LIMIT = 8
_STANDFIRST = 160
"""Characters; a longer paragraph over the byline is the article's first."""
_BELOW_STANDFIRST = 5
_MIN_BODY = 120
_AFTER_END = 0.5


@dataclass(frozen=True, slots=True)
class Form:
    """A page's text after its title, in parts."""

    header: tuple[str, ...]
    """Lines that may name source, people and dates."""
    summary: str | None
    rest: tuple[Line, ...]
    """Lines after the header (and the summary), up to where the article ends."""
    labelled: bool
    """Whether the summary stands under a label of its own."""
    ended: bool
    """Whether a line said that other articles begin."""


def find_title(lines: Sequence[Line], titles: Sequence[str]) -> int | None:
    """Index of the line that is the title: a heading that says so, else any line; None where there is none.

    `titles` are the page's possible titles, the likeliest first.
    """
    keys = [title_key(line.text) for line in lines]
    for title in titles:
        wanted = title_key(title)
        places = [i for i, key in enumerate(keys) if key == wanted] if wanted else []
        headings = [i for i in places if lines[i].heading in (1, 2)] or [i for i in places if lines[i].heading]
        if headings:
            return headings[0]
        # the last of a breadcrumb is the title, too; the title is the one that is followed by the article
        unlinked = [i for i in places if lines[i].linked < len(lines[i].text) / 2]
        if unlinked:
            return max(unlinked, key=lambda i: (sum(len(line.text) for line in lines[i + 1 : i + 12]) > 400, -i))
    return next((i for i, line in enumerate(lines) if line.heading == 1), None)


def read_form(lines: Sequence[Line]) -> Form:
    """The parts of the text that follows a title."""
    kept, ended = _until_end(lines)
    kept = [line for line in kept if line.tag != MARK]
    kept = [piece for line in kept for piece in _split_lead(line)]
    header_end = _header_end(kept)
    header = [line.text for line in kept[:header_end]]
    rest = kept[header_end:]
    below = _below_standfirst(rest)
    if below:
        header += [line.text for line in rest[1:below]]
        if len(rest[0].text) <= _STANDFIRST:
            return Form(tuple(header), rest[0].text, tuple(rest[below:]), False, ended)
        rest = [rest[0], *rest[below:]]
    summary, rest, labelled = _take_summary(rest)
    return Form(tuple(header), summary, tuple(rest), labelled, ended)


def closing_lines(form: Form, body: Sequence[str]) -> tuple[str, ...]:
    """Short lines at the end of the body and right after it, where many sites name author, editor or last review.

    They end at the first line that is a title's length of link: there other articles begin.
    """
    ends = list(islice(filter(is_prose, reversed(body)), 2))
    places = range(len(form.rest) - 1, -1, -1)
    last = next((number for number in places if form.rest[number].text in ends), None)
    if last is None:
        keys = [title_key(text) for text in ends]
        last = next((number for number in places if title_key(form.rest[number].text) in keys), None)
    if last is None:
        return ()
    found = []
    for line in form.rest[last + 1 : last + 1 + _CLOSING_LIMIT]:
        if is_prose(line.text) or (line.linked > 0.8 * len(line.text) and len(line.text) >= 25):
            break
        if len(line.text) <= 160:
            found.append(line.text)
    return tuple(found)


def is_prose(text: str) -> bool:
    """Whether a line is running text rather than a label, a heading or a byline."""
    if _BYLINE_START.match(text) and len(text) < 200:
        return False
    if len(text) >= 200:
        return True
    if len(_CJK.findall(text)) > len(text) / 3:
        return len(text) >= 25 and _SENTENCE_END.search(text) is not None
    return len(text) >= 60 and text.count(" ") >= 8 and _SENTENCE_END.search(text) is not None


def is_link(line: Line) -> bool:
    """Whether a line is nothing but a link with the length of a title."""
    return len(line.text) >= 25 and line.linked >= 0.9 * len(line.text)


def _until_end(lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """Lines up to the one under which other articles begin, and whether there is such a line."""
    sizes = [len(line.text) - line.linked if is_prose(line.text) else 0 for line in lines]
    end = _end_of([line.text for line in lines], sizes)
    return list(lines[:end]), end is not None


def _end_of(texts: Sequence[str], sizes: Sequence[int]) -> int | None:
    """Index of the line under which other articles begin; `sizes` are the characters of running text a line.

    Boxes of related articles stand in the middle of a text, too: the end has more text before it than after it.
    """
    before, after = 0, sum(sizes)
    for number, (text, size) in enumerate(zip(texts, sizes, strict=True)):
        if before >= _MIN_BODY and is_end(text) and after < before * _AFTER_END:
            return number
        before, after = before + size, after - size
    return None


def _split_lead(line: Line) -> list[Line]:
    """A line that begins with an introduction's label in an element of its own, as two."""
    if (
        line.lead
        and is_summary_label(line.lead)
        and line.text.startswith(line.lead)
        and len(line.text) > len(line.lead) + 20
    ):
        return [
            Line(line.lead, 0, 0, line.tag),
            Line(line.text[len(line.lead) :].strip(" :：\u3000"), line.linked, 0, line.tag),
        ]
    return [line]


def _header_end(lines: Sequence[Line]) -> int:
    """How many lines may belong to the byline: those before the first running text or introduction label."""
    for number, line in enumerate(lines[:_HEADER_LIMIT]):
        if is_summary_label(line.text) or _inline_summary(line.text) or is_prose(line.text):
            return number
    return min(len(lines), _HEADER_LIMIT)


def _below_standfirst(rest: Sequence[Line]) -> int | None:
    """Where the body begins if the first running text is a standfirst: the byline stands between it and the body.

    One paragraph, then a few lines of which one is a byline's, then running text again.
    """
    if len(rest) < 3 or is_summary_label(rest[0].text) or _inline_summary(rest[0].text):
        return None
    for number, line in enumerate(rest[1 : _BELOW_STANDFIRST + 2], start=1):
        if (
            is_summary_label(line.text)
            or _inline_summary(line.text)
            or (line.heading and not is_byline_line(line.text))
        ):
            return None
        if is_prose(line.text):
            found = number > 1 and any(is_byline_line(before.text) for before in rest[1:number])
            return number if found else None
    return None


def _inline_summary(text: str) -> str | None:
    """What follows an introduction's label on the same line: '摘要：...', '【导读】...', 'Introduction: ...'."""
    for pattern in (_BRACKETED_SUMMARY, _LABELLED_SUMMARY):
        match = pattern.match(text)
        if match and is_summary_label(match[1]):
            return match[2].strip()
    return None


def unlabelled(lines: Sequence[str]) -> str | None:
    """An introduction's lines as one, without the label that announces it; None where nothing is left."""
    texts = list(lines[1:] if lines and is_summary_label(lines[0]) else lines)
    text = " ".join(texts).strip()
    return (_inline_summary(text) or text) or None


def _take_summary(rest: list[Line]) -> tuple[str | None, list[Line], bool]:
    """The introduction, the lines after it, and whether a label announced it."""
    if not rest:
        return None, rest, False
    inline = _inline_summary(rest[0].text)
    if inline and len(rest) > 1:
        return inline, rest[1:], True
    if len(rest) > 2 and is_summary_label(rest[0].text) and not any(bare(line.text) in CHAPTERS for line in rest[1:]):
        return rest[1].text, rest[2:], True
    return None, rest, False


def article_lines(lines: Sequence[str]) -> list[str]:
    """Body lines without buttons and counters, and without the site's own words at the end."""
    kept = [text for text in lines if not is_noise(text)]
    kept = kept[: _end_of(kept, [len(text) if is_prose(text) else 0 for text in kept])]
    while len(kept) > 1 and (is_disclaimer(kept[-1]) or is_end(kept[-1])):
        kept.pop()
    return kept


def without_tail(lines: Sequence[Line]) -> list[Line]:
    """Lines up to the last running text, and a list's that goes on from it: what follows a body is the site's."""
    last = next((number for number in range(len(lines) - 1, -1, -1) if is_prose(lines[number].text)), None)
    if last is None:
        return list(lines)
    end = last + 1
    if lines[last].tag == "li" or lines[last].text.endswith((":", "：")):
        while end < len(lines) and lines[end].tag == "li" and 2 * lines[end].linked < len(lines[end].text):
            end += 1
    # short statements are the body's, too: 'Call the doctor.'
    while end < len(lines) and _SENTENCE_END.search(lines[end].text) and not _closes(lines[end]):
        end += 1
    return list(lines[:end])


def _closes(line: Line) -> bool:
    """Whether a short line is no statement of the body's."""
    text = line.text
    return (
        bool(_BYLINE_START.match(text)) or text[-1] in ":：" or line.linked > 0 or is_end(text) or text[0] in "(（【["
    )


def is_whole_text(body: Sequence[Line], *, announced: bool) -> bool:
    """Whether the lines after a header are an article and nothing else, so that they need no further choosing.

    Little of it is links, most of it is running text, and hardly a line is neither prose nor a heading over prose.
    `announced`: the text showed its form by an introduction's label, a named source or a named doctor.
    """
    size = sum(len(line.text) for line in body)
    if size < _MIN_BODY:
        return False
    linked = sum(line.linked for line in body) / size
    prose = sum(len(line.text) for line in body if is_prose(line.text)) / size
    if announced:
        return linked < 0.3 and prose > 0.5
    loose = sum(1 for i, line in enumerate(body) if not is_prose(line.text) and not _leads(body, i)) / len(body)
    return linked < 0.1 and prose > 0.8 and loose < 0.15


def is_announced(form: Form) -> bool:
    """Whether the text shows its form: by an introduction under its label, or by the stock phrase that opens a body."""
    return form.labelled or any(_STOCK_OPENING.search(line.text) for line in form.rest[:3])


def agree(form: Sequence[str], found: Sequence[str]) -> bool:
    """Whether another extractor's lines say the same as the form's: nearly all of one in the other, both ways.

    Then the form is taken, whose lines do not depend on the markup; so it is where the other found less than half.
    """
    mine, other = {title_key(line) for line in form}, {title_key(line) for line in found}
    size = sum(map(len, mine))
    shared = sum(map(len, mine & other))
    theirs = sum(map(len, other))
    return theirs < 0.5 * size or (shared >= 0.95 * theirs and shared >= 0.95 * size)


def longest_prose(lines: Sequence[Line]) -> tuple[int, int]:
    """Length and paragraphs of the longest stretch of running text that no link of a title's length interrupts.

    In Latin letters: a Chinese, Japanese or Korean character says as much as three.
    """
    longest = (0, 0)
    size = paragraphs = 0
    for line in lines:
        if line.linked > 0.8 * len(line.text) and len(line.text) >= 15:
            size = paragraphs = 0
        elif is_prose(line.text):
            size += len(line.text) - line.linked + 2 * (0 if line.text.isascii() else len(_CJK.findall(line.text)))
            paragraphs += 1
            longest = max(longest, (size, paragraphs))
    return longest


def _leads(body: Sequence[Line], number: int) -> bool:
    """Whether a short line stands over running text, as a heading does."""
    return number + 1 < len(body) and is_prose(body[number + 1].text)
