"""Mail servers as URLs name them, and where their secrets belong.

`imaps://support@imap.acme.example/INBOX?done=Filed`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from tix.errors import suggestion

Security = Literal["tls", "starttls", "none"]

PORTS: Mapping[str, int] = MappingProxyType({"imaps": 993, "imap": 143, "smtps": 465, "smtp": 587})
IMAP, SMTP = ("imaps", "imap"), ("smtps", "smtp")
TLS = "tls"


class BadUrl(ValueError):
    """A URL that names no server, or names one in a way that is not safe."""


class HoldsPassword(BadUrl):
    """A URL with a password in it."""


class Server(NamedTuple):
    """A server, and whom to be there; `user` is empty where nobody logs in.

    `security` is `tls` from the first byte, `starttls` before anything is said, or `none`, which
    only a loopback address may have. `path` is what stands after the host, a folder for IMAP.
    """

    scheme: str
    user: str
    host: str
    port: int
    security: Security
    path: str = ""
    options: Mapping[str, str] = MappingProxyType({})

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse(url: str, schemes: Iterable[str], options: Iterable[str] = ()) -> Server:
    """Read a URL of one of some schemes; `options` may stand after its `?`, and `tls=no`.

    Raises BadUrl, which never repeats what could be a password.
    """
    parts, port = _split(url)
    if parts.scheme not in schemes:
        raise BadUrl(f"a URL starts with {' or '.join(f'{one}://' for one in schemes)}")
    if parts.password is not None:
        raise HoldsPassword("the URL holds a password")
    if not parts.hostname:
        raise BadUrl(f"the URL names no host: {parts.scheme}://USER@HOST")
    given = _options(parts.query, (*options, TLS))
    return Server(
        scheme=parts.scheme,
        user=_plain(parts.username or ""),
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        security=_security(parts.scheme, parts.hostname, given.pop(TLS, "")),
        path=_plain(parts.path.removeprefix("/")),
        options=MappingProxyType(given),
    )


def variable(kind: str, name: str) -> str:
    """Name the environment variable that holds the secret of an account, or of all of them."""
    whose = f"_{name}" if name else ""
    return f"TIX_{kind}{whose}".upper().replace("-", "_").replace(".", "_")


def setting(purpose: str, name: str, kind: str) -> str:
    """Name the setting of git's configuration that says which command prints a secret."""
    return f"tix.{purpose}-{name}.{kind}Command"


def place(purpose: str, name: str) -> str:
    """Say where the secret of an account belongs."""
    return (
        f"set {variable('password', name)}, or have a command print it: `git config "
        f"{setting(purpose, name, 'password')} COMMAND` (for OAuth2: {variable('token', name)}, or "
        "tokenCommand)"
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    if not url.isprintable() or " " in url:
        raise BadUrl("a URL has no spaces: write %20")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadUrl("its host or port cannot be read") from None
    if parts.fragment or url.endswith("#"):
        raise BadUrl("a # in a URL is written %23")
    return parts, port


def _plain(text: str) -> str:
    found = unquote(text)
    # Line ends would begin another command on the server.
    if not found.isprintable() or "\N{REPLACEMENT CHARACTER}" in found:
        raise BadUrl("what stands after a % is no UTF-8 text that can be printed")
    return found


def _options(query: str, known: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in query.split("&") if query else ():
        name, _, value = one.partition("=")
        if name not in known:
            raise BadUrl(f"there is no option {name!r}: {suggestion(name, known)}")
        if not value:
            raise BadUrl(f"{name}= needs a value")
        found[name] = _plain(value)
    return found


def _security(scheme: str, host: str, tls: str) -> Security:
    if tls not in ("", "no"):
        raise BadUrl("tls is no, or left out")
    if scheme.endswith("s"):
        if tls:
            raise BadUrl(f"{scheme}:// is TLS: write {scheme[:-1]}:// to do without it")
        return "tls"
    if not tls:
        return "starttls"
    if not _is_loopback(host):
        raise BadUrl("tls=no is for a server on this machine (localhost, 127.0.0.1, [::1]) only")
    return "none"


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
