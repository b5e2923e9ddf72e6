"""What mail programs write around quotes, in the languages whose forms are known.

These patterns are compiled when they are first used, and those of many languages only where a line
has a word of theirs: whoever shows a short ticket waits for the compiling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

# "… wrote:" at the end of an attribution. In some languages the verb stands before the name.
_VERBS = (
    *("wrote", "writes", "schrieb", "schreef", "a écrit", "ha scritto", "scrisse", "escribió"),
    *("escribio", "escreveu", "va escriure", "escrigué", "skrev", "skrifaði", "kirjoitti"),
    *("pisze", r"napisał(?:a|\(a\)|/a)?", r"napsal(?:a|\(a\)|/a)?", r"napísal(?:a|\(a\)|/a)?"),
    *(r"je (?:na)?pisa[ol](?:a|\(la\)|/la)?", r"је (?:на)?писао(?:ла|/ла)?", r"a scris", "írta"),
    *("ezt írta", r"rašė", r"rakstīja", r"kirjutas", "έγραψε", "пишет", r"пиш[её]те", "пише"),
    *(r"(?:на)?писал(?:а|\(а\))?", r"написав(?:ла|\(ла\))?", "написала", r"сообщила?", "написа"),
    *("(?:şunu |şunları )?yazdı", "şöyle yazdı", "menulis", "đã viết", "viết", "skribis"),
    *("het volgende geschreven", "dirige au", "følgende"),
)
VERB = (
    rf"(?i)(?:\b(?:{'|'.join(_VERBS)})"
    r"|نوشت(?:ه است|ه|ند)?|كتب|كتبت|כתבה?|כתב/ה|写道|寫道|写到|写|のメール"
    r"|さん(?:は|が)書きました"
    r"|書きました|님이 작성|작성|เขียน(?:ว่า)?|ने लिखा)\s*[:：]$"
    r"|\b(?:schrieb|schreef|skrev|Вы писали|Wiadomość napisana przez)\b.{1,120}:$"
    r"|\byazdı \([^()]{4,60}\):$"
)
# Some (Gmail in Russian, Hebrew or Korean, Yandex, Mail.ru) write no verb: a date, a time, an
# address and a colon.
DATED = (
    r"(?:בתאריך |(?:\w{2,12}\.?,? )?(?:\w{2,12} )?)?"
    r"\d{1,4}(?:[./ -]|年|년)(?=.*(?:\b|\D)(?:19|20)\d\d(?:\b|\D))(?=.*\d:\d\d)"
    r".*<[^<>]*@[^<>]*>\S{0,3}:"
    r"|(?:19|20)\d\d[年년/.-].*\d:\d\d.*<[^<>]*@[^<>]*>\S{0,3}:"
    r"|(?:在|于|於) ?\d{4}.*<[^<>]*@[^<>]*>.*[:：]"
    r"|בתאריך .*<[^<>]*@[^<>]*>:"
)
# Gmail of ten years ago wrote no colon either: 2013/10/2 Ann <ann@example.com>
BARE = (
    r"(?:19|20)\d\d[/-]\d{1,2}[/-]\d{1,2}(?: \d\d?:\d\d)?(?: GMT\S*)? [^<>]{0,60}<[^<>]*@[^<>]*>:?"
)
# Zoho: ---- On Mon, 23 Nov 2026 10:00:00 +0100 Ann<ann@example.com> wrote ----
FRAMED = rf"(?i)-{{3,}}\s*\w.{{6,160}}(?:{'|'.join(_VERBS)}|写道|寫道)\s*[:：]?\s*-{{3,}}"
# Yahoo: the quote goes on in the attribution's line, or the colon is missing.
OPEN_ENDED = (
    r"(?i)(?:On|Am|Le|El|Em|Il|Op|Den|På|W dniu) .{4,30}\d{4}.{1,120}?\b"
    r"(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał(?:\(a\))?)"
    r"(?:\s?:\s{2,}\S.*|\s*)$"
)
# Right above a quote, a line that names an address or a moment introduces it, in any language.
INTRODUCING = r"(?=.*(?:@|\d{1,2}[:.]\d\d|\b(?:19|20)\d\d\b)).{6,}[:：]"
# GroupWise: >>> Ann <ann@example.com> 23.11.2026 10:00 >>>
BRACKETED = r">>> .{3,160}\d.{0,20}>>>"
OPENING = (
    r"(?i)(?:On|Am|Le|El|Em|Il|Op|Den|På|Dne|Dňa|Pe|În data|Στις|Dana|Dne|W dniu|Dnia|Pada|Vào"
    r"|Quoting|В|У|На|در(?: تاریخ)?|בתאריך|في|ב-|在|于|於)\b"
    r"|(?:\w{2,4}\.?,? )?\d{1,4}(?:[./ -]|年|년)"
)
MOMENT = r"\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b|\d{4}|\d{1,2}[./]\d{1,2}[./]\d|@"

_ORIGINAL = (
    *("original message", "original email", "original mail", "originalmeddelande"),
    *("reply message", "antwort nachricht"),
    *("ursprüngliche nachricht", "original-nachricht", "originalnachricht"),
    *("ursprüngliche mail", "ursprungliga meddelandet", "ursprungligt meddelande"),
    *("oprindelig meddelelse", "original meddelelse", "opprinnelig melding"),
    *("opprinnelig e-post", "alkuperäinen viesti", "původní zpráva", "pôvodná správa"),
    *("eredeti üzenet", "mesaj original", "mesajul original", "αρχικό μήνυμα"),
    *("message d'origine", "message d’origine", "message original", "mensaje original"),
    *("mensagem original", "messaggio originale", "oorspronkelijk bericht", "missatge original"),
    *("originele e-mail", "origineel bericht", "izvorna poruka", "originalna poruka"),
    *("izvirno sporočilo", "original ziņojums", "pradinis laiškas"),
    *("wiadomość oryginalna", "oryginalna wiadomość", "treść oryginalnej wiadomości"),
    *("исходное сообщение", "пересылаемое исходное сообщение", "оригинальное сообщение"),
    *("оригінальне повідомлення", "вихідне повідомлення", "оригинално съобщение"),
    *("orijinal mesaj", "orijinal ileti", "özgün ileti", "asıl ileti", "پیام اصلی"),
    *("הודעה מקורית", "الرسالة الأصلية", "元のメッセージ", "オリジナル メッセージ"),
    *(
        "オリジナルメッセージ",
        "原始邮件",
        "邮件原件",
        "原始郵件",
        "原始信件",
        "원본 메시지",
        "원본 메일",
    ),
    *("tin nhắn gốc", "thư gốc", "pesan asli", "ข้อความต้นฉบับ"),
)
_FORWARDED = (
    *("begin forwarded message", "forwarded message", "start of forwarded message"),
    *("forwarded by", "weitergeleitete nachricht", "weitergeleitet von"),
    *("anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail"),
    *("message transféré", "début du message transféré", "début du message réexpédié"),
    *("courriel transféré", "mensaje reenviado", "inicio del mensaje reenviado"),
    *("mensagem encaminhada", "início da mensagem encaminhada", "início da mensagem reenviada"),
    *("mensagem reencaminhada", "messaggio inoltrato", "inizio messaggio inoltrato"),
    *("doorgestuurd bericht", "begin doorgestuurd bericht", "vidarebefordrat meddelande"),
    *("vidarebefordrat mejl", "vidarebefordrat brev", "börja vidarebefordrat meddelande"),
    *("videresendt meddelelse", "start på videresendt besked", "videresendt melding"),
    *("videresendt e-post", "videresendt besked", "välitetty viesti", "edelleenlähetetty viesti"),
    *("välitetty viesti alkaa", "přeposlaná zpráva", "přeposílaná zpráva", "preposlaná správa"),
    *("továbbított üzenet", "továbbított levél", "mesaj redirecționat", "mesaj redirecţionat"),
    *("προωθημένο μήνυμα", "missatge reenviat", "proslijeđena poruka", "posredovano sporočilo"),
    *("wiadomość przekazana", "przekazana wiadomość", "treść przekazanej wiadomości"),
    *("początek przekazywanej wiadomości", "пересылаемое сообщение", "начало переадресованного"),
    *("перенаправленное сообщение", "пересланное сообщение", "переслане повідомлення"),
    *("начало переадресованного сообщения", "препратено съобщение"),
    *("iletilen ileti", "iletilen mesaj", "yönlendirilmiş mesaj", "yönlendirilmiş ileti"),
    *("yönlendirilen mesaj", "başlangıç: iletilen ileti", "پیام هدایت شده", "پیام بازارسال"),
    *("پیام فوروارد شده", "הודעה שהועברה", "הודעה מועברת", "رسالة مُعاد توجيهها"),
    *("رسالة تمت إعادة توجيهها", "الرسالة المعاد توجيهها", "転送されたメッセージ"),
    *(
        "転送メッセージ",
        "以下是转发的邮件",
        "转发的邮件",
        "转发邮件",
        "轉寄的郵件",
        "轉寄郵件",
        "已轉寄郵件",
    ),
    *("전달된 메시지", "전달된 메일", "chuyển tiếp", "thư đã chuyển tiếp", "pesan terusan"),
)
# Two signs, and a phrase.
_SHORTEST = 6
_FROM = (
    "from|von|de|da|od|van|fra|från|lähettäjä|feladó|de la|από|nuo|no|saatja|від|от|от кого"
    "|kimden|gönderen|از|فرستنده|מאת|من|差出人|发件人|寄件者|寄件人|보낸 사람|보낸사람|từ|dari|จาก"
)
_OTHERS = (
    "sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|enviado|enviado el|enviada em|fecha"
    "|inviato|inviato il|verzonden|wysłano|data|skickat|skickat den|sendt|dato|lähetetty|päivä"
    "|päiväys|odesláno|odoslané|dátum|küldve|elküldve|trimis|trimis la|στάλθηκε|ημερομηνία|poslano"
    "|išsiųsta|saadetud|надіслано|отправлено|изпратено|дата|gönderilme tarihi|gönderme tarihi"
    "|gönderildi|tarih|ارسال شده|تاریخ|ارسال|נשלח|נשלח ב"
    "|תאריך|تم الإرسال|أرسلت|التاريخ|送信日時|送信"
    "|日時|日付|发送时间|发送日期|日期|寄件日期|傳送日期|보낸 날짜"
    "|날짜|đã gửi|ngày|terkirim|tanggal",
    "to|an|à|a|para|do|aan|til|till|vastaanottaja|komu|címzett|către|catre|προς|kam|za|кому|до"
    "|kime|alıcı|به|گیرنده|אל|إلى|宛先|收件人|收件者|받는 사람|받는사람|tới|kepada|ถึง",
    "subject|betreff|objet|sujet|asunto|assunto|oggetto|temat|onderwerp|ämne|emne|aihe|předmět"
    "|predmet|tárgy|subiect|θέμα|tema|teema|тема|відносно|konu|موضوع|الموضوع|נושא|件名|主题|主旨"
    "|主題|제목|chủ đề|tiêu đề|perihal|subjek|เรื่อง|assumpte",
    "cc|kopie|kopia|kopi|copie|copia|cópia|dw|do wiadomości|копия|копія|bilgi|رونوشت|kopio"
    "|másolatot kap|másolat|κοιν|抄送|副本|참조|עותק|نسخة",
)
_REPLY_ABOVE = (
    r"(?:reply|respond|write|type|answer|comment).{0,30}above.{0,20}line",
    r"above.{0,20}line.{0,30}(?:reply|respond|write|type|answer)",
    r"do not (?:write|reply|type) below.{0,20}line",
    r"(?:antwort|schreib).{0,40}(?:oberhalb|über) (?:dieser|diese) (?:linie|zeile)",
    r"(?:oberhalb|über) (?:dieser|diese) (?:linie|zeile).{0,40}(?:antwort|schreib)",
    r"(?:répond|réponse|écri).{0,40}au[- ]dessus de cette ligne",
    r"(?:respond|respuesta|escrib).{0,40}(?:por )?encima de esta línea",
    r"(?:respond|resposta|escrev).{0,40}acima desta linha",
    r"(?:rispond|risposta|scriv).{0,40}sopra questa (?:riga|linea)",
    r"(?:antwoord|reageer|typ).{0,40}boven deze (?:regel|lijn)",
    r"odpowie.{0,40}(?:powyżej|nad) tej linii",
    r"ответ.{0,40}выше этой (?:линии|строки|черты)",
    r"(?:yanıt|cevap).{0,40}bu (?:satırın|çizginin) üst",
)


def _folded(text: str) -> str:
    """Lower case, in which the i with and without its dot are one, as patterns see them."""
    return text.lower().replace("i\u0307", "i").replace("\u0131", "i")


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(map(re.escape, phrases))


@cache
def _by_folding(phrases: tuple[str, ...]) -> Mapping[str, str]:
    return {_folded(one): one for one in phrases}


def _said(line: str, phrases: tuple[str, ...]) -> str:
    """The phrases that a line has, as a pattern; empty where it has none."""
    if len(line) < _SHORTEST:
        return ""
    low = _folded(line)
    return _any_of(one for folded, one in _by_folding(phrases).items() if folded in low)


def is_original(line: str) -> bool:
    """Tell whether a line says, between signs, that the mail before follows."""
    said = _said(line, _ORIGINAL)
    form = rf"(?i)[-_=*#]{{2,}}\s*(?:{said})\s*[:：]?\s*[-_=*#]{{2,}}"
    return bool(said and re.fullmatch(form, line))


def is_forwarded(line: str) -> bool:
    """Tell whether a line says that a mail is passed on below it."""
    said = _said(line, _FORWARDED)
    form = rf"(?i)(?:-{{2,}}\s*(?:{said}).{{0,60}}|(?:{said}).{{0,20}}[:：])"
    return bool(said and re.fullmatch(form, line))


def _names(*languages: str) -> Mapping[str, int]:
    return {
        _folded(name): place
        for place, names in enumerate(languages, 1)
        for name in names.split("|")
    }


_SENDERS, _FIELDS = _names(_FROM), _names(*_OTHERS)


def _field_name(line: str) -> str:
    """What stands before the colon of a header's line, be it bold."""
    name, colon, _ = line.replace("：", ":").partition(":")
    return _folded(name.strip("*_ ")) if colon else ""


