"""Every malformed file is a Problem that names its line and says what to write instead."""

import pytest
import yaml

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
        (HEAD + "due: 9999-12-31T23:59:59-10:00\n", 5, "is no time"),
        (HEAD + "due: 0001-01-01T00:00:00+10:00\n", 5, "is no time"),
        (HEAD + "tags: vip\n", 5, "one `- value` a line"),
        (HEAD + "tags:\n- [a]\n", 6, "plain values"),
        (HEAD + "status: new\n", 5, "'status' stands here twice"),
        (HEAD + "links:\n- relates: a\n- wrong\n", 7, "one `kind: id`"),
        (HEAD + "custom: x\n", 5, "mapping"),
        (HEAD + "timeline:\n- {at: 2026-11-22T10:15:00Z, by: ann}\n", 6, "at, by and n"),
        (HEAD + "timeline:\n- {at: never, by: ann, n: a}\n", 6, "is no time"),
        (HEAD + "<<<<<<< HEAD\n", 6, "expected"),
        (HEAD + "a: &x [1]\nb: *x\n", 5, "aliases"),
        (HEAD + "a: " + "[" * 30_000, 5, "nest"),
        (HEAD + "a: " + "[" * 30_000 + "]" * 30_000 + "\n", 5, "nest"),
        (HEAD + "a: '" + "]" * 30_000 + "'\nb: " + "[" * 30_000, 6, "nest"),
        (HEAD + "a: " + "{b: " * 30_000, 5, "nest"),
        (HEAD + "a:\n" + "- " * 30_000, 6, "nest"),
        (HEAD + "a: " + "x" * (9 << 20), 1, "larger"),
        (HEAD + "a: b\x00\n", 5, "U+0000"),
        (HEAD + "a: zażółć\nb: \ufffe\n", 6, "U+FFFE"),
        (HEAD + "a: b\x85c\u2028d\u2029e\nb: [\n", 5, "expected"),
        (HEAD + "tags\n- vip\n", 6, "expected"),
        (HEAD + 'a: "\\ud800"\n', 5, "escape"),
        (HEAD + "a: b\n---\nc: d\n", 6, "another document"),
        (HEAD + "? [a]\n: b\n", 5, "one word"),
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
        ("\ufeff---\nkind: note\ndate: 2026-11-22\n---\n", 1, "byte-order mark"),
        ("---\r\nkind: note\r\ndate: 2026-11-22\r\n---\r\n", 1, "LF line ends"),
        ("---\nkind: note\ndate: 2026-11-22\n---\r\n", 1, "LF line ends"),
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
        ("---\nkind: note\nto\n- a\n---\n", 4, "expected"),
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


@pytest.mark.parametrize("python", [False, True], ids=["libyaml", "python"])
@pytest.mark.parametrize(
    "text", ["a: " + "[" * 900, 'a: "\\ud800"\n', 'a: "\\UFFFFFFFF"\n', "a: \ud800\n"]
)
def test_nothing_but_a_yaml_error_is_raised_with_libyaml_or_without(text, python, monkeypatch):
    if python:
        monkeypatch.delattr(yaml, "CBaseLoader")
    with pytest.raises(yamltext.YamlError):
        yamltext.load(text)


def test_tags_never_make_objects():
    assert yamltext.load("a: !!python/object/apply:os.system [id]\n") == {"a": ["id"]}
