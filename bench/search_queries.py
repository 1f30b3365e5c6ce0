"""The 500 fixed queries of `bench.search`: what people type, from the commonest word to one that few texts have.

The mix is fixed. Nothing is left out because it is slow: single Chinese characters and the commonest words stand
for their share of real queries, and every filter of the page occurs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from bench.search_data import DOCTORS, SEED, SOURCES, han_word, pools, word

Params = dict[str, str]

MIX = {
    "commonest English word": 10,
    "common English word": 30,
    "English word": 40,
    "rare English word": 20,
    "two English words": 45,
    "three English words": 35,
    "English phrase": 35,
    "one Han character": 25,
    "common Han word (2)": 30,
    "Han word (2)": 50,
    "Han word (4)": 35,
    "English and Chinese": 25,
    "word and source": 25,
    "word and doctor": 20,
    "word and year": 25,
    "word and language": 20,
    "excluding a word": 20,
    "no words, a source": 10,
}
"""How many of the 500 queries are of each kind.

Ranks of words (0 = most frequent): commonest 0 to 5, common 6 to 300, rare 30,000 to 60,000, any other word evenly
over the logarithm of 6 to 30,000. Phrases and Han words of four characters are taken from the texts, so they occur.
"""


def _rank(random_: random.Random, low: int, high: int) -> int:
    return int(low * (high / low) ** random_.random())


def queries() -> Iterator[tuple[str, Params]]:
    """The fixed queries: kind and parameters of the search page."""
    english, han = pools(random.Random(SEED))
    random_ = random.Random(SEED + 1)

    def en(low: int = 6, high: int = 30_000) -> str:
        return word(_rank(random_, low, high))

    def zh(low: int = 6, high: int = 30_000) -> str:
        return han_word(_rank(random_, low, high))

    def either() -> str:
        return en() if random_.random() < 0.5 else zh()

    def source() -> str:
        return f"Source {int(SOURCES * random_.random() ** 3) + 1}"

    def doctor() -> str:
        return f"Doctor {word(int(DOCTORS * random_.random() ** 3) + 1).title()}"

    def run(pool: list[str], length: int) -> list[str]:
        start = random_.randrange(len(pool) - length)
        return pool[start : start + length]

    def year() -> Params:
        first = random_.randint(2012, 2024)
        return {"since": str(first), "until": str(first + random_.randint(0, 2))}

    make: dict[str, Callable[[], Params]] = {
        "commonest English word": lambda: {"q": word(random_.randrange(6))},
        "common English word": lambda: {"q": en(6, 300)},
        "English word": lambda: {"q": en(300, 30_000)},
        "rare English word": lambda: {"q": en(30_000, 60_000)},
        "two English words": lambda: {"q": f"{en()} {en()}"},
        "three English words": lambda: {"q": f"{en()} {en()} {en()}"},
        "English phrase": lambda: {"q": f'"{" ".join(run(english, random_.randint(2, 3)))}"'},
        "one Han character": lambda: {"q": random_.choice(zh())},
        "common Han word (2)": lambda: {"q": zh(6, 300)},
        "Han word (2)": lambda: {"q": zh(300, 30_000)},
        "Han word (4)": lambda: {"q": "".join(run(han, 2))},
        "English and Chinese": lambda: {"q": f"{en()} {zh()}"},
        "word and source": lambda: {"q": either(), "source": source()},
        "word and doctor": lambda: {"q": either(), "doctor": doctor()},
        "word and year": lambda: {"q": either(), **year()},
        "word and language": lambda: {"q": en(), "lang": "en"} if random_.random() < 0.5 else {"q": zh(), "lang": "zh"},
        "excluding a word": lambda: {"q": f"{either()} -{either()}"},
        "no words, a source": lambda: {"source": source()},
    }
    for kind, times in MIX.items():
        for _ in range(times):
            yield kind, make[kind]()
