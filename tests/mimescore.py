"""What is read of a mail, compared with what another parser's tests say that it holds.

The cases are pairs of a mail and a JSON of its parts, as stalwart's mail-parser writes them.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tix.mail.charset import decode
from tix.mail.parse import parse
from tix.mail.parsed import ParsedMail

UNREAD = "\ufffd"
CHECKS = ("sender", "subject", "text", "names", "contents")


class Case(NamedTuple):
    """One mail and what is expected of it."""

    category: str
    name: str
    raw: bytes
    expected: dict[str, Any]


class Difference(NamedTuple):
    """What another says of a mail, and what was read."""

    case: str
    check: str
    expected: object
    found: object


def cases(folder: Path) -> Iterator[Case]:
    """Read the cases below a folder, a subfolder for each category."""
    for path in sorted(folder.glob("*/*.eml")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        yield Case(path.parent.name, path.stem, path.read_bytes(), expected)


def differences(case: Case) -> list[Difference]:
    """Compare one mail with what its JSON says; what that does not say is not compared."""
    found = parse(case.raw)
    expected = case.expected
    pairs = {
        "sender": (_sender(expected), _read_sender(found)),
        "subject": (_subject(expected), found.subject),
        "text": (_missing(expected, found), []),
        "names": (_all(_name, expected), [(one.name, one.type) for one in found.attachments]),
        "contents": (_all(_content, expected), [one.content for one in found.attachments]),
    }
    name = f"{case.category}/{case.name}"
    return [
        Difference(name, check, *pair)
        for check, pair in pairs.items()
        if pair[0] is not None and not _same(*pair)
    ]


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, list):
        return len(expected) == len(found) and all(
            _same(one, other) for one, other in zip(expected, found, strict=True)
        )
    if isinstance(expected, tuple):
        return all(_same(one, other) for one, other in zip(expected, found, strict=True))
    if isinstance(expected, str) and isinstance(found, bytes):
        return _same(_plain(expected), _plain(decode(found)[0]))
    if isinstance(expected, str) and UNREAD in expected:
        # The JSON does not say which letter stands there.
        pattern = re.escape(expected).replace(UNREAD, ".{1,2}")
        return bool(re.fullmatch(pattern, found, re.DOTALL))
    if isinstance(expected, bytes):
        # The JSON was made of mails with other line ends.
        return expected.replace(b"\r\n", b"\n") == found.replace(b"\r\n", b"\n")
    # None stands for what the JSON does not tell.
    return expected is None or bool(expected == found)


def _header(part: dict[str, Any], name: str) -> Any:
    found = [one["value"] for one in part["headers"] if one["name"] == name]
    return found[0] if found else None


def _sender(expected: dict[str, Any]) -> tuple[str, str] | None:
    value = _header(expected["parts"][0], "from")
    if not isinstance(value, dict):
        return None
    listed = value["Address"].get("List") or value["Address"]["Group"][0]["addresses"]
    one = listed[0] if listed else {}
    return (one.get("name") or "", (one.get("address") or "").lower())


def _read_sender(found: ParsedMail) -> tuple[str, str]:
    return tuple(found.sender) if found.sender else ("", "")


def _subject(expected: dict[str, Any]) -> str | None:
    value = _header(expected["parts"][0], "subject")
    return " ".join(value["Text"].split()) if isinstance(value, dict) else None


def _missing(expected: dict[str, Any], found: ParsedMail) -> list[str]:
    """The texts that are not in what was read, whatever the white space."""
    whole = _plain(found.text)
    words = set(re.findall(r"\w+", found.text))
    missing = []
    for at in expected["text_body"]:
        body = expected["parts"][at]["body"]
        if "Text" in body and not _holds(whole, _plain(body["Text"])):
            missing.append(body["Text"])
        elif "Html" in body and not words >= set(_words(body["Html"])):
            missing.append(body["Html"])
    return missing


def _holds(whole: str, text: str) -> bool:
    if UNREAD not in text:
        return text in whole
    return bool(re.search(re.escape(text).replace(UNREAD, ".{1,2}"), whole))


def _plain(text: str) -> str:
    return "".join(text.split())


def _words(source: str) -> list[str]:
    visible = re.sub(r"(?s)<(style|head|title|script)\b.*?</\1>|<!--.*?-->", " ", source)
    return re.findall(r"\w+", html.unescape(re.sub(r"(?s)<[^<>]*>", " ", visible)))


def _all(make: Callable[[dict[str, Any]], Any], expected: dict[str, Any]) -> list[Any]:
    return [make(expected["parts"][at]) for at in expected["attachments"]]


def _name(part: dict[str, Any]) -> tuple[str, str] | None:
    kind, placed = (_structured(part, one) for one in ("content_type", "content_disposition"))
    named = _attribute(placed, "filename") or _attribute(kind, "name")
    if "Message" in part["body"]:
        return None
    type_ = f"{kind['c_type']}/{kind['c_subtype']}".lower() if kind else "text/plain"
    return (" ".join((named or "").split()), type_)


def _structured(part: dict[str, Any], name: str) -> dict[str, Any]:
    value = _header(part, name)
    return value["ContentType"] if isinstance(value, dict) else {}


def _attribute(value: dict[str, Any], name: str) -> str:
    pairs = value.get("attributes") or []
    return next((one["value"] for one in pairs if one["name"] == name), "")


def _content(part: dict[str, Any]) -> bytes | str | None:
    body = part["body"]
    held = body.get("Binary") or body.get("InlineBinary")
    return bytes(held) if held else body.get("Text") or body.get("Html")
