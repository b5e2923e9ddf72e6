"""Signed and encrypted mail: labelled, kept whole, and read as far as it can be."""

from __future__ import annotations

import base64

import pytest

from tests.growth import is_linear
from tests.mails import letter, post, shown
from tix.mail import cms
from tix.mail.parse import parse

# Made with `openssl cms -sign -nodetach` of a text; the second in pieces of unknown length.
WHOLE = """\
MIIB7gYJKoZIhvcNAQcCoIIB3zCCAdsCAQExDTALBglghkgBZQMEAgEwVAYJKoZIhvcNAQcBoEcE
RUNvbnRlbnQtVHlwZTogdGV4dC9wbGFpbjsgY2hhcnNldD11dGYtOA0KDQpJdCBpcyBzaWduZWQg
YXMgYSB3aG9sZS4NCjGCAW8wggFrAgEBMEYwLjEMMAoGA1UEAwwDSmFuMR4wHAYJKoZIhvcNAQkB
Fg9qYW5AZXhhbXBsZS5jb20CFD8oIRKDl1jBDNynhucMt7nERGCPMAsGCWCGSAFlAwQCATANBgkq
hkiG9w0BAQEFAASCAQCnl7VbWfFqBYnpwdrLnUmDAP+bKGnigFRna792wvsFExSRfCedBftf0MP5
DCEqYwU8QS0rZTuIts1jLkld+Hos2/k6aj7HucCvh8EFVqWCvxA37kspuoUMA12JMXHsrGUSxZ7t
FpAFX0P8g6BaZtZhKE6GX3euuxiSO0jePkt6OvqiStp+HnaWUlRy0U39Rv7W/f5MkGQ0G1rFMqcg
PdcouMEuXTkdkAjGKU0JN820V7A1FVd5QvWri0hmuvQXdg8fGYBM5Z8f1t2iMcoEx3VsM7uTx9Fj
1d96LDBPSZOWMM/LijdzKuaGoeJ0wiLzCmL0Fwua84AK2vIlOXNLWHHO
"""
IN_PIECES = """\
MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcBoIAkgARFQ29u
dGVudC1UeXBlOiB0ZXh0L3BsYWluOyBjaGFyc2V0PXV0Zi04DQoNCkl0IGlzIHNpZ25lZCBhcyBh
IHdob2xlLg0KAAAAAAAAMYIBbzCCAWsCAQEwRjAuMQwwCgYDVQQDDANKYW4xHjAcBgkqhkiG9w0B
CQEWD2phbkBleGFtcGxlLmNvbQIUPyghEoOXWMEM3KeG5wy3ucREYI8wCwYJYIZIAWUDBAIBMA0G
CSqGSIb3DQEBAQUABIIBAKeXtVtZ8WoFienB2sudSYMA/5soaeKAVGdrv3bC+wUTFJF8J50F+1/Q
w/kMISpjBTxBLStlO4i2zWMuSV34eizb+TpqPse5wK+HwQVWpYK/EDfuSym6hQwDXYkxceysZRLF
nu0WkAVfQ/yDoFpm1mEoToZfd667GJI7SN4+S3o6+qJK2n4edpZSVHLRTf1G/tb9/kyQZDQbWsUy
pyA91yi4wS5dOR2QCMYpTQk3zbRXsDUVV3lC9auLSGa69Bd2Dx8ZgEzlnx/W3aIxygTHdWwzu5PH
0WPV33osME9Jk5Ywz8uKN3Mq5oah4nTCIvMKYvQXC5rzgAra8iU5c0tYcc4AAAAAAAA=
"""
SAID = "It is signed as a whole."
ENVELOPED = base64.encodebytes(bytes.fromhex("308006092a864886f70d010703a080")).decode()


def typed(kind: str, body: str, *more: str) -> dict[str, str]:
    """Return the fields and the text of a mail of a type."""
    fields = dict(one.split(": ", 1) for one in more)
    return {"content_type": kind, "body": body, **fields}


def multipart(kind: str, *parts: str) -> dict[str, str]:
    return typed(f"multipart/{kind}; boundary=x", "".join(f"--x\n{one}\n" for one in parts))


