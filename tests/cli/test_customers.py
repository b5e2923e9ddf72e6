"""Customers: who is who, and all their tickets in one view."""

import json

import pytest

JAN = "jan@example.com"


def customer(desk, *words):
    """Set something of a customer; return them as JSON has them."""
    return desk.json("customer", "set", *words)


def files(desk):
    return sorted(one.name for one in (desk.folder / "customers").glob("*"))


def message(channel, handle, text="Hi", **more):
    sender = {"handle": handle}
    data = {"channel": channel, "sender": sender, "text": text, "time": "2024-03-04T10:00:00Z"}
    return json.dumps({**data, **more})


@pytest.fixture
def joined(desk):
    """A desk with a mail and a chat of one customer, and a ticket of somebody else's."""
    mail = desk.new("By mail")
    [chat] = desk.json("import", "--format", "jsonl", "-", stdin=message("chat", "Jan_K"))[
        "tickets"
    ]
    other = desk.ok("new", "Else", "-m", "x", "--from", "ola@example.com").strip()
    customer(desk, JAN, "name=Jan Kowalski", "organisation=Acme Co", "tier=gold", "+chat:Jan_K")
    return desk, mail, chat, other


def ids(desk, *query):
    return {one["id"] for one in desk.json("list", *query)}


def test_setting_makes_one_file_in_one_commit(desk):
    before = int(desk.git("rev-list", "--count", "HEAD"))
    made = customer(desk, "Jan@Example.com", "name=Jan Kowalski", "+48 123 456 789", "notes=a\nb")
    assert made["id"].startswith("jan-kowalski-")
    path = desk.folder / "customers" / f"{made['id']}.yaml"
    assert path.read_text() == (
        f"format: 1\nid: {made['id']}\nname: Jan Kowalski\nidentities:\n"
        f'- "+48123456789"\n- {JAN}\nnotes: "a\\nb"\n'
    )
    assert made["rev"] == desk.git("rev-parse", f"HEAD:customers/{path.name}").strip()
    assert int(desk.git("rev-list", "--count", "HEAD")) == before + 1
    assert desk.git("log", "-1", "--format=%s").strip() == f"desk: customer, {made['id']}"
    desk.clean()
    desk.ok("check")


def test_setting_the_same_again_changes_nothing(desk):
    customer(desk, JAN, "tier=gold", "+chat:jan")
    head = desk.git("rev-parse", "HEAD")
    assert "as it was" in desk.ok("customer", "set", JAN, "tier=gold", "+chat:jan")
    assert desk.git("rev-parse", "HEAD") == head


def test_two_clones_name_one_person_alike_and_two_of_one_name_apart(desk):
    first = customer(desk, JAN, "name=Jan Kowalski")["id"]
    second = customer(desk, "jan@else.example", "name=Jan Kowalski")["id"]
    assert first != second
    desk.git("reset", "-q", "--hard", "HEAD~2")
    assert customer(desk, JAN, "name=Jan Kowalski")["id"] == first
    assert len(customer(desk, "x@example.com", "name=Ян")["id"]) == 8
    assert len(customer(desk, "y@example.com", "tier=x")["id"]) == 8


def test_identities_and_fields_come_and_go(desk):
    customer(desk, JAN, "name=Jan", "+chat:jan", "+48123456789", "language=pl")
    after = customer(desk, "chat:jan", "-chat:jan", "-+48123456789", "language=")
    assert (after["identities"], after["language"]) == ([JAN], "")
    assert "no identity of" in desk.fails(1, "customer", "set", JAN, "-chat:jan")


def test_an_identity_belongs_to_one_customer(desk):
    customer(desk, JAN, "name=Jan")
    ola = customer(desk, "ola@example.com", "name=Ola")["id"]
    said = desk.fails(1, "customer", "set", "ola@example.com", f"+{JAN}")
    assert f"{JAN} belongs to Jan: `tix customer merge {JAN} {ola}`" in said
    said = desk.fails(1, "customer", "set", "chat:j", "name=J", f"+{JAN}")
    assert f"{JAN} belongs to Jan: `tix customer set {JAN} +chat:j`" in said
    assert len(files(desk)) == 2


