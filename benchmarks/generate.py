"""Mails for a desk of any size: the same ones each time, in five languages, over three years."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

START = datetime(2023, 11, 23, 8, 0, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
WORDS = {
    "en": "parcel refund order late broken tent boots invoice password login delivery wrong "
    "size carrier warranty exchange please could you check when arrive stove jacket colour ",
    "pl": "paczka zwrot zamówienie spóźniona uszkodzony namiot buty faktura hasło logowanie "
    "dostawa rozmiar kurier gwarancja wymiana proszę sprawdzić kiedy dotrze kuchenka kurtka",
    "ru": "посылка возврат заказ опаздывает сломана палатка ботинки счёт пароль вход "
    "доставка размер курьер гарантия обмен пожалуйста проверьте когда придёт горелка",
    "tr": "kargo iade sipariş gecikti kırık çadır bot fatura şifre giriş teslimat yanlış numara "
    "kurye garanti değişim lütfen kontrol ne zaman gelecek ocak ceket renk eksik",
    "fa": "بسته بازپرداخت سفارش دیر شکسته چادر کفش فاکتور رمز ورود تحویل اندازه پیک ضمانت تعویض "
    "لطفاً بررسی کنید کی می‌رسد اجاق کاپشن رنگ کم",
}


def mails(tickets: int, seed: int = 1) -> Iterator[EmailMessage]:
    """Yield the mails of so many tickets: one to seven each, four on average."""
    draw = random.Random(seed)
    for number in range(tickets):
        yield from _thread(draw, number, START + YEARS * number / tickets)


def _thread(draw: random.Random, number: int, start: datetime) -> Iterator[EmailMessage]:
    language = draw.choice(list(WORDS))
    sender = f"Customer {number % 4000} <c{number % 4000}@customers.example>"
    subject = " ".join(draw.sample(WORDS[language].split(), 4)).capitalize()
    parent = ""
    for turn in range(draw.choice((1, 2, 3, 4, 5, 6, 7))):
        mail = EmailMessage()
        date = start + timedelta(hours=7 * turn, seconds=draw.randrange(3600))
        mail["From"], mail["To"] = sender, "support@acme.example"
        mail["Subject"] = f"Re: {subject}" if turn else subject
        mail["Date"] = format_datetime(date)
        mail["Message-ID"] = f"<{number}.{turn}.{draw.getrandbits(48):x}@customers.example>"
        if parent:
            mail["In-Reply-To"] = parent
        parent = mail["Message-ID"]
        mail.set_content(_text(draw, language))
        yield mail


def _text(draw: random.Random, language: str) -> str:
    words = WORDS[language].split()
    lines = [" ".join(draw.choices(words, k=9)).capitalize() + "." for _ in range(6)]
    return "\n".join(["", *lines, "", "Thank you", ""])


def write_mbox(path: Path, tickets: int, seed: int = 1) -> int:
    """Write the mails of so many tickets as an mbox; return how many they are."""
    count = 0
    with path.open("wb") as file:
        for mail in mails(tickets, seed):
            file.write(b"From customer@customers.example Thu Nov 23 08:00:00 2023\n")
            file.write(mail.as_bytes().replace(b"\nFrom ", b"\n>From "))
            file.write(b"\n")
            count += 1
    return count
