"""Made-up words, as many and spread as in real mail: few come often, most hardly ever.

What an index costs depends on how many different words there are, and phrases alone have few: the
2,500 mails of a public archive hold 30,000, a dozen thousand of them once.
"""

from __future__ import annotations

import math
import random
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

SIZE = 8_000
# Half of all stories are shorter than this, in words; some are ten times as long.
MEDIAN, SPREAD, LONGEST = 45, 1.1, 1500
# Zipf's law: the second word comes half as often as the first, the third a third.
SENTENCE = 11


@lru_cache
def vocabulary(consonants: str, vowels: str) -> tuple[Sequence[str], Sequence[float]]:
    """Return words of these letters, and how often they come, added up from the first."""
    draw = random.Random(f"words {consonants} {vowels}")
    words: dict[str, None] = {}
    while len(words) < SIZE:
        syllables = draw.choices((1, 2, 3, 4), (1, 4, 4, 1))[0]
        words["".join(_syllable(draw, consonants, vowels) for _ in range(syllables))] = None
    return list(words), list(accumulate(1 / rank for rank in range(1, SIZE + 1)))


def _syllable(draw: random.Random, consonants: str, vowels: str) -> str:
    return draw.choice(consonants) + draw.choice(vowels) + draw.choice((*consonants, "", "", ""))


def story(draw: random.Random, letters: tuple[str, str]) -> str:
    """Return a paragraph of such words, as long as people write."""
    words, often = vocabulary(*letters)
    count = min(int(draw.lognormvariate(math.log(MEDIAN), SPREAD)), LONGEST)
    said = draw.choices(words, cum_weights=often, k=count)
    sentences = [" ".join(said[at : at + SENTENCE]) for at in range(0, count, SENTENCE)]
    return textwrap.fill(". ".join(one.capitalize() for one in sentences) + ".", 72)
