"""What pages say that hold no article: gone, behind a login, behind a check for robots; as tables by language."""

from __future__ import annotations

import re

from lxml import html


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_THING = "(?:page|article|content|story|post)"
_GONE = (
    "(?:(?:does not|doesn[’']t|no longer) exists?|(?:is|was) (?:not|no longer) available"
    "|has been (?:removed|deleted|moved)|(?:could not|cannot|can[’']t) be found)"
)

SOFT_404 = _pattern(
    r"^(?:error )?404\b.{0,40}$|\b404 (?:error|not found)|page (?:was |could )?not (?:be )?found",
    r"not found$|^nothing found",
    rf"{_THING} (?:you (?:are|were)|you[’']re) looking for|{_THING} (?:you requested )?{_GONE}",
    r"^(?:oops|sorry)[!.,…]*\s.{0,60}\b(?:not|can[’']t|no)\b|^page not available|^error(?: \d{3})?$",
    "页面(?:不存在|未找到|找不到|已删除)|找不到(?:该|您|你|此)?.{0,8}(?:页面|网页|文章|頁面|網頁)",
    "(?:文章|内容|网页|页面)(?:不存在|已被?删除|已下线|已失效)",
    "抱歉.{0,15}(?:不存在|找不到|已删除|已刪除)",
    "頁面(?:不存在|未找到|找不到|已刪除)|ページが見つかりません|お探しのページ",
    "페이지를 찾을 수 없|존재하지 않는 페이지",
    "seite (?:wurde )?(?:leider )?(?:nicht gefunden|existiert nicht|konnte nicht gefunden)",
    "seite nicht (?:gefunden|verfügbar|vorhanden)|page (?:introuvable|non trouvée|inexistante)",
    "n[’']existe (?:pas|plus)$",
    "página no (?:encontrada|existe|disponible)|no se (?:ha )?encontr(?:ó|ado|a) la página",
    "página não (?:encontrada|existe|localizada)|halaman tidak ditemukan|pagina non trovata|pagina niet gevonden",
    "strona nie (?:istnieje|została znaleziona)|sayfa bulunamadı|страница не (?:найдена|существует)",
    "sidan (?:kunde inte hittas|finns inte)|siden (?:blev ikke fundet|ble ikke funnet|findes ikke)",
)

LOGIN_WALL = _pattern(
    "^(?:log ?in|sign ?in|login|register|anmelden|einloggen|connexion|se connecter|iniciar sesión|entrar)$",
    "^(?:登录|登入|用户登录|会员登录|ログイン|로그인)$",
    r"(?:please |you (?:must|need to|have to) (?:be )?)(?:log(?:ged)?|sign(?:ed)?)[ -]?in\b",
    "(?:log|sign) in to (?:continue|read|view|access)|(?:subscribe|register) to (?:continue|read|view)|members[ -]only",
    "请(?:先)?登录|請(?:先)?登入|登录后(?:查看|阅读|可见|才能)|登入後",
    "bitte (?:melden sie sich|loggen sie sich|einloggen)|veuillez vous (?:connecter|identifier)|connectez-vous",
    "inicia sesión para|faça login",
)

BOT_WALL = _pattern(
    "^(?:just a moment|attention required|access denied|are you a (?:human|robot)|security check|one more step)",
    "^(?:verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|pardon our interruption|request blocked)",
    "^(?:403 forbidden|forbidden)$|^(?:访问验证|安全验证|人机验证|请完成验证)",
)

NEEDS_SCRIPT = _pattern(
    r"(?:enable|activate|turn on|requires?|needs?|allow) (?:\w+ ){0,3}java ?script",
    r"java ?script (?:is|must be|to be) (?:required|disabled|enabled|turned)|without java ?script",
    "(?:启用|開啟|开启|打开|啟用|需要).{0,6}javascript|javascript.{0,10}(?:aktivieren|有効|사용)",
    "(?:activer|habilit\\w+|activ\\w+|attiv\\w+) (?:le |el |o )?javascript|включите javascript",
)
_FRAMES = "//*[self::div or self::main or self::section][@id='root' or @id='app' or @id='__next' or @id='__nuxt']"
_FRAME_TAGS = "//app-root"


def is_script_shell(tree: html.HtmlElement) -> bool:
    """Whether a page asks for JavaScript, or is the empty frame of an application that a script would fill."""
    for notice in tree.iter("noscript"):
        if NEEDS_SCRIPT.search(" ".join(notice.itertext())[:2000]):
            return True
    frames = tree.xpath(f"{_FRAMES} | {_FRAME_TAGS}")
    if any(not "".join(frame.itertext()).strip() for frame in frames):
        return True
    body = tree.find(".//body")
    text = " ".join((tree if body is None else body).itertext())[:5000] if len(tree) < 100 else ""
    return len(text) < 1500 and NEEDS_SCRIPT.search(text) is not None
