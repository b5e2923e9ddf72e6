"""Lower rows know nothing of higher ones, and members of a row do not import each other.

Imports inside functions count too. docs/architecture.md says what each row is for.
"""

import ast
from pathlib import Path

import pytest

ROWS = (
    ("clock", "errors", "problem", "resources", "yamlform"),
    ("ids", "language", "servers", "text", "times", "when", "yamltext"),
    ("channels", "forges", "identity", "settings"),
    ("model",),
    ("config", "describe", "format", "query", "threads", "timeline", "workflow"),
    ("actions", "merging"),
    ("git", "parallel", "programs"),
    ("store",),
    ("history", "index", "rights"),
    ("desk",),
    (
        *("ci", "customers", "events", "export", "lasting", "mergedriver", "recent", "render"),
        *("reports", "setup", "sync", "undo", "values"),
    ),
    ("changes", "check", "mail"),
    ("commitmsg", "door", "precommit", "sending"),
    ("hooks", "notifying"),
    ("doctor", "output"),
    ("cli",),
    ("__main__",),
)
LEVEL = {name: level for level, row in enumerate(ROWS) for name in row}
PACKAGE = Path(__file__).parents[1] / "tix"
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """Return the member of a row that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the members of rows that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [f"{node.module}.{one.name}" for one in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("tix.")}
    return found - {"__version__"}


def test_every_module_has_its_row():
    assert {room(path) for path in MODULES} - {"__init__"} == set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path):
    own = room(path)
    if own == "__init__":
        assert not imported(path)
        return
    higher = {name for name in imported(path) - {own} if LEVEL[name] >= LEVEL[own]}
    assert not higher, f"{path} imports {sorted(higher)}, which are not below {own}"


def test_only_their_users_import_what_has_one():
    for name, user in (("sqlite3", "index"), ("jinja2", "render"), ("subprocess", "git")):
        users = {
            room(path)
            for path in MODULES
            if f"import {name}" in path.read_text(encoding="utf-8")
            or f"from {name}" in path.read_text(encoding="utf-8")
        }
        more = {"cli", "programs"} if name == "subprocess" else set()
        assert users <= {user, *more}, (name, users)


def test_between_model_and_git_nothing_does_input_or_output():
    forbidden = {"os", "pathlib", "subprocess", "socket", "sqlite3", "tempfile", "shutil"}
    pure = [name for row in ROWS[1:6] for name in row]
    for path in (one for one in MODULES if room(one) in pure):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        names |= {
            (node.module or "").split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        assert not names & forbidden, f"{path} does input or output: {names & forbidden}"
        assert "tix.clock" not in path.read_text(encoding="utf-8"), f"{path} reads the clock"
