"""import: mail, and messages of other channels, from files and pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tix.cli import arguments
from tix.cli.command import command
from tix.cli.progress import meter
from tix.cli.session import Session
from tix.errors import NotFound, Refused, Temporary, Unknown, UsageError
from tix.mail import importing, sources
from tix.mail.forms import MAIL, Form
from tix.mail.importing import Tally
from tix.mail.sources import RawMail
from tix.text import printable

SHOWN = 10
FORMATS = ("mail", "jsonl")


@command(
    "import",
    examples=(
        "tix import inbox.mbox\ntix import ~/Maildir letter.eml\n"
        "cat letter.eml | tix import -\ntix import inbox.mbox --json\ntix import --mta -\n"
        "tix import --format jsonl chat.jsonl\ntix import --format jsonl --schema"
    ),
    json=(
        "kind `import`: {accepted, created, appended, duplicates, quarantined, dropped} as counts "
        "of mails (accepted = created + appended), `tickets`, the ids touched, and `remarks`; "
        "with --schema, kind `schema`: the JSON Schema of a line."
    ),
)
@click.argument(
    "paths",
    metavar="PATH…|-",
    nargs=-1,
    shell_complete=arguments.place("file"),
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="mail",
    shell_complete=arguments.among(*FORMATS),
    help="mail, or jsonl: messages of other channels, a JSON object a line.",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of such a line.")
@click.option(
    "--live", is_flag=True, help="It has just come in: acknowledge it, send on agents' answers."
)
@click.option("--dry-run", is_flag=True, help="Show what would happen.")
@click.option("--mta", is_flag=True, help="Take one mail from an MTA's pipe; end with 0 or 75.")
def import_command(
    session: Session,
    paths: tuple[str, ...],
    form: str,
    schema: bool,
    live: bool,
    dry_run: bool,
    mta: bool,
) -> None:
    """File mail from mbox, Maildir, .eml files or a pipe.

    Each mail becomes a new ticket or a message in one, in a commit of its own. Importing a mail
    again changes nothing, so that after an interruption you just run it again. Nothing is sent,
    but with --live: then what makes a ticket is acknowledged, as the desk says.

    With --mta it is the one mail on standard input: 0 once it is safe, else 75, so that the MTA
    keeps it and tries again.

    Chat, SMS, phone, web forms and the like come by --format jsonl: see docs/channels.md.
    """
    if form not in FORMATS:
        raise Unknown("format", form, FORMATS)
    if mta:
        _take_over(session, paths, dry_run or form != "mail")
    elif schema:
        _print_schema(session, form)
    elif paths:
        _import(session, paths, form, live=live, dry_run=dry_run)
    else:
        raise UsageError("name what to import: files, folders, or `-` for standard input")


def _import(
    session: Session, paths: tuple[str, ...], form: str, *, live: bool, dry_run: bool
) -> None:
    for one in paths:
        _refuse(one, form)
    total = sum(Path(one).stat().st_size for one in paths if one != "-" and Path(one).is_file())
    session.desk.actor_or_stranger("import")
    with meter("importing") as progress:
        counted = _Counted(paths, form)
        tally = importing.run(
            session.desk,
            counted.mails(),
            lambda done: progress.at(done, counted.size / total if total else None),
            dry=dry_run,
            piped=any(one == "-" or _is_pipe(Path(one)) for one in paths),
            live=live,
            form=_form(session, form),
        )
    _tell(session, tally, "mail" if form == "mail" else "message")


def _print_schema(session: Session, form: str) -> None:
    import json

    if form != "jsonl":
        raise UsageError("a mail has no schema: `tix import --format jsonl --schema`")
    from tix.mail import jsonlines

    text = jsonlines.schema()
    session.emit("schema", json.loads(text), text)


def _form(session: Session, form: str) -> Form:
    if form == "mail":
        return MAIL
    from tix.mail import jsonlines

    return jsonlines.form(session.desk.settings)


def _take_over(session: Session, paths: tuple[str, ...], otherwise: bool) -> None:
    """File the mail that an MTA hands over. Raises where the MTA must keep it."""
    if paths != ("-",) or otherwise:
        raise UsageError("--mta takes one mail from standard input: `tix import --mta -`")
    giver = os.getppid()
    mail = sources.single(sys.stdin.buffer)
    session.desk.actor_or_stranger("import")
    if os.getppid() != giver:
        raise Temporary("who handed the mail over is gone, and may not have come to its end")
    if not mail.content.strip():
        raise Temporary("no mail came on standard input")
    tally = importing.run(session.desk, [mail], live=True)
    session.is_safe = tally.total == 1
    say_remarks(session, tally)
    if session.as_json:
        session.emit("import", data_of(tally), "")


def _refuse(path: str, form: str) -> None:
    if path == "-":
        return
    place = Path(path)
    if not place.exists():
        raise NotFound(f"there is no file {path}: name one, or `-` for standard input")
    if _is_pipe(place):
        return
    if form == "jsonl":
        if place.is_dir():
            raise Refused(f"{path} is a folder: name the files with lines of JSON, or -")
        return
    found = sources.kind(place)
    if found is None or (found == "directory" and not any(sources.mails(place))):
        raise Refused(f"{path} is not a mail: give an mbox, a Maildir, .eml files or -")


def _is_pipe(place: Path) -> bool:
    # What can be read only once: `tix import <(zcat inbox.mbox.gz)`.
    return not (place.is_file() or place.is_dir())


def _messages(path: str) -> Iterator[RawMail]:
    from tix.mail import jsonlines

    if path == "-":
        yield from jsonlines.lines(sys.stdin.buffer, path)
    else:
        with Path(path).open("rb") as file:
            yield from jsonlines.lines(file, path)


def _mails(path: str) -> Iterator[RawMail]:
    if path == "-":
        yield from sources.stream(sys.stdin.buffer)
    elif _is_pipe(Path(path)):
        with Path(path).open("rb") as file:
            yield from sources.stream(file, path)
    else:
        yield from sources.mails(Path(path))


class _Counted:
    """Mails out of several places, with the bytes read so far."""

    def __init__(self, paths: tuple[str, ...], form: str) -> None:
        self._paths = paths
        self._read = _mails if form == "mail" else _messages
        self.size = 0

    def mails(self) -> Iterator[RawMail]:
        """Yield the mails, in order."""
        for path in self._paths:
            for one in self._read(path):
                self.size += one.size
                yield one


def _tell(session: Session, tally: Tally, what: str) -> None:
    say_remarks(session, tally)
    session.emit("import", data_of(tally), lambda: words_of(tally, what))


def say_remarks(session: Session, tally: Tally) -> None:
    """Tell a person what was not accepted, and why."""
    for one in tally.remarks[:SHOWN]:
        session.say(printable(one))
    if len(tally.remarks) > SHOWN:
        session.say(f"and {len(tally.remarks) - SHOWN} more remarks: --json has them all")


def data_of(tally: Tally) -> dict[str, Any]:
    """Return what --json tells of an import."""
    return {
        "accepted": tally.accepted,
        "created": tally.created,
        "appended": tally.appended,
        "duplicates": tally.duplicates,
        "quarantined": tally.quarantined,
        "dropped": tally.dropped,
        "tickets": list(tally.tickets),
        "remarks": tally.remarks,
    }


def words_of(tally: Tally, what: str = "mail") -> str:
    """Say what became of mails."""
    return (
        f"{_count(tally.total, what)}: {_count(tally.created, 'new ticket')}, "
        f"{tally.appended} filed in tickets, "
        f"{tally.duplicates} known already, {tally.quarantined} quarantined, "
        f"{tally.dropped} dropped"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
