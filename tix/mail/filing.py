"""What becomes of a mail or message: a new ticket, a message in one, or none. Pure, but for what it
asks.

The rules are the table of the workflow and the behaviours of mail (docs/mail.md).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from tix import identity, ids, text, timeline, workflow, yamltext
from tix.actions import deliveries
from tix.actions.context import moved_words
from tix.actions.deliveries import BOUNCED, DRAFT, QUEUED, SENDING
from tix.channels import EMAIL
from tix.mail import bounces, entries, matching
from tix.mail.automatic import NOTICES
from tix.mail.bounces import Bounced
from tix.mail.matching import Known, Match
from tix.mail.parsed import ParsedMail
from tix.mail.reading import Drafted, Prepared, Reader, language_of
from tix.mail.sources import RawMail
from tix.model import Link, Ticket
from tix.settings import Settings
from tix.yamltext import Data, YamlError

BY_MAIL = "mail"
NO_SUBJECT = "(no subject)"
FIRST_WORDS = 60
# What a line of a message on its way says of when it goes, and to whom.
REPEATED = ("delivery", "tries", "after", "to", "answers")
# How a mail names a ticket by what its sender must have got.
ANSWERING = ("in-reply-to", "references")


class Filing(NamedTuple):
    """What is to be done with a mail.

    `ticket` is None where none changes; `reason` says why then, else what is left to do.
    `beside` is another that changes.
    """

    outcome: Literal["created", "appended", "duplicate", "quarantined", "dropped"]
    ticket: Ticket | None = None
    entry: Drafted | None = None
    matched: str = ""
    words: tuple[str, ...] = ()
    reason: str = ""
    beside: Ticket | None = None


class Incoming(NamedTuple):
    """A mail that is being filed, and what that depends on.

    `live` mail has just come in; it is `late` where it arrived long before.
    `released` tells that somebody wants it filed, whoever sent it.
    """

    mail: ParsedMail
    raw: RawMail
    prepared: Prepared
    reader: Reader
    known: Known
    live: bool = False
    released: bool = False
    late: bool = False

    @property
    def settings(self) -> Settings:
        """The desk's."""
        return self.reader.settings

    @property
    def at(self) -> datetime:
        """When it arrived."""
        return entries.arrival(self.mail, self.reader.now)

    def n(self, taken: Container[str] = ()) -> str:
        """The name of the line that it causes, the same in every clone; none of those `taken`."""
        names = ids.hashed_names(f"{BY_MAIL}\0{self.mail.message_id}", ids.EVENT_LENGTH)
        return next(one for one in names if one not in taken)


def decide(incoming: Incoming) -> Filing:
    """Work out what becomes of a mail."""
    mail, known = incoming.mail, incoming.known
    if mail.sender is None:
        return Filing("quarantined", reason="it names no sender")
    if matching.is_our_own(mail, incoming.settings, known):
        return Filing("dropped", reason=f"the desk's own mail {mail.message_id} came back")
    if matching.is_duplicate(mail, known):
        return Filing("duplicate", reason="the desk has this message")
    if not incoming.released and (ticket := known.spam_of(matching.sender_of(mail))):
        return Filing("quarantined", reason=f"its sender was marked as spam ({ticket})")
    match = matching.find(mail, incoming.settings, known)
    if match is None:
        return _new(incoming)
    return _matched(incoming, match)


def written(ticket: Ticket, text: str, entry: Drafted) -> dict[str, bytes | None]:
    """Return the files of a mail that was filed, by their paths; `text` is its ticket's.

    None where their YAML would break the bounds within which it is read.
    """
    changed = written_ticket(ticket, text)
    if not changed or entry.content is None:
        return {}
    folder = ids.ticket_folder(ticket.id)
    files = {f"{folder}/{name}": content for name, content in entry.files.items()}
    return {**changed, f"{folder}/{entry.name}.md": entry.content, **files}


def written_ticket(ticket: Ticket, text: str) -> dict[str, bytes | None]:
    """Return the file of a ticket, by its path; none where its YAML would break the bounds."""
    try:
        yamltext.guard(text)
    except YamlError:
        return {}
    return {ids.ticket_path(ticket.id): text.encode()}


