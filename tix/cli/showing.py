"""show, path, files: one ticket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from tix import clock, ids, output, threads, timeline, workflow
from tix.cli import arguments, terminal
from tix.cli.command import command
from tix.cli.session import Session, harmless, terminal_width
from tix.desk import Desk
from tix.desk.conversation import Placed
from tix.errors import NotFound, Refused
from tix.mail.quotes import shown
from tix.model import Attachment, Entry, Ticket
from tix.problem import Problem
from tix.text import printable

FOLD = 8


@command(
    "show",
    examples="tix show 7k3\ntix show . --full\ntix show 7k3 --json",
    json=(
        "kind `ticket`: the fields, `rev` (for --expect), `timeline`, and `entries`, each with "
        "kind, direction, from, to, date, message_id, text, shown (without quotes), attachments; "
        "`problems` names entries that cannot be read."
    ),
)
@arguments.one_ticket
@click.option("--full", is_flag=True, help="Show quoted text and signatures too.")
@click.option(
    "--all", "everything", is_flag=True, help="Unfold the older entries of a long thread."
)
def show_command(session: Session, name: str, full: bool, everything: bool) -> None:
    """Show a ticket as a conversation."""
    found = arguments.only(session, name)
    show_ticket(session, found, full=full, everything=everything)


def show_ticket(
    session: Session, name: str, *, full: bool = False, everything: bool = False
) -> None:
    """Print a ticket, and remember it as the one that `.` means."""
    desk = session.desk
    ticket, entries = desk.ticket(name), desk.conversation(name)
    sound = [one.key for one in entries if isinstance(one.entry, Entry)]
    came = threads.came([ticket, *(one.home for one in entries if one.home)])
    terminal.remember(desk, name, threads.newest(sound, came))
    if found := desk.conflicted(name):
        ticket = found.ticket
        settles = "`tix sync`" if found.waits else "the next write or `tix sync`"
        session.say(f"tix: git could not merge {name}: {settles} settles it")
    data = None
    if session.as_json:
        data = _data(desk, ticket, entries)
    session.emit(
        "ticket",
        data,
        lambda: "\n".join(_conversation(desk, ticket, entries, full=full, everything=everything)),
    )


def _data(desk: Desk, ticket: Ticket, entries: Sequence[Placed]) -> dict[str, object]:
    status = workflow.status(desk.settings, ticket, clock.now())
    customer = desk.customer_of(ticket.requester)
    return {
        **output.ticket_data(ticket, status, desk.revision(ticket.id)),
        "customer": output.customer_data(customer, customer.blob) if customer else None,
        "timeline": [output.event_data(one) for one in ticket.timeline],
        "entries": [
            _entry_data(one.entry, one.home or ticket)
            for one in entries
            if isinstance(one.entry, Entry)
        ],
        "problems": [
            output.problem_data(one.entry) for one in entries if isinstance(one.entry, Problem)
        ],
    }


def _entry_data(one: Entry, home: Ticket) -> dict[str, object]:
    said = shown(one.text, one.subject)
    return output.entry_data(one, said, timeline.delivery(home, one.key), home.id)


def _conversation(
    desk: Desk,
    ticket: Ticket,
    entries: Sequence[Placed],
    *,
    full: bool,
    everything: bool,
) -> Iterator[str]:
    now = clock.now()
    yield from _head(desk, ticket, now)
    folded = 0 if everything else max(0, len(entries) - FOLD)
    for one in entries[:folded]:
        yield _folded(one.entry)
    if folded:
        yield click.style(f"  … {folded} older ones above; --all unfolds them", dim=True)
    for one in entries[folded:]:
        yield ""
        yield from _entry(one.home or ticket, one.entry, now, full)


def _head(desk: Desk, ticket: Ticket, now: datetime) -> Iterator[str]:
    yield click.style(printable(f"{ticket.id}  {ticket.subject}"), bold=True)
    yield printable(" · ".join(part for part in _facts(desk, ticket, now) if part))
    if ticket.tags:
        yield printable(f"tags: {' '.join(ticket.tags)}")
    for name, value in ticket.custom.items():
        yield printable(f"{name}: {value}")
    for link in ticket.links:
        yield printable(f"{link.kind}: {link.target}")
    yield from (printable(one) for one in _relations(ticket))


def _relations(ticket: Ticket) -> Iterator[str]:
    if ticket.merged_into:
        yield f"merged into {ticket.merged_into}"
    held = threads.holding(ticket)
    for one in held.merged:
        yield f"merged with {one}"
    for target in dict.fromkeys(held.given.values()).keys() - {*held.merged}:
        keys = [key for key, into in held.given.items() if into == target]
        yield f"split off into {target}: {' '.join(keys)}"


def _facts(desk: Desk, ticket: Ticket, now: datetime) -> Iterator[str]:
    yield workflow.status(desk.settings, ticket, now)
    yield f"until {output.local(ticket.until)}" if ticket.until and ticket.until > now else ""
    yield ticket.reason
    yield ticket.priority
    yield ticket.queue
    yield ticket.category
    yield ticket.assignee or "nobody's"
    yield from _requester(desk, ticket.requester)
    yield f"cc {', '.join(ticket.cc)}" if ticket.cc else ""
    yield f"{ticket.channel} {ticket.language}".strip()
    yield f"due {output.local(ticket.due)}" if ticket.due else ""
    yield f"created {output.age(ticket.created, now)} ago" if ticket.created else ""


def _requester(desk: Desk, who: str) -> Iterator[str]:
    yield f"from {who}" if who else ""
    if customer := desk.customer_of(who):
        yield from (customer.name, customer.organisation, customer.tier)


def _label(ticket: Ticket, entry: Entry) -> str:
    if entry.key in _withdrawn(ticket):
        return "WITHDRAWN"
    if entry.kind == "note":
        return "INTERNAL NOTE"
    if entry.side:
        return _remarked(f"SIDE CONVERSATION with {entry.side}", _delivery(ticket, entry))
    if entry.direction == "out":
        if timeline.delivery(ticket, entry.key) == "draft":
            return "DRAFT (not sent: `tix approve`)"
        return _remarked("PUBLIC REPLY", _delivery(ticket, entry), *_warnings(entry))
    name = "AUTOMATIC MAIL" if entry.automatic else "MESSAGE"
    return _remarked(name, entry.automatic, *_warnings(entry))


def _remarked(name: str, *remarks: str) -> str:
    said = ", ".join(one for one in remarks if one)
    return f"{name} ({printable(said)})" if said else name


def _delivery(ticket: Ticket, entry: Entry) -> str:
    state = timeline.delivery(ticket, entry.key)
    people = timeline.bounced(ticket, entry.key) if state == "bounced" else ()
    return f"{state}: {', '.join(people)}" if people else state


def _warnings(entry: Entry) -> Iterator[str]:
    yield entry.protection
    if entry.authentication == "fail":
        yield "sender not genuine"


def _withdrawn(ticket: Ticket) -> frozenset[str]:
    undone = timeline.undone(ticket)
    return frozenset(event.entry for event in ticket.timeline if event.n in undone and event.entry)


def _colour(entry: Entry) -> str:
    if entry.kind == "note" or entry.side:
        return "yellow"
    return "green" if entry.direction == "out" else "cyan"


def _author(entry: Entry) -> str:
    return printable(entry.sender or entry.by or "unknown")


def _folded(one: Entry | Problem) -> str:
    if isinstance(one, Problem):
        return f"  {printable(str(one))}"
    first = next((line for line in shown(one.text, one.subject).splitlines() if line.strip()), "")
    kind = "note" if one.kind == "note" else "reply" if one.direction == "out" else "from"
    text = f"  {output.local(one.date)} {kind} {_author(one)}: {printable(first)}"
    return output.cut(text, terminal_width() or 80)


def _entry(ticket: Ticket, one: Entry | Problem, now: datetime, full: bool) -> Iterator[str]:
    if isinstance(one, Problem):
        yield click.style(f"cannot be read: {printable(str(one))}", fg="red")
        return
    label = click.style(_label(ticket, one), fg=_colour(one), bold=True)
    when = f"{output.local(one.date)} ({output.age(one.date, now)})"
    yield f"── {label} · {_author(one)} · {when} · {one.key}"
    text = one.text if full else shown(one.text, one.subject)
    yield from (f"   {line}".rstrip() for line in printable(text).strip("\n").splitlines())
    for attached in one.attachments:
        held = "redacted" if attached.redacted else _size(attached.size)
        yield f"   [{printable(attached.name or attached.file)}, {held}]"


def _size(count: int) -> str:
    return f"{count} bytes" if count < 2048 else f"{count / 1024:.0f} KiB"


@command(
    "path",
    examples='tix path 7k3\ncat "$(tix path 7k3)/ticket.yaml"',
    json="kind `path`: {id, path, checked_out}; `path` is absolute where it is checked out.",
)
@arguments.one_ticket
def path_command(session: Session, name: str) -> None:
    """Print the folder of a ticket.

    Where a sparse checkout leaves it out, it is brought into the working tree. Where nothing is
    checked out (a bare desk), the name by which git knows it.
    """
    from tix import recent

    found = arguments.only(session, name)
    desk = session.desk
    recent.appear(desk, found)
    below = f"{desk.prefix}{ids.ticket_folder(found)}"
    place = desk.repository.checkout
    there = place is not None and (place.top / below).is_dir()
    shown_path = str(place.top / below) if place and there else f"{desk.repository.head}:{below}"
    session.emit(
        "path", {"id": found, "path": shown_path, "checked_out": there}, harmless(shown_path)
    )


@command(
    "files",
    examples="tix files 7k3\ntix files 7k3 --save ~/Downloads\ntix files 7k3 invoice.pdf --save .",
    json=(
        "kind `files`: a list of {name, type, size, file, entry, ticket}, with `saved` under "
        "--save; `file` is below the folder of that ticket."
    ),
)
@arguments.one_ticket
@click.argument("wanted", metavar="[NAME]…", nargs=-1)
@click.option(
    "--save",
    metavar="DIR",
    shell_complete=arguments.place("dir"),
    help="Save them into a folder.",
)
def files_command(session: Session, name: str, wanted: tuple[str, ...], save: str | None) -> None:
    """List or save a ticket's attachments."""
    found = arguments.only(session, name)
    listed = _attached(session.desk, found, wanted)
    rows = [
        {**output.attachment_data(one), "entry": entry, "ticket": home}
        for home, entry, one in listed
    ]
    if save is not None:
        if not (save and Path(save).is_dir()):
            raise NotFound(f"there is no folder {save}")
        for row, (home, _, one) in zip(rows, listed, strict=True):
            row["saved"] = str(_save(session.desk, home, one, Path(save)))
    session.emit("files", rows, lambda: _listing(rows), total=len(rows))


