"""docs/architecture.md names the rows that the layer test holds, and every module."""

import re

from tests.docs.blocks import DOCS
from tests.test_layers import MODULES, ROWS

SOURCE = (DOCS / "architecture.md").read_text(encoding="utf-8")


def test_the_rows_are_those_of_the_layer_test():
    table = SOURCE.split("\n## Rows\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert tuple(tuple(re.findall(r"`(\w+)`", cell)) for cell in cells) == ROWS


def test_every_module_outside_the_commands_is_named():
    names = {path.stem if path.stem != "__init__" else path.parent.name for path in MODULES}
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", SOURCE))))
    commands = {path.stem for path in MODULES if path.parent.name == "cli"}
    assert names - commands - {"tix"} <= named
