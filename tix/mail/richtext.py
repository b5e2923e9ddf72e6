"""The HTML of an outgoing mail, made from its text: no markup of anybody's, nothing remote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from tix.mail.history import Quote

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# Longer ones are shown as they are written: nobody lays out so much.
MAX_MARKDOWN = 50_000
# Looking for links in a word takes time with its square.
MAX_WORD = 2_000
_BODY = "font-family:sans-serif;font-size:14px;line-height:1.45"
_QUOTE = "margin:0 0 0 0.8ex;border-left:2px solid #ccc;padding-left:1ex;color:#555"
_FAINT = "color:#777"
_RIGHT_TO_LEFT = ("ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi")
_BLOCKS = (
    *("paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open"),
    *("list_item_open", "blockquote_open"),
)
# Rules that would take a line for something else than what who writes a mail means by it (a line
# below which a signature stands, a footnote), or fetch an image from elsewhere.
_OFF = ("lheading", "reference", "image", "html_block", "html_inline")
_QUOTED_ABOVE = re.compile(r"^(>.*)\n(?=[^>\n])", re.MULTILINE)


def page(
    body: str, signature: str, quotes: Sequence[Quote], language: str, *, automatic: bool = False
) -> str:
    """Lay out a mail: what was written, the signature, what is quoted.

    Of an `automatic` one nothing is markup: nobody has looked at what others' names make of it.
    """
    laid_out = _plain if automatic else _markdown
    direction = "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
    lang = f' lang="{escape(language)}"' if language else ""
    parts = [
        f'<!DOCTYPE html>\n<html{lang} dir="{direction}">\n<head><meta charset="utf-8"></head>',
        f'<body style="{_BODY}">',
        laid_out(body),
    ]
    if signature:
        parts.append(
            f'<div style="{_FAINT}">\n<p dir="auto">-- </p>\n{laid_out(signature)}\n</div>'
        )
    parts += map(_quoted, quotes)
    return "\n".join([*parts, "</body>\n</html>\n"])


def _quoted(quote: Quote) -> str:
    # Others' words stay words: no link of theirs gets another text than its address.
    return (
        f'<p dir="auto" style="{_FAINT}">{escape(quote.attribution)}</p>\n'
        f'<blockquote type="cite" style="{_QUOTE}">\n{_plain(quote.words)}\n</blockquote>'
    )


def _plain(words: str) -> str:
    paragraphs = re.split(r"\n(?:[ \t]*\n)+", words)
    broken = ("<br>\n".join(map(escape, one.split("\n"))) for one in paragraphs)
    return "\n".join(f'<p dir="auto">{one}</p>' for one in broken)


def _markdown(words: str) -> str:
    if len(words) > MAX_MARKDOWN:
        return _plain(words)
    made = _maker(links=max(map(len, words.split()), default=0) <= MAX_WORD)
    # An answer right below a quoted line is no part of it.
    tokens = made.parse(_QUOTED_ABOVE.sub(r"\1\n\n", words))
    for token in tokens:
        if token.type in _BLOCKS:
            token.attrSet("dir", "auto")
        if token.type == "blockquote_open":
            token.attrSet("style", _QUOTE)
    return str(made.renderer.render(tokens, made.options, {})).strip()


@cache
def _maker(*, links: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": links})
    made.enable("linkify").disable(_OFF)
    if made.linkify:
        # Only what says itself that it is a link: `report.md` is a file.
        made.linkify.set({"fuzzy_link": False})
    return made
