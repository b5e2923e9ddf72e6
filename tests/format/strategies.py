"""Hypothesis strategies for the values of the format: whatever they draw can be written."""

from datetime import UTC, datetime
from types import MappingProxyType

from hypothesis import strategies as st

from tix import ids
from tix.format.customer import KEYS as CUSTOMER_KEYS
from tix.format.decision import OUTCOMES, Decision
from tix.format.quarantine import Held
from tix.format.sender import MarkedSender
from tix.model import FIELDS, LINK_KINDS, Attachment, Customer, Entry, Link, Ticket, TimelineEvent

texts = st.text(st.characters(codec="utf-8"), max_size=40)
words = texts.filter(bool)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)).map(
    lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000, tzinfo=UTC)
)
optional_moments = st.none() | moments
names = st.text(ids.ALPHABET, min_size=8, max_size=8)
ticket_ids = st.builds(ids.ticket_id, moments.map(ids.day_of), names)
data = st.recursive(
    texts,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(texts, one, max_size=3),
    max_leaves=6,
)
sets = st.frozensets(texts, max_size=4).map(lambda one: tuple(sorted(one)))


def extras(known):
    return st.dictionaries(texts.filter(lambda one: one not in known), data, max_size=3)


events = st.builds(
    TimelineEvent, moments, words, words, extras({"at", "by", "n"}).map(MappingProxyType)
)
links = st.frozensets(st.builds(Link, st.sampled_from(LINK_KINDS), ticket_ids), max_size=3).map(
    lambda one: tuple(sorted(one))
)
TICKET_KEYS = {"format", "id", *FIELDS, "timeline"}
tickets = st.builds(
    Ticket,
    id=ticket_ids,
    subject=words,
    status=words,
    reason=texts,
    priority=texts,
    queue=texts,
    category=texts,
    assignee=texts,
    requester=texts,
    followers=sets,
    cc=sets,
    tags=sets,
    channel=texts,
    language=texts,
    due=optional_moments,
    until=optional_moments,
    merged_into=texts,
    satisfaction=texts,
    custom=st.dictionaries(texts, texts, max_size=3),
    links=links,
    timeline=st.lists(events, max_size=4).map(tuple),
    extra=extras(TICKET_KEYS),
)
ENTRY_KEYS = {name.replace("_", "-") for name in Entry.__slots__} | {"from"}
attachments = st.builds(
    Attachment,
    file=names.map(lambda one: f"files/{one}-a.pdf"),
    name=texts,
    type=texts,
    size=st.integers(0, 10**12),
    redacted=optional_moments,
    extra=extras({"file", "name", "type", "size", "redacted"}),
)
lists = st.lists(texts, max_size=3).map(tuple)
entries = st.builds(
    Entry,
    name=names.map(lambda one: f"20261122T101452Z-{one}"),
    kind=st.sampled_from(["message", "note"]),
    date=moments,
    text=texts,
    by=texts,
    direction=st.sampled_from(["", "in", "out"]),
    sender=texts,
    to=lists,
    cc=lists,
    side=texts,
    subject=texts,
    received=optional_moments,
    message_id=texts,
    in_reply_to=texts,
    references=lists,
    answers=texts,
    channel=texts,
    language=texts,
    automatic=texts,
    template=texts,
    redacted=optional_moments,
    attachments=st.lists(attachments, max_size=2).map(tuple),
    extra=extras(ENTRY_KEYS),
)
customers = st.builds(
    Customer,
    id=st.from_regex("[a-z0-9][a-z0-9-]{0,63}", fullmatch=True),
    name=texts,
    identities=sets,
    organisation=texts,
    tier=texts,
    language=texts,
    notes=texts,
    merged_into=texts,
    extra=extras({"format", *CUSTOMER_KEYS}),
)
HELD_KEYS = {"format", "id", "reason", "size", "from", "subject", "message-id", "date"}
held = st.builds(
    Held,
    id=ticket_ids,
    reason=words,
    size=st.integers(0, 10**12),
    sender=texts,
    subject=texts,
    message_id=texts,
    date=optional_moments,
    extra=extras(HELD_KEYS),
)
decisions = st.builds(
    Decision,
    id=ticket_ids,
    outcome=st.sampled_from(OUTCOMES),
    sha256=words,
    filed=texts,
    extra=extras({"format", "id", "outcome", "sha256", "filed"}),
)
marked_senders = st.builds(
    MarkedSender,
    address=words,
    ticket=ticket_ids,
    by=words,
    at=moments,
    extra=extras({"format", "address", "ticket", "by", "at"}),
)
