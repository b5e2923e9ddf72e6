"""What can be switched off: for the desk, for an agent, for one run; and the desk's own words."""

import pytest

from tests.notifying.conftest import parsed, text_of
from tix import config, render
from tix.settings import NOTICES, Settings

LANGUAGES = ("en", "fa", "pl", "ru", "tr")


def assigned_and_noted(desk):
    """Have two tickets of bob's: one that is new to him, one with a note."""
    ticket = desk.new("Noted", "--assign", "bob")
    desk.ok("send", "--no-notices")
    desk.told()
    desk.ok("note", ticket, "-m", "look")
    desk.new("Given", "--assign", "bob")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("all", ["assigned", "note"]),
        ("none", []),
        ("[note, due]", ["note"]),
        ("assigned", ["assigned"]),
        ("[]", []),
    ],
)
@pytest.mark.parametrize("whose", ["desk", "agent"])
def test_a_desk_and_an_agent_choose_what_is_told(desk_told, server, value, told, whose):
    assigned_and_noted(desk_told)
    if whose == "desk":
        desk_told.edit("desk.yaml", "sending:", f"notify: {value}\nsending:")
    else:
        desk_told.edit("agents.yaml", "bob:\n", f"bob:\n  notify: {value}\n")
    assert sorted(event for _, event in desk_told.told()) == told


def test_a_switch_of_the_desk_s_goes_before_an_agent_s(desk_told):
    assigned_and_noted(desk_told)
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  notify: all\n")
    desk_told.edit("desk.yaml", "sending:", "notify: note\nsending:")
    assert desk_told.told() == [("bob", "note")]


def test_a_run_can_leave_them_and_they_wait(desk_told):
    desk_told.new("Given", "--assign", "bob")
    assert desk_told.told("--no-notices") == []
    ticket = desk_told.new("Answered")
    desk_told.ok("reply", ticket, "-m", "Yes.")
    assert desk_told.told(ticket) == []
    assert desk_told.told() == [("bob", "assigned")]


def test_a_dry_run_lists_them_and_tells_nobody(desk_told, server):
    ticket = desk_told.new("Given", "--assign", "bob")
    for _ in range(2):
        found = desk_told.json("send", "--dry-run")
        assert found == {
            "messages": [],
            "notices": [
                {
                    "agent": "bob",
                    "event": "assigned",
                    "ticket": ticket,
                    "subject": "Given",
                    "count": 1,
                }
            ],
        }
    assert f"bob        assigned  {ticket}  Given" in desk_told.ok("send", "--dry-run")
    assert not server.taken


def test_a_desk_that_sends_no_mail_tells_nobody_and_keeps_no_cursor(staffed):
    staffed.new("Given", "--assign", "bob")
    assert staffed.ok("send") == "nothing to send\n"
    assert staffed.git("for-each-ref", "refs/tix") == ""


def test_an_agent_without_an_address_of_their_own_is_said(desk_told, server):
    desk_told.edit("agents.yaml", "  - bob@acme.example", "  - support@acme.example")
    desk_told.new("Given", "--assign", "bob")
    assert "bob has no address but the desk's own" in desk_told.run("send").err
    assert not server.taken


def test_what_is_no_event_is_a_problem_and_costs_nobody_their_place():
    settings, problems = config.load(
        "notify: [note, solved]\n", "bob:\n  name: Bob\n  notify: sometimes\n"
    )
    assert settings.notify == NOTICES
    assert settings.agents["bob"].notify == NOTICES
    assert [str(one) for one in problems] == [
        f"desk.yaml:1: notify is all, none or a list of {', '.join(NOTICES)}, not 'solved'",
        f"agents.yaml:3: bob: notify is all, none or a list of {', '.join(NOTICES)}, "
        "not 'sometimes'",
    ]


def test_every_event_has_words_in_five_languages():
    found = render.shipped(render.NOTIFY)
    assert not found.problems
    assert set(found.names()) == {*NOTICES, "digest"}
    for name in found.names():
        assert found.languages(name) == [*LANGUAGES]
        texts = {found.templates[name, one].body for one in LANGUAGES}
        titles = {found.templates[name, one].title for one in LANGUAGES}
        assert (len(texts), len(titles)) == (5, 5), name
    for one in found.templates.values():
        assert render.check(one, Settings(), render.NOTIFY) == "", one


def own(desk, name, text):
    """Give the desk a template of its own."""
    folder = desk.folder / "templates" / "notify"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    desk.git("add", ".")
    desk.git("commit", "-qm", "template")


def test_the_desk_s_language_is_spoken(desk_told, server):
    desk_told.edit("desk.yaml", "sending:", "language: pl\nsending:")
    ticket = desk_told.new("Paczka", "--assign", "bob")
    assert desk_told.told() == [("bob", "assigned")]
    mail = parsed(server.taken[-1])
    assert mail["Subject"] == f"Paczka: zgłoszenie jest teraz Twoje [#{ticket}]"
    assert mail["Content-Language"] == "pl"


def test_a_desk_s_own_words_go_over_those_that_ship(desk_told, server):
    own(desk_told, "assigned.en.md", '---\ntitle: "Yours: {{ ticket.id }}"\n---\nBy {{ by }}.\n')
    ticket = desk_told.new("Given", "--assign", "bob")
    assert desk_told.told() == [("bob", "assigned")]
    assert parsed(server.taken[-1])["Subject"] == f"Yours: {ticket} [#{ticket}]"
    assert text_of(server.taken[-1]).strip() == "By Ann Example."


def test_own_words_that_are_wrong_are_said_and_do_without(desk_told, server):
    own(desk_told, "assigned.en.md", "{{ tikcet.id }}\n")
    own(desk_told, "solved.en.md", "hi\n")
    done = desk_told.run("check")
    assert done.status == 5
    assert "templates/notify/assigned.en.md:1: " in done.out
    assert "templates/notify/solved.en.md:1: there is no event 'solved'" in done.out
    assert desk_told.run("template", "check").status == 5
    desk_told.new("Given", "--assign", "bob")
    done = desk_told.run("send")
    assert "tikcet" in done.err
    assert "has assigned this ticket to you" in text_of(server.taken[-1])


def test_the_signature_is_for_customers(desk_told, server):
    set_up_lines = "signature: Bye, {{ agent.name }}\nsending:"
    desk_told.edit("desk.yaml", "sending:", set_up_lines)
    desk_told.new("Given", "--assign", "bob")
    desk_told.told()
    assert "Bye" not in text_of(server.taken[-1])
