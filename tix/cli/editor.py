"""Asking for a text in the user's editor; what was typed is kept until it is committed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from tix.cli.session import Session, can_ask
from tix.errors import Committed, NotFound, Refused, UsageError

SCISSORS = "# ------------------------ >8 ------------------------"
NOT_FOUND = 127  # what a shell says of a command that there is not
_HEAD = "Everything from the line above on is not part of the text; an empty text stops."


def _named() -> str:
    given = (os.environ.get(one, "").strip() for one in ("TIX_EDITOR", "VISUAL", "EDITOR"))
    return next((one for one in given if one), "")


def edit(path: Path, otherwise: str = "give the text with -m or -F") -> None:
    """Open a file in $TIX_EDITOR, $VISUAL or $EDITOR. Raises UsageError, Refused."""
    if not (can_ask() or _named()):
        raise UsageError(f"there is no terminal to edit on: {otherwise}, or set $EDITOR")
    editor = _named() or "vi"
    # As git does it: a shell takes the words apart, the path comes as an argument of its own.
    command = ["sh", "-c", f'{editor} "$@"', editor, str(path)]
    status = subprocess.run(command, check=False).returncode
    if status == NOT_FOUND:
        raise Refused(f"there is no editor {editor!r}: set $EDITOR to one, or {otherwise}")
    if status:
        raise Refused(f"the editor ended with status {status}: nothing was done; see {path}")
    if not path.is_file():
        raise Refused(f"the editor left no file {path}: nothing was done")


def draft_path(session: Session, name: str) -> Path:
    """Return where a text that is being typed is kept: in the git directory."""
    folder = session.desk.repository.private / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.md"


def compose(session: Session, name: str, start: str, below: str, *, resume: bool = False) -> str:
    """Ask for a text: `start` stands there already, `below` is shown below a scissors line.

    Raises Refused where nothing was written. What was typed is kept until it is committed.
    """
    if session.in_batch:
        raise UsageError('a batch opens no editor: give the line its "text"')
    path = draft_path(session, name)
    if resume and not path.exists():
        raise NotFound(f"there is no draft to resume for {name}")
    typed = _read(path) if resume else start
    keep_older(path, typed)
    path.write_text("\n".join([typed.rstrip("\n"), "", SCISSORS, *_commented(below), ""]), "utf-8")
    edit(path)
    text = _read(path)
    if below and below.splitlines()[0] in text:
        raise Refused(f"the line above the thread is gone: put it back (--resume); see {path}")
    if not text.strip():
        path.unlink(missing_ok=True)
        raise Refused("nothing was written: stopped, and nothing has changed")
    return text


def keep_older(path: Path, text: str) -> None:
    """Put aside what an earlier command kept at a path, unless it is the same text."""
    if not path.exists() or _read(path) in ("", text.strip("\n")):
        return
    turn = 1
    while (older := path.with_suffix(f".older-{turn}{path.suffix}")).exists():
        turn += 1
    path.replace(older)


def _commented(below: str) -> Sequence[str]:
    return [f"# {_HEAD}", *below.splitlines()]


def _read(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace")
    return text.partition(SCISSORS)[0].partition(f"# {_HEAD}")[0].strip("\n")


@contextmanager
def kept(session: Session, name: str, text: str, again: str = "") -> Iterator[None]:
    """Keep a text where what is done with it fails, and say so; drop it once it is committed.

    What stands in a line of a batch is not typed: it is there still.
    """
    if session.in_batch:
        yield
        return
    try:
        yield
    except Committed:
        _forget(session, name, text)
        raise
    except BaseException:
        if text.strip():
            with suppress(OSError):
                session.say(f"your text is kept in {_keep(session, name, text)}{again}")
        raise
    if not session.dry_run:
        _forget(session, name, text)


def _keep(session: Session, name: str, text: str) -> Path:
    path = draft_path(session, name)
    keep_older(path, text)
    path.write_text(f"{text}\n", encoding="utf-8", errors="replace")
    return path


def _forget(session: Session, name: str, text: str) -> None:
    path = draft_path(session, name)
    if path.exists() and _read(path) == text.strip("\n"):
        path.unlink()


def ask(question: str, default: bool = True) -> bool:
    """Ask yes or no, where somebody is there to answer; else it is no."""
    return can_ask() and click.confirm(question, default=default, err=True)
