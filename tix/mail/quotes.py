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
_LONGEST_DEVICE_LINE = 120
_LONGEST_NAME = 100
_SHORTEST_REQUEST = 12
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))
_ARMOUR = "-----BEGIN PGP "


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text; all pieces together are the text."""

    kind: Kind
    text: str


def trim(text: str, subject: str = "") -> list[Part]:
    """`text` in pieces; at least one is shown wherever it has a word.

    Where the subject says that a mail is passed on, what it passes on is no quote.
    """
    *whole, last = text.split("\n")
    lines = [*(f"{line}\n" for line in whole), last]
    kinds = _kinds([_bare(line) for line in lines], _passes_on(subject))
    return [
        Part(kind, joined)
        for kind, group in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0])
        if (joined := "".join(line for _, line in group))
    ]


def shown(text: str, subject: str = "") -> str:
    """What the author wrote, stripped; never empty unless `text` is blank."""
    own = ""
    for part in trim(text, subject):
        if part.kind == "shown":
            own = _joined(own, part.text) if own else part.text
    return own.strip() or text.strip()


def _joined(above: str, below: str) -> str:
    """Two pieces between which something is left out, with one blank line at most."""
    upper, lower = above.rstrip("\n"), below.lstrip("\n")
    lines = len(above) - len(upper) + len(below) - len(lower)
    return upper + "\n" * min(lines, 2) + lower


def own(text: str) -> str:
    """What the author wrote without any quote, be it answered line by line; empty if that is all.

    For whoever must not read what is quoted.
    """
    lines = text.split("\n")
    kinds = _marked([_bare(line) for line in lines], passes_on=False)
    kept = [
        line.rstrip()
        for line, kind in zip(lines, kinds, strict=True)
        if kind == "shown" and not line.translate(_MARKS).lstrip().startswith(">")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _passes_on(subject: str) -> bool:
    # Most subjects have no colon at all.
    head = subject[:60]
    return ":" in head.replace("：", ":") and bool(re.match(phrases.FORWARDING, head))


def _bare(line: str) -> str:
    """A line as it is compared; one that is too long for any mark says nothing."""
    if len(line) > _LONGEST:
        return ">" if line.startswith(">") else "x"
    return line.translate(_MARKS).rstrip("\n")


def _kinds(lines: list[str], passes_on: bool) -> list[Kind]:
    kinds = _marked(lines, passes_on)
    _keep_answered(lines, kinds)
    if not any(_is_own(line, kind) for line, kind in zip(lines, kinds, strict=True)):
        return ["shown"] * len(lines)
    return kinds


def _marked(lines: list[str], passes_on: bool) -> list[Kind]:
    end = _forward(lines, passes_on)
    kinds: list[Kind] = ["shown"] * len(lines)
    _mark_quotes(lines, kinds, end)
    _mark_armour(lines, kinds)
    _mark_signatures(lines, kinds, end)
    return kinds


def _is_own(line: str, kind: Kind) -> bool:
    return kind == "shown" and bool(line.strip())


def _forward(lines: Sequence[str], passes_on: bool) -> int:
    """Where a forwarded mail starts: it is content, not a quote."""
    for number, line in enumerate(lines):
        if line[:1] == ">":
            continue
        if passes_on and _starts_history(lines, number):
            return number
        if _is_forward(line.strip()):
            # What somebody had passed on in the mail that is quoted here is a part of that.
            quoted = any(_starts_history(lines, above) for above in range(number))
            return len(lines) if quoted and not passes_on else number
    return len(lines)


def _is_forward(line: str) -> bool:
    marked = line.startswith("--") or line.endswith((":", "："))
    return marked and phrases.is_forwarded(line)


def _mark_quotes(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    number = 0
    while number < end:
        if lines[number].lstrip().startswith(">") and not _is_bracketed(lines, number):
            kinds[number] = "quote"
            number += 1
        elif _starts_history(lines, number):
            after = _after_history(lines, number, end)
            kinds[number:after] = ["quote"] * (after - number)
            number = after
        else:
            number = _mark_attribution(lines, kinds, number, end)
    _join_quotes(lines, kinds, end)
    _take_dividers(lines, kinds, end)


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
    if re.search(phrases.MOMENT, whole) and (after < end or _is_open_ended(whole)):
        kinds[number:end] = ["quote"] * (end - number)
        return end
    return number + 1


def _attribution(lines: Sequence[str], number: int, end: int) -> int:
    """How many lines the attribution takes that starts here; 0 if none does."""
    first = lines[number].strip()
    if not first:
        return 0
    if _ends_attribution(first) or _is_bare(lines, number, end):
        return 1
    if first.endswith((":", "：")) and _introduces(lines, number, end):
        return 1
    if not (re.match(phrases.OPENING, first) or re.search(phrases.MOMENT, first)):
        return 0
    return 1 if _is_open_ended(first) else _folded(lines, number, end)


def _folded(lines: Sequence[str], number: int, end: int) -> int:
    """How many lines an attribution takes that is broken after some of its words."""
    whole = lines[number].strip()
    for taken, line in enumerate(lines[number + 1 : min(number + 4, end)], start=2):
        if not line.strip() or line.lstrip().startswith(">"):
            return 0
        whole = f"{whole} {line.strip()}"
        if _ends_attribution(whole) or _is_open_ended(whole):
            return taken
    return 0


def _ends_attribution(line: str) -> bool:
    if line.startswith("---") and line.endswith("---"):
        return bool(re.fullmatch(phrases.FRAMED, line))
    if not line.endswith((":", "：")):
        return False
    # Most are English: the other languages' words need not be compiled for those.
    if line.endswith(" wrote:"):
        return True
    return bool(re.search(phrases.VERB, line) or re.fullmatch(phrases.DATED, line))


def _introduces(lines: Sequence[str], number: int, end: int) -> bool:
    below = _next_word(lines, number + 1, end)
    quoted = below < end and lines[below].lstrip().startswith(">")
    return quoted and bool(re.fullmatch(phrases.INTRODUCING, lines[number].strip()))


def _is_bracketed(lines: Sequence[str], number: int) -> bool:
    line = lines[number].strip()
    return line.startswith(">>> ") and bool(re.fullmatch(phrases.BRACKETED, line))


def _is_bare(lines: Sequence[str], number: int, end: int) -> bool:
    """A date and an address, then a blank line or a quote."""
    line = lines[number].strip()
    if not (line[:2] in ("19", "20") and re.fullmatch(phrases.BARE, line)):
        return False
    below = lines[number + 1].strip() if number + 1 < end else "x"
    return not below or below.startswith(">")


def _is_open_ended(line: str) -> bool:
    """An attribution without its colon, or one behind which the quote goes on."""
    return bool(re.match(phrases.OPEN_ENDED, line))


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
    if line.startswith(">"):
        return _is_bracketed(lines, number)
    if line[:2] in ("--", "__", "==", "**", "##") and phrases.is_original(line):
        return True
    if "this line" in line.lower() or _asks_for_reply_above(line):
        return bool(re.fullmatch(phrases.ABOVE, line))
    if re.fullmatch(phrases.LINE, line):
        below = _next_word(lines, number + 1, len(lines))
        return _is_header(lines, below) or _is_header_in_any_order(lines, below)
    return _is_header(lines, number) or _is_memo(lines, number)


def _is_memo(lines: Sequence[str], number: int) -> bool:
    """The header that Notes writes: a name, a date, then whom it went to and its subject."""
    line = lines[number].strip()
    if len(line) > _LONGEST_NAME or line.startswith("|"):
        return False
    below = _next_word(lines, number + 1, len(lines))
    if below >= len(lines) or not re.fullmatch(phrases.MEMO_DATE, lines[below].strip()):
        return False
    window = _window(lines, below + 1, 16)
    return bool(window and re.fullmatch(phrases.MEMO_TO, window[0])) and any(
        re.fullmatch(phrases.MEMO_SUBJECT, one) for one in window[1:]
    )


def _asks_for_reply_above(line: str) -> bool:
    if len(line) < _SHORTEST_REQUEST or not line.startswith(("#", "--", "==", "**")):
        return False
    return bool(re.fullmatch(phrases.ABOVE, line))


def _after_history(lines: Sequence[str], number: int, end: int) -> int:
    """The end of the copy; only its header where what follows has marks of its own."""
    for after in range(number + 1, min(number + _LONGEST_HEADER, end)):
        line = lines[after].strip()
        if line.startswith(">"):
            return after
        if line and not (phrases.is_sender(line) or phrases.field(line)):
            return end
    return end


def _is_header(lines: Sequence[str], number: int) -> bool:
    """A mail's header: `From:` and, right below, its subject and another field.

    Or these in another order, without a line between them, if the first is its date or subject.
    """
    window = _window(lines, number)
    if not window or ":" not in window[0].replace("：", ":"):
        return False
    if phrases.is_sender(window[0]):
        fields = _fields(window[1:])
        return len(fields) >= 2 and _SUBJECT in fields
    if _fields(window[:1]) & {_DATE, _SUBJECT, _TO}:
        return _is_header_in_any_order(lines, number) and "@" in " ".join(window[:4])
    return False


_DATE, _TO, _SUBJECT = 1, 2, 3


def _is_header_in_any_order(lines: Sequence[str], number: int) -> bool:
    """Four lines that are `From:` and three other fields."""
    window = _window(lines, number)[:4]
    return any(map(phrases.is_sender, window)) and len(_fields(window)) == 3


def _window(lines: Sequence[str], number: int, reach: int = 9) -> list[str]:
    return [line.strip() for line in lines[number : number + reach] if line.strip()][:7]


def _fields(lines: Sequence[str]) -> set[int]:
    """Which of the other fields there are."""
    return {found for line in lines if (found := phrases.field(line))}


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


def _take_dividers(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    """A line of signs between the author's words and a quote is the quote's."""
    for number in range(1, end):
        if kinds[number] == "quote" and kinds[number - 1] == "shown":
            above = number - 1
            while above and not lines[above].strip():
                above -= 1
            alone = not above or not lines[above - 1].strip()
            if alone and re.fullmatch(phrases.DIVIDER, lines[above].strip()):
                kinds[above:number] = ["quote"] * (number - above)


def _mark_armour(lines: Sequence[str], kinds: list[Kind]) -> None:
    """What OpenPGP puts around a text that it signs (RFC 9580, 7) is a signature."""
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.startswith(_ARMOUR) and kinds[number] == "shown":
            after = _after_armour(lines, number)
            kinds[number:after] = ["signature"] * (after - number)
            number = max(after, number + 1)
        else:
            number += 1


def _after_armour(lines: Sequence[str], number: int) -> int:
    line = lines[number].rstrip()
    if line == f"{_ARMOUR}SIGNED MESSAGE-----":
        fields = range(number + 1, min(number + 9, len(lines)))
        return next((one + 1 for one in fields if not lines[one].strip()), number + 1)
    if line not in (f"{_ARMOUR}SIGNATURE-----", f"{_ARMOUR}PUBLIC KEY BLOCK-----"):
        return number
    closing = line.replace("BEGIN", "END")
    rest = range(number + 1, len(lines))
    return next((one + 1 for one in rest if lines[one].rstrip() == closing), len(lines))


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
    if line[:1] in ("-", "—", "–") and re.fullmatch(phrases.DELIMITER, line):
        return True
    if re.fullmatch(phrases.RULE, line.strip()):
        return stop - number <= _FOOTER and line.strip().startswith("_")
    return _is_device(line) and all(
        not text.strip() or _is_device(text) for text in lines[number + 1 : stop]
    )


def _is_device(line: str) -> bool:
    plain = line.strip()
    return bool(plain) and len(plain) <= _LONGEST_DEVICE_LINE and phrases.is_device(plain)


def _keep_answered(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Quotes above the author's last word are what it answers to.

    But for one that is introduced as a whole mail: the answer to that one needs no copy of it.
    """
    own = [number for number, line in enumerate(lines) if _is_own(line, kinds[number])]
    last = own[-1] if own else 0
    quoted = [
        list(numbers)
        for kind, numbers in groupby(range(last), key=lambda number: kinds[number])
        if kind == "quote"
    ]
    if len(quoted) == 1 and _is_attributed(lines, quoted[0]):
        return
    for number in (one for numbers in quoted for one in numbers):
        kinds[number] = "shown"


def _is_attributed(lines: Sequence[str], numbers: Sequence[int]) -> bool:
    taken = _attribution(lines, numbers[0], numbers[-1] + 1)
    whole = " ".join(lines[numbers[0] : numbers[0] + taken])
    return bool(taken and re.search(phrases.MOMENT, whole))
