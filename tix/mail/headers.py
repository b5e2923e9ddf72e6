"""The header of a mail: its fields, and what is in them."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator, KeysView
from datetime import UTC, datetime, timedelta
from email import utils
from email.message import Message
from functools import lru_cache

from tix.mail.charset import decode, decode_raw, one_line
from tix.mail.parsed import Address
from tix.mail.transfer import decode_base64

MAX_VALUE = 64 * 1024
MAX_FIELDS = 2_000
MAX_NAME = 200
MAX_ADDRESS = 320

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
# A whole field, or all the rest, which is none.
_WHOLE_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)|(.+)", re.DOTALL)
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?(.{0,4000}?)\?=", re.DOTALL)
_SIMPLE = re.compile(
    r'\s*(?:"([^"\\]*)"|([^"\\<>@,;:()\[\]]*?))\s*<([^\s<>@,;:()"]+@[^\s<>@,;:()"]+)>\s*'
)
# What stands before the one address in brackets is a name, another address too.
_NAMED = re.compile(r'\s*([^<>,"]*?|[^<>@"]*?)\s*<([^\s<>@,;:()"]+@[^\s<>@,;:()"]+)>\s*')
_UNBRACKETED = re.compile(r'\s*([^<>@,;:"()]+?)\s+([^\s<>@,;:()"]+@[^\s<>@,;:()"]+)\s*')
_BARE = re.compile(r'\s*([^\s<>@,;:()"]+@[^\s<>@,;:()"]+)\s*')
_SPECIAL = frozenset(",;:<>@()")
# Later versions of Python find no address at all in a field that they doubt; one mail has to be one
# ticket whatever Python reads it (email.utils.getaddresses).
_LENIENT = {"strict": False} if getattr(utils, "supports_strict_parsing", False) else {}
# What nearly every program writes; all else is left to the library.
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_USUAL_DATE = re.compile(
    r"\s*(?:[A-Z][a-z]{2},  ?)?([0-9]{1,2}) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ((?:19[7-9]|20[0-9])[0-9]) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([01][0-9]|2[0-3])([0-5][0-9])"
    r"(?: \([A-Z]{1,5}\))?\s*"
)


class Headers:
    """The fields of one header, unfolded, 8-bit bytes as surrogates; names ignore case.

    They are unfolded when they are asked for: most fields of a mail never are.
    """

    __slots__ = ("_all", "_fields")

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._all = fields
        self._fields: dict[str, list[str]] = {}
        for name, value in fields:
            self._fields.setdefault(name.lower(), []).append(value)

    def get(self, name: str) -> str:
        """The first field of this name, stripped; '' if there is none."""
        values = self._fields.get(name)
        return _unfolded(values[0]) if values else ""

    def all(self, *names: str) -> list[str]:
        """Every field of these names."""
        present = [name for name in names if name in self._fields]
        return [_unfolded(one) for name in present for one in self._fields[name]]

    def each(self, name: str) -> Iterator[str]:
        """Every field of this name, one after the other: for who may not want all."""
        return map(_unfolded, self._fields.get(name, ()))

    def in_order(self, *names: str) -> Iterator[tuple[str, str]]:
        """Every field of these names, with its name, as they stand in the mail."""
        for name, value in self._all if self._fields.keys() & names else ():
            if name.lower() in names:
                yield name.lower(), _unfolded(value)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def names(self) -> KeysView[str]:
        """The names of the fields that there are."""
        return self._fields.keys()

    def __bool__(self) -> bool:
        return bool(self._fields)


def read_fields(block: bytes) -> tuple[Headers, int]:
    """The fields at the start of `block`, and how many bytes they take."""
    found = _well_formed(block.decode("ascii", "surrogateescape"))
    return (Headers(found), len(block)) if found is not None else _read_lines(block)


def _well_formed(block: str) -> list[tuple[str, str]] | None:
    """The fields of a block that holds nothing else, each at one go; None where it does."""
    found = _WHOLE_FIELD.findall(block)
    if found and found[-1][2]:
        return None
    return [(name, value) for name, value, _ in found[:MAX_FIELDS]]


def _read_lines(block: bytes) -> tuple[Headers, int]:
    fields: list[tuple[str, list[str]]] = []
    taken = 0
    lines = block.split(b"\n")
    for number, line in enumerate(lines):
        text = line.decode("ascii", "surrogateescape").rstrip("\r")
        if field := _FIELD.match(text):
            fields.append((field[1], [field[2].strip()]))
        elif fields and _continues(text, lines[number + 1 : number + 2]):
            fields[-1][1].append(text.strip())
        elif not text.startswith(("From ", ">From ")):
            break
        taken += len(line) + 1
    folded = [(name, "\n".join(pieces)) for name, pieces in fields[:MAX_FIELDS]]
    return Headers(folded), min(taken, len(block))


def _unfolded(text: str) -> str:
    if "\n" not in text:
        return text.strip()[:MAX_VALUE]
    pieces = [one.strip() for one in text.split("\n")]
    return " ".join(filter(None, pieces))[:MAX_VALUE]


def _continues(text: str, following: list[bytes]) -> bool:
    """Whether a line goes on with the field above: folded, or torn off and followed by a field."""
    if text[:1] in (" ", "\t"):
        return True
    after = following[0].decode("ascii", "surrogateescape") if following else ""
    return bool(text and _FIELD.match(after))


def decode_words(value: str, charset: str = "") -> str:
    """`value` with its encoded words (RFC 2047) decoded, broken ones too."""
    value = value[: MAX_VALUE // 4]
    if "=?" not in value:
        return decode_raw(value, charset)
    pieces: list[tuple[str, bytes]] = []
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        if between.strip() or not pieces:
            pieces.append(("", between.encode("utf-8", "surrogateescape")))
        _add_word(pieces, word[1].partition("*")[0].lower(), _word_bytes(word))
        end = word.end()
    pieces.append(("", value[end:].encode("utf-8", "surrogateescape")))
    return "".join(decode(data, name or charset)[0] for name, data in pieces if data)


def _add_word(pieces: list[tuple[str, bytes]], charset: str, data: bytes) -> None:
    """Adjacent words of one charset are one string of bytes: senders split characters."""
    if pieces and pieces[-1][0] == charset:
        data = pieces.pop()[1] + data
    pieces.append((charset, data))


def _word_bytes(word: re.Match[str]) -> bytes:
    data = word[3].encode("utf-8", "surrogateescape")
    if word[2] in "bB":
        return decode_base64(data)[0]
    return a2b_qp(data.replace(b"\n", b""), header=True)


def addresses(values: list[str], charset: str = "") -> tuple[Address, ...]:
    """Every mailbox in these fields (RFC 5322, 3.4), in order, none twice."""
    return _addresses(tuple(values), charset) if values else ()


# The same people write again and again, and a sender is asked for more than once.
@lru_cache(maxsize=1024)
def _addresses(values: tuple[str, ...], charset: str) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for value in values:
        for name, address in _mailboxes(decode_raw(value[:MAX_VALUE], charset)):
            plain = _plain_address(address)
            if plain and plain not in found:
                found[plain] = Address(one_line(decode_words(name, charset), MAX_NAME), plain)
    return tuple(found.values())


def _mailboxes(value: str) -> list[tuple[str, str]]:
    if simple := _SIMPLE.fullmatch(value):
        return [(simple[1] or simple[2] or "", simple[3])]
    if bare := _BARE.fullmatch(value):
        return [("", bare[1])]
    value = value.replace("<mailto:", "<")
    if named := _NAMED.fullmatch(value) or _UNBRACKETED.fullmatch(value):
        return [(named[1].strip(" ,"), named[2])]
    if "=?" in value and '"' not in value:
        value = _WORD.sub(_quoted_word, value)
    try:
        found = utils.getaddresses([value], **_LENIENT)
        return [one for one in found if "@" in one[1]] or found
    except (ValueError, IndexError, RecursionError):
        return [("", bare[1]) for bare in _BARE.finditer(value)]


def _quoted_word(word: re.Match[str]) -> str:
    """An encoded word with a raw comma or bracket in it would be taken apart."""
    return f'"{word[0]}"' if _SPECIAL & set(word[3]) else word[0]


def _plain_address(address: str) -> str:
    plain = "".join(one_line(address).lower().split()).strip("<>'\"")
    return plain if len(plain) <= MAX_ADDRESS and "\ufffd" not in plain else ""


def date(value: str) -> datetime | None:
    """A date and time (RFC 5322, 3.3, and what is written for it) in UTC, to the second."""
    try:
        if usual := _USUAL_DATE.fullmatch(value):
            return _usual_date(usual)
        parts = utils.parsedate_tz(value[:500])
        if parts is None:
            return _iso_date(value)
        year, month, day, hour, minute, second = parts[:6]
        zone = parts[9] or 0
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return local - timedelta(seconds=zone if abs(zone) < 86_400 else 0)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _usual_date(date: re.Match[str]) -> datetime:
    day, month, year, hour, minute, second, sign, hours, minutes = date.groups()
    local = datetime(
        *(int(year), _MONTHS.index(month), int(day), int(hour), int(minute), min(int(second), 59)),
        tzinfo=UTC,
    )
    zone = timedelta(hours=int(hours), minutes=int(minutes))
    return local + zone if sign == "-" else local - zone


def _iso_date(value: str) -> datetime | None:
    moment = datetime.fromisoformat(value.strip())
    return (
        (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        .astimezone(UTC)
        .replace(microsecond=0)
    )


def received(headers: Headers) -> datetime | None:
    """The newest stamp of the Received fields, which are on top of each other (RFC 5321, 4.4)."""
    values = (value.rpartition(";") for value in headers.each("received"))
    stamps = (date(stamp) for _, mark, stamp in values if mark)
    return next((stamp for stamp in stamps if stamp), None)


@lru_cache(maxsize=512)
def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A structured field and its parameters, RFC 2231's forms included: do not change them."""
    holder = Message()
    holder.set_raw("x", value.replace("\r", "").replace("\n", " "))
    try:
        first, *rest = holder.get_params([], "x") or [("", "")]
    except (ValueError, LookupError, TypeError, AttributeError):
        return value.partition(";")[0].strip().lower(), {}
    found: dict[str, str] = {}
    # Of two forms the one that can hold any letter counts (RFC 6266, 4.3).
    for name, content in sorted(rest, key=lambda one: isinstance(one[1], str)):
        found.setdefault(name.lower(), _parameter(content))
    return first[0].strip().lower(), found


def _parameter(content: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(content, str):
        return content
    try:
        return decode(content[2].encode("latin-1"), content[0] or "")[0]
    except UnicodeEncodeError:
        return content[2]


def language(headers: Headers) -> str:
    """The primary tag of Content-Language (RFC 3282), '' if there is none."""
    value = headers.get("content-language")
    tag = re.match(r"\s*([A-Za-z]{2,3})(?=$|[-,;\s(])", value) if value else None
    return tag[1].lower() if tag else ""
