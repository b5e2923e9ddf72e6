"""HTML as readable Markdown, hostile HTML too."""

from __future__ import annotations

import pytest

from tests.growth import is_linear
from tix.mail.html import to_markdown


def markdown(html: str) -> str:
    return to_markdown(html)[0]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>you</b></p><p>Bye</p>", "Hello **you**\n\nBye"),
        ('<a href="https://x.example/?a_b">here</a>', "[here](https://x.example/?a_b)"),
        ('<img src="cid:1" alt="a ball"> and <img src="x">', "a ball and"),
        ("<head><title>T</title><style>p{}</style></head><script>x()</script>text", "text"),
        ("a<br>b", "a\nb"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<blockquote>said</blockquote>", "> said"),
        ("<p>a&nbsp;</p><p>&nbsp;</p><p></p><p>b</p>", "a\n\nb"),
        ("snake_case * 2", "snake_case * 2"),
        ("&lt;tag&gt; &euro;", "<tag> €"),
        ("", ""),
        ("<!-- only a comment -->", ""),
        ("<!-- open words", "open words"),
        ('<?xml version="1.0"?><!ELEMENT x><p>words</p>', "words"),
        ('<div style="display:none">Preview</div><p>words</p>', "words"),
        ('<div style="display: none">all there is</div>', "all there is"),
        ("words < 3", "words < 3"),
        ("<div>one</div><div>two</div><div><br></div><div>three</div>", "one\ntwo\n\nthree"),
        ("<div>one</div>two<div>three</div><p>four</p>", "one\n\ntwo\n\nthree\n\nfour"),
        ("<div>a</div><div><p>b</p></div><div>c</div>", "a\n\nb\n\nc"),
        ("<div><b>a</b> b</div>\n<div>c <i>d</i> e</div>", "**a** b\nc *d* e"),
        ("<form><p>one</p><button>two</button></form>", "one\n\ntwo"),
        ("<nav>one</nav><footer>two</footer>", "one\n\ntwo"),
        ("<ol><li>one<li>two</ol>", "1. one\n2. two"),
        ("<html><body><p>one</p></body></html>\n<p>two", "one\n\ntwo"),
        ("<iframe src=x>one</iframe><svg><text>two</text></svg>", "one\n\ntwo"),
        ('<?xml version="1.0" encoding="UTF-8"?><p>żółw €</p>', "żółw €"),
        ("<p>- a<br>1) b<br># c<br>&gt; d<br>* e<br>--- f</p>", "- a\n1) b\n# c\n> d\n* e\n--- f"),
        ("<blockquote><ul><li># a</li><li>1. b</li></ul></blockquote>", "> - # a\n> - 1. b"),
        ("<meta charset=iso-8859-1><p>سلام 日本</p>", "سلام 日本"),
    ],
)
def test_markdown(html: str, text: str) -> None:
    assert markdown(html) == text


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("html", ["https://x.example/", "a.html", '<?xml version="1.0"?><a>b</a>'])
def test_nothing_is_said_of_odd_pages(html: str) -> None:
    assert markdown(html)


def test_a_data_table_stays_one() -> None:
    text = markdown(
        "<table><tr><th>Item</th><th>Price</th></tr><tr><td>A</td><td>5</td></tr></table>"
    )
    assert "| Item | Price |" in text
    assert "| A | 5 |" in text


def test_a_table_of_outlooks_stays_one() -> None:
    rows = [("Item", "Price"), ("Box", "10")]
    cells = ["".join(f"<td><p class=MsoNormal>{one}</p></td>" for one in row) for row in rows]
    text = markdown(f"<table>{''.join(f'<tr>{one}</tr>' for one in cells)}</table>")
    assert text == "| Item | Price |\n| --- | --- |\n| Box | 10 |"


def test_a_table_in_a_layout_table_stays_one() -> None:
    inner = "<table><tr><th>Item</th><th>Price</th></tr><tr><td>A</td><td>5</td></tr></table>"
    text = markdown(f"<table><tr><td><p>Dear Ann</p>{inner}</td></tr></table>")
    assert text.startswith("Dear Ann\n\n| Item | Price |")
    assert text.endswith("| A | 5 |")


@pytest.mark.parametrize(
    "cell", ["<p>one</p><p>two</p>", f"<p>{'word ' * 40}</p>", "<ul><li>x</ul>", "<img alt=x>"]
)
def test_a_table_with_long_cells_is_layout(cell: str) -> None:
    assert "|" not in markdown(f"<table>{f'<tr><td>a</td><td>{cell}</td></tr>' * 2}</table>")


def test_a_layout_table_goes() -> None:
    text = markdown(
        "<table><tr><td><table><tr><td><p>Dear Ann</p></td></tr></table></td></tr></table>"
    )
    assert text == "Dear Ann"


@pytest.mark.parametrize("html", ["<div>" * 100_000 + "deep", "<b>" * 150 + "deep" + "</b>" * 150])
def test_deep_nesting_is_read_plainly(html: str) -> None:
    assert to_markdown(html) == ("deep", "simplified html")


def test_large_input_is_read_plainly_and_bounded() -> None:
    text, mended = to_markdown("<p>words</p>" * 100_000)
    assert text.startswith("words\n")
    assert mended == "simplified html"
    assert to_markdown("x" * 3_000_000)[1] == "bounds"


def test_plain_reading_keeps_links_and_drops_scripts() -> None:
    html = "<div>" * 200 + '<style>p{}</style><a href="https://x.example">here</a> <td>c</td>'
    assert to_markdown(html)[0] == "here <https://x.example> c"


HOSTILE = [
    "<!--",
    "<![CDATA[",
    "<a ",
    "<a href='",
    "</",
    "<!",
    "<?",
    "&",
    "<p>",
    "<table><tr><td>",
    "<",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_size(piece: str) -> None:
    """Eight times the input may take about eight times as long, not sixty-four times."""
    small, large = (piece * (size // len(piece)) + ">" for size in (12_000, 96_000))
    to_markdown(piece)
    assert is_linear(to_markdown, small, large)
