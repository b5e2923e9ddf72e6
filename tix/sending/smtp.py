"""Handing mail over to a server (RFC 5321), so that it is known what it has taken.

The library's own `sendmail` does not tell a connection that was lost before the mail was complete
from one that was lost after: the mail may be on its way then.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress

from tix import servers
from tix.actions.deliveries import FAILED, QUEUED, SENT, UNKNOWN, Result
from tix.errors import Refused, TixError
from tix.mail.accounts import Secret
from tix.mail.composing import Outgoing
from tix.sending.transport import Closed, Unreachable
from tix.servers import Server
from tix.settings import MAIL

Reply = tuple[int, bytes]
# The server ends the connection with it (RFC 5321, 3.8).
CLOSING = 421
# Of MAIL, the one refusal that is the message's fault (RFC 1870).
TOO_LARGE = 552
_LOST = (OSError, smtplib.SMTPServerDisconnected)


class _Stopped(Exception):
    """A mail that the server does not take, at least not now."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


class Smtp:
    """A connection to a server, where we are known."""

    def __init__(self, server: smtplib.SMTP, where: str) -> None:
        self._server = server
        self._where = where
        self.broken = False

    @classmethod
    def connect(cls, server: Server, secret: Secret | None, patience: float) -> Smtp:
        """Connect and log in; nobody keeps us waiting for more than `patience` seconds.

        Raises Unreachable, and Refused where the server does not let us in.
        """
        try:
            return cls(_logged_in(server, secret, patience), str(server))
        except ssl.SSLCertVerificationError as error:
            said = f"its certificate is not to be trusted: {error.verify_message}"
            raise Unreachable(str(server), said) from None
        except smtplib.SMTPAuthenticationError as error:
            raise _not_let_in(server, _said(error.smtp_code, error.smtp_error)) from None
        except smtplib.SMTPResponseException as error:
            said = _said(error.smtp_code, error.smtp_error)
            raise Unreachable(str(server), said) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(str(server), error) from None

    def send(self, message: Outgoing) -> Result:
        """Hand a mail over to those of its recipients that the server takes."""
        # Until it has answered: whoever is stopped on the way leaves nothing to go on with.
        self.broken = True
        try:
            refused = self._begin(message)
        except _Stopped as stopped:
            self._reset(stopped.result)
            return stopped.result
        except (*_LOST, smtplib.SMTPException) as error:
            # The line that ends a mail has not gone out.
            return Result(QUEUED, f"the connection was lost: {error}")
        return self._outcome(refused)

    def _begin(self, message: Outgoing) -> dict[str, Reply]:
        """Give the server all of a mail; return what it says of those whom it does not take."""
        server = self._server
        code, said = server.mail(message.sender, _options(server, message))
        if 500 <= code < 600 and code != TOO_LARGE:
            raise Closed(self._where, _said(code, said))
        _expect((code, said), 250)
        replies = {one: server.rcpt(one) for one in message.recipients}
        refused = {one: reply for one, reply in replies.items() if reply[0] not in (250, 251)}
        if len(refused) == len(replies):
            raise _Stopped(_none_taken(refused))
        _expect(server.docmd("DATA"), 354)
        server.send(_stuffed(message.content))
        return refused

    def _outcome(self, refused: dict[str, Reply]) -> Result:
        try:
            code, said = self._server.getreply()
        except (*_LOST, smtplib.SMTPException) as error:
            return Result(UNKNOWN, f"the connection was lost before the server answered: {error}")
        self.broken = code == CLOSING
        if code != 250:
            return _refused(code, said)
        later = tuple(one for one, (code, _) in refused.items() if not 500 <= code < 600)
        words = "; ".join(_said(*one) for one in refused.values())
        return Result(SENT, words, tuple(one for one in refused if one not in later), later)

    def _reset(self, result: Result) -> None:
        with suppress(*_LOST, smtplib.SMTPException):
            if not result.reason.startswith(str(CLOSING)):
                self._server.rset()
                self.broken = False

    def close(self) -> None:
        """Say good-bye, where there is somebody to hear it."""
        with suppress(*_LOST, smtplib.SMTPException):
            if not self.broken:
                self._server.quit()
        self._server.close()


def _not_let_in(server: Server, said: str) -> TixError:
    if said.startswith("4"):
        return Unreachable(str(server), said)
    place = servers.place("sending", MAIL)
    return Refused(f"{server} does not let {server.user} in ({said}): {place}")


def _logged_in(server: Server, secret: Secret | None, patience: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        made: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=patience, context=context
        )
    else:
        made = smtplib.SMTP(server.host, server.port, timeout=patience)
    try:
        if server.security == "starttls":
            made.starttls(context=context)
        made.ehlo_or_helo_if_needed()
        _log_in(made, server.user, secret)
    except BaseException:
        made.close()
        raise
    return made


def _log_in(made: smtplib.SMTP, user: str, secret: Secret | None) -> None:
    if secret is None:
        return
    if secret.kind == "token":
        # https://developers.google.com/gmail/imap/xoauth2-protocol
        words = f"user={user}\x01auth=Bearer {secret.value}\x01\x01"
        made.auth("XOAUTH2", lambda challenge=None: "" if challenge else words)
    else:
        made.login(user, secret.value)


def _options(server: smtplib.SMTP, message: Outgoing) -> list[str]:
    found = ["BODY=8BITMIME"] if server.has_extn("8bitmime") else []
    if server.has_extn("size"):
        found.append(f"SIZE={len(message.content)}")
    if not message.smtputf8:
        return found
    if not server.has_extn("smtputf8"):
        raise _Stopped(Result(FAILED, "the server takes no addresses beyond ASCII (SMTPUTF8)"))
    return [*found, "SMTPUTF8"]


def _expect(reply: Reply, code: int) -> None:
    if reply[0] != code:
        raise _Stopped(_refused(*reply))


def _stuffed(content: bytes) -> bytes:
    # RFC 5321, 4.5.2: a line that starts with a dot gets another.
    lines = content.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + lines if lines.startswith(b".") else lines
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def _refused(code: int, said: bytes) -> Result:
    state = FAILED if 500 <= code < 600 else QUEUED
    return Result(state, _said(code, said))


def _none_taken(refused: dict[str, Reply]) -> Result:
    """Say what comes of a mail that nobody is to get now: it waits while any may get it later."""
    later = [one for one in refused.values() if not 500 <= one[0] < 600]
    return _refused(*(later or list(refused.values()))[0])


def _said(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())}"
