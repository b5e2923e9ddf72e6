"""Results as text: tables that fit, and nothing raw on its way to a terminal."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from wcwidth import wcswidth

from tix import output
from tix.text import printable

HEADER = ["id", "status", "priority", "assignee", "requester", "updated", "subject"]
DROP = ("requester", "updated", "assignee", "priority")
SUBJECTS = [
    "Parcel is three weeks late and nobody answers the telephone at the depot",
    "配達が三週間遅れています。倉庫の電話には誰も出ません。どうすればよいですか",
    "بستهٔ من سه هفته دیر کرده است و هیچ‌کس در انبار پاسخ نمی‌دهد لطفاً کمک کنید",
    "Посылка опаздывает на три недели, и на складе никто не берёт трубку",
    "⛺ 🏕️ e\u0301e\u0301e\u0301 combining and emoji, again and again and again",
    "x",
]
ROWS = [
    ["261122-7k3fqx9m", "open", "normal", "ann", "someone.with.a.long@name.example", "3h", subject]
    for subject in SUBJECTS
]


def seen(line: str) -> int:
    """The columns that a line takes on a terminal; isolates take none."""
    return wcswidth(line.replace("\u2068", "").replace("\u2069", ""))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_table_fits_the_terminal(width):
    text = output.table(HEADER, ROWS, width=width, shrink="subject", drop=DROP)
    lines = text.splitlines()
    assert max(seen(line) for line in lines) <= width
    assert all("261122-7k3fqx9m" in line for line in lines[1:])
    assert "subject" in lines[0]
    assert lines[-1].endswith("x")
    if width == 40:
        assert lines[0].split() == ["id", "status", "subject"]
        assert "…" in lines[1]


def test_columns_stay_in_line_whatever_the_script():
    text = output.table(
        ["subject", "status"], [[one, "open"] for one in SUBJECTS], width=60, shrink="subject"
    )
    ends = {seen(line) for line in text.splitlines()[1:]}
    assert len(ends) == 1


def test_right_to_left_text_is_isolated_from_its_neighbours():
    text = output.table(["subject"], [["سلام"], ["hello"]])
    assert "\u2068سلام\u2069" in text
    assert "\u2068hello" not in text


def test_a_table_that_cannot_be_cut_breaks_its_names_or_becomes_lists():
    header = ["agent", "first response: median", "resolution: median", "ratings"]
    rows = [["ann", "3 h 20 min", "1 d 2 h", "12"], ["bob", "–", "–", "0"]]
    wide = output.table(header, rows, width=80, shrink="agent", right=header[1:])
    assert len(wide.splitlines()) == 3
    broken = output.table(header, rows, width=42, shrink="agent", right=header[1:])
    assert max(seen(line) for line in broken.splitlines()) <= 42
    assert broken.splitlines()[-1].split() == ["bob", "–", "–", "0"]
    listed = output.table(header, rows, width=30, shrink="agent", right=header[1:])
    assert listed.splitlines()[:2] == ["agent: ann", "first response: median: 3 h 2…"]


def test_without_a_width_nothing_is_cut_or_left_out():
    text = output.table(HEADER, ROWS, shrink="subject", drop=DROP)
    assert all(subject.rstrip("…") in text for subject in SUBJECTS[:2])
    assert "requester" in text


@pytest.mark.parametrize(
    "sign", ["\x1b[31m", "\x07", "\x9b2J", "\r", "\x1b]52;c;eA==\x07", "\u202e", "\u2066"]
)
def test_nothing_that_steers_a_terminal_passes(sign):
    for text in (
        output.table(["a"], [[f"x{sign}y"]]),
        output.markdown_table(["a"], [[f"x{sign}y|z"]]),
        output.document("k", {"a": f"x{sign}y"}),
        output.line([f"x{sign}y"]),
    ):
        assert not set(text) & set("\x1b\x07\x9b\r\u202e\u2066")
    assert json.loads(output.line([f"x{sign}y"])) == [f"x{sign}y"]


def test_a_markdown_cell_stays_a_cell():
    lines = output.markdown_table(["a", "b"], [["one|two", "three\nfour"]]).splitlines()
    assert len(lines) == 3
    assert "one\\|two" in lines[2]


def test_json_survives_half_a_surrogate_and_keeps_persian_readable():
    text = output.document("k", {"a": "سلام\ud800"})
    assert "سلام" in text
    text.encode()
    assert json.loads(text)["data"]["a"] == "سلام\ud800"


def test_csv_quotes_and_does_not_run_as_a_formula():
    text = output.csv_text(["a", "b"], [["=1+1", 'say "x"'], [None, ["p", "q"]], [3, "a,b"]])
    assert text.splitlines() == ["a,b", '\'=1+1,"say ""x"""', ",p q", '3,"a,b"']


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (48 * 3600, "2d"),
        (800 * 86400, "2y"),
    ],
)
def test_ages_are_said_in_one_unit(seconds, said):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert output.age(now - timedelta(seconds=seconds), now) == said
    if seconds:
        assert output.age(now + timedelta(seconds=seconds), now) == f"in {said}"
    assert output.age(None, now) == ""


def test_cut_counts_columns_not_characters():
    assert output.cut("配達が遅れ", 5) == "配達…"
    assert output.cut("short", 5) == "short"
    assert output.cut("longer", 5) == "long…"


def test_marks_that_nobody_sees_are_left_out_and_overrides_made_visible():
    assert printable("شماره: \u200e261122-7k3fqx9m") == "شماره: 261122-7k3fqx9m"
    assert printable("news\u00adletter\u200b \ufeff\u200fend\u2060") == "newsletter end"
    assert printable("a\u202eb\u2066c\u2028d") == "a\ufffdb\ufffdc\ufffdd"
    assert printable("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"
