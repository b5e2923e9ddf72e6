"""What was decided of a mail in quarantine: a small YAML file that stays where the mail lay.

Two clones that decide the same write the same bytes, and two that decide otherwise write two
files: so they never conflict. Who decided, when and why stands in the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tix import ids, yamltext
from tix.format import VERSION
from tix.format.fields import Malformed, check_format, guarded, required, text
from tix.problem import Problem
from tix.yamltext import Data

FOLDER = "decided"
OUTCOMES = ("released", "dropped")


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a mail; `sha256` is that of its raw bytes, in hexadecimal digits.

    `filed` is the Message-ID by which a released one was filed.
    """

    id: str
    outcome: str
    sha256: str
    filed: str = ""
    extra: Mapping[str, Data] = field(default_factory=lambda: MappingProxyType({}))


def path(name: str, outcome: str) -> str:
    """Return where it stands: `quarantine/2026/11/22/decided/261122-7k3fqx9m-released.yaml`."""
    return f"{ids.quarantine_day(name)}/{FOLDER}/{name}-{outcome}.yaml"


def render(decision: Decision) -> str:
    """Print the file."""
    pairs = {"id": decision.id, "outcome": decision.outcome, "sha256": decision.sha256}
    pairs |= {"filed": decision.filed} if decision.filed else {}
    lines = [
        f"format: {VERSION}",
        *(f"{key}: {yamltext.scalar(one)}" for key, one in pairs.items()),
    ]
    lines += [
        f"{yamltext.scalar(key)}: {yamltext.flow(one)}" for key, one in decision.extra.items()
    ]
    return "\n".join([*lines, ""])


def parse(path: str, source: str) -> Decision | Problem:
    """Read the file; `render` is its exact inverse."""
    return guarded(path, source, _decision)


def _decision(data: dict[str, Data]) -> Decision:
    check_format(data)
    name, outcome = required(data, "id"), required(data, "outcome")
    if not ids.is_ticket_id(name):
        raise Malformed(f"id: {name!r} is no id (YYMMDD-xxxxxxxx)", "id")
    if outcome not in OUTCOMES:
        raise Malformed(f"outcome is {' or '.join(OUTCOMES)}, not {outcome!r}", "outcome")
    return Decision(name, outcome, required(data, "sha256"), text(data, "filed"), data)
