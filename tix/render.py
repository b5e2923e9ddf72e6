"""Reply templates: finding them, and filling them in. The only user of Jinja2.

A desk's own `templates/NAME.LANGUAGE.md` go over those that tix ships; the ticket's language
chooses, English is the fallback. Templates run in Jinja2's sandbox, and an undefined variable is
an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tix import resources
from tix.errors import NotFound, Refused, suggestion
from tix.format import template as template_format
from tix.format.template import Template
from tix.model import Entry, Ticket
from tix.problem import Problem
from tix.settings import NOTICES, Agent, Settings
from tix.store.snapshot import Snapshot

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from jinja2.sandbox import SandboxedEnvironment

FOLDER = "templates"
# Kinds of templates: the folder that tix ships them in. Those of replies lie in the desk's own
# folder themselves, others in one of that name in it.
REPLY, NOTIFY = "reply", "notify"
# The notice that stands for many.
DIGEST = "digest"
FALLBACK = "en"
# More than anybody would send as a reply; a loop without end is stopped there.
MAX_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Library:
    """All templates of a desk, by name and language, and those that are malformed."""

    templates: Mapping[tuple[str, str], Template]
    problems: tuple[Problem, ...] = ()

    def names(self) -> list[str]:
        """Name the templates."""
        return sorted({name for name, _ in self.templates})

    def languages(self, name: str) -> list[str]:
        """Name the languages of a template; an empty one serves all."""
        return sorted(language for one, language in self.templates if one == name)

    def choose(self, name: str, language: str) -> Template:
        """Return a template in a language, else in English, else in any. Raises NotFound."""
        for wanted in (language, FALLBACK, ""):
            if found := self.templates.get((name, wanted)):
                return found
        if languages := self.languages(name):
            return self.templates[name, languages[0]]
        known = suggestion(name, self.names())
        raise NotFound(f"unknown template {name!r}: {known} (`tix template list` shows all)")


def library(snapshot: Snapshot, kind: str = REPLY) -> Library:
    """Read the templates that tix ships, and the desk's own over them."""
    return _library((*_shipped(kind), *_own(snapshot, folder_of(kind))))


def shipped(kind: str) -> Library:
    """Read the templates that tix ships."""
    return _library(_shipped(kind))


def folder_of(kind: str) -> str:
    """Return the folder of a desk that holds its templates of a kind."""
    return FOLDER if kind == REPLY else f"{FOLDER}/{kind}"


def _library(sources: Iterable[tuple[str, str]]) -> Library:
    found: dict[tuple[str, str], Template] = {}
    problems: list[Problem] = []
    for path, source in sources:
        one = template_format.parse(path, source)
        if isinstance(one, Problem):
            problems.append(one)
        else:
            found[one.name, one.language] = one
    return Library(found, tuple(problems))


