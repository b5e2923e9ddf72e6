"""Merging tickets, splitting messages off, and taking both back, at any time.

No file moves: lines of timelines say what belongs where (`tix.threads`). What came in through a
merged ticket, or to one that was split off, goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from tix import threads, timeline, workflow
from tix.actions.context import Context, Outcome, Plan, done, moved_words
from tix.actions.splitting import Place, begun
from tix.errors import NotFound, Refused
from tix.model import Link, Ticket, TimelineEvent
from tix.yamltext import Data

# Whom tickets bring, by their ids.
Joining = Mapping[str, set[str]]


def merge(names: Sequence[str], into: str, *, anyway: bool = False) -> Plan:
    """Merge tickets into another; `anyway` also where a requester would read along."""

    def plan(context: Context) -> list[Outcome]:
        survivor = after = _found(context, into)
        made = []
        for name in names:
            one = _found(context, name)
            _refuse_merging(context, one, survivor, anyway=anyway)
            made.append(done(context, one, _merged(context, one, into)))
            joined = replace(
                after, cc=tuple(sorted({*after.cc, *_people(one)} - {after.requester}))
            )
            after = _record(context, after, joined, {"merged": name})
        return [*made, Outcome(after)]

    return plan


def _found(context: Context, name: str) -> Ticket:
    found = context.find(name)
    if found is None:
        raise NotFound(f"there is no ticket {name} that can be read: `tix check` may tell why")
    return found


def _merged(context: Context, ticket: Ticket, into: str) -> Ticket:
    settings = context.settings
    return replace(workflow.moved(settings, ticket, settings.first("merged")), merged_into=into)


def _people(ticket: Ticket) -> set[str]:
    return {one for one in (ticket.requester, *ticket.cc) if one}


def _joining(context: Context, ticket: Ticket, known: Joining = MappingProxyType({})) -> set[str]:
    """Return whom a merged ticket brings: of one that was split off, who joined since.

    `known` has that of some tickets as they will be.
    """
    if not _is_ended(ticket):
        return _people(ticket)
    began, _ = timeline.items(ticket.timeline[0].data.get("cc", []))
    return ({*ticket.cc} - began) | _joined(context, ticket, known)


def _joined(context: Context, ticket: Ticket, known: Joining) -> set[str]:
    merged = threads.children(ticket, context.find)
    brought = (
        known[one.id] if one.id in known else _joining(context, one, known) for one in merged
    )
    return set().union(*brought)


def _is_ended(ticket: Ticket) -> bool:
    """Tell whether a ticket was split off, and that was undone."""
    first = ticket.timeline[0] if ticket.timeline else None
    return first is not None and first.n in threads.undone(ticket.timeline)


def _record(
    context: Context, before: Ticket, after: Ticket, about: dict[str, Data] | None = None
) -> Ticket:
    by, trailing = context.actor.name, context.trailing
    return timeline.record(before, after, by, context.now, about=about, trailing=trailing)


def _refuse_merging(context: Context, one: Ticket, survivor: Ticket, *, anyway: bool) -> None:
    if one.id == survivor.id:
        raise Refused(f"{one.id} cannot be merged into itself: name another ticket")
    if one.merged_into:
        raise Refused(
            f"{one.id} is merged into {one.merged_into} already: `tix merge --undo {one.id}` first"
        )
    _refuse_survivor(context, one, survivor)
    if not (anyway or _is_known(one, survivor)):
        raise Refused(
            f"{one.id} is {one.requester}'s and {survivor.id} is {survivor.requester}'s: merged, "
            "each would read along with the other; --anyway merges them"
        )


def _refuse_survivor(context: Context, one: Ticket, survivor: Ticket) -> None:
    if survivor.merged_into:
        lives = [each.id for each in threads.survivors(survivor, context.find)]
        if one.id in lives:
            raise Refused(
                f"{survivor.id} is merged into {one.id}: `tix merge --undo {survivor.id}` first"
            )
        last = lives[-1] if lives else survivor.merged_into
        raise Refused(f"{survivor.id} is merged into {last}: `tix merge {one.id} {last}`")
    if context.settings.type_of(survivor.status) in ("closed", "merged"):
        raise Refused(f"{survivor.id} is {survivor.status}: `tix reopen {survivor.id}` first")


def _is_known(one: Ticket, other: Ticket) -> bool:
    """Tell whether the requesters of both take part in both."""
    asking = {ticket.requester for ticket in (one, other)} - {""}
    return len(asking) < 2 or asking <= _people(one) & _people(other)


# Undoing a merge.


class _Through(NamedTuple):
    """An entry that came through a merged ticket: its place, how, and whom it brought in.

    `here` is false where it went on to another ticket: then only who came with it is left.
    """

    kind: str
    key: str
    home: str
    via: str
    brought: frozenset[str]
    here: bool


def unmerge(name: str) -> Plan:
    """Take a ticket out of the one that it was merged into, with what came through it since."""

    def plan(context: Context) -> list[Outcome]:
        leaving = _found(context, name)
        restored, cause = _restored(context, leaving)
        names = {one.id for one in threads.members(leaving, context.find)}
        above = threads.survivors(leaving, context.find)
        made, came = [], []
        lost = _joining(context, leaving)
        known: dict[str, set[str]] = {leaving.id: set()}
        for one in above:
            through = list(_through(one, names))
            gone = (_brought(one) & lost).union(*(entry.brought for entry in through))
            stays = _joined(context, one, known)
            after = replace(one, cc=tuple(each for each in one.cc if each not in gone - stays))
            about = _left(one, leaving, through)
            if about or after.cc != one.cc:
                made.append(Outcome(_record(context, one, after, about)))
            known[one.id] = _joining(context, after, known)
            lost = _joining(context, one) - known[one.id]
            came += through
        return [_returned(context, leaving, restored, cause, came), *made]

    return plan


def _restored(context: Context, leaving: Ticket) -> tuple[Ticket, TimelineEvent | None]:
    """Return a merged ticket as it was before, and the line that merged it."""
    if not leaving.merged_into:
        raise Refused(f"{leaving.id} is {leaving.status}, not merged: there is nothing to undo")
    if _is_ended(leaving):
        raise Refused(
            f"{leaving.id} was split off, and that was undone: split the messages off again"
        )
    cause = next((one for one in reversed(leaving.timeline) if "merged-into" in one.data), None)
    restored = timeline.without(leaving, cause) if cause else leaving
    if restored.merged_into or context.settings.type_of(restored.status) == "merged":
        opened = workflow.moved(context.settings, restored, context.settings.first("open"))
        restored = replace(opened, merged_into="")
    return restored, cause


def _through(survivor: Ticket, names: set[str]) -> Iterator[_Through]:
    """Yield what a ticket holds that came through others, in the order in which it came."""
    held = threads.holding(survivor)
    found: dict[str, _Through] = {}
    for line in survivor.timeline:
        via, key = line.text("via"), line.entry
        if via in names:
            added, _ = timeline.items(line.data.get("cc", []))
            home = held.taken.get(key, survivor.id)
            kind = "note" if line.text("note") else "message"
            here = bool(key) and key not in held.given
            brought = frozenset(added & {*survivor.cc})
            found[key or line.n] = _Through(kind, key, home, via, brought, here)
    yield from found.values()


def _brought(ticket: Ticket) -> set[str]:
    """Return those in a ticket's cc who are there for merges alone."""
    found: set[str] = set()
    for line in ticket.timeline:
        added, removed = timeline.items(line.data.get("cc", []))
        found -= removed
        found |= added if line.text("merged") else set()
    return found


