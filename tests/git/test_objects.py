"""Reading objects: in any order, beside one another, and when git dies."""

import subprocess

import pytest

from tix.errors import Temporary
from tix.git.objects import Objects


@pytest.fixture
def blobs(empty):
    """A repository with 200 blobs: the folder, and their ids."""
    empty.git("init", "-q")
    for turn in range(200):
        (empty.folder / f"{turn}.txt").write_text(f"content {turn}\n")
    empty.git("add", ".")
    empty.git("commit", "-qm", "files")
    rows = empty.git("ls-files", "--stage", "-z").split("\0")[:-1]
    return empty.folder, {row.split("\t")[1]: row.split(" ")[1] for row in rows}


def test_answers_come_in_the_order_of_the_names(blobs):
    folder, ids = blobs
    with Objects(folder) as objects:
        found = list(objects.get_many(ids.values()))
    assert [one.oid for one in found] == list(ids.values())
    assert [one.content.decode() for one in found] == [f"content {name[:-4]}\n" for name in ids]


def test_who_asks_in_between_gets_an_own_answer(blobs):
    folder, ids = blobs
    with Objects(folder) as objects:
        for name, one in zip(ids, objects.get_many(ids.values()), strict=True):
            assert one.content.decode() == f"content {name[:-4]}\n"
            assert objects.get(ids["7.txt"]).content == b"content 7\n"


def test_who_stops_half_way_leaves_no_answers_behind(blobs):
    folder, ids = blobs
    with Objects(folder) as objects:
        many = objects.get_many(ids.values())
        next(many)
        many.close()
        assert objects.get(ids["7.txt"]).content == b"content 7\n"


@pytest.mark.parametrize(
    "name", ["HEAD:nowhere", "HEAD:a b 12", "0" * 40, "HEAD:x\ny", "", "HEAD:7.txt/x"]
)
def test_what_is_not_there_is_none(blobs, name):
    with Objects(blobs[0]) as objects:
        assert objects.get(name) is None
        assert objects.get("HEAD:7.txt").content == b"content 7\n"


def test_when_git_dies_the_object_at_fault_is_told_and_reading_goes_on(blobs):
    folder, ids = blobs
    with Objects(folder) as objects:
        assert objects.get(ids["7.txt"])
        objects._process.kill()
        objects._process.wait()
        with pytest.raises(Temporary, match="cannot be read"):
            list(objects.get_many(ids.values()))
        assert objects.get(ids["7.txt"]).content == b"content 7\n"


def test_closing_after_git_has_died_is_no_error(blobs):
    objects = Objects(blobs[0])
    objects.get("HEAD")
    objects._process.kill()
    objects._process.wait()
    objects._ask("HEAD")
    objects.close()


def test_without_git_one_line_says_so(quick):
    line = quick.fails(75, "list", PATH="/nowhere")
    assert "git is not installed" in line


def test_a_folder_without_git_is_no_desk(empty):
    empty.fails(3, "list")
    subprocess.run(["git", "init", "-q"], cwd=empty.folder, check=True)
    empty.fails(3, "list")


def test_a_broken_configuration_is_named(quick):
    (quick.folder / ".git" / "config").write_text("[broken\n")
    assert "config" in quick.fails(75, "list")
