"""Texts from outside, as entries and fields hold them (docs/format.md)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tix import text


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("a\r\nb\rc", "a\nb\nc\n"),
        ("a\n\n\n", "a\n"),
        ("\n\n", ""),
        ("\ta\x00b\x1b[31m\x7f\x85", "\ta\u2400b\u241b[31m\u2421\ufffd\n"),
        ("a\u2028b\ufffe", "a\u2028b\ufffe\n"),
    ],
)
def test_an_entrys_text_is_clean(given_text, stored):
    assert text.clean(given_text) == stored


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("  a \r\n b\t", "a b"),
        ("a\x1bb\ufffe", "a\u241bb\ufffd"),
        ("a\u2028b", "a b"),
        ("x" * 501, "x" * 500),
    ],
)
def test_a_field_is_one_line(given_text, stored):
    assert text.one_line(given_text) == stored


@given(st.text())
def test_what_is_clean_stays_as_it_is(value):
    assert text.clean(text.clean(value)) == text.clean(value)
    assert text.one_line(text.one_line(value)) == text.one_line(value)


@given(st.text())
def test_a_slug_is_a_harmless_file_name(value):
    slug = text.slug(value)
    assert slug.isascii()
    assert 0 < len(slug) <= 80
    assert slug[0].isalnum()
    assert not set(slug) - set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert ".." not in slug


@given(st.text())
def test_nothing_printable_steers_a_terminal(value):
    assert not any(ord(one) < 32 and one not in "\n\t" for one in text.printable(value))


MIXED = st.text(
    st.sampled_from("aAżŻıİßŁłøæé e\u0301\u0323Σσςۀةىيكـ٣۴²½№ｶﾞ漢字カ가\u200c\n 株㈱"), max_size=30
)


@given(st.one_of(MIXED, st.text(max_size=30)))
def test_a_text_is_folded_sign_by_sign(value):
    # What allows words to be folded once, and kept: nothing depends on what stands beside it.
    assert text.fold(value) == "".join(text.fold(one) for one in value.lower())
    assert text.fold(f"{value} {value}") == f"{text.fold(value)} {text.fold(value)}"
    assert text.fold_words(value).split() == text.fold(value).split()


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("Zażółć GĘŚLĄ Jaźń", "zazolc gesla jazn"),
        ("Straße ΟΔΟΣ İstanbul", "strasse οδος istanbul"),
        ("كيف می\u200cرسد ۴٣²", "کیف میرسد 432"),
        ("漢字 ｶﾞ ㈱", " 漢  字   カ  ( 株 )"),
    ],
)
def test_texts_that_people_type_alike_are_alike(said, folded):
    assert text.fold(said) == folded
