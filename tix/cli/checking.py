"""check, index: whether everything is as it should be."""

from __future__ import annotations

import click

from tix import forges, output
from tix.check import check_all, check_range
from tix.cli.command import command
from tix.cli.session import Session
from tix.desk import Desk
from tix.errors import Invalid, UsageError
from tix.problem import Problem
from tix.text import printable


@command(
    "check",
    examples=(
        "tix check\ntix check --range HEAD~3..HEAD\ntix check --format github\ntix check --audit"
    ),
    json="kind `problems`: a list of {path, line, message}, with `total`.",
)
@click.option("--range", "commits", metavar="A..B", help="Only what these commits changed.")
@click.option("--audit", is_flag=True, help="Compare timelines with the commits that wrote them.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", *forges.FORMS)),
    default="text",
    show_default=True,
    help="github and gitlab: as annotations beside the lines.",
)
def check_command(session: Session, commits: str | None, form: str, audit: bool) -> None:
    """Name every file that is not valid: path, line, what is wrong and how to mend it.

    Ends with exit status 5 when there is something.
    """
    desk = session.desk
    if audit and commits:
        raise UsageError("--audit looks at all of history, --range at some commits: choose one")
    found = check_range(desk, commits) if commits else _audited(desk) if audit else check_all(desk)
    data = [output.problem_data(one) for one in found]

    sound = "history and timelines agree" if audit else "all files are valid"

    def human() -> str:
        if form in forges.FORMS:
            return forges.FORMS[form](found, desk.prefix)
        return "\n".join(printable(str(one)) for one in found) or sound

    session.as_json = session.as_json or form == "json"
    session.emit("problems", data, human, total=len(found))
    if found:
        raise Invalid(f"{len(found)} problem{'s' if len(found) > 1 else ''} found")


def _audited(desk: Desk) -> list[Problem]:
    from tix.cli.progress import meter
    from tix.door import audit

    with meter("comparing") as shown:
        found = list(audit.run(desk, told=lambda done, all_: shown.at(done, done / all_)))
    return [Problem(one.path, 1, f"{one.commit[:10]}: {one.message}") for one in found]


@command(
    "index",
    examples="tix index\ntix index --rebuild",
    json="kind `index`: {path, commit, tickets, problems}.",
)
@click.option("--rebuild", is_flag=True, help="Make it anew.")
def index_command(session: Session, rebuild: bool) -> None:
    """Look at the index, or build it anew.

    It is derived from git and can be deleted at any time.
    """
    from tix import clock
    from tix.cli.progress import index_progress
    from tix.index.index import rebuild as make
    from tix.query.tree import Query

    desk = session.desk
    if rebuild:
        make(desk.repository, desk.snapshot, index_progress).close()
    count = desk.index.count(Query(()), desk.settings, clock.now())
    problems = len(desk.index.problems())
    path = str(desk.index.path)
    data = {"path": path, "commit": desk.snapshot.commit, "tickets": count, "problems": problems}
    words = f"{path}: {count} tickets, {problems} problems, at {desk.snapshot.commit[:10]}"
    session.emit("index", data, printable(words))
