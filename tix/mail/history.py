"""What an outgoing message quotes of the conversation before it, and never of another one.

A public reply quotes public messages only, a side conversation only its own; notes, what was
withdrawn or redacted, what was not sent, and what programs wrote are quoted nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from tix import text, timeline
from tix.mail import mailbox
from tix.mail.quotes import shown
from tix.model import Entry, Ticket
from tix.settings import Settings

MAX_LINES, MAX_CHARACTERS, MAX_MESSAGES = 400, 20_000, 50
# Characters of all that a mail quotes; of one message, the most that it ever quotes fits.
MAX_ALL = 100_000
CUT = "[…]"
# States in which a message of the desk's own has reached whom it was for; none: nothing was to be
# sent, as after a phone call.
_REACHED = ("", "sent", "bounced")
# The tickets in whose folders messages lie, by their keys; None for one that cannot be read.
Homes = Mapping[str, Ticket | None]
_NO_HOMES: Homes = MappingProxyType({})
# In forms that `phrases` knows, so that whoever gets an answer can tell what it quotes.
_WROTE: Mapping[str, str] = MappingProxyType(
    {
        "en": "On {day} at {time} UTC, {name} wrote:",
        "de": "Am {day} um {time} UTC schrieb {name}:",
        "es": "El {day} a las {time} UTC, {name} escribió:",
        "fa": "در تاریخ {day} ساعت {time} UTC، {name} نوشت:",
        "fr": "Le {day} à {time} UTC, {name} a écrit :",
        "it": "Il {day} alle {time} UTC, {name} ha scritto:",
        "nl": "Op {day} om {time} UTC schreef {name}:",
        "pl": "W dniu {day} o {time} UTC {name} pisze:",
        "pt": "Em {day} às {time} UTC, {name} escreveu:",
        "ru": "{day} в {time} UTC, {name} пишет:",
        "tr": "{day} {time} UTC tarihinde {name} şunları yazdı:",
    }
)


class Quote(NamedTuple):
    """A message that is quoted: who wrote it and when, and its words."""

    attribution: str
    words: str

    @property
    def text(self) -> str:
        """The quote as text shows it."""
        return "\n".join([self.attribution, *map(_marked, self.words.split("\n"))])


def of(
    entry: Entry,
    ticket: Ticket,
    thread: Iterable[Entry],
    settings: Settings,
    homes: Homes = _NO_HOMES,
) -> tuple[Quote, ...]:
    """Return what an outgoing message quotes, the newest first, as the desk sets it."""
    # A program that sends back what it got is of use to who sends in others' names.
    if settings.quote == "none" or entry.automatic:
        return ()
    heard = [*_conversation(entry, ticket, thread, homes)]
    chosen = heard[::-1][:MAX_MESSAGES] if settings.quote == "all" else _answered(entry, heard)
    language = entry.language or ticket.language or settings.language
    return (*_within_bounds(_quote(one, language, settings) for one in chosen),)


def _within_bounds(quotes: Iterable[Quote]) -> Iterator[Quote]:
    """The first of them, as many as make a mail that somebody reads."""
    room = MAX_ALL
    for one in quotes:
        room -= len(one.words)
        if room < 0:
            return
        yield one


def _conversation(
    entry: Entry, ticket: Ticket, thread: Iterable[Entry], homes: Homes
) -> Iterator[Entry]:
    for one in thread:
        if one.name == entry.name:
            return
        same = one.kind == "message" and one.side == entry.side and not one.redacted
        home = homes.get(one.key, ticket)
        if same and home and one.text.strip() and _is_known_to_all(one, home):
            yield one


def _is_known_to_all(one: Entry, home: Ticket) -> bool:
    """Tell it by what the ticket says in whose folder a message lies."""
    withdrawn = timeline.undone(home)
    if any(event.entry == one.key and event.n in withdrawn for event in home.timeline):
        return False
    if one.direction == "in":
        return not one.automatic
    return one.direction == "out" and timeline.delivery(home, one.key) in _REACHED


def _answered(entry: Entry, heard: list[Entry]) -> list[Entry]:
    """The message that is answered, else the last that came in."""
    came = [one for one in heard if one.direction == "in"]
    named = [one for one in came if one.message_id and one.message_id == entry.in_reply_to]
    return (named or came)[-1:]


def _quote(one: Entry, language: str, settings: Settings) -> Quote:
    said = _bounded(text.clean(shown(one.text)).strip("\n"))
    return Quote(attribution(language, _name(one, settings), one.date), said)


def attribution(language: str, name: str, moment: datetime) -> str:
    """Say in a language, else in English, who wrote what follows, and when."""
    form = _WROTE.get(language.partition("-")[0].lower(), _WROTE["en"])
    utc = moment.astimezone(UTC)
    return form.format(day=f"{utc:%Y-%m-%d}", time=f"{utc:%H:%M}", name=name)


def _name(one: Entry, settings: Settings) -> str:
    """A name where there is one: an address is not passed on to whoever is copied in later."""
    known = mailbox.read(one.sender)
    agent = settings.agents.get(one.by) if one.direction == "out" else None
    name = (known.name if known else "") or (agent.name if agent else "")
    return text.one_line(name, 100) or (known.address if known else settings.name)


def _bounded(words: str) -> str:
    lines = words[:MAX_CHARACTERS].split("\n")[:MAX_LINES]
    kept = "\n".join(lines)
    return kept if len(kept) == len(words) else f"{kept.rstrip()}\n{CUT}"


def _marked(line: str) -> str:
    if line.startswith(">"):
        return f">{line}"
    return f"> {line}" if line else ">"
