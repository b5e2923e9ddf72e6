"""desk.yaml and agents.yaml: from text to `Settings`; what is wrong in them becomes Problems.

A mistake in one setting leaves its default in place, so that a desk with a broken line still
opens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tix import servers, yamltext
from tix.errors import suggestion
from tix.problem import Problem
from tix.servers import BadUrl, HoldsPassword, Server
from tix.settings import (
    CUSTOM_TYPES,
    DEFAULT_TRANSITIONS,
    DEFAULT_VIEWS,
    MAIL,
    NOTICES,
    ROLES,
    TOLD,
    TYPES,
    Agent,
    CustomField,
    Queue,
    Settings,
    Way,
)
from tix.yamltext import Data

DESK, AGENTS = "desk.yaml", "agents.yaml"
FILES = (DESK, AGENTS)
INBOX = "INBOX"
# What timelines and queries use for other things than agents.
RESERVED = frozenset(("me", "none", "any", "mail", "sync", "hand", "mailer", "format"))
NAME = re.compile(r"[^\W_][\w.-]{0,63}")
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")


class _Wrong(ValueError):
    """A setting of the wrong shape: `kept` is what holds of it, `row` the line at fault in it."""

    def __init__(self, message: str, row: str = "", kept: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.row = row
        self.kept = kept or {}


def plain(desk: str, agents: str) -> list[Data]:
    """Return both files as plain data, to be kept; an empty list where either has a problem."""
    _, problems = load(desk, agents)
    return [] if problems else [yamltext.load(desk), yamltext.load(agents)]


def kept(data: list[dict[str, Data]]) -> Settings:
    """Return the settings that `plain` data holds."""
    problems: list[Problem] = []
    settings = _apply(Settings(), data[0], "", problems)
    return settings._replace(agents=MappingProxyType(_agents(data[1], "", problems)))


def load(desk: str, agents: str = "") -> tuple[Settings, list[Problem]]:
    """Read the texts of desk.yaml and agents.yaml."""
    problems: list[Problem] = []
    settings = _apply(Settings(), _mapping(DESK, desk, problems), desk, problems)
    problems += _at_odds(settings, desk)
    found = _agents(_mapping(AGENTS, agents, problems), agents, problems)
    return settings._replace(agents=MappingProxyType(found)), problems


def _mapping(path: str, source: str, problems: list[Problem]) -> dict[str, Data]:
    try:
        data = yamltext.load(source)
    except yamltext.YamlError as error:
        problems.append(Problem(path, error.line, error.message))
        return {}
    if isinstance(data, dict):
        return data
    problems.append(Problem(path, 1, "this must be a mapping: lines of `key: value`"))
    return {}


def _apply(
    settings: Settings, data: dict[str, Data], source: str, problems: list[Problem]
) -> Settings:
    for key, value in data.items():
        try:
            settings = settings._replace(**_setting(key, value))
        except _Wrong as error:
            settings = settings._replace(**error.kept)
            where = (key, error.row) if error.row else (key,)
            problems.append(Problem(DESK, yamltext.line_of(source, *where), str(error)))
    return settings


def _at_odds(settings: Settings, source: str) -> Iterator[Problem]:
    """Say where one setting names what another does not have."""
    if settings.priority not in settings.priorities:
        names = ", ".join(settings.priorities)
        message = f"priority {settings.priority!r} is not among the priorities: {names}"
        yield Problem(DESK, yamltext.line_of(source, "priority"), message)
    known = {*settings.statuses, *TYPES}
    for name, rule in settings.transitions.items():
        for one in {name, *rule} - known:
            message = f"transitions: {one!r} is no status: {suggestion(one, settings.statuses)}"
            yield Problem(DESK, yamltext.line_of(source, "transitions", name), message)


def _setting(key: str, value: Data) -> dict[str, Any]:
    if key == "format":
        if not (isinstance(value, str) and value.isascii() and value.isdigit()):
            raise _Wrong(f"format is a whole number such as 1, not {value!r}")
        return {}
    reader = _READERS.get(key)
    if reader is None:
        raise _Wrong(f"unknown setting {key!r}: {suggestion(key, _READERS)}")
    return reader(value)


def _text(key: str) -> Callable[[Data], dict[str, Any]]:
    def read(value: Data) -> dict[str, Any]:
        if not isinstance(value, str) or not value:
            raise _Wrong(f"{key} must be one value")
        return {key: value}

    return read


def _texts(value: Data, what: str) -> tuple[str, ...]:
    rows = [value] if isinstance(value, str) else value
    if isinstance(rows, list) and all(isinstance(one, str) and one for one in rows):
        return tuple(one for one in rows if isinstance(one, str))
    raise _Wrong(f"{what} must be a list, one `- value` a line")


def _names(key: str) -> Callable[[Data], dict[str, Any]]:
    return lambda value: {key: _checked_names(_texts(value, key), key)}


def _checked_names(names: Iterable[str], what: str) -> tuple[str, ...]:
    found = tuple(names)
    for one in found:
        if not NAME.fullmatch(one):
            raise _Wrong(f"{what}: {one!r} is no name (letters, digits, dot and dash)")
    return found


def _addresses(value: Data) -> dict[str, Any]:
    found = _texts(value, "addresses")
    for one in found:
        if "@" not in one or any(sign in one for sign in " <>,"):
            raise _Wrong(f"addresses: {one!r} is no mail address")
    return {"addresses": tuple(one.lower() for one in found)}


def _table(value: Data, what: str) -> dict[str, Data]:
    if not isinstance(value, dict):
        raise _Wrong(f"{what} must be a mapping of `name: value` lines")
    _checked_names(value, what)
    return value


def _statuses(value: Data) -> dict[str, Any]:
    found: dict[str, str] = {}
    for name, kind in _table(value, "statuses").items():
        if kind not in TYPES or not isinstance(kind, str):
            raise _Wrong(f"statuses: {name}: a type is one of {', '.join(TYPES)}")
        found[name] = kind
    if missing := [kind for kind in TYPES if kind not in found.values()]:
        # Mail and rules need a status of each type; a type left out keeps its own name.
        found |= {kind: kind for kind in missing if kind not in found}
    return {"statuses": MappingProxyType(found)}


def _transitions(value: Data) -> dict[str, Any]:
    table = _table(value, "transitions")
    rows = {name: _texts(one, f"transitions: {name}") for name, one in table.items()}
    return {"transitions": MappingProxyType({**DEFAULT_TRANSITIONS, **rows})}


def _queues(value: Data) -> dict[str, Any]:
    if isinstance(value, list | str):
        found = tuple(Queue(one) for one in _checked_names(_texts(value, "queues"), "queues"))
    else:
        rows = _table(value, "queues").items()
        found = tuple(Queue(name, _queue_addresses(name, one)) for name, one in rows)
    if not found:
        raise _Wrong("queues: name at least one queue")
    return {"queues": found}


def _queue_addresses(name: str, value: Data) -> tuple[str, ...]:
    listed = value.get("addresses", []) if isinstance(value, dict) else value or []
    return tuple(one.lower() for one in _texts(listed, f"queues: {name}"))


def _fields(value: Data) -> dict[str, Any]:
    found: dict[str, CustomField] = {}
    wrong: list[tuple[str, str]] = []
    for name, one in _table(value, "fields").items():
        try:
            found[name] = _field(name, one)
        except _Wrong as error:
            wrong.append((str(error), name))
    read = {"fields": MappingProxyType(found)}
    if wrong:
        raise _Wrong(*wrong[0], read)
    return read


def _field(name: str, value: Data) -> CustomField:
    if isinstance(value, list):
        return CustomField(name, "choice", _texts(value, f"fields: {name}"))
    if value not in CUSTOM_TYPES or not isinstance(value, str) or value == "choice":
        kinds = ", ".join(one for one in CUSTOM_TYPES if one != "choice")
        raise _Wrong(f"fields: {name} is one of {kinds}, or a list of choices")
    return CustomField(name, value)


def _views(value: Data) -> dict[str, Any]:
    rows = _table(value, "views")
    if not all(isinstance(one, str) for one in rows.values()):
        raise _Wrong("views: a view is one query, `name: is:open tag:vip`")
    return {"views": MappingProxyType({**DEFAULT_VIEWS, **rows})}


def _mailboxes(value: Data) -> dict[str, Any]:
    found: dict[str, Server] = {}
    wrong: list[tuple[str, str]] = []
    for name, one in _table(value, "mailboxes").items():
        try:
            found[name] = _mailbox(name, one)
        except _Wrong as error:
            wrong.append((f"mailboxes: {name}: {error}", name))
    read = {"mailboxes": MappingProxyType(found)}
    if wrong:
        raise _Wrong(*wrong[0], read)
    return read


def _mailbox(name: str, value: Data) -> Server:
    if not isinstance(value, str) or not value:
        raise _Wrong("a mailbox is one URL: imaps://USER@HOST/FOLDER")
    try:
        found = servers.parse(value, servers.IMAP, ("done",))
    except HoldsPassword:
        raise _Wrong(
            "a password in a desk is everybody's: take it out of the URL, change it on the server, "
            f"and {servers.place('mailbox', name)}"
        ) from None
    except BadUrl as error:
        raise _Wrong(str(error)) from None
    if not found.user:
        raise _Wrong(f"whose mailbox is it? {found.scheme}://USER@{found.host}")
    folder = found.path or INBOX
    if found.options.get("done") == folder:
        raise _Wrong("done= is another folder than the one that mail is taken from")
    return found._replace(path=folder)


def _originals(value: Data) -> dict[str, Any]:
    if value not in ("lossy", "always", "never"):
        raise _Wrong("originals is lossy, always or never")
    return {"originals": value}


def _signature(value: Data) -> dict[str, Any]:
    if not isinstance(value, str):
        raise _Wrong("signature is one text, below `signature: |`")
    return {"signature": value}


def _quote(value: Data) -> dict[str, Any]:
    if value not in ("last", "all", "none"):
        raise _Wrong("quote is last, all or none")
    return {"quote": value}


def _tell(value: Data) -> dict[str, Any]:
    if value == "none":
        return {"tell": ()}
    found = _texts(value, "tell")
    for one in found:
        if one not in TOLD:
            raise _Wrong(f"tell: {one!r} is none of {', '.join(TOLD)}")
    return {"tell": found}


def _sending(value: Data) -> dict[str, Any]:
    found: dict[str, Way] = {}
    wrong: list[tuple[str, str]] = []
    for channel, one in _table(value, "sending").items():
        try:
            found[channel] = _way(channel, one)
        except _Wrong as error:
            wrong.append((f"sending: {channel}: {error}", channel))
    read = {"sending": MappingProxyType(found)}
    if wrong:
        raise _Wrong(*wrong[0], read)
    return read


def _way(channel: str, value: Data) -> Way:
    if value == "command":
        return Way("command")
    if channel != MAIL:
        raise _Wrong("what is no mail leaves by a command: say `command`")
    if value == "sendmail":
        return Way("sendmail")
    if not isinstance(value, str):
        raise _Wrong("mail leaves by smtps://USER@HOST, smtp://USER@HOST, sendmail or command")
    try:
        return Way("smtp", servers.parse(value, servers.SMTP))
    except HoldsPassword:
        raise _Wrong(
            "a password in a desk is everybody's: take it out of the URL, change it on the server, "
            f"and {servers.place('sending', channel)}"
        ) from None
    except BadUrl as error:
        raise _Wrong(str(error)) from None


def _trusted_hosts(value: Data) -> dict[str, Any]:
    found = _texts(value, "trusted-hosts")
    for one in found:
        if not HOST.fullmatch(one):
            raise _Wrong(
                f"trusted-hosts: {one!r} is no host: take the first word of the"
                " Authentication-Results that it writes"
            )
    return {"trusted_hosts": tuple(one.lower() for one in found)}


def _sync(value: Data) -> dict[str, Any]:
    if value not in ("manual", "auto"):
        raise _Wrong(f"sync is manual or auto, not {value!r}")
    return {"sync": value}


def _notify(value: Data) -> dict[str, Any]:
    return {"notify": _notices(value, "notify")}


def _notices(value: Data, what: str) -> tuple[str, ...]:
    if value in ("all", "none"):
        return NOTICES if value == "all" else ()
    found = _texts(value, what)
    for one in found:
        if one not in NOTICES:
            raise _Wrong(f"{what} is all, none or a list of {', '.join(NOTICES)}, not {one!r}")
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
}


def _agents(data: dict[str, Data], source: str, problems: list[Problem]) -> dict[str, Agent]:
    found: dict[str, Agent] = {}
    for key, value in data.items():
        try:
            if key != "format":
                found[key] = _agent(key, value)
        except _Wrong as error:
            found |= error.kept
            where = (key, error.row) if error.row else (key,)
            problems.append(Problem(AGENTS, yamltext.line_of(source, *where), str(error)))
    return found


def _agent(key: str, value: Data) -> Agent:
    data = _table(value, key)
    role = data.get("role", "agent")
    if role not in ROLES or not isinstance(role, str):
        raise _Wrong(f"{key}: a role is one of {', '.join(ROLES)}, not {role!r}")
    if not NAME.fullmatch(key) or key in RESERVED:
        raise _Wrong(f"{key!r} cannot name an agent")
    many = {one: _texts(data.get(one, []), f"{key}: {one}") for one in ("queues", "skills")}
    emails = _texts(data.get("emails", data.get("email", [])), f"{key}: emails")
    single = {one: _single(data, key, one) for one in ("name", "capacity", "away")}
    made = Agent(
        key=key,
        name=single["name"] or key,
        emails=tuple(one.lower() for one in emails),
        role=role,
        queues=many["queues"],
        skills=many["skills"],
        capacity=single["capacity"],
        away=single["away"],
    )
    try:
        return made._replace(notify=_notices(data.get("notify", "all"), f"{key}: notify"))
    except _Wrong as error:
        # Nobody is to lose their tickets for what they want to hear of.
        raise _Wrong(str(error), "notify", {key: made}) from None


def _single(data: dict[str, Data], key: str, one: str) -> str:
    value = data.get(one, "")
    if not isinstance(value, str):
        raise _Wrong(f"{key}: {one} must be one value")
    return value


def format_of(desk: str) -> str:
    """Return the format that a desk.yaml names; an empty text where it names none."""
    found = re.search(r"^format:[ \t]*[\"']?([^\s\"'#]+)", desk, re.MULTILINE)
    return found[1] if found else ""
