"""Whether a mail is signed or encrypted, and the content of one that is signed as a whole.

Nothing is verified or decrypted here: the original is kept, and says it to who can.
"""

from __future__ import annotations

from tix.mail.mime import Part

SIGNED, ENCRYPTED = "signed", "encrypted"
_SMIME = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_TYPES = {
    "multipart/encrypted": ENCRYPTED,
    "application/pgp-encrypted": ENCRYPTED,
    "multipart/signed": SIGNED,
    "application/pgp-signature": SIGNED,
    "application/pkcs7-signature": SIGNED,
    "application/x-pkcs7-signature": SIGNED,
}
_ENVELOPED = {"enveloped-data": ENCRYPTED, "authenveloped-data": ENCRYPTED, "signed-data": SIGNED}
# The object identifiers of what a message holds (RFC 5652), as they stand near its start.
_ARC = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_HOLDS = {_ARC + b"\x02": SIGNED, _ARC + b"\x03": ENCRYPTED}
_NEAR_START = 40


def protection(mail: Part, text: str) -> str:
    """What protects a mail or a part of it: 'encrypted', 'signed' or ''."""
    if not mail.parts and mail.type == "text/plain":
        return _of_text(text)
    found = {_of_part(part) for part in mail.walk()} | {_of_text(text)}
    return next((one for one in (ENCRYPTED, SIGNED) if one in found), "")


def _of_part(part: Part) -> str:
    if part.type in _SMIME:
        named = _ENVELOPED.get(part.params.get("smime-type", "").lower(), "")
        return named or _of_content(part)
    return _TYPES.get(part.type, "")


def _of_content(part: Part) -> str:
    start = part.content()[0][:_NEAR_START]
    return next((kind for mark, kind in _HOLDS.items() if mark in start), "")


def _of_text(text: str) -> str:
    """Armoured lines in a text (RFC 9580, 6)."""
    if "-----BEGIN PGP " not in text:
        return ""
    lines = {line.rstrip() for line in text.split("\n") if line.startswith("-----BEGIN PGP ")}
    if "-----BEGIN PGP MESSAGE-----" in lines:
        return ENCRYPTED
    return SIGNED if "-----BEGIN PGP SIGNED MESSAGE-----" in lines else ""


def is_opaque(part: Part) -> bool:
    """Whether a part holds what it signs (RFC 8551, 3.5.2)."""
    return part.type in _SMIME and _of_part(part) == SIGNED


def signed_content(part: Part) -> bytes:
    """What an opaque part signs; '' if it cannot be read."""
    from tix.mail import cms

    try:
        return cms.signed_content(part.content()[0])
    except cms.Malformed:
        return b""
