"""Text as it was before format=flowed broke its lines (RFC 3676)."""

from __future__ import annotations


def unflow(text: str, delsp: bool = False) -> str:
    """Paragraphs joined; quoting, stuffed spaces and signature delimiters as they were meant."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth, content = _unstuffed(line.removesuffix("\r"))
        flows = content.endswith(" ") and content != "-- "
        if depth != open_depth or content == "-- ":
            out += ("\n", f"{'>' * depth} " if depth else "")
        out.append(content[:-1] if flows and delsp else content)
        open_depth = depth if flows else -1
    return "".join(out[1:])


def _unstuffed(line: str) -> tuple[int, str]:
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")
