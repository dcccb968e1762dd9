"""Go's regular expressions; what matches, and what the groups take, was asked of Go 1.26."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.goregexp import PatternError, UnknownPatternError, compiled


@pytest.mark.parametrize(("pattern", "text", "spans"), [
    ("(a+)(b+)?", "xaab", (1, 4, 1, 3, 3, 4)),
    ("(a|ab)(c|bcd)(d*)", "abcd", (0, 4, 0, 1, 1, 4, 4, 4)),
    ("a*?", "aaa", (0, 0)),
    ("(a*?)(a*)", "aaa", (0, 3, 0, 0, 0, 3)),
    ("(?U)(a*)(a*?)", "aaa", (0, 3, 0, 0, 0, 3)),
    ("(?i)(straSSe)", "STRA\xdfe StraSSe", (7, 14, 7, 14)),
    ("(?i)[\u03b8]", "\u03f4", (0, 1)),
    ("(?i)\xdf", "\u1e9e", (0, 1)),
    ("(?i)[^k]+", "K\u212ax", (2, 3)),
    ("(?P<n>a)(?P<n>b)", "ab", (0, 2, 0, 1, 1, 2)),
    ("(?P<1a>x)", "x", (0, 1, 0, 1)),
    ("[a-c-e]+", "x-e", (1, 3)),
    ("(^a|b$)+", "ab", (0, 2, 1, 2)),
    ("(?m)^(.*)$", "one\ntwo", (0, 3, 0, 3)),
    ("(?s)a(.)b", "a\nb", (0, 3, 1, 2)),
    ("()*", "a", (0, 0, 0, 0)),
    ("(a|)+", "aab", (0, 2, 1, 2)),
    ("(|a)*", "aa", (0, 0, 0, 0)),
    ("(|a)+", "aa", (0, 0, 0, 0)),
    ("(a?)*?b", "aab", (0, 3, 1, 2)),
    ("x{0}y", "xy", (1, 2)),
    ("(ab){2,3}", "abababab", (0, 6, 4, 6)),
    ("(ab){2,3}?", "abababab", (0, 4, 2, 4)),
    ("\\b(\\w+)\\b", "  \xe9 word", (4, 8, 4, 8)),
    ("\\Qa.b\\E*", "a.bbb", (0, 5)),
    ("[[:^alpha:]]+", "a1-\xe9", (1, 4)),
    ("(?-s:.)", "\n", None),
    ("a{,2}", "a{,2}", (0, 5)),
    ("\\pL+", "\xe91", (0, 1)),
    ("\\P{Lu}", "Aa", (1, 2)),
    ("(?:)", "x", (0, 0)),
    ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", None),
    ("(?i-s:a.)b", "A b", (0, 3)),
    ("a||b", "b", (0, 0)),
    ("[^\\d\\s]+", "1 x", (2, 3)),
    ("\\x{1F600}|\\101", "A", (0, 1)),
])
def test_the_first_match_and_its_groups(pattern: str, text: str, spans: tuple[int, ...] | None) -> None:
    assert compiled(pattern).search(text) == spans


@pytest.mark.parametrize("pattern", ["a(", "(a{100}){20}", "a**", r"\C", r"\8", "[z-a]", "(?P<a-b>c)", "[[:none:]]", r"\x{110000}"])
def test_what_go_refuses(pattern: str) -> None:
    with pytest.raises(PatternError):
        compiled(pattern)


@pytest.mark.parametrize("pattern", [r"\p{Greek}", "a" * 2001, "(" * 200 + ")" * 200, "".join(f"{char}{{900}}" for char in "abcdef")])
def test_what_go_takes_and_we_do_not(pattern: str) -> None:
    with pytest.raises(UnknownPatternError):
        compiled(pattern)


def test_matches_go_on_behind_the_last_one() -> None:
    assert list(compiled("a*").matches("baac")) == [(0, 0), (1, 3), (4, 4)]
    assert list(compiled("a").matches("aaa", 2)) == [(0, 1), (1, 2)]


def test_the_work_is_told() -> None:
    told: list[int] = []
    compiled("(x+x+)+y").search("x" * 50, spend=told.append)
    assert 50 < sum(told) < 50_000


@given(st.lists(st.sampled_from(["a", "b", ".", "[^a]", "(a|b)", "(?i)B", "^", "$", "a*", "b+?", "(?:ab){2}", r"\b", r"\A", r"\z", "|"]),
                max_size=6), st.text(alphabet="aBb-\n", max_size=8))
def test_it_occurs_where_a_search_finds_it(parts: list[str], text: str) -> None:
    regexp = compiled("".join(parts))
    assert regexp.occurs(text) is (regexp.search(text) is not None)
