"""customer: who is who, on whatever channel they write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from tix import output
from tix.cli import arguments
from tix.cli.command import command, no_options
from tix.cli.session import Session, terminal_width
from tix.errors import NotFound, UsageError
from tix.text import printable

if TYPE_CHECKING:
    from tix.desk.customers import Done
    from tix.index.index import Row
    from tix.model import Customer

ACTIONS = ("list", "show", "set", "merge")
COLUMNS = ["id", "status", "channel", "assignee", "requester", "updated", "subject"]
SHOWN = 100


@command(
    "customer",
    examples=(
        "tix customer show jan@example.com\n"
        "tix customer set jan@example.com name='Jan Kowalski' tier=gold +chat:jan_k\n"
        "tix customer set jan@example.com -chat:jan_k language=pl\ntix customer list gold\n"
        "tix customer set '+48 123 456 789' name='Jan K.'\n"
        "tix customer merge +48123456789 jan@example.com"
    ),
    json=(
        "kind `customers` (list): {id, name, identities, organisation, tier, language, "
        "merged_into, rev}; kind `customer` (show, set, merge): the same with `notes`, and from "
        "show the `tickets` of all channels, as `tix list --json` has them."
    ),
    words=True,
)
@click.argument("action", metavar="list|show|set|merge", type=click.Choice(ACTIONS))
@click.argument(
    "words",
    metavar="[WHO] [WORD]…",
    nargs=-1,
    type=click.UNPROCESSED,
    shell_complete=arguments.completed("customers"),
)
@click.option("--dry-run", is_flag=True, help="Show what would happen.")
@click.option("--expect", metavar="REV", default="", help="Exit with 4 unless at this revision.")
def customer_command(
    session: Session, action: str, words: tuple[str, ...], dry_run: bool, expect: str
) -> None:
    """Say who is who: list, show, set and merge customers.

    WHO is an identity (an e-mail address, a phone number, CHANNEL:HANDLE), a customer's id, or the
    start of a name. `show WHO` shows their tickets of all channels, also of somebody of whom
    nothing is noted. `set WHO KEY=VALUE… +IDENTITY… -IDENTITY…` notes name, organisation, tier,
    language and notes, and who they are elsewhere. `merge WHO INTO` makes two customers one.
    `list WORD…` finds customers.
    """
    no_options(words)
    if action == "list":
        _list(session, words)
    elif action == "show":
        _show(session, _only(words, 1, "name one: `tix customer show jan@example.com`")[0])
    elif action == "set":
        _set(session, words, dry_run=dry_run, rev=expect)
    else:
        _merge(session, words, dry_run=dry_run, rev=expect)


def _only(words: Sequence[str], count: int, hint: str) -> Sequence[str]:
    if len(words) != count:
        raise UsageError(hint)
    return words


def _list(session: Session, words: Sequence[str]) -> None:
    found = session.desk.index.people.all(words)
    data = [output.customer_data(one, one.blob) for one in found]
    cells = [
        [one.id, one.name, one.organisation, one.tier, ", ".join(one.identities)] for one in found
    ]
    session.emit("customers", data, lambda: _listing(session, cells), total=len(data))


def _listing(session: Session, cells: list[list[str]]) -> str:
    if not cells:
        session.say("no customer is like that")
        return ""
    header = ["id", "name", "organisation", "tier", "identities"]
    return output.table(header, cells, width=terminal_width(), shrink="identities")


def _show(session: Session, given: str) -> None:
    from tix import identity
    from tix.desk import customers
    from tix.model import Customer

    desk = session.desk
    name = customers.find(desk, given)
    who = "" if name else identity.read(given, desk.settings.channels)
    rows = _tickets(session, name or who)
    if not (name or rows):
        raise NotFound(f"{who} is no customer's, and has no ticket: `tix customer list`")
    found = customers.read(desk, name) if name else Customer("", identities=(who,))
    session.emit("customer", _shown(session, found, rows), lambda: _view(session, found, rows))


def _tickets(session: Session, who: str) -> list[Row]:
    from tix import clock
    from tix.query.tree import OneOf, Query

    desk = session.desk
    asked = Query((OneOf("customer", (who,)),))
    return desk.index.select(asked, desk.settings, clock.now(), "-updated")


def _shown(session: Session, customer: Customer, rows: Sequence[Row]) -> dict[str, Any] | None:
    if not session.as_json:
        return None
    from tix.cli.listing import data_of

    return {**_data(session, customer), "tickets": data_of(session, rows)}


def _data(session: Session, customer: Customer) -> dict[str, Any]:
    from tix.format.customer import path

    found = session.desk.snapshot.get(path(customer.id)) if customer.id else None
    data = output.customer_data(customer, found.oid if found else "")
    return {**data, "notes": customer.notes}


def _view(session: Session, customer: Customer, rows: Sequence[Row]) -> str:
    from tix.cli.listing import table_of

    lines = [click.style(printable(one), bold=True) for one in _title(customer)]
    facts = (customer.organisation, customer.tier, customer.language)
    lines += [printable(" · ".join(one for one in facts if one))] if any(facts) else []
    lines.append(printable(", ".join(customer.identities)))
    lines += ["", printable(customer.notes)] if customer.notes else []
    lines += ["", table_of(session, rows[:SHOWN], COLUMNS)] if rows else ["", "no tickets"]
    if len(rows) > SHOWN:
        asked = customer.id or customer.identities[0]
        session.say(f"the first {SHOWN} of {len(rows)}: `tix list customer:{asked} --all`")
    return "\n".join(lines)


def _title(customer: Customer) -> Iterator[str]:
    if words := "  ".join(one for one in (customer.name, customer.id) if one):
        yield words


def _set(session: Session, words: Sequence[str], *, dry_run: bool, rev: str) -> None:
    from tix.desk import customers

    if len(words) < 2:
        raise UsageError("say who and what: `tix customer set jan@example.com tier=gold`")
    channels = session.desk.settings.channels
    wanted = _wanted(words[1:], channels)
    done = customers.change(session.desk, words[0], wanted, dry_run=dry_run, rev=rev)
    _tell(session, done, dry_run=dry_run)


def _wanted(words: Sequence[str], channels: Sequence[str]) -> Any:
    from tix.actions import customers as actions
    from tix.desk.customers import Wanted

    fields: dict[str, str] = {}
    signed: dict[str, list[str]] = {"+": [], "-": []}
    for one in words:
        key, sign, value = one.partition("=")
        if one[:1] in signed:
            signed[one[0]].append(actions.who(_unsigned(one), channels))
        elif not sign:
            raise UsageError(f"{one!r} is no KEY=VALUE, +IDENTITY or -IDENTITY")
        elif key in fields:
            raise UsageError(f"{key} is given twice: once is enough")
        else:
            fields[key] = actions.checked(key, value)
    return Wanted(fields, tuple(signed["+"]), tuple(signed["-"]))


def _unsigned(word: str) -> str:
    # `+48123456789` adds that number: its own sign may stand for both.
    plain = word[1:]
    return f"+{plain}" if plain[:1].isdigit() and not {"@", ":"} & {*plain} else plain


def _merge(session: Session, words: Sequence[str], *, dry_run: bool, rev: str) -> None:
    from tix.desk import customers

    given, into = _only(words, 2, "name two: `tix customer merge WHO INTO`")
    done = customers.merge(session.desk, given, into, dry_run=dry_run, rev=rev)
    _tell(session, done, dry_run=dry_run)


def _tell(session: Session, done: Done, *, dry_run: bool) -> None:
    if done.uncommented:
        session.say(f"the comments in customers/{done.after.id}.yaml were dropped; git has them")
    said = ", ".join(_differences(done)) or "as it was"
    would = "would be: " if dry_run and done.before != done.after else ""
    data = _data(session, done.after) if session.as_json else None
    session.emit("customer", data, printable(f"{done.after.id}: {would}{said}"))


def _differences(done: Done) -> Iterator[str]:
    from tix.actions.customers import SETTABLE

    before, after = done.before, done.after
    for key in SETTABLE:
        old, new = getattr(before, key, ""), getattr(after, key)
        if old != new:
            yield f"{key} {new.splitlines()[0]}" if new else f"no {key}"
    held = set(before.identities if before else ())
    yield from (f"with {one}" for one in after.identities if one not in held)
    yield from (f"without {one}" for one in sorted(held - {*after.identities}))
