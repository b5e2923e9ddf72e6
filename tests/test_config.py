"""desk.yaml and agents.yaml: a mistake is a Problem with its line, and leaves the rest in place."""

import pytest

from tix import config, workflow
from tix.settings import RIGHTS, Queue, Settings


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: Acme\nqeues: [a]\n", 2, "did you mean 'queues'"),
        ("name: [a]\n", 1, "one value"),
        ("format: one\n", 1, "whole number"),
        ("addresses: [Acme <a@b.cd>]\n", 1, "no mail address"),
        ("statuses:\n  open: opened\n", 2, "a type is one of"),
        ("statuses:\n  in progress: open\n", 2, "is no name"),
        ("transitions:\n  open: [sovled]\n", 2, "'sovled' is no status"),
        ("transitions:\n  opne: [solved]\n", 2, "'opne' is no status"),
        ("priorities: [low, very high]\n", 1, "is no name"),
        ("priority: urgnet\n", 1, "is not among the priorities"),
        ("priorities: [p1, p2]\n", 1, "'normal' is not among the priorities"),
        ("queues: [front desk]\n", 1, "is no name"),
        ("queues:\n  front desk: a@b.cd\n", 2, "is no name"),
        ("queues: {}\n", 1, "at least one"),
        ("fields:\n  tier: colour\n", 2, "or a list of choices"),
        ("views:\n  mine: [a]\n", 2, "a view is one query"),
        ("originals: sometimes\n", 1, "lossy, always or never"),
        ("signature: [a, b]\n", 1, "one text"),
        ("name: Acme\nquote: first\n", 2, "last, all or none"),
        ("trusted-hosts: a b\n", 1, "'a b' is no host"),
        ("signed: yes\n", 1, "optional or required"),
        ("- a list\n", 1, "mapping"),
        ("name: [a\n", 2, "expected"),
    ],
)
def test_a_mistake_is_a_problem_with_its_line(text, line, words):
    settings, [problem] = config.load(text)
    assert (problem.path, problem.line) == ("desk.yaml", line)
    assert words in problem.message
    assert settings.queue_names
    assert settings.first("open") == "open"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("ann: {}\nme: {}\n", 2, "cannot name an agent"),
        ("ann: {}\nb b: {}\n", 2, "cannot name an agent"),
        ("ann: {}\nbob:\n  role: boss\n", 3, "a role is one of"),
        ("ann: {}\nbob: agent\n", 2, "mapping"),
        ("ann: {}\nbob:\n  emails: {a: b}\n", 3, "must be a list"),
    ],
)
def test_a_mistake_about_one_agent_leaves_the_others(text, line, words):
    settings, [problem] = config.load("", text)
    assert (problem.path, problem.line, list(settings.agents)) == ("agents.yaml", line, ["ann"])
    assert words in problem.message


SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1F5Dfd1bT0bW0rM2XQ7u4T9tZ3o7tW8cQx0mZ5k1aB"


@pytest.mark.parametrize(
    ("text", "line", "words", "may"),
    [
        ("robo:\n  role: bot\n  may: [impor]\n", 3, "'impor'", ()),
        ("robo:\n  role: bot\n  may: {a: b}\n", 3, "must be a list", ()),
        ("robo:\n  may: [import]\n", 2, "may is for bots", RIGHTS),
        ("robo:\n  keys: [mine]\n", 2, "neither an SSH public key", RIGHTS),
        ("robo:\n  notify: [all]\n", 2, "notify is all, none", RIGHTS),
    ],
)
def test_a_mistake_about_what_an_agent_may_gives_nothing(text, line, words, may):
    settings, [problem] = config.load("", text)
    assert (problem.path, problem.line) == ("agents.yaml", line)
    assert words in problem.message
    assert (settings.agents["robo"].may, settings.agents["robo"].keys) == (may, ())


def test_rights_and_keys_are_read():
    text = f"robo:\n  role: bot\n  may: [import, send]\n  keys:\n  - {SSH}\n  - {'AB' * 20}\n"
    settings, problems = config.load("", text)
    assert problems == []
    assert settings.agents["robo"].may == ("import", "send")
    assert settings.agents["robo"].keys == (SSH, "AB" * 20)


def test_a_mistake_about_one_field_leaves_the_others():
    settings, [problem] = config.load("fields:\n  contract: text\n  paid: boolean\n  tier: [a]\n")
    assert (problem.line, list(settings.fields)) == (3, ["contract", "tier"])
    assert "paid: it is one of" in problem.message


def test_a_list_may_be_one_value():
    settings, problems = config.load("queues: front\naddresses: A@B.cd\n", "ann: {email: X@Y.z}\n")
    assert problems == []
    assert (settings.queues, settings.addresses) == ((Queue("front"),), ("a@b.cd",))
    assert settings.agents["ann"].emails == ("x@y.z",)


def test_names_of_statuses_go_before_their_types():
    text = (
        "statuses: {open: open, waiting: pending, done: solved}\ntransitions: {waiting: [solved]}\n"
    )
    settings, problems = config.load(text)
    assert problems == []
    assert workflow.transitions(settings, "waiting") == ("done",)
    assert workflow.transitions(settings, "open") == ("waiting", "done", "hold", "closed")
    assert settings.first("pending") == "waiting"


def test_no_transition_merges():
    settings, _ = config.load("transitions: {open: [merged, solved]}\n")
    assert workflow.transitions(settings, "open") == ("solved",)


def test_nothing_is_a_desk_with_the_defaults():
    assert config.load("") == (Settings(), [])
