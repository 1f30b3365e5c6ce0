"""Bytes to text: which encoding a page is really in, by a vote of our own.

Declarations lie in both directions: GBK pages call themselves UTF-8 and the reverse, so a declaration is one voice
beside the bytes themselves. A byte-order mark decides; valid UTF-8 with multi-byte sequences decides (a chance of
about 1 in 1,000 per sequence for anything else); then candidates are decoded and weighed by how plausible their
non-ASCII characters are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

# WHATWG's habit: what is declared by an old name is read as its superset
_SUPERSETS = {
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb-2312": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-9": "windows-1254",
    "iso-8859-11": "windows-874",
    "tis-620": "windows-874",
    "utf8": "utf-8",
}
_PYTHON_NAMES = {"windows-874": "cp874"}
_UNDECLARED = (
    "gb18030",
    "big5hkscs",
    "cp932",
    "euc_jp",
    "cp949",
    "windows-1251",
    "windows-1252",
    "windows-1250",
    "koi8-r",
)

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]{2,40})")
_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{2,40})", re.IGNORECASE)
_NON_ASCII_RUN = re.compile(rb"[\x00-\x7f]{0,2}[\x80-\xff][\x30-\xff]*")
_BAD_UTF8 = "\ufffd"
_SAMPLE = 10_000
_DECLARED_BONUS = 0.25

# the most frequent characters of running text, simplified then traditional: any real Chinese page is full of them,
# a wrong decoding gives rare ones
_COMMON_HAN = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平"
    "形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程"
    "展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必"
    "战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打"
    "白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫"
    "且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精"
    "值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严病患症医药"
    "疗血食健康疾诊护肝肾胃肺痛炎治疗肤孕睡眠饮"
    "這個為來時們對會發產種後過說經學還應業關點與從體當開樣間問變條無將組見計別運農處隊給門規熱領東導器壓爭濟階術極聯認權證"
    "離華確張馬節話書復須際連斷難備辦習響約勞團歷構稱準號維劃選標寫親檢養專狀廠識適屬滿縣鐵價嚴醫藥療質氣實現電"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text and the encoding it was read in (a Python codec name)."""

    text: str
    encoding: str


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Text of a page. Never raises: what cannot be decoded becomes U+FFFD.

    `content_type` is the HTTP header of that name, with its charset if it has one.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(name, "replace"), name)
    wide = wide_encoding(body)
    if wide:
        return Decoded(body.decode(wide, "replace"), wide)
    declared = _declared(body, content_type)
    if body.isascii():
        # only ISO-2022 hides other characters behind ASCII bytes
        name = next((n for n in declared if n.startswith("iso-2022") and b"\x1b" in body), "utf-8")
        return Decoded(body.decode(name, "replace"), name)
    utf8 = body.decode("utf-8", "replace")
    if _is_utf8(body, utf8):
        return Decoded(utf8, "utf-8")
    best = max(
        dict.fromkeys((*declared, *_UNDECLARED)),
        key=lambda name: _plausibility(body, name) + (_DECLARED_BONUS if name in declared else 0.0),
    )
    return Decoded(body.decode(best, "replace"), best)


def wide_encoding(body: bytes) -> str | None:
    """The codec of UTF-16 text without a byte-order mark (every other byte of the markup is NUL), else None."""
    head = body[:400]
    half = len(head) // 2
    if half < 10:
        return None
    if head[1::2].count(0) > 0.6 * half and head[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.6 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _declared(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """Codecs that HTTP header, XML declaration and meta elements name, as Python knows them."""
    names = []
    if content_type and (match := _HTTP.search(content_type)):
        names.append(match[1])
    names += [m[1].decode("ascii") for m in (_XML.search(body[:300]), _META.search(body[:8192])) if m]
    return tuple(codec for name in names if (codec := _codec(name)))


def _codec(label: str) -> str | None:
    """Python's codec for a declared label, None where there is none (or none for text)."""
    name = _SUPERSETS.get(label.lower(), label.lower())
    name = _PYTHON_NAMES.get(name, name)
    try:
        "a".encode(name)
        b"a".decode(name, "replace")
    except (LookupError, UnicodeError, ValueError, AssertionError):
        return None
    # a page whose meta could be read as ASCII is in no 16-bit encoding, whatever it says
    return None if name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode", "unicode", "raw_")) else name


def _is_utf8(body: bytes, text: str) -> bool:
    """Whether the bytes are UTF-8, perhaps with a few damaged places (a truncated end, a pasted byte)."""
    bad = text.count(_BAD_UTF8) - body.count(b"\xef\xbf\xbd")
    if bad <= 0:
        return True
    good = sum(1 for char in text[: _SAMPLE * 5] if char > "\x7f") - text[: _SAMPLE * 5].count(_BAD_UTF8)
    return bad * 10 <= good


def _plausibility(body: bytes, name: str) -> float:
    """Mean plausibility of the non-ASCII characters of a sample in that encoding, about -2 to 1."""
    sample = b" ".join(match[0] for match in _NON_ASCII_RUN.finditer(body, 0, _SAMPLE * 10))[:_SAMPLE]
    text = sample.decode(name, "replace")
    total = count = 0.0
    before = " "
    for char in text:
        if char > "\x7f":
            total += _weight(char, before)
            count += 1
        before = char
    return total / count if count else 0.0


# (first, last, weight): what a block says about a decoding
_BLOCKS = (
    (0x80, 0x9F, -2.0),  # C1 controls
    (0xA0, 0xBF, 0.2),
    (0x2010, 0x2044, 0.5),
    (0x20AC, 0x20AC, 0.4),
    (0x2500, 0x25FF, -1.0),  # box drawing: koi8 and 8-bit pages misread
    (0x3000, 0x303F, 0.8),  # CJK punctuation
    (0x3040, 0x30FF, 0.9),  # kana
    (0x3400, 0x4DBF, -0.7),
    (0x4E00, 0x9FFF, 0.15),
    (0xAC00, 0xD7A3, 0.6),
    (0xE000, 0xF8FF, -2.0),  # private use
    (0xF900, 0xFAFF, -1.0),
    (0xFF01, 0xFF5E, 0.6),
    (0xFF61, 0xFF9F, -0.6),  # half-width kana: the mark of misread Shift_JIS
    (0xFFFD, 0xFFFD, -2.0),
)


def _weight(char: str, before: str) -> float:
    """What one non-ASCII character says for its decoding."""
    if char in _COMMON_HAN:
        return 1.0
    code = ord(char)
    if 0xC0 <= code <= 0x24F:
        # a Latin letter stands in a word of Latin letters; runs of accented letters are another alphabet misread
        if before.isascii():
            return 0.8 if before.isalpha() or char.islower() or char.isupper() else 0.2
        return -0.4
    if 0x400 <= code <= 0x45F:
        # a word goes on in lower case: koi8 and windows-1251 are each other with case turned round
        return 0.7 if char.islower() or not before.isalpha() else -0.3
    for first, last, weight in _BLOCKS:
        if first <= code <= last:
            return weight
    return -0.5 if code > 0xFFFF else 0.0
