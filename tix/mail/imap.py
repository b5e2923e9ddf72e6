"""A mailbox on an IMAP server: what in it was not filed yet, and marking what was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any, Self

from tix.errors import Refused, Temporary, TixError
from tix.mail import connecting
from tix.mail.accounts import Secret, patience
from tix.mail.parsed import MAX_SIZE
from tix.mail.sources import KEPT_OF_TOO_LARGE, RawMail
from tix.servers import Server, place

if TYPE_CHECKING:
    from imapclient import IMAPClient

FILED, SEEN, ANY = b"$Filed", b"\\Seen", b"\\*"
MANY = 500
MANY_BYTES = 16 << 20
# An answer is one line, and a line of more than a million bytes is not read.
SEARCHED = 50_000
# RFC 5530: what a person has to mend, and what mends itself.
_LASTING = re.compile(
    r"\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED|CONTACTADMIN|NOPERM"
    r"|NONEXISTENT|CANNOT|CLIENTBUG)\b",
    re.IGNORECASE,
)
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\b", re.IGNORECASE)

Fetched = dict[int, RawMail]


class Mailbox:
    """A folder on a server, open within `with`; unless it `writes`, nothing there is changed.

    Whatever goes wrong there is raised as Temporary, or as Refused where a person must mend it.
    """

    def __init__(self, name: str, server: Server, secret: Secret, *, writes: bool = True) -> None:
        self._name = name
        self._account = f"mailbox {name}"
        self._server = server
        self._secret = secret
        self._writes = writes
        self._done = server.options.get("done", "")
        self._flags: tuple[bytes, ...] = ()
        self._validity = 0
        self._count = 0

    def __enter__(self) -> Self:
        with self._saying("greeting us"):
            self._client = self._connect()
        try:
            with self._saying(f"the login of {self._server.user}", lasting=True):
                self._log_in()
            with self._saying(f"opening the folder {self._server.path}", lasting=True):
                self._open()
        except BaseException:
            self._hang_up()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._hang_up()
            return
        # All is done: what a server says to a farewell changes nothing.
        with suppress(Exception):
            self._client.logout()

    def _hang_up(self) -> None:
        with suppress(Exception):
            self._client.shutdown()

    def waiting(self) -> list[int]:
        """Return the UIDs of the messages that were not filed yet, in the order of arrival."""
        wanted = "UNDELETED"
        if not self._done:
            wanted += " UNSEEN" if FILED not in self._flags else f" UNKEYWORD {FILED.decode()}"
        found: set[int] = set()
        with self._saying("a search"):
            for first in range(1, self._count + 1, SEARCHED):
                last = first + SEARCHED - 1
                some = f"{first}:{last if last < self._count else '*'}"
                found.update(self._client.search(f"{some} {wanted}"))
        return sorted(found)

    def stretches(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """Fetch messages, a bounded number of them at a time; those that are gone are left out."""
        for start in range(0, len(uids), MANY):
            some = uids[start : start + MANY]
            with self._saying("telling sizes"):
                told = self._client.fetch(some, ["RFC822.SIZE"])
            sizes = {uid: _size(told[uid]) for uid in some if uid in told}
            for part in _bounded(sizes):
                yield self._fetch(part)

    def _fetch(self, sizes: Mapping[int, int]) -> Fetched:
        large = [uid for uid, size in sizes.items() if size > MAX_SIZE]
        found = self._bodies([uid for uid in sizes if uid not in large], "")
        found |= self._bodies(large, f"<0.{KEPT_OF_TOO_LARGE}>")
        return {uid: self._raw(uid, found[uid], sizes[uid]) for uid in sizes if uid in found}

    def _bodies(self, uids: Sequence[int], part: str) -> dict[int, bytes]:
        with self._saying("a fetch"):
            told = self._client.fetch(uids, [f"BODY.PEEK[]{part}"])
        bodies = {uid: _body(data) for uid, data in told.items()}
        return {uid: body for uid, body in bodies.items() if body is not None}

    def _raw(self, uid: int, content: bytes, told: int) -> RawMail:
        # Some servers only guess at sizes: what came as a whole is as large as it is.
        size = max(told, len(content)) if len(content) == KEPT_OF_TOO_LARGE else len(content)
        return RawMail(f"{self._name}#{uid}", content, size)

    def mark(self, uids: Sequence[int]) -> None:
        """Mark messages as filed, or move them; those that are gone meanwhile are no error."""
        if not uids:
            return
        with self._saying("marking what was filed"):
            was = self._validity
            self._select()
            if self._validity != was:
                raise Temporary(
                    f"{self._account}: its folder was made anew meanwhile, so nothing was marked: "
                    "try again"
                )
            if self._done:
                self._move(uids)
            else:
                self._client.add_flags(uids, self._flags, silent=True)

    def _move(self, uids: Sequence[int]) -> None:
        client = self._client
        if client.has_capability("MOVE"):
            client.move(uids, self._done)
            return
        client.copy(uids, self._done)
        client.delete_messages(uids, silent=True)
        if client.has_capability("UIDPLUS"):
            # Without it, others' deleted messages would go too: then ours stay, marked.
            client.uid_expunge(uids)

    # Getting there.

    def _connect(self) -> IMAPClient:
        import logging

        from imapclient import IMAPClient

        logging.getLogger("imapclient").addHandler(logging.NullHandler())
        server = self._server
        tls = connecting.trusted() if server.security != "none" else None
        is_tls = server.security == "tls"
        client = IMAPClient(
            server.host, server.port, ssl=is_tls, ssl_context=tls, timeout=patience()
        )
        if server.security == "starttls":
            try:
                client.starttls(tls)
            except BaseException:
                with suppress(Exception):
                    client.shutdown()
                raise
        return client

    def _log_in(self) -> None:
        client, user, secret = self._client, self._server.user, self._secret.value
        if self._secret.kind == "password":
            login = client.plain_login if client.has_capability("AUTH=PLAIN") else client.login
            login(user, secret)
        elif client.has_capability("AUTH=XOAUTH2"):
            client.oauth2_login(user, secret)
        elif client.has_capability("AUTH=OAUTHBEARER"):
            client.oauthbearer_login(user, secret)
        else:
            raise Refused(
                f"{self._account}: {self._server} takes no token: {place('mailbox', self._name)}"
            )

    def _open(self) -> None:
        self._require_done()
        allowed = self._select().get(b"PERMANENTFLAGS")
        # A server that names none lets all be set (RFC 9051, 7.1).
        known = {one.lower() for one in (allowed if allowed is not None else (ANY, SEEN))}
        if ANY in known or FILED.lower() in known:
            self._flags = (SEEN, FILED)
        elif SEEN.lower() in known:
            self._flags = (SEEN,)
        elif self._writes and not self._done:
            raise Refused(
                f"{self._account}: {self._server} keeps no marks there: name a folder for what "
                "was filed with ?done=FOLDER"
            )

    def _require_done(self) -> None:
        if self._done and self._writes and not self._client.folder_exists(self._done):
            self._client.create_folder(self._done)

    def _select(self) -> dict[bytes, Any]:
        found: dict[bytes, Any] = self._client.select_folder(
            self._server.path, readonly=not self._writes
        )
        self._validity, self._count = found.get(b"UIDVALIDITY", 0), found.get(b"EXISTS", 0)
        return found

    # What goes wrong there.

    @contextmanager
    def _saying(self, doing: str, *, lasting: bool = False) -> Iterator[None]:
        """Say what is meant by whatever the library raises, for it raises all sorts of things.

        `lasting` tells that what is refused is refused for good, unless the server says it is not.
        """
        try:
            yield
        except TixError:
            raise
        except Exception as error:
            raise self._told(error, doing, lasting) from None

    def _told(self, error: Exception, doing: str, lasting: bool) -> TixError:
        who, server = self._account, self._server
        if isinstance(error, OSError):
            return connecting.failed(who, server, error)
        if isinstance(error, IMAP4.readonly):
            return Refused(
                f"{who}: the folder {server.path} is read-only for {server.user}, so that nothing "
                "could be marked: have that changed on the server"
            )
        if isinstance(error, IMAP4.abort) or isinstance(error.__context__, IMAP4.abort):
            return Temporary(f"{who}: {server} ended the connection at {doing}: try again later")
        if isinstance(error, IMAP4.error):
            return self._refusal(error, doing, lasting)
        kind = type(error).__name__
        return Temporary(f"{who}: {server} answered no IMAP at {doing} ({kind}): try again later")

    def _refusal(self, error: Exception, doing: str, lasting: bool) -> TixError:
        from imapclient.exceptions import CapabilityError

        said = self._secret.hidden_in(_plain(str(error)))
        line = f"{self._account}: {self._server} refused {doing}"
        if isinstance(error, CapabilityError):
            return Refused(f"{line}: it offers no STARTTLS: use imaps://, if it has that")
        if _LASTING.search(said) or (lasting and not _PASSING.search(said)):
            return Refused(f"{line} ({said}): mend that on the server, or what desk and secret say")
        return Temporary(f"{line} ({said}): try again later")


def _plain(said: str) -> str:
    """Return what a server said without what the library puts around it."""
    found = re.search(r"b(['\"])(.*?)\1", said)
    return found[2] if found else said.partition(" failed: ")[2] or said


def _size(data: Mapping[bytes, Any]) -> int:
    size = data.get(b"RFC822.SIZE")
    return size if isinstance(size, int) else 0


def _body(data: Mapping[bytes, Any]) -> bytes | None:
    found = (data.get(one) for one in (b"BODY[]", b"BODY[]<0>"))
    return next((one for one in found if isinstance(one, bytes)), None)


def _bounded(sizes: Mapping[int, int]) -> Iterable[dict[int, int]]:
    """Part messages so that each part is bounded in bytes."""
    part: dict[int, int] = {}
    held = 0
    for uid, size in sizes.items():
        kept = KEPT_OF_TOO_LARGE if size > MAX_SIZE else size
        if part and held + kept > MANY_BYTES:
            yield part
            part, held = {}, 0
        part[uid] = size
        held += kept
    if part:
        yield part
