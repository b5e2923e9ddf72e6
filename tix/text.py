"""Texts from outside: made safe to store and to print, and folded for search."""

from __future__ import annotations

import re
import unicodedata

# These patterns are compiled when they are first used: start-up is what users feel.
#
# Bidirectional overrides and isolates can make a terminal or a diff show another order than the
# one stored (CVE-2021-42574). The marks take no room and tell a terminal nothing: direction marks
# in Persian and Hebrew mail, soft hyphens and zero-width spaces in newsletters. The joiners U+200C
# and U+200D belong to Persian and emoji and stay.
_OVERRIDES = "\u202a-\u202e\u2065-\u2069"
_MARKS = "\u00ad\u061c\u200b\u200e\u200f\u2060-\u2064\ufeff"
_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_CONTROL_IN_FIELD = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
_UNSAFE_ON_TERMINAL = f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{_OVERRIDES}{_MARKS}]"
# What many texts hold and str.isprintable does not count, no-break spaces and Persian's joiner too.
_HARMLESS = "\n\t\xa0\u200c"
_SLUG = r"[^a-z0-9.]+"

# What compatibility decomposition leaves whole, and the letters that Arabic and Persian share
# under two code points.
_FOLDED = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "ـ": None,
        "№": " ",
        "\u200c": None,
        "\u200d": None,
    }
)
LONGEST_WORD, MOST_WORDS = 32, 50_000
_IDEOGRAPH = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def is_visible(text: str) -> bool:
    """Tell at once that a text holds nothing but what is seen and harmless white space.

    True of nearly every text, and a tenth of what looking for control characters takes; where it
    is false there may still be none.
    """
    for harmless in _HARMLESS:
        text = text.replace(harmless, "")
    return text.isprintable()


def clean(text: str) -> str:
    """Return a text as entries store it: LF line ends, and one at the end where there is text;
    control characters as visible symbols.
    """
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    safe = unix if is_visible(unix) else re.sub(_CONTROL, _symbol, unix)
    whole = safe.rstrip("\n")
    return f"{whole}\n" if whole else ""


def one_line(text: str, limit: int = 500) -> str:
    """Return a text as a field holds it: one line, bounded, control characters visible."""
    line = " ".join(text.split())
    safe = line if line.isprintable() else re.sub(_CONTROL_IN_FIELD, _symbol, line)
    return safe[:limit].rstrip()


def printable(text: str) -> str:
    """Return a text that cannot steer a terminal: escapes and overrides become visible, marks
    that nobody sees are left out.
    """
    return re.sub(_UNSAFE_ON_TERMINAL, _shown, text)


def _shown(match: re.Match[str]) -> str:
    return "" if re.match(f"[{_MARKS}]", match[0]) else _symbol(match)


def slug(name: str, limit: int = 80) -> str:
    """Return an ASCII file name for a real one, its ending kept: at most `limit` bytes.

    Never empty, never hidden, never a path: `Rechnung Mai.PDF` becomes `rechnung-mai.pdf`.
    """
    plain = unicodedata.normalize("NFKD", name).translate(_FOLDED).encode("ascii", "ignore")
    safe = re.sub(_SLUG, "-", plain.decode().lower())
    stem, dot, ending = safe.strip("-.").rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 8:
        return re.sub(r"\.+", ".", safe.strip("-."))[:limit].strip("-.") or "file"
    kept = re.sub(r"\.+", ".", stem)[: limit - len(ending) - 1].strip("-.")
    return f"{kept or 'file'}.{ending}"


class _Folding(dict[int, str | None]):
    """What a character is folded to, worked out when it first comes up."""

    def __missing__(self, code: int) -> str | None:
        plain = unicodedata.normalize("NFKD", chr(code).translate(_FOLDED))
        self[code] = found = "".join(_folded(one) for one in plain) or None
        return found


def _folded(one: str) -> str:
    if ord(one) in _FOLDED:
        return _FOLDED[ord(one)] or ""
    if unicodedata.combining(one):
        return ""
    if one.isdigit():
        return str(unicodedata.digit(one))
    return f" {one} " if re.match(_IDEOGRAPH, one) else one


class _Words(dict[str, str]):
    """What words are folded to: most words of a text are those of the text before it."""

    def __missing__(self, word: str) -> str:
        found = word if word.isascii() else word.translate(_FOLDING)
        if len(word) <= LONGEST_WORD:
            if len(self) >= MOST_WORDS:
                self.clear()
            self[word] = found
        return found


_FOLDING = _Folding()
_WORDS = _Words()


def fold(text: str) -> str:
    """Fold a text for search: case, accents, dotted and dotless i, the Arabic and Persian forms of
    one letter, digits of any script and zero-width joiners make no difference; an ideograph is a
    word by itself.
    """
    lower = text.lower()
    if lower.isascii():
        return lower
    # Each character is folded for itself, so words can be.
    return " ".join(map(_WORDS.__getitem__, lower.split(" ")))


def fold_words(text: str) -> str:
    """Fold a text that is only asked for its words, as `fold` does; white space may change."""
    lower = text.lower()
    return lower if lower.isascii() else " ".join(map(_WORDS.__getitem__, lower.split()))


def ascii_domain(domain: str) -> str:
    """Return a mail domain as DNS knows it (IDNA 2008); empty for what can be none."""
    if domain.isascii() or len(domain) > 255:
        return domain if domain.isascii() else ""
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        return ""
