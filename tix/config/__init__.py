"""desk.yaml and agents.yaml: from text to `Settings`; what is wrong in them becomes Problems.

A mistake in one setting leaves its default in place, so that a desk with a broken line still
opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from tix import yamltext
from tix.config.agents import RESERVED, agent
from tix.config.desk import INBOX, setting
from tix.config.values import NAME, Wrong
from tix.errors import suggestion
from tix.problem import Problem
from tix.settings import TYPES, Agent, Settings
from tix.yamltext import Data

__all__ = (
    "AGENTS",
    "DESK",
    "FILES",
    "INBOX",
    "NAME",
    "RESERVED",
    "format_of",
    "kept",
    "load",
    "plain",
)

DESK, AGENTS = "desk.yaml", "agents.yaml"
FILES = (DESK, AGENTS)


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
            settings = settings._replace(**setting(key, value))
        except Wrong as error:
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


def _agents(data: dict[str, Data], source: str, problems: list[Problem]) -> dict[str, Agent]:
    found: dict[str, Agent] = {}
    for key, value in data.items():
        try:
            if key != "format":
                found[key] = agent(key, value)
        except Wrong as error:
            found |= error.kept
            where = (key, error.row) if error.row else (key,)
            problems.append(Problem(AGENTS, yamltext.line_of(source, *where), str(error)))
    return found


def format_of(desk: str) -> str:
    """Return the format that a desk.yaml names; an empty text where it names none."""
    found = re.search(r"^format:[ \t]*[\"']?([^\s\"'#]+)", desk, re.MULTILINE)
    return found[1] if found else ""
