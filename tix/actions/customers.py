"""What can be done to customers: setting what is known of them, joining two into one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tix import identity, ids, text
from tix.errors import Refused, Unknown, UsageError
from tix.model import Customer

SETTABLE = ("name", "organisation", "tier", "language", "notes")
MOST_IDENTITIES = 1000
_SLUG = 40


def checked(key: str, value: str) -> str:
    """Return a value as its field holds it. Raises UsageError, Unknown."""
    if key not in SETTABLE:
        raise Unknown("field of a customer", key, SETTABLE)
    if key == "language" and value and not re.fullmatch("[a-z]{2,3}", value):
        raise UsageError(f"a language is two or three letters such as pl, not {value!r}")
    return text.clean(value).rstrip("\n") if key == "notes" else text.one_line(value)


def who(value: str, channels: Collection[str]) -> str:
    """Return an identity as it is stored. Raises UsageError."""
    found = identity.read(value, channels)
    if not found:
        raise UsageError(f"{value!r} is no identity: give {identity.FORMS}")
    return found


def changed(
    customer: Customer, fields: Mapping[str, Any], add: Iterable[str], remove: Iterable[str]
) -> Customer:
    """Return a customer with other fields and identities. Raises Refused."""
    if customer.merged_into:
        into = customer.merged_into
        raise Refused(f"{customer.id} is merged into {into}: `tix customer set {into} …` instead")
    gone = set(remove)
    if strange := sorted(gone - {*customer.identities}):
        raise Refused(f"{strange[0]} is no identity of {customer.id}")
    held = ({*customer.identities} | {*add}) - gone
    if len(held) > MOST_IDENTITIES:
        raise Refused(f"a customer has at most {MOST_IDENTITIES} identities")
    return replace(customer, identities=tuple(sorted(held)), **fields)


def merged(customer: Customer, into: Customer) -> tuple[Customer, Customer]:
    """Return a customer who lives on in another, and that other one.

    The other gets the identities, what it did not know, and the notes; the first keeps its file,
    which refers to the other. Raises Refused.
    """
    if customer.id == into.id:
        raise Refused(f"{customer.id} cannot be merged into itself")
    notes = "\n\n".join(dict.fromkeys(one for one in (into.notes, customer.notes) if one))
    known = {
        key: getattr(into, key) or getattr(customer, key) for key in SETTABLE if key != "notes"
    }
    whole = replace(
        into,
        identities=tuple(sorted({*into.identities, *customer.identities})),
        notes=notes,
        **known,
    )
    return replace(customer, identities=(), merged_into=into.id), whole


def new_ids(name: str, who: str) -> Iterator[str]:
    """Yield ids for a customer: a slug of their name, and characters hashed from an identity.

    Two clones that begin with the same person write the same file, and two people of one name
    have two.
    """
    slug = re.sub("[^a-z0-9]+", "-", text.slug(name, _SLUG)).strip("-") if name else ""
    named = bool(slug) and slug != "file"
    for one in ids.hashed_names(f"customer\0{who}", 4 if named else ids.LENGTH):
        yield f"{slug}-{one}" if named else one
