"""What is filed in place of a mail that cannot be read, when somebody releases it.

Its header is read as far as that goes; its text says why there is none, and the raw bytes are its
attachment, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from tix import clock
from tix.desk import Desk
from tix.mail import jsonlines
from tix.mail.forms import MAIL
from tix.mail.ids import derived_message_id
from tix.mail.mime import header_end
from tix.mail.parse import parse
from tix.mail.parsed import Address, Attachment, NotAMail, ParsedMail, TooLarge
from tix.mail.reading import Reader
from tix.mail.sources import RawMail

NAME, TYPE = "original.eml", "message/rfc822"
TEXT = "This mail could not be read: {reason}. What there is of it is attached as {name}.\n"


@dataclass(frozen=True, slots=True)
class Releaser(Reader):
    """Reads mails that somebody releases; `sender` stands in where a mail names none."""

    sender: Address | None = None

    def parsed(self, raw: RawMail) -> ParsedMail:
        """Parse a mail; one that cannot be read is stood in for. Raises nothing."""
        try:
            mail = Reader.parsed(self, raw)
        except (NotAMail, TooLarge) as error:
            mail = make(raw, str(error), self.settings.language)
        except Exception as error:  # what tix fails at is released, too
            reason = f"tix failed to read it ({type(error).__name__})"
            mail = make(raw, reason, self.settings.language)
        return mail if mail.sender else mail._replace(sender=self.sender)


def releaser(desk: Desk, ending: str, sender: Address | None = None) -> Releaser:
    """Return what reads messages of quarantine whose files' names end so."""
    form = jsonlines.form(desk.settings) if ending == "json" else MAIL
    return Releaser(desk.settings, clock.now(), desk.repository.width, form, sender)


def make(raw: RawMail, reason: str, language: str) -> ParsedMail:
    """Return a mail that stands in for one that cannot be read."""
    mail = _header(raw.content)
    return mail._replace(
        message_id=_message_id(raw.content) if mail.derived else mail.message_id,
        text=TEXT.format(reason=reason, name=NAME),
        text_from="plain",
        html=None,
        attachments=(Attachment(NAME, TYPE, raw.content),),
        defects=(),
        language_hint=mail.language_hint or language,
    )


def _header(content: bytes) -> ParsedMail:
    try:
        _, end = header_end(content)
        return parse(content[:end])
    except Exception:  # then nothing is known of it
        return parse(b"Subject:\n\n")


def _message_id(content: bytes) -> str:
    try:
        return derived_message_id(content)
    except Exception:
        return f"<{sha256(content).hexdigest()[:32]}@derived.invalid>"
