"""A quick look at a line: is it a byline's? Asked before the grammar reads any."""

from __future__ import annotations

import re

_BYLINE_LABEL = re.compile(
    r"(?:(?:medically |clinically |fact[- ])?(?:written|reviewed|checked|authored) by|by|von|par|por|oleh|text:"
    r"|text von)\s+(?=[A-ZÀ-Þ]|dr|prof)"
    r"|(?:(?:last )?(?:updated|published|reviewed)|aktualisiert|veröffentlicht|publié|mis à jour|publicado|actualizado"
    r"|atualizado|revisado|ditinjau|diperbarui)\b.{0,20}\d"
    r"|(?:作者|来源|來源|文|图文|圖文|撰文|审核|審核|審稿|记者|記者|发布时间|發佈時間|更新时间|更新日期)\s?[:：/／|｜]",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_DAY = re.compile(
    rf"\b{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[./]\d{{1,2}}[./]{_YEAR}\b|{_YEAR}\s?年\s?\d{{1,2}}\s?月"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.|er|º)? (?:de )?[^\W\d_]{{3,10}}\.?,? (?:de )?{_YEAR}\b"
    rf"|\b[^\W\d_]{{3,10}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}\b"
)


def is_byline_line(text: str) -> bool:
    """Whether a line names who or when as bylines do: a label and a name, or a day."""
    return len(text) <= 200 and (
        _BYLINE_LABEL.match(text) is not None or (len(text) <= 80 and _DAY.search(text) is not None)
    )
