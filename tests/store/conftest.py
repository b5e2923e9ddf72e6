"""A desk for tests of the store: one ticket, and commands that run in this process."""

import shutil

import pytest

from tests.driver import Driver
from tests.store.quick import Quick


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A desk with three tickets, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("template") / "desk"
    folder.mkdir()
    driver = Driver(folder, {"HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"})
    (folder.parent / ".gitconfig").write_text(
        "[user]\n\tname = Ann Example\n\temail = ann@acme.example\n[init]\n\tdefaultBranch = main\n"
    )
    driver.ok("init", ".", "--name", "Acme", "--address", "support@acme.example")
    names = [driver.new(f"Parcel {turn} is late") for turn in range(3)]
    return folder, names


@pytest.fixture
def quick(template, tmp_path) -> Quick:
    """A copy of that desk."""
    folder = tmp_path / "desk"
    shutil.copytree(template[0], folder, symlinks=True)
    return Quick(folder)


@pytest.fixture
def names(template) -> list[str]:
    """The ids of its tickets."""
    return template[1]


@pytest.fixture
def name(names) -> str:
    """The id of one of them."""
    return names[0]
