"""docs/format.md says what the code does: its examples, its lists and its hashed values."""

import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.docs.blocks import DOCS, ROOT, blocks
from tix import config, ids, text, timeline, workflow, yamltext
from tix.actions import customers, redaction
from tix.format import customer, decision, entry, message, quarantine, sender, ticket
from tix.mail.ids import derived_message_id
from tix.model import FIELDS, Entry, Ticket
from tix.settings import Settings

PAGE = DOCS / "format.md"
SOURCE = PAGE.read_text(encoding="utf-8")
TICKETS = blocks(PAGE, "yaml ticket")
ENTRIES = blocks(PAGE, "entry")


def only(label):
    """Return the text of the one block with a label."""
    [found] = blocks(PAGE, label)
    return found.text


def table(heading):
    """Return the rows of the first table after a heading, as lists of cells."""
    after = SOURCE.split(f"\n{heading}\n", 1)[1]
    rows = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_there_are_three_tickets_and_two_entries():
    assert (len(TICKETS), len(ENTRIES)) == (3, 2)


@pytest.mark.parametrize("block", TICKETS, ids=str)
def test_a_ticket_is_printed_as_it_was_read(block):
    found = ticket.parse("ticket.yaml", block.text)
    assert isinstance(found, Ticket), found
    assert ticket.render(found) == block.text


@pytest.mark.parametrize("block", TICKETS, ids=str)
def test_a_tickets_fields_are_the_outcome_of_its_timeline(block):
    found = ticket.parse("ticket.yaml", block.text)
    assert timeline.by_hand(found) == {}
    moments = [event.at for event in found.timeline]
    assert moments == sorted(set(moments))
    assert all(re.fullmatch(f"[{ids.ALPHABET}]{{6}}", event.n) for event in found.timeline)


@pytest.mark.parametrize("block", ENTRIES, ids=str)
def test_an_entry_is_printed_as_it_was_read(block):
    found = entry.parse(f"{block.label.split()[1]}.md", block.text)
    assert isinstance(found, Entry), found
    assert entry.render(found) == block.text
    assert text.clean(found.text) == found.text


def test_an_edit_by_hand_has_the_n_that_the_page_shows():
    shown = ticket.parse("ticket.yaml", TICKETS[1].text)
    edited = replace(shown, timeline=shown.timeline[:-1])
    assert timeline.settled(edited, shown.timeline[-1].at) == shown


def test_the_worked_names_are_right():
    cause = "<CAF1x@mail.example.com>"
    assert f"`{hashlib.sha256(cause.encode()).hexdigest()}`" in SOURCE
    names = ids.hashed_names(cause)
    first = ", ".join(f"`{next(names)}`" for _ in range(6))
    assert f"{first}, then of the cause with NUL and 1: `{next(names)}`" in SOURCE
    assert f"six characters | `{ids.hashed_name(f'mail{chr(0)}{cause}', 6)}`" in SOURCE
    assert ids.ALPHABET in SOURCE


def test_a_name_is_hashed_as_the_page_says():
    """The page's words, in other code than tix's own."""

    def named(cause, length):
        bits = f"{int(hashlib.sha256(cause.encode()).hexdigest(), 16):0256b}"
        digits = [ids.ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 255, 5)]
        return ["".join(digits[at : at + length]) for at in range(0, 52 - length, length)]

    for length in (6, 8, 13):
        expected = [*named("a cause", length), *named("a cause\x001", length)]
        names = ids.hashed_names("a cause", length)
        assert [next(names) for _ in expected] == expected


def test_a_mail_without_a_message_id_gets_the_one_that_the_page_shows():
    assert derived_message_id(only("mail").encode()) in SOURCE


def test_slugs_are_what_the_page_shows():
    rows = [row for row in table("### Entries and files") if len(row) == 2]
    for name, slug in rows:
        assert text.slug(name.strip("`")) == slug.strip("`")
    assert len(rows) == 4


