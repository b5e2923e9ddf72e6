"""A text's own words told from what it quotes and signs with; nothing is lost.

Works by line, looks at lines of bounded length, and takes time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from tix.mail import phrases

Kind = Literal["shown", "quote", "signature"]

_LONGEST = 400
_LONGEST_SIGNATURE = 20
_FOOTER = 12
_LONGEST_HEADER = 15
_LONGEST_DEVICE_LINE = 80
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text; all pieces together are the text."""

    kind: Kind
    text: str


def trim(text: str) -> list[Part]:
    """`text` in pieces; at least one is shown wherever it has a word."""
    *whole, last = text.split("\n")
    lines = [*(f"{line}\n" for line in whole), last]
    kinds = _kinds([_bare(line) for line in lines])
    return [
        Part(kind, joined)
        for kind, group in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0])
        if (joined := "".join(line for _, line in group))
    ]


def shown(text: str) -> str:
    """What the author wrote, stripped; never empty unless `text` is blank."""
    own = "".join(part.text for part in trim(text) if part.kind == "shown").strip()
    return own or text.strip()


def _bare(line: str) -> str:
    """A line as it is compared; one that is too long for any mark says nothing."""
    if len(line) > _LONGEST:
        return ">" if line.startswith(">") else "x"
    return line.translate(_MARKS).rstrip("\n")


def _kinds(lines: list[str]) -> list[Kind]:
    end = _forward(lines)
    kinds: list[Kind] = ["shown"] * len(lines)
    _mark_quotes(lines, kinds, end)
    _mark_signatures(lines, kinds, end)
    _keep_answered(lines, kinds)
    if not any(_is_own(line, kind) for line, kind in zip(lines, kinds, strict=True)):
        return ["shown"] * len(lines)
    return kinds


def _is_own(line: str, kind: Kind) -> bool:
    return kind == "shown" and bool(line.strip())


def _forward(lines: Sequence[str]) -> int:
    """Where a forwarded mail starts: it is content, not a quote."""
    for number, line in enumerate(lines):
        if line[:1] != ">" and _is_forward(line.strip()):
            return number
    return len(lines)


def _is_forward(line: str) -> bool:
    marked = line.startswith("--") or line.endswith(":")
    return marked and bool(re.fullmatch(phrases.FORWARDED, line))


