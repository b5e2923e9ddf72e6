"""doctor: what is wrong with a desk or this clone of it."""

from __future__ import annotations

import click

from tix import doctor
from tix.cli.command import command
from tix.cli.session import Session
from tix.doctor import Finding
from tix.errors import Invalid
from tix.text import printable


@command(
    "doctor",
    examples="tix doctor\ntix doctor --fix",
    json=(
        "kind `findings`: a list of {level, subject, message, mendable, mended}; `level` is error, "
        "warning or hint."
    ),
)
@click.option("--fix", is_flag=True, help="Mend what is safe to mend.")
def doctor_command(session: Session, fix: bool) -> None:
    """Look a desk over, and this clone of it: what is wrong, the worst first, and what to do.

    Ends with exit status 5 while there is an error.
    """
    found = doctor.look(session.desk, fix=fix)
    lines = "\n".join(printable(_line(one)) for one in found) or "all is well"
    session.emit("findings", [one._asdict() for one in found], lines, total=len(found))
    left = sum(one.level == "error" and not one.mended for one in found)
    if left:
        raise Invalid(f"{left} error{'s' if left > 1 else ''} found")


def _line(one: Finding) -> str:
    mended = " (mended)" if one.mended else ""
    return f"{one.level}: {one.subject}: {one.message}{mended}"
