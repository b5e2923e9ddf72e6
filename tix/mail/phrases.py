"""What mail programs write around quotes, in the languages whose forms are known.

These patterns are compiled when they are first used: few mails need them all.
"""

from __future__ import annotations

import re

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


def _any_of(phrases: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, phrases))


ORIGINAL = rf"(?i)[-_=*#]{{2,}}\s*(?:{_any_of(_ORIGINAL)})\s*[:：]?\s*[-_=*#]{{2,}}"
FORWARDED = (
    rf"(?i)(?:-{{2,}}\s*(?:{_any_of(_FORWARDED)}).{{0,60}}|(?:{_any_of(_FORWARDED)}).{{0,20}}[:：])"
)
FROM = rf"(?i)[*_]{{0,2}}(?:{_FROM})\s?[*_]{{0,2}}\s?[:：]"
FIELD = "(?i)[*_]{0,2}(?:" + "|".join(f"({names})" for names in _OTHERS) + r")\s?[*_]{0,2}\s?[:：]"
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
DEVICE = (
    r"(?i)[<(\[]{0,2}(?:Sent (?:from|via|with|by|on) .*|Get \[?Outlook for .*"
    r"|(?:\w{1,20} )?from (?:my )?(?:mobile|iphone|ipad|phone|android).{0,20}"
    r"|Von meinem .* gesendet|Gesendet (?:von|mit|über) .*|Von .{1,40} gesendet"
    r"|Outlook für .{3,60}(?:beziehen|herunterladen).*"
    r"|Envoyé (?:de|depuis|à partir|avec|via) .*|(?:Télécharger|Obtenir) \[?Outlook pour .*"
    r"|Enviado (?:desde|do|de|a partir|com|con|vía|via) .*|Enviat (?:des|amb) .*"
    r"|(?:Obtener|Obter|Ottieni|Scarica) .{0,3}\[?Outlook .*"
    r"|Inviato (?:da|dal|con) .*|(?:Verzonden|Verstuurd) (?:vanaf|met|via|vanuit) .*"
    r"|(?:Skickat|Skickades) från .*|Sendt (?:fra|med|via) .*|Lähetetty .*"
    r"|(?:Hämta|Hent|Skaffa|Download) \[?Outlook .*"
    r"|(?:Odesláno|Odoslané|Poslano|Poslato|Posláno) (?:z|ze|zo|s|sa|iz|pomocí) .*"
    r"|Elküldve .*|.{1,40}[- ]?(?:mr|r)[óő]l küldve|Trimis (?:de pe|de la|din|cu) .*"
    r"|(?:Στάλθηκε|Εστάλη) από .*|Išsiųsta iš .*|Saadetud minu .*|Sūtīts no .*"
    r"|Wysłan[oey] (?:z|za|przez|ze|przy) .*|Pobierz .{0,12}\[?Outlook .*"
    r"|(?:Отправлено|Надіслано|Изпратено) (?:с|із|з|из|через|от|від|мобильной|моего) .*"
    r"|.{1,40}(?:['’]\w{1,6}|umdan|ımdan|imdan|imden|dan|den) gönderildi"
    r"|(?:ارسال|فرستاده) شده از .*|أُ?رسلت? من .*|تم الإرسال من .*|נשלח (?:מ|באמצעות).*"
    r"|(?:发自|發自|寄自).*|[從从] ?我的.{1,30}[傳传]送|.{1,40}から送信|나의 .{1,30}에서 보냄"
    r"|.{1,30}에서 보냄|(?:Đã )?[Gg]ửi từ .*|Dikirim dari .*|ส่งจาก.*"
    r")(?<![.!?;,])[>)\]]{0,2}"
    rf"|[<(\[]{{0,2}}(?:Sent (?:from|via|with|using) .{{0,30}}{_OWNED}.*"
    rf"|Von meine[mr] .{{0,30}}{_OWNED}.{{0,40}} gesendet\.?"
    rf"|Diese Nachricht wurde .{{0,60}}gesendet\.?|(?:Envoyé|Enviado|Inviato) .{{0,30}}{_OWNED}.*"
    rf"|(?:Verzonden|Verstuurd|Skickat|Wysłan[oey]|Отправлено|Sendt) .{{0,30}}{_OWNED}.*"
    r"|Sent with \[?Proton ?Mail\]?.*)"
)
# What may stand below a device's line, or be one.
EXCUSE = (
    r"(?i)(?:please |pls )?(?:excuse|pardon|forgive) (?:my |the |any )?"
    r"(?:brevity|typos?|terse|short|spelling|mistakes|autocorrect).{0,60}"
    r"|Bitte entschuldigen Sie .{0,60}|Veuillez excuser .{0,60}"
)
# A copy of a mail's subject that says that somebody else's mail follows.
FORWARDING = (
    r"(?i)\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|fw|wg|tr|rv|enc|i|pd|vb|vs|vl|fs|vyd|ilt|i̇lt"
    r"|doorst|továbbítás|továbbítva|προωθ|пересл"
    r"|fwd\(\d+\)|转发|轉寄|转寄|転送|전달|הועבר|إعادة توجيه)"
    r"\s?[:：]"
)