def code_points(label):
    """Return the set of code points that a block lists in ranges."""
    ranges = (one.split("-") for one in only(label).split())
    return {code for one in ranges for code in range(int(one[0], 16), int(one[-1], 16) + 1)}


def expression(label):
    """Return the expression that a block spreads over lines."""
    return re.sub(r"\s*\n\| | \| ", "|", only(label).strip())


PLAIN = code_points("plain")
ESCAPED = code_points("escaped")


def starts_plain(value):
    return (
        (value[0].isascii() and value[0].isalnum()) or value[0] in "_</($.^+" or value[0] >= "\xa1"
    )


def is_letter(one):
    return (one.isascii() and one.isalpha()) or one >= "\xa1"


def is_plain(value, flow):
    """The page's five rules for plain scalars, in other code than tix's own."""
    if not value or not (starts_plain(value) or (value[0] == "-" and is_letter(value[1:2]))):
        return False
    if value.startswith("<<") or value[-1] in ": " or ": " in value or " #" in value:
        return False
    if flow and set(value) & set(",[]{}?"):
        return False
    return {*map(ord, value)} <= PLAIN and not re.fullmatch(expression("typed"), value, re.ASCII)


@settings(max_examples=200)
@given(
    st.text(st.characters(codec="utf-8"), max_size=12)
    | st.text("0123456789+-_.:xobeETZ yn~<=,[]{}#/", max_size=12)
    | st.text("falsetruFALSE <>@?:#.1-", max_size=12)
    | st.from_regex(yamltext._CLEAR, fullmatch=True),
    st.booleans(),
)
def test_scalars_stand_plain_when_the_page_says_so(value, flow):
    assert (yamltext.scalar(value, flow=flow) == value) == is_plain(value, flow)


def test_the_expression_for_typed_scalars_is_the_codes():
    assert rf"(?:{expression('typed')})\Z" == yamltext._TYPED


def test_characters_of_plain_scalars_are_those_of_the_page():
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    plain = {code for code in codes if yamltext.scalar(f"a{chr(code)}a") == f"a{chr(code)}a"}
    assert plain == PLAIN


def test_characters_that_are_escaped_are_those_of_the_page():
    codes = [code for code in range(0x20, 0x110000) if not 0xD800 <= code < 0xE000]
    printed = {code: yamltext.scalar(f"[{chr(code)}") for code in codes}
    assert {code for code in codes if printed[code] == f'"[\\u{code:04x}"'} == ESCAPED
    rest = (code for code in codes if code not in ESCAPED and chr(code) not in '"\\')
    assert all(printed[code] == f'"[{chr(code)}"' for code in rest)


def test_the_bounds_are_those_of_the_page():
    numbers = [int(row[1].replace(",", "")) for row in table("### Bounds")]
    assert numbers == [yamltext.MAX_SIZE, yamltext.MAX_LINE, yamltext.MAX_DEPTH]
    for within in (
        lambda n: f"a: {'[' * (n - 1)}{']' * (n - 1)}\n",
        lambda n: f"{'- ' * n}x\n",
        lambda n: "".join(f"{' ' * at}a:\n" for at in range(n)),
    ):
        yamltext.load(within(numbers[-1]))
        with pytest.raises(yamltext.YamlError, match="too deeply"):
            yamltext.load(within(numbers[-1] + 1))


def test_fields_stand_in_the_order_of_the_page():
    names = [row[0].strip("`") for row in table("## ticket.yaml")]
    assert names == ["format", "id", *FIELDS, "*unknown keys*", "timeline"]


def test_keys_of_entries_stand_in_the_order_of_the_page():
    names = [one for row in table("## Entries") for one in re.findall(r"`([a-z-]+)`", row[0])]
    full = Entry(
        name="20261122T101452Z-3f9a2c7b",
        kind="message",
        date=ids.EPOCH,
        text="",
        received=ids.EPOCH,
        **dict.fromkeys(("by", "direction", "sender", "side", "subject", "message_id"), "x"),
        **dict.fromkeys(("in_reply_to", "answers", "channel", "language", "automatic"), "x"),
        **dict.fromkeys(("to", "cc", "references"), ("x",)),
        **dict.fromkeys(("authentication", "protection", "template"), "x"),
        redacted=ids.EPOCH,
        attachments=(entry.Attachment("files/x", "x", "x", 1),),
    )
    printed = re.findall(r"^([a-z-]+):", entry.render(full), re.MULTILINE)
    assert printed == names


