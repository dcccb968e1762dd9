from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.model import Location
from gitops_guard.report.excerpt import Excerpt, Excerpts


def show(line: str, column: int, width: int = 40) -> tuple[str, str] | None:
    found = Excerpts({"f": f"first\n{line}\n"}).excerpt(Location("f", 2, column), width)
    return None if found is None else (found.text, " " * found.start + "^" * found.length)


@pytest.mark.parametrize(("line", "column", "text", "caret"), [
    ("  tag: latest  # moves", 8, "  tag: latest  # moves", "       ^^^^^^"),
    ('{a: "b c", d: e}', 5, '{a: "b c", d: e}', "    ^^^^^"),
    ("{a: 'b''c', d: e}", 5, "{a: 'b''c', d: e}", "    ^^^^^^"),
    ("{a: b, d: e}", 11, "{a: b, d: e}", "          ^"),
    ("a: x\r", 4, "a: x", "   ^"),
    ("\tx: y", 2, "    x: y", "    ^^"),
    ("ab\tx", 4, "ab  x", "    ^"),
    ("\u5e97\u8217: \u5e97", 5, "\u5e97\u8217: \u5e97", "      ^^"),
    ("e\u0301: y", 5, "e\u0301: y", "   ^"),
    ("\x1b: y", 4, r"\x1b: y", "      ^"),
    ("##[group]: y", 1, r"##\[group]: y", "^^^^^^^^^"),
    ("short", 99, "short", "     ^"),
    ("", 1, "", "^"),
    ("  spaces   ", 1, "  spaces", "  ^^^^^^"),
    ("  spaces   ", 2, "  spaces", " ^"),
    ("   ", 1, "", "^"),
])
def test_the_caret_stands_under_the_value(line, column, text, caret):
    assert show(line, column) == (text, caret)


WORDS = " ".join(f"w{number:02}" for number in range(40))


@pytest.mark.parametrize("column", [1, 37, 81, 157])
def test_a_long_line_is_cut_around_the_caret(column):
    shown = show(WORDS, column)
    assert shown is not None
    text, caret = shown
    assert len(text) <= 40
    assert text[len(caret) - 3:len(caret)] == WORDS[column - 1:column + 2]
    assert text.startswith("...") is (column > 1)
    assert text.endswith("...") is (column < 157)


@given(st.text(st.sampled_from("ab \t\u5e97\u0301\x1b#[\"'"), min_size=1, max_size=300), st.integers(1, 320), st.integers(20, 80))
def test_an_excerpt_fits(line, column, width):
    found = Excerpts({"f": line}).excerpt(Location("f", 1, column), width)
    assert found is not None
    cells = sum({"\u5e97": 2, "\u0301": 0}.get(char, 1) for char in found.text)
    assert cells <= width
    assert found.start >= 0
    assert found.length >= 1
    assert found.start + found.length <= max(width, found.start + 1)


def test_a_huge_line_takes_no_time():
    line = "a, " * 3_000_000
    found = Excerpts({"f": line}).excerpt(Location("f", 1, 6_000_001), 80)
    assert found is not None
    assert found.text[found.start] == "a"


@pytest.mark.parametrize("place", [Location("other", 1, 1), Location("f", 3, 1), Location("f", 0, 1)])
def test_without_the_text_there_is_no_excerpt(place):
    assert Excerpts({"f": "one\ntwo"}).excerpt(place, 40) is None


@pytest.mark.parametrize(("column", "end"), [(1, 5), (6, 12), (99, None)])
def test_where_the_value_ends(column, end):
    assert Excerpts({"f": "tag: latest"}).end_column(Location("f", 1, column)) == end


def test_an_excerpt_is_plain():
    assert Excerpts({"f": "a: b"}).excerpt(Location("f", 1, 4), 40) == Excerpt(1, "a: b", 3, 1)