TEXT = "Content-Type: text/plain\n\nHello"
BASE64 = "Content-Transfer-Encoding: base64"
SIGNED = {
    "pgp-mime": multipart("signed", TEXT, "Content-Type: application/pgp-signature\n\nx"),
    "smime": multipart("signed", TEXT, "Content-Type: application/pkcs7-signature\n\nx"),
    "in a list's mail": multipart(
        "mixed",
        "Content-Type: multipart/signed; boundary=y\n\n--y\n\nHello\n--y\n"
        "Content-Type: application/pgp-signature\n\nx\n--y--",
        "Content-Type: text/plain\n\nfooter",
    ),
    "inline": {
        "body": "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    },
    "opaque": typed("application/pkcs7-mime; name=smime.p7m", WHOLE, BASE64),
    "opaque in pieces": typed(
        "application/x-pkcs7-mime; smime-type=signed-data; name=smime.p7m", IN_PIECES, BASE64
    ),
}
ENCRYPTED = {
    "pgp-mime": multipart(
        "encrypted",
        "Content-Type: application/pgp-encrypted\n\nVersion: 1",
        "Content-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----",
    ),
    "pgp-mime, mangled": multipart(
        "mixed",
        "Content-Type: application/pgp-encrypted\n\nVersion: 1",
        "Content-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----",
    ),
    "smime": typed("application/pkcs7-mime; smime-type=enveloped-data", "MIAG", BASE64),
    "smime, by its content": typed("application/pkcs7-mime; name=smime.p7m", ENVELOPED, BASE64),
    "inline": {"body": "See:\n-----BEGIN PGP MESSAGE-----\n\nhQ==\n-----END PGP MESSAGE-----\n"},
}
CASES = [
    *(pytest.param(one, "signed", id=f"signed {name}") for name, one in SIGNED.items()),
    *(pytest.param(one, "encrypted", id=f"encrypted {name}") for name, one in ENCRYPTED.items()),
]


def written(case: dict[str, str]) -> bytes:
    return letter(**case)


@pytest.mark.parametrize(("case", "kind"), CASES)
def test_it_is_told(case: dict[str, str], kind: str) -> None:
    assert parse(written(case)).protection == kind


@pytest.mark.parametrize(
    "body", ["Hello", "> -----BEGIN PGP MESSAGE-----", "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx"]
)
def test_ordinary_mail_is_neither(body: str) -> None:
    assert parse(letter(body=body)).protection == ""


@pytest.mark.parametrize("name", ["opaque", "opaque in pieces"])
def test_what_is_signed_as_a_whole_is_read(name: str) -> None:
    found = parse(written(SIGNED[name]))
    assert (found.text, [one.name for one in found.attachments]) == (SAID, ["smime.p7m"])


@pytest.mark.parametrize("cut", [0, 1, 5, 40, 90, 120])
def test_a_damaged_one_is_a_file(cut: int) -> None:
    damaged = base64.encodebytes(base64.b64decode(WHOLE)[:cut]).decode()
    kind = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
    found = parse(written(typed(kind, damaged, BASE64)))
    assert (found.text, len(found.attachments)) == ("", 1)


def _unreadable(data: bytes) -> None:
    with pytest.raises(cms.Malformed):
        cms.signed_content(data)


@pytest.mark.parametrize(
    "piece", [b"\x30\x80", b"\x24\x80", b"\x30\x84\xff\xff\xff\xff", b"\x04\x01a"]
)
def test_time_grows_with_size(piece: bytes) -> None:
    small, large = (piece * (size // len(piece)) for size in (1 << 14, 1 << 17))
    assert is_linear(_unreadable, small, large)


@pytest.mark.parametrize(("case", "kind"), [CASES[0], CASES[4], CASES[6], CASES[-1]])
def test_it_is_kept_whole_and_labelled(desk, case: dict[str, str], kind: str) -> None:
    raw = written(case)
    [ticket] = post(desk, raw)["tickets"]
    entry = shown(desk, ticket)["entries"][0]
    assert entry["protection"] == kind
    original = entry["attachments"][-1]
    assert original["name"] == "original.eml"
    desk.ok("files", ticket, "original.eml", "--save", str(desk.folder.parent))
    kept = (desk.folder.parent / original["file"].rpartition("/")[2]).read_bytes()
    assert kept.rstrip() == raw.rstrip()
    assert f"MESSAGE ({kind})" in desk.ok("show", ticket)
    desk.ok("check")


def test_no_original_is_kept_where_the_desk_keeps_none(desk) -> None:
    path = desk.folder / "desk.yaml"
    path.write_text(path.read_text() + "originals: never\n")
    desk.git("commit", "-qam", "settings")
    [ticket] = post(desk, written(SIGNED["pgp-mime"]))["tickets"]
    entry = shown(desk, ticket)["entries"][0]
    assert (entry["protection"], entry["text"]) == ("signed", "Hello\n")
    assert [one["name"] for one in entry["attachments"]] == [""]


def test_the_armour_is_not_shown() -> None:
    from tix.mail.quotes import shown as own

    assert own(SIGNED["inline"]["body"]) == "Hello"
    key = "Hello\n\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx\n-----END PGP PUBLIC KEY BLOCK-----"
    assert own(key) == "Hello"
