"""Quotes and signatures told from what was written; nothing is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import is_linear
from tix.mail.quotes import shown, trim

QUOTE = "> What is the order number?\n> Ann\n"

ATTRIBUTIONS = [
    "On Mon, 23 Nov 2026 at 10:00, Ann Smith <ann@example.com> wrote:",
    "On Mon, 23 Nov 2026 at 10:00, Ann Smith with a long name\n<ann@example.com> wrote:",
    "Ann Smith wrote:",
    "Am 23.11.2026 um 10:00 schrieb Ann Smith:",
    "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Ann Smith\n<ann@example.com>:",
    "Le lun. 23 nov. 2026 à 10:00, Ann Smith <ann@example.com> a écrit :",
    "El lun, 23 nov 2026 a las 10:00, Ann (<ann@example.com>) escribió:",
    "W dniu 23.11.2026 o 10:00, Anna Nowak pisze:",
    "W dniu pon., 23 lis 2026 o 10:00 Anna Nowak <anna@example.com>\nnapisał(a):",
    "pon., 23 lis 2026 o 10:00 Anna Nowak <anna@example.com> napisał(a):",
    "Dnia 23 listopada 2026 10:00 Anna Nowak <anna@example.com> napisała:",
    "пн, 23 нояб. 2026 г. в 10:00, Анна <anna@example.com>:\nпишет:",
    "23.11.2026 10:00, Анна Иванова пишет:",
    "Понедельник, 23 ноября 2026, 10:00 +03:00 от Анна <a@example.com>:\nАнна написала:",
    "Анна написал(а):",
    "пн, 23 нояб. 2026 г. в 10:00, Анна <ann@example.com>:",
    "пн, 23 нояб. 2026 г. в 10:00, Анна Иванова-Длинная <\nann@example.com>:",
    "Понедельник, 23 ноября 2026, 10:00 +03:00 от Анна <ann@example.com>:",
    '23.11.2026, 10:00, "Анна" <ann@example.com>:',
    "Вы писали 23 ноября 2026 г., 10:00:00:",
    "Wiadomość napisana przez Anna <ann@example.com> w dniu 23 lis 2026, o godz. 10:00:",
    "Ann Smith <ann@example.com> şunları yazdı (23 Kas 2026 10:00):",
    "Ann Smith <ann@example.com>, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "23 Kasım 2026 Pazartesi tarihinde Ann Smith\n<ann@example.com> yazdı:",
    "در تاریخ دوشنبه ۲۳ نوامبر ۲۰۲۶ ساعت ۱۰:۰۰ آن <ann@example.com> نوشت:",
    "\u200fدر دوشنبه، ۲۳ نوامبر ۲۰۲۶ آن\u200f <\u200eann@example.com\u200f> نوشت:\u200f",
]

HISTORIES = [
    "-----Original Message-----\nFrom: Ann\nSent: today\nTo: Jan\nSubject: Re\n\nold words",
    "----- Ursprüngliche Nachricht -----\nVon: Ann\nold words",
    "-----Message d'origine-----\nold words",
    "-----Mensaje original-----\nold words",
    "-----Wiadomość oryginalna-----\nold words",
    "-----Исходное сообщение-----\nold words",
    "-----Orijinal Mesaj-----\nold words",
    "-----پیام اصلی-----\nold words",
    "---\n\nDate: Mon, 23 Nov 2026\nSubject: x\nFrom: Ann\nTo: Jan\n\nold words",
    "________________________________\nFrom: Ann\nSent: now\nTo: Jan\nSubject: x\n\nold words",
    "From: Ann <a@x>\nSent: Monday\nTo: Jan\nCc: Ola\nSubject: x\n\nold words",
    "**From:** Ann\n**Sent:** Monday\n**To:** Jan\n**Subject:** x\n\nold words",
    "Von: Ann\nGesendet: Montag\nAn: Jan\nBetreff: x\n\nold words",
    "De : Ann\nEnvoyé : lundi\nÀ : Jan\nObjet : x\n\nold words",
    "De: Ann\nEnviado el: lunes\nPara: Jan\nAsunto: x\n\nold words",
    "Od: Ann\nWysłano: poniedziałek\nDo: Jan\nTemat: x\n\nold words",
    "От: Ann\nОтправлено: понедельник\nКому: Jan\nТема: x\n\nold words",
    "Kimden: Ann\nGönderildi: Pazartesi\nKime: Jan\nKonu: x\n\nold words",
    "از: Ann\nارسال شده: دوشنبه\nبه: Jan\nموضوع: x\n\nold words",
]

SIGNATURES = [
    "-- \nAnn Smith\nACME",
    "Sent from my iPhone",
    "Sent with Proton Mail secure email.",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Wysłano z iPhone'a",
    "Wysłane z telefonu Samsung",
    "Отправлено с iPhone",
    "iPhone'umdan gönderildi",
    "ارسال شده از آیفون من",
    "Get Outlook for Android",
    "_______________________________________________\nList mailing list\nhttps://x.example",
]


def whole(text: str) -> str:
    return "".join(part.text for part in trim(text))


def kinds(text: str) -> list[str]:
    return [part.kind for part in trim(text)]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attributed_quote_below_goes(attribution: str) -> None:
    text = f"It is 1042.\n\n{attribution}\n{QUOTE}"
    assert shown(text) == "It is 1042."
    assert whole(text) == text


@pytest.mark.parametrize("attribution", [a for a in ATTRIBUTIONS if any(c.isdigit() for c in a)])
def test_so_it_does_where_the_quote_has_no_marks(attribution: str) -> None:
    assert shown(f"It is 1042.\n\n{attribution}\n\nWhat is the number?\n") == "It is 1042."


@pytest.mark.parametrize("history", HISTORIES)
def test_outlooks_history_goes(history: str) -> None:
    text = f"It is 1042.\n\n{history}\nand more\n"
    assert shown(text) == "It is 1042."
    assert whole(text) == text


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("below", ["", f"\n\nAnn wrote:\n{QUOTE}"])
def test_signatures_go(signature: str, below: str) -> None:
    text = f"It is 1042.\n\n{signature}{below}"
    assert shown(text) == "It is 1042."
    assert "signature" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        f"Ann wrote:\n{QUOTE}\nIt is 1042.",
        f"Ann wrote:\n{QUOTE}\nIt is 1042.\n\n> And the date?\n\nToday.",
        "In 2024 my friend said hello.\nNothing is quoted here.",
        "Item: a\nFrom: the shop\nThat is all.",
        "--\n" + "\n".join(map(str, range(40))),
        "---------- Forwarded message ---------\nFrom: x\nDate: y\nSubject: z\nTo: w\n\n> old\n",
        "Please see below.\n\nBegin forwarded message:\n\nFrom: a\nDate: b\nSubject: c\n\nwords",
        "Siehe unten\n\n----- Weitergeleitete Nachricht -----\nBetreff: x\nVon: y\nAn: z\n\nText",
        "We sent it from the warehouse.\nSent from the warehouse on Monday.",
        "> only a quote",
        "-- \nonly a signature",
        "-----Original Message-----\nonly a history",
    ],
)
def test_all_is_shown(text: str) -> None:
    assert shown(text) == text.strip()


def test_a_quote_below_inline_answers_goes() -> None:
    text = f"> Number?\n\n1042.\n\n> Date?\n\nToday.\n\n{QUOTE}"
    assert shown(text) == "> Number?\n\n1042.\n\n> Date?\n\nToday."


def test_what_was_passed_on_in_a_quoted_mail_goes_with_it() -> None:
    passed = "---------- Forwarded message ----------\nFrom: Eve\n\nvery old words"
    assert shown(f"Thanks!\n\n-----Original Message-----\n\nFYI\n\n{passed}") == "Thanks!"


def test_no_gap_is_left_where_a_quote_goes() -> None:
    text = "Thanks!\n\nOn Mon, 23 Nov 2026 at 10:00, Ann <ann@example.com> wrote:\n\n> old\n\nJan"
    assert shown(text) == "Thanks!\n\nJan"


def test_inline_answers_below_outlooks_header_are_shown() -> None:
    text = "See below.\n\n-----Original Message-----\nFrom: Ann\nSubject: x\n\n> Number?\n\n1042."
    assert shown(text) == text


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n"])
def test_blank(text: str) -> None:
    assert shown(text) == ""
    assert whole(text) == text


LINES = st.one_of(
    st.sampled_from([*ATTRIBUTIONS, *HISTORIES, *SIGNATURES, QUOTE, "> x", "x", "", "-- ", "--"]),
    st.text(max_size=30),
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_nothing_is_lost_and_something_is_shown(text: str) -> None:
    assert whole(text) == text
    assert all(part.text for part in trim(text))
    assert bool(shown(text)) == bool(text.strip())


@pytest.mark.long
@pytest.mark.parametrize(
    "piece",
    [
        *("\n", ">", "> \n", "On ", "On 10:00\n", "x@y 10:00 ", "wrote:\n", "From: ", "From: x\n"),
        *(
            "-",
            "_",
            "-- \n",
            "----- ",
            "gönderildi",
            "schrieb schrieb ",
            "a: ",
            " ",
            "2026 \n",
            "*_",
        ),
        *(
            "On 1\nx\n> ",
            "________________________\n",
            "Sent from my x\n",
            "From: x\nSent: x\n",
        ),
    ],
)
def test_time_grows_with_size(piece: str) -> None:
    small, large = (piece * (size // len(piece)) for size in (1 << 15, 1 << 18))
    assert is_linear(trim, small, large)


@pytest.mark.parametrize(
    "text", [QUOTE, f"Ann wrote:\n{QUOTE}", "-- \nAnn\n", f"\n{QUOTE}\n-- \nA"]
)
def test_a_text_without_words_of_its_own_is_shown_whole(text: str) -> None:
    assert kinds(text) == ["shown"]
