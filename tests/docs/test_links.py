"""Links between pages lead somewhere, and every page is reachable from docs/index.md."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, ROOT

PAGES = sorted([*DOCS.glob("*.md"), *(ROOT / f"{one}.md" for one in ("README", "CONTRIBUTING"))])
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """Return a page without its examples."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page.read_text(encoding="utf-8")))


def links(page: Path) -> list[tuple[Path, str]]:
    """Return where a page's links within the project lead: file and anchor."""
    found = []
    for target in _LINK.findall(prose(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            found.append(((page.parent / path).resolve() if path else page, anchor))
    return found


def anchors(page: Path) -> set[str]:
    """Return the anchors that a forge gives to a page's headings."""
    source = _FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ +(.*?) *$", source, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target, anchor in links(page):
        assert target.exists(), f"{page.name}: {target} does not exist"
        assert not anchor or anchor in anchors(target), f"{page.name}: no #{anchor} in {target}"


def test_every_page_is_reachable_from_the_index():
    reached, left = set(), [DOCS / "index.md"]
    while left:
        page = left.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            left += [target for target, _ in links(page)]
    assert set(DOCS.glob("*.md")) <= reached
