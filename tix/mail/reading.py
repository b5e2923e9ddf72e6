"""Reading mails ahead of filing them: all that needs no look at the desk, in other processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from tix import language, parallel, text, yamltext
from tix.format import entry as entry_format
from tix.git.hashing import blob
from tix.index.rows import EntryRows, entry_rows
from tix.mail import entries, matching
from tix.mail.forms import MAIL, Form
from tix.mail.parsed import NotAMail, ParsedMail, TooLarge
from tix.mail.sources import RawMail
from tix.model import Entry
from tix.settings import Settings
from tix.yamltext import YamlError

PIECE = 160
PIECE_BYTES = 1 << 20
# So much is under way that nobody waits while a hundred mails are filed.
AHEAD = 8
AHEAD_BYTES = 8 << 20


class Drafted(NamedTuple):
    """An entry as a mail becomes one where no other has its key.

    `content` is its file, None where its front matter would break the bounds of what is read;
    `files` are those that come with it. `rows` are those of the index, but for the ticket. `by` is
    the agent whose reply it is.
    """

    name: str
    by: str
    automatic: str
    content: bytes | None
    files: Mapping[str, bytes]
    rows: EntryRows

    @property
    def key(self) -> str:
        """The eight characters that timelines name it by."""
        return self.name[-8:]

    @property
    def text(self) -> str:
        """What it says; empty where it has no file."""
        content = (self.content or b"").decode()
        return content.partition(f"\n{entry_format.FENCE}")[2]

    @property
    def direction(self) -> str:
        """Whether it came in or went out; neither for a note."""
        return str(self.rows.entry[3])

    @property
    def side(self) -> str:
        """The address of the side conversation that it belongs to."""
        return str(self.rows.entry[14])


class Prepared(NamedTuple):
    """A mail that was read; `mail` is None where it could not be, and `reason` says why.

    `mail` is without its text and attachments, which `drafted` has: the entry that it most likely
    becomes. `language` is what its text is written in, None where the mail itself says so or where
    it answers another: a ticket that is there has its language.
    """

    mail: ParsedMail | None
    reason: str = ""
    drafted: Drafted | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads mails for a desk with these settings; `now` is when the import began, `width` the
    length of object ids, `form` what they come as.
    """

    settings: Settings
    now: datetime
    width: int
    form: Form = MAIL

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
            shared=language.load,
        )
        for answers in found:
            # The bytes stay here: only what was read comes back from the other process.
            piece = waiting.popleft()
            size -= _size(piece)
            yield from zip(piece, answers, strict=True)

    def _read_piece(self, piece: list[RawMail]) -> list[Prepared]:
        # Step by step for all of them: that keeps in the processor's cache what a step needs, the
        # model for languages above all.
        found = [_Reading(raw) for raw in piece]
        for step in (
            self._parse,
            self._make_entry,
            self._print_entry,
            self._make_rows,
            _tell_language,
        ):
            for one in found:
                one.take(step)
        return [one.prepared() for one in found]

    def parsed(self, raw: RawMail) -> ParsedMail:
        """Parse a mail. Raises NotAMail, TooLarge."""
        if raw.size > len(raw.content):
            raise TooLarge(f"it is too large ({raw.size >> 20} MiB); its start is kept")
        return self.form.parse(raw.content, self.settings.trusted_hosts)

    def read(self, raw: RawMail) -> Prepared:
        """Read a mail. Raises nothing for what it holds."""
        return self._read_piece([raw])[0]

    def entry_of(
        self,
        raw: RawMail,
        taken: Container[str],
        agent: str = "",
        *,
        note: bool = False,
        side: str = "",
    ) -> Drafted:
        """Print the entry of a readable mail where it is another than was drafted: a note, one
        whose key is `taken`, one that is an agent's after all or that is not, or one of a `side`
        conversation.
        """
        entry, files = entries.make(self.parsed(raw), self.settings, raw.content, self.now, taken)
        mine = entries.by_agent(entry, agent, note=note) if agent else entry
        mine = replace(mine, side=side) if side else mine
        content = _printed(mine)
        return _drafted(mine, files, content, self._rows(mine, content))

    def _parse(self, one: _Reading) -> None:
        one.mail = self.parsed(one.raw)

    def _make_entry(self, one: _Reading) -> None:
        mail = one.mail
        if mail is None or mail.sender is None:
            return
        entry, one.files = entries.make(mail, self.settings, one.raw.content, self.now, ())
        # An agent who answers most likely answers what the desk has.
        agent = matching.agent_of(mail, self.settings) if _answers(mail) else ""
        one.entry = entries.by_agent(entry, agent, note=False) if agent else entry

    def _print_entry(self, one: _Reading) -> None:
        one.content = _printed(one.entry) if one.entry else None

    def _make_rows(self, one: _Reading) -> None:
        one.rows = self._rows(one.entry, one.content) if one.entry else None

    def _rows(self, entry: Entry, content: bytes | None) -> EntryRows:
        return entry_rows("/", blob(content or b"", self.width), entry)


@dataclass(slots=True)
class _Reading:
    """A mail that is being read: what is known of it by now, or why it cannot be read."""

    raw: RawMail
    reason: str = ""
    mail: ParsedMail | None = None
    entry: Entry | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    content: bytes | None = None
    rows: EntryRows | None = None
    language: str | None = None

    def take(self, step: Callable[[_Reading], None]) -> None:
        """Go a step further, if it can be read."""
        if self.reason:
            return
        try:
            step(self)
        except (NotAMail, TooLarge) as error:
            self.reason = str(error)
        except Exception as error:  # such a mail is kept, and the others are not kept out
            self.reason = f"tix failed to read it ({type(error).__name__})"

    def prepared(self) -> Prepared:
        """Return what filing it needs."""
        if self.mail is None or self.reason:
            return Prepared(None, self.reason)
        bare = self.mail._replace(text="", html=None, attachments=())
        if self.entry is None or self.rows is None:
            return Prepared(bare)
        drafted = _drafted(self.entry, self.files, self.content, self.rows)
        return Prepared(bare, "", drafted, self.language)


def _tell_language(one: _Reading) -> None:
    mail, entry = one.mail, one.entry
    if entry and mail and not (mail.language_hint or _answers(mail)):
        one.language = _spoken(entry.subject, entry.text)


def language_of(prepared: Prepared) -> str:
    """Tell the language of a mail that answers another, and begins a ticket all the same."""
    if prepared.mail is None or prepared.drafted is None or prepared.drafted.content is None:
        return ""
    return _spoken(text.one_line(prepared.mail.subject), prepared.drafted.text)


def _spoken(subject: str, said: str) -> str:
    try:
        return language.detect(f"{subject}\n{said}")
    except Exception:  # the mail matters more
        return ""


def _answers(mail: ParsedMail) -> bool:
    return bool(mail.in_reply_to or mail.references)


def _printed(entry: Entry) -> bytes | None:
    printed = entry_format.render(entry)
    try:
        yamltext.guard(printed[: printed.find(f"\n{entry_format.FENCE}") + 1])
    except YamlError:
        return None
    return printed.encode()


def _drafted(
    entry: Entry, files: Mapping[str, bytes], content: bytes | None, rows: EntryRows
) -> Drafted:
    return Drafted(entry.name, entry.by, entry.automatic, content, files, rows)


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
