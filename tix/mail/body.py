"""The text of a mail and the files that came with it, from its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from tix.mail import calendar, forwarded, protection, uu
from tix.mail.attachments import attachment, is_attached, is_tnef
from tix.mail.charset import clean, decode
from tix.mail.flowed import unflow
from tix.mail.mime import Part, read
from tix.mail.parsed import Attachment, TooLarge

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_READABLE = frozenset(("text/plain", "text/html", "message/delivery-status"))
_STUB = re.compile(
    r"\bhtml\b.{0,200}(support|display|view|enable|read|format|browser|client|program)"
    r"|(support|display|view|enable|unterst|anzeig|affich|support|mostrar|obsług|wyświetl"
    r"|поддерж|отобра|destekle|görüntüle|پشتیبانی).{0,200}\bhtml\b",
    re.IGNORECASE | re.DOTALL,
)
_STUB_LENGTH = 300
# Forms of a text for some programs, beside the one that all know.
_OTHER_FORMS = frozenset(("text/x-amp-html", "text/watch-html"))
_PAGE = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_MOST_MAILS = 50
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_TAG = re.compile(r"<[^<>]*>")


class Text(NamedTuple):
    """A readable part; where it was HTML, `html` is its source and `text` is still to come."""

    text: str
    html: str | None = None
    defects: tuple[str, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether there is nothing to read."""
        return not (self.text if self.html is None else _TAG.sub("", self.html)).strip()

    def read(self) -> Text:
        """The same with its text; that is costly, so only what was chosen is read."""
        if self.html is None:
            return self
        # Few mails that are imported need it; those that do take longer than this import.
        from tix.mail.html import to_markdown

        text, simplified = to_markdown(self.html)
        return self._replace(text=clean(text)[0], defects=(*self.defects, simplified))


