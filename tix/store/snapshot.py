"""A desk as it is at one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tix.git.objects import Absent, Object, Objects, TreeEntry

if TYPE_CHECKING:
    from tix.model import Entry, Ticket
    from tix.problem import Problem


class Snapshot(NamedTuple):
    """Reads a desk's files at `commit` (empty: before the first one).

    `prefix` is the desk's folder in the repository, with a slash at its end, or empty.
    """

    objects: Objects
    commit: str
    prefix: str

    def _name(self, path: str) -> str:
        return f"{self.commit}:{self.prefix}{path}"

    def get(self, path: str) -> Object | None:
        """Read a file (a path below the desk); None where there is none."""
        return self.objects.get(self._name(path)) if self.commit else None

    def get_many(self, paths: Iterable[str]) -> Iterator[Object | None]:
        """Read files, one after the other."""
        if not self.commit:
            return (None for _ in paths)
        return self.objects.get_many(self._name(one) for one in paths)

    def read_many(self, paths: Iterable[str]) -> Iterator[Object | Absent | None]:
        """Read files, going on after those that a partial clone lacks and cannot fetch."""
        if not self.commit:
            return (None for _ in paths)
        return self.objects.read_many(self._name(one) for one in paths)

    def text(self, path: str) -> str:
        """Read a text file; an empty text where there is none."""
        found = self.get(path)
        return found.content.decode("utf-8", "replace") if found else ""

    def tree(self, path: str) -> list[TreeEntry]:
        """List a folder."""
        return self.objects.tree(self._name(path.rstrip("/"))) if self.commit else []

    # The parsers are imported when something is parsed: a list needs none.

    def ticket(self, name: str) -> Ticket | Problem | None:
        """Read a ticket by its whole id."""
        from tix.store import reading

        return reading.ticket(self, name)

    def entries(
        self, name: str, wanted: Callable[[str], bool] | None = None
    ) -> list[Entry | Problem]:
        """Read the entries of a ticket's folder, all or those whose keys are wanted, by date."""
        from tix.store import reading

        return reading.entries(self, name, *([wanted] if wanted else []))

    def tickets(self, names: Sequence[str]) -> Iterator[Ticket]:
        """Read tickets by their whole ids, but for those that are missing or malformed."""
        from tix.store import reading

        return reading.tickets(self, names)