def _shipped(kind: str) -> list[tuple[str, str]]:
    folder = resources.folder(FOLDER) / kind
    return [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.md"))]


def _own(snapshot: Snapshot, folder: str) -> list[tuple[str, str]]:
    names = [one.name for one in snapshot.tree(folder) if one.name.endswith(".md")]
    paths = [f"{folder}/{name}" for name in names]
    objects = zip(paths, snapshot.get_many(paths), strict=True)
    return [(path, one.content.decode("utf-8", "replace")) for path, one in objects if one]


def title(template: Template) -> Template:
    """Return the title of a template as one: that of a notice is its subject."""
    return replace(template, body=template.title)


def signature(settings: Settings) -> Template:
    """Return the desk's signature as a template, for all languages."""
    return Template("signature", "", "signature", "", settings.signature)


def variables(
    settings: Settings,
    ticket: Ticket,
    thread: Iterable[Entry],
    agent: Agent | None,
    now: datetime,
) -> dict[str, Any]:
    """Return what templates know: ticket, requester, agent and desk.

    `ticket.due` is there while it is to come: what is over can be promised to nobody.
    """
    name = _name_of(ticket.requester, thread)
    return {
        "ticket": {
            **{field: getattr(ticket, field) for field in _TICKET},
            "due": ticket.due if ticket.due and ticket.due > now else None,
            "state": settings.type_of(ticket.status),
            "tags": list(ticket.tags),
            "custom": dict(ticket.custom),
        },
        "requester": {
            "name": name,
            "first_name": name.split()[0].rstrip(",") if name else "",
            "address": ticket.requester,
        },
        "agent": {
            "name": agent.name if agent else settings.name,
            "key": agent.key if agent else "",
            "address": agent.email if agent else "",
        },
        "desk": {"name": settings.name, "address": next(iter(settings.addresses), "")},
    }


_TICKET = (
    *("id", "subject", "status", "priority", "queue", "category", "assignee", "channel"),
    *("language", "created", "until"),
)


def _name_of(address: str, thread: Iterable[Entry]) -> str:
    for entry in thread:
        name, _, rest = entry.sender.rpartition(" <")
        if name and rest.rstrip(">").lower() == address:
            return _in_order(name.strip('" '))
    return ""


def _in_order(name: str) -> str:
    """Turn `Kowalski, Jan` round; an address is no name to be greeted by."""
    if "@" in name:
        return ""
    family, comma, given = name.partition(", ")
    turned = comma and " " not in family and not re.search("[.,]", given)
    return f"{given} {family}" if turned else name


def fill(template: Template, values: Mapping[str, Any]) -> str:
    """Fill a template in. Raises Refused, naming the line and what is undefined or wrong."""
    import jinja2

    try:
        made = _environment().from_string(template.body)
        return _joined(made.generate(values)).strip("\n")
    except jinja2.TemplateSyntaxError as error:
        raise Refused(f"template {_title(template)}, line {error.lineno}: {error}") from None
    except Exception as error:  # a template is somebody's program, and may fail as any does
        message = f"{error}".replace("\n", " ")
        raise Refused(f"template {_title(template)}: {message}") from None


def _joined(parts: Iterable[str]) -> str:
    kept, size = [], 0
    for part in parts:
        size += len(part)
        if size > MAX_TEXT:
            raise ValueError(f"the text is longer than {MAX_TEXT} characters")
        kept.append(part)
    return "".join(kept)


def _title(template: Template) -> str:
    return f"{template.name}.{template.language}" if template.language else template.name


def _environment() -> SandboxedEnvironment:
    import jinja2
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Bounded(ImmutableSandboxedEnvironment):
        """A sandbox in which no sign makes ten gigabytes out of ten characters."""

        intercepted_binops = frozenset(("*", "**", "%"))

        def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
            numbers = isinstance(left, int | float) and isinstance(right, int | float)
            if operator == "**" or not numbers:
                raise SecurityError(f"`{operator}` is not allowed here")
            return super().call_binop(context, operator, left, right)

    made = Bounded(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    made.filters["date"] = _date
    return made


def _date(value: datetime | None, pattern: str = "%Y-%m-%d") -> str:
    return value.strftime(pattern) if value else ""


def check(template: Template, settings: Settings, kind: str = REPLY) -> str:
    """Try a template on a made-up ticket; return what is wrong, or an empty text."""
    if kind == NOTIFY:
        return _check_notice(template, settings)
    agent = next(iter(settings.agents.values()), None)
    moment = datetime.fromisoformat("2026-11-22T10:15:00+00:00")
    for due in (None, moment):
        ticket = Ticket(
            id="261122-7k3fqx9m",
            subject="A subject",
            status="open",
            priority=settings.priority,
            queue=settings.queue_names[0],
            requester="jan@example.com",
            due=due,
        )
        try:
            fill(template, variables(settings, ticket, (), agent, moment - timedelta(days=1)))
        except Refused as error:
            return str(error)
    return ""


def _check_notice(template: Template, settings: Settings) -> str:
    known = (*NOTICES, DIGEST)
    if template.name not in known:
        return f"there is no event {template.name!r}: {', '.join(known)}"
    values = _notice(settings, template.name)
    try:
        fill(title(template), values)
        fill(template, values)
    except Refused as error:
        return str(error)
    return ""


def _notice(settings: Settings, name: str) -> dict[str, Any]:
    """Return what templates of notices know, made up."""
    moment = datetime.fromisoformat("2026-11-22T10:15:00+00:00")
    ticket = Ticket(id="261122-7k3fqx9m", subject="A subject", status="open", due=moment)
    known = variables(settings, ticket, (), None, moment - timedelta(days=1))
    about = {one: getattr(ticket, one) for one in ("id", "subject", "status")}
    told = {"event": "note", "by": "Ann", "about": about}
    told |= {"state": "bounced", "people": "jan@example.com", "said": "no such user"}
    if name == DIGEST:
        rows = [{**told, "event": event, "ticket": about} for event in NOTICES]
        many = {"notices": rows, "count": len(rows) + 1, "more": 1}
        return {**{one: known[one] for one in ("agent", "desk")}, **many}
    return {**known, **told, "quote": "> text", "mail": True}
