"""Words that say nothing about a text's subject, and spellings that are the same word.

Data of the guards only: no stored hash rests on them.
"""

from __future__ import annotations

import re
from functools import lru_cache

STOP_WORDS = frozenset(
    # English
    "a about after all also an and any are as at be been before being but by can could did do does during each either "
    "for from had has have he her here him his how i if in into is it its itself just may me might more most much must "
    "my no nor not now of on one only or other our out over own same shall she should so some such than that the their "
    "them then there these they this those through thus to too under until up upon us very was we were what when where "
    "whether which while who whom whose why will with would you your said says say new many often usually sometimes "
    "however therefore because although though since "
    # German
    "aber als am an auch auf aus bei bis da damit dann das dass dem den denn der des die dies diese dieser dieses doch "
    "du durch ein eine einem einen einer eines er es für gegen haben hat hatte ihr im in ist kann mehr mit nach nicht "
    "noch nur ob oder ohne sein sich sie sind so über um und uns unter vom von vor war weil wenn werden wie wir wird "
    "wurde zu zum zur "
    # French, Spanish, Portuguese, Italian
    "au aux avec ce ces cette dans de des du elle en est et il ils la le les leur mais ne nous on ou par pas plus pour "
    "que qui sa se ses son sont sur un une vous al como con del el ella entre era este esta fue ha hay las lo los más "
    "muy no para pero por se sin sobre su sus también y ao com da das do dos em mas na nas no nos os para pela pelo "
    "uma che di gli il nel non per sono "
    # Chinese particles, pronouns and the like
    "的 了 和 是 在 有 也 就 都 而 及 与 或 等 把 被 让 给 对 从 向 到 为 以 于 之 其 这 那 此 该 各 每 我 "
    "你 您 他 她 它 们 个 些 着 过 地 得 会 能 可 要 应 将 又 还 很 更 最 不 没 无 上 下 中 时 后 前 里 内 "
    "外 一 二 三 四 五 六 七 八 九 十 两 几 多 少 如 若 则 但 且 因 所 由 比 较 吗 呢 吧 啊 使 用 做 作 来 "
    "去 出 说 即 并 同 跟 种 类 次 点 年 月 日 号 天 周".split()
)
"""Words whose exchange never changes what a text is about."""

CALENDAR = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun "
    "januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi "
    "vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "lunes martes miércoles jueves viernes sábado domingo today yesterday tomorrow am pm".split()
)
"""Names of dates: they change like numbers do, from one edition to the next."""

DATE_UNITS = frozenset("年月日号號")
"""What stands behind the numbers of a Chinese date."""

MEASURES = frozenset(
    "mg mcg µg μg ug g kg ml l cl dl mmol iu mm cm kcal kj microgram micrograms milligram milligrams gram grams "
    "kilogram kilograms milligramm mikrogramm gramm kilogramm milliliter millilitre millilitres milliliters litre "
    "litres liter liters degrees degree celsius grad drops tropfen puffs hub tablet tablets tablette tabletten capsule "
    "capsules "
    "毫 微 克 升 斤 千 厘 片 粒 袋 滴 支 丸 次 度 喷 揿".split()
)
"""What stands behind the number of a dose or of something measured."""

_SYNONYMS = """
people persons individuals|doctor physician|women females|men males|kid child youngster|kids children youngsters
help assist aid|pain ache discomfort|tablets pills|medicine drug medication|medicines drugs medications
illness disease sickness|ill sick unwell|risk danger hazard|big large|small little|good fine|quick fast rapid
often frequently|begin start commence|begins starts commences|began started commenced|buy purchase|show demonstrate
shows demonstrates|need require|needs requires|use utilize employ|used utilized employed|get obtain receive
found discovered|lower reduce decrease|reduces decreases lowers|raise increase|raises increases|enough sufficient
wrong incorrect|right correct|hard difficult|easy simple|important essential|stop cease|try attempt|ask inquire
almost nearly|about around approximately|tired weary exhausted|belly tummy abdomen|patients clients|choose select
baby infant newborn|babies infants newborns|elderly aged|teenagers adolescents|eat consume|eating consuming
arzt mediziner|menschen personen leute|oft häufig|schon bereits|medikament medikamente arzneimittel
beginnen anfangen|auch ebenfalls|sofort umgehend|bekommen erhalten|kinder nachwuchs
wichtig bedeutsam|krankheit erkrankung|krankheiten erkrankungen|etwa ungefähr circa|schmerzen beschwerden
孩子 儿童 小孩 小朋友 宝宝|喝 饮 饮用|吃 食 食用|疼 痛 疼痛|医生 大夫 医师|药 药物 药品|服 服用|公斤 千克|厘米 公分
容易 易|经常 常常 时常|老人 老年人|女性 妇女 女人|男性 男人|妈妈 母亲|爸爸 父亲|看病 就医 就诊|立即 马上 立刻
必须 务必|非常 十分|减少 降低|增加 提高|帮助 有助|需要 需|可以 可|如果 假如|但是 不过|因为 由于|开始 起|出现 发生
引起 导致 造成|建议 推荐|注意 留意|重要 关键|大约 大概|睡觉 睡眠|休息 歇息|肚子 腹部|患者 病人 病患|疾病 病症
"""
"""Words that one editor writes where another one writes the next of the group: general language, no names."""

_GROUP_OF = {
    word: number for number, group in enumerate(re.split(r"[|\n]", _SYNONYMS.strip())) for word in group.split()
}


def synonyms(a: str, b: str) -> bool:
    """Whether two terms (folded, Han characters without spaces) are but two words for one thing."""
    return a in _GROUP_OF and _GROUP_OF[a] == _GROUP_OF.get(b)


_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"[’']", ""),
        (r"ä|æ|ae", "e"),
        (r"ö|œ|oe", "e"),
        (r"ü", "ue"),
        (r"ß", "ss"),
        (r"our(?=$|s$|ed$|ing$|al$|ful|able|ite|hood)", "or"),
        (r"([^aeiou])re(?=s?$)", r"\1er"),
        (r"is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)", "iz"),
        (r"ys(?=(?:e|es|ed|er|ers|ing)$)", "yz"),
        (r"ll(?=(?:ed|ing|er|ers)$)", "l"),
        (r"ph", "f"),
        (r"ogue$", "og"),
        (r"mme(?=s?$)", "m"),
        (r"ence$", "ense"),
        (r"(?<=..)(?:es|s|e)$", ""),
    )
)


@lru_cache(maxsize=50_000)
def spelling(word: str) -> str:
    """A folded word without what differs between British, American and plural spellings.

    'tumours' and 'tumor', 'oesophagus' and 'esophagus' are one; 'hypertension' and 'hypotension' stay two.
    """
    if word.isascii() and not word.isalpha():
        return word
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word
