"""Merging, splitting, mails and undoing, in any order: what belongs where is as if each message had
only ever gone where it was sent to.
"""

from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.relations.desk import Desk
from tix import threads
from tix.actions.relations import merge, split, unmerge, unsplit
from tix.actions.splitting import Place
from tix.errors import Refused
from tix.model import Ticket
from tix.timeline import by_hand

LETTERS = "abcd"
PEOPLE = [f"{one}@example.com" for one in ("jan", "ola", "eve")]


class Told:
    """What should be: which messages each ticket has by itself, and what it is merged into."""

    def __init__(self) -> None:
        self.own: dict[str, set[str]] = {}
        self.cc: dict[str, set[str]] = {}
        self.into: dict[str, str] = {}
        self.givers: dict[str, dict[str, str]] = {}
        self.sent: dict[str, dict[str, str]] = {}
        self.stray: dict[str, tuple[str, str]] = {}
        self.undone: set[str] = set()
        self.before: dict[str, Ticket] = {}

    def below(self, name: str) -> set[str]:
        """Return a ticket and all that are merged into it."""
        more = [self.below(one) for one, into in self.into.items() if into == name]
        return {name}.union(*more)

    def above(self, name: str) -> list[str]:
        """Return what a ticket is merged into, through chains."""
        into = self.into.get(name)
        return [into, *self.above(into)] if into else []

    def thread(self, name: str) -> set[str]:
        return set().union(*(self.own[one] for one in self.below(name)))

    def people(self, desk: Desk, name: str) -> set[str]:
        """Return who should take part in a ticket beside its requester."""
        return self.brought(desk, name) - {desk.tickets[name].requester}

    def brought(self, desk: Desk, name: str) -> set[str]:
        found = set() if name in self.undone else set(self.cc[name])
        for one in [one for one, into in self.into.items() if into == name]:
            asks = {desk.tickets[one].requester} if one not in self.undone else set()
            found |= (self.brought(desk, one) - asks) | asks
        return found


def fields(ticket, told):
    """Return a ticket's fields, but for who takes part and what was split off for a while."""
    links = tuple(one for one in ticket.links if one.target not in told.undone)
    return replace(ticket, timeline=(), cc=(), links=links)


def check_restored(desk, told, name):
    """Check that a ticket is again what it was when it was merged."""
    assert fields(desk.tickets[name], told) == fields(told.before[name], told)


def step(data, desk, told):
    """Do something that can be done."""
    names = sorted(desk.tickets)
    live = [one for one in names if one not in told.into]
    merged = [one for one in told.into if one not in told.undone]
    splits = [one for one in told.givers if one in live]
    kinds = ["mail", "merge", "split"] + ["unmerge"] * bool(merged) + ["unsplit"] * bool(splits)
    kind = data.draw(st.sampled_from(kinds))
    if kind == "mail":
        mail(data, desk, told, data.draw(st.sampled_from(names)))
    elif kind == "merge" and len(live) > 1:
        one, into = data.draw(st.lists(st.sampled_from(live), unique=True, min_size=2, max_size=2))
        told.before[one] = desk.tickets[one]
        desk.do(merge([one], into, anyway=True))
        told.into[one] = into
    elif kind == "split":
        divide(data, desk, told, data.draw(st.sampled_from(live)))
    elif kind == "unmerge":
        part(desk, told, data.draw(st.sampled_from(merged)))
    elif kind == "unsplit":
        undivide(desk, told, data.draw(st.sampled_from(splits)))


def part(desk, told, name):
    desk.do(unmerge(name))
    below, above = told.below(name), told.into.pop(name)
    for key, (holder, sent) in told.stray.items():
        leaves = sent in below and holder in [above, *told.above(above)]
        if leaves and key in told.own[holder]:
            told.own[holder].remove(key)
            told.own[sent].add(key)
    check_restored(desk, told, name)


def mail(data, desk, told, name):
    fresh = f"p{len(told.own)}-{sum(map(len, told.own.values()))}@example.com"
    people = [fresh] if name not in told.givers and data.draw(st.booleans()) else []
    told.own[name].add(desk.write(name, data.draw(st.sampled_from(PEOPLE)), *people))
    told.cc[name] |= set(people)


def divide(data, desk, told, name):
    places = desk.places(name)
    chosen = data.draw(st.lists(st.sampled_from(places), unique=True, min_size=1)) if places else []
    if not chosen or len(chosen) == len(places):
        with pytest.raises(Refused):
            desk.do(split(name, [Place(*one) for one in places]))
        return
    known, before = set(desk.tickets), dict(desk.tickets)
    desk.do(split(name, [Place(*one) for one in chosen]))
    [new] = set(desk.tickets) - known
    told.own[new] = {key for _, key in chosen}
    told.givers[new] = {key: owner(before, name, home, key) for home, key in chosen}
    told.sent[new] = {
        key: one for one in told.below(name) - {new} for key in told.own[one] & told.own[new]
    }
    for one in told.sent[new].values():
        told.own[one] -= told.own[new]
    told.cc[new] = set(desk.tickets[new].cc)


def owner(tickets, name, home, key):
    """Return the ticket of a thread that has an entry."""
    return threads.owner(threads.members(tickets[name], tickets.get), home, key).id


def undivide(desk, told, new):
    first = desk.tickets[new].timeline[0].entry
    if told.givers[new][first] in told.below(new):
        with pytest.raises(Refused, match="--undo"):
            desk.do(unsplit(new))
        return
    desk.do(unsplit(new))
    told.into[new] = told.givers[new][first]
    told.undone.add(new)
    for key, giver in told.givers[new].items():
        if key in told.own[new]:
            told.own[new].remove(key)
            # It came through a ticket that may have left since: then it is where it was split off,
            # until that ticket comes and leaves again.
            sent = told.sent[new][key]
            told.own[sent if sent in told.below(giver) else giver].add(key)
            told.stray[key] = giver, sent
    assert desk.tickets[new].status == "merged"


def same(desk, told):
    """Check that all is as told."""
    for name, ticket in desk.tickets.items():
        assert by_hand(ticket) == {}
        if name not in told.into:
            assert desk.keys(name) == told.thread(name), name
            assert set(ticket.cc) == told.people(desk, name), name


# Shrinking takes minutes and makes a history no easier to read.
@settings(max_examples=200, phases=set(Phase) - {Phase.shrink, Phase.explain})
@given(st.data())
def test_what_belongs_where_is_as_if_it_had_gone_there(data):
    desk, told = Desk(), Told()
    for letter in LETTERS:
        cc = data.draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2))
        asks = data.draw(st.sampled_from(PEOPLE))
        status = data.draw(st.sampled_from(["new", "open", "pending", "solved"]))
        people = tuple(sorted({*cc} - {asks}))
        name = desk.open(letter, asks, cc=people, status=status)
        told.own[name], told.cc[name] = desk.keys(name), set(people)
    for _ in range(data.draw(st.integers(1, 14))):
        step(data, desk, told)
        same(desk, told)
    merged = [one for one in told.into if one not in told.undone]
    for name in data.draw(st.permutations(merged)):
        part(desk, told, name)
        same(desk, told)
