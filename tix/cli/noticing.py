"""Notices to agents, as `send` sends and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tix import output
from tix.cli.session import Session, terminal_width
from tix.errors import TixError
from tix.text import printable

if TYPE_CHECKING:
    from tix.git.sharing import Upstream
    from tix.notifying.events import Digest, Notice
    from tix.notifying.notifier import Report


def told(session: Session, upstream: Upstream | None, *, offline: bool) -> Report:
    """Tell agents what is new."""
    from tix.notifying.notifier import Notifier

    work = Notifier(session.desk, upstream, offline=offline)
    work.run()
    return work.report


def waiting(session: Session) -> list[Notice | Digest]:
    """Return what agents would be told."""
    from tix.git import sharing
    from tix.notifying import notifier

    desk = session.desk
    try:
        return notifier.waiting(desk, sharing.upstream(desk.repository))
    except TixError as error:
        session.say(str(error))
        return []


def table(found: Sequence[Notice | Digest]) -> str:
    """Lay notices out for people."""
    rows = [[one["agent"], one["event"], one["ticket"], _about(one)] for one in map(data, found)]
    header = ["notice to", "of", "ticket", "subject"]
    return output.table(header, rows, width=terminal_width(), shrink="subject") if rows else ""


def _about(one: dict[str, Any]) -> str:
    return str(one["subject"] or f"{one['count']} notices")


def data(one: Notice | Digest) -> dict[str, Any]:
    """Return a notice as JSON shows it."""
    from tix.notifying.events import Digest

    if isinstance(one, Digest):
        count = len(one.notices)
        return {"agent": one.agent, "event": "digest", "ticket": "", "subject": "", "count": count}
    return {
        "agent": one.agent,
        "event": one.event,
        "ticket": one.ticket.id,
        "subject": one.ticket.subject,
        "count": 1,
    }


def results(report: Report | None) -> dict[str, Any]:
    """Return what became of notices as JSON shows it."""
    if report is None:
        return {"notices": [], "remarks": []}
    notices = [
        {**data(one.notice), "way": one.way, "state": one.state, "reason": one.reason}
        for one in report.told
    ]
    return {"notices": notices, "remarks": report.remarks}


def say(session: Session, report: Report | None) -> list[str]:
    """Say what went wrong; return how many were told, in words."""
    if report is None:
        return []
    for remark in report.remarks:
        session.say(printable(remark))
    for one in report.told:
        if one.reason:
            shown = data(one.notice)
            what = f"{shown['event']} {shown['ticket']}".strip()
            session.say(printable(f"{shown['agent']} was not told ({what}): {one.reason}"))
    count = report.count
    return [f"{count} notice{'' if count == 1 else 's'}"] if count else []
