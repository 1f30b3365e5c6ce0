"""The key that says whether two URLs are versions of one page.

A key is never fetched and never shown as an address: the fetched URL stays untouched beside it. Rules err on the side
of two keys for one page (the text comparison finds that) over one key for two pages (one would overwrite the other).
Written as data: the tables below, then the steps that apply them. docs/url-keys.md explains every rule.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from urllib.parse import quote, unquote

import idna

MOBILE_LABELS = re.compile(r"(?:www\d{0,2}|m|wap|3g|mobile|amp|touch)\Z")
"""First host labels that name another rendering of the same site."""

GENERIC_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "net", "org"})
"""'m.co.uk' and 'www.com.cn' are names of their own, not mobile versions of 'co.uk' and 'com.cn'."""

DEFAULT_PORTS = frozenset({"", "80", "443"})
"""Both, whatever the scheme: the key has no scheme."""

WRAPPERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:[\w.-]+\.)?cdn\.ampproject\.org/(?:[a-z]{1,2}/)(?:s/)?(?P<inner>.+)",
        r"[\w.-]+\.bing-amp\.com/(?:[a-z]{1,2}/)(?:s/)?(?P<inner>.+)",
        r"google\.[a-z.]{2,6}/amp/(?:s/)?(?P<inner>.+)",
        r"(?:web\.)?archive\.org/web/(?:\d{1,14}\*?(?:[a-z]{2}_)?/|\*/)?(?P<inner>https?:/.+)",
        r"(?:web\.)?archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?P<inner>.+)",
        r"archive\.(?:today|is|ph|li|md|fo|vn)/(?:[\w.-]+/){0,2}(?P<inner>https?:/.+)",
        r"webcache\.googleusercontent\.com/search\?q=cache:(?:[\w-]{6,}:)?(?P<inner>[^&+]+)",
    )
)
"""AMP caches and archives: host (already without www.), path and query; `inner` is the page they hold."""

TRACKING = frozenset(
    # campaign and click identifiers
    "_ga _gl _gac _kx _openstat awc cmp cmpid cndid dclid dm_i ef_id elqtrack elqtrackid epik esrc fbclid gad_source "
    "gad_campaignid gbraid gclid gclsrc guccounter icid igsh igshid int_cmp intcid irclickid ito li_fat_id mbid mc_cid "
    "mc_eid mibextid mkt_tok msclkid ncid ocid rcm s_cid s_kwcid smid smtyp soc_src soc_trk srsltid trk trkcampaign "
    "trkinfo ttclid twclid "
    "vero_conv vero_id wbraid wickedid xtor yclid ymclid zanpid _branch_match_id _hsenc _hsmi hss_channel "
    # where the reader came from
    "ref_ ref_src ref_url referer referrer original_referer __twitter_impression __tn__ __cft__ nr_email_referer "
    # the same article with a comment form open
    "replytocom "
    # AMP viewers
    "usqp amp_js_v amp_gsa wpamp noamp "
    # cache busters
    "_ _t _r cachebuster nocache nonce rand random rnd "
    # sessions
    "phpsessid jsessionid cfid cftoken oscsid zenid "
    # Chinese portals, WeChat, Weibo, Toutiao, Baidu, Bilibili, Xiaohongshu
    "spm scm pvid spm_id_from from_spmid from_source vd_source bd_vid bd_source_light eqid wfr hmsr hmpl hmcu hmkw "
    "hmci isappinstalled nsukey chksm scene subscene ascene clicktime enterid exportkey pass_ticket mpshare sharefrom "
    "shareuid sudaref tdsourcetag tt_from tt_medium ivk_sa plat_id unique_k buvid is_story_h5 winzoom poc_token "
    "xsec_token xsec_source xhsshare apptime appuid qq_aio_chat_type _wv _wwv req_id use_new_style".split()
)
"""Parameters that never choose the page; compared without regard to case."""

TRACKING_PREFIXES = (
    *("utm_", "ga_", "fb_", "hsa_", "mtm_", "pk_", "piwik_", "matomo_", "oly_", "__hs", "_bta_", "guce_", "elqtrack"),
    *(
        "action_object_map",
        "action_ref_map",
        "action_type_map",
        "at_campaign",
        "at_custom",
        "at_medium",
        "wt_mc",
        "wt_zmc",
    ),
    *("ns_campaign", "ns_fee", "ns_linkname", "ns_mchannel", "ns_source", "aspsessionid"),
    *("share_", "sharer_", "wxshare", "wx_share", "weixin_"),
)

RENDERINGS = (
    frozenset(
        (name, value)
        for name in ("outputtype", "output", "format", "view", "mode", "type", "layout")
        for value in ("amp", "print")
    )
    | frozenset((name, value) for name in ("amp", "print", "printable") for value in ("", "1", "true", "yes", "on"))
    | {("for", "pc")}
)
"""Parameters that only change how the page looks, with the values that do so."""

PLAIN_ID = re.compile(r"\d+\Z")
WEAK = {
    **dict.fromkeys("ref from source src via fr share sid sessionid session_id".split(), PLAIN_ID),
    **dict.fromkeys("t ts time timestamp".split(), re.compile(r"\d{1,8}\Z")),
    # Eleven characters are the id of a video, not the version of a page.
    "v": re.compile(r"\d{1,8}\Z|[\w-]{11}\Z"),
}
"""Names that are tracking on one site and the article's number on another: kept only with such a value."""

