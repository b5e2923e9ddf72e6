"""Printing and parsing are exact inverses, and every YAML reader sees the same strings."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.format import strategies as own
from tix import yamltext
from tix.format import customer, decision, entry, quarantine, sender, ticket
from tix.problem import Problem


@given(own.tickets)
def test_a_ticket_survives(value):
    text = ticket.render(value)
    assert ticket.parse("t", text) == value
    assert ticket.render(ticket.parse("t", text)) == text


@given(own.entries)
def test_an_entry_survives(value):
    text = entry.render(value)
    assert entry.parse(f"tickets/{value.name}.md", text) == value
    assert entry.render(entry.parse(f"{value.name}.md", text)) == text


@given(own.held)
def test_what_is_known_of_a_quarantined_mail_survives(value):
    text = quarantine.render(value)
    assert quarantine.parse("q", text) == value
    assert quarantine.render(quarantine.parse("q", text)) == text


@given(own.decisions)
def test_what_was_decided_of_a_mail_survives(value):
    text = decision.render(value)
    assert decision.parse("d", text) == value
    assert decision.render(decision.parse("d", text)) == text


@given(own.marked_senders)
def test_a_marked_sender_survives(value):
    text = sender.render(value)
    assert sender.parse("s", text) == value
    assert sender.render(sender.parse("s", text)) == text


@given(own.customers)
def test_a_customer_survives(value):
    text = customer.render(value)
    assert customer.parse("c", text) == value
    assert customer.render(customer.parse("c", text)) == text


@given(own.data)
def test_data_survives_on_one_line(value):
    printed = yamltext.flow(value)
    assert "\n" not in printed
    assert yamltext.load(f"a: {printed}")["a"] == value


@settings(max_examples=150)
@given(own.texts | st.text("0123456789+-_.:xobeETZ yn~<=", max_size=12), st.booleans())
def test_readers_of_yaml_1_1_and_1_2_see_the_same_string(value, flow):
    printed = yamltext.scalar(value, flow=flow)
    line = f"[{printed}]" if flow else f"- {printed}"
    assert yaml.safe_load(line) == [value]
    assert YAML(typ="safe", pure=True).load(line) == [value]


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_read_or_is_a_problem(text):
    formats = (ticket, entry, quarantine, decision, sender, customer)
    for parse in (one.parse for one in formats):
        found = parse("tickets/x/20261122T101452Z-3f9a2c7b.md", text)
        assert isinstance(found, Problem)