def _attached(desk: Desk, name: str, wanted: Sequence[str]) -> list[tuple[str, str, Attachment]]:
    """Return the attachments of a thread, after the ticket and the entry that they came with."""
    found = [
        (placed.home.id if placed.home else name, placed.key, one)
        for placed in desk.conversation(name)
        if isinstance(placed.entry, Entry)
        for one in placed.entry.attachments
    ]
    chosen = [
        (home, key, one)
        for home, key, one in found
        if not wanted or one.name in wanted or one.file in wanted or Path(one.file).name in wanted
    ]
    if wanted and not chosen:
        names = ", ".join(printable(one.name or one.file) for _, _, one in found) or "none"
        raise NotFound(f"{name} has no such attachment; it has {names}")
    return chosen


def _save(desk: Desk, name: str, one: Attachment, folder: Path) -> Path:
    content = desk.snapshot.get(f"{ids.ticket_folder(name)}/{one.file}")
    if content is None:
        raise NotFound(f"{one.file} is missing from {name}: fetch it (`git fetch`)")
    # By its name in the desk, which is harmless; never over a file that is there.
    target = folder / Path(one.file).name
    try:
        with target.open("xb") as file:
            file.write(content.content)
    except FileExistsError:
        if target.read_bytes() != content.content:
            raise Refused(f"{target} is there already: move it away first") from None
    return target


def _listing(rows: Sequence[dict[str, object]]) -> str:
    cells = [
        [str(row["name"]), str(row["type"]), str(row["size"]), str(row.get("saved", row["file"]))]
        for row in rows
    ]
    width = terminal_width()
    header = ["name", "type", "size", "file"]
    return output.table(header, cells, width=width, shrink="name", right=["size"]) if rows else ""
