"""Invented articles: templates that many articles share, and single texts."""

from __future__ import annotations

import random


def organ_en(organ: str, adjective: str) -> tuple[str, str]:
    """An article of a template, as question sites have them: only the organ differs."""
    body = (
        f"{organ.capitalize()} calcification means that salts of calcium have settled in the tissue, mostly after an "
        "inflammation that healed without being noticed. It is found by chance when an ultrasound scan is made for "
        f"another reason. A single small spot in the {organ} needs no treatment, and nobody has to change what they "
        f"eat because of it. If the {adjective} values in the blood are raised as well, the family doctor will ask "
        "for a second scan after six months and compare the two pictures. Pain, fever or a loss of weight are reasons "
        "to go earlier. Drink enough, sleep enough, and bring the old findings with you to every appointment."
    )
    return f"What does {organ} calcification mean?", body


def organ_zh(organ: str) -> tuple[str, str]:
    """The same in Chinese."""
    body = (
        f"{organ}钙化一般是组织发炎愈合以后留下的痕迹，多半是在体检做超声时偶然看到的，本身没有什么感觉。"
        f"如果只有一个小点，{organ}的功能又正常，就不用吃药，也不必忌口，半年以后再查一次，把两次的片子放在一起比较就可以了。"
        "要是同时出现疼痛、发热或者体重下降，应当早一点到医院挂号，把以前的检查单都带上。"
        "平时注意多喝水，按时睡觉，少熬夜，不要自己随便买保健品来吃。"
    )
    return f"{organ}钙化是怎么回事？", body


def bulletin_en(day: int, seed: int) -> tuple[str, str]:
    """A daily bulletin: only the numbers differ."""
    number = random.Random(seed).randint
    body = (
        f"The health office of Harbour County counted {number(100, 999)} new cases of influenza on March {day}. "
        f"{number(10, 99)} people were taken to hospital and {number(10, 99)} went home. The two laboratories looked "
        f"at {number(1000, 9999)} samples, of which {number(100, 999)} were positive. The office asks everybody "
        "to wash their hands, to air rooms several times a day, and to stay at home with a fever. The next bulletin "
        "will be published tomorrow at noon on the notice board of the county and on its website."
    )
    return f"Harbour County flu bulletin, March {day}", body


def bulletin_zh(day: int, seed: int) -> tuple[str, str]:
    """The same in Chinese."""
    number = random.Random(seed).randint
    body = (
        f"临海县卫生部门通报，3月{day}日新增流感病例{number(100, 999)}例，住院{number(10, 99)}例，"
        f"出院{number(10, 99)}例。"
        f"两家实验室一共检测样本{number(1000, 9999)}份，其中阳性{number(100, 999)}份。"
        "卫生部门提醒大家勤洗手，多开窗，发热的时候留在家里休息，尽早接种疫苗。下一次通报明天中午在县政府网站公布。"
    )
    return f"临海县3月{day}日流感通报", body


def essay(seed: int, words: int = 300) -> str:
    """A text of its own: sentences of words drawn at random from a small language."""
    draw = random.Random(seed)
    syllables = ("ba", "ko", "li", "mu", "ne", "ri", "sa", "to", "ve", "zu")
    sentences: list[str] = []
    while words > 0:
        length = min(words, draw.randint(8, 20))
        words -= length
        sentence = " ".join("".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(length))
        sentences.append(sentence.capitalize() + ".")
    return " ".join(sentences)


def edited(text: str, share: float, seed: int) -> str:
    """A text with this share of its words changed to others, each to another one."""
    draw = random.Random(seed)
    words = text.split(" ")
    for place in draw.sample(range(len(words)), int(len(words) * share)):
        words[place] = "x" + "".join(draw.choices("aeioustr", k=7))
    return " ".join(words)


def essay_zh(seed: int, words: int = 300) -> str:
    """A Chinese text of its own, two characters for a word, drawn at random from 600."""
    draw = random.Random(seed)
    return "".join(
        "".join(chr(0x4E00 + 7 * draw.randrange(600)) for _ in range(2)) + ("。" if n % 12 == 11 else "")
        for n in range(words)
    )
