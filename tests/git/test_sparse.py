"""Which folders are checked out whole: read from the file that git reads it from."""

import pytest

from tix.git.sparse import covers, whole


@pytest.fixture
def repository(empty):
    empty.git("init", "-q")
    for folder in ("kb", "tickets/2026/01/02", "tickets/2026/01/03", "tickets/2025/12/31", "a*b"):
        (empty.folder / folder / "in").mkdir(parents=True)
        (empty.folder / folder / "in" / "file").write_text(folder)
    empty.git("add", ".")
    empty.git("commit", "-qm", "all")
    return empty


@pytest.mark.parametrize(
    "folders",
    [
        ["kb"],
        ["kb", "tickets/2026"],
        ["tickets/2026/01/02", "tickets/2026/01/03/in"],
        ["tickets", "tickets/2026/01"],
        ["tickets/2026/01", "tickets/2027", "none/at/all"],
    ],
)
def test_they_are_those_that_git_has_checked_out(repository, folders):
    repository.git("sparse-checkout", "set", "--cone", "--sparse-index", *folders)
    found = whole(repository.folder / ".git")
    assert sorted(found) == repository.git("sparse-checkout", "list").split()
    for row in repository.git("ls-files", "-t").splitlines():
        tag, path = row.split(" ", 1)
        assert (tag == "H") == covers(found, path)


def test_a_checkout_that_is_not_sparse_names_none(repository):
    assert whole(repository.folder / ".git") == frozenset()


@pytest.mark.parametrize("patterns", [["/*", "!/kb/"], ["kb/", "!/kb/in/"], ["/*", "!/*/", "*.md"]])
def test_patterns_name_none(repository, patterns):
    repository.git("sparse-checkout", "set", "--no-cone", *patterns)
    assert whole(repository.folder / ".git") == frozenset()


def test_odd_names_are_not_read(repository):
    repository.git("sparse-checkout", "set", "--cone", "--skip-checks", "kb", "a*b")
    assert whole(repository.folder / ".git") == frozenset()
