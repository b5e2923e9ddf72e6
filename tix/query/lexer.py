"""From a command-line argument to tokens: `-key:value,"other value"`, `"a phrase"`, `@view`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tix.errors import UsageError
from tix.text import one_line, printable

_KEY = re.compile(r'([^\s:"@#][^\s:"]*):')
_PIECE = re.compile(r'([<>]=?)?(?:"([^"]*)"|([^\s,"][^\s,]*)?)')
_PHRASE = re.compile(r'"([^"]*)"(\*?)')
_WORD = re.compile(r"\S+")
_MINUS = re.compile(r"-(?=\S)")
_SPACE = re.compile(r"\s*")


class Piece(NamedTuple):
    """One value: its comparison (`>`, `>=`, `<`, `<=` or none) and its text.

    What is quoted is taken literally: `"none"` is a name like others.
    """

    sign: str
    text: str
    quoted: bool = False

    @property
    def whole(self) -> str:
        """The value where nothing is compared."""
        return f"{self.sign}{self.text}"


class Token(NamedTuple):
    """One term as written: `raw` is all of it but the minus.

    `key` is empty for words; those have one piece, whose sign is `*` after a quoted beginning.
    """

    raw: str
    key: str
    pieces: tuple[Piece, ...]
    negated: bool = False

    @property
    def shown(self) -> str:
        """The term for an error message: one line, safe to print."""
        return shown(self.raw)

    @property
    def is_view(self) -> bool:
        """Whether a saved view is meant."""
        return not self.key and not self.pieces[0].quoted and self.raw.startswith("@")


def tokens(argument: str) -> Iterator[Token]:
    """Yield the terms of an argument. Raises UsageError where quotes or minuses make no sense."""
    at = _skip(argument, 0)
    while at < len(argument):
        token, at = _token(argument, at)
        if at < len(argument) and not argument[at].isspace():
            raise UsageError(f"{token.shown}: a closing quotation mark ends a term: add a space")
        yield token
        at = _skip(argument, at)


def _skip(argument: str, at: int) -> int:
    match = _SPACE.match(argument, at)
    return match.end() if match else at


def _token(argument: str, at: int) -> tuple[Token, int]:
    if argument.startswith("--", at):
        option = _rest(argument, at)
        raise UsageError(f"unknown option {shown(option)}; {quoting(option)}")
    negated = _MINUS.match(argument, at) is not None
    start = at + negated
    if argument.startswith('"', start):
        return _phrase(argument, start, negated)
    if match := _KEY.match(argument, start):
        return _keyed(argument, match, negated)
    raw = _rest(argument, start)
    return Token(raw, "", (Piece("", raw),), negated), start + len(raw)


def _rest(argument: str, start: int) -> str:
    match = _WORD.match(argument, start)
    return match[0] if match else ""


def _phrase(argument: str, start: int, negated: bool) -> tuple[Token, int]:
    match = _PHRASE.match(argument, start)
    if match is None:
        raise _unclosed(argument[start:])
    return Token(match[0], "", (Piece(match[2], match[1], True),), negated), match.end()


def _keyed(argument: str, key: re.Match[str], negated: bool) -> tuple[Token, int]:
    pieces, at = [], key.end() - 1
    while at == key.end() - 1 or argument.startswith(",", at):
        match = _PIECE.match(argument, at + 1)
        at = match.end() if match else at + 1
        if match is None or argument.startswith('"', at):
            raise _unclosed(argument[key.start() :])
        pieces.append(Piece(match[1] or "", match[2] or match[3] or "", match[2] is not None))
    raw = argument[key.start() : at]
    return Token(raw, key[1], tuple(pieces), negated), at


def _unclosed(rest: str) -> UsageError:
    return UsageError(f"the quotation mark is not closed in {shown(rest)}")


def shown(text: str) -> str:
    """Return a text for an error message: one short line, safe to print."""
    return printable(one_line(text, 60))


def quoting(term: str) -> str:
    """Say how to search for a term as text."""
    plain = shown(term.replace('"', ""))
    return f"to search for it as text, quote it: '\"{plain}\"'"
