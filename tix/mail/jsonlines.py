"""Messages of other channels, a JSON object a line, as `templates/schemas/message.json` has them.

A message becomes what a parsed mail is, so that filing knows one kind of value.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO

from tix import channels, identity, ids, resources, text, times
from tix.channels import EMAIL
from tix.errors import suggestion
from tix.mail.attachments import safe_name
from tix.mail.forms import Form
from tix.mail.parsed import MAX_SIZE, MAX_SUBJECT, Address, Attachment, NotAMail, ParsedMail
from tix.mail.sources import KEPT_OF_TOO_LARGE, RawMail
from tix.settings import Settings

SCHEMA = "templates/schemas/message.json"
LONGEST_REASON = 300
_PIECE = 1 << 20
_HALF_PAIR = rb"\\u[dD][89a-fA-F]"
Data = dict[str, Any]


def form(settings: Settings) -> Form:
    """Return how lines of JSON are read on a desk."""
    check = _checker()

    def parse(raw: bytes, _: Collection[str] = ()) -> ParsedMail:
        data = _loaded(raw)
        check(data)
        return _message(data, settings)

    return Form(parse, "json", "message")


def schema() -> str:
    """Return the JSON Schema of a line."""
    return resources.read(SCHEMA)


def lines(file: BinaryIO, source: str) -> Iterator[RawMail]:
    """Yield the lines of a file, but for empty ones; of one that is too large, its start."""
    number = 0
    while first := file.readline(_PIECE):
        number += 1
        content, size = _line(file, first)
        if content.strip():
            yield RawMail(f"{source}:{number}", content, size)


def _line(file: BinaryIO, first: bytes) -> tuple[bytes, int]:
    content, size, piece = bytearray(first), len(first), first
    while not piece.endswith(b"\n") and (piece := file.readline(_PIECE)):
        size += len(piece)
        if size <= MAX_SIZE:
            content += piece
        else:
            del content[KEPT_OF_TOO_LARGE:]
    if size > MAX_SIZE:
        return bytes(content), size
    whole = bytes(content).rstrip(b"\r\n")
    return whole, len(whole)


def _checker() -> Callable[[Any], None]:
    # Only this import needs it.
    import fastjsonschema

    validate = fastjsonschema.compile(json.loads(schema()))

    def check(data: Any) -> None:
        try:
            validate(data)
        except fastjsonschema.JsonSchemaValueException as error:
            raise NotAMail(text.one_line(_wrong(error), LONGEST_REASON)) from None

    return check


def _wrong(error: Any) -> str:
    # `data.sender.phone must …` is `sender.phone must …` to whoever wrote the line.
    where = error.name.partition(".")[2]
    inside = f" in {where}" if where else ""
    if error.rule == "required":
        missing = [one for one in error.rule_definition if one not in error.value]
        return f"{missing[0]} is missing{inside}"
    if error.rule == "additionalProperties":
        known = error.definition["properties"]
        unknown = next(one for one in error.value if one not in known)
        return f"unknown key {unknown[:64]!r}{inside}: {suggestion(unknown[:64], known)}"
    if error.rule == "oneOf":
        return f"{where} has one of address, phone and handle"
    if error.rule == "pattern":
        return f"{where}: {error.value[:64]!r} is none. {error.definition['description']}"
    said: str = error.message
    return said.removeprefix("data.") if where else said.replace("data", "the line", 1)


def _loaded(raw: bytes) -> Any:
    try:
        data = json.loads(raw.decode("utf-8-sig"), parse_constant=_refused)
    except UnicodeDecodeError:
        raise NotAMail("it is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        # Of a JSONDecodeError the message alone, which names the column.
        raise NotAMail(f"it is no JSON: {text.one_line(str(error), LONGEST_REASON)}") from None
    return _whole(data) if re.search(_HALF_PAIR, raw) else data


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no value")


def _whole(data: Any) -> Any:
    """Return data in which halves of surrogate pairs, which no UTF-8 has, are replaced."""
    if isinstance(data, str):
        return data.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(data, list):
        return [_whole(one) for one in data]
    if isinstance(data, dict):
        return {_whole(key): _whole(one) for key, one in data.items()}
    return data


def _message(data: Data, settings: Settings) -> ParsedMail:
    channel = _channel(data["channel"], settings)
    attachments = tuple(_attachment(one, at) for at, one in enumerate(data.get("attachments", ())))
    if not (data["text"].strip() or attachments):
        raise NotAMail("it has neither a text nor attachments")
    thread = data.get("thread", "")
    moment = _time(data["time"])
    return ParsedMail(
        message_id=channels.message_id(channel, data.get("id") or derived_id(data)),
        derived=not data.get("id"),
        sender=_sender(channel, data["sender"]),
        reply_to=(),
        to=_to(data.get("to", ""), settings),
        cc=(),
        delivered_to=(),
        subject=text.one_line(data.get("subject", ""), MAX_SUBJECT),
        date=moment,
        received=None,
        in_reply_to=(channels.thread(channel, thread),) if thread else (),
        references=(),
        text=data["text"],
        text_from="plain",
        html=None,
        attachments=attachments,
        automatic="",
        authentication="",
        defects=(),
        language_hint=re.split("[-_]", data.get("language", ""))[0].lower(),
        channel=channel,
        ticket=data.get("ticket", ""),
    )


def derived_id(data: Data) -> str:
    """Name a message that has no id by all that its line says, in whatever order."""
    said = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"derived:{sha256(said.encode()).hexdigest()[:32]}"


def _channel(name: str, settings: Settings) -> str:
    if name == EMAIL:
        raise NotAMail("channel: mail is imported as mail, without --format jsonl")
    if name not in settings.channels:
        known = [one for one in settings.channels if one != EMAIL]
        raise NotAMail(f"unknown channel {name!r}: {suggestion(name, known)}")
    return name


def _sender(channel: str, data: Data) -> Address:
    ways: dict[str, Callable[[str], str]] = {
        "address": identity.address,
        "phone": identity.phone,
        "handle": lambda value: identity.handle(channel, value),
    }
    [(way, found)] = [(way, read(data[way])) for way, read in ways.items() if way in data]
    if not found:
        hint = ": write it as +48123456789" if way == "phone" else ""
        raise NotAMail(f"sender.{way}: {data[way]!r} cannot be answered{hint}")
    return Address(data.get("name", ""), found)


def _to(value: str, settings: Settings) -> tuple[Address, ...]:
    if not value.strip():
        return ()
    found = identity.read(value, settings.channels) or text.one_line(value, identity.LONGEST)
    return (Address("", found.translate(str.maketrans("<>", "()"))),)


def _time(value: str) -> datetime:
    try:
        return ids.day_of(times.parse(value.upper()))
    except ValueError:
        raise NotAMail(f"time: {value!r} is no time") from None


def _attachment(data: Data, at: int) -> Attachment:
    try:
        content = b64decode("".join(data["content"].split()), validate=True)
    except ValueError:
        raise NotAMail(f"attachments[{at}].content is no base64") from None
    kind = data.get("type", "application/octet-stream").lower()
    return Attachment(safe_name(data["name"]), kind, content)
