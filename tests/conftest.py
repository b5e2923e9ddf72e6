"""What all tests share: a git configuration of their own, and a desk made by the program."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.desks import desk, made_desk, made_staffed, on_path, staffed  # noqa: F401 fixtures
from tests.driver import Driver
from tests.forked import Forked
from tests.servers.fixtures import servers  # noqa: F401 a fixture

# Desks are made by the hundred, and every commit of theirs waits for the disk: memory is quicker.
if os.access("/dev/shm", os.W_OK):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")

# The program is started thousands of times; compiling it anew each time takes half of that.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What is started in the background ignores Ctrl-C, and so do its children; ours are to hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes depends on the machine; in CI each run tries the same examples, so
# that what fails there fails for a reason that is in the change.
settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_collection_modifyitems(items):
    """Mark what uses real mail servers, so that `make test-mail` finds it."""
    for item in items:
        if "servers" in item.fixturenames:
            item.add_marker("servers")


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path_factory, monkeypatch):
    """No test sees, or touches, the configuration of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in [one for one in os.environ if one.startswith(("GIT_", "TIX_", "LESS"))]:
        monkeypatch.delenv(name)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ann Example\n\temail = ann@acme.example\n[init]\n\tdefaultBranch = main\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture
def empty(tmp_path) -> Driver:
    """A folder that is no desk, and the program to run in it."""
    return Forked(tmp_path)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real mail, where it is at hand; it is no part of the project."""
    given = os.environ.get("TIX_MAIL_CORPUS")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "mail"
    if not (folder / "easy-ham-1.mbox").exists():
        pytest.skip("no mail corpus: set TIX_MAIL_CORPUS to a folder with easy-ham-1.mbox")
    return folder
