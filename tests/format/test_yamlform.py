"""What is read without the YAML parser is read as the parser reads it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.format import strategies as own
from tix import yamlform, yamltext
from tix.format import entry, ticket


def agrees(text):
    """Tell whether a text was read without the parser; then both must agree."""
    found = yamlform.read(text)
    if found is not None:
        assert found == yamltext.parsed(text), text
    return found is not None


@given(own.tickets)
def test_tickets_are_read_as_the_parser_reads_them(value):
    agrees(ticket.render(value))


@given(own.entries)
def test_front_matter_is_read_as_the_parser_reads_it(value):
    agrees(entry.render(value)[4:].split("\n---\n")[0] + "\n")


plain = st.text("abz09 :#-,[]{}\"'&*!|>%@?<=~+._/\\\n\tż", max_size=30)


lines = st.sampled_from(["a: {}", "{}", "c:", "- {}", "  {}", "b: {{c: {}}}"])


@settings(max_examples=200)
@given(st.lists(lines, max_size=4), plain)
def test_any_lines_are_read_as_the_parser_reads_them(lines, value):
    agrees("".join(f"{line.format(value)}\n" for line in ["x: y", *lines]))


@settings(max_examples=200)
@given(own.tickets, st.integers(0), plain)
def test_damaged_tickets_are_read_as_the_parser_reads_them(value, at, damage):
    text = ticket.render(value)
    at %= len(text)
    found = yamlform.read(text[:at] + damage + text[at + len(damage) :])
    if found is not None:
        assert found == yamltext.parsed(text[:at] + damage + text[at + len(damage) :])


@pytest.mark.parametrize(
    "text",
    [
        "format: 1\nid: 261122-7k3fqx9m\nsubject: Re[2] late\n",
        'subject: "Re: late"\ntags:\n- vip\n- "017"\n',
        "custom:\n  contract: C-1042\nlinks:\n- relates: 261101-0pq2rs5t\n",
        "timeline:\n- {at: 2026-11-22T10:15:00.001Z, by: rule:x, tags: [+vip], n: 9x2m}\n",
    ],
)
def test_what_tix_prints_needs_no_parser(text):
    assert agrees(text)


@pytest.mark.parametrize(
    "line",
    [
        *("{a: b, ", "{a: b", "{a: b, }", "{a: b}}", "{a: [b, ]}", "{a: [b], a: c}", "{a: [b, c}"),
        *("{a: [b]", "{a: b,}", "{a: [b],c: d}", "{a: [], b: c}", "{<<: b}", "{a: <<b}", "{a: b }"),
        *("{a: [b c, d:e, +f, -g], h: 2026-11-22T10:15:00Z}", "{a: -1}", "{}", "{a: [b], }"),
        *(
            "{a:b: c}",
            "{a: b #c}",
            "{a: b#c}",
            '{a: "b, c", d: e}',
            "{a: [[b], c]}",
            "{a: [{b: c}]}",
        ),
    ],
)
def test_lines_between_brackets_are_read_as_the_parser_reads_them(line):
    agrees_or_refused(f"timeline:\n- {line}\n- {{at: x}}\n")
    agrees_or_refused(f"timeline: {line}\n")


def agrees_or_refused(text):
    """Like `agrees`, where the parser may refuse a text that was left to it."""
    if yamlform.read(text) is not None:
        assert agrees(text)
