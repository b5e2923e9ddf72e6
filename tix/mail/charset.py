"""Bytes to text, whatever charset is declared, and text that is safe to show."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from tix.text import is_visible

# What mail declares, as the codecs that read it: the declared one's superset first.
_WESTERN = ("cp1252",)
_ALIASES: dict[str, tuple[str, ...]] = {
    "us-ascii": (),
    "ascii": (),
    "ansi_x3.4-1968": (),
    "ansi_x3.110": _WESTERN,
    "ansi_x3.110-1983": _WESTERN,
    "default_charset": (),
    "unknown-8bit": (),
    "x-unknown": (),
    "x-user-defined": (),
    "binary": (),
    "8bit": (),
    "iso-8859-1": _WESTERN,
    "iso8859-1": _WESTERN,
    "iso_8859-1": _WESTERN,
    "latin1": _WESTERN,
    "latin-1": _WESTERN,
    "windows-1252": _WESTERN,
    "x-ansi": _WESTERN,
    "iso-8859-6-i": ("iso8859_6",),
    "iso-8859-6-e": ("iso8859_6",),
    "iso-8859-8-i": ("iso8859_8", "cp1255"),
    "iso-8859-8-e": ("iso8859_8", "cp1255"),
    "iso-8859-8": ("iso8859_8", "cp1255"),
    "iso-8859-9": ("cp1254",),
    "iso-8859-11": ("cp874",),
    "tis-620": ("cp874",),
    "windows-874": ("cp874",),
    "unicode-1-1-utf-7": ("utf_7",),
    "x-unicode-2-0-utf-7": ("utf_7",),
    "utf-7-imap": ("utf_7",),
    "unicode-1-1-utf-8": ("utf_8_sig",),
    "utf-8": ("utf_8_sig",),
    "utf8": ("utf_8_sig",),
    "unicode": ("utf_16",),
    "ucs-2": ("utf_16",),
    "gb2312": ("gb18030",),
    "gb_2312-80": ("gb18030",),
    "gbk": ("gb18030",),
    "x-gbk": ("gb18030",),
    "hz-gb-2312": ("hz",),
    "big5": ("cp950", "big5hkscs"),
    "x-x-big5": ("cp950", "big5hkscs"),
    "cn-big5": ("cp950", "big5hkscs"),
    "ks_c_5601-1987": ("cp949",),
    "ks_c_5601": ("cp949",),
    "ksc5601": ("cp949",),
    "euc-kr": ("cp949",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "shift-jis": ("cp932", "shift_jis_2004"),
    "sjis": ("cp932", "shift_jis_2004"),
    "x-sjis": ("cp932", "shift_jis_2004"),
    "x-ms-cp932": ("cp932",),
    "windows-31j": ("cp932",),
    "x-euc-jp": ("euc_jp", "euc_jis_2004"),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    "cp50220": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    "cp50221": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    "x-windows-iso2022jp": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    "utf8mb4": ("utf_8_sig",),
    "x-mac-roman": ("mac_roman",),
    "macintosh": ("mac_roman",),
    "x-macintosh": ("mac_roman",),
    "x-mac-cyrillic": ("mac_cyrillic",),
    "x-mac-ce": ("mac_latin2",),
    "x-mac-greek": ("mac_greek",),
    "x-mac-turkish": ("mac_turkish",),
    "x-cp1250": ("cp1250",),
    "x-cp1251": ("cp1251",),
    "koi8": ("koi8_r",),
    "koi8-ru": ("koi8_u",),
}
# Python calls these text encodings; no mail is written in them, and some take quadratic time.
_NOT_FOR_MAIL = {
    *("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"),
    *("charmap", "mbcs", "oem", "unicode-escape", "raw-unicode-escape"),
}
_SINGLE_BYTE_WEST = {"cp1252", "iso8859-15", "cp1250", "cp1254"}
_CANDIDATES = [
    *("utf_8", "cp1252", "cp1250", "cp1251", "koi8_r", "cp1254", "cp1253", "cp1255", "cp1256"),
    *("iso8859_2", "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp874"),
]
_BOMS = (
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
_ESCAPE = re.compile(rb"(\x1b(?:\$[@B]|\([BJI]))")
_GUESS_SAMPLE = 16 * 1024
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_VISIBLE = {
    **dict.fromkeys((*range(128, 160), *range(55296, 57344)), "�"),
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: "\u2421",
}
_LINE_BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+ *")


@lru_cache(maxsize=512)
def codecs_of(declared: str) -> tuple[str, ...]:
    """Python's codecs for a charset as mail names it, best first; none if it is unknown."""
    name = declared.strip().strip("\"'").lower().partition("*")[0]
    if name in _ALIASES:
        return _ALIASES[name]
    return tuple(filter(_is_text_codec, (name, _spelled_otherwise(name))))[:1]


def _spelled_otherwise(name: str) -> str:
    """`x-cp-850` and `cp-850` as `cp850`, `iso8859_2`-like spellings as Python's."""
    plain = re.sub(r"^x-", "", name)
    plain = re.sub(r"^(cp|windows|ibm|dos|win)[-_]?(?=\d)", "cp", plain)
    return re.sub(r"^iso[-_ ]?8859[-_ ]?(\d+)(-[ie])?$", r"iso8859_\1", plain)


