"""Reading mails ahead of filing them: all that needs no look at the desk, in other processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tix import language, parallel, yamltext
from tix.format import entry as entry_format
from tix.mail import entries, matching
from tix.mail.parse import parse
from tix.mail.parsed import NotAMail, ParsedMail, TooLarge
from tix.mail.sources import RawMail
from tix.model import Entry
from tix.settings import Settings
from tix.yamltext import YamlError

PIECE = 40
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Drafted:
    """An entry as a mail becomes one where no other has its key.

    `content` is its file, None where its front matter would break the bounds of what is read;
    `files` are those that come with it.
    """

    name: str
    automatic: str
    content: bytes | None
    files: Mapping[str, bytes]

    @property
    def key(self) -> str:
        """The eight characters that timelines name it by."""
        return self.name[-8:]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail that was read; `mail` is None where it could not be, and `reason` says why.

    `mail` is without its text and attachments, which `drafted` has: the entry of a customer, and
    `by_agent` that of the agent whose mail it may be. `language` is what its text is written in.
    """

    raw: RawMail
    mail: ParsedMail | None
    reason: str = ""
    drafted: Drafted | None = None
    by_agent: Drafted | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads mails for a desk with these settings; `now` is when the import began."""

    settings: Settings
    now: datetime

    def read_all(self, mails: Iterable[RawMail]) -> Generator[Prepared]:
        """Yield mails as they were read, in their order: in processes beside this one if many."""
        waiting: deque[list[RawMail]] = deque()

        def pieces() -> Iterator[list[RawMail]]:
            for piece in _pieces(mails):
                waiting.append(piece)
                yield piece

        for answers in parallel.ordered(self._read_piece, pieces()):
            # The bytes stay here: only what was read comes back from the other process.
            for raw, one in zip(waiting.popleft(), answers, strict=True):
                yield replace(one, raw=raw)

    def _read_piece(self, piece: list[RawMail]) -> list[Prepared]:
        return [replace(self.read(one), raw=_NO_BYTES) for one in piece]

    def read(self, raw: RawMail) -> Prepared:
        """Read a mail. Raises nothing for what it holds."""
        if raw.size > len(raw.content):
            return Prepared(raw, None, f"it is too large ({raw.size >> 20} MiB); its start is kept")
        try:
            return self._drafted(raw, parse(raw.content))
        except (NotAMail, TooLarge) as error:
            return Prepared(raw, None, str(error))
        except Exception as error:  # a bug, which must not keep the other mails out
            return Prepared(raw, None, f"tix failed to read it ({type(error).__name__})")

    def _drafted(self, raw: RawMail, mail: ParsedMail) -> Prepared:
        bare = replace(mail, text="", html=None, attachments=())
        if mail.sender is None:
            return Prepared(raw, bare)
        entry, files = entries.make(mail, self.settings, raw.content, self.now, ())
        agent = matching.agent_of(mail, self.settings)
        replied = entries.by_agent(entry, agent, note=False) if agent else None
        return Prepared(
            raw,
            bare,
            drafted=drafted(entry, files),
            by_agent=drafted(replied, files) if replied else None,
            language=language.detect(f"{entry.subject}\n{entry.text}"),
        )

    def entry_of(
        self, raw: RawMail, taken: Container[str], agent: str = "", *, note: bool = False
    ) -> Drafted:
        """Print the entry of a readable mail where it is another than was drafted: a note, or one
        whose key is `taken`.
        """
        entry, files = entries.make(parse(raw.content), self.settings, raw.content, self.now, taken)
        return drafted(entries.by_agent(entry, agent, note=note) if agent else entry, files)


_NO_BYTES = RawMail("", b"", 0)


def drafted(entry: Entry, files: Mapping[str, bytes]) -> Drafted:
    """Print an entry."""
    text = entry_format.render(entry)
    try:
        yamltext.guard(text[: text.find("\n---\n") + 1])
        content: bytes | None = text.encode()
    except YamlError:
        content = None
    return Drafted(entry.name, entry.automatic, content, files)


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