def test_merging_leaves_a_file_that_refers(desk):
    ticket = desk.new()
    jan = customer(desk, JAN, "name=Jan", "tier=gold", "notes=one")["id"]
    other = customer(desk, "+48123456789", "name=Jan K", "organisation=Acme", "notes=two")["id"]
    third = customer(desk, "chat:jan", "name=J")["id"]
    whole = desk.json("customer", "merge", "+48123456789", JAN)
    assert whole["identities"] == ["+48123456789", JAN]
    assert (whole["name"], whole["organisation"], whole["tier"]) == ("Jan", "Acme", "gold")
    assert whole["notes"] == "one\n\ntwo"
    stub = (desk.folder / "customers" / f"{other}.yaml").read_text()
    assert stub.endswith(f"name: Jan K\norganisation: Acme\nnotes: two\nmerged-into: {jan}\n")
    desk.ok("customer", "merge", jan, third)
    # An old id goes on, through chains.
    assert desk.json("customer", "show", other)["id"] == third
    assert [one["id"] for one in desk.json("customer", "list")] == [third]
    head = desk.git("rev-parse", "HEAD")
    assert "as it was" in desk.ok("customer", "merge", jan, third)
    assert desk.git("rev-parse", "HEAD") == head
    assert "no customer's yet" in desk.fails(3, "customer", "merge", "x@example.com", third)
    assert ids(desk, f"customer:{other}") == ids(desk, "customer:chat:jan") == {ticket}
    desk.ok("check")
    desk.clean()


def test_showing_has_the_tickets_of_all_channels(joined):
    desk, mail, chat, _ = joined
    for name in (JAN, "chat:Jan_K", "jan kow", desk.json("customer", "list")[0]["id"]):
        found = desk.json("customer", "show", name)
        assert {one["id"] for one in found["tickets"]} == {mail, chat}
        assert found["identities"] == ["chat:Jan_K", JAN]
    shown = desk.ok("customer", "show", JAN)
    assert "Jan Kowalski" in shown
    assert "Acme Co · gold" in shown
    assert mail in shown
    assert chat in shown


def test_somebody_without_a_file_is_shown_by_their_tickets(joined):
    desk, _, _, other = joined
    found = desk.json("customer", "show", "Ola@Example.com")
    assert (found["id"], found["identities"]) == ("", ["ola@example.com"])
    assert [one["id"] for one in found["tickets"]] == [other]
    assert "has no ticket" in desk.fails(3, "customer", "show", "nobody@example.com")


def test_names_that_fit_several_are_listed(desk):
    names = {customer(desk, f"{at}@example.com", f"name=Jan {at}")["id"] for at in "ab"}
    said = desk.fails(3, "customer", "show", "jan")
    assert all(one in said for one in names)
    assert "no customer is called 'ja n'" in desk.fails(3, "customer", "show", "ja n")


def test_listing_finds_words(desk):
    customer(desk, JAN, "name=Jan Kowalski", "tier=gold")
    customer(desk, "ola@example.com", "name=Żółw", "organisation=Acme")
    assert [one["name"] for one in desk.json("customer", "list")] == ["Jan Kowalski", "Żółw"]
    assert [one["name"] for one in desk.json("customer", "list", "ZOLW", "acme")] == ["Żółw"]
    assert desk.json("customer", "list", "gold", "acme") == []
    assert "Jan Kowalski" in desk.ok("customer", "list", "gold")


# Queries.


def test_queries_ask_for_customers(joined):
    desk, mail, chat, other = joined
    [jan] = desk.json("customer", "list")
    for asked in (JAN, f"customer:{jan['id']}", "customer:chat:Jan_K", "customer:any", "tier:GOLD"):
        asked = asked if ":" in asked else f"customer:{asked}"
        assert ids(desk, asked) == {mail, chat}, asked
    assert ids(desk, 'org:"acme co"', "channel:chat") == {chat}
    assert ids(desk, "customer:none") == ids(desk, "tier:none") == {other}
    assert ids(desk, "-tier:gold") == {other}
    assert ids(desk, "customer:ola@example.com") == {other}
    assert ids(desk, "customer:nobody@example.com") == set()
    assert ids(desk, "is:open,new", "customer:any") == {mail, chat}
    assert ids(desk, "requester:chat:jan") == ids(desk, "from:chat:JAN_k") == {chat}


def test_what_there_is_not_is_no_empty_list(joined):
    desk, *_ = joined
    assert "unknown tier 'golf': did you mean 'gold'?" in desk.fails(2, "list", "tier:golf")
    assert "unknown org 'acme'" in desk.fails(2, "list", "org:acme")
    assert "unknown customer 'jan'" in desk.fails(2, "list", "customer:jan")


