"""HTML as readable Markdown, whatever the HTML is."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

MAX_INPUT = 2 * 1024 * 1024
MAX_RICH = 256 * 1024
MAX_DEPTH = 100
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr"),
    }
)
_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript"))
_BLOCK = frozenset(
    {
        *(
            "address",
            "article",
            "blockquote",
            "br",
            "div",
            "dl",
            "dd",
            "dt",
            "footer",
            "form",
            "h1",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre"),
        *("section", "table", "tr", "ul"),
    }
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LONGEST_CELL = 120
_BLANK_PILE = re.compile(r"\n{3,}")
_SPACES = re.compile(r" {2,}|(?<=\n) +")
_LINE_END_SPACE = re.compile(r"[ \t]+\n")


def to_markdown(html: str) -> tuple[str, str]:
    """Markdown that says what `html` does, and what was mended ('' for nothing)."""
    mended = "bounds" if len(html) > MAX_INPUT else ""
    html = _closed(html[:MAX_INPUT].replace("\x00", ""))
    if len(html) > MAX_RICH or _too_deep(html):
        return _tidy(_plain(html)), mended or "simplified html"
    try:
        return _tidy(_rich(html)), mended
    except (Exception, RecursionError):
        # bs4 and markdownify raise whatever broken markup leads them to.
        return _tidy(_plain(html)), mended or "simplified html"


def _closed(html: str) -> str:
    """`html` without openings that nothing closes: the standard parser seeks an end for each."""
    for opening, closing in (("<!--", "-->"), ("<![", "]>"), ("<", ">")):
        last = html.rfind(closing) + 1
        if opening in html[last:]:
            html = html[:last] + html[last:].replace(opening, "&lt;" if opening == "<" else " ")
    return html


def _too_deep(html: str) -> bool:
    """Whether tags nest deeper than a recursive converter should go."""
    open_tags: list[str] = []
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if not match[1] and name not in _VOID:
            open_tags.append(name)
            if len(open_tags) > MAX_DEPTH:
                return True
        elif match[1] and name in open_tags:
            while open_tags.pop() != name:
                pass
    return False


def _rich(html: str) -> str:
    soup = _parsed(html)
    _drop_silent(soup)
    _drop_hidden(soup)
    for table in soup.find_all("table"):
        if _is_layout(table):
            _flatten(table)
    return str(_converter().convert_soup(soup))


def _parsed(html: str) -> Any:
    from bs4 import BeautifulSoup

    with warnings.catch_warnings():
        # It warns of a page that is an address, or is XML: a mail may be.
        warnings.simplefilter("ignore", UserWarning)
        return BeautifulSoup(html, "html.parser")


def _drop_silent(soup: Any) -> None:
    from bs4.element import Declaration, ProcessingInstruction

    for tag in soup.find_all(_SILENT):
        tag.decompose()
    silent = (Declaration, ProcessingInstruction)
    for text in soup.find_all(string=lambda text: isinstance(text, silent)):
        text.extract()


def _drop_hidden(soup: Any) -> None:
    """Drop what nobody is shown (preview lines, a second form for telephones), if more is left."""
    hidden = soup.find_all(style=_HIDDEN)
    if hidden and len(soup.get_text().strip()) > sum(len(tag.get_text()) for tag in hidden):
        for tag in hidden:
            tag.decompose()


@lru_cache(maxsize=1)
def _converter() -> Any:
    from markdownify import MarkdownConverter

    class Converter(MarkdownConverter):
        """Markdown for reading: images as their text, nothing escaped."""

        def convert_img(self, el: Any, text: str, *_: object, **__: object) -> str:
            return str(el.get("alt") or "")

    return Converter(
        heading_style="ATX",
        bullets="-",
        table_infer_header=True,
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
    )


def _is_layout(table: Any) -> bool:
    """Most tables in mail only place things; one with short cells in columns is data."""
    if table.find("table"):
        return True
    if table.find("th"):
        return False
    rows = [row.find_all("td", recursive=False) for row in table.find_all("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return True
    return not all(_is_datum(cell) for row in rows for cell in row)


def _is_datum(cell: Any) -> bool:
    """Whether a cell is one short text; Outlook makes each a paragraph of its own."""
    if cell.find(("ul", "ol", "h1", "h2", "img")) or len(cell.find_all(("p", "div"))) > 1:
        return False
    return not cell.find(("p", "div")) or len(cell.get_text()) <= _LONGEST_CELL


def _flatten(table: Any) -> None:
    table.name = "div"
    for part in table.find_all(("tr", "td", "tbody", "thead", "tfoot", "caption")):
        if part.find_parent("table") is None or part.find_parent(("table", "div")) is table:
            part.name = "div"


class _Text(HTMLParser):
    """The text of HTML in one pass, blocks on lines of their own, links after their text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._silent = ""
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and not self._silent:
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


def _plain(html: str) -> str:
    reader = _Text()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        # A broken declaration ends the standard parser; what it had read counts.
        pass
    return _SPACES.sub(" ", "".join(reader.out))


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ").replace("\r", "")
    return _BLANK_PILE.sub("\n\n", _LINE_END_SPACE.sub("\n", text)).strip("\n ")