def _matched(incoming: Incoming, match: Match) -> Filing:
    mail, settings = incoming.mail, incoming.settings
    agent = matching.agent_of(mail, settings)
    is_note = agent and matching.NOTE in matching.details(mail, settings)
    if not is_note and (side := matching.side_of(mail, match, agent, incoming.known)):
        return _aside(incoming, match, agent, side)
    return _in_public(incoming, match, agent)


def _in_public(incoming: Incoming, match: Match, agent: str) -> Filing:
    mail, settings, ticket = incoming.mail, incoming.settings, match.ticket
    # Whoever wrote in a participant's name is a stranger.
    forged = mail.authentication == "fail"
    takes_part = not forged and matching.takes_part(mail, ticket, incoming.known)
    if matching.is_automatic(mail, settings):
        if takes_part or agent or _answers_by_machine(mail, match):
            return _append(incoming, match, ticket)
        return _new(incoming, Link("relates", ticket.id))
    if agent and not _asked(settings, ticket, agent):
        return _by_agent(incoming, match, agent)
    if not (takes_part or agent):
        return _new(incoming, Link("relates", ticket.id))
    if not workflow.accepts_mail(settings, ticket):
        return _new(incoming, Link("follows", ticket.id), after=ticket)
    return _append(incoming, match, workflow.customer_wrote(settings, ticket))


def _aside(incoming: Incoming, match: Match, agent: str, side: str) -> Filing:
    # Whatever is said there, nothing changes for the requester.
    people = {one.address for one in (*incoming.mail.to, *incoming.mail.cc)}
    waits = (incoming.live or incoming.late) and agent and side not in people
    ends: dict[str, Data] = {"delivery": DRAFT if incoming.late else QUEUED} if waits else {}
    filed = _append(incoming, match, match.ticket, agent=agent, side=side, ends=ends)
    return _remarked(incoming, filed) if waits else filed


def _asked(settings: Settings, ticket: Ticket, agent: str) -> bool:
    # Who asks for help is a customer there, an agent too.
    return ticket.requester in settings.agents[agent].emails


def _answers_by_machine(mail: ParsedMail, match: Match) -> bool:
    # A bounce or an absence note comes from an address that never wrote here; what it answers
    # by Message-ID it must have got from us. A mailing list's mail proves nothing.
    answers = match.how in (*ANSWERING, "bounce")
    return answers and mail.automatic in (*NOTICES, "auto-replied")


def _by_agent(incoming: Incoming, match: Match, agent: str) -> Filing:
    settings, ticket = incoming.settings, match.ticket
    if matching.NOTE in matching.details(incoming.mail, settings):
        return _append(incoming, match, ticket, agent=agent, note=True)
    if settings.type_of(ticket.status) == "closed":
        return Filing("quarantined", reason=f"a reply of {agent} to {ticket.id}, which is closed")
    if not _goes_on(incoming, ticket):
        after = workflow.agent_replied(settings, ticket, agent)
        return _append(incoming, match, after, agent=agent)
    if settings.agents[agent].role == "bot" or incoming.late:
        # A draft, as any reply of a bot's: it changes nothing until somebody approves it.
        filed = _append(incoming, match, ticket, agent=agent, ends={"delivery": DRAFT})
        return _remarked(incoming, filed)
    after = workflow.agent_replied(settings, ticket, agent)
    return _append(incoming, match, after, agent=agent, ends={"delivery": QUEUED})


def _remarked(incoming: Incoming, filed: Filing) -> Filing:
    # What was written days ago may be out of date: somebody decides.
    if not incoming.late or filed.ticket is None or filed.entry is None:
        return filed
    name = f"{filed.ticket.id}/{filed.entry.key}"
    reason = f"an agent's reply that came late waits as a draft: `tix approve {name}`"
    return filed._replace(reason=reason)


