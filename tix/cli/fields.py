"""set, tag, link: everything about a ticket that is no status."""

from __future__ import annotations

from collections.abc import Iterable

import click

from tix import clock
from tix.actions import fields
from tix.cli import arguments, changing
from tix.cli.command import command, no_options
from tix.cli.session import Session
from tix.errors import UsageError
from tix.times import text as time_text

_OWN = "tix keeps it itself"
# Keys of tickets that are no fields to set, and what changes them.
ELSEWHERE = {
    "tags": "`tix tag` adds and removes them",
    "links": "`tix link` makes and removes them",
    "cc": "`tix reply --cc` or `tix edit` changes it",
    "followers": "`tix edit` changes them",
    **dict.fromkeys(("format", "id", "timeline", "created", "updated", "rev"), _OWN),
    **dict.fromkeys(("merged-into", "satisfaction"), _OWN),
}


@command(
    "set",
    examples=(
        "tix set 7k3 priority=high\ntix set 7k3 8m2 queue=delivery category=delivery.delay\n"
        "tix set . due='tomorrow 9:00'\ntix set . category="
    ),
    json=changing.JSON,
    writes=True,
)
@arguments.tickets_and_words("ID… KEY=VALUE…", "assignments")
def set_command(session: Session, words: tuple[str, ...]) -> None:
    """Set fields of tickets; an empty value clears one.

    Fields: subject, status, priority, queue, category, assignee, requester, channel, language,
    due, until, reason, and the desk's own.
    """
    names = [one for one in words if "=" not in one]
    changes = pairs(session, [one for one in words if "=" in one])
    if not changes:
        raise UsageError("nothing is set: give at least one KEY=VALUE, such as priority=high")
    found = arguments.tickets(session, names)
    changing.change(session, found, fields.set_fields(changes), "set")


def pairs(session: Session, words: Iterable[str]) -> dict[str, str]:
    """Read each KEY=VALUE; times may be said in words. Raises UsageError, Unknown."""
    found: dict[str, str] = {}
    for key, value in (_pair(session, one) for one in words):
        if key in found:
            raise UsageError(f"{key} is given twice: once is enough")
        found[key] = value
    return found


def _pair(session: Session, word: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    if not sign or not key:
        raise UsageError(f"{word!r} is no KEY=VALUE: write priority=high")
    if key in ELSEWHERE and key not in session.desk.settings.fields:
        raise UsageError(f"{key} is no field to set: {ELSEWHERE[key]}")
    fields.field_name(session.desk.settings, key)
    if key in ("due", "until") and value:
        from tix import when

        languages = ("en", session.desk.settings.language)
        return key, time_text(when.moment(value, clock.now(), languages=languages))
    if key == "assignee":
        return key, session.desk.agent_key(value)
    return key, value


@command(
    "tag",
    examples="tix tag 7k3 +vip\ntix tag 7k3 8m2 +vip -spam",
    json=changing.JSON,
    writes=True,
    words=True,
)
@arguments.tickets_and_words("ID… +TAG… -TAG…", "marked_tags")
def tag_command(session: Session, words: tuple[str, ...]) -> None:
    """Add and remove tags."""
    no_options(words)
    marked = [one for one in words if one != "-" and one.startswith(("+", "-"))]
    names = [one for one in words if one not in marked]
    if not marked:
        raise UsageError("no tag is named: +TAG adds one, -TAG takes one away")
    added = [fields.check_tag(one[1:]) for one in marked if one[0] == "+"]
    removed = [one[1:] for one in marked if one[0] == "-"]
    found = arguments.tickets(session, names)
    changing.change(session, found, fields.tag(added, removed), "tag")


@command(
    "link",
    examples="tix link 7k3 8m2\ntix link 7k3 blocks:8m2\ntix link 7k3 8m2 --remove",
    json=changing.JSON,
    writes=True,
)
@arguments.one_ticket
@click.argument(
    "targets",
    metavar="[KIND:]ID…",
    nargs=-1,
    required=True,
    shell_complete=arguments.completed("linked"),
)
@click.option("--remove", is_flag=True, help="Take the links away.")
def link_command(session: Session, name: str, targets: tuple[str, ...], remove: bool) -> None:
    """Link a ticket to others.

    Kinds: relates (when none is given), follows, parent, blocks, duplicates.
    """
    own = arguments.only(session, name)
    links = [link for one in targets for link in _links(session, one)]
    changing.change(session, [own], fields.links(links, remove=remove), "link")


def _links(session: Session, word: str) -> list[tuple[str, str]]:
    kind, sign, target = word.rpartition(":")
    return [(kind if sign else "relates", one) for one in arguments.tickets(session, [target])]
