"""What goes wrong between here and a mail server, in words that say what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tix.errors import Temporary
from tix.mail.accounts import patience
from tix.servers import Server

if TYPE_CHECKING:
    from ssl import SSLContext


def trusted() -> SSLContext:
    """Return how TLS is spoken: certificates are checked, by the system's CAs or SSL_CERT_FILE."""
    import ssl

    return ssl.create_default_context()


def failed(account: str, server: Server, error: OSError) -> Temporary:
    """Return what a failed connection means, of an account such as `mailbox support`."""
    return Temporary(f"{account}: {_words(server, error)}")


def _words(server: Server, error: OSError) -> str:
    import socket
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {server} is not to be trusted ({error.verify_message}): have it "
            "mended, or name its CA's file in SSL_CERT_FILE"
        )
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "it ended early").lower().replace("_", " ")
        return f"{server} speaks no TLS that we understand ({reason}): is that the right port?"
    if isinstance(error, TimeoutError):
        return f"{server} did not answer for {patience():g} s: try again later"
    if isinstance(error, socket.gaierror):
        return f"{server.host} is not found ({error.strerror}): try again, or mend its name"
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    return f"cannot talk to {server} ({reason}): try again later"
