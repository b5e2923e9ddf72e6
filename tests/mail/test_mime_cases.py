"""The hard cases of another parser's tests: how many are read alike, and why the others are not.

docs/mail.md publishes both; this holds it to them.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.docs.blocks import DOCS
from tests.mimescore import CHECKS, cases, differences

PAGE = (DOCS / "mail.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the first table after a heading, as lists of cells."""
    after = PAGE.split(f"\n## {heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert table
    return [[one.strip() for one in line.strip("|\n").split("|")] for line in table[0].split("\n")][
        2:-1
    ]


def published() -> dict[str, list[str]]:
    """Return the figures by category: mails, then how many agree in each check."""
    return {row[0]: row[1:] for row in rows("How much is read")}


def explained() -> set[tuple[str, str]]:
    """Return the cases and checks that the page explains."""
    part = PAGE.split("\n### Where it reads something else\n", 1)[1].replace("\n  ", " ")
    found = set()
    for line in re.findall(r"^- (.*?): ", part, re.MULTILINE):
        names, _, checks = line.partition(" in ")
        for name in re.findall(r"[a-z]+/\d{3}", names):
            found |= {(name, check) for check in re.split(r", | and ", checks)}
    return found


@pytest.fixture(scope="module")
def found(corpus):
    """Return all differences, and how many mails there are of a category."""
    folder = corpus / "mime"
    if not folder.is_dir():
        pytest.skip("no MIME cases in the mail corpus")
    all_cases = list(cases(folder))
    return [one for case in all_cases for one in differences(case)], Counter(
        case.category for case in all_cases
    )


def test_the_published_figures_are_true(found) -> None:
    different, mails = found
    missed = Counter((one.case.partition("/")[0], one.check) for one in different)
    expected = {
        name: [str(count), *(str(count - missed[name, one]) for one in CHECKS)]
        for name, count in sorted(mails.items())
    }
    assert published() == expected


def test_each_difference_is_explained(found) -> None:
    assert {(one.case, one.check) for one in found[0]} == explained()