def test_the_settings_shown_are_the_defaults():
    assert config.load(only("yaml settings")) == (Settings(), [])


def test_every_setting_is_on_the_page():
    shown = {name for row in table("## desk.yaml") for name in re.findall(r"`([\w-]+)`", row[0])}
    listed = SOURCE.split("\n## desk.yaml\n", 1)[1].split("\n## agents.yaml\n")[0]
    rows = set(re.findall(r"^\| (.*?) \|", listed, re.MULTILINE))
    shown |= {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    assert shown == set(config.desk._READERS)


def test_reserved_names_are_on_the_page():
    paragraph = SOURCE.split("An agent's key is never one of", 1)[1].split("and holds", 1)[0]
    assert set(re.findall(r"`(\w+)`", paragraph)) == config.RESERVED


def test_gitattributes_are_those_that_init_writes():
    shipped = (ROOT / "templates" / "desk" / "gitattributes").read_text(encoding="utf-8")
    assert only("gitattributes") == shipped


def test_the_file_beside_a_quarantined_mail_is_printed_so():
    shown = next(b for b in blocks(PAGE, "yaml") if "reason: it" in b.text).text
    held = quarantine.parse("quarantine/2026/11/22/261122-s8cpwzwc.yaml", shown)
    assert held.message_id == "<nos@x>"
    assert quarantine.render(held) == shown


def test_a_decision_and_a_marked_sender_are_printed_so():
    made = decision.parse("x", only("yaml decision"))
    assert decision.render(made) == only("yaml decision")
    assert ids.hashed_name(made.sha256) == made.id[7:]
    marked = sender.parse("x", only("yaml sender"))
    assert sender.render(marked) == only("yaml sender")
    assert f"`{sender.path(marked.address).removeprefix('quarantine/senders/')}`" in SOURCE


def test_the_marker_of_a_redaction_is_one():
    [shown] = re.findall(r"^\[redacted by .*\n", SOURCE, re.MULTILINE)
    assert redaction.is_marker(shown.encode())


def test_a_customer_is_printed_as_it_was_read_and_named_as_the_page_says():
    source = only("yaml customer")
    found = customer.parse("customers/x.yaml", source)
    assert customer.render(found) == source
    assert next(customers.new_ids(found.name, "jan@example.com")) == found.id
    rows = [row[0].strip("`") for row in table("## Customers") if "unknown" not in row[0]]
    names = [one for row in rows for one in re.findall(r"[a-z-]+", row)]
    assert names == ["format", *customer.KEYS]


def test_what_may_be_done_by_hand_is_the_table_of_the_page():
    own = Settings()
    [row] = [row for row in table("## Statuses") if row[0] == "by hand"]
    cells = {"new": row[1], "open": row[2], "solved": row[5], "closed": row[6]}
    for name, cell in cells.items():
        allowed = workflow.transitions(own, name)
        if cell.startswith("any but"):
            left_out = {*cell.removeprefix("any but ").split(", "), name}
            assert set(allowed) == set(own.statuses) - left_out
        else:
            assert list(allowed) == cell.partition(" (")[0].split(", ")
    assert workflow.transitions(own, "pending")[0] == "open"


def test_message_ids_in_commits_match_the_expression_of_the_page():
    for one in ("<CAF1x@mail.example.com>", "<a b@x>", "<[skip ci]@x>", "<a@x>\n", "<a'!?-@x.y>"):
        said = f"Tix-Message-ID: {one}" in message.compose("import", [], message_id=one)
        assert said == bool(re.fullmatch(only("message-id").strip(), one))
