"""The fixture `servers`: real mail servers for a session of tests, where they are installed."""

import base64
import hashlib
import hmac
import imaplib
import json
import os
import re
import shutil
import smtplib
import tempfile
import time
from functools import cached_property
from itertools import count
from pathlib import Path

import pytest

from tests.servers import certificates, dovecot, processes
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

WHERE = "`make test-mail` installs it (Debian: dovecot-imapd dovecot-lmtpd postfix)"
PATIENCE = 20.0


class Servers:
    """Mail servers on loopback ports, with a certificate of an authority of their own.

    Every user of every domain has a mailbox, and `password`; mail by SMTP reaches the domains of
    `tests.servers.postfix`. Postfix is started when it is first asked for, as only root can.
    """

    password = dovecot.PASSWORD

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self.authority = certificates.authority(folder)
        self._certificate = self.authority.certificate(folder / "server.pem")
        self.dovecot = Dovecot(_made(folder / "dovecot"), self._certificate)

    @cached_property
    def postfix(self) -> Postfix:
        """Postfix, started."""
        if processes.program("postfix") is None:
            _leave_out(f"Postfix is not installed: {WHERE}")
        if os.getuid() != 0:
            _leave_out("Postfix can be started by root only")
        return Postfix(_made(self._folder / "postfix"), self._certificate, self.dovecot)

    def log(self) -> str:
        """Return what they have logged."""
        started = (one for one in ("postfix", "dovecot") if one in self.__dict__)
        return "\n".join(getattr(self, one).log() for one in started)

    def stop(self) -> None:
        """Stop them."""
        for one in ("postfix", "dovecot"):
            if one in self.__dict__:
                getattr(self, one).stop()

    @property
    def ca(self) -> Path:
        """The file that SSL_CERT_FILE must name for their certificates to be trusted."""
        return self.authority.file

    @property
    def imap_port(self) -> int:
        """IMAP, in plain text or with STARTTLS."""
        return self.dovecot.imap_port

    @property
    def imaps_port(self) -> int:
        """IMAP within TLS."""
        return self.dovecot.imaps_port

    @property
    def smtp_port(self) -> int:
        """SMTP, in plain text or with STARTTLS, without a login."""
        return self.postfix.smtp_port

    @property
    def submission_port(self) -> int:
        """SMTP that wants STARTTLS and a login."""
        return self.postfix.submission_port

    @property
    def smtps_port(self) -> int:
        """SMTP within TLS that wants a login."""
        return self.postfix.smtps_port

    def someone(self, name: str = "jan", domain: str = "example.com") -> str:
        """Return an address that no other test has."""
        return f"{name}-{os.getpid()}-{next(self._numbers)}@{domain}"

    def token(self, user: str, *, seconds: int = 600) -> str:
        """Return an OAuth2 access token of a user's, as an identity provider would sign it."""
        now = int(time.time())
        claims = {"sub": user, "iat": now - 900, "exp": now + seconds, "scope": "mail"}
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        text = b".".join(_base64(json.dumps(one).encode()) for one in parts)
        return (
            text + b"." + _base64(hmac.digest(dovecot.TOKEN_KEY, text, hashlib.sha256))
        ).decode()

    def submit(self, mail: bytes, sender: str, *to: str) -> None:
        """Hand a mail in by SMTP."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=PATIENCE) as smtp:
            smtp.sendmail(sender, to, mail)

    def deliver(self, mail: bytes, *to: str, sender: str = "sender@example.com") -> None:
        """Put a mail into mailboxes by LMTP; it is there on return."""
        with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port, timeout=PATIENCE) as lmtp:
            lmtp.sendmail(sender, to, mail)

    def open(self, user: str, folder: str = "INBOX") -> imaplib.IMAP4:
        """Open a user's folder, for tests to look at it or to change it."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=PATIENCE)
        client.login(f'"{user}"', self.password)
        status, said = client.select(f'"{folder}"')
        assert status == "OK", said
        return client

    def mailbox(self, user: str, folder: str = "INBOX", *, at_least: int = 0) -> list[bytes]:
        """Return the mails in a user's folder, in order, once there are `at_least` so many."""
        deadline = time.monotonic() + PATIENCE
        while len(found := self._mails(user, folder)) < at_least:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(found)} of {at_least} mails for {user}\n{self.log()}")
            time.sleep(0.1)
        return found

    def _mails(self, user: str, folder: str) -> list[bytes]:
        with self.open(user, folder) as client:
            _, found = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
            return [one[1] for one in found if isinstance(one, tuple)]

    def flags(self, user: str, folder: str = "INBOX") -> list[set[str]]:
        """Return the flags of the mails in a user's folder."""
        with self.open(user, folder) as client:
            _, found = client.uid("FETCH", "1:*", "(FLAGS)")
        rows = (re.search(rb"FLAGS \((.*?)\)", one) for one in found if one)
        return [{*row[1].decode().split()} - {"\\Recent"} for row in rows]


def _leave_out(reason: str) -> None:
    # Where they must be there, nobody would notice that tests are skipped.
    (pytest.fail if os.environ.get("REQUIRE_MAIL_SERVERS") else pytest.skip)(reason)


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _made(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def servers():
    """Dovecot, and Postfix where it is asked for; skips where they are not installed."""
    if not dovecot.is_installed():
        _leave_out(f"Dovecot is not installed, with IMAP and LMTP: {WHERE}")
    # Its users are others than ours, and sockets have short names.
    folder = Path(tempfile.mkdtemp(prefix="tix-servers-"))
    folder.chmod(0o755)
    made = None
    try:
        made = Servers(folder)
        yield made
    finally:
        if made:
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)
