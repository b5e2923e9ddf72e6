"""Behaviour 13: attachments stay in the ticket's folder, apart from each other, and bounded."""

from tests.mail.test_tnef import file as packed
from tests.mail.test_tnef import mail as winmail
from tests.mail.test_tnef import stream
from tests.mails import letter, shown
from tix.ids import ticket_folder

HOSTILE = [
    *("../../../../etc/passwd", "..\\..\\evil.exe", "/etc/shadow", "C:\\boot.ini", ".git/hooks/x"),
    *("~/.ssh/id_rsa", ".", "..", "", "ticket.yaml", "a\tb\x07.txt", "x" * 400 + ".pdf"),
    *("invoice.pdf", "invoice.pdf", "INVOICE.PDF", "con.txt", "rechnung\u202efdp.exe", "-rf"),
]


def with_files(*names):
    """Write a mail with a file by each name."""
    head = "--x\nContent-Type: text/plain\nContent-Disposition: attachment"
    parts = [f'{head}; filename="{one}"\n\n{at}\n' for at, one in enumerate(names)]
    body = "--x\n\nhi\n" + "".join(parts) + "--x--\n"
    return letter(body=body, mime_version="1.0", content_type="multipart/mixed; boundary=x")


def imported(desk, raw):
    """Import a mail; return its ticket's folder and attachments."""
    [ticket] = desk.json("import", "-", stdin=raw)["tickets"]
    desk.ok("check")
    desk.clean()
    return desk.folder / ticket_folder(ticket), shown(desk, ticket)["entries"][0]["attachments"]


def test_names_cannot_leave_the_folder_or_collide(desk):
    folder, found = imported(desk, with_files(*HOSTILE))
    assert len(found) == len(HOSTILE)
    files = [one["file"] for one in found]
    assert len({one.lower() for one in files}) == len(files)
    for at, one in enumerate(found):
        path = folder / one["file"]
        assert path.resolve().parent == folder / "files"
        assert path.name.isascii()
        assert len(path.name) <= 100
        assert path.read_text().strip() == str(at)
        assert one["name"].isprintable()
    touched = desk.git("show", "--name-only", "--format=", "HEAD").split()
    inside = folder.relative_to(desk.folder).as_posix()
    assert all(one.startswith(f"{inside}/") for one in touched)


def test_the_real_name_is_told(desk):
    _, [found] = imported(desk, with_files("Rechnung Mai.pdf"))
    assert (found["name"], found["type"], found["size"]) == ("Rechnung Mai.pdf", "text/plain", 1)
    assert found["file"].endswith("-rechnung-mai.pdf")


def test_types_and_names_of_many_brackets_can_be_read_back(desk):
    kind = f"Content-Type: application/{'[' * 3000}; name={'{' * 200}.bin\n"
    raw = with_files(*["[" * 200] * 20).replace(b"Content-Type: text/plain\n", kind.encode(), 1)
    done = desk.json("import", "-", stdin=raw)
    assert done["accepted"] + done["quarantined"] == 1
    desk.ok("check")


def test_winmail_is_unpacked(desk):
    raw = b"To: support@acme.example\n" + winmail(stream(packed(b"report.pdf", b"%PDF")), "hi\n")
    folder, found = imported(desk, raw)
    [report] = [one for one in found if one["name"] == "report.pdf"]
    assert (folder / report["file"]).read_bytes() == b"%PDF"


def test_attributes_do_not_change_what_is_kept(desk):
    (desk.folder.parent / "attributes").write_text("* text eol=crlf ident\n")
    desk.git("config", "core.attributesFile", str(desk.folder.parent / "attributes"))
    desk.git("config", "core.autocrlf", "true")
    raw = with_files("a.txt").replace(b"\n0\n", b"\n$Id$\r\nx\n")
    folder, [found] = imported(desk, raw)
    assert (folder / found["file"]).read_bytes().startswith(b"$Id$\r\nx")