def is_sender(line: str) -> bool:
    """Tell whether a line is a header's `From:`."""
    return _field_name(line) in _SENDERS


def field(line: str) -> int:
    """Return which other field of a header a line is: date 1, to 2, subject 3, cc 4; 0 for none."""
    return _FIELDS.get(_field_name(line), 0)


# Notes writes a name, a date, and fields without colons, in a table or on lines of their own.
MEMO_DATE = (
    r"(?:\S+ )?\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?(?: \w{2,5})?"
)
MEMO_TO = r"\|?\s*(?:To|An|A|Do|Para|Til|Aan)\s*(?:\|.*)?"
MEMO_SUBJECT = (
    r"\|?\s*(?:Subject|Thema|Betreff|Objet|Oggetto|Asunto|Temat|Assunto|Onderwerp)\s*(?:\|.*)?"
)
DIVIDER = r"[-_=*~#]{3,}"
LINE = r"[_=-]{20,}|---|\* \* \*"
RULE = r"[_-]{20,}"
ABOVE = rf"(?i)[-#*=\s]{{0,20}}.{{0,40}}(?:{'|'.join(_REPLY_ABOVE)}).{{0,40}}"
DELIMITER = r"(?:- )?(?:--|—|––)[ \u00a0]?"
_OWNED = (
    r"(?:phone|mobile|handy|smartphone|tablet|cell|iphone|ipad|ipod|android|blackberry|galaxy"
    r"|samsung|huawei|xiaomi|pixel|nokia|windows|outlook|yahoo|gmail|gmx|k-9|airmail|spark|htc"
    r"|nexus|motorola|oneplus|lg|sony|bluemail|aqua mail|protonmail|proton mail|mail\b|web\.de)"
)
# A word that lines have which name a device, a program or an excuse, and the forms of these lines;
# then what such a line may say as a sentence.
_DEVICES: tuple[tuple[str, str], ...] = (
    ("sent ", r"Sent (?:from|via|with|by|on) .*"),
    ("outlook", r"Get \[?Outlook for .*|Outlook für .{3,60}(?:beziehen|herunterladen).*"),
    ("outlook", r"(?:Télécharger|Obtenir) \[?Outlook pour .*"),
    ("outlook", r"(?:Obtener|Obter|Ottieni|Scarica) .{0,3}\[?Outlook .*"),
    ("outlook", r"(?:Hämta|Hent|Skaffa|Download) \[?Outlook .*|Pobierz .{0,12}\[?Outlook .*"),
    ("from ", r"(?:\w{1,20} )?from (?:my )?(?:mobile|iphone|ipad|phone|android).{0,20}"),
    ("gesendet", r"(?:Von meinem .*|Von .{1,40}) gesendet|Gesendet (?:von|mit|über) .*"),
    ("envoyé", r"Envoyé (?:de|depuis|à partir|avec|via) .*"),
    ("enviado", r"Enviado (?:desde|do|de|a partir|com|con|vía|via) .*"),
    ("enviat", r"Enviat (?:des|amb) .*"),
    ("inviato", r"Inviato (?:da|dal|con) .*"),
    ("verzonden", r"Verzonden (?:vanaf|met|via|vanuit) .*"),
    ("verstuurd", r"Verstuurd (?:vanaf|met|via|vanuit) .*"),
    ("skickat", r"Skickat från .*"),
    ("skickades", r"Skickades från .*"),
    ("sendt", r"Sendt (?:fra|med|via) .*"),
    ("lähetetty", r"Lähetetty .*"),
    ("odesláno", r"Odesláno (?:z|ze|zo|s|sa|iz|pomocí) .*"),
    ("odoslané", r"Odoslané (?:z|ze|zo|s|sa|iz|pomocí) .*"),
    ("posla", r"(?:Poslano|Poslato) (?:z|ze|zo|s|sa|iz|pomocí) .*"),
    ("posláno", r"Posláno (?:z|ze|zo|s|sa|iz|pomocí) .*"),
    ("küldve", r"Elküldve .*|.{1,40}[- ]?(?:mr|r)[óő]l küldve"),
    ("trimis", r"Trimis (?:de pe|de la|din|cu) .*"),
    (" από ", r"(?:Στάλθηκε|Εστάλη) από .*"),
    ("išsiųsta", r"Išsiųsta iš .*"),
    ("saadetud", r"Saadetud minu .*"),
    ("sūtīts", r"Sūtīts no .*"),
    ("wysłan", r"Wysłan[oey] (?:z|za|przez|ze|przy) .*"),
    ("отправлено", r"Отправлено (?:с|из|через|от|мобильной|моего) .*"),
    ("надіслано", r"Надіслано (?:з|із|через|від|моего) .*"),
    ("изпратено", r"Изпратено (?:с|от|через) .*"),
    ("gönderildi", r".{1,40}(?:['’]\w{1,6}|umdan|ımdan|imdan|imden|dan|den) gönderildi"),
    (" شده از ", r"(?:ارسال|فرستاده) شده از .*"),
    (" من ", r"أُ?رسلت? من .*|تم الإرسال من .*"),
    ("נשלח", r"נשלח (?:מ|באמצעות).*"),
    ("自", r"(?:发自|發自|寄自).*"),
    ("我的", r"[從从] ?我的.{1,30}[傳传]送"),
    ("から送信", r".{1,40}から送信"),
    ("보냄", r".{1,30}에서 보냄"),
    ("ửi từ", r"(?:Đã )?[Gg]ửi từ .*"),
    ("dikirim", r"Dikirim dari .*"),
    ("ส่งจาก", r"ส่งจาก.*"),
)
_DEVICE_SENTENCES: tuple[tuple[str, str], ...] = (
    ("sent ", rf"Sent (?:from|via|with|using) .{{0,30}}{_OWNED}.*|Sent with \[?Proton ?Mail\]?.*"),
    ("gesendet", rf"Von meine[mr] .{{0,30}}{_OWNED}.{{0,40}} gesendet\.?"),
    ("gesendet", r"Diese Nachricht wurde .{0,60}gesendet\.?"),
    ("envoyé", rf"Envoyé .{{0,30}}{_OWNED}.*"),
    ("enviado", rf"Enviado .{{0,30}}{_OWNED}.*"),
    ("inviato", rf"Inviato .{{0,30}}{_OWNED}.*"),
    ("verzonden", rf"Verzonden .{{0,30}}{_OWNED}.*"),
    ("verstuurd", rf"Verstuurd .{{0,30}}{_OWNED}.*"),
    ("skickat", rf"Skickat .{{0,30}}{_OWNED}.*"),
    ("wysłan", rf"Wysłan[oey] .{{0,30}}{_OWNED}.*"),
    ("отправлено", rf"Отправлено .{{0,30}}{_OWNED}.*"),
    ("sendt", rf"Sendt .{{0,30}}{_OWNED}.*"),
)
# What may stand below a device's line, or be one.
_EXCUSES: tuple[tuple[str, str], ...] = (
    *(
        (
            word,
            rf"(?:please |pls )?{word} (?:my |the |any )?"
            r"(?:brevity|typos?|terse|short|spelling|mistakes|autocorrect).{0,60}",
        )
        for word in ("excuse", "pardon", "forgive")
    ),
    ("entschuldigen", r"Bitte entschuldigen Sie .{0,60}"),
    ("excuser", r"Veuillez excuser .{0,60}"),
)


def is_device(line: str) -> bool:
    """Tell whether a line says with what a mail was written, or excuses its brevity."""
    low = _folded(line)
    bracketed = r"(?i)[<(\[]{0,2}(?:%s)(?<![.!?;,])[>)\]]{0,2}"
    forms = (
        *(bracketed % form for word, form in _DEVICES if word in low),
        *(rf"(?i)[<(\[]{{0,2}}(?:{form})" for word, form in _DEVICE_SENTENCES if word in low),
        *(rf"(?i){form}" for word, form in _EXCUSES if word in low),
    )
    return any(re.fullmatch(one, line) for one in forms)


# A copy of a mail's subject that says that somebody else's mail follows.
FORWARDING = (
    r"(?i)\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|fw|wg|tr|rv|enc|i|pd|vb|vs|vl|fs|vyd|ilt|i̇lt"
    r"|doorst|továbbítás|továbbítva|προωθ|пересл"
    r"|fwd\(\d+\)|转发|轉寄|转寄|転送|전달|הועבר|إعادة توجيه)"
    r"\s?[:：]"
)
