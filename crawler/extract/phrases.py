"""The fixed phrases that sites set around and between the parts of an article, by purpose, as tables.

Lower case, without final colons; one language after the other. A new language is a new line.
"""

from __future__ import annotations

import re


def _table(*rows: str) -> frozenset[str]:
    """The phrases of rows in which '|' parts them."""
    return frozenset(phrase.strip() for row in rows for phrase in row.split("|"))


SUMMARY_LABELS = _table(
    "introduction|intro|summary|abstract|brief introduction",
    "摘要|导语|导读|引言|简介|核心提示|内容摘要|内容提要|文章摘要|提要|概要|導語|導讀|簡介|內容摘要|核心提要",
    "einleitung|zusammenfassung|kurzfassung",
    "résumé|introducción|resumen|introdução|resumo|introduzione|sommario",
    "pendahuluan|ringkasan|はじめに|要約|概要",
)

CHAPTERS = _table(
    "conclusion|conclusions|methods|results|discussion|references|background|bibliography|methodology",
    "fazit|schluss|conclusión|conclusiones|conclusão|结论|结语|参考文献|方法|讨论",
)
"""Sections of a paper: where they follow, 'Introduction' is a chapter and stays in the body."""

END_LINES = _table(
    "related|related article|related articles|related post|related posts|related story|related stories|related news",
    "related content|related reading|related topics|related links|related questions|similar articles|similar questions",
    "view all|view more|see all|read more|read next|read also|more articles|more stories|more news|see also",
    "more from this author|more on this topic|more on this story|you may also like|you might also like|you may like",
    "recommended|recommended articles|recommended for you|recommended reading|recommended stories|recommendations",
    "popular articles|popular posts|latest articles|latest news|latest posts|trending|trending now|most read",
    "most popular|editor's picks|editors' picks|top stories|hot articles|hot topics|next article|previous article",
    "further reading|read this next|up next|what to read next|keep reading|more for you|more like this",
    "references|sources|bibliography|works cited|reader comments|readers' comments|user reviews|reviews",
    "参考资料|参考文献|参考来源|资料来源|文献来源|參考資料|參考文獻|資料來源|精选留言|留言|网友留言|读者留言|精選留言|讀者留言|讀者回應",
    "相似问题|相似問題|热门排行|排行榜|本周排行|本周排行榜|阅读排行|點閱排行|热点排行|健康热点|推荐医生|专家推荐|推薦醫師|名医推荐",
    "quellen|quellenangaben|quellenverzeichnis|literatur|literaturverzeichnis|références|bibliographie|referencias",
    "bibliografía|fuentes|referências|bibliografia|fontes|daftar pustaka|referensi|sumber|weiterlesen|mehr lesen",
    "comments|leave a comment|leave a reply|post a comment|about the author|about the authors|advertisement",
    "share this|share this article|share this post|share this story|newsletter|sign up for our newsletter",
    "相关文章|相关阅读|相关推荐|相关新闻|相关内容|相关问题|相关资讯|相关链接|相关报道|推荐阅读|推荐文章|热门文章|热门推荐|热点推荐|热门阅读",
    "为您推荐|为你推荐|猜你喜欢|您可能感兴趣|你可能感兴趣|延伸阅读|更多文章|更多阅读|查看更多|查看全部|查看更多文章|最新文章|上一篇|下一篇",
    "网友评论|发表评论|评论列表|分享到|精彩推荐|大家都在看",
    "相關文章|相關閱讀|相關新聞|推薦閱讀|推薦文章|熱門文章|延伸閱讀|你可能感興趣|猜你喜歡|查看更多內容|更多新聞",
    "関連記事|関連ニュース|あわせて読みたい|おすすめ記事|人気記事|관련기사|관련 기사|추천 기사|많이 본 뉴스",
    "ähnliche artikel|verwandte artikel|verwandte themen|weitere artikel|weitere themen|mehr zum thema|zum thema",
    "das könnte sie auch interessieren|das könnte dich auch interessieren|lesen sie auch|lesen sie mehr zum thema",
    "auch interessant|meistgelesen|kommentare|articles similaires|articles liés|à lire aussi|lire aussi",
    "sur le même sujet|vous aimerez aussi|artículos relacionados|noticias relacionadas|te puede interesar",
    "también te puede interesar",
    "lea también|ver más|ver todo|artigos relacionados|notícias relacionadas|leia também|leia mais|veja também",
    "saiba mais|artikel terkait|berita terkait|baca juga|lihat semua|selengkapnya|articoli correlati|leggi anche",
    "gerelateerde artikelen|lees ook|lees meer|powiązane artykuły|czytaj także|zobacz też|ilgili haberler",
    "ilgili yazılar|читайте также|похожие статьи|материалы по теме",
)
"""A line that is one of these ends the article."""

