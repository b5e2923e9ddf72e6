"""A reply template: front matter with a title and a description, then a Jinja2 text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tix.format.fields import guarded, text
from tix.problem import Problem
from tix.yamltext import Data

NAME = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)(?:\.(?P<language>[a-z]{2,3}))?\.md")


@dataclass(frozen=True, slots=True)
class Template:
    """A template as written; `language` is empty where it serves all."""

    name: str
    language: str
    title: str
    description: str
    body: str


def parse(path: str, source: str) -> Template | Problem:
    """Read a template; a file without front matter is all body."""
    match = NAME.fullmatch(path.rpartition("/")[2])
    if match is None:
        return Problem(path, 1, "a template is named NAME.LANGUAGE.md, such as refund.pl.md")
    name, language = match["name"], match["language"] or ""
    if not source.startswith("---\n"):
        return Template(name, language, name, "", source)
    end = source.find("\n---\n", 3)
    if end < 0:
        return Problem(path, 1, "the front matter has no closing line `---`")
    head, body = source[4 : end + 1], source[end + 5 :]

    def read(data: dict[str, Data]) -> Template:
        return Template(
            name, language, text(data, "title") or name, text(data, "description"), body
        )

    return guarded(path, head, read, skip=1)
