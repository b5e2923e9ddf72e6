"""What customers' files must hold on their desk: identities that can be, each in one file only."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from tix import identity, yamltext
from tix.format.customer import FOLDER, is_customer
from tix.model import Customer
from tix.problem import Problem
from tix.settings import Settings
from tix.store.reading import parse_customer
from tix.store.snapshot import Snapshot


def wrong(settings: Settings, path: str, content: bytes) -> Iterator[Problem]:
    """Say what is wrong in a file below customers/, taken by itself."""
    if not is_customer(path):
        yield Problem(path, 1, "customers/ holds files named ID.yaml: move it away")
        return
    found = parse_customer(path, content)
    if isinstance(found, Problem):
        yield found
        return
    source = content.decode()
    for key, message in _wrong(settings, found):
        yield Problem(path, yamltext.line_of(source, key), message)


def _wrong(settings: Settings, customer: Customer) -> Iterator[tuple[str, str]]:
    for one in customer.identities:
        as_stored = identity.read(one, settings.channels)
        if not as_stored:
            yield "identities", f"{one!r} is no identity: write {identity.FORMS}"
        elif as_stored != one:
            yield "identities", f"{one!r} is written {as_stored!r}"
    if customer.language and not re.fullmatch("[a-z]{2,3}", customer.language):
        yield "language", f"language {customer.language!r} is not two or three letters such as pl"
    if customer.merged_into and customer.identities:
        yield "identities", f"a customer merged into {customer.merged_into} has no identities"


def clashes(snapshot: Snapshot, paths: Collection[str]) -> Iterator[Problem]:
    """Name identities in some files that other customers' files have too, and who is missing."""
    if any(is_customer(one) for one in paths):
        yield from clashing(_read(snapshot), paths)


def staged(
    snapshot: Snapshot, paths: Collection[str], contents: Mapping[str, bytes]
) -> Iterator[Problem]:
    """Name the same in files that are about to be committed, by what they will hold.

    Of the paths that change, those without contents go.
    """
    files = {path: content for path, content in contents.items() if is_customer(path)}
    if files:
        new = {path: parse_customer(path, content) for path, content in files.items()}
        sound = {path: one for path, one in new.items() if isinstance(one, Customer)}
        kept = {path: one for path, one in _read(snapshot).items() if path not in paths}
        yield from clashing({**kept, **sound}, files)


def clashing(known: Mapping[str, Customer], paths: Collection[str]) -> Iterator[Problem]:
    """Name identities in some files that others of those known have too, and who is missing."""
    owners: dict[str, list[str]] = {}
    for one in known.values():
        for who in one.identities:
            owners.setdefault(who, []).append(one.id)
    for path, one in known.items():
        if path in paths:
            yield from _clashes(path, one, owners)
            yield from _missing(path, one, known)


def _read(snapshot: Snapshot) -> Mapping[str, Customer]:
    paths = [f"{FOLDER}/{one.name}" for one in snapshot.tree(FOLDER)]
    files = [one for one in paths if is_customer(one)]
    found = zip(files, snapshot.get_many(files), strict=True)
    read = ((path, parse_customer(path, one.content)) for path, one in found if one)
    return {path: one for path, one in read if isinstance(one, Customer)}


def _clashes(
    path: str, customer: Customer, owners: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    for who in customer.identities:
        others = [one for one in owners[who] if one != customer.id]
        if others:
            names = f"{who} is {', '.join(others)} too"
            yield Problem(path, 1, f"{names}: take it out of one, or `tix customer merge` them")


def _missing(path: str, customer: Customer, known: Mapping[str, Customer]) -> Iterator[Problem]:
    into = customer.merged_into
    if into and f"{FOLDER}/{into}.yaml" not in known:
        yield Problem(path, 1, f"merged-into: there is no customer {into!r}: bring it back")