SESSION_SEGMENT = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\([ASF]\([^()/]*\)\)(?=/|\Z)", re.IGNORECASE)
DIRECTORY_INDEX = re.compile(r"/(?:index|default)\.[a-z]{2,5}\Z", re.IGNORECASE)
AMP_PATH = re.compile(r"(?<=[^/])/amp\Z|\A/amp(?=/[^/])|(?<=[^/])\.amp(?=\.s?html?\Z)|(?<=[^/])\.amp\Z")
FIRST_PART = re.compile(r"(?<![_/-]\d)(?<![_-]\d\d)(?<=[^/])_(?:1|all)(?=\.(?:s?html?|aspx?|jsp|php)\Z)")
"""'_1' and '_all' are the first page and the whole of a paged article; '2024_1_1.html' is a date and stays."""

SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?/{2,}|https?:/+", re.IGNORECASE)
BLANK = re.compile(r"[\x00-\x1f\x7f]+")
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PATH_SAFE = "%/:@!$&'()*+,;=-._~"
QUERY_SAFE = "%/?:@!$'()*,;-._~"
MAX_ROUNDS = 8
"""Archived archives of AMP caches exist; deeper nesting than this does not."""


def url_key(url: str, choosing: Collection[str] = ()) -> str:
    """The key of a URL: 'h.com/a?id=5' for 'https://www.h.com/a/?utm_source=x&id=5'.

    `choosing`: lower-case names of parameters that choose the page on this site, whatever the rules think of them.
    Two URLs with equal keys are versions of one page. The key is ASCII, has no scheme, userinfo, default port or
    tracking, and is its own key: url_key(url_key(u)) == url_key(u). Never raises: what is no URL gets some key too.
    Rule set: w3lib, courlan, url-normalize and Media Cloud compared (docs/url-keys.md); percent encoding and dot
    segments after RFC 3986 section 6.2.
    """
    key = _reduce(url, choosing)
    for _ in range(MAX_ROUNDS):
        again = _reduce(key, choosing)
        if again == key:
            break
        key = again
    return key


def _reduce(url: str, choosing: Collection[str]) -> str:
    """One application of all rules."""
    text = SCHEME.sub("", BLANK.sub("", url).strip().replace("\\", "/"), count=1)
    rest, _, fragment = text.partition("#")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    host = _host(authority)
    path = _path(slash + path)
    inner = _unwrap(f"{host}{path}?{query}" if query else f"{host}{path}")
    if inner is not None:
        return inner
    kept = "&".join(sorted(_parameters(query, choosing)))
    hashbang = fragment.partition(":~:")[0] if fragment.startswith("!") else ""
    return "".join(
        (
            host,
            _without_renderings(path),
            "?" + kept if kept else "",
            "#" + _percent(hashbang, PATH_SAFE + "?") if hashbang else "",
        )
    )


def _unwrap(address: str) -> str | None:
    for wrapper in WRAPPERS:
        found = wrapper.match(address)
        if found:
            return found["inner"]
    return None


def _host(authority: str) -> str:
    """Host in ASCII without www and its like, with the port where it is not a default one."""
    netloc = authority.rpartition("@")[2]
    if netloc.startswith("["):  # IPv6
        name, _, port = netloc.partition("]")
        name, port = name.lower() + "]", port.removeprefix(":")
        return _percent(name, "[]:.%") + (":" + _percent(port, "%") if port not in DEFAULT_PORTS else "")
    name, _, port = netloc.partition(":")
    labels = ascii_host(name).split(".")
    while (
        len(labels) > 2
        and MOBILE_LABELS.match(labels[0])
        and (len(labels) > 3 or labels[1] not in GENERIC_SECOND_LEVEL)
    ):
        del labels[0]
    return ".".join(labels) + (":" + _percent(port, ":%") if port not in DEFAULT_PORTS else "")


def ascii_host(name: str) -> str:
    """A host name as it is looked up: lower case, IDNA (UTS 46), no root dot. Never raises."""
    name = unquote(name).lower()
    if not name.isascii():
        # No name that could be looked up falls through the except: it keeps its letters, percent-encoded.
        with suppress(idna.IDNAError, UnicodeError):
            name = ".".join(_ascii_label(label) for label in idna.uts46_remap(name).split("."))
    return quote(name.strip("."), safe="-._~!$&'()*+,;=", errors="replace")


def _ascii_label(label: str) -> str:
    return label if not label or label.isascii() else idna.alabel(label).decode("ascii")


def _percent(text: str, safe: str) -> str:
    """Escapes in upper case, none where the character is unreserved, one wherever a character may not stand."""

    def plain(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in UNRESERVED else found[0].upper()

    # A lone '%' stands for itself and must not join what follows it once that is unescaped.
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return quote(ESCAPE.sub(plain, text), safe=safe, errors="replace")


def _path(path: str) -> str:
    """Percent encoding, double slashes, dot segments and session ids settled; no trailing slash."""
    segments: list[str] = []
    for segment in _percent(SESSION_SEGMENT.sub("", path), PATH_SAFE).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    return "/" + "/".join(segments) if segments else ""


def _without_renderings(path: str) -> str:
    while True:
        shorter = path
        for pattern in (DIRECTORY_INDEX, AMP_PATH, FIRST_PART):
            shorter = pattern.sub("", shorter)
        if shorter == path:
            return path
        path = shorter


def _parameters(query: str, choosing: Collection[str]) -> Iterator[str]:
    """The parameters that may choose the page, normalised."""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        while name.startswith("amp;"):  # '&amp;' copied out of markup
            name = name[4:]
        name = _percent(name.replace("+", "%20"), QUERY_SAFE)
        value = _percent(value.replace("+", "%20"), QUERY_SAFE + "=")
        if name and (name.lower() in choosing or not _is_noise(name.lower(), value)):
            yield f"{name}={value}" if value else name


def _is_noise(name: str, value: str) -> bool:
    if name in TRACKING or name.startswith(TRACKING_PREFIXES):
        return True
    if (name, value.lower()) in RENDERINGS:
        return True
    kept = WEAK.get(name)
    return kept is not None and not kept.match(value)