class Body(NamedTuple):
    """All that is to be read and kept of a mail, in order.

    `spare` is read where there is nothing else. `below` is read below the texts: what files say
    that mail programs show too. Until all is put together, `events` and `mails` are those files.
    """

    texts: tuple[Text, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    spare: tuple[Text, ...] = ()
    defects: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    events: tuple[tuple[bytes, str], ...] = ()
    mails: tuple[bytes, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether there is nothing to read."""
        return all(text.blank for text in self.texts)

    @property
    def bare(self) -> bool:
        """Whether no file is to be read."""
        return not (self.events or self.mails)


def body(mail: Part, depth: int = 0) -> Body:
    """The body of a whole mail; what is only of use without a text is used without one.

    `depth` says in how many others it lies.
    """
    found = _body(mail)
    below = () if found.bare else (*_events(found), *_mails(found, depth))
    spare = () if found.events and below else found.spare
    texts = spare if found.blank and spare else found.texts
    return found._replace(texts=tuple(text.read() for text in texts), below=below)


def _events(found: Body) -> Iterator[str]:
    """What its calendars say; many mails hold one of them twice."""
    read = (calendar.text_of(*one, described=found.blank) for one in found.events)
    yield from dict.fromkeys(one for one in read if one)


def _mails(found: Body, depth: int) -> Iterator[str]:
    read = (forwarded.text_of(one, depth + 1) for one in found.mails[:_MOST_MAILS])
    yield from (one for one in read if one)


def _body(part: Part, inline: bool = False) -> Body:
    if part.parts:
        return _multipart(part, inline)
    if is_tnef(part):
        return _wrapped(part)
    if part.type in _READABLE and not is_attached(part):
        text, files = _text_and_files(part)
        return Body((text,), files)
    if protection.is_opaque(part):
        return _opaque(part, inline)
    return _readable_file(part, inline)


def _readable_file(part: Part, inline: bool) -> Body:
    """A file, and what mail programs show of it below the text."""
    if part.type in calendar.TYPES:
        return _calendar(part, inline)
    found = _file(part, inline)
    if forwarded.is_mail(part.type, found.attachments[0].name):
        return found._replace(mails=(found.attachments[0].content,))
    return found


def _calendar(part: Part, inline: bool) -> Body:
    found = _file(part, inline)
    file = found.attachments[0]
    named = file if file.name else file._replace(name=calendar.NAME)
    event = (file.content, part.params.get("charset", ""))
    return found._replace(attachments=(named,), events=(event,))


def _opaque(part: Part, inline: bool) -> Body:
    """What is signed as a whole is read; what it is wrapped in is kept."""
    wrapping = _file(part, inline)
    content = protection.signed_content(part)
    try:
        inner = read(content)
    except TooLarge:
        return wrapping
    if not content or any(protection.is_opaque(one) for one in inner.walk()):
        return wrapping
    return _together([_body(inner, inline), wrapping])


def _multipart(part: Part, inline: bool) -> Body:
    if part.type == "multipart/alternative":
        return _alternative([_form(child, inline) for child in part.parts])
    if part.type == "multipart/related":
        root = next((child for child in part.parts if _may_be_root(child)), part.parts[0])
        return _together(
            [
                _body(child, inline) if child is root else _file_or_more(child)
                for child in part.parts
            ]
        )
    found = _together([_body(child, inline) for child in part.parts])
    # A report brings the mail that it is about, which the desk has.
    return found._replace(mails=()) if found.mails and part.type == "multipart/report" else found


def _form(part: Part, inline: bool) -> Body:
    found = _body(part, inline)
    other = part.type in _OTHER_FORMS and not is_attached(part)
    return found._replace(attachments=()) if other else found


def _file_or_more(part: Part) -> Body:
    """What a multipart/related (RFC 2387) holds besides its root is shown in it."""
    if part.parts or is_tnef(part):
        return _body(part, inline=True)
    return _file(part, inline=True)


def _may_be_root(part: Part) -> bool:
    return bool(part.parts) or part.type.startswith("text/")


def _together(bodies: Iterable[Body]) -> Body:
    found = list(bodies)
    return Body(
        tuple(chain.from_iterable(item.texts for item in found)),
        tuple(chain.from_iterable(item.attachments for item in found)),
        tuple(chain.from_iterable(item.spare for item in found)),
        tuple(chain.from_iterable(item.defects for item in found)),
        (),
        tuple(chain.from_iterable(item.events for item in found)),
        tuple(chain.from_iterable(item.mails for item in found)),
    )


def _alternative(bodies: list[Body]) -> Body:
    """One of several forms of the same (RFC 2046, 5.1.4): plain text if it says anything."""
    whole = _together(bodies)
    readable = [item for item in bodies if not item.blank]
    plain = [item for item in readable if any(text.html is None for text in item.texts)]
    rich = [item for item in readable if item not in plain]
    if plain and rich and _is_stub(plain[0]):
        plain = []
    if len(plain) > 1 and not rich:
        return whole
    chosen = next(iter(plain or rich or bodies), Body())
    return whole._replace(texts=chosen.texts)


def _is_stub(body_: Body) -> bool:
    """Whether a text only says that the real one is HTML, and says so at once."""
    text = "\n".join(text.text for text in body_.texts).strip()
    return len(text) <= _STUB_LENGTH and bool(_STUB.search(_SENTENCE_END.split(text, 1)[0]))


def _wrapped(part: Part) -> Body:
    from tix.mail.tnef import unpack

    unpacked = unpack(part.content()[0])
    if unpacked is None:
        return Body((), (attachment(part)[0],), defects=("unreadable winmail.dat",))
    spare = (Text(clean(unpacked.text)[0].rstrip()),) if unpacked.text.strip() else ()
    if not spare and unpacked.html:
        spare = (_html(unpacked.html, ()),)
    return Body((), unpacked.attachments, spare)


def _file(part: Part, inline: bool) -> Body:
    """A file; one of text, not called an attachment, is read where there is nothing else."""
    found, mended = attachment(part, inline)
    readable = part.type.startswith("text/") and part.disposition != "attachment"
    return Body((), (found,), (_text(part),) if readable else (), (mended,))


def _text_and_files(part: Part) -> tuple[Text, tuple[Attachment, ...]]:
    if part.type != "text/plain":
        return _text(part), ()
    data, mended = part.content()
    data, files = uu.taken_out(data)
    return _read_text(part, data, mended), files


def _text(part: Part) -> Text:
    return _read_text(part, *part.content())


def _read_text(part: Part, data: bytes, mended: str) -> Text:
    charset = part.params.get("charset", "")
    if part.type == "text/html":
        declared = charset or _declared_inside(data)
        text, odd = decode(data, declared)
        return _html(text, (mended, odd))
    text, odd = decode(data, charset)
    if _PAGE.match(text):
        return _html(text, (mended, odd))
    if part.params.get("format", "").lower() == "flowed":
        text = unflow(text, part.params.get("delsp", "").lower() == "yes")
    text, unsafe = clean(text)
    return Text(_without_blank_end(text), None, (mended, odd, unsafe))


def _html(source: str, defects: tuple[str, ...]) -> Text:
    source, unsafe = clean(source)
    return Text("", source, (*defects, unsafe))


def _declared_inside(data: bytes) -> str:
    found = _META_CHARSET.search(data[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def _without_blank_end(text: str) -> str:
    """`text` without its trailing blank lines; the last line's own spaces stay."""
    kept = text.rstrip(" \t\n")
    return text[: len(kept)] + text[len(kept) :].partition("\n")[0]