def _left(one: Ticket, leaving: Ticket, through: Sequence[_Through]) -> dict[str, Data]:
    """Say in a survivor's line what leaves it."""
    lines = reversed(threads.standing(one))
    merging = next((line.n for line in lines if line.text("merged") == leaving.id), "")
    about: dict[str, Data] = {"undo": merging} if merging else {}
    if keys := [entry.key for entry in through if entry.here]:
        about |= {"split": [*keys], "into": leaving.id}
    return about


def _returned(
    context: Context,
    leaving: Ticket,
    restored: Ticket,
    cause: TimelineEvent | None,
    came: Sequence[_Through],
) -> Outcome:
    """Return the ticket that was merged as it was, and with what came in through it since."""
    about: dict[str, Data] = {"undo": cause.n} if cause else {}
    after = _record(context, leaving, restored, about)
    for entry in came:
        said: dict[str, Data] = {entry.kind: entry.key, "of": entry.home} if entry.here else {}
        said |= {"via": entry.via} if entry.via != leaving.id else {}
        joined = tuple(sorted({*after.cc, *entry.brought} - {after.requester}))
        if entry.here or joined != after.cc:
            after = _record(context, after, replace(after, cc=joined), said)
    return Outcome(after, words=moved_words(leaving, after))


# Splitting.


def split(name: str, places: Sequence[Place], subject: str = "") -> Plan:
    """Make a ticket of messages of another one's thread; they stay where they lie."""

    def plan(context: Context) -> list[Outcome]:
        old = _found(context, name)
        owned = [(_owner(context, old, one), one) for one in dict.fromkeys(places)]
        new = begun(context, old, [place for _, place in owned], subject)
        keys = {
            owner: [place.key for _, place in some]
            for owner, some in groupby(sorted(owned, key=_giver), key=_giver)
        }
        made = [
            _given(context, _found(context, one), old, new, keys.get(one, []))
            for one in dict.fromkeys([old.id, *keys])
        ]
        return [Outcome(new, words=(new.status,)), *made]

    return plan


def _giver(pair: tuple[str, Place]) -> str:
    return pair[0]


def _owner(context: Context, old: Ticket, place: Place) -> str:
    owner = threads.owner(threads.members(old, context.find), place.home, place.key)
    if owner is None:
        raise NotFound(f"{place.key} is no entry of {old.id}: `tix show {old.id}` prints them")
    return owner.id


