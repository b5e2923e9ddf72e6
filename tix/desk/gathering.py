"""Many changes in one commit: each sees what those before it have made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tix import clock
from tix.actions.context import Action, Plan
from tix.actions.creation import NewTicket
from tix.desk.changing import Changed, Options, has_key
from tix.desk.desk import Desk
from tix.errors import NotFound, Refused
from tix.format import message
from tix.ids import ticket_path
from tix.model import Ticket
from tix.store.overlay import Overlay
from tix.store.snapshot import Snapshot
from tix.store.store import Draft, Written


def gather(
    desk: Desk,
    run: Callable[[Gathering], None],
    action: str,
    *,
    key: str = "",
    dry_run: bool = False,
) -> None:
    """Let `run` do several things to tickets, in one commit: all of them, or none.

    It is called again, with the desk as it is then, where somebody else moved the branch
    meanwhile. Raises what it raises; then nothing has changed.
    """

    def attempt(commit: str, repeated: bool) -> list[Draft]:
        with Gathering(desk, commit, key, repeated=repeated) as gathering:
            run(gathering)
            return gathering.drafts(action)

    def build(snapshot: Snapshot) -> list[Draft]:
        try:
            return attempt(snapshot.commit, False)
        except Repeated:
            return attempt(snapshot.commit, True)

    if dry_run:
        build(desk.snapshot)
    else:
        desk.commit(build, action)


class Repeated(Exception):
    """What is being done was done before, under the same key."""


class Gathering(Desk):
    """A desk at one commit whose changes are kept back, and seen by those that follow.

    `key` is the caller's own for all of them; `repeated` tells that they were made under it
    before, and are only to be shown again. `labels` are names for tickets, `$NAME`.
    """

    def __init__(self, desk: Desk, commit: str, key: str = "", *, repeated: bool = False) -> None:
        repository = desk.repository._replace(head=commit)
        super().__init__(repository, desk.prefix, desk._agent, desk._progress)
        self.labels: dict[str, str] = {}
        self._began = desk.snapshot
        self._key = key
        self._repeated = repeated
        self._over = Overlay(repository.folder, f"{commit}:{self.prefix}", repository.width)

    def close(self) -> None:
        """Let go of what is open."""
        self._over.close()
        super().close()

    @property
    def snapshot(self) -> Snapshot:
        """The desk's files as the changes so far leave them."""
        return Snapshot(self._over, self.repository.head, self.prefix)

    def resolve(self, name: str) -> str:
        """Return the whole id that an id, a prefix or `$LABEL` means. Raises NotFound."""
        given = name.strip()
        if not given.startswith("$"):
            return super().resolve(name)
        if given[1:] not in self.labels:
            raise NotFound(f"no line above is labelled {given[1:]!r}: `new` lines take a label")
        return self.labels[given[1:]]

    def seen(self, names: Sequence[str]) -> dict[str, Ticket]:
        """Read tickets as they were when all this began, but for those we have changed."""
        if self._began.commit == self.repository.head:
            return {}  # nobody can have changed them since
        left = [name for name in names if ticket_path(name) not in self._over.files]
        return {one.id: one for one in self._began.tickets(left)}

    def commit(self, build: Callable[[Snapshot], Sequence[Draft]], why: str) -> Written:
        """Keep what `build` makes for the one commit that is to come."""
        for draft in build(self.snapshot):
            self._over.put({path: one for path, one in draft.changes.items() if one is not None})
        return Written(self.repository.head, self.repository.head)

    def change(
        self, names: Sequence[str], act: Action, action: str, options: Options | None = None
    ) -> list[Changed]:
        """Do something to tickets, after all that was done so far. Raises Repeated."""
        if self._repeated:
            return [Changed(one, one, {}) for one in map(self.ticket, dict.fromkeys(names))]
        return self._fresh(super().change(names, act, action, options), options)

    def relate(
        self, names: Sequence[str], plan: Plan, action: str, options: Options | None = None
    ) -> list[Changed]:
        """Carry out a plan, after all that was done so far. Raises Repeated."""
        if self._repeated:
            key = options.key if options else ""
            done = dict.fromkeys([*names, *self.index.with_key(key)])
            return [Changed(one, one, {}) for one in map(self.ticket, done)]
        return self._fresh(super().relate(names, plan, action, options), options)

    def create(self, draft: NewTicket, options: Options | None = None) -> Changed:
        """Make a ticket by hand. Raises Repeated."""
        if self._repeated and not (options and self.index.with_key(options.key)):
            raise Refused(f"the key {self._key!r} was used for another batch: take a new one")
        return self._fresh([super().create(draft, options)], options)[0]

    def _fresh(self, made: list[Changed], options: Options | None) -> list[Changed]:
        key = options.key if options and self._key and not self._repeated else ""
        if any(has_key(one.after, key) and not one.happened for one in made):
            raise Repeated
        return made

    def drafts(self, action: str) -> list[Draft]:
        """Return the one commit that holds all changes; none where nothing changed."""
        files = self._over.files
        if not files:
            return []
        names = [path.split("/")[-2] for path in files if path.endswith("/ticket.yaml")]
        return [Draft(message.compose(action, names), self.author(), clock.now(), files)]
