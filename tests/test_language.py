"""Which language a text is written in."""

import pytest

from tix import language
from tix.language import detect

ENGLISH = "My parcel has not come and I would like to have my money back, please."
GERMAN = "Mein Paket ist noch immer nicht angekommen, und ich hätte gern mein Geld zurück."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        ("Moja paczka jeszcze nie dotarła i chciałbym odzyskać pieniądze.", "pl"),
        ("Моя посылка ещё не пришла, верните, пожалуйста, деньги.", "ru"),
        ("بسته من هنوز نرسیده است و می‌خواهم پولم را پس بگیرم.", "fa"),
        (GERMAN.upper(), "de"),
    ],
)
def test_it_is_told(text, code):
    assert detect(text) == code


@pytest.mark.parametrize("text", ["", "Ok.", "1234 5678 90123 4567", "> " + ENGLISH])
def test_too_little_is_none(text):
    assert detect(text) == ""


def test_what_is_quoted_does_not_count():
    quoted = "\n".join(f"> {ENGLISH}" for _ in range(5))
    assert detect(f"{quoted}\n{GERMAN}\n") == "de"


def test_addresses_and_links_do_not_count():
    links = " ".join(f"https://shop.example/order/the-parcel-is-with-us/{n}" for n in range(9))
    assert detect(f"ann.the.parcel.is.here@shop.example {links}\n{GERMAN}") == "de"


def test_where_the_first_words_leave_a_doubt_the_others_are_asked(monkeypatch):
    shops = "Amazon Ebay Zalando Otto Ikea Lidl Aldi Rewe Spar Billa Tesco Asda Boots Lush Gap Zara"
    text = f"{shops} Mango Uniqlo Esprit\n{GERMAN} {GERMAN}"
    assert detect(text) == "de"
    monkeypatch.setattr(language, "CLEAR", 0)
    assert detect(text) != "de"
