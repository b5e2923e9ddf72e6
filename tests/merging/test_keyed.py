"""Two versions of a settings file made one, by key and item, with their comments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tix import yamltext
from tix.merging.keyed import Result, merge

DESK = """\
# Acme's desk
format: 1
name: Acme

# who does what
queues:
  support:  # the first
  delivery: delivery@acme.example
fields:
  contract: text
addresses:
- support@acme.example
- help@acme.example
signature: |
  Tel: 1

  Acme
"""
AGENTS = """\
ann:
  name: Ann
  emails:
  - ann@acme.example
  role: lead
# works at night
bob:
  name: Bob
  emails:
  - bob@acme.example
"""


def both(base: str, ours: str, theirs: str) -> Result:
    """Merge in both orders; without a clash the order says nothing but where things stand."""
    mine, their = (
        merge(base, *pair, prefer_theirs=False) for pair in ((ours, theirs), (theirs, ours))
    )
    assert sorted(mine.clashes) == sorted(their.clashes)
    if not mine.clashes:
        assert unordered(yamltext.load(mine.text)) == unordered(yamltext.load(their.text))
    assert merge(base, ours, theirs, prefer_theirs=True) == their
    return mine


def edited(source: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def test_adjacent_keys_are_united_and_comments_stay():
    ours = edited(DESK, ("name: Acme\n", "name: Acme Ltd\n"))
    theirs = edited(DESK, ("  delivery: delivery@acme.example\n", "  delivery: d@acme.example\n"))
    merged = both(DESK, ours, theirs)
    assert merged.clashes == ()
    assert merged.text == edited(
        ours, ("  delivery: delivery@acme.example\n", "  delivery: d@acme.example\n")
    )


def test_both_add_a_key_in_one_place():
    ours = edited(DESK, ("  contract: text\n", "  contract: text\n  tier: [gold]\n"))
    theirs = edited(DESK, ("  contract: text\n", "  contract: text\n  seats: number\n"))
    merged = both(DESK, ours, theirs)
    assert merged.clashes == ()
    assert "  tier: [gold]\n" in merged.text
    assert "  seats: number\n" in merged.text


def test_items_are_added_and_removed_by_both():
    ours = edited(DESK, ("- help@acme.example\n", "- help@acme.example\n- a@acme.example\n"))
    theirs = edited(DESK, ("- help@acme.example\n", "- b@acme.example\n"))
    found = yamltext.load(both(DESK, ours, theirs).text)["addresses"]
    assert sorted(found) == ["a@acme.example", "b@acme.example", "support@acme.example"]


def test_of_one_key_that_both_changed_one_is_kept_and_named():
    ours = edited(DESK, ("name: Acme\n", "name: Ours\n"))
    theirs = edited(DESK, ("name: Acme\n", "name: Theirs\n"))
    merged = both(DESK, ours, theirs)
    assert (merged.text, merged.clashes) == (ours, ("name",))


def test_a_key_within_is_named_by_its_path():
    ours = edited(AGENTS, ("  role: lead\n", "  role: bot\n"))
    theirs = edited(AGENTS, ("  role: lead\n", "  role: viewer\n"))
    assert both(AGENTS, ours, theirs).clashes == ("ann.role",)


def test_what_one_took_out_and_the_other_changed_stays():
    without = AGENTS[: AGENTS.index("# works")]
    changed = edited(AGENTS, ("name: Bob\n", "name: Robert\n"))
    merged = both(AGENTS, without, changed)
    assert (merged.text, merged.clashes) == (changed, ("bob",))


def test_both_add_an_agent():
    ours, theirs = AGENTS + "eve:\n  name: Eve\n", AGENTS + "# new\nola:\n  name: Ola\n"
    merged = both(AGENTS, ours, theirs)
    assert set(yamltext.load(merged.text)) == {"ann", "bob", "eve", "ola"}
    assert "# new\nola:" in merged.text


def test_comments_of_both_stay():
    ours = edited(DESK, ("# who does what\n", "# who does what here\n"))
    theirs = edited(DESK, ("# who does what\n", "# who does what\n# and when\n"))
    text = both(DESK, ours, theirs).text
    assert "# who does what here\n" in text
    assert "# and when\n" in text


def test_a_text_is_one_value():
    ours = edited(DESK, ("  Tel: 1\n", "  Tel: 2\n"))
    theirs = edited(DESK, ("\n  Acme\n", "\n  Acme Ltd\n"))
    assert both(DESK, ours, theirs).clashes == ("signature",)


def test_rules_are_merged_by_their_names():
    base = "- name: a\n  if: x\n  then: y\n- name: b\n  if: z\n"
    ours = edited(base, ("  if: x\n", "  if: xx\n"))
    theirs = edited(base, ("  then: y\n", "  then: yy\n")) + "- name: c\n  if: q\n"
    merged = both(base, ours, theirs)
    assert merged == (
        "- name: a\n  if: xx\n  then: yy\n- name: b\n  if: z\n- name: c\n  if: q\n",
        (),
    )


@pytest.mark.parametrize("source", [DESK, AGENTS, "", "# only a comment\n"])
def test_what_one_side_left_alone_is_the_others(source):
    assert merge(source, source, "x: y\n", prefer_theirs=False) == ("x: y\n", ())
    assert merge(source, "x: y\n", source, prefer_theirs=False) == ("x: y\n", ())
    assert merge("", source, source, prefer_theirs=True) == (source, ())


NAMES = st.sampled_from(["a", "b", "c", "d e", "é"])
VALUES = st.recursive(
    st.sampled_from(["x", "y", "z: 1", "#"]),
    lambda inner: st.one_of(
        st.lists(st.sampled_from(["p", "q", "r"]), unique=True, min_size=1),
        st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
FILES = st.dictionaries(NAMES, VALUES, max_size=4)


def printed(data: dict, indent: str = "") -> str:
    rows = []
    for key, value in data.items():
        if isinstance(value, dict):
            rows.append(f"{indent}# about {key}\n{indent}{key}:\n{printed(value, indent + '  ')}")
        elif isinstance(value, list):
            rows.append(f"{indent}{key}:\n" + "".join(f"{indent}- {one}\n" for one in value))
        else:
            rows.append(f"{indent}{key}: {yamltext.scalar(value)}\n")
    return "".join(rows)


def expected(base, ours, theirs):
    """Three versions of a value made one; a clash gives ours."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        base = base if isinstance(base, dict) else {}
        keys = dict.fromkeys((*ours, *theirs))
        found = {key: expected(base.get(key), ours.get(key), theirs.get(key)) for key in keys}
        return {key: value for key, value in found.items() if value is not None}
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if isinstance(ours, list) and isinstance(theirs, list):
        base = base if isinstance(base, list) else []
        kept = {
            one for one in {*ours, *theirs} if one not in base or (one in ours and one in theirs)
        }
        return kept
    return ours if ours is not None else theirs


def unordered(value):
    if isinstance(value, dict):
        return {key: unordered(one) for key, one in value.items()}
    return sorted(map(repr, value)) if isinstance(value, (list, set)) else value


@given(FILES, FILES, FILES)
def test_any_three_versions_are_merged_key_by_key(base, ours, theirs):
    texts = [printed(one) for one in (base, ours, theirs)]
    merged = both(*texts)
    if not merged.clashes and merged.text.strip():
        assert unordered(yamltext.load(merged.text)) == unordered(expected(base, ours, theirs))
