"""HTML as readable Markdown, whatever the HTML is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from html_to_markdown import ConversionOptions
    from lxml.html import HtmlElement

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
SILENT = frozenset(("script", "style", "head", "title", "template", "noscript"))
# A declaration speaks of the bytes that the text was, and where a page ends libxml2 stops reading,
# while lists put their footer there.
_FRAME = re.compile(r"\A\s*<\?xml[^>]*>|</(?:html|body)\s*>", re.IGNORECASE)
# What is said in place of a film or a drawing is text as any other.
_BLOCKS = (
    *("div", "p", "table", "ul", "ol", "dl", "blockquote", "pre", "hr", "section", "article"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "form", "center", "address", "figure"),
)
_EMBEDDED = ("iframe", "svg", "math", "video", "audio", "canvas", "frameset", "noframes")
# What starts a line like a list or a heading is escaped, whatever the options say.
_ESCAPED = re.compile(r"^((?:[ >]|- |\d+\. )*(?:\d+(?=\\[.)]))?)\\(?=[-#*+>=`~.)])", re.MULTILINE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LONGEST_CELL = 120
_SPACING = re.compile(r"(?P<tag><[^<>]*>)|(?P<end>\r?\n)|^ +| {2,}", re.MULTILINE)
_BRACKETED = re.compile(r"<<([^<>\n]{3,320}@[^<>\n]{3,320})>>")
_BLANK_PILE = re.compile(r"\n{3,}")
_LINE_END_SPACE = re.compile(r"[ \t]+\n")


def to_markdown(html: str) -> tuple[str, str]:
    """Markdown that says what `html` does, and what was mended ('' for nothing)."""
    mended = "bounds" if len(html) > MAX_INPUT else ""
    html = _closed(html[:MAX_INPUT].replace("\x00", ""))
    if len(html) > MAX_RICH or _too_deep(html):
        return _plain(html), mended or "simplified html"
    try:
        return _tidy(_rich(html)), mended
    except Exception:
        # They raise whatever broken markup leads them to, and where there is nothing but comments.
        text = _plain(html)
        return text, mended or ("simplified html" if text else "")


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


def _plain(html: str) -> str:
    from tix.mail.plainhtml import text_of

    return _tidy(text_of(html))


def _rich(html: str) -> str:
    from html_to_markdown import convert
    from lxml.html import tostring

    page = _parsed(html)
    _drop_silent(page)
    _drop_hidden(page)
    for table in list(page.iter("table")):
        if _is_layout(table):
            _flatten(table)
    for tag in list(page.iter("div")):
        _join_lines(tag)
    _say_what_is_shown(page)
    for tag in list(page.iter("pre")):
        _unfence(tag)
    for tag in page.iter("blockquote"):
        # Mail programs name the mail that they quote; nobody is shown it.
        tag.attrib.pop("cite", None)
    text = str(convert(tostring(page, encoding="unicode"), _style()).content)
    return _ESCAPED.sub(r"\1", text)


def _parsed(html: str) -> HtmlElement:
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(remove_comments=True, remove_pis=True)
    return document_fromstring(_FRAME.sub("", html), parser=parser)


@cache
def _style() -> ConversionOptions:
    """Markdown for reading: nothing escaped, and what is hidden was dropped before."""
    from html_to_markdown import ConversionOptions, PreprocessingOptions

    # What it would take for a web page's frame may be the letter.
    whole = PreprocessingOptions(enabled=False)
    return ConversionOptions(
        preprocessing=whole,
        heading_style="atx",
        bullets="-",
        compact_tables=True,
        highlight_style="none",
        hidden_content="all",
        skip_images=True,
        extract_metadata=False,
    )


def _drop_silent(page: HtmlElement) -> None:
    _drop(list(page.iter(*SILENT)))


def _drop_hidden(page: HtmlElement) -> None:
    """Drop what nobody is shown (preview lines, a second form for telephones), if more is left."""
    hidden = [tag for tag in page.xpath("//*[@style]") if _HIDDEN.search(tag.get("style"))]
    if hidden and len(_text(page).strip()) > sum(len(_text(tag)) for tag in hidden):
        _drop(hidden)


def _drop(tags: Iterable[HtmlElement]) -> None:
    for tag in tags:
        if tag.getparent() is not None:
            tag.drop_tree()


def _say_what_is_shown(page: HtmlElement) -> None:
    """Put what is said of images and films in their place."""
    for image in list(page.iter("img")):
        image.tag, image.text = "span", image.get("alt")
    for other in list(page.iter(*_EMBEDDED)):
        other.tag = "div"


def _join_lines(first: HtmlElement) -> None:
    """Make lines of one block of what stands below each other: mail programs write a line so."""
    above = first.getparent()
    if above is None or not _is_line(first):
        return
    while not (first.tail or "").strip() and _is_line(after := first.getnext()):
        end = above.makeelement("br", {})
        end.tail = after.text
        first.append(end)
        for part in list(after):
            first.append(part)
        tail = after.tail
        above.remove(after)
        first.tail = tail


def _is_line(tag: HtmlElement | None) -> bool:
    return tag is not None and tag.tag == "div" and not _has(tag, *_BLOCKS)


def _unfence(tag: HtmlElement) -> None:
    """Make lines of preformatted text: in mail that is what somebody wrote, unless it is code."""
    from lxml.html import fragment_fromstring, tostring

    above = tag.getparent()
    if above is None or _has(tag, "code", "pre"):
        return
    source = tostring(tag, encoding="unicode", with_tail=False).strip()
    inner = source[source.index(">") + 1 : source.rindex("<")].removeprefix("\n")
    lines = fragment_fromstring(_SPACING.sub(_spelled, inner), create_parent="div")
    lines.tail = tag.tail
    above.replace(tag, lines)


def _spelled(found: re.Match[str]) -> str:
    if found["tag"]:
        return found["tag"]
    return "<br>" if found["end"] else "&#160;" * len(found[0])


def _is_layout(table: HtmlElement) -> bool:
    """Most tables in mail only place things; one with short cells in columns is data."""
    if _has(table, "table"):
        return True
    if _has(table, "th"):
        return False
    rows = [row.findall("td") for row in table.iter("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return True
    return not all(_is_datum(cell) for row in rows for cell in row)


def _is_datum(cell: HtmlElement) -> bool:
    """Whether a cell is one short text; Outlook makes each a paragraph of its own."""
    blocks = list(islice(_inside(cell, "p", "div"), 2))
    if len(blocks) > 1 or _has(cell, "ul", "ol", "h1", "h2", "img"):
        return False
    return not blocks or len(_text(cell)) <= _LONGEST_CELL


def _has(tag: HtmlElement, *names: str) -> bool:
    return next(_inside(tag, *names), None) is not None


def _inside(tag: HtmlElement, *names: str) -> Iterator[HtmlElement]:
    return (one for one in tag.iter(*names) if one is not tag)


def _text(tag: HtmlElement) -> str:
    return str(tag.text_content())


def _flatten(table: HtmlElement) -> None:
    """Make blocks of a table and of its parts, but for tables that stand in it."""
    for part in list(table.iter("tr", "td", "tbody", "thead", "tfoot", "caption")):
        if next(part.iterancestors("table"), None) is table:
            part.tag = "div"
    table.tag = "div"


def _tidy(text: str) -> str:
    text = _BRACKETED.sub(r"<\1>", text.replace("\xa0", " ").replace("\r", ""))
    return _BLANK_PILE.sub("\n\n", _LINE_END_SPACE.sub("\n", text)).strip("\n ")
