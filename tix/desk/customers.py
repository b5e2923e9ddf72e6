"""Customers of a desk: finding them, and changing their files, one commit each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from types import MappingProxyType

from tix import clock, identity
from tix.actions import customers
from tix.desk.changing import has_comments
from tix.desk.desk import Desk
from tix.errors import Conflict, NotFound, Refused, suggestion
from tix.format import customer as customer_format
from tix.format import message
from tix.index.index import open_index
from tix.index.people import People
from tix.model import Customer
from tix.store import reading
from tix.store.snapshot import Snapshot
from tix.store.store import Draft
from tix.yamltext import YamlError, guard


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a customer is to have: fields by name, identities to add and to take away."""

    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A customer before and after a change; `before` is None where the file was made.

    `uncommented` tells that comments in the file were dropped: they are not data.
    """

    before: Customer | None
    after: Customer
    uncommented: bool = False


# The customers whose files are to be written, the one that was asked for first.
Work = Callable[[Snapshot, People], list[Customer]]


def find(desk: Desk, given: str) -> str:
    """Return the id of the customer that an id, an identity or the start of a name means.

    Empty for an identity that no file has. Raises NotFound.
    """
    people = desk.index.people
    who = identity.read(given, desk.settings.channels)
    return _owner(people, who) if who else _named(people, given)


def read(desk: Desk, name: str) -> Customer:
    """Read a customer by their id. Raises NotFound, and Refused where the file is malformed."""
    return _read(desk.snapshot, name)


def _owner(people: People, who: str) -> str:
    found = people.having([who]).get(who)
    return found.id if found else ""


def _named(people: People, given: str) -> str:
    name = _survivor(people, given.strip())
    if name:
        return name
    found = people.like(given)
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"{given!r} fits {', '.join(found[:8])}: give more of the name, or the id")
    known = suggestion(given, people.values("customer"))
    raise NotFound(f"no customer is called {given!r}: {known} (or give {identity.FORMS})")


def _survivor(people: People, name: str) -> str:
    """Return the customer that an id lives on in, through merges; empty where there is none."""
    seen: set[str] = set()
    while (row := people.named([name]).get(name)) and row.merged_into and name not in seen:
        seen.add(name)
        name = row.merged_into
    return name if row else ""


def _read(snapshot: Snapshot, name: str) -> Customer:
    found = reading.customer(snapshot, name)
    if found is None:
        raise NotFound(f"there is no customer {name}: `tix customer list` shows what there is")
    if isinstance(found, Customer):
        return found
    raise Refused(f"{found}; mend the file and commit it (`tix check` explains)")


def change(desk: Desk, given: str, wanted: Wanted, *, dry_run: bool = False, rev: str = "") -> Done:
    """Set what is known of a customer; of an identity that no file has, make one.

    `rev` is the revision that is expected. Raises NotFound, Conflict, and Refused where an
    identity is another customer's.
    """
    who = identity.read(given, desk.settings.channels)

    def work(snapshot: Snapshot, people: People) -> list[Customer]:
        name = _owner(people, who) if who else _named(people, given)
        _refuse_moved(snapshot, name or given, rev)
        before = _read(snapshot, name) if name else _new(snapshot, wanted, who)
        after = customers.changed(before, wanted.fields, wanted.add, wanted.remove)
        held = before.identities if name else ()
        _refuse_clashes(people, name, who, {*after.identities} - {*held})
        return [after]

    return _write(desk, work, dry_run=dry_run)


def _new(snapshot: Snapshot, wanted: Wanted, who: str) -> Customer:
    names = customers.new_ids(wanted.fields.get("name", ""), who)
    free = (one for one in names if snapshot.get(customer_format.path(one)) is None)
    return Customer(next(free), identities=(who,))


def _refuse_moved(snapshot: Snapshot, name: str, rev: str) -> None:
    found = snapshot.get(customer_format.path(name)) if rev else None
    if rev and (found is None or found.oid != rev):
        raise Conflict(f"{name} has moved on: `tix customer show {name}` shows how it is now")


def _refuse_clashes(people: People, name: str, who: str, new: set[str]) -> None:
    for one, owner in sorted(people.having(new).items()):
        way = f"merge {one} {name}` makes them one" if name else f"set {one} +{who}` adds to them"
        raise Refused(f"{one} belongs to {owner.name or owner.id}: `tix customer {way}")


def merge(desk: Desk, given: str, into: str, *, dry_run: bool = False, rev: str = "") -> Done:
    """Join a customer into another; `rev` is the first one's revision that is expected.

    Raises NotFound, Conflict, Refused.
    """

    def work(snapshot: Snapshot, people: People) -> list[Customer]:
        names = [_with_file(desk, people, one) for one in (given, into)]
        _refuse_moved(snapshot, names[0], rev)
        first, second = (_read(snapshot, one) for one in names)
        if first.id == second.id:
            return [second]  # they are one already
        gone, whole = customers.merged(first, second)
        return [whole, gone]

    return _write(desk, work, dry_run=dry_run)


def _with_file(desk: Desk, people: People, given: str) -> str:
    who = identity.read(given, desk.settings.channels)
    name = _owner(people, who) if who else _named(people, given)
    if not name:
        raise NotFound(f"{who} is no customer's yet: `tix customer set CUSTOMER +{who}` adds it")
    return name


def _write(desk: Desk, work: Work, *, dry_run: bool) -> Done:
    desk.actor()
    made: list[Done] = []

    def build(snapshot: Snapshot) -> list[Draft]:
        with closing(open_index(desk.repository, snapshot)) as index:
            wanted = work(snapshot, index.people)
        files = dict(_files(snapshot, wanted))
        made[:] = [_done(snapshot, wanted[0], happened=bool(files))]
        text = message.compose("customer", [], [wanted[0].id])
        return [Draft(text, desk.author(), clock.now(), files)] if files else []

    if dry_run:
        build(desk.snapshot)
    else:
        desk.commit(build, "customer")
    return made[0]


def _files(snapshot: Snapshot, wanted: list[Customer]) -> Iterator[tuple[str, bytes]]:
    for one in wanted:
        path, printed = customer_format.path(one.id), customer_format.render(one)
        try:
            guard(printed)
        except YamlError as error:
            raise Refused(f"{one.id} would hold more than can be read ({error.message})") from None
        held = snapshot.get(path)
        if held is None or reading.parse_customer(path, held.content) != one:
            yield path, printed.encode()


def _done(snapshot: Snapshot, customer: Customer, *, happened: bool) -> Done:
    held = snapshot.get(customer_format.path(customer.id))
    before = _read(snapshot, customer.id) if held else None
    return Done(before, customer, happened and bool(held and has_comments(held.content)))