def test_a_desk_without_customers_finds_none(desk):
    desk.new()
    assert ids(desk, "tier:gold") == ids(desk, "customer:any") == set()
    assert len(ids(desk, "customer:none")) == 1


def test_values_are_completed(joined):
    desk, *_ = joined
    env = {"_TIX_COMPLETE": "bash_complete", "COMP_WORDS": "tix list tier:g", "COMP_CWORD": "2"}
    assert "tier:gold" in desk.run(**env).out
    env["COMP_WORDS"] = "tix customer show jan"
    env["COMP_CWORD"] = "3"
    assert "jan-kowalski-" in desk.run(**env).out


# Elsewhere.


def test_a_ticket_shows_its_customer(joined):
    desk, mail, _, other = joined
    assert "from jan@example.com · Jan Kowalski · Acme Co · gold" in desk.ok("show", mail)
    found = desk.json("show", mail)["customer"]
    assert (found["name"], found["organisation"], found["tier"]) == (
        *("Jan Kowalski", "Acme Co", "gold"),
    )
    assert desk.json("show", other)["customer"] is None
    assert "Jan Kowalski · Acme Co · gold" in desk.ok("next", "--peek", "customer:any")


def test_a_new_ticket_by_hand_is_in_the_customers_language(desk):
    customer(desk, "+48123456789", "name=Jan", "language=pl")
    words = ["new", "He called", "-m", "x", "--from", "Jan <+48 123 456 789>"]
    assert desk.json(*words)["language"] == "pl"
    assert desk.json(*words, "--set", "language=de")["language"] == "de"
    assert desk.json("new", "Else", "-m", "x", "--from", "ola@example.com")["language"] == "en"


def test_a_requester_is_any_identity(desk):
    name = desk.ok("new", "He called", "-m", "x", "--from", "Jan <+48 123 456 789>").strip()
    assert desk.json("show", name)["requester"] == "+48123456789"
    desk.ok("set", name, "requester=chat:Jan_K")
    assert desk.json("show", name)["requester"] == "chat:Jan_K"
    assert "is no address" in desk.fails(2, "set", name, "requester=jan")


# Writing.


def test_a_dry_run_writes_nothing(desk):
    head = desk.git("rev-parse", "HEAD")
    said = desk.ok("customer", "set", JAN, "name=Jan", "--dry-run")
    assert "would be: name Jan, with jan@example.com" in said
    assert desk.git("rev-parse", "HEAD") == head


def test_what_has_moved_on_is_not_changed(desk):
    rev = customer(desk, JAN, "name=Jan")["rev"]
    now = customer(desk, JAN, "tier=gold")["rev"]
    assert "has moved on" in desk.fails(4, "customer", "set", JAN, "tier=silver", "--expect", rev)
    assert customer(desk, JAN, "tier=silver", "--expect", now)["tier"] == "silver"
    assert "has moved on" in desk.fails(4, "customer", "set", "x@x", "tier=a", "--expect", rev)


def test_viewers_and_strangers_write_nothing(desk):
    assert "viewer" in desk.fails(1, "customer", "set", JAN, "name=Jan", "--as", "vic")
    said = desk.fails(1, "customer", "set", JAN, "name=J", GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="user.email", GIT_CONFIG_VALUE_0="eve@evil.example")  # fmt: skip
    assert "is no agent" in said


