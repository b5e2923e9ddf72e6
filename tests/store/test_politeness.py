"""What the user has staged, edited or left untracked stays as it is, whatever is written."""

import pytest

from tests.store.quick import WRITES, words


def ticket_file(desk, name):
    return next(desk.folder.glob(f"tickets/*/*/*/{name}/ticket.yaml"))


def litter(desk):
    """Leave the repository as a person at work does."""
    (desk.folder / "kb").mkdir()
    (desk.folder / "kb" / "staged.md").write_text("staged\n")
    (desk.folder / "kb" / "gone.md").write_text("gone\n")
    (desk.folder / "edited.txt").write_text("one\n")
    desk.git("add", "kb/gone.md", "edited.txt")
    desk.git("commit", "-qm", "notes")
    desk.git("add", "kb/staged.md")
    (desk.folder / "kb" / "staged.md").write_text("staged, then edited\n")
    (desk.folder / "edited.txt").write_text("one\r\ntwo\n")
    (desk.folder / "kb" / "gone.md").unlink()
    desk.git("rm", "-q", "--cached", "kb/gone.md")
    (desk.folder / "untracked.txt").write_text("mine\n")
    (desk.folder / "tickets" / "scribble.txt").write_text("mine too\n")


def what_is_there(desk):
    files = {
        path: path.read_bytes()
        for path in (desk.folder / one for one in ("kb/staged.md", "edited.txt", "untracked.txt"))
    }
    return (
        files,
        desk.git("status", "--porcelain=v2"),
        desk.git("diff", "--cached"),
        desk.git("diff"),
    )


@pytest.mark.parametrize("kind", WRITES)
def test_what_is_not_the_desk_s_stays_as_it_was(quick, name, kind):
    litter(quick)
    before = what_is_there(quick)
    head = quick.git("rev-parse", "HEAD")
    quick.ok(*words(kind, name))
    assert what_is_there(quick) == before
    touched = quick.git("diff", "--name-only", head.strip(), "HEAD").splitlines()
    assert touched
    assert all(path.startswith("tickets/2") for path in touched)


def test_an_import_leaves_it_too(quick, tmp_path):
    litter(quick)
    before = what_is_there(quick)
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"From: ola@example.com\nSubject: Hello\nMessage-ID: <a@b>\n\nText\n")
    assert quick.json("import", str(mail))["created"] == 1
    assert what_is_there(quick) == before


def edited(desk, name):
    path = ticket_file(desk, name)
    path.write_text(path.read_text().replace("priority: normal", "priority: high"))


def staged(desk, name):
    edited(desk, name)
    desk.git("add", "tickets")


def staged_and_put_back(desk, name):
    path = ticket_file(desk, name)
    held = path.read_bytes()
    staged(desk, name)
    path.write_bytes(held)


def deleted(desk, name):
    ticket_file(desk, name).unlink()


def staged_for_deletion(desk, name):
    desk.git("rm", "-q", str(ticket_file(desk, name)))


def taken_out_of_the_index(desk, name):
    desk.git("rm", "-q", "--cached", str(ticket_file(desk, name)))


def a_link_now(desk, name):
    path = ticket_file(desk, name)
    path.rename(desk.folder / "elsewhere.yaml")
    path.symlink_to(desk.folder / "elsewhere.yaml")


def a_folder_now(desk, name):
    path = ticket_file(desk, name)
    path.unlink()
    path.mkdir()


EDITS = [
    edited,
    staged,
    staged_and_put_back,
    deleted,
    staged_for_deletion,
    taken_out_of_the_index,
    a_link_now,
    a_folder_now,
]


@pytest.mark.parametrize("edit", EDITS)
def test_a_ticket_that_was_edited_and_not_committed_is_refused(quick, name, edit):
    path = ticket_file(quick, name).relative_to(quick.folder)
    edit(quick, name)
    before = quick.git("status", "--porcelain=v2"), quick.git("diff", "--cached"), quick.git("diff")
    head = quick.git("rev-parse", "HEAD")
    message = quick.fails(4, "note", name, "-m", "Looked into it")
    assert str(path) in message
    after = quick.git("status", "--porcelain=v2"), quick.git("diff", "--cached"), quick.git("diff")
    assert after == before
    assert quick.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize("edit", EDITS)
def test_other_tickets_can_be_worked_meanwhile(quick, names, edit):
    edit(quick, names[0])
    before = quick.git("status", "--porcelain=v2")
    quick.ok("note", names[1], "-m", "Looked into it")
    assert quick.git("status", "--porcelain=v2") == before


def test_a_folder_that_is_a_link_out_of_the_tree_is_not_written_through(quick, name, tmp_path):
    outside = tmp_path / "outside"
    folder = ticket_file(quick, name).parent
    folder.rename(outside)
    folder.symlink_to(outside)
    held = {path.name: path.read_bytes() for path in outside.iterdir()}
    assert "stands where the desk has a folder" in quick.fails(4, "note", name, "-m", "x")
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == held
    quick.ok("list")
    assert not (quick.folder / ".git" / "index.lock").exists()


def test_a_file_in_the_place_of_a_folder_is_named_before_anything_is_done(desk):
    (desk.folder / "tickets").write_text("mine\n")
    head = desk.git("rev-parse", "HEAD")
    message = desk.fails(4, "new", "Parcel", "-m", "Text", "--from", "ola@example.com")
    assert "tickets stands where the desk has a folder" in message
    assert desk.git("rev-parse", "HEAD") == head
    assert (desk.folder / "tickets").read_text() == "mine\n"


def test_many_paths_at_once_are_compared_too(quick, tmp_path, name):
    box = tmp_path / "box.mbox"
    box.write_text(
        "".join(
            f"From a@b Thu Nov 23 08:00:00 2023\nFrom: c{turn}@example.com\nSubject: Hi\n"
            f"Message-ID: <{turn}@x>\n\nText\n\n"
            for turn in range(150)
        )
    )
    quick.ok("import", str(box))
    found = [row["id"] for row in quick.json("list", "is:new")]
    edited(quick, found[70])
    message = quick.fails(4, "tag", *found, "+all")
    assert found[70] in message
    quick.git("checkout", "HEAD", "--", ".")
    quick.ok("tag", *found, "+all")
    quick.clean()


def test_an_edit_is_seen_though_size_and_time_are_the_same(quick, name):
    import os

    path = ticket_file(quick, name)
    status = path.stat()
    path.write_text(path.read_text().replace("late", "lost"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    quick.fails(4, "note", name, "-m", "Looked into it")
    assert "lost" in path.read_text()
