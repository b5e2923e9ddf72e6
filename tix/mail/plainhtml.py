"""HTML that is too large, too deep or too broken for more, to text in one pass."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tix.mail.html import SILENT

_BLOCK = frozenset(
    {
        *("address", "article", "blockquote", "br", "div", "dl", "dd", "dt", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre"),
        *("section", "table", "tr", "ul"),
    }
)
_SPACES = re.compile(r" {2,}|(?<=\n) +")


def text_of(html: str) -> str:
    """What `html` says, as far as it can be read."""
    reader = _Text()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        # A broken declaration ends the standard parser; what it had read counts.
        pass
    return _SPACES.sub(" ", "".join(reader.out))


class _Text(HTMLParser):
    """The text of HTML in one pass, blocks on lines of their own, links after their text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._silent = ""
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT and not self._silent:
            self._silent = tag
        elif tag in _BLOCK:
            self.out.append("\n")
        elif tag in ("td", "th"):
            self.out.append(" ")
        elif tag in ("a", "img"):
            self._refer(tag, dict(attrs))

    def _refer(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "img":
            self.out.append(attrs.get("alt") or "")
        else:
            self._link = attrs.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent or tag == "head":
            self._silent = ""
        elif tag == "a" and self._link.startswith(("http", "mailto:")):
            self.out.append(f" <{self._link}>")
            self._link = ""
        elif tag in _BLOCK:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(" ".join(data.split()) if data.strip() else " ")
