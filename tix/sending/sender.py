"""Sending what waits: each message at most once, whatever happens in between.

The order: the message is composed, the way is opened, the intent is committed (and pushed, where
the desk's branch is shared), the message is handed over, the outcome is committed. The outcome of
one and the intent of the next are one commit. What was in hand when tix was killed is `unknown`
from then on, unless it is noted beside the desk what came of it, and is sent again only when
somebody says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tix import clock, timeline
from tix.actions import deliveries
from tix.actions.context import Action
from tix.actions.deliveries import FAILED, QUEUED, SENDING, SENT, UNKNOWN, Result
from tix.desk import Desk
from tix.desk.changing import Options
from tix.errors import Temporary, TixError
from tix.git import sharing
from tix.git.sharing import Upstream
from tix.mail.composing import Outgoing
from tix.model import Ticket
from tix.sending import outbox, ways
from tix.sending.lock import SendingLock
from tix.sending.outbox import Waiting
from tix.sending.transport import Closed, Transport
from tix.settings import MAIL

MAILER = "mailer"
STOPPED = "tix was stopped while it was being sent"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a message."""

    message: Waiting
    state: str
    reason: str = ""


@dataclass(slots=True)
class Tally:
    """What became of the messages, and the errors that closed a way."""

    told: dict[str, Told] = field(default_factory=dict)
    errors: list[TixError] = field(default_factory=list)

    def count(self, state: str) -> int:
        """Count the messages that came to a state."""
        return sum(one.state == state for one in self.told.values())


def settle_left(desk: Desk, lock: SendingLock, shared: Upstream | None) -> list[str]:
    """Say what came of messages that nobody can be sending any more; return those unknown."""
    now, left = clock.now(), lock.left()
    acts: dict[str, list[Action]] = {}
    unknown = []
    for one in desk.index.messages.deliveries():
        name = f"{one.ticket}/{one.entry}"
        stale = shared is None or name in left or now - one.at > deliveries.PATIENCE
        if one.state == SENDING and stale:
            result = Result(left.get(name) or UNKNOWN, "" if left.get(name) else STOPPED)
            acts.setdefault(one.ticket, []).append(deliveries.settle(one.entry, result))
            unknown += [name] if result.state == UNKNOWN else []
    _commit(desk, acts)
    lock.put_down()
    return unknown


def _commit(desk: Desk, acts: Mapping[str, Sequence[Action]]) -> dict[str, Ticket]:
    if not acts:
        return {}
    options = Options(program=MAILER)
    made = desk.change(list(acts), deliveries.each(acts), "send", options)
    return {one.after.id: one.after for one in made}


def ready(desk: Desk, names: Collection[str] = ()) -> Iterator[Waiting]:
    """Yield what is to be sent now; of named tickets, also what waits to be tried again."""
    now = clock.now()
    for one in outbox.waiting(desk, names, (QUEUED,)):
        if names or one.due is None or one.due <= now:
            yield one


class Sender:
    """Sends messages of a desk; `shared` is where its branch is pushed to before each of them."""

    def __init__(self, desk: Desk, lock: SendingLock, shared: Upstream | None) -> None:
        self._desk = desk
        self._lock = lock
        self._shared = shared
        self._open: dict[str, Transport] = {}
        self._closed: set[str] = set()
        self._pending: dict[str, list[Action]] = {}
        self._is_checked = False
        self.tally = Tally()

    def run(self, messages: Collection[Waiting], progress: Progress | None = None) -> None:
        """Send messages. Raises Conflict and Temporary where the branch cannot be shared."""
        if messages and self._shared:
            sharing.push(self._desk.repository, self._shared, dry_run=True)
        try:
            for done, one in enumerate(messages):
                if progress:
                    progress(done, len(messages))
                self._send(one)
        finally:
            self._finish()

    def _send(self, one: Waiting) -> None:
        channel = one.entry.channel or MAIL
        outgoing = self._composed(one) if channel not in self._closed else None
        transport = self._transport(channel) if outgoing else None
        if outgoing is None or transport is None:
            return
        self._lock.take(one.name)
        if self._intend(one):
            self._share(one)
            result = self._hand_over(transport, one, outgoing)
            if result is None:
                return
            lost = (*result.refused, *outgoing.unusable) if result.state == SENT else ()
            self._settle(one, replace(result, refused=lost))
        if transport.broken:
            self._open.pop(channel).close()

    def _composed(self, one: Waiting) -> Outgoing | None:
        try:
            if not self._is_checked:
                ways.check_signature(self._desk.settings)
                self._is_checked = True
            return ways.composed(self._desk, one)
        except (ways.NoWay, ways.BadSignature) as error:
            self._close(one.entry.channel or MAIL, error)
            return None
        except Temporary as error:
            self.tally.errors.append(error)
            return None
        except TixError as error:
            # Trying again would not mend it.
            self._settle(one, Result(FAILED, str(error)))
            return None

    def _transport(self, channel: str) -> Transport | None:
        try:
            if channel not in self._open:
                self._open[channel] = ways.opened(self._desk, channel)
        except TixError as error:
            self._close(channel, error)
            return None
        return self._open[channel]

    def _close(self, channel: str, error: TixError) -> None:
        self._closed.add(channel)
        self.tally.errors.append(error)

    def _intend(self, one: Waiting) -> bool:
        """Commit what came of the last message, and that this one is about to be sent."""
        after = self._commit(one, deliveries.begin(one.key))
        state = timeline.delivery(after, one.key)
        if state != SENDING:
            self._lock.put_down(one.name)
            self.tally.told[one.name] = Told(one, state)
        return state == SENDING

    def _commit(self, one: Waiting, act: Action) -> Ticket:
        acts = {**self._pending}
        acts[one.ticket.id] = [*acts.get(one.ticket.id, ()), act]
        made = _commit(self._desk, acts)
        self._pending.clear()
        self._lock.put_down(*(name for name in self.tally.told))
        return made[one.ticket.id]

    def _share(self, one: Waiting) -> None:
        if self._shared is None:
            return
        try:
            sharing.push(self._desk.repository, self._shared)
        except BaseException:
            # Whoever else sends from there has not seen that we are about to.
            self._commit(one, deliveries.withdraw(one.key))
            self._lock.put_down(one.name)
            raise

    def _hand_over(self, transport: Transport, one: Waiting, outgoing: Outgoing) -> Result | None:
        try:
            return transport.send(outgoing)
        except Closed as error:
            self._commit(one, deliveries.withdraw(one.key))
            self._lock.put_down(one.name)
            self._close(one.entry.channel or MAIL, error)
            return None
        except BaseException as error:
            self._settle(one, Result(UNKNOWN, f"{STOPPED} ({type(error).__name__})"))
            raise

    def _settle(self, one: Waiting, result: Result) -> None:
        self._lock.tell(one.name, result.state if _is_plain(result) else "")
        self._pending.setdefault(one.ticket.id, []).append(deliveries.settle(one.key, result))
        self.tally.told[one.name] = Told(one, result.state, result.reason)

    def _finish(self) -> None:
        try:
            _commit(self._desk, self._pending)
            self._lock.put_down(*self.tally.told)
            if self._shared and self.tally.told:
                with suppress(TixError):  # the outcome stands here, and is shared later
                    sharing.push(self._desk.repository, self._shared)
        finally:
            for one in self._open.values():
                one.close()


def _is_plain(result: Result) -> bool:
    # What can be said without more words, should tix be killed before it is committed.
    in_part = result.refused or result.later
    return result.state in (SENT, FAILED) and not in_part
