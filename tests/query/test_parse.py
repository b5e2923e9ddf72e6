"""Queries: from words to a tree."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tix.errors import Refused, TixError, Unknown, UsageError
from tix.query import Query, parse
from tix.query.keys import KEYS
from tix.query.tree import (
    Between,
    Contains,
    Has,
    OneOf,
    Overdue,
    Phrase,
    Prefix,
    Types,
    Words,
)
from tix.settings import Agent, CustomField, Queue, Settings
from tix.when import SECOND

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday
DESK = Settings(
    statuses={
        **{one: one for one in ("new", "open", "pending", "hold", "solved", "closed", "merged")},
        "Waiting for parts": "hold",
    },
    queues=(Queue("support"), Queue("delivery")),
    categories=("billing", "delivery", "delivery.delay", "returns.damaged"),
    fields={
        "contract": CustomField("contract"),
        "plan": CustomField("plan", "choice", ("gold", "silver")),
        "paid": CustomField("paid", "flag"),
        "tag": CustomField("tag"),
        "weight": CustomField("weight", "number"),
        "seen": CustomField("seen", "date"),
    },
    views={
        "mine": "is:unsolved assignee:me",
        "vip": "tag:vip",
        "late": '@mine @vip "late parcel"',
        "loop": "@pool",
        "pool": "tag:x @loop",
        "bad": "statsu:open",
        "empty": "",
    },
    agents={
        "ann": Agent("ann", "Ann", ("ann@acme.example", "a@acme.example")),
        "bob": Agent("bob", "Bob"),
    },
)


def terms(*words, desk=DESK, me=lambda: "ann", zone=UTC):
    return parse(words, desk, NOW, me, zone=zone).terms


def one(*words, **rest):
    [found] = terms(*words, **rest)
    return found


def word(text, prefix=True, negated=False):
    return Words((Phrase(text, prefix),), negated)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ago(days):
    return NOW - timedelta(days=days)


# Words and phrases


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ()),
        (["", "  \t"], ()),
        (["Refund"], (word("refund"),)),
        (["late parcel"], (word("late"), word("parcel"))),
        (["late", "parcel", "late"], (word("late"), word("parcel"))),
        (['"late parcel"'], (word("late parcel", False),)),
        (['"Late  Parcel"'], (word("late parcel", False),)),
        (['"late par"*'], (word("late par"),)),
        (["par*"], (word("par"),)),
        (["-refund"], (word("refund", True, True),)),
        (['-"late parcel" x'], (word("late parcel", False, True), word("x"))),
        (["late - parcel"], (word("late"), word("-"), word("parcel"))),
        (["-"], (word("-"),)),
        (["Żółć", "ايران"], (word("zolc"), word("ایران"))),
        (["山田"], (word("山 田"),)),
        (['5" x'], (word('5"'), word("x"))),
        (["12:30"], (word("12:30"),)),
        (["Re:", "AW: x"], (word("re:"), word("aw:"), word("x"))),
        (["тема:x,y"], (word("тема:x,y"),)),
        (
            ["a,b", "#12", "c@d.org", "<x>"],
            (word("a,b"), word("#12"), word("c@d.org"), word("<x>")),
        ),
        (['"is:open"'], (word("is:open", False),)),
        (['"@mine"'], (word("@mine", False),)),
        (["http"], (word("http"),)),
        (["261122-7K3FQX9M"], (OneOf("id", ("261122-7k3fqx9m",)),)),
        (["-#261122-7k3fqx9m"], (OneOf("id", ("261122-7k3fqx9m",), True),)),
        (['"261122-7k3fqx9m"'], (word("261122-7k3fqx9m", False),)),
    ],
)
def test_words(words, expected):
    assert terms(*words) == expected


# Fields


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status:open", OneOf("status", ("open",))),
        ("STATUS:Open", OneOf("status", ("open",))),
        ('status:"waiting for parts",new', OneOf("status", ("Waiting for parts", "new"))),
        ("-status:open,new,open", OneOf("status", ("open", "new"), True)),
        ("queue:delivery", OneOf("queue", ("delivery",))),
        ("queue:none,support", OneOf("queue", ("", "support"))),
        ("channel:email,Phone", OneOf("channel", ("email", "phone"))),
        ("assignee:bob", OneOf("assignee", ("bob",))),
        ("assignee:me,none", OneOf("assignee", ("ann", ""))),
        ("assignee:A@acme.example", OneOf("assignee", ("ann",))),
        ("assignee:none", OneOf("assignee", ("",))),
        ("-assignee:none", OneOf("assignee", ("",), True)),
        ("assignee:any", OneOf("assignee", ("",), True)),
        ("-assignee:ANY", OneOf("assignee", ("",))),
        ("follower:me", OneOf("follower", ("ann",))),
        ("follower:ann@acme.example,x@y.org", OneOf("follower", ("ann", "x@y.org"))),
        ("cc:<Ola@Example.com>", OneOf("cc", ("ola@example.com",))),
        ("tag:vip", OneOf("tag", ("vip",))),
        ('tag:"a b",c:d,"e,f"', OneOf("tag", ("a b", "c:d", "e,f"))),
        ('tag:"none","any"', OneOf("tag", ("none", "any"))),
        ("tag:none,vip", OneOf("tag", ("", "vip"))),
        ("tag:>x", OneOf("tag", (">x",))),
        ("language:PL", OneOf("language", ("pl",))),
        ("reason:spam", OneOf("reason", ("spam",))),
        ("link:261122-7k3fqx9m", OneOf("link", ("261122-7k3fqx9m",))),
        ("link:any", OneOf("link", ("",), True)),
        ("merged-into:#261122-7K3FQX9M", OneOf("merged-into", ("261122-7k3fqx9m",))),
        ("merged-into:none", OneOf("merged-into", ("",))),
        ("id:261122-7k3fqx9m", OneOf("id", ("261122-7k3fqx9m",))),
        ("id:2611", Prefix("id", ("2611",))),
        ("id:261122-7K", Prefix("id", ("261122-7k",))),
        ("-id:261122-7k3fqx9m,2610", Prefix("id", ("261122-7k3fqx9m", "2610"), True)),
        ("category:delivery", Prefix("category", ("delivery",))),
        ("category:Returns", Prefix("category", ("returns",))),
        ("category:Billing,delivery.delay", Prefix("category", ("billing", "delivery.delay"))),
        ("category:none", OneOf("category", ("",))),
        ("category:none,billing", Prefix("category", ("", "billing"))),
        ("category:any", OneOf("category", ("",), True)),
        ("requester:Jan", Contains("requester", ("jan",))),
        ("requester:<Jan@Example.com>", Contains("requester", ("jan@example.com",))),
        ("requester:@example.com,ola", Contains("requester", ("@example.com", "ola"))),
        ("requester:none", OneOf("requester", ("",))),
        ("from:@example.com", Contains("from", ("@example.com",))),
        ('-subject:"Late Parcel",none', Contains("subject", ("late parcel", "none"), True)),
        ("subject:any", Contains("subject", ("any",))),
        ("custom.contract:C-1", OneOf("custom.contract", ("C-1",))),
        ("contract:C-1,none", OneOf("custom.contract", ("C-1", ""))),
        ("Contract:any", OneOf("custom.contract", ("",), True)),
        ("plan:Gold", OneOf("custom.plan", ("gold",))),
        ("paid:yes", OneOf("custom.paid", ("yes",))),
        ("custom.tag:x", OneOf("custom.tag", ("x",))),
        ("weight:-12.5,none", OneOf("custom.weight", ("-12.5", ""))),
        ("seen:2026-11-22", OneOf("custom.seen", ("2026-11-22",))),
        ("is:open", Types(("open",))),
        ("is:unsolved", Types(("new", "open", "pending", "hold"))),
        ("is:active", Types(("new", "open"))),
        ("-is:done", Types(("solved", "closed", "merged"), True)),
        ("is:solved,active", Types(("new", "open", "solved"))),
        ("is:overdue", Overdue()),
        ("-is:overdue", Overdue(True)),
        ("has:attachment", Has("attachment")),
        ("-has:note", Has("note", True)),
        ("has:REPLY", Has("reply")),
    ],
)
def test_fields(text, expected):
    assert one(text) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("high", ("high",)),
        (">=high", ("high", "urgent")),
        (">high", ("urgent",)),
        ("<high", ("low", "normal")),
        ("<=normal", ("low", "normal")),
        ("urgent,<=LOW", ("low", "urgent")),
        ("none", ("",)),
        ("high,none", ("", "high")),
    ],
)
def test_priorities(text, names):
    assert one(f"priority:{text}") == OneOf("priority", names)


def test_any_category_will_do_where_a_desk_names_none():
    assert one("category:x.y", desk=Settings()) == Prefix("category", ("x.y",))


# Dates


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("created:2026", at("2026-01-01"), at("2027-01-01")),
        ("created:2026-11", at("2026-11-01"), at("2026-12-01")),
        ("created:>=2026-11-01", at("2026-11-01"), None),
        ("created:>2026-11-01", at("2026-11-02"), None),
        ("created:<2026", None, at("2026-01-01")),
        ("created:<=2026", None, at("2027-01-01")),
        ("created:2026-W47", at("2026-11-16"), at("2026-11-23")),
        ("created:2026-11-01..2026-11-15", at("2026-11-01"), at("2026-11-16")),
        ("created:..2026-11", None, at("2026-12-01")),
        ("created:2026-11..", at("2026-11-01"), None),
        ("created:yesterday", at("2026-11-21"), at("2026-11-22")),
        ("created:>=last-week", at("2026-11-09"), None),
        ("created:monday", at("2026-11-16"), at("2026-11-17")),
        ("updated:>7d", None, ago(7)),
        ("updated:>=7d", None, ago(7)),
        ("updated:<7d", ago(7), None),
        ("updated:<=1d12h", ago(1.5), None),
        ("created:7d", ago(7), None),
        ("created:>=-7d", ago(7), None),
        ("created:2026-11-22T10:15", at("2026-11-22T10:15"), at("2026-11-22T10:15:01")),
        ("created:<now", None, NOW),
        ("due:<1d", None, ago(-1)),
        ("due:<=1d", None, ago(-1)),
        ("due:1d", None, ago(-1)),
        ("due:>3d", ago(-3), None),
        ("due:<0d", None, NOW),
        ("due:today", at("2026-11-22"), at("2026-11-23")),
        ("due:friday", at("2026-11-27"), at("2026-11-28")),
        ("due:tomorrow..friday", at("2026-11-23"), at("2026-11-28")),
        ('due:<"tomorrow 9:00"', None, at("2026-11-23T09:00")),
        ("until:next-month", at("2026-12-01"), at("2027-01-01")),
    ],
)
def test_dates(text, start, end):
    key = text.partition(":")[0]
    assert one(text) == Between(key, ((start, end),))
    assert one(f"-{text}") == Between(key, ((start, end),), True)


def test_several_dates_and_none():
    day = (at("2026-11-22"), at("2026-11-23"))
    assert one("due:today,>3d") == Between("due", (day, (ago(-3), None)))
    assert one("due:none") == OneOf("due", ("",))
    assert one("-until:none") == one("until:any") == OneOf("until", ("",), True)


def test_days_begin_in_the_zone():
    found = one("created:today", zone=ZoneInfo("Europe/Warsaw"))
    assert found == Between("created", ((at("2026-11-21T23:00"), at("2026-11-22T23:00")),))


# Views, and who asks


def test_views_are_expanded_and_repeat_nothing():
    mine = (Types(("new", "open", "pending", "hold")), OneOf("assignee", ("ann",)))
    vip = OneOf("tag", ("vip",))
    assert terms("@mine") == terms("@MINE") == mine
    assert terms("@late", "@vip", "tag:vip") == (*mine, vip, word("late parcel", False))
    assert one("-@vip") == OneOf("tag", ("vip",), True)
    assert parse(["@empty"], DESK, NOW, str) == Query(())


def test_default_views():
    for name in ("mine", "unassigned", "due"):
        assert terms(f"@{name}", desk=Settings(agents=DESK.agents))


def test_who_asks_is_asked_only_for_me():
    def nobody():
        raise Refused("nobody")

    assert terms('is:open assignee:bob,"ann"', me=nobody)
    with pytest.raises(Refused):
        terms("@mine", me=nobody)


def test_views_that_double_each_other_are_read_once():
    views = {f"v{n}": f"@v{n + 1} @v{n + 1}" for n in range(19)} | {"v19": "x"}
    assert terms("@v0", desk=Settings(views=views)) == (word("x"),)


# Mistakes


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "statsu:open",
            r"unknown key 'statsu': did you mean 'status'\? \(to search for it as text",
        ),
        ("statsu:", "did you mean 'status'"),
        ("-tags:x", "unknown key 'tags': did you mean 'tag'"),
        ("sla:breached", "unknown key 'sla'"),
        ("http://x", "unknown key 'http': .*quote it: '\"http://x\"'"),
        ('foo:"a b"', "quote it: '\"foo:a b\"'"),
        ("custom.plna:x", "did you mean 'custom.plan'"),
        ("contrct:x", "did you mean 'contract' or 'custom.contract'"),
        ("status:opne", "unknown status 'opne': did you mean 'open'"),
        ("status:open,opne", "unknown status 'opne'"),
        ("status:none", "unknown status 'none'"),
        ("priority:>=hihg", "unknown priority 'hihg': did you mean 'high'"),
        ("queue:sales", "unknown queue 'sales': there are delivery, support"),
        ("channel:fax", "unknown channel 'fax'"),
        ("assignee:zed", "unknown assignee 'zed': there are .*me"),
        ("assignee:zed@x.org", "unknown assignee"),
        ("follower:zed", "unknown follower"),
        ("category:deliv", "unknown category 'deliv': did you mean 'delivery'"),
        ("plan:bronze", "unknown plan 'bronze': there are gold, silver"),
        ("paid:maybe", "unknown paid 'maybe': there are no, yes"),
        ("is:opne", "unknown value of is: 'opne': did you mean 'open'"),
        ("is:none", "unknown value of is:"),
        ("has:replies", "unknown value of has: 'replies': did you mean 'reply'"),
        ("@mien", "unknown view 'mien': did you mean 'mine'"),
        ("@", "unknown view ''"),
        ("@bad", "in the view @bad: unknown key 'statsu': did you mean 'status'"),
    ],
)
def test_unknown_names(text, what):
    with pytest.raises(Unknown, match=what) as error:
        terms(text)
    assert "\n" not in str(error.value)
    assert error.value.status == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("@loop", "in the view @loop: .*circle: @loop -> @pool -> @loop"),
        ("-@mine", "only a view of one term can be negated, this one has 2"),
        ("-@empty", "this one has 0"),
        ("status:", "status: needs a value after the colon; .*quote it"),
        ("tag:", r"needs a value after the colon \(tag:none finds"),
        ("tag:a,", "needs a value after each comma"),
        ("tag:a, b", "needs a value after each comma"),
        ('tag:""', "needs a value"),
        ("priority:>=", "needs a value"),
        ("tag:any,x", "'any' stands alone"),
        ("due:none,today", "'none' stands alone"),
        ("requester:none,jan", "'none' stands alone"),
        ("is:open,overdue", "'overdue' stands alone"),
        ("has:note,reply", "has: takes one value"),
        ("priority:>urgent", "there is none above urgent"),
        ("priority:<low", "there is none below low"),
        ("id:7k3", "neither a ticket id nor its beginning"),
        ("link:2611", "no whole ticket id"),
        ("--json", "unknown option --json; .*quote it: '\"--json\"'"),
        ("late -- parcel", "unknown option --"),
        ('"late', 'quotation mark is not closed in "late'),
        ('tag:"a', 'quotation mark is not closed in tag:"a'),
        ('"a"b', "add a space"),
        ('tag:"a"b', "add a space"),
        ("***", "nothing to search for"),
        ('""', "nothing to search for"),
        ("subject:\u0301", "nothing to search for"),
        ("requester:<>", "nothing to search for"),
        ("created:foo", "created: cannot read the time 'foo': write created:2026-11-22, "),
        ("weight:>5", "weight is a number such as 12.5, not '>5'"),
        ("weight:heavy", "weight is a number"),
        ("seen:today", "seen is a date such as 2026-11-22"),
        ("created:none", "cannot read the time 'none'"),
        ("created:5", "cannot read the time '5'"),
        ("created:-7d", "cannot read the time '-7d'"),
        ("created:>2026..2027", "cannot read the time '>2026..2027'"),
        ("due:2026-12..2026-11", "cannot read the time"),
        ("due:foo", "due:<1d$"),
        ("due:999y", "cannot read the time '999y'"),
        (" ".join(f"w{n}" for n in range(201)), "at most 200 terms"),
        ("tag:" + ",".join(map(str, range(901))), "more than 900 values"),
    ],
)
def test_mistakes(text, what):
    with pytest.raises(UsageError, match=what) as error:
        terms(text)
    assert "\n" not in str(error.value)


def test_views_that_are_nested_too_deeply():
    views = {f"v{n}": f"@v{n + 1}" for n in range(2000)}
    with pytest.raises(UsageError, match="at most 20 deep"):
        terms("@v0", desk=Settings(views=views))


def test_messages_are_safe_to_print():
    with pytest.raises(UsageError) as error:
        terms('foo:"\x1b[31m\n\u202e"')
    assert str(error.value).isprintable()


# Whatever is typed

KEYED = st.builds(
    "{}{}:{}{}".format,
    st.sampled_from(["", "-"]),
    st.sampled_from([*KEYS, "contract", "custom.plan", "foo"]),
    st.sampled_from(["", ">", ">=", "<", "<=", '"']),
    st.text(max_size=8)
    | st.sampled_from(["none", "any", "me", "7d", "2026..", "open,", "a,b", "..", "today", "0001"]),
)
PIECES = st.sampled_from(['"', "-", ":", ",", "@", "*", " ", "\n", ">=", "is:", "@mine", "due:"])
TYPED = st.text() | KEYED | st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)


@limits(max_examples=300)
@given(st.lists(TYPED, max_size=3))
def test_any_text_is_a_query_or_an_error_of_tix(words):
    lines, found = 1, None
    try:
        found = parse(words, DESK, NOW, lambda: "ann")
    except TixError as error:
        lines = len(str(error).splitlines())
    assert lines == 1
    assert hash(found) == hash(found)


@limits(max_examples=200)
@given(st.lists(TYPED, min_size=1, max_size=4))
def test_a_view_is_one_string_of_what_words_would_be(words):
    try:
        apart = terms(*words)
    except TixError:
        return
    assert terms("@v", desk=with_view(" ".join(words))) == apart


def with_view(text):
    return DESK._replace(views={**DESK.views, "v": text})


@given(st.text("abc é,:-@", min_size=1).filter(str.strip))
def test_what_is_quoted_is_searched_for_as_it_is(text):
    assert isinstance(one(f'"{text}"'), Words)
    assert one(f'tag:"{text}"') == OneOf("tag", (text,))


@given(st.sampled_from(["status:open", "x", "tag:any", "due:<1d", "is:overdue", "has:note"]))
def test_a_minus_turns_a_term_round(text):
    assert one(f"-{text}").negated is not one(text).negated


def test_a_moment_is_as_long_as_a_second():
    assert one("due:now") == Between("due", ((NOW, NOW + SECOND),))
