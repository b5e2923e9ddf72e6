"""customers/ID.yaml: what a desk knows of a customer, and who they are on each channel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tix import yamltext
from tix.format import VERSION
from tix.format.fields import Malformed, check_format, guarded, line, required, text, texts
from tix.model import Customer
from tix.problem import Problem
from tix.yamltext import Data

FOLDER = "customers"
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# The fields in the order of printing; the attributes that hold them have these names too.
KEYS = ("id", "name", "identities", "organisation", "tier", "language", "notes", "merged-into")


def path(name: str) -> str:
    """Return where a customer's file lies below the desk."""
    return f"{FOLDER}/{name}.yaml"


def is_customer(path: str) -> bool:
    """Tell whether a path below the desk is that of a customer's file, whatever its name."""
    return path.startswith(f"{FOLDER}/") and path.endswith(".yaml") and path.count("/") == 1


def parse(path: str, source: str) -> Customer | Problem:
    """Read a customer's file; `path` is its place below the desk."""
    return guarded(path, source, _customer)


def _customer(data: dict[str, Data]) -> Customer:
    check_format(data)
    return Customer(
        id=_id(data),
        name=text(data, "name"),
        identities=tuple(sorted(set(texts(data, "identities")))),
        organisation=text(data, "organisation"),
        tier=text(data, "tier"),
        language=text(data, "language"),
        notes=text(data, "notes"),
        merged_into=text(data, "merged-into"),
        extra=data,
    )


def _id(data: dict[str, Data]) -> str:
    found = required(data, "id")
    if not ID.fullmatch(found):
        raise Malformed(f"id: {found!r} is no id of a customer (a-z, 0-9 and dashes)", "id")
    return found


def render(customer: Customer) -> str:
    """Print a customer's file; `parse` is its exact inverse."""
    return "\n".join([*_lines(customer), ""])


def _lines(customer: Customer) -> Iterator[str]:
    yield f"format: {VERSION}"
    for key in KEYS:
        if value := getattr(customer, key.replace("-", "_")):
            yield line(key, value)
    for key, data in customer.extra.items():
        yield f"{yamltext.scalar(key)}: {yamltext.flow(data)}"
