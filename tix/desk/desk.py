"""A desk: settings, store and index as one object. This is also the public Python API.

>>> with Desk.open(Path("."), agent="ann") as desk:  # doctest: +SKIP
...     for row in desk.select(["is:open", "assignee:me"]):
...         print(row.id, row.subject)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from tix import clock, config
from tix.desk.finding import prefix_of
from tix.errors import NotFound, Refused, TixError
from tix.git import repository as git
from tix.git.objects import Objects
from tix.git.repository import Repository
from tix.ids import ticket_path
from tix.index.index import Index, Row, advance, open_index
from tix.settings import RIGHTS, Agent, Settings
from tix.store.interrupted import is_interrupted
from tix.store.snapshot import Snapshot

if TYPE_CHECKING:
    # What only writing needs is imported when something is written: start-up is what users feel.
    from tix.actions.context import Action, Actor, Context, Plan
    from tix.actions.creation import NewTicket
    from tix.desk.changing import Changed, Options
    from tix.desk.conversation import Placed
    from tix.index.messages import Posted
    from tix.index.people import CustomerRow
    from tix.index.update import Progress
    from tix.model import Entry, Ticket
    from tix.problem import Problem
    from tix.query.tree import Query
    from tix.store.store import Draft, Store, Written

# How many tickets' entries are asked of the index at one time.
BATCH = 500
# More files than these are not read again at the end of a command: that is left to the next one.
FEW = 50


class Conflicted(NamedTuple):
    """A ticket that git could not merge, settled; `waits` in the working tree, else committed."""

    ticket: Ticket
    waits: bool


class Desk:
    """A desk, opened at the commit its branch stands at."""

    def __init__(
        self,
        repository: Repository,
        prefix: str,
        agent: str = "",
        progress: Progress | None = None,
        objects: Objects | None = None,
    ) -> None:
        self.repository = repository
        self.prefix = prefix
        self.objects = objects or Objects.of(repository)
        self._agent = agent
        self._progress = progress
        if is_interrupted(repository):
            self.store.recover()

    @classmethod
    def open(
        cls, path: Path, *, branch: str = "", agent: str = "", progress: Progress | None = None
    ) -> Desk:
        """Open the desk at or above a folder. Raises NotADesk, NotFound, NewerFormat.

        `agent` acts in place of the git identity.
        """
        repository = git.find(path, branch)
        if branch and not repository.head:
            raise NotFound(f"there is no branch {branch!r}: `git branch` lists what there is")
        return cls.of(repository, path, agent, progress)

    @classmethod
    def of(
        cls,
        repository: Repository,
        path: Path,
        agent: str = "",
        progress: Progress | None = None,
    ) -> Desk:
        """Open the desk of a repository that was found from a folder. Raises NotADesk."""
        objects = Objects.of(repository)
        try:
            prefix = prefix_of(repository, path, objects)
        except BaseException:
            objects.close()
            raise
        return cls(repository, prefix, agent, progress, objects)

    @classmethod
    def within(
        cls, top: Path, prefix: str, *, agent: str = "", progress: Progress | None = None
    ) -> Desk:
        """Open the desk in a folder of a repository, whether it is checked out or not."""
        return cls(git.find(top), prefix, agent, progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is open."""
        self.objects.close()
        if "index" in self.__dict__:
            self.index.close()

    def refresh(self, head: str = "") -> None:
        """Look at another commit: that which the branch stands at now, where none is named."""
        self.repository = self.repository._replace(head=head or self.repository.resolve())
        self.store.repository = self.repository
        if "index" in self.__dict__:
            self.index.close()
            del self.index

    @property
    def snapshot(self) -> Snapshot:
        """The desk's files at this commit."""
        return self.at(self.repository.head)

    def at(self, commit: str) -> Snapshot:
        """Return the desk's files at another commit."""
        return Snapshot(self.objects, commit, self.prefix)

    @cached_property
    def store(self) -> Store:
        """The store, for writing."""
        from tix.store.store import Store

        return Store(self.repository, self.prefix, self.objects)

    @cached_property
    def index(self) -> Index:
        """The index, brought to this commit."""
        return open_index(self.repository, self.at(self.repository.head), self._progress)

    @cached_property
    def settings(self) -> Settings:
        """The settings at this commit; what is wrong in them is found by `problems`."""
        return self.index.settings() or config.load(*self._setting_texts())[0]

    def _setting_texts(self) -> tuple[str, str]:
        from tix.merging.trees import settings_text

        desk, agents = (self.snapshot.text(one) for one in config.FILES)
        return settings_text(desk), settings_text(agents)

    def problems(self) -> list[Problem]:
        """Return what cannot be read: in the settings, and below tickets/."""
        return [*config.load(*self._setting_texts())[1], *self.index.problems()]

    # Who acts.

    @cached_property
    def identity(self) -> tuple[str, str]:
        """The name and address that commits are made with."""
        return git.identity(self.repository.settings)

    @cached_property
    def agent(self) -> Agent | None:
        """The acting agent: the named one, else the one whose address git's identity is."""
        if self._agent:
            self.settings.require_agent(self._agent)
            return self.settings.agents[self._agent]
        return self.settings.agent_by_email(self.identity[1])

    def me(self) -> str:
        """Return the acting agent's key. Raises Refused where there is none."""
        if self.agent is None:
            raise Refused(self._nobody())
        return self.agent.key

    def agent_key(self, name: str) -> str:
        """Return the key that a name on the command line means: `me`, `none` (empty), a key."""
        if name in ("", "none"):
            return ""
        return self.me() if name == "me" else name

    def _nobody(self) -> str:
        email = self.identity[1]
        if not email:
            return (
                "git does not know who you are: `git config user.email YOU@example.com`, "
                "or name an agent with --as"
            )
        return f"{email} is no agent of this desk: add it to agents.yaml, or use --as AGENT"

    def actor(self) -> Actor:
        """Return who acts, for writing. Raises Refused for viewers and strangers."""
        from tix.actions.context import Actor

        key = self.me()
        role = self.settings.agents[key].role
        if role == "viewer":
            raise Refused(f"{key} is a viewer here and may only read: ask a lead for another role")
        return Actor(key, role)

    def actor_or_stranger(self, right: str) -> None:
        """Let those write who bring mail in or out: agents, and programs that are none.

        Raises Refused for viewers, bots without that right, and where git knows no identity.
        """
        if self.agent is not None:
            self.actor()
            if right not in self.agent.may:
                from tix import rights

                raise Refused(rights.lacks(self.agent, right))
        elif not self.identity[1]:
            raise Refused(self._nobody())

    def author(self) -> str:
        """Return who commits are by: the acting agent, by the address git knows them by."""
        name, email = self.identity
        if self.agent is None:
            return git.person(name, email)
        known = email if email.lower() in self.agent.emails else self.agent.email
        return git.person(self.agent.name, known)

    def committer(self) -> str:
        """Return who makes the commits: git's identity, whoever is named with `--as`."""
        name, email = self.identity
        return git.person(name, email) if email else self.author()

    def context(self, key: str = "", program: str = "") -> Context:
        """Return what actions depend on. Raises Refused for who may not write.

        A `program` acts in nobody's name; who may start it is its own affair.
        """
        from tix.actions.context import Actor, Context

        actor = Actor(program, "bot") if program else self.actor()
        return Context(self.settings, actor, clock.now(), key)

    # Reading.

    def query(self, words: Sequence[str]) -> Query:
        """Read a query's words. Raises UsageError, Unknown."""
        from tix import query

        known = self._of_customers
        return query.parse(words, self.settings, clock.now(), self.me, customers=known)

    def _of_customers(self, key: str, text: str) -> str:
        from tix import identity

        who = identity.read(text, self.settings.channels) if key == "customer" else ""
        return who or self.index.people.value(key, text)

    def select(
        self, words: Sequence[str], sort: str = "-updated", limit: int | None = None
    ) -> list[Row]:
        """Return the tickets that a query names."""
        found = self.query(words)
        return self.index.select(found, self.settings, clock.now(), sort, limit)

    def count(self, words: Sequence[str]) -> int:
        """Count the tickets that a query names."""
        return self.index.count(self.query(words), self.settings, clock.now())

    def resolve(self, name: str) -> str:
        """Return the whole id that an id or prefix means. Raises NotFound."""
        from tix.desk import naming

        return naming.ticket(self, name)

    def resolve_entry(self, name: str) -> tuple[str, str]:
        """Return the ticket and the whole key of the entry that a name means. Raises NotFound."""
        from tix.desk import naming

        return naming.entry(self, name)

    def owner(self, home: str, key: str) -> str:
        """Return the ticket that an entry of a folder belongs to."""
        return self.index.messages.owner(home, key) or home

    def ticket(self, name: str) -> Ticket:
        """Read a ticket by its whole id. Raises NotFound, and Refused where it is malformed."""
        return sound(name, self.snapshot.ticket(name))

    def seen(self, names: Sequence[str]) -> dict[str, Ticket]:
        """Read tickets as they were when the command began."""
        return {one.id: one for one in self.snapshot.tickets(names)}

    def survivor(self, name: str) -> str:
        """Return the ticket that one lives on in: itself, or through merges the last of them."""
        seen: set[str] = set()
        while (into := self.ticket(name).merged_into) and name not in seen:
            seen.add(name)
            name = into
        return name

    def revision(self, name: str) -> str:
        """Return a ticket's revision, for `--expect`."""
        found = self.snapshot.get(ticket_path(name))
        return found.oid if found else ""

    def conflicted(self, name: str) -> Conflicted | None:
        """Return a ticket whose file git could not merge; None where that is not so."""
        from tix.store.reading import is_conflicted

        path = ticket_path(name)
        found, here = self.snapshot.get(path), self.lies_here(path)
        held = found.content if found else b""
        content = here.read_bytes() if here else held
        if content != held and is_conflicted(content) and (merged := self._unmerged(path)):
            return Conflicted(merged, True)
        return Conflicted(self.ticket(name), False) if is_conflicted(held) else None

    def _unmerged(self, path: str) -> Ticket | None:
        """Merge both versions of a ticket that git's index has kept; None where it has not."""
        from tix.git import unfinished
        from tix.merging import trees
        from tix.model import Ticket

        place = self.repository.checkout
        stages = unfinished.unmerged(place).get(f"{self.prefix}{path}") if place else None
        read = self.objects.get_many([one or "0" * 40 for one in stages[1:]] if stages else [])
        texts = [one.content.decode("utf-8", "replace") if one else "" for one in read]
        made = trees.merge_ticket(self.settings, path, *texts) if stages else None
        return made if made is None or isinstance(made, Ticket) else made.ticket

    def lies_here(self, path: str) -> Path | None:
        """Return where a file lies in the working tree; None where it does not."""
        place = self.repository.checkout
        found = place.top / self.prefix / path if place else None
        return found if found and found.is_file() else None

    def waiting(self) -> str:
        """Name what git has left half done in the working tree, such as a merge; else empty."""
        from tix.git import unfinished

        place = self.repository.checkout
        return unfinished.waiting(place).doing if place else ""

    def customer_of(self, who: str) -> CustomerRow | None:
        """Return the customer that an identity belongs to, where a file says so."""
        return self.index.people.having([who]).get(who) if who else None

    def conversation(self, name: str) -> list[Placed]:
        """Read a ticket's thread, in the order of dates, then of timeline lines.

        It has the entries of tickets that are merged into it, and none that were split off.
        """
        from tix.desk.conversation import conversation

        return conversation(self.snapshot, name)

    def entries(self, name: str) -> list[Entry | Problem]:
        """Read the entries of a ticket's thread, in their order."""
        return [one.entry for one in self.conversation(name)]

    def thread(self, name: str) -> tuple[Entry, ...]:
        """Read the entries of a ticket's thread, but for malformed ones."""
        return thread(self.snapshot, name)

    def entry(self, home: str, key: str) -> Entry | None:
        """Read an entry of a ticket's folder, whosever it is now."""
        return entry(self.snapshot, home, key)

    def histories(
        self, names: Iterable[str] | None = None
    ) -> Iterator[tuple[Ticket, Sequence[Posted], list[Ticket]]]:
        """Yield the named tickets that can be read, with their threads but for the texts.

        With each come the other tickets in whose folders some of that lies. Without names: every
        ticket, by id.
        """
        from tix.desk.conversation import histories

        left = iter(self.index.ids() if names is None else names)
        while part := list(islice(left, BATCH)):
            yield from histories(self.snapshot, self.index.messages.posted(part))

    # Writing.

    def commit(self, build: Callable[[Snapshot], Sequence[Draft]], why: str) -> Written:
        """Commit what `build` makes of the desk; afterwards the desk is at the new commit."""
        made: list[Draft] = []

        def built(snapshot: Snapshot) -> list[Draft]:
            made[:] = build(snapshot)
            self._require_rights(snapshot, made)
            return made

        written = self.store.write(built, self.committer(), clock.now, why)
        self.refresh(written.new)
        self._advance_index(written.old, made)
        return written

    def _require_rights(self, snapshot: Snapshot, made: Iterable[Draft]) -> None:
        """Raise Refused where a bot does what it is not listed for."""
        if self.agent is None or self.agent.may == RIGHTS:
            return
        from tix import rights

        for path, new in ((path, new) for one in made for path, new in one.changes.items()):
            held = snapshot.get(path)
            for said in rights.missing(self.agent, path, held.content if held else None, new):
                raise Refused(said)

    def _advance_index(self, old: str, made: Iterable[Draft]) -> None:
        """Bring the index after what was just written: git need not be asked what that was."""
        files = {path: content for one in made for path, content in one.changes.items()}
        present = {path: content for path, content in files.items() if content is not None}
        if not files or len(files) > FEW or len(present) < len(files):
            return  # whoever opens the index next does it
        from tix.index import update

        rows = update.made_of(present, self.repository.width)
        with suppress(TixError):  # the change stands, whatever becomes of the index
            advance(self.repository, self.at(old), rows, lambda: self.snapshot)

    def change(
        self, names: Sequence[str], act: Action, action: str, options: Options | None = None
    ) -> list[Changed]:
        """Do something to tickets, in one commit: all of them, or none. Raises what `act` does."""
        from tix.desk.changing import change

        return change(self, names, act, action, options)

    def relate(
        self, names: Sequence[str], plan: Plan, action: str, options: Options | None = None
    ) -> list[Changed]:
        """Carry out a plan for several tickets, in one commit. Raises what it does."""
        from tix.desk.relating import relate

        return relate(self, names, plan, action, options)

    def create(self, draft: NewTicket, options: Options | None = None) -> Changed:
        """Make a ticket by hand; with a key that was used before, return what it made then."""
        from tix.desk.changing import create

        return create(self, draft, options)


def thread(snapshot: Snapshot, name: str) -> tuple[Entry, ...]:
    """Read the entries of a ticket's thread, but for malformed ones."""
    from tix.desk.conversation import conversation
    from tix.model import Entry

    found = (one.entry for one in conversation(snapshot, name))
    return tuple(one for one in found if isinstance(one, Entry))


def entry(snapshot: Snapshot, home: str, key: str) -> Entry | None:
    """Read an entry of a ticket's folder, whosever it is now; None where it cannot be read."""
    from tix.model import Entry

    found = snapshot.entries(home, lambda one: one == key)
    return next((one for one in found if isinstance(one, Entry)), None)


def sound(name: str, found: Ticket | Problem | None) -> Ticket:
    """Return a ticket that was read. Raises NotFound, and Refused where it is malformed."""
    from tix.problem import Problem

    if found is None:
        raise NotFound(f"there is no ticket {name}: `tix list` shows what there is")
    if isinstance(found, Problem):
        raise Refused(f"{found}; mend the file and commit it (`tix check` explains)")
    return found