WRONG = {
    "nothing": (["set"], "say who and what"),
    "nobody": (["set", JAN], "say who and what"),
    "a field": (["set", JAN, "colour=red"], "unknown field of a customer 'colour'"),
    "a word": (["set", JAN, "gold"], "'gold' is no KEY=VALUE"),
    "twice": (["set", JAN, "tier=a", "tier=b"], "tier is given twice"),
    "a language": (["set", JAN, "language=Polish"], "a language is two or three letters"),
    "an identity": (["set", JAN, "+jan"], "'jan' is no identity: give an e-mail address"),
    "a channel": (["set", JAN, "+fax:jan"], "'fax:jan' is no identity"),
    "two to show": (["show", JAN, JAN], "name one"),
    "one to merge": (["merge", JAN], "name two"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_wrong_usage(desk, words, said):
    assert said in desk.fails(2, "customer", *words)


def test_what_cannot_be_undone_is_said(desk):
    customer(desk, JAN, "name=Jan")
    assert "your last command was `customer`" in desk.fails(1, "undo")


def test_comments_are_dropped_with_a_word_and_unknown_keys_stay(desk):
    name = customer(desk, JAN, "name=Jan")["id"]
    path = desk.folder / "customers" / f"{name}.yaml"
    path.write_text(f"{path.read_text()}x-crm: {{id: '7'}}\n# a friend\n")
    desk.git("commit", "-qam", "by hand")
    done = desk.run("customer", "set", JAN, "tier=gold")
    assert "comments" in done.err
    assert path.read_text().endswith('tier: gold\nx-crm: {id: "7"}\n')


def test_a_file_that_cannot_be_read_is_named_and_left_alone(desk):
    name = customer(desk, JAN, "name=Jan")["id"]
    path = desk.folder / "customers" / f"{name}.yaml"
    path.write_text("format: 1\nid: [\n")
    desk.git("commit", "-qam", "by hand")
    assert "cannot be read" in desk.run("list").err
    # The identity is free again; the broken file keeps its place.
    assert customer(desk, JAN, "name=Jan")["id"] != name
    assert path.read_text() == "format: 1\nid: [\n"


def test_what_is_staged_stays_and_what_is_edited_is_refused(desk):
    name = customer(desk, JAN, "name=Jan")["id"]
    path = desk.folder / "customers" / f"{name}.yaml"
    path.write_text(path.read_text() + "tier: gold\n")
    desk.fails(4, "customer", "set", JAN, "language=pl")
    assert path.read_text().endswith("tier: gold\n")


# Checking.


def problems(desk):
    done = desk.run("check", "--json")
    assert done.status == 5
    return {one["path"]: one["message"] for one in json.loads(done.out)["data"]}


def test_files_of_customers_are_checked(desk):
    folder = desk.folder / "customers"
    first = customer(desk, JAN, "name=Jan")["id"]
    second = customer(desk, "ola@example.com", "name=Ola")["id"]
    start = desk.git("rev-parse", "HEAD").strip()
    path = folder / f"{second}.yaml"
    path.write_text(path.read_text().replace("- ola@example.com", f"- {JAN}\n- ola@example.com"))
    (folder / "a.yaml").write_text("format: 1\nid: a\nidentities:\n- Jan\n")
    (folder / "b.yaml").write_text("format: 1\nid: b\nidentities:\n- X@example.com\n")
    (folder / "c.yaml").write_text("format: 1\nid: c\nlanguage: Polish\n")
    (folder / "d.yaml").write_text("format: 1\nid: d\nmerged-into: nobody\n")
    (folder / "e.yaml").write_text("format: 1\nid: d\n")
    (folder / "notes.txt").write_text("x")
    desk.git("add", ".")
    desk.git("commit", "-qm", "by hand")
    found = problems(desk)
    assert found.pop(f"customers/{first}.yaml").startswith(f"{JAN} is {second} too")
    assert found.pop(f"customers/{second}.yaml").startswith(f"{JAN} is {first} too")
    assert "is no identity" in found.pop("customers/a.yaml")
    assert "is written 'x@example.com'" in found.pop("customers/b.yaml")
    assert "not two or three letters" in found.pop("customers/c.yaml")
    assert "there is no customer 'nobody'" in found.pop("customers/d.yaml")
    assert "stands in another customer's file" in found.pop("customers/e.yaml")
    assert "move it away" in found.pop("customers/notes.txt")
    assert not found
    done = desk.run("check", "--range", start)
    assert f"{JAN} is {first} too" in done.out
    assert f"customers/{first}.yaml" not in done.out


def test_a_hook_refuses_a_file_that_is_wrong(desk):
    desk.ok("hook", "install")
    customer(desk, JAN, "name=Jan")
    path = desk.folder / "customers" / files(desk)[0]
    path.write_text(path.read_text().replace(JAN, "nobody"))
    done = desk.run("hook", "run", "pre-commit")
    assert done.status == 0  # nothing is staged
    desk.git("add", ".")
    done = desk.run("hook", "run", "pre-commit")
    assert done.status == 5
    assert "is no identity" in done.err
    customer(desk, "ola@example.com", "name=Ola")
    path.write_text(path.read_text().replace("nobody", "ola@example.com"))
    desk.git("add", ".")
    done = desk.run("hook", "run", "pre-commit")
    assert done.status == 5
    assert "ola@example.com is ola-" in done.err
    [ola] = [one for one in files(desk) if one.startswith("ola-")]
    desk.git("rm", "-q", f"customers/{ola}")
    desk.ok("hook", "run", "pre-commit")
