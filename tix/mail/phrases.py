"""What mail programs write around quotes, in the languages whose forms are known.

These patterns are compiled when they are first used: few mails need them all.
"""

from __future__ import annotations

import re

# An attribution ends with its verb, or (German, Dutch) has it before the name.
VERB = (
    r"(?i)(?:\b(?:wrote|writes|schrieb|schreef|pisze|escribió|escreveu|a écrit|ha scritto"
    r"|napisał(?:a|\(a\)|/a)?|пишет|пиш[её]те|(?:на)?писал(?:а|\(а\))?|сообщила?"
    r"|(?:şunu |şunları )?yazdı|şöyle yazdı)|نوشت(?:ه است|ه|ند)?)\s*[:：]$"
    r"|\b(?:schrieb|schreef|Вы писали|Wiadomość napisana przez)\b.{1,120}:$"
    r"|\byazdı \([^()]{4,60}\):$"
)
# Some (Gmail in Russian, Yandex, Mail.ru) write no verb: a date, a time, an address and a colon.
DATED = r"(?:\w{2,12}\.?,? )?\d{1,4}[./ -](?=.*\b(?:19|20)\d\d\b)(?=.*\d:\d\d).*<[^<>]*@[^<>]*>:"
OPENING = (
    r"(?i)(?:On|Am|Le|El|Em|Il|Op|W dniu|Dnia|Quoting|В|در(?: تاریخ)?)\b"
    r"|(?:\w{2,4}\.?,? )?\d{1,4}[./ -]"
)
MOMENT = r"\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b|\d{4}|\d{1,2}[./]\d{1,2}[./]\d|@"

_ORIGINAL = (
    *("original message", "ursprüngliche nachricht", "original-nachricht", "originalnachricht"),
    *("message d'origine", "message d’origine", "message original", "mensaje original"),
    *("mensagem original", "messaggio originale", "oorspronkelijk bericht"),
    *("wiadomość oryginalna", "oryginalna wiadomość", "treść oryginalnej wiadomości"),
    *("исходное сообщение", "пересылаемое исходное сообщение", "оригинальное сообщение"),
    *("orijinal mesaj", "orijinal ileti", "özgün ileti", "asıl ileti", "پیام اصلی"),
)
_FORWARDED = (
    *("begin forwarded message", "forwarded message", "start of forwarded message"),
    *("weitergeleitete nachricht", "anfang der weitergeleiteten nachricht"),
    *("anfang der weitergeleiteten e-mail", "message transféré", "début du message transféré"),
    *("début du message réexpédié", "mensaje reenviado", "inicio del mensaje reenviado"),
    *("mensagem encaminhada", "messaggio inoltrato", "doorgestuurd bericht"),
    *("wiadomość przekazana", "przekazana wiadomość", "treść przekazanej wiadomości"),
    *("początek przekazywanej wiadomości", "пересылаемое сообщение", "начало переадресованного"),
    *("перенаправленное сообщение", "iletilen ileti", "iletilen mesaj", "yönlendirilmiş mesaj"),
    *("yönlendirilen mesaj", "پیام هدایت شده", "پیام بازارسال", "پیام فوروارد شده"),
)
_FROM = "from|von|de|da|od|van|от|от кого|kimden|gönderen|از|فرستنده"
_OTHERS = (
    "sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|enviado|enviado el|fecha|wysłano|data"
    "|отправлено|дата|gönderilme tarihi|gönderme tarihi|gönderildi|tarih|ارسال شده|تاریخ|ارسال",
    "to|an|à|para|a|do|aan|кому|kime|alıcı|به|گیرنده",
    "subject|betreff|objet|asunto|assunto|oggetto|temat|onderwerp|тема|konu|موضوع",
    "cc|kopie|kopia|dw|do wiadomości|копия|bilgi|رونوشت",
)


def _any_of(phrases: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, phrases))


ORIGINAL = rf"(?i)-{{2,}}\s*(?:{_any_of(_ORIGINAL)})\s*:?\s*-{{2,}}"
FORWARDED = (
    rf"(?i)(?:-{{2,}}\s*(?:{_any_of(_FORWARDED)}).{{0,40}}|(?:{_any_of(_FORWARDED)}).{{0,20}}:)"
)
FROM = rf"(?i)[*_]{{0,2}}(?:{_FROM})\s?[*_]{{0,2}}\s?[:：]"
FIELD = "(?i)[*_]{0,2}(?:" + "|".join(f"({names})" for names in _OTHERS) + r")\s?[*_]{0,2}\s?[:：]"
LINE = r"[_-]{20,}|---|\* \* \*"
RULE = r"[_-]{20,}"
DEVICE = (
    r"(?i)(?:Sent (?:from|via|with) .*|Get Outlook for .*|Von meinem .* gesendet"
    r"|Gesendet (?:von|mit) .*|Envoyé (?:de|depuis|à partir) .*|Enviado (?:desde|do|de) .*"
    r"|Inviato da .*|Verzonden vanaf .*|Wysłan[oey] z .*|Отправлено (?:с|из|через|от) .*"
    r"|.{1,40}(?:['’]\w{1,6}|umdan|ımdan|imdan|imden|dan|den) gönderildi"
    r"|(?:ارسال|فرستاده) شده از .*)(?<![.!?;,])"
    r"|(?i:Sent with \[?Proton ?Mail\]?.*)"
)
