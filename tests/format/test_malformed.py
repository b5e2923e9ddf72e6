"""Every malformed file is a Problem that names its line and says what to write instead."""

import pytest

from tix import yamltext
from tix.format import entry, ticket
from tix.problem import Problem

HEAD = "format: 1\nid: 261122-7k3fqx9m\nsubject: Late\nstatus: open\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no format"),
        ("format: 2\n", 1, "this tix reads `format: 1`"),
        ("format: 1\nid: nonsense\n", 2, "no ticket id"),
        ("format: 1\nid: 261122-7k3fqx9m\nsubject: x\n", 1, "status is missing"),
        (HEAD + "due: soon\n", 5, "is no time"),
        (HEAD + "tags: vip\n", 5, "one `- value` a line"),
        (HEAD + "tags:\n- [a]\n", 6, "plain values"),
        (HEAD + "status: new\n", 5, "'status' stands here twice"),
        (HEAD + "links:\n- relates: a\n- wrong\n", 7, "one `kind: id`"),
        (HEAD + "custom: x\n", 5, "mapping"),
        (HEAD + "timeline:\n- {at: 2026-11-22T10:15:00Z, by: ann}\n", 6, "at, by and n"),
        (HEAD + "timeline:\n- {at: never, by: ann, n: a}\n", 6, "is no time"),
        (HEAD + "<<<<<<< HEAD\n", 6, "expected"),
        (HEAD + "a: &x [1]\nb: *x\n", 5, "aliases"),
        (HEAD + "a: " + "[" * 30_000, 5, "opening brackets"),
        (HEAD + "- " * 30_000, 5, "nested"),
        (HEAD + "a: '" + "x" * (1 << 18) + "'\n", 5, "longer"),
        ("- a list\n", 1, "mapping"),
    ],
)
def test_ticket(text, line, words):
    found = ticket.parse("tickets/2026/11/22/261122-7k3fqx9m/ticket.yaml", text)
    assert isinstance(found, Problem)
    assert (found.line, words in found.message) == (line, True), found


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("hello", 1, "starts with a line"),
        ("---\nkind: note\n", 1, "no closing line"),
        ("---\nkind: note\n---\n", 2, "date is missing"),
        ("---\nkind: letter\ndate: 2026-11-22\n---\n", 2, "message or note"),
        (
            "---\nkind: note\ndate: 2026-11-22\nattachments:\n- {file: ../x, size: 1}\n---\n",
            5,
            "files/",
        ),
        (
            "---\nkind: note\ndate: 2026-11-22\nattachments:\n- {file: files/x, size: big}\n---\n",
            5,
            "bytes",
        ),
        ("---\nkind: note\nkind: note\n---\n", 3, "twice"),
    ],
)
def test_entry(text, line, words):
    found = entry.parse("tickets/x/20261122T101452Z-3f9a2c7b.md", text)
    assert isinstance(found, Problem)
    assert (found.line, words in found.message) == (line, True), found


def test_an_alias_bomb_is_refused_at_once():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, 60))
    with pytest.raises(yamltext.YamlError, match="aliases"):
        yamltext.load(bomb)


def test_tags_never_make_objects():
    assert yamltext.load("a: !!python/object/apply:os.system [id]\n") == {"a": ["id"]}
