"""What a query means: terms that a ticket must all meet.

Every term has `negated`; a negated term is met by the tickets that do not meet it otherwise.
Terms are named tuples, not dataclasses: a class of those takes 0.6 ms to make, six times as long,
and every list starts with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from tix.when import Span

Feature = Literal["attachment", "note", "reply"]


class OneOf(NamedTuple):
    """A field has one of the values; an empty one stands for a field that is not set.

    `key` is one of status, assignee, requester, follower, cc, queue, category, priority, tag,
    customer (an id or an identity), org, tier, channel, language, id, reason, merged-into, link (a
    ticket of any kind of link), due, until (both only with an empty value) or `custom.NAME`.
    """

    key: str
    values: tuple[str, ...]
    negated: bool = False


class Prefix(NamedTuple):
    """An id begins with one of the values; a category is one of them or lies below it.

    Below `delivery` lies `delivery.delay`, not `deliveries`; an empty value stands for no category.
    """

    key: str
    values: tuple[str, ...]
    negated: bool = False


class Contains(NamedTuple):
    """The folded requester, sender of a message (`from`) or subject holds one of the values.

    The values are folded by `tix.text.fold`.
    """

    key: str
    values: tuple[str, ...]
    negated: bool = False


class Types(NamedTuple):
    """The status is of one of the types, as `tix.workflow.kind` has it."""

    values: tuple[str, ...]
    negated: bool = False


class Between(NamedTuple):
    """A time (created, updated, due, until) is set and in one of the half-open [start, end)."""

    key: str
    spans: tuple[Span, ...]
    negated: bool = False


class Overdue(NamedTuple):
    """The ticket is due by now, and not solved, closed or merged."""

    negated: bool = False


class Phrase(NamedTuple):
    """Words in a row, folded; with `prefix`, the last one may go on."""

    text: str
    prefix: bool


class Words(NamedTuple):
    """Subject or texts hold all the phrases."""

    phrases: tuple[Phrase, ...]
    negated: bool = False


class Has(NamedTuple):
    """The ticket holds an attachment, a note or a public reply."""

    what: Feature
    negated: bool = False


Term = OneOf | Prefix | Contains | Types | Between | Overdue | Words | Has


class Query(NamedTuple):
    """Terms that must all be met; without any, every ticket is meant."""

    terms: tuple[Term, ...] = ()