def _goes_on(incoming: Incoming, ticket: Ticket) -> bool:
    # What an agent has just written is for the requester, who may have it already.
    mail = incoming.mail
    told = {one.address for one in (*mail.to, *mail.cc)}
    waits = bool(ticket.requester) and ticket.requester.lower() not in told
    comes_in = incoming.live or incoming.late
    return comes_in and waits and incoming.settings.delivers(ticket.channel)


def _append(
    incoming: Incoming,
    match: Match,
    after: Ticket,
    *,
    agent: str = "",
    note: bool = False,
    side: str = "",
    ends: Mapping[str, Data] = MappingProxyType({}),
) -> Filing:
    before = match.ticket
    taken = {event.entry for event in before.timeline}
    drafted = _entry(incoming, taken, agent, note=note, side=side)
    if not (note or side or drafted.automatic):
        people = _with_new_people(incoming, match, after)
        after = replace(after, cc=people) if people != after.cc else after
    about: dict[str, Data] = {"note" if note else "message": drafted.key}
    about |= {"via": match.via} if match.via else {}
    about |= _marks(incoming, side)
    made = _recorded(incoming, before, after, agent or BY_MAIL, about, ends)
    made, beside = _marked(incoming, made)
    words = moved_words(before, made)
    return Filing("appended", made, drafted, match.how, words, beside=beside)


def _marks(incoming: Incoming, side: str) -> dict[str, Data]:
    """What tells whoever merges timelines that no customer is waiting for an answer."""
    if side:
        return {"side": side}
    is_automatic = matching.is_automatic(incoming.mail, incoming.settings)
    return {"automatic": incoming.mail.automatic} if is_automatic else {}


def _marked(incoming: Incoming, ticket: Ticket) -> tuple[Ticket, Ticket | None]:
    """Mark whom a message of ours did not reach, in the ticket that has it: most likely this."""
    bounced = bounces.find(incoming.mail, incoming.known)
    if bounced is None:
        return ticket, None
    if bounced.ticket == ticket.id:
        return _with_failure(incoming, ticket, bounced), None
    other = incoming.known.ticket(bounced.ticket)
    if other is not None and not incoming.known.is_ours(other.id):
        other = timeline.settled(other, incoming.at)
    return ticket, _with_failure(incoming, other, bounced) if other else None


def _with_failure(incoming: Incoming, ticket: Ticket, bounced: Bounced) -> Ticket:
    last = deliveries.line_of(ticket, bounced.key)
    made = _caused(incoming, ticket, bounced, {"delivery": BOUNCED, "to": list(bounced.people)})
    if last is None or last.text("delivery") not in (QUEUED, SENDING):
        return made
    # Some wait for it still: that must be its last line.
    waiting = deliveries.recipients(ticket, bounced.key)
    left = [one for one in waiting if identity.bare(one) not in bounced.people]
    if not left:
        return made
    kept = {key: held for key, held in last.data.items() if key in REPEATED}
    if "to" in kept:
        kept["to"] = list(left)
    return _caused(incoming, made, bounced, kept)


def _caused(
    incoming: Incoming, ticket: Ticket, bounced: Bounced, data: Mapping[str, Data]
) -> Ticket:
    taken = {event.n for event in ticket.timeline}
    cause = f"bounced\0{incoming.mail.message_id}\0{bounced.key}"
    names = ids.hashed_names(cause, ids.EVENT_LENGTH)
    n = next(one for one in names if one not in taken)
    return timeline.append(ticket, BY_MAIL, incoming.at, {"message": bounced.key, **data}, n)


def _recorded(
    incoming: Incoming,
    before: Ticket,
    after: Ticket,
    by: str,
    about: Mapping[str, Data],
    ends: Mapping[str, Data],
) -> Ticket:
    # The mail's line comes after that of edits by hand.
    if not incoming.known.is_ours(before.id):
        after = replace(after, timeline=timeline.settled(before, incoming.at).timeline)
    n = incoming.n({event.n for event in after.timeline})
    return timeline.record(before, after, by, incoming.at, about=about, trailing=ends, n=n)


