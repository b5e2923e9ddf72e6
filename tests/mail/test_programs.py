"""Replies as mail programs write them, in HTML and in plain text: only what is new is shown."""

from __future__ import annotations

import pytest

from tix.mail.parse import parse
from tix.mail.quotes import shown, trim

SAID = "It is 1042."

HTML = {
    "gmail": (
        '<div dir="ltr">It is 1042.</div><br><div class="gmail_quote"><div'
        ' dir="ltr" class="gmail_attr">On Mon, Nov 23, 2026 at 10:00 AM Ann Smith'
        ' &lt;<a href="mailto:ann@example.com">ann@example.com</a>&gt;'
        ' wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px'
        ' 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div'
        ' dir="ltr">What is the number?<br></div></blockquote></div>'
    ),
    "gmail_sig": (
        '<div dir="ltr">It is 1042.<br clear="all"><div><br></div><span'
        ' class="gmail_signature_prefix">-- </span><br><div dir="ltr"'
        ' class="gmail_signature"><div>Jan Kowalski</div><div>+48'
        ' 123</div></div></div><br><div class="gmail_quote'
        ' gmail_quote_container"><div dir="ltr" class="gmail_attr">pon., 23 lis'
        " 2026 o 10:00 Ann &lt;<a"
        ' href="mailto:ann@example.com">ann@example.com</a>&gt;'
        ' napisał(a):<br></div><blockquote class="gmail_quote">What is the'
        " number?</blockquote></div>"
    ),
    "outlook": (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--'
        " p.MsoNormal {margin:0cm} --></style></head><body lang=EN-US"
        ' link="#0563C1"><div class=WordSection1><p class=MsoNormal>It is'
        " 1042.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div"
        " style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm"
        " 0cm'><p class=MsoNormal><b><span lang=EN-US>From:</span></b><span"
        " lang=EN-US> Ann Smith &lt;ann@example.com&gt; <br><b>Sent:</b> Monday,"
        " November 23, 2026 10:00 AM<br><b>To:</b> Jan"
        " &lt;jan@example.com&gt;<br><b>Subject:</b> Re:"
        " x<o:p></o:p></span></p></div></div><p"
        " class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>What is the"
        " number?<o:p></o:p></p></div></body></html>"
    ),
    "outlook_de": (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--'
        " p.MsoNormal {margin:0cm} --></style></head><body lang=EN-US"
        ' link="#0563C1"><div class=WordSection1><p class=MsoNormal>It is'
        " 1042.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div"
        " style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm"
        " 0cm'><p class=MsoNormal><b><span lang=EN-US>Von:</span></b><span lang=EN-US>"
        " Ann Smith &lt;ann@example.com&gt; <br><b>Gesendet:</b> Monday, November 23,"
        " 2026 10:00 AM<br><b>An:</b> Jan &lt;jan@example.com&gt;<br><b>Betreff:</b>"
        " Re: x<o:p></o:p></span></p></div></div><p"
        " class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>What is the"
        " number?<o:p></o:p></p></div></body></html>"
    ),
    "owa": (
        '<html><body dir="ltr"><div style="font-size:12pt">It is 1042.</div><div'
        ' id="appendonsend"></div><hr style="display:inline-block;width:98%"'
        ' tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri,'
        ' sans-serif" style="font-size:11pt"><b>From:</b> Ann Smith'
        " &lt;ann@example.com&gt;<br><b>Sent:</b> Monday, November 23, 2026 10:00"
        " AM<br><b>To:</b> Jan &lt;jan@example.com&gt;<br><b>Subject:</b>"
        " x</font><div>&nbsp;</div></div><div>What is the number?</div></body></html>"
    ),
    "owa_mobile": (
        "<html><body><div>It is 1042.<br><br><div"
        ' id="ms-outlook-mobile-signature"><div></div>Get <a'
        ' href="https://aka.ms/o0ukef">Outlook for iOS</a></div></div><hr'
        ' style="display:inline-block;width:98%"><div'
        ' id="divRplyFwdMsg"><font><b>From:</b> Ann'
        " &lt;ann@example.com&gt;<br><b>Sent:</b> Monday<br><b>To:</b>"
        " Jan<br><b>Subject:</b> x</font></div><p>What is the number?</p></body></html>"
    ),
    "apple": (
        '<html><head></head><body style="word-wrap: break-word;">It is'
        ' 1042.<div><br><blockquote type="cite"><div>On 23 Nov 2026, at 10:00, Ann'
        ' Smith &lt;<a href="mailto:ann@example.com">ann@example.com</a>&gt;'
        ' wrote:</div><br class="Apple-interchange-newline"><div>What is the'
        " number?</div></blockquote></div><br></body></html>"
    ),
    "ios": (
        '<html><head></head><body dir="auto">It is 1042.<br><br><div'
        ' dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote'
        ' type="cite">On 23 Nov 2026, at 10:00, Ann &lt;ann@example.com&gt;'
        ' wrote:<br><br></blockquote></div><blockquote type="cite"><div'
        ' dir="ltr">\ufeffWhat is the number?</div></blockquote></body></html>'
    ),
    "yahoo": (
        '<html><body><div class="ydp"><div dir="ltr">It is'
        ' 1042.</div><div><br></div></div><div id="yahoo_quoted_1"'
        ' class="yahoo_quoted"><div style="font-size:13px;"><div>On Monday,'
        " November 23, 2026 at 10:00:00 AM GMT+1, Ann Smith &lt;ann@example.com&gt;"
        " wrote: </div><div><br></div><div><br></div><div>What is the"
        " number?</div></div></div></body></html>"
    ),
    "yahoo_android": (
        "It is 1042.<br><br><a"
        ' href="https://go.onelink.me/107872968?pid=InProduct">Sent from Yahoo Mail'
        ' on Android</a> <br> <blockquote style="margin: 0 0 20px 0;"> <div'
        ' style="font-family:Roboto"> <div>On Mon, Nov 23, 2026 at 10:00,'
        " Ann</div><div>&lt;ann@example.com&gt; wrote:</div> </div> <div"
        ' style="padding: 10px 0 0 20px;"> What is the number? </div> </blockquote>'
    ),
    "thunderbird": (
        "<html><head></head><body><p>It is 1042.</p><p><br></p><div"
        ' class="moz-cite-prefix">Am 23.11.26 um 10:00 schrieb Ann'
        ' Smith:<br></div><blockquote type="cite" cite="mid:1@x"><p>What is the'
        ' number?</p></blockquote><pre class="moz-signature" cols="72">-- \n'
        "Jan Kowalski\n"
        "ACME</pre></body></html>"
    ),
    "hotmail": (
        "<html><body class='hmmessage'><div dir='ltr'>It is 1042.<br><br><div><hr"
        ' id="stopSpelling">Date: Mon, 23 Nov 2026 10:00:00 +0000<br>From:'
        " ann@example.com<br>To: jan@example.com<br>Subject: x<br><br>What is the"
        " number?</div></div></body></html>"
    ),
    "proton": (
        '<div>It is 1042.</div><div class="protonmail_signature_block"><div'
        ' class="protonmail_signature_block-proton">Sent with <a'
        ' href="https://proton.me/">Proton Mail</a> secure'
        ' email.</div></div><div><br></div><div class="protonmail_quote">On Monday,'
        " November 23rd, 2026 at 10:00, Ann &lt;ann@example.com&gt;"
        ' wrote:<br><blockquote class="protonmail_quote" type="cite">What is the'
        " number?</blockquote></div>"
    ),
    "zoho": (
        '<div>It is 1042.</div><div><br></div><div class="zmail_extra"><div'
        ' id="1">---- On Mon, 23 Nov 2026 10:00:00 +0100 <b>Ann'
        " &lt;ann@example.com&gt;</b> wrote ----<br></div><blockquote"
        ' style="border-left:1px solid blue;">What is the number?</blockquote></div>'
    ),
    "gmx": (
        '<html><body><div style="font-family: Verdana;font-size: 12.0px;"><div>It is'
        ' 1042.</div><div>&nbsp;</div><div name="quote" style="margin:10px 5px 5px'
        ' 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px'
        ' 0;"><b>Gesendet:</b>&nbsp;Montag, 23. November 2026 um 10:00'
        ' Uhr<br/><b>Von:</b>&nbsp;"Ann"'
        " &lt;ann@example.com&gt;<br/><b>An:</b>&nbsp;jan@example.com<br/><b>Betreff:</"
        'b>&nbsp;x</div><div name="quoted-content">What is the'
        " number?</div></div></div></body></html>"
    ),
    "lotus": (
        '<font size=2 face="sans-serif">It is 1042.</font><br><br><br><br><font'
        ' size=1 color=#5f5f5f face="sans-serif">From: &nbsp; &nbsp; &nbsp;'
        ' &nbsp;</font><font size=1 face="sans-serif">Ann Smith'
        " &lt;ann@example.com&gt;</font><br><font size=1 color=#5f5f5f>To: &nbsp;"
        " &nbsp;</font><font size=1>jan@example.com</font><br><font size=1>Date:"
        " &nbsp; </font><font size=1>23.11.2026 10:00</font><br><font size=1>Subject:"
        " &nbsp; </font><font size=1>x</font><br><hr noshade><br>What is the number?"
    ),
    "lotus_table": (
        "<font size=2>It is 1042.</font><br><br><table width=100%><tr valign=top><td"
        " width=40%><font size=1><b>Ann Smith &lt;ann@example.com&gt;</b>"
        " </font><p><font size=1>23.11.2026 10:00</font><td width=59%><table"
        " width=100%><tr><td><div align=right><font size=1>To</font></div><td><font"
        " size=1>jan@example.com</font><tr><td><div align=right><font"
        " size=1>cc</font></div><td><tr><td><div align=right><font"
        " size=1>Subject</font></div><td><font"
        " size=1>x</font></table></table><br><br><tt><font size=2>What is the"
        " number?</font></tt>"
    ),
    "mailru": (
        '<div>It is 1042.</div><blockquote style="border-left:1px solid'
        ' #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 23 ноября 2026, 10:00'
        " +03:00 от Ann &lt;ann@example.com&gt;:<br>&nbsp;<div>What is the"
        " number?</div></blockquote>"
    ),
    "yandex": (
        '<div>It is 1042.</div><div>&nbsp;</div><div>23.11.2026, 10:00, "Ann"'
        " &lt;ann@example.com&gt;:</div><blockquote><p>What is the"
        " number?</p></blockquote><div>&nbsp;</div><div>--&nbsp;<br />Отправлено из"
        " мобильного приложения Яндекс.Почты</div>"
    ),
    "qq": (
        '<div>It is 1042.</div><div><br></div><div style="font-size:'
        " 12px;font-family: Arial Narrow;padding:2px 0 2px"
        ' 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div'
        ' style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>'
        '&nbsp;"Ann"&lt;ann@example.com&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11'
        '月23日(星期一) 上午10:00</div><div><b>收件人:</b>&nbsp;"jan";</div><div><b>'
        "主题:</b>&nbsp;x</div></div><div>What is the number?</div>"
    ),
    "163": (
        "<div>It is 1042.</div><br><br><div"
        ' style="position:relative;zoom:1"></div><div'
        ' id="divNeteaseMailCard"></div><br><pre>At 2026-11-23 10:00:00, "Ann"'
        ' &lt;ann@example.com&gt; wrote:</pre><blockquote id="isReplyContent"'
        ' style="PADDING-LEFT: 1ex">What is the number?</blockquote>'
    ),
}
PLAIN = [
    "It is 1042.\n\n2014-10-17 11:28 GMT+03:00 Bob <\nbob@example.com>:\n\n> What?",
    "It is 1042.\n\nOutlook für Android<https://aka.ms/x> beziehen\n\nVon: a\nGesendet: x\n"
    "An: y\nBetreff: z\n\nWas?",
    'It is 1042.\n\n3 marca 2016 10:00 "Ann" <a@b.c> napisał(a):\n\n> Co?',
    "It is 1042.\n\nczw., 3 mar 2016, 10:00 użytkownik Ann <a@b.c> napisał:\n\n> Co?",
    "It is 1042.\n\n3 марта 2016 г., 10:00 пользователь Ann <a@b.c> написал:\n\n> Что?",
    'It is 1042.\n\n在 2016-03-03 10:00:00，"Ann" <a@b.c> 写道：\n什么',
    (
        "It is 1042.\n"
        "\n"
        "Ann Smith <ann@example.com>\n"
        "23/11/2026 10:00\n"
        "\n"
        "To\n"
        "jan@example.com\n"
        "cc\n"
        "\n"
        "Subject\n"
        "Re: x\n"
        "\n"
        "\n"
        "\n"
        "What is it?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "From:\tAnn Smith <ann@example.com>\n"
        "To:\tjan@example.com\n"
        "Date:\t23/11/2026 10:00\n"
        "Subject:\tRe: x\n"
        "\n"
        "\n"
        "\n"
        "What?"
    ),
    ("It is 1042.\n\n2013/10/2 camilohollanda <info@discourse.org>\n\n> hello\n"),
    ("It is 1042.\n\n2016-03-03 17:21 GMT+01:00 Some One <some@example.com>:\n\n> hello\n"),
    (
        "It is 1042.\n"
        "\n"
        "Date: Mon, 23 Nov 2026 10:00:00 +0000\n"
        "To: jan@example.com\n"
        "From: ann@example.com\n"
        "Subject: x\n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "> Date: Mon, 23 Nov 2026 10:00:00 +0000\n"
        "> To: jan@example.com\n"
        "> From: ann@example.com\n"
        "> Subject: x\n"
        "> \n"
        "> What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "________________________________\n"
        "Von: Ann <ann@example.com>\n"
        "Gesendet: Montag, 23. November 2026 10:00\n"
        "An: jan@example.com\n"
        "Cc: bob\n"
        "Betreff: x\n"
        "\n"
        "Was?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "-------- Original Message --------\n"
        "From: Ann <ann@example.com>\n"
        "Sent: today\n"
        "To: Jan\n"
        "Subject: x\n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "-------- Original message --------\n"
        "From: Ann <ann@example.com> \n"
        "Date: 23/11/2026  10:00  (GMT+01:00) \n"
        "To: jan@example.com \n"
        "Subject: x \n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "\n"
        "Sent from my Samsung Galaxy smartphone.\n"
        "-------- Original message --------\n"
        "From: Ann <ann@example.com> \n"
        "Date: 23/11/2026  10:00  (GMT+01:00) \n"
        "To: jan@example.com \n"
        "Subject: x \n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Von meinem Samsung Galaxy Smartphone gesendet.\n"
        "\n"
        "-------- Ursprüngliche Nachricht --------\n"
        "Von: Ann <ann@example.com> \n"
        "Datum: 23.11.26 10:00 (GMT+01:00) \n"
        "An: jan@example.com \n"
        "Betreff: x \n"
        "\n"
        "Was?"
    ),
    ("It is 1042.\n\n--\nJan\n\n##- Please type your reply above this line -##\n\nWhat?"),
    ("It is 1042.\n\n--- Reply above this line ---\n\nWhat?"),
    (
        "It is 1042.\n"
        "\n"
        "On Mon, Nov 23, 2026 at 10:00, Ann<ann@example.com> wrote:   What is it?\n"
        "and more"
    ),
    (
        "It is 1042.\n"
        "\n"
        "  On Monday, 23 November 2026 at 10:00:00 CET, Ann Smith <ann@example.com>"
        " wrote:  \n"
        " \n"
        " What?"
    ),
    ("It is 1042.\n\nAnn Smith wrote on 23/11/2026 10:00:\n> What?\n"),
    ("It is 1042.\n\nAnn Smith schrieb am 23.11.2026 um 10:00:\n\n> What?\n"),
    ("It is 1042.\n\nOn 11/23/26, Ann Smith <ann@example.com> wrote:\n> What?\n"),
    ("It is 1042.\n\n* Ann Smith <ann@example.com> [2026-11-23 10:00]:\n> What?\n"),
    ("It is 1042.\n\n>>> Ann Smith <ann@example.com> 23.11.2026 10:00 >>>\nWhat?\n"),
    ("It is 1042.\n\nDen mån 23 nov. 2026 kl 10:00 skrev Ann <ann@example.com>:\n\n> Vad?\n"),
    ("It is 1042.\n\nDen 23. nov. 2026 kl. 10.00 skrev Ann <ann@example.com>:\n\nHvad?\n"),
    ("It is 1042.\n\nman. 23. nov. 2026 kl. 10:00 skrev Ann <ann@example.com>:\n\n> Hva?\n"),
    ("It is 1042.\n\nma 23. marrask. 2026 klo 10.00 Ann (ann@example.com) kirjoitti:\n\n> Mitä?\n"),
    ("It is 1042.\n\npo 23. 11. 2026 v 10:00 odesílatel Ann <ann@example.com> napsal:\n\n> Co?\n"),
    (
        "It is 1042.\n"
        "\n"
        "Ann <ann@example.com> ezt írta (időpont: 2026. nov. 23., H, 10:00):\n"
        "\n"
        "> Mi?\n"
    ),
    ("It is 1042.\n\nÎn lun., 23 nov. 2026 la 10:00, Ann <ann@example.com> a scris:\n\n> Ce?\n"),
    (
        "It is 1042.\n"
        "\n"
        "Στις Δευ 23 Νοε 2026 στις 10:00 π.μ., ο/η Ann <ann@example.com> έγραψε:\n"
        "\n"
        "> Τι;\n"
    ),
    ("It is 1042.\n\nпн, 23 лист. 2026 р. о 10:00 Ann <ann@example.com> пише:\n\n> Що?\n"),
    ("It is 1042.\n\n2026年11月23日(月) 10:00 Ann <ann@example.com>:\n\n> 何？\n"),
    ("It is 1042.\n\nAnn <ann@example.com> 于2026年11月23日周一 上午10:00写道：\n\n> 什么？\n"),
    ("It is 1042.\n\nAnn <ann@example.com> 於 2026年11月23日 週一 上午10:00寫道：\n\n> 什麼？\n"),
    ("It is 1042.\n\n2026년 11월 23일 (월) 오전 10:00, Ann <ann@example.com>님이 작성:\n\n> 뭐?\n"),
    (
        "It is 1042.\n"
        "\n"
        "\u202bבתאריך יום ב׳, 23 בנוב׳ 2026 ב-10:00 מאת "
        "\u202aAnn\u202c\u200f <\u202aann@example.com\u202c\u200f>:\u202c\n"
        "\n"
        "> מה?\n"
    ),
    (
        "It is 1042.\n"
        "\n"
        "في الاثنين، 23 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Ann"
        " <ann@example.com>:\n"
        "\n"
        "> ماذا؟\n"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Vào Th 2, 23 thg 11, 2026 vào lúc 10:00 Ann <ann@example.com> đã viết:\n"
        "\n"
        "> Gì?\n"
    ),
    ("It is 1042.\n\nPada Sen, 23 Nov 2026 pukul 10.00 Ann <ann@example.com> menulis:\n\n> Apa?\n"),
    ("It is 1042.\n\nOp ma 23 nov 2026 om 10:00 schreef Ann <ann@example.com>:\n\n> Wat?\n"),
    ("It is 1042.\n\nOp 23-11-2026 om 10:00 schreef Ann:\n> Wat?\n"),
    (
        "It is 1042.\n"
        "\n"
        "Em seg., 23 de nov. de 2026 às 10:00, Ann <ann@example.com> escreveu:\n"
        "\n"
        "> O quê?\n"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Il giorno lun 23 nov 2026 alle ore 10:00 Ann <ann@example.com> ha scritto:\n"
        "\n"
        "> Cosa?\n"
    ),
    ("It is 1042.\n\nIl 23/11/2026 10:00, Ann ha scritto:\n> Cosa?\n"),
    ("It is 1042.\n\nEl 23/11/26 a las 10:00, Ann escribió:\n> ¿Qué?\n"),
    (
        "It is 1042.\n"
        "\n"
        "Dana pon, 23. stu 2026. u 10:00 Ann <ann@example.com> napisao je:\n"
        "\n"
        "> Što?\n"
    ),
    (
        "It is 1042.\n"
        "\n"
        "V V pon., 23. nov. 2026 ob 10:00 je oseba Ann <ann@example.com> napisala:\n"
        "\n"
        "> Kaj?\n"
    ),
    ("It is 1042.\n\nНа пн, 23.11.2026 г. в 10:00 Ann <ann@example.com> написа:\n\n> Какво?\n"),
    (
        "It is 1042.\n"
        "\n"
        "Ann <ann@example.com>, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:\n"
        "\n"
        "> Ne?\n"
    ),
    (
        "It is 1042.\n"
        "\n"
        "On Mon, Nov 23, 2026 at 10:00 AM Ann\n"
        "Smith with a very very long name via Some Long Helpdesk Name\n"
        "Inc. <reply+abcdefghijklmnopqrstuvwxyz0123456789@replies.example.com>\n"
        "wrote:\n"
        "\n"
        "> What?\n"
    ),
    ("It is 1042.\n\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----"),
    (
        "-----BEGIN PGP SIGNED MESSAGE-----\n"
        "Hash: SHA256\n"
        "\n"
        "It is 1042.\n"
        "\n"
        "-----BEGIN PGP SIGNATURE-----\n"
        "\n"
        "abc\n"
        "-----END PGP SIGNATURE-----\n"
    ),
    (
        "It is 1042.\n"
        "\n"
        "-- \n"
        "This message has been scanned\n"
        "\n"
        "-----Original Message-----\n"
        "From: a\n"
        "\n"
        "x"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Sent from my phone. Please excuse my brevity.\n"
        "\n"
        "On 23 November 2026 10:00:00 CET, Ann <ann@example.com> wrote:\n"
        ">What?"
    ),
    ("It is 1042.\n\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity."),
    ("It is 1042.\n\nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet."),
    (
        "It is 1042.\n"
        "\n"
        "—\n"
        "Reply to this email directly or view it on GitHub\n"
        "https://github.com/x/y/issues/1"
    ),
    (
        "It is 1042.\n"
        "\n"
        'From: "Ann Smith" <ann@example.com>\n'
        'To: "jan" <jan@example.com>\n'
        "Sent: Monday, November 23, 2026 10:00:00 AM\n"
        "Subject: Re: x\n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "----- Original Message ----- \n"
        "From: Ann \n"
        "To: Jan \n"
        "Sent: Monday\n"
        "Subject: x\n"
        "\n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "---------------------------- Original Message ----------------------------\n"
        "Subject: x\n"
        'From:    "Ann" <ann@example.com>\n'
        "Date:    Mon, November 23, 2026 10:00\n"
        "To:      jan@example.com\n"
        "--------------------------------------------------------------------------\n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "*From:* Ann [mailto:ann@example.com]\n"
        "*Sent:* Monday, November 23, 2026 10:00 AM\n"
        "*To:* Jan\n"
        "*Subject:* x\n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "From: Ann [mailto:ann@example.com]\n"
        "Sent: Monday, November 23, 2026 10:00 AM\n"
        "To: Jan\n"
        "Cc: a; b; c;\n"
        "  d; e\n"
        "Subject: x\n"
        "\n"
        "What?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Från: Ann <ann@example.com>\n"
        "Skickat: den 23 november 2026 10:00\n"
        "Till: Jan\n"
        "Ämne: x\n"
        "\n"
        "Vad?"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Fra: Ann <ann@example.com>\n"
        "Sendt: 23. november 2026 10:00\n"
        "Til: Jan\n"
        "Emne: x\n"
        "\n"
        "Hvad?"
    ),
    ("It is 1042.\n\nLähettäjä: Ann\nLähetetty: maanantai\nVastaanottaja: Jan\nAihe: x\n\nMitä?"),
    (
        "It is 1042.\n"
        "\n"
        "差出人: Ann <ann@example.com>\n"
        "送信日時: 2026年11月23日 10:00\n"
        "宛先: Jan\n"
        "件名: x\n"
        "\n"
        "何"
    ),
    (
        "It is 1042.\n"
        "\n"
        "发件人: Ann <ann@example.com>\n"
        "发送时间: 2026年11月23日 10:00\n"
        "收件人: Jan\n"
        "主题: x\n"
        "\n"
        "什么"
    ),
    ("It is 1042.\n\nOd: Ann <ann@example.com>\nOdesláno: pondělí\nKomu: Jan\nPředmět: x\n\nCo"),
    (
        "It is 1042.\n"
        "\n"
        "De : Ann <ann@example.com>\n"
        "Date : lundi 23 novembre 2026 à 10:00\n"
        "À : Jan\n"
        "Objet : x\n"
        "\n"
        "Quoi"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Da: Ann <ann@example.com>\n"
        "Inviato: lunedì 23 novembre 2026 10:00\n"
        "A: Jan\n"
        "Oggetto: x\n"
        "\n"
        "Cosa"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Van: Ann <ann@example.com>\n"
        "Verzonden: maandag 23 november 2026 10:00\n"
        "Aan: Jan\n"
        "Onderwerp: x\n"
        "\n"
        "Wat"
    ),
    (
        "It is 1042.\n"
        "\n"
        "De: Ann <ann@example.com>\n"
        "Enviada em: segunda-feira, 23 de novembro de 2026 10:00\n"
        "Para: Jan\n"
        "Assunto: x\n"
        "\n"
        "O que"
    ),
    ("Ann Smith wrote on 23/11/2026 10:00:\n> What?\n\nIt is 1042."),
    ("On 2026-11-23 10:00, Ann wrote:\n\n> What?\n> More\n\nIt is 1042.\n\n-- \nJan"),
    (
        "It is 1042.\n"
        "\n"
        "Sent from my iPad\n"
        "\n"
        "> On 23 Nov 2026, at 10:00, Ann <ann@example.com> wrote:\n"
        "> \n"
        "> What?\n"
    ),
    (
        "It is 1042.\n"
        "\n"
        "Enviado desde mi iPhone\n"
        "\n"
        "> El 23 nov 2026, a la(s) 10:00, Ann <ann@example.com> escribió:\n"
        "> \n"
        "> ¿Qué?"
    ),
    ("It is 1042.\n\n> Le 23 nov. 2026 à 10:00, Ann <ann@example.com> a écrit :\n> \n> Quoi?"),
    ("It is 1042.\n\n> Am 23.11.2026 um 10:00 schrieb Ann <ann@example.com>:\n> \n> \ufeffWas?"),
    ("It is 1042.\n\niPhoneから送信\n\n2026/11/23 10:00、Ann <ann@example.com>のメール:\n\n> 何"),
    (
        "It is 1042.\n"
        "\n"
        "发自我的 iPhone\n"
        "\n"
        "> 在 2026年11月23日，10:00，Ann <ann@example.com> 写道：\n"
        "> \n"
        "> 什么"
    ),
    ("It is 1042.\n\n-----Mensagem original-----\nDe: a\n\nx"),
    ("It is 1042.\n\nQuoting Ann <ann@example.com>:\n\n> What?"),
    ("It is 1042.\n\nCitando Ann <ann@example.com>:\n\n> What?"),
    ("It is 1042.\n\nZitat von Ann <ann@example.com>:\n\n> What?"),
    ("It is 1042.\n\n===\nOn 23 Nov 2026 Ann wrote\n\n> What?"),
]


