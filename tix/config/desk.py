"""The settings of desk.yaml, each read by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tix import servers
from tix.config.values import Wrong, checked_names, table, texts
from tix.errors import suggestion
from tix.servers import BadUrl, HoldsPassword, Server
from tix.settings import (
    CUSTOM_TYPES,
    DEFAULT_TRANSITIONS,
    DEFAULT_VIEWS,
    MAIL,
    NOTICES,
    TOLD,
    TYPES,
    CustomField,
    Queue,
    Way,
)
from tix.yamltext import Data

INBOX = "INBOX"
# Compiled when it is first used.
HOST = r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}"


def setting(key: str, value: Data) -> dict[str, Any]:
    """Read one setting: what `Settings` has of it. Raises Wrong."""
    if key == "format":
        if not (isinstance(value, str) and value.isascii() and value.isdigit()):
            raise Wrong(f"format is a whole number such as 1, not {value!r}")
        return {}
    reader = _READERS.get(key)
    if reader is None:
        raise Wrong(f"unknown setting {key!r}: {suggestion(key, _READERS)}")
    return reader(value)


def _text(key: str) -> Callable[[Data], dict[str, Any]]:
    def read(value: Data) -> dict[str, Any]:
        if not isinstance(value, str) or not value:
            raise Wrong(f"{key} must be one value")
        return {key: value}

    return read


def _names(key: str) -> Callable[[Data], dict[str, Any]]:
    return lambda value: {key: checked_names(texts(value, key), key)}


def _addresses(value: Data) -> dict[str, Any]:
    found = texts(value, "addresses")
    for one in found:
        if "@" not in one or any(sign in one for sign in " <>,"):
            raise Wrong(f"addresses: {one!r} is no mail address")
    return {"addresses": tuple(one.lower() for one in found)}


def _statuses(value: Data) -> dict[str, Any]:
    found: dict[str, str] = {}
    for name, kind in table(value, "statuses").items():
        if kind not in TYPES or not isinstance(kind, str):
            raise Wrong(f"statuses: {name}: a type is one of {', '.join(TYPES)}")
        found[name] = kind
    if missing := [kind for kind in TYPES if kind not in found.values()]:
        # Mail and rules need a status of each type; a type left out keeps its own name.
        found |= {kind: kind for kind in missing if kind not in found}
    return {"statuses": MappingProxyType(found)}


def _transitions(value: Data) -> dict[str, Any]:
    named = table(value, "transitions").items()
    rows = {name: texts(one, f"transitions: {name}") for name, one in named}
    return {"transitions": MappingProxyType({**DEFAULT_TRANSITIONS, **rows})}


def _queues(value: Data) -> dict[str, Any]:
    if isinstance(value, list | str):
        found = tuple(Queue(one) for one in checked_names(texts(value, "queues"), "queues"))
    else:
        rows = table(value, "queues").items()
        found = tuple(Queue(name, _queue_addresses(name, one)) for name, one in rows)
    if not found:
        raise Wrong("queues: name at least one queue")
    return {"queues": found}


def _queue_addresses(name: str, value: Data) -> tuple[str, ...]:
    listed = value.get("addresses", []) if isinstance(value, dict) else value or []
    return tuple(one.lower() for one in texts(listed, f"queues: {name}"))


def _fields(value: Data) -> dict[str, Any]:
    return _each("fields", value, _field)


def _each(what: str, value: Data, read: Callable[[str, Data], object]) -> dict[str, Any]:
    """Read what a setting has under names; what is wrong leaves the others."""
    found: dict[str, object] = {}
    wrong: list[tuple[str, str]] = []
    for name, one in table(value, what).items():
        try:
            found[name] = read(name, one)
        except Wrong as error:
            wrong.append((f"{what}: {name}: {error}", name))
    kept = {what: MappingProxyType(found)}
    if wrong:
        raise Wrong(*wrong[0], kept)
    return kept


def _field(name: str, value: Data) -> CustomField:
    if isinstance(value, list):
        return CustomField(name, "choice", texts(value, "it"))
    if value not in CUSTOM_TYPES or not isinstance(value, str) or value == "choice":
        kinds = ", ".join(one for one in CUSTOM_TYPES if one != "choice")
        raise Wrong(f"it is one of {kinds}, or a list of choices")
    return CustomField(name, value)


def _views(value: Data) -> dict[str, Any]:
    rows = table(value, "views")
    if not all(isinstance(one, str) for one in rows.values()):
        raise Wrong("views: a view is one query, `name: is:open tag:vip`")
    return {"views": MappingProxyType({**DEFAULT_VIEWS, **rows})}


def _mailboxes(value: Data) -> dict[str, Any]:
    return _each("mailboxes", value, _mailbox)


def _mailbox(name: str, value: Data) -> Server:
    if not isinstance(value, str) or not value:
        raise Wrong("a mailbox is one URL: imaps://USER@HOST/FOLDER")
    try:
        found = servers.parse(value, servers.IMAP, ("done",))
    except HoldsPassword:
        raise Wrong(
            "a password in a desk is everybody's: take it out of the URL, change it on the server, "
            f"and {servers.place('mailbox', name)}"
        ) from None
    except BadUrl as error:
        raise Wrong(str(error)) from None
    if not found.user:
        raise Wrong(f"whose mailbox is it? {found.scheme}://USER@{found.host}")
    folder = found.path or INBOX
    if found.options.get("done") == folder:
        raise Wrong("done= is another folder than the one that mail is taken from")
    return found._replace(path=folder)


def _originals(value: Data) -> dict[str, Any]:
    if value not in ("lossy", "always", "never"):
        raise Wrong("originals is lossy, always or never")
    return {"originals": value}


def _signature(value: Data) -> dict[str, Any]:
    if not isinstance(value, str):
        raise Wrong("signature is one text, below `signature: |`")
    return {"signature": value}


def _quote(value: Data) -> dict[str, Any]:
    if value not in ("last", "all", "none"):
        raise Wrong("quote is last, all or none")
    return {"quote": value}


def _tell(value: Data) -> dict[str, Any]:
    if value == "none":
        return {"tell": ()}
    found = texts(value, "tell")
    for one in found:
        if one not in TOLD:
            raise Wrong(f"tell: {one!r} is none of {', '.join(TOLD)}")
    return {"tell": found}


def _sending(value: Data) -> dict[str, Any]:
    return _each("sending", value, _way)


def _way(channel: str, value: Data) -> Way:
    if value == "command":
        return Way("command")
    if channel != MAIL:
        raise Wrong("what is no mail leaves by a command: say `command`")
    if value == "sendmail":
        return Way("sendmail")
    if not isinstance(value, str):
        raise Wrong("mail leaves by smtps://USER@HOST, smtp://USER@HOST, sendmail or command")
    try:
        return Way("smtp", servers.parse(value, servers.SMTP))
    except HoldsPassword:
        raise Wrong(
            "a password in a desk is everybody's: take it out of the URL, change it on the server, "
            f"and {servers.place('sending', channel)}"
        ) from None
    except BadUrl as error:
        raise Wrong(str(error)) from None


def _trusted_hosts(value: Data) -> dict[str, Any]:
    found = texts(value, "trusted-hosts")
    for one in found:
        if not re.fullmatch(HOST, one):
            raise Wrong(
                f"trusted-hosts: {one!r} is no host: take the first word of the"
                " Authentication-Results that it writes"
            )
    return {"trusted_hosts": tuple(one.lower() for one in found)}


def _sync(value: Data) -> dict[str, Any]:
    if value not in ("manual", "auto"):
        raise Wrong(f"sync is manual or auto, not {value!r}")
    return {"sync": value}


def _signed(value: Data) -> dict[str, Any]:
    if value not in ("optional", "required"):
        raise Wrong(f"signed is optional or required, not {value!r}")
    return {"signed": value}


def _notify(value: Data) -> dict[str, Any]:
    return {"notify": notices(value, "notify")}


def notices(value: Data, what: str) -> tuple[str, ...]:
    """Read what agents are told of. Raises Wrong."""
    if value in ("all", "none"):
        return NOTICES if value == "all" else ()
    found = texts(value, what)
    for one in found:
        if one not in NOTICES:
            raise Wrong(f"{what} is all, none or a list of {', '.join(NOTICES)}, not {one!r}")
    return found


_READERS: Mapping[str, Callable[[Data], dict[str, Any]]] = {
    "name": _text("name"),
    "addresses": _addresses,
    "language": _text("language"),
    "statuses": _statuses,
    "transitions": _transitions,
    "priorities": _names("priorities"),
    "priority": _text("priority"),
    "queues": _queues,
    "categories": _names("categories"),
    "channels": _names("channels"),
    "fields": _fields,
    "views": _views,
    "mailboxes": _mailboxes,
    "originals": _originals,
    "signature": _signature,
    "quote": _quote,
    "tell": _tell,
    "sending": _sending,
    "trusted-hosts": _trusted_hosts,
    "notify": _notify,
    "sync": _sync,
    "signed": _signed,
}
