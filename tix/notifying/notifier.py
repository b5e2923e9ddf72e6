"""Telling agents what has happened since the last look, each thing at most once.

The order: what is to be told is worked out and put into words, the way of mail is opened, the
cursor is moved (and pushed, where the desk's branch is shared: of two clones one moves it), then it
is told. Whoever is stopped on the way has told too little, never too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tix import clock, render, text
from tix.actions.deliveries import SENT
from tix.desk import Desk
from tix.errors import Refused, TixError
from tix.git import commits, sharing
from tix.git.sharing import Upstream
from tix.mail.composing import Outgoing
from tix.notifying import changed, chat, cursor, events, letters
from tix.notifying.cursor import Cursor
from tix.notifying.events import Digest, Notice
from tix.notifying.wording import Worded, Words
from tix.sending import ways
from tix.sending.transport import Transport
from tix.settings import MAIL

# A cursor that nothing moves is brought up to date so often: what is near its time is measured
# from it, and so is what is old.
STALE = timedelta(hours=1)
FAILED, BY_CHAT = "failed", "notify"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a notice; `way` is `email`, or `notify` for the library."""

    notice: Notice | Digest
    way: str
    state: str = SENT
    reason: str = ""


@dataclass(slots=True)
class Report:
    """What became of the notices, and what somebody should know besides."""

    told: list[Told] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many were told."""
        return sum(one.state == SENT for one in self.told)


class _Ready(NamedTuple):
    """A notice in words: as a mail, or as the library takes it."""

    notice: Notice | Digest
    worded: Worded
    mail: Outgoing | None


def is_on(desk: Desk) -> bool:
    """Tell whether anybody can be told of anything."""
    settings, configured = desk.settings, desk.repository.settings
    by_chat = any(chat.is_wanted(one, configured) for one in settings.agents)
    return bool(settings.notify) and (MAIL in settings.sending or by_chat)


def waiting(desk: Desk, shared: Upstream | None) -> list[Notice | Digest]:
    """Return what would be told now. Raises TooMany."""
    here = cursor.read(desk.repository, cursor.name_of(desk.repository, desk.prefix, shared))
    if not (is_on(desk) and here and cursor.is_here(desk.repository, here.commit)):
        return []
    return events.gathered(_found(desk, here, clock.now()))


def _found(desk: Desk, here: Cursor, now: datetime) -> list[Notice]:
    since = here.at - events.OLD
    same = here.commit == desk.repository.head
    news = () if same else changed.news(desk, here.commit, since)
    return events.chosen(desk.settings, [*news, *changed.near(desk, here.at, now)])


def _is_beside(notice: Notice) -> bool:
    # What an answer to it becomes is not what the words for its event say.
    return bool(notice.entry and notice.entry.side)


class Notifier:
    """Tells the agents of a desk; `shared` is where its branch is pushed to before that.

    `upstream` is that, too, where nothing is to be pushed: clones share the cursor's name.
    """

    def __init__(self, desk: Desk, upstream: Upstream | None, *, offline: bool = False) -> None:
        self._desk = desk
        self._shared = None if offline else upstream
        self._name = cursor.name_of(desk.repository, desk.prefix, upstream)
        self._now = clock.now()
        self._mail: Transport | None = None
        self.report = Report()

    def run(self) -> None:
        """Tell what is new. What fails is a remark of the report, and stops nobody else."""
        if not is_on(self._desk) or not self._desk.repository.head:
            return
        try:
            self._run()
        except TixError as error:
            self._remark(f"notices wait: {error}")
        finally:
            if self._mail:
                self._mail.close()

    def _run(self) -> None:
        here = cursor.read(self._desk.repository, self._name)
        if here and self._is_quiet(here):
            return
        old = here.oid if here else ""
        if self._shared:
            old = sharing.take_up(self._desk.repository, self._shared, self._name, old)
            here = cursor.read(self._desk.repository, self._name)
        if here and self._is_ahead(here):
            return
        ready = self._ready(self._look(here)) if here else []
        if any(one.mail for one in ready):
            self._mail = ways.opened(self._desk, MAIL)
        if not self._move(here, old):
            self.report = Report()  # whoever has moved it says all this
            return
        for one in ready:
            self._tell(one)

    def _is_quiet(self, here: Cursor) -> bool:
        desk = self._desk
        fresh = here.commit == desk.repository.head and self._now - here.at < STALE
        return fresh and not _found(desk, here, self._now)

    def _is_ahead(self, here: Cursor) -> bool:
        """Whether somebody has looked at more than there is here: told again, it would be twice."""
        repository = self._desk.repository
        if here.commit == repository.head or not cursor.is_here(repository, here.commit):
            return False
        return commits.contains(repository, here.commit, repository.head)

    def _look(self, here: Cursor) -> list[Notice | Digest]:
        repository = self._desk.repository
        if self._shared and not cursor.is_here(repository, here.commit) and here.commit:
            sharing.deepen(repository, self._shared, here.commit)
        if not cursor.is_here(repository, here.commit):
            self._remark(
                "the commit up to which agents were told is not here (rewritten, or a shallow "
                "clone): what came since is not told"
            )
            return []
        try:
            return events.gathered(_found(self._desk, here, self._now))
        except changed.TooMany as error:
            self._remark(str(error))
        near = changed.near(self._desk, here.at, self._now)
        return events.gathered(events.chosen(self._desk.settings, near))

    def _move(self, here: Cursor | None, old: str) -> bool:
        """Move the cursor to this commit; False where another clone has moved it, or has more."""
        repository = self._desk.repository
        new = cursor.written(repository, self._desk.prefix, Cursor(repository.head, self._now))
        if self._shared and not sharing.push_with(repository, self._shared, self._name, old, new):
            return False
        return cursor.moved(repository, self._name, here.oid if here else "", new)

    def _ready(self, notices: Sequence[Notice | Digest]) -> list[_Ready]:
        """Put notices into words, before anything is done."""
        if not notices:
            return []
        library = render.library(self._desk.snapshot, render.NOTIFY)
        for problem in library.problems:
            self._remark(str(problem))
        words = Words(self._desk.settings, library, self._now)
        return list(self._worded(words, notices))

    def _worded(self, words: Words, notices: Sequence[Notice | Digest]) -> Iterator[_Ready]:
        desk = self._desk
        for one in notices:
            by_chat = chat.is_wanted(one.agent, desk.repository.settings)
            try:
                yield self._made(words, one, by_chat=by_chat)
            except TixError as error:
                self._note(Told(one, BY_CHAT if by_chat else MAIL, FAILED, str(error)))

    def _made(self, words: Words, one: Notice | Digest, *, by_chat: bool) -> _Ready:
        settings, mail = self._desk.settings, None
        if not by_chat and not letters.address_of(settings, events.agent_of(settings, one)):
            raise Refused(f"{one.agent} has no address but the desk's own: see agents.yaml")
        if not by_chat:
            ways.way_of(settings, MAIL)
        if isinstance(one, Digest):
            worded = words.digest(one)
            mail = None if by_chat else letters.digest(settings, one.agent, worded, self._now)
        else:
            thread = self._desk.thread(one.ticket.id)
            told = not by_chat and bool(settings.own_addresses) and not _is_beside(one)
            worded = words.of(one, thread, mail=told)
            mail = None if by_chat else letters.of(settings, one, thread, worded, self._now)
        if worded.problem:
            self._remark(f"{worded.problem}; what tix ships is used")
        return _Ready(one, worded, mail)

    def _tell(self, one: _Ready) -> None:
        way = MAIL if one.mail else BY_CHAT
        try:
            reason = self._mailed(one.mail) if one.mail else self._chatted(one)
        except TixError as error:
            reason = str(error)
        self._note(Told(one.notice, way, FAILED if reason else SENT, reason))

    def _mailed(self, mail: Outgoing) -> str:
        """Hand a mail over; return why that failed."""
        if self._mail is None or self._mail.broken:
            if self._mail:
                self._mail.close()
            self._mail = None
            self._mail = ways.opened(self._desk, MAIL)
        result = self._mail.send(mail)
        return "" if result.state == SENT else result.reason or result.state

    def _chatted(self, one: _Ready) -> str:
        agent = one.notice.agent
        given = chat.urls(agent, self._desk.repository.settings)
        if chat.tell(agent, given, one.worded):
            return ""
        return f"the notification library could not deliver it: see {chat.place(agent)}"

    def _note(self, told: Told) -> None:
        self.report.told.append(told)

    def _remark(self, said: str) -> None:
        line = text.one_line(said)
        if line not in self.report.remarks:
            self.report.remarks.append(line)