def page(source: str) -> bytes:
    return (
        "From: a@b.example\nMessage-ID: <1@x>\nSubject: Re: x\n"
        f"Content-Type: text/html; charset=utf-8\n\n{source}"
    ).encode()


@pytest.mark.parametrize("name", HTML)
def test_of_a_page_only_what_is_new_is_shown(name: str) -> None:
    found = parse(page(HTML[name]))
    assert shown(found.text) == SAID
    assert "What is the number?" in found.text


@pytest.mark.parametrize("text", PLAIN, ids=range(len(PLAIN)))
def test_of_a_text_only_what_is_new_is_shown(text: str) -> None:
    assert shown(text) == SAID
    assert "".join(part.text for part in trim(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "Please book:\nFrom: Warsaw\nTo: Paris\nDate: 3 May\nThanks",
        "Name: Jan\nEmail: jan@x.example\nSubject: Help\nMessage: It broke",
        "He wrote:\nNothing of it is true.",
        "Reply above all costs nothing.",
        "From: 1 May\nTo: 3 May\n\nSubject: holiday\nplease approve",
        "On Monday I wrote: nothing works",
        "Please write your answer above this line if you can",
        "To: be\nSubject: or not\nDate: none\nFrom: Hamlet",
        "- one\n- two\n---\nthree",
        "sent from the shop by mistake, please help",
    ],
)
def test_what_only_looks_like_it_is_shown(text: str) -> None:
    assert shown(text) == text


def test_preformatted_text_is_text_and_code_is_code() -> None:
    said = parse(page("<pre>one\n  two\n\n<b>three</b>\n-- \nJan</pre>"))
    assert said.text == "one\n  two\n\n**three**\n--\nJan"
    assert "```\na\n  b\n```" in parse(page("<p>x</p><pre><code>a\n  b</code></pre>")).text


def test_answers_between_quotes_are_shown_with_them() -> None:
    quote = '<blockquote class="gmail_quote">{}</blockquote><div>{}</div>'
    said = parse(page(quote.format("Number?", "1042") + quote.format("Date?", "Today")))
    own = shown(said.text)
    assert all(word in own for word in ("> Number?", "1042", "> Date?", "Today"))