def _mark_quotes(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    number = 0
    while number < end:
        if lines[number].lstrip().startswith(">"):
            kinds[number] = "quote"
            number += 1
        elif _starts_history(lines, number):
            after = _after_history(lines, number, end)
            kinds[number:after] = ["quote"] * (after - number)
            number = after
        else:
            number = _mark_attribution(lines, kinds, number, end)
    _join_quotes(lines, kinds, end)


def _mark_attribution(lines: Sequence[str], kinds: list[Kind], number: int, end: int) -> int:
    """Marks an attribution that starts here; returns the line to go on with."""
    taken = _attribution(lines, number, end)
    if not taken:
        return number + 1
    after = _next_word(lines, number + taken, end)
    quoted = after < end and lines[after].lstrip().startswith(">")
    whole = " ".join(lines[number : number + taken])
    if quoted:
        kinds[number:after] = ["quote"] * (after - number)
        return after
    if re.search(phrases.MOMENT, whole) and after < end:
        kinds[number:end] = ["quote"] * (end - number)
        return end
    return number + 1


def _attribution(lines: Sequence[str], number: int, end: int) -> int:
    """How many lines the attribution takes that starts here; 0 if none does."""
    first = lines[number].strip()
    if not first:
        return 0
    if _ends_attribution(first):
        return 1
    if not (re.match(phrases.OPENING, first) or re.search(phrases.MOMENT, first)):
        return 0
    whole = first
    for taken, line in enumerate(lines[number + 1 : min(number + 3, end)], start=2):
        if not line.strip() or line.lstrip().startswith(">"):
            return 0
        whole = f"{whole} {line.strip()}"
        if _ends_attribution(whole):
            return taken
    return 0


def _ends_attribution(line: str) -> bool:
    if not line.endswith((":", "：")):
        return False
    return bool(re.search(phrases.VERB, line) or re.fullmatch(phrases.DATED, line))


def _next_word(lines: Sequence[str], number: int, end: int) -> int:
    """The next line that is not blank, at most three lines on."""
    for candidate in range(number, min(number + 3, end)):
        if lines[candidate].strip():
            return candidate
    return number


def _starts_history(lines: Sequence[str], number: int) -> bool:
    """Whether Outlook's copy of the mail before starts here: all the rest belongs to it."""
    line = lines[number].strip()
    if not line:
        return False
    if line.startswith("--") and re.fullmatch(phrases.ORIGINAL, line):
        return True
    if re.fullmatch(phrases.LINE, line):
        below = _next_word(lines, number + 1, len(lines))
        return _is_header(lines, below) or _is_header_in_any_order(lines, below)
    return _is_header(lines, number)


def _after_history(lines: Sequence[str], number: int, end: int) -> int:
    """The end of the copy; only its header where what follows has marks of its own."""
    for after in range(number + 1, min(number + _LONGEST_HEADER, end)):
        line = lines[after].strip()
        if line.startswith(">"):
            return after
        if line and not (re.match(phrases.FROM, line) or re.match(phrases.FIELD, line)):
            return end
    return end


def _is_header(lines: Sequence[str], number: int) -> bool:
    """`From:` and, right below, at least two other fields."""
    window = _window(lines, number)
    if not window or not _is_sender(window[0]):
        return False
    return len(_fields(window[1:])) >= 2


def _is_header_in_any_order(lines: Sequence[str], number: int) -> bool:
    """Four lines that are `From:` and three other fields."""
    window = _window(lines, number)[:4]
    return any(map(_is_sender, window)) and len(_fields(window)) == 3


def _window(lines: Sequence[str], number: int) -> list[str]:
    return [line.strip() for line in lines[number : number + 9] if line.strip()][:7]


def _is_sender(line: str) -> bool:
    return ":" in line.replace("：", ":") and bool(re.match(phrases.FROM, line))


def _fields(lines: Sequence[str]) -> set[int | None]:
    """Which of the other fields there are."""
    return {found.lastindex for line in lines if (found := re.match(phrases.FIELD, line))}


def _join_quotes(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    """Blank lines between two quotes, and after the last, are theirs."""
    blank_from = -1
    for number in range(end):
        if kinds[number] == "quote":
            if blank_from >= 0:
                kinds[blank_from:number] = ["quote"] * (number - blank_from)
            blank_from = number + 1
        elif lines[number].strip():
            blank_from = -1


def _mark_signatures(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    """Signatures end the author's first words, or the last ones."""
    runs = _own_runs(kinds, end)
    for start, stop in {*runs[:1], *runs[-1:]}:
        for number in range(max(start, stop - _LONGEST_SIGNATURE), stop):
            if _starts_signature(lines, number, stop):
                kinds[number:stop] = ["signature"] * (stop - number)
                break


def _own_runs(kinds: Sequence[Kind], end: int) -> list[tuple[int, int]]:
    """From where to where lines are not a quote."""
    runs = groupby(range(end), key=lambda number: kinds[number])
    found = [list(numbers) for kind, numbers in runs if kind == "shown"]
    return [(numbers[0], numbers[-1] + 1) for numbers in found]


def _starts_signature(lines: Sequence[str], number: int, stop: int) -> bool:
    """A delimiter (RFC 3676, 4.3), a list's footer, or a device's line with no word after it."""
    line = lines[number]
    if line in ("--", "-- "):
        return True
    if re.fullmatch(phrases.RULE, line.strip()):
        return stop - number <= _FOOTER and line.strip().startswith("_")
    if any(text.strip() for text in lines[number + 1 : stop]):
        return False
    return len(line) <= _LONGEST_DEVICE_LINE and bool(re.fullmatch(phrases.DEVICE, line.strip()))


def _keep_answered(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Quotes above the author's last word are what it answers to."""
    own = [number for number, line in enumerate(lines) if _is_own(line, kinds[number])]
    for number in range(own[-1] if own else 0):
        if kinds[number] == "quote":
            kinds[number] = "shown"
