"""Reply templates: those that ship are whole in five languages, and run in a sandbox."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tix import render
from tix.errors import NotFound, Refused
from tix.format import template as template_format
from tix.format.template import Template
from tix.model import Entry, Ticket
from tix.settings import Agent, Settings

LANGUAGES = ["en", "fa", "pl", "ru", "tr"]
SHIPPED = sorted((Path(__file__).parents[1] / "templates" / "reply").glob("*.md"))
AGENT = Agent("ann", "Ann Example", ("ann@acme.example",))
SETTINGS = Settings(name="Acme", addresses=("support@acme.example",), agents={"ann": AGENT})
NOW = datetime(2026, 11, 23, tzinfo=UTC)
TICKET = Ticket(
    id="261122-7k3fqx9m",
    subject="Parcel",
    status="open",
    requester="jan@example.com",
    due=datetime(2026, 12, 24, tzinfo=UTC),
)
HEARD = Entry(
    name="20261122T101452Z-3f9a2c7b",
    kind="message",
    date=datetime(2026, 11, 22, tzinfo=UTC),
    text="Hello",
    direction="in",
    sender='"Jan Kowalski" <Jan@example.com>',
)


def library() -> render.Library:
    parsed = [template_format.parse(one.name, one.read_text()) for one in SHIPPED]
    return render.Library({(one.name, one.language): one for one in parsed})


def made(body: str) -> Template:
    found = template_format.parse("own.en.md", f"---\ntitle: Own\n---\n{body}")
    assert isinstance(found, Template)
    return found


def fill(body: str, thread=(HEARD,), now=NOW) -> str:
    return render.fill(made(body), render.variables(SETTINGS, TICKET, thread, AGENT, now))


def test_at_least_eight_templates_ship_each_in_all_five_languages():
    found = library()
    assert len(found.names()) >= 8
    for name in found.names():
        assert found.languages(name) == LANGUAGES, name
        texts = {found.templates[name, language].body for language in LANGUAGES}
        assert len(texts) == len(LANGUAGES), f"{name} says the same in two languages"


@pytest.mark.parametrize("name", library().names())
def test_a_shipped_template_fills_in_for_every_ticket(name):
    found = library()
    for language in LANGUAGES:
        one = found.templates[name, language]
        assert render.check(one, SETTINGS) == ""
        assert one.title
        assert one.description
        for thread, greeted in (((HEARD,), "Jan"), ((), "")):
            text = render.fill(one, render.variables(SETTINGS, TICKET, thread, AGENT, NOW))
            assert greeted in text or language != "en"
            assert "Acme" in text
            assert "{{" not in text
            assert "None" not in text
            assert "  ," not in text


def test_the_page_names_all_that_templates_know():
    page = (Path(__file__).parents[1] / "docs" / "getting-started.md").read_text()
    for group, values in render.variables(SETTINGS, TICKET, (), AGENT, NOW).items():
        [row] = [line for line in page.splitlines() if line.startswith(f"| `{group}` |")]
        missing = [one for one in values if f"`{one}`" not in row and f"`{one}.NAME`" not in row]
        assert not missing, group


def test_the_language_chooses_then_english_then_any():
    found = library()
    assert found.choose("refund", "pl").language == "pl"
    assert found.choose("refund", "eo").language == "en"
    only = template_format.parse("uno.it.md", "---\ntitle: Uno\n---\nCiao\n")
    assert render.Library({("uno", "it"): only}).choose("uno", "pl").language == "it"
    with pytest.raises(NotFound, match="did you mean 'refund'"):
        found.choose("refudn", "en")


def test_templates_know_ticket_requester_agent_and_desk():
    text = fill(
        "{{ requester.name }}|{{ requester.first_name }}|{{ requester.address }}|{{ agent.name }}|"
        "{{ agent.key }}|{{ desk.name }}|{{ desk.address }}|{{ ticket.id }}|{{ ticket.due|date }}"
    )
    assert text == (
        "Jan Kowalski|Jan|jan@example.com|Ann Example|ann|Acme|support@acme.example|"
        "261122-7k3fqx9m|2026-12-24"
    )
    assert fill("{{ requester.name }}|{{ requester.first_name }}", thread=()) == "|"
    assert fill("{{ 6 * 7 }} {{ 7 % 4 }} {{ 'a' ~ 'b' }}") == "42 3 ab"


@pytest.mark.parametrize(
    ("sender", "name", "first"),
    [
        ('"Kowalski, Jan"', "Jan Kowalski", "Jan"),
        ('"Acme, Inc."', "Acme, Inc.", "Acme"),
        ('"jan@example.com"', "", ""),
        ("Jan", "Jan", "Jan"),
        ("علی رضایی", "علی رضایی", "علی"),
    ],
)
def test_a_requester_is_greeted_as_people_are(sender, name, first):
    heard = replace(HEARD, sender=f"{sender} <jan@example.com>")
    text = fill("{{ requester.name }}|{{ requester.first_name }}", thread=(heard,))
    assert text == f"{name}|{first}"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "24 December 2026"), ("pl", "24.12.2026"), ("ru", "24.12.2026"), ("tr", "24.12.2026")],
)
def test_a_date_is_written_as_the_language_does(language, said):
    found = library()
    for name in found.names():
        one = found.templates[name, language]
        text = render.fill(one, render.variables(SETTINGS, TICKET, (HEARD,), AGENT, NOW))
        assert said in text or "ticket.due" not in one.body, name
        assert "2026-12-24" not in text


def test_no_agent_and_no_name_leave_no_gap():
    found = library()
    for key, one in found.templates.items():
        text = render.fill(one, render.variables(SETTINGS, TICKET, (), None, NOW))
        assert not {"None", "Sayın ,", "Hello ,", " !", "  "} & {text}, key
        assert text.splitlines()[0].rstrip("،,!").strip(), key
        assert text.rstrip().endswith("Acme"), key


def test_a_time_that_is_over_is_promised_to_nobody():
    body = "{% if ticket.due %}by {{ ticket.due|date }}{% else %}soon{% endif %}"
    assert fill(body) == "by 2026-12-24"
    assert fill(body, now=datetime(2026, 12, 24, tzinfo=UTC)) == "soon"


@pytest.mark.parametrize(
    "body",
    [
        "{{ nobody }}",
        "{{ ticket.nothing }}",
        "{{ requester.nick.first }}",
        "{{ ticket.custom.contract }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ticket.__init__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ ticket.tags.append('x') }}",
        "{% include '/etc/passwd' %}",
        "{{ 1 / 0 }}",
        "{{ 'a' + 1 }}",
        "{{ unclosed",
        "{% for %}",
        "{{ range(999999999)|list }}",
        "{{ ticket.due.strftime(1) }}",
        "{{ 'x' * 10000000000 }}",
        "{{ [0] * 10000000000 }}",
        "{{ 9 ** 999999999 }}",
        "{{ '%9999999999d' % 1 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}xx{% endfor %}{% endfor %}",
    ],
)
def test_what_is_undefined_wrong_or_reaches_out_is_refused_by_name(body):
    with pytest.raises(Refused, match=r"^template own\.en"):
        fill(body)


def test_what_a_customer_writes_is_never_run():
    entry = replace(HEARD, sender="{{ 7 * 7 }} <jan@example.com>")
    assert fill("{{ requester.name }}", thread=(entry,)) == "{{ 7 * 7 }}"