def _is_text_codec(name: str) -> bool:
    if not name.isascii() or name in _NOT_FOR_MAIL:
        return False
    try:
        b"ab".decode(name)
        return codecs.lookup(name).name not in _NOT_FOR_MAIL
    except UnicodeError:
        return True
    except (LookupError, ValueError):
        return False


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Text of `data`, and what was mended on the way ('' for nothing)."""
    if data.isascii() and (not declared or codecs_of(declared) in ((), ("utf_8_sig",), _WESTERN)):
        return _ascii(data, declared)
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return data.decode(codec, "replace"), ""
    return _declared(data, declared) or _mended(data, declared)


def _ascii(data: bytes, declared: str) -> tuple[str, str]:
    """ASCII, unless it switches to Japanese with the escapes of RFC 1468."""
    if b"\x1b$" in data and not declared.lower().startswith("utf"):
        try:
            return data.decode("iso2022_jp_ext"), ""
        except UnicodeError:
            if (text := _windows_japanese(data)) is not None:
                return text, ""
    return data.decode("ascii"), ""


def _declared(data: bytes, declared: str) -> tuple[str, str] | None:
    for codec in codecs_of(declared) if declared else ():
        try:
            text = data.decode(codec)
        except (UnicodeError, ValueError):
            continue
        if codec in _SINGLE_BYTE_WEST and (better := _utf8(data)) is not None:
            return better, "mislabelled charset"
        return text, ""
    return None


def _mended(data: bytes, declared: str) -> tuple[str, str]:
    codecs_ = codecs_of(declared) if declared else ()
    if codecs_ == codecs_of("iso-2022-jp") and (read := _windows_japanese(data)) is not None:
        return read, ""
    mended = "bad characters" if codecs_ else "unknown charset"
    if (text := _utf8(data)) is not None:
        return text, mended
    if codecs_ == ("utf_8_sig",) or not codecs_:
        return _by_line(data), mended
    return data.decode(codecs_[0], "replace"), mended


def _windows_japanese(data: bytes) -> str | None:
    """ISO-2022-JP with the signs that Windows adds (circled digits, ㈱); None if it is not.

    Each pair of its bytes is one of Shift JIS, in another place.
    """
    pieces = _ESCAPE.split(data)
    if len(pieces) == 1:
        return None
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    try:
        made = [_SHIFTED.get(escape, _same)(piece) for escape, piece in pairs]
        return b"".join([pieces[0], *made]).decode("cp932")
    except ValueError:
        return None


def _same(piece: bytes) -> bytes:
    return piece


def _kana(piece: bytes) -> bytes:
    return bytes(one | 0x80 if 0x21 <= one <= 0x5F else one for one in piece)


def _pairs(piece: bytes) -> bytes:
    made = bytearray()
    letters = iter(piece)
    for row in letters:
        if row < 0x21:
            made.append(row)
            continue
        cell = next(letters, 0)
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x1F + (cell > 0x5F) if row % 2 else 0x7E)
        made += bytes((lead, min(trail, 255)))
    return bytes(made)


_SHIFTED = {b"\x1b$B": _pairs, b"\x1b$@": _pairs, b"\x1b(I": _kana}


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mostly_utf8(data: bytes) -> str | None:
    if (whole := _utf8(data)) is not None:
        return whole
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(not one.isascii() for one in text) - broken
    return text if broken * 4 <= sound else None


def _by_line(data: bytes) -> str:
    """Lines of UTF-8 as they are, be a letter of theirs cut off; the others in the one charset
    that fits them best.
    """
    lines = data.split(b"\n")
    decoded = [_mostly_utf8(line) for line in lines]
    codec = guess(b"\n".join(ln for ln, text in zip(lines, decoded, strict=True) if text is None))
    return "\n".join(
        line.decode(codec, "replace") if text is None else text
        for line, text in zip(lines, decoded, strict=True)
    )


def guess(data: bytes) -> str:
    """The codec that probably reads `data`; windows-1252 where nothing speaks for another."""
    high = sum(byte > 127 for byte in data[:_GUESS_SAMPLE])
    if high < 4:
        return "cp1252"
    from charset_normalizer import from_bytes

    found = from_bytes(data[:_GUESS_SAMPLE], cp_isolation=_CANDIDATES, enable_fallback=False)
    best = found.best()
    return best.encoding if best and best.encoding != "utf_8" else "cp1252"


def decode_raw(value: str, charset: str = "") -> str:
    """A header value that holds raw 8-bit bytes (as surrogates, RFC 6532 or older) as text."""
    if value.isascii() and "\x1b$" not in value:
        return value
    return decode(value.encode("utf-8", "surrogateescape"), charset)[0]


def clean(text: str) -> tuple[str, str]:
    """Text with LF line ends and control characters as visible symbols, and what was mended."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if is_visible(text) or not _UNSAFE.search(text):
        return text, ""
    return text.translate(_VISIBLE), "control characters"


def is_safe(text: str) -> bool:
    """Whether a line holds no control characters but white space."""
    return text.isprintable() or not _UNSAFE.search(_LINE_BREAKS.sub(" ", text))


def one_line(text: str, limit: int = 0) -> str:
    """`text` clean, on one line, stripped and bounded."""
    line = (text if text.isprintable() else _visible_line(text)).strip()
    return line[:limit].rstrip() if limit else line


def _visible_line(text: str) -> str:
    line = _LINE_BREAKS.sub(" ", text).strip()
    return line.translate(_VISIBLE) if _UNSAFE.search(line) else line
