"""Patterns as Go's regexp reads them; what matches was asked of Go 1.26."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.render.pattern import compile_pattern


@pytest.mark.parametrize(("pattern", "yes", "no"), [
    ("web", "a-web-1", "we"), ("^web$", "web", "web\n"), ("^(?:a|b.*)$", "bcd", "abc"), ("a{,2}", "a{,2}", "aa"), ("a{2}", "aa", "a"),
    ("^a{1,}$", "aaa", ""), ("^a{0,1}$", "", "aa"), ("a{b", "a{b", "ab"), ("x*?y", "y", "x"), ("^*a", "ba", "b"), ("(?i)WeB", "wEb", "we"),
    ("a(?i)b|c", "C", "A"), ("(?i:a)b", "Ab", "AB"), ("(?i)[^a]", "b", "A"), ("(?i)[[:upper:]]", "x", "1"), ("(?i-i:a)", "a", "A"),
    ("(?s).", "\n", ""), (".", "x", "\n"), ("(?m)^b$", "a\nb", "ab"), ("(?U)a*", "", None), (r"\Qa.b*\E+", "a.b**", "axb"), (r"\Q.", ".", "a"),
    (r"\x41\x{1F600}", "A\U0001f600", "A"), (r"\141\060", "a0", "a"), (r"\0", "\0", "0"), (r"\pL", "é", "1"), (r"\p{Lu}", "É", "é"),
    (r"\P{L}", "1", "a"), (r"\p{^Lu}", "a", "A"), (r"\p{Any}", "x", ""), (r"[\pN-]", "-", "a"), (r"^\w+$", "a_1", "é"), (r"\s", "\f", "\v"),
    ("(?P<n>a)(?P<n>b)", "ab", "a"), (r"\d", "4", "\u0664"), (r"[\d-z]", "-", "y"), ("[]a]", "]", "b"), ("[^]a]", "b", "]"), ("[a-]", "-", "b"), ("[[:^digit:]]", "a", "1"),
    ("[[:alpha:]]", "a", "1"), (r"\bweb\b", "a web", "aweb"), (r"\B-\B", "--", "a-b"), (r"\Aa\z", "a", "ab"), ("(?P<n>a)(?<m>b)", "ab", "a"),
    ("(a|b)*c", "abac", "ab"), ("(a*)*b", "aab", "aa"), ("(?:)", "", None), ("", "", None), ("a||b", "", None), ("(?i)k", "\u212a", "l"),
    (r"\.\-\_", ".-_", "a"), ("(a{2,3}){2}", "aaaa", "aaa"),
])
def test_what_matches(pattern, yes, no):
    found = compile_pattern(pattern)
    assert found is not None
    assert found.search(yes)
    assert no is None or not found.search(no)


@pytest.mark.parametrize("pattern", [
    "a(", "a)", "[", "[a", "[b-a]", "*", "a**", "a*+", "a++", "a{2}{3}", "|*", "(*)", "a{2,1}", "a{1001}", "(a{100}){100}", "(?=a)", "(?!a)", "(?<=a)",
    "(?#a)", "(?>a)", "(?P=n)", "(?P<a-b>c)", "(?i", "(?x)", "(?-)", r"\1", r"\Z", r"\C", r"\q", r"\é", "\\", r"[\b]", r"[a-\d]",
    r"\x4", r"\x{110000}", "[[:nothing:]]", r"\p{Nothing}", r"\p", "x" * 2000,
])
def test_what_is_refused(pattern):
    assert compile_pattern(pattern) is None


def test_no_pattern_takes_long():
    started = time.monotonic()
    for pattern in ("(a*)*(a*)*b", "(.*a){30}", "(a|a)*c", "(?:a?){60}a{60}", ".*.*.*.*.*.*.*.*x", "((a{0,30}){0,30})b"):
        found = compile_pattern(pattern)
        assert found is not None
        found.search("a" * 59)
    assert time.monotonic() - started < 10


@given(st.lists(st.sampled_from(["a", "b", "ab", ".", "[ab]", "(a|b)", "(?:ab)", "^", "$", "a*", "b+", "a?", "b{2}", "(?:a|b.)*", r"\d", r"\w"]), max_size=6),
       st.text(alphabet="ab1-", max_size=8))
def test_what_python_has_too_means_the_same(parts, text):
    pattern = "".join(parts)
    found = compile_pattern(f"(?:{pattern}){{1}}")
    assert found is not None
    assert found.search(text) is (re.search(f"(?:{pattern})", text, re.ASCII) is not None)
