"""quarantine, spam: what was not accepted, and whose mail is not wanted."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import click

from tix import output
from tix.actions import fields, spam
from tix.cli import arguments, changing
from tix.cli.command import command
from tix.cli.session import Session, is_terminal, terminal_width
from tix.desk import Desk
from tix.errors import NotFound, Refused, UsageError
from tix.format.quarantine import Held
from tix.mail import days, waiting
from tix.mail.waiting import Waiting
from tix.text import printable

ACTIONS = ("list", "show", "release", "drop", "allow")
# What each action takes besides ids, by the option's name.
_OPTIONS = {"limit": "list", "raw": "show", "sender": "release", "reason": "drop"}
_NAMES = {"sender": "--from"}


@command(
    "quarantine",
    examples=(
        "tix quarantine list\ntix quarantine show s8c\ntix quarantine show s8c --raw | less\n"
        "tix quarantine release s8c --from jan@example.com\n"
        "tix quarantine drop s8c --reason 'a newsletter'\ntix quarantine allow jan@example.com"
    ),
    json=(
        "kind `quarantine` (list): a list of {id, from, subject, date, reason, message_id, size, "
        "problem}; kind `held` (show): that, with to, cc, text and attachments; kind `decisions` "
        "(release, drop): a list of {id, outcome, changed, ticket, filed, marked}; kind `allowed` "
        "(allow): a list of {address, changed, ticket}."
    ),
)
@click.argument("action", metavar="list|show|release|drop|allow", type=click.Choice(ACTIONS))
@click.argument(
    "names", metavar="[ID…]", nargs=-1, shell_complete=arguments.completed("quarantined")
)
@click.option("-n", "--limit", metavar="N", type=arguments.COUNT, help="List the newest N.")
@click.option("--raw", is_flag=True, help="Write the mail's bytes.")
@click.option("--from", "sender", metavar="ADDRESS", help="Who sent it, where it names nobody.")
@click.option("--reason", metavar="WORDS", help="Why; the commit's message says it.")
@click.option("--dry-run", is_flag=True, help="Show what would happen.")
def quarantine_command(
    session: Session, action: str, names: tuple[str, ...], dry_run: bool, **options: Any
) -> None:
    """See what was not accepted, and decide of it: release it into its ticket, or drop it.

    Both are commits, and say so where it was done before. `allow` takes mail of an address again
    that `tix spam` has marked; releasing a mail does not.
    """
    _refuse_pointless(action, dry_run, options)
    if action == "list":
        _list(session, names, options["limit"])
    elif action == "show":
        _show(session, names, options["raw"])
    elif action == "release":
        _release(session, names, options["sender"], dry_run)
    elif action == "drop":
        _drop(session, names, options["reason"], dry_run)
    else:
        _allow(session, names, dry_run)


def _refuse_pointless(action: str, dry_run: bool, options: dict[str, Any]) -> None:
    for name, given in options.items():
        if given not in (None, False) and _OPTIONS[name] != action:
            option = _NAMES.get(name, f"--{name}")
            raise UsageError(f"{option} goes with `tix quarantine {_OPTIONS[name]}`")
    if dry_run and action in ("list", "show"):
        raise UsageError(f"`tix quarantine {action}` changes nothing: leave out --dry-run")


def _list(session: Session, names: Sequence[str], limit: int | None) -> None:
    if names:
        raise UsageError("`tix quarantine list` takes no ids: `tix quarantine show ID` shows one")
    snapshot = session.desk.snapshot
    rows = list(islice(waiting.each(snapshot), limit))
    total = len(rows) if limit is None else len(days.names(snapshot))
    data = [_data(one) for one in rows]
    session.emit("quarantine", data, lambda: "\n".join(_lines(data, total)), total=total)


def _data(one: Waiting) -> dict[str, Any]:
    held = one.held if isinstance(one.held, Held) else None
    return {
        "id": one.id,
        "from": held.sender if held else "",
        "subject": held.subject if held else "",
        "date": held.date if held else None,
        "reason": held.reason if held else "",
        "message_id": held.message_id if held else "",
        "size": held.size if held else 0,
        "problem": "" if held else str(one.held),
    }


def _lines(data: Sequence[dict[str, Any]], total: int) -> Iterator[str]:
    header = ["id", "date", "from", "subject", "reason"]
    cells = [
        [
            one["id"],
            output.local(one["date"]) if one["date"] else "",
            one["from"],
            one["subject"],
            one["reason"] or f"cannot be read: {one['problem']}",
        ]
        for one in data
    ]
    if not cells:
        yield "nothing is in quarantine"
        return
    width = terminal_width()
    yield output.table(header, cells, width=width, shrink="subject", drop=["from", "date"])
    if total > len(data):
        yield f"{total - len(data)} more"


def _ids(session: Session, names: Sequence[str]) -> list[str]:
    given = [one for name in names for one in arguments.named(session, name)]
    if not given:
        raise UsageError("no mail is named: give an id (`tix quarantine list` shows them)")
    return list(dict.fromkeys(waiting.resolve(session.desk.snapshot, one) for one in given))


def _show(session: Session, names: Sequence[str], raw: bool) -> None:
    found = _ids(session, names)
    if len(found) != 1:
        raise UsageError(f"this takes one mail, and you name {len(found)}")
    snapshot = session.desk.snapshot
    if done := waiting.decided(snapshot, found[0]):
        raise NotFound(f"{done.id} was {done.outcome}: git's history has the mail")
    if raw:
        _write(session, waiting.raw(snapshot, found[0])[0].content)
        return
    data = _read(session.desk, waiting.one(snapshot, found[0]))
    session.emit("held", data, lambda: printable("\n".join(_words(data))))


def _read(desk: Desk, one: Waiting) -> dict[str, Any]:
    from tix.mail.standin import releaser

    raw, ending = waiting.raw(desk.snapshot, one.id)
    mail = releaser(desk, ending).parsed(raw)
    said = {
        "from": str(mail.sender or ""),
        "subject": mail.subject,
        "date": mail.date,
        "message_id": mail.message_id,
    }
    return {
        # What the file beside the mail does not know, the mail may say.
        **{key: value or said.get(key, value) for key, value in _data(one).items()},
        "to": [str(person) for person in mail.to],
        "cc": [str(person) for person in mail.cc],
        "text": mail.text,
        "attachments": [
            {"name": file.name, "type": file.type, "size": len(file.content)}
            for file in mail.attachments
        ],
    }


def _write(session: Session, content: bytes) -> None:
    if session.as_json:
        raise UsageError("--raw writes bytes, --json a document: give one of them")
    if is_terminal():
        raise Refused("a mail's raw bytes may steer a terminal: send them to a file or a pipe")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _words(data: dict[str, Any]) -> Iterator[str]:
    yield f"{data['id']}  {data['reason'] or data['problem']}"
    for name in ("from", "to", "cc", "subject", "message_id"):
        value = ", ".join(data[name]) if isinstance(data[name], list) else data[name]
        if value:
            yield f"{name.replace('_', '-')}: {value}"
    if data["date"]:
        yield f"date: {output.local(data['date'])}"
    yield f"size: {data['size']} bytes"
    yield ""
    yield from (f"   {line}".rstrip() for line in data["text"].strip("\n").splitlines())
    for one in data["attachments"]:
        yield f"   [{one['name']}, {one['size']} bytes]"


def _release(session: Session, names: Sequence[str], sender: str | None, dry: bool) -> None:
    from tix.mail import releasing

    address = fields.address(sender) if sender else ""
    done = releasing.release(session.desk, _ids(session, names), address, dry=dry)
    _tell(session, done, dry)
    for one in dict.fromkeys(one.marked for one in done if one.marked):
        session.say(
            f"{one} stays marked as spam: `tix quarantine allow {one}` takes their mail again"
        )


def _drop(session: Session, names: Sequence[str], reason: str | None, dry: bool) -> None:
    from tix.mail import releasing

    done = releasing.drop(session.desk, _ids(session, names), reason or "", dry=dry)
    _tell(session, done, dry)


def _tell(session: Session, done: Sequence[Any], dry: bool) -> None:
    keys = ("id", "outcome", "changed", "ticket", "filed", "marked")
    data = [{key: getattr(one, key) for key in keys} for one in done]
    words = [printable(_outcome(one, dry)) for one in data]
    session.emit("decisions", data, "\n".join(words), total=len(data))


def _outcome(one: dict[str, Any], dry: bool) -> str:
    where = f" into {one['ticket']}" if one["ticket"] else ""
    if not one["changed"]:
        return f"{one['id']}: was {one['outcome']} already{where}"
    would = "would be " if dry else ""
    if one["outcome"] == "released" and not one["filed"]:
        return (
            f"{one['id']}: {would}released: {one['ticket'] or 'the desk'} has this message already"
        )
    return f"{one['id']}: {would}{one['outcome']}{where}"


def _allow(session: Session, names: Sequence[str], dry: bool) -> None:
    from tix.mail import senders

    given = [one for name in names for one in arguments.named(session, name)]
    if not given:
        raise UsageError("no address is named: `tix quarantine allow jan@example.com`")
    done = senders.allow(session.desk, [fields.address(one) for one in given], dry=dry)
    data = [
        {"address": one.address, "changed": bool(one.ticket), "ticket": one.ticket} for one in done
    ]
    words = [printable(_allowed(one, dry)) for one in data]
    session.emit("allowed", data, "\n".join(words), total=len(data))


def _allowed(one: dict[str, Any], dry: bool) -> str:
    if not one["changed"]:
        return f"{one['address']}: is not marked as spam"
    return f"{one['address']}: {'would be ' if dry else ''}allowed again ({one['ticket']} was spam)"


@command(
    "spam",
    examples="tix spam 7k3\ntix spam 7k3 8m2",
    json=changing.JSON,
    writes=True,
)
@arguments.many_tickets
def spam_command(session: Session, names: tuple[str, ...]) -> None:
    """Close tickets as spam; mail of their requesters is quarantined from now on.

    Reports leave them out. `tix quarantine allow ADDRESS` takes mail of an address again, `tix
    undo` takes all of it back.
    """
    found = arguments.tickets(session, names)
    changing.change(session, found, spam.mark(), "spam", ("status",))