def _given(
    context: Context, giver: Ticket, old: Ticket, new: Ticket, keys: Sequence[str]
) -> Outcome:
    about: dict[str, Data] = {"split": [*keys], "into": new.id} if keys else {}
    links = {*giver.links, *([Link("relates", new.id)] if giver.id == old.id else [])}
    after = replace(giver, links=tuple(sorted(links)))
    return Outcome(_record(context, giver, after, about))


# Undoing a split.


def unsplit(name: str) -> Plan:
    """Give a ticket that was split off back, with what came in since: it is merged then."""

    def plan(context: Context) -> list[Outcome]:
        new = _found(context, name)
        origin = _refuse_unsplitting(new)
        givers = list(_givers(context, new, origin))
        if not givers:
            raise Refused(f"no ticket says that {new.id} was split off from it: merge it by hand")
        back = {key for one in givers for key in _keys(_splits(one, new))}
        lives = [givers[0], *threads.survivors(givers[0], context.find)]
        if new.id in [one.id for one in lives]:
            raise Refused(
                f"{givers[0].id} is merged into {new.id}: `tix merge --undo {givers[0].id}` first"
            )
        met = {one.id: one for one in (*givers, *lives, _found(context, origin))}
        ended = _ended(context, new, givers[0].id, back)
        people = _joining(context, ended.ticket)
        made = [_got_back(context, one, new, lives, people) for one in met.values()]
        return [ended, *(one for one in made if one is not None)]

    return plan


def _refuse_unsplitting(new: Ticket) -> str:
    """Return the ticket from whose thread one was split off. Raises Refused."""
    first = new.timeline[0] if new.timeline else None
    if first is None or not first.text("of"):
        raise Refused(f"{new.id} was not split off from another ticket: there is nothing to undo")
    if _is_ended(new):
        raise Refused(f"that {new.id} was split off is undone already")
    if new.merged_into:
        raise Refused(
            f"{new.id} is merged into {new.merged_into}: `tix merge --undo {new.id}` first"
        )
    added, _ = timeline.items(first.data.get("links", []))
    return next((one.partition(" ")[2] for one in sorted(added)), first.text("of"))


def _givers(context: Context, new: Ticket, origin: str) -> Iterator[Ticket]:
    """Yield the tickets that gave one their messages: that of its first message goes first."""
    names = dict.fromkeys([origin, *(line.text("of") for line in new.timeline)])
    found: dict[str, Ticket] = {}
    left = [one for one in names if one]
    while left:
        one = context.find(left.pop(0))
        if one is not None and one.id not in found:
            found[one.id] = one
            # What was merged into it then may have left since.
            left += [line.text("merged") for line in one.timeline if line.text("merged")]
    first = new.timeline[0].entry
    giving = [one for one in found.values() if any(_splits(one, new))]
    yield from sorted(giving, key=lambda one: first not in _keys(_splits(one, new)))


def _splits(giver: Ticket, new: Ticket) -> Iterator[TimelineEvent]:
    for line in threads.standing(giver):
        if threads.split_off(line) and line.text("into") == new.id and "undo" not in line.data:
            yield line


def _keys(lines: Iterable[TimelineEvent]) -> set[str]:
    return {key for line in lines for key in threads.split_off(line)}


def _ended(context: Context, new: Ticket, into: str, back: set[str]) -> Outcome:
    first = new.timeline[0].n
    after = _record(context, new, _merged(context, new, into), {"undo": first})
    for line in threads.standing(new):
        if line.text("of") and line.entry in back and line.n != first:
            after = _record(context, after, after, {"undo": line.n, **_about(line)})
    return Outcome(after, words=moved_words(new, after))


def _about(line: TimelineEvent) -> dict[str, Data]:
    return {key: value for key in ("note", "message") if (value := line.text(key))}


def _got_back(
    context: Context, one: Ticket, new: Ticket, lives: Sequence[Ticket], people: set[str]
) -> Outcome | None:
    """Return a ticket that has its messages again, but for those that went on from there.

    `lives` are the ticket that the other one is merged into, and those that it lives on in.
    """
    joins = any(one.id == each.id for each in lives)
    joined = {*one.cc, *(people if joins else ())} - {one.requester}
    links = tuple(link for link in one.links if link != Link("relates", new.id))
    end = replace(one, links=links, cc=tuple(sorted(joined)))
    after = one
    for line in _splits(one, new):
        about: dict[str, Data] = {"undo": line.n}
        about |= {"merged": new.id} if after is one and one.id == lives[0].id else {}
        end = _record(context, after, replace(end, timeline=after.timeline), about)
        after = _gone_on(context, end, line, new)
    if after is one and end != one:
        said: dict[str, Data] = {"via": new.id} if end.cc != one.cc else {}
        after = _record(context, one, end, said)
    return None if after is one else Outcome(after)


def _gone_on(context: Context, one: Ticket, line: TimelineEvent, new: Ticket) -> Ticket:
    """Return a ticket that gives on what the other one has given on meanwhile."""
    given = threads.holding(new).given
    for target in dict.fromkeys(given.values()):
        keys: list[Data] = [key for key in threads.split_off(line) if given.get(key) == target]
        if keys:
            one = _record(context, one, one, {"split": keys, "into": target})
    return one
