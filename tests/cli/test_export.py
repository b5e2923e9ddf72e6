"""export: tickets, entries and events as tables that other programs read."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, blocks
from tix.export import KINDS

PAGE = (DOCS / "export.md").read_text()


def rows(desk, *arguments: str) -> list[dict]:
    return [json.loads(one) for one in desk.ok("export", *arguments).splitlines()]


def test_a_row_says_what_the_ticket_says(worked):
    desk, tickets = worked
    desk.ok("set", tickets.open, "contract=C-1", "due=2030-01-01")
    desk.ok("link", tickets.open, f"blocks:{tickets.other}")
    desk.ok("pend", tickets.other)
    found = {one["id"]: one for one in rows(desk)}
    assert set(found) == set(tickets)
    shown = desk.json("show", tickets.open)
    one = found[tickets.open]
    for name in set(one) & set(shown) - {"links"}:
        assert one[name] == shown[name], name
    assert one["links"] == [f"blocks:{tickets.other}"]
    assert one["custom"] == {"contract": "C-1"}
    assert [found[name]["status_type"] for name in tickets] == ["open", "pending", "solved"]
    assert {one["id"] for one in rows(desk, "is:solved")} == {tickets.solved}


def test_entries_and_events_say_what_show_says(worked):
    desk, tickets = worked
    desk.ok("reply", tickets.open, "-m", "An answer\n\nin two parts")
    desk.ok("tag", tickets.open, "+vip", "-old")
    shown = desk.json("show", tickets.open)
    entries = [one for one in rows(desk, "--what", "entries") if one["ticket"] == tickets.open]
    for row, entry in zip(entries, shown["entries"], strict=True):
        for name in set(row) & set(entry) - {"attachments"}:
            assert row[name] == entry[name], name
    events = [one for one in rows(desk, "--what", "events") if one["ticket"] == tickets.open]
    assert {one["n"] for one in events} == {one["n"] for one in shown["timeline"]}
    last = [(one["field"], one["old"], one["new"]) for one in events if one["number"] == 4]
    assert last == [("tags", "", "vip"), ("tags", "old", "")]


@pytest.mark.parametrize("what", KINDS)
def test_the_page_has_the_columns_and_all_formats_agree(worked, tmp_path, what):
    desk, _ = worked
    columns = [one.name for one in KINDS[what].columns]
    part = PAGE.split(f"### {what}\n")[1].split("###")[0]
    assert [one for one in re.findall(r"`(\w+)`", part) if one in columns][: len(columns)]
    assert set(columns) <= set(re.findall(r"`(\w+)`", part))
    found = rows(desk, "--what", what)
    table = [*csv.DictReader(io.StringIO(desk.ok("export", "--what", what, "--format", "csv")))]
    assert [*table[0]] == [*found[0]] == columns
    assert len(table) == len(found)
    for one, other in zip(found, table, strict=True):
        for name, value in one.items():
            if isinstance(value, str) and value[:1] not in ("=", "+", "-", "@"):
                assert other[name] == value
    parquet = pytest.importorskip("pyarrow.parquet")
    desk.ok("export", "--what", what, "-o", str(tmp_path / "x.parquet"))
    read = parquet.read_table(tmp_path / "x.parquet").to_pylist()
    times = {one.name for one in KINDS[what].columns if one.type in ("time", "map")}
    for one, other in zip(found, read, strict=True):
        assert {k: v for k, v in one.items() if k not in times} == {
            k: v for k, v in other.items() if k not in times
        }


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(desk):
    desk.new("=cmd|' /C calc'!A0")
    assert "'=cmd" in desk.ok("export", "--format", "csv")
    assert rows(desk)[0]["subject"].startswith("=cmd")


def test_a_file_is_whole_or_not_there(worked, tmp_path):
    desk, _ = worked
    place = tmp_path / "out.csv"
    place.write_text("before")
    assert "3 rows" in desk.ok("export", "-o", str(place))
    assert place.read_text().startswith("id,subject,")
    told = desk.json("export", "-o", str(tmp_path / "a.jsonl"))
    assert (told["format"], told["rows"]) == ("jsonl", 3)
    assert "there is no folder" in desk.fails(3, "export", "-o", str(tmp_path / "none" / "x.csv"))
    desk.fails(3, "export", "-o", str(tmp_path))
    desk.fails(2, "export", "--format", "xlsx")
    desk.fails(2, "export", "--what", "ticket")
    desk.fails(2, "export", "colour:red", "-o", str(tmp_path / "b.csv"))
    assert desk.run("export", "--format", "csv", "--json").status == 2
    assert sorted(one.name for one in tmp_path.glob("*.*")) == ["a.jsonl", "out.csv"]
    desk.ok("export", "-o", "/dev/null")
    assert not Path("/dev/null").is_file()


def test_without_pyarrow_it_says_what_to_install_and_leaves_no_file(worked, tmp_path):
    desk, _ = worked
    (tmp_path / "pyarrow.py").write_text("raise ImportError\n")
    done = subprocess.run(
        [sys.executable, "-m", "tix", "export", "-o", str(tmp_path / "x.parquet")],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "pip install 'tix[parquet]'" in done.stderr
    assert not [*tmp_path.glob("*x.parquet*")]


def test_whoever_reads_may_stop(worked):
    desk, _ = worked
    command = f"{sys.executable} -m tix export --what events | head -n 1"
    done = subprocess.run(["sh", "-c", command], cwd=desk.folder, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_duckdb_reads_the_tables_as_the_page_says(worked, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    desk, _ = worked
    for what in ("tickets", "entries"):
        desk.ok("export", "--what", what, "-o", str(tmp_path / f"{what}.parquet"))
    found = []
    for block in blocks(DOCS / "export.md", "sql duckdb"):
        for query in block.text.strip().rstrip(";").split(";"):
            given = query.replace("'tickets", f"'{tmp_path}/tickets")
            given = given.replace("'entries", f"'{tmp_path}/entries")
            found.append(duckdb.sql(given).fetchall())
    assert found[0] == [("support", 3, 1)]


def test_sqlite_reads_json_lines_as_the_page_says(worked, tmp_path):
    desk, _ = worked
    desk.ok("export", "-o", str(tmp_path / "tickets.jsonl"))
    [block] = blocks(DOCS / "export.md", "sql sqlite")
    database = sqlite3.connect(":memory:")
    database.create_function("readfile", 1, lambda name: (tmp_path / name).read_text())
    assert database.execute(block.text).fetchall() == [("support", 3)]