def _with_new_people(incoming: Incoming, match: Match, ticket: Ticket) -> tuple[str, ...]:
    # Who gets a mail of somebody who takes part, takes part from then on. A mail that somebody
    # else may have sent in their name brings nobody in: a ticket's id is no secret, and a
    # Message-ID only its recipients have.
    if match.how not in ANSWERING and incoming.mail.authentication != "pass":
        return ticket.cc
    new = _copied(incoming) - {ticket.requester, *ticket.cc}
    room = max(entries.MAX_PEOPLE - len(ticket.cc), 0)
    return tuple(sorted({*ticket.cc, *sorted(new)[:room]}))


def _copied(incoming: Incoming) -> set[str]:
    # Whom a mail went to besides the desk and its agents, who see it anyway.
    mail, settings = incoming.mail, incoming.settings
    if mail.channel != EMAIL:
        return set()  # what it was sent to is the desk itself
    people = {one.address for one in (*mail.to, *mail.cc)[: entries.MAX_PEOPLE]}
    agents = {one for agent in settings.agents.values() for one in agent.emails}
    own = settings.own_addresses
    return {one for one in people - agents if _plain(one) not in own}


def _plain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _entry(
    incoming: Incoming,
    taken: set[str],
    agent: str = "",
    *,
    note: bool = False,
    side: str = "",
) -> Drafted:
    drafted = incoming.prepared.drafted
    is_plain = not (note or side)
    if drafted and drafted.by == agent and is_plain and drafted.key not in taken:
        return drafted
    return incoming.reader.entry_of(incoming.raw, taken, agent, note=note, side=side)


def _new(incoming: Incoming, link: Link | None = None, after: Ticket | None = None) -> Filing:
    drafted = _entry(incoming, set())
    about = {"message": drafted.key}
    blank = _blank(incoming, drafted, link, after)
    made = timeline.born(blank, BY_MAIL, incoming.at, about, incoming.n())
    return Filing("created", made, drafted, words=(made.status,))


def _language(incoming: Incoming) -> str:
    prepared = incoming.prepared
    spoken = incoming.mail.language_hint or prepared.language
    said = language_of(prepared) if spoken is None else spoken
    theirs = said or incoming.known.language(matching.sender_of(incoming.mail))
    return theirs or incoming.settings.language


def _subject(incoming: Incoming, drafted: Drafted) -> str:
    mail = incoming.mail
    said = "" if mail.channel == EMAIL else _first_words(drafted.text)
    return text.one_line(mail.subject) or said or NO_SUBJECT


def _first_words(said: str) -> str:
    line = text.one_line(said, FIRST_WORDS + 1)
    if len(line) <= FIRST_WORDS:
        return line
    whole, _, _ = line.rpartition(" ")
    return f"{whole or line[:-1]}…"


def _blank(incoming: Incoming, drafted: Drafted, link: Link | None, after: Ticket | None) -> Ticket:
    mail, settings = incoming.mail, incoming.settings
    sender = matching.sender_of(mail)
    requester = after.requester if after else sender
    return Ticket(
        id=_free_id(incoming),
        subject=_subject(incoming, drafted),
        status=settings.first("new"),
        priority=settings.priority,
        queue=after.queue if after else _queue(incoming),
        requester=requester,
        cc=tuple(sorted({sender, *_copied(incoming)} - {requester})),
        channel=mail.channel,
        language=_language(incoming),
        links=(link,) if link else (),
    )


def _free_id(incoming: Incoming) -> str:
    day = ids.day_of(incoming.mail.date)
    names = (ids.ticket_id(day, one) for one in ids.hashed_names(incoming.mail.message_id))
    return next(one for one in names if not incoming.known.taken(one))


def _queue(incoming: Incoming) -> str:
    mail = incoming.mail
    if mail.channel != EMAIL:
        return _queue_at(incoming.settings, [one.address.lower() for one in mail.to])
    recipients = (*mail.delivered_to, *(one.address for one in (*mail.to, *mail.cc)))
    plain = [_plain(one.lower()) for one in recipients if "@" in one]
    return _queue_at(incoming.settings, plain)


def _queue_at(settings: Settings, places: list[str]) -> str:
    for queue in settings.queues:
        if any(one in queue.addresses for one in places):
            return queue.name
    return settings.queue_names[0]
