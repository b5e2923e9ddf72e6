"""What an index holds, seen without expanding a sparse one."""

import pytest

from tix.git.checkout import Staged, staged
from tix.git.hashing import blob
from tix.git.objects import Objects
from tix.git.repository import Checkout

ODD = ["[a]*", "ü", "back\\slash", "a?", "plain", "ticket[s]"]


@pytest.fixture
def sparse(empty):
    empty.git("init", "-q")
    for folder in (*ODD, "kept"):
        (empty.folder / folder / "in").mkdir(parents=True)
        (empty.folder / folder / "in" / "file").write_text(folder)
    empty.git("add", ".")
    empty.git("commit", "-qm", "all")
    empty.git("sparse-checkout", "set", "--cone", "--sparse-index", "kept")
    return Checkout(empty.folder, empty.folder / ".git")


@pytest.mark.parametrize("folder", ODD)
def test_a_collapsed_folder_is_looked_into(sparse, folder):
    path = f"{folder}/in/file"
    with Objects(sparse.top) as objects:
        found = staged(sparse, [path, f"{folder}/in/other", "missing/file"], objects)
    assert found[path] == Staged(blob(folder.encode()), True)
    assert f"{folder}/in/other" not in found
    assert "missing/file" not in found


def test_so_is_one_of_many(sparse):
    paths = [f"{folder}/in/file" for folder in (*ODD, "kept")] + [f"no/{n}" for n in range(300)]
    with Objects(sparse.top) as objects:
        found = staged(sparse, paths, objects)
    assert [one for one in paths if one in found] == paths[: len(ODD) + 1]
    assert found["kept/in/file"] == Staged(blob(b"kept"), False)
