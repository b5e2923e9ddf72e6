"""The ways on which messages leave: which one a channel takes, what goes over it, opening it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace

from tix import render, servers
from tix.actions import deliveries
from tix.desk import Desk
from tix.errors import Refused
from tix.mail import accounts, composing, letters
from tix.mail.composing import Letter, Outgoing
from tix.sending.outbox import Waiting
from tix.sending.transport import Transport
from tix.settings import MAIL, Settings, Way


class NoWay(Refused):
    """The desk does not say how messages of a channel leave."""

    def __init__(self, channel: str) -> None:
        example = "smtps://USER@HOST" if channel == MAIL else "command"
        super().__init__(
            f"the desk does not say how {channel} leaves: add `sending: {{{channel}: {example}}}` "
            "to desk.yaml"
        )


def composed(desk: Desk, one: Waiting) -> Outgoing:
    """Make a message as it leaves, for those who are still to get it.

    Raises Refused or NotFound for one that cannot be made, NotHere where a file is out of reach.
    """
    letter = letters.read(desk.snapshot, desk.settings, one.ticket.id, one.key)
    if (one.entry.channel or MAIL) != MAIL:
        return _as_json(letter)
    made = composing.compose(letter)
    if not made.recipients:
        lost = ", ".join(made.unusable) or "nobody"
        raise Refused(f"there is no address that mail can go to ({lost})")
    left = set(deliveries.recipients(one.ticket, one.key))
    if not left:
        return made
    return replace(made, recipients=tuple(to for to in made.recipients if to in left))


def check_signature(settings: Settings) -> None:
    """Raise BadSignature where the desk's signature cannot be filled in."""
    if settings.signature and (wrong := render.check(render.signature(settings), settings)):
        raise BadSignature(wrong)


def _as_json(letter: Letter) -> Outgoing:
    content = json.dumps(composing.as_json(letter), ensure_ascii=False).encode()
    return Outgoing(letter.entry.message_id, "", letter.entry.to, content + b"\n")


class BadSignature(Refused):
    """The desk's signature cannot be filled in: no mail can be made."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the desk's signature is wrong ({problem}): mend it in desk.yaml")


def way_of(settings: Settings, channel: str) -> Way:
    """Return the way that messages of a channel take. Raises NoWay."""
    found = settings.sending.get(channel)
    if found is None:
        raise NoWay(channel)
    return found


def opened(desk: Desk, channel: str) -> Transport:
    """Open the way of a channel.

    Raises Refused where it cannot be opened until somebody mends something, Unreachable else.
    """
    way, configured = way_of(desk.settings, channel), desk.repository.settings
    patience = accounts.patience()
    if way.server is not None:
        from tix.sending.smtp import Smtp

        secret = accounts.secret("sending", channel, configured) if way.server.user else None
        return Smtp.connect(way.server, secret, patience)
    from tix.sending.program import SENDMAIL, Command, Sendmail

    if way.kind == "sendmail":
        return Sendmail(configured.get("tix.sendmail", SENDMAIL), patience)
    return Command(_command(channel, configured), patience)


def _command(channel: str, configured: Mapping[str, str]) -> str:
    # A desk that named a program would have it run wherever somebody pulls it.
    variable, setting = servers.variable("command", channel), f"tix.sending-{channel}.command"
    if found := os.environ.get(variable) or configured.get(setting):
        return found
    raise Refused(
        f"{channel} leaves by a command, and none is named: `git config {setting} COMMAND`, or set "
        f"{variable}"
    )
