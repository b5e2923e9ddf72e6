"""Reading mails ahead of filing them: all that needs no look at the desk, in other processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tix import language, parallel, yamltext
from tix.format import entry as entry_format
from tix.git.hashing import blob
from tix.index.rows import EntryRows, entry_rows
from tix.mail import entries, matching
from tix.mail.parse import parse
from tix.mail.parsed import NotAMail, ParsedMail, TooLarge
from tix.mail.sources import RawMail
from tix.model import Entry
from tix.settings import Settings
from tix.yamltext import YamlError

PIECE = 80
PIECE_BYTES = 1 << 20
# So much is under way that nobody waits while a hundred mails are filed.
AHEAD = 8
AHEAD_BYTES = 8 << 20


class Drafted(NamedTuple):
    """An entry as a mail becomes one where no other has its key.

    `content` is its file, None where its front matter would break the bounds of what is read;
    `files` are those that come with it. `rows` are those of the index, but for the ticket.
    """

    name: str
    automatic: str
    content: bytes | None
    files: Mapping[str, bytes]
    rows: EntryRows

    @property
    def key(self) -> str:
        """The eight characters that timelines name it by."""
        return self.name[-8:]


class Prepared(NamedTuple):
    """A mail that was read; `mail` is None where it could not be, and `reason` says why.

    `mail` is without its text and attachments, which `drafted` has: the entry of a customer, and
    `by_agent` that of the agent whose mail it may be. `language` is what its text is written in, if
    the mail itself does not say so.
    """

    mail: ParsedMail | None
    reason: str = ""
    drafted: Drafted | None = None
    by_agent: Drafted | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads mails for a desk with these settings; `now` is when the import began, `width` the
    length of object ids.
    """

    settings: Settings
    now: datetime
    width: int

    def read_all(self, mails: Iterable[RawMail]) -> Generator[tuple[RawMail, Prepared]]:
        """Yield mails as they were read, in their order: in processes beside this one if many."""
        waiting: deque[list[RawMail]] = deque()
        size = 0

        def pieces() -> Iterator[list[RawMail]]:
            nonlocal size
            for piece in _pieces(mails):
                waiting.append(piece)
                size += _size(piece)
                yield piece

        found = parallel.ordered(
            self._read_piece,
            pieces(),
            workers=_workers(),
            ahead=AHEAD,
            full=lambda: size > AHEAD_BYTES,
        )
        for answers in found:
            # The bytes stay here: only what was read comes back from the other process.
            piece = waiting.popleft()
            size -= _size(piece)
            yield from zip(piece, answers, strict=True)

    def _read_piece(self, piece: list[RawMail]) -> list[Prepared]:
        # Step by step for all of them: that keeps in the processor's cache what a step needs, the
        # model for languages above all.
        parsed = [(raw, _parsed(raw)) for raw in piece]
        drafted = [self._drafted(raw, mail) for raw, mail in parsed]
        return [_spoken(*one) for one in drafted]

    def read(self, raw: RawMail) -> Prepared:
        """Read a mail. Raises nothing for what it holds."""
        return self._read_piece([raw])[0]

    def _drafted(self, raw: RawMail, mail: ParsedMail | str) -> tuple[Prepared, str]:
        # With the text whose language is still to be told.
        if isinstance(mail, str):
            return Prepared(None, mail), ""
        try:
            return self._draft(raw, mail)
        except Exception as error:
            return Prepared(None, _bug(error)), ""

    def _draft(self, raw: RawMail, mail: ParsedMail) -> tuple[Prepared, str]:
        bare = mail._replace(text="", html=None, attachments=())
        if mail.sender is None:
            return Prepared(bare), ""
        entry, files = entries.make(mail, self.settings, raw.content, self.now, ())
        agent = matching.agent_of(mail, self.settings)
        replied = entries.by_agent(entry, agent, note=False) if agent else None
        drafted = self._printed(entry, files)
        by_agent = self._printed(replied, files) if replied else None
        said = "" if mail.language_hint else f"{entry.subject}\n{entry.text}"
        return Prepared(bare, "", drafted, by_agent), said

    def entry_of(
        self, raw: RawMail, taken: Container[str], agent: str = "", *, note: bool = False
    ) -> Drafted:
        """Print the entry of a readable mail where it is another than was drafted: a note, or one
        whose key is `taken`.
        """
        entry, files = entries.make(parse(raw.content), self.settings, raw.content, self.now, taken)
        mine = entries.by_agent(entry, agent, note=note) if agent else entry
        return self._printed(mine, files)

    def _printed(self, entry: Entry, files: Mapping[str, bytes]) -> Drafted:
        text = entry_format.render(entry)
        content: bytes | None = text.encode()
        try:
            yamltext.guard(text[: text.find("\n---\n") + 1])
        except YamlError:
            content = None
        rows = entry_rows("/", blob(content or b"", self.width), entry)
        return Drafted(entry.name, entry.automatic, content, files, rows)


def _parsed(raw: RawMail) -> ParsedMail | str:
    # Or why it cannot be read.
    if raw.size > len(raw.content):
        return f"it is too large ({raw.size >> 20} MiB); its start is kept"
    try:
        return parse(raw.content)
    except (NotAMail, TooLarge) as error:
        return str(error)
    except Exception as error:
        return _bug(error)


def _bug(error: Exception) -> str:
    # Such a mail is kept, and the others are not kept out.
    return f"tix failed to read it ({type(error).__name__})"


def _spoken(prepared: Prepared, said: str) -> Prepared:
    try:
        return prepared._replace(language=language.detect(said)) if said else prepared
    except Exception:  # the mail matters more
        return prepared


def _size(piece: list[RawMail]) -> int:
    return sum(len(one.content) for one in piece)


def _workers() -> int:
    # Reading is the most of an import: the one that files, and git, leave some of their processors.
    return parallel.spare() and parallel.spare() + 1


def _pieces(mails: Iterable[RawMail]) -> Iterator[list[RawMail]]:
    piece: list[RawMail] = []
    size = 0
    for one in mails:
        piece.append(one)
        size += len(one.content)
        if len(piece) == PIECE or size > PIECE_BYTES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece
