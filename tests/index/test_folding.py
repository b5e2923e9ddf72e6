"""Full text finds what a speaker of the language expects, however it was typed."""

import json

import pytest

from tests.store.quick import Quick

TICKETS = {
    "polish": ("Zażółć gęślą jaźń", "Łódź i źdźbło"),
    "turkish": ("İstanbul'dan ısmarladım", "Iğdır ılık IŞIK ışık, şikâyet"),
    "persian": ("سفارش كتاب‌ها", "می‌خواهم ۱۲۳۴ کتاب علي"),
    "russian": ("Ёлка и ёж", "Счёт №45, район"),
    "english": ("Straße naïve", "Café résumé ﬁne"),
    "japanese": ("日本語のチケット", "東京から"),
}
FOUND = {
    "polish": ("zazolc", "ZAŻÓŁĆ", "gesla", "lodz", "ŁÓDŹ", "źdźbło", "jaz"),
    # Dotted and dotless i, in both cases, typed with or without a Turkish keyboard.
    "turkish": (
        *("istanbul", "ISTANBUL", "İSTANBUL", "ıstanbul", "ısmarladım", "ismarladim", "ISMARLADIM"),
        *("iğdır", "igdir", "IĞDIR", "ışık", "isik", "sikayet", "ŞİKAYET"),
    ),
    # Arabic and Persian ye and ke, digits of three scripts, with a zero-width joiner or without.
    "persian": (
        *("کتاب", "كتاب", "کتاب‌ها", "کتابها", "میخواهم", "می‌خواهم", "علی", "علي"),
        *("1234", "۱۲۳۴", "١٢٣٤"),
    ),
    "russian": ("елка", "ЁЛКА", "ёж", "еж", "счет", "45", "№45", "раион", "район"),
    "english": ("strasse", "STRASSE", "straße", "naive", "cafe", "CAFÉ", "fine"),
    "japanese": ("日本", "本語", "東京", "チケット"),
}
WORDS = [(language, word) for language, words in FOUND.items() for word in words]


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """A desk with one ticket in each language; returns it with their ids by language."""
    folder = tmp_path_factory.mktemp("texts") / "desk"
    folder.mkdir()
    env = {"HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    env |= {f"GIT_{who}_EMAIL": "ann@acme.example" for who in ("AUTHOR", "COMMITTER")}
    desk = Quick(folder, env)
    desk.ok("init", str(folder), "--name", "Acme")
    made = {
        language: desk.ok("new", subject, "-m", text, "--from", "x@example.com").strip()
        for language, (subject, text) in TICKETS.items()
    }
    return desk, made


@pytest.mark.parametrize(("language", "word"), WORDS)
def test_a_word_is_found_in_any_spelling(texts, language, word):
    desk, made = texts
    assert desk.ok("list", word, "--format", "ids").split() == [made[language]]


@pytest.mark.parametrize("word", ["żółw", "istanbuls", "کتابخانه", "ёлочка", "123456", "大阪"])
def test_another_word_is_not(texts, word):
    desk, _ = texts
    assert json.loads(desk.ok("list", word, "--json"))["total"] == 0


def test_a_phrase_is_found_as_such(texts):
    desk, made = texts
    assert desk.ok("list", '"łodz i zdzblo"', "--format", "ids").split() == [made["polish"]]
    assert desk.ok("list", '"zdzblo i lodz"', "--format", "ids") == ""
