"""What of a line is believed where the rest of it reads like prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from crawler.extract.byline.findings import Finding
from crawler.extract.byline.people_han import is_han
from crawler.extract.byline.vocabulary import DATE_KINDS

_LOWER_WORD = re.compile(r"(?<![^\W_])[a-zà-ÿ]{2,}(?![^\W_])")


def believed(findings: list[Finding], lines: Sequence[str]) -> list[Finding]:
    """The findings of one line; where the rest of it reads like prose, only what has a label and a colon."""
    residual = " ".join(finding.residual for finding in findings if finding.residual)
    if not residual:
        return findings
    ends = lines[findings[0].piece.line].rstrip().endswith((*"。！？;；.!?",))
    prose = _is_prose(residual) or (ends and is_han(residual))
    sentence = ends and len(residual.split()) >= 5 and _LOWER_WORD.search(residual) is not None
    if not (prose or sentence):
        return findings
    doubted = Finding(replace(findings[0].piece, date=None), None, residual=residual)
    labelled = any(finding.firm or _is_signed(finding) for finding in findings)
    return [finding if _holds(finding, prose=prose, labelled=labelled, ends=ends) else doubted for finding in findings]


def _holds(finding: Finding, *, prose: bool, labelled: bool, ends: bool) -> bool:
    """Whether a finding is believed on a line whose rest reads like prose: `labelled` where another has its colon."""
    if finding.firm or (labelled and finding.piece.date is not None and not finding.piece.text):
        return True
    if _is_signed(finding):
        return True
    piece = finding.piece
    if piece.kind in DATE_KINDS and piece.date is not None and not piece.text and not ends:
        # 'Published on 2 May 2022 • ...': a label, its day and nothing between; a sentence would end in its dot
        return piece.date.precision not in ("month", "year")
    # 'Updated on 3 May 2021 to reflect new guidance.' keeps its date: short, and labelled.
    return bool(finding.piece.kind) and not prose


def _is_signed(finding: Finding) -> bool:
    """'Written by Dr Ann Roe, MBBS': a label of several words, clinicians by title or degree, and nothing else."""
    clinicians = bool(finding.drafts) and all(one.health and (one.titles or one.credentials) for one in finding.drafts)
    return clinicians and bool(finding.piece.kind) and " " in finding.piece.label and not finding.residual


def _is_prose(text: str) -> bool:
    """Three words in lower case, more than ten words, a post's @name, or a Chinese clause."""
    if is_han(text):
        return len(text) > 14 or any(sign in text for sign in "。！？，；,;?!")
    return len(_LOWER_WORD.findall(text)) >= 3 or len(text.split()) > 10 or "@" in text
