"""An entry: YAML front matter between two lines `---`, then the text to the end of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tix import times, yamltext
from tix.format.fields import Malformed, block, guarded, line, moment, number, text, texts
from tix.model import Attachment, Entry
from tix.problem import Problem
from tix.yamltext import Data

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-hjkmnp-tv-z]{8}")
KINDS = ("message", "note")
DIRECTIONS = ("in", "out")
FENCE = "---\n"
# The fields in the order of printing, and the attributes that hold them.
_KEYS = (
    *("kind", "by", "direction", "from", "to", "cc", "side", "subject", "date", "received"),
    *("message-id", "in-reply-to", "references", "answers", "channel", "language", "automatic"),
    *("authentication", "protection", "template", "redacted"),
)
_PRINTED = {one: "sender" if one == "from" else one.replace("-", "_") for one in _KEYS}


def parse(path: str, source: str) -> Entry | Problem:
    """Read an entry; its name is taken from its path."""
    if not source.startswith(FENCE):
        return Problem(path, 1, f"an entry starts with a line `---`{_windows(source)}")
    end = source.find(f"\n{FENCE}", len(FENCE) - 1)
    if end < 0:
        return Problem(path, 1, f"the front matter has no closing line `---`{_windows(source)}")
    head, body = source[len(FENCE) : end + 1], source[end + 1 + len(FENCE) :]
    name = path.rpartition("/")[2].removesuffix(".md")
    return guarded(path, head, lambda data: _entry(name, body, data), skip=1)


def _windows(source: str) -> str:
    if source.startswith("\ufeff"):
        return ": save the file without a byte-order mark"
    return ": save the file with LF line ends" if "---\r\n" in source else ""


def _entry(name: str, body: str, data: dict[str, Data]) -> Entry:
    date = moment(data, "date")
    if date is None:
        raise Malformed("date is missing: add a line `date: 2026-11-22T10:14:52Z`")
    return Entry(
        name=name,
        kind=_one_of(data, "kind", KINDS),
        date=date,
        text=body,
        by=text(data, "by"),
        direction=_one_of(data, "direction", ("", *DIRECTIONS)),
        sender=text(data, "from"),
        to=texts(data, "to"),
        cc=texts(data, "cc"),
        side=text(data, "side"),
        subject=text(data, "subject"),
        received=moment(data, "received"),
        message_id=text(data, "message-id"),
        in_reply_to=text(data, "in-reply-to"),
        references=texts(data, "references"),
        answers=text(data, "answers"),
        channel=text(data, "channel"),
        language=text(data, "language"),
        automatic=text(data, "automatic"),
        authentication=text(data, "authentication"),
        protection=text(data, "protection"),
        template=text(data, "template"),
        redacted=moment(data, "redacted"),
        attachments=_attachments(data),
        extra=data,
    )


def _one_of(data: dict[str, Data], key: str, known: tuple[str, ...]) -> str:
    value = text(data, key)
    if value not in known:
        choices = " or ".join(one for one in known if one)
        raise Malformed(f"{key} is {choices}, not {value!r}", key)
    return value


def _attachments(data: dict[str, Data]) -> tuple[Attachment, ...]:
    value = data.pop("attachments", [])
    if not isinstance(value, list):
        raise Malformed("attachments must be a list", "attachments")
    return tuple(_attachment(one, at) for at, one in enumerate(value))


def _attachment(value: Data, at: int) -> Attachment:
    if not isinstance(value, dict):
        raise Malformed(
            "an attachment is `{file: …, name: …, type: …, size: …}`", "attachments", at
        )
    file, name, kind = (text(value, key) for key in ("file", "name", "type"))
    if not re.fullmatch(r"files/[a-z0-9][a-z0-9.-]*", file):
        raise Malformed(f"attachment file {file!r} is not files/NAME", "attachments", at)
    try:
        size, redacted = number(value, "size"), moment(value, "redacted")
        return Attachment(file, name, kind, size, redacted, value)
    except Malformed as error:
        raise Malformed(f"attachment {error.message}", "attachments", at) from None


def render(entry: Entry) -> str:
    """Print an entry; `parse` is its exact inverse."""
    return "\n".join(["---", *_lines(entry), FENCE]) + entry.text


def _lines(entry: Entry) -> Iterator[str]:
    for key, attribute in _PRINTED.items():
        if value := getattr(entry, attribute):
            yield line(key, value)
    if entry.attachments:
        yield block("attachments", [_attachment_line(one) for one in entry.attachments])
    for key, data in entry.extra.items():
        yield f"{yamltext.scalar(key)}: {yamltext.flow(data)}"


def _attachment_line(attachment: Attachment) -> str:
    # The size stands plain, as in `size: 20480`: no reader takes a number for anything else. So
    # does a time.
    texts = (("file", attachment.file), ("name", attachment.name), ("type", attachment.type))
    pairs = [f"{key}: {yamltext.scalar(value, flow=True)}" for key, value in texts if value]
    pairs.append(f"size: {attachment.size}")
    pairs += [f"redacted: {times.text(attachment.redacted)}"] if attachment.redacted else []
    pairs += [
        f"{yamltext.scalar(key, flow=True)}: {yamltext.flow(one)}"
        for key, one in attachment.extra.items()
    ]
    return f"{{{', '.join(pairs)}}}"