CLOSING_HEADINGS = _table(
    "about the author|about the authors|author|authors|article history|article information|medical review|review",
    "credits|editorial team|written by|reviewed by|medically reviewed by",
    "作者简介|作者介绍|作者|关于作者|專家簡介|作者簡介|關於作者",
    "über den autor|über die autorin|autor|autorin|zur person",
    "à propos de l'auteur|auteur|sobre el autor|sobre la autora|autor|autora|sobre o autor|sobre a autora|penulis",
)

_NOISE = (
    "share|tweet|print|e-?mail|save|listen|copy link|follow us|subscribe|sign up|log in|bookmark|like|reply|top",
    "facebook|twitter|x|whatsapp|linkedin|pinterest|instagram|telegram|reddit|wechat|weibo|messenger|flipboard|tumblr",
    "advertisement|advertising|anzeige|werbung|publicité|publicidad|publicidade|iklan|广告|廣告|広告|sponsored|skype",
    "分享|收藏|打印|举报|点赞|字号|纠错|复制链接|分享至|微信|微博|qq|朋友圈|扫一扫|大 ?中 ?小|(?:a[-+]? ?){2,4}",
    "teilen|drucken|merken|partager|imprimer|compartir|imprimir|compartilhar|bagikan|condividi|stampa|delen",
    r"share (?:on|this|via|with|to)\b.{0,40}|click to share.{0,40}|photo:?|image:?|loading.{0,5}|\W+",
    r"\d{1,3} ?(?:min(?:ute)?s?|分钟|minuten) ?(?:read|lesezeit|de lecture)?|skip to .{0,20}|back to top|previous next",
    r"\d+ ?(?:views?|comments?|shares?|likes?|次浏览|人阅读|阅读)",
    r"(?:views?|阅读|浏览|阅读量|浏览量|浏览次数|点击)\s?[:：]\s?\d+",
)
_NOISE_LINE = re.compile("|".join(_NOISE), re.IGNORECASE)

_DISCLAIMER = re.compile(
    "(?:"
    + "|".join(
        (
            "disclaimer|medical disclaimer|legal (?:notice|disclaimer)|copyright|©|all rights reserved",
            "免责声明|免責聲明|版权声明|版權聲明|声明：|特别声明|郑重声明|本文仅供参考|本文内容仅供参考|以上内容仅供参考",
            "(?:本文)?转载请注明|未经授权|haftungsausschluss|avertissement :|aviso legal|descargo de responsabilidad",
        )
    )
    + ")",
    re.IGNORECASE,
)


def is_summary_label(text: str) -> bool:
    """Whether a line is the label of an introduction or abstract."""
    return bare(text) in SUMMARY_LABELS


def is_end(text: str) -> bool:
    """Whether a line is a heading or link under which other articles begin."""
    return len(text) <= 60 and bare(text) in END_LINES


def is_closing_heading(text: str) -> bool:
    """Whether a line stands over what is said of an article and its author below it."""
    return bare(text) in CLOSING_HEADINGS


def is_noise(text: str) -> bool:
    """Whether a line is a share button, a counter or an advertisement's label."""
    return len(text) <= 80 and _NOISE_LINE.fullmatch(text.strip(" :：>»…|·•-")) is not None


def is_disclaimer(text: str) -> bool:
    """Whether a last paragraph is the site's (copyright, disclaimer) rather than the article's."""
    return _DISCLAIMER.match(text) is not None


def bare(text: str) -> str:
    """A line as it stands in the tables: lower case, no punctuation or arrows around it."""
    return text.casefold().strip(" \t:：>»›→…|·•-–—【】[]()（）《》<«#*.!")
