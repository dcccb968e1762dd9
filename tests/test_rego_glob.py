"""Globs as OPA reads them (the wanted answers are OPA 1.22's), as regular expressions; tests/real asks OPA about many more."""

from __future__ import annotations

import re

import pytest

from gitops_guard.rego_glob import as_regex

YES, NO = True, False


@pytest.mark.parametrize(("glob", "text", "wanted"), [
    ("*", "a", YES), ("*", "", YES), ("*", "a/b", NO), ("**", "a/b", YES), ("a/*", "a/b", YES), ("a/*", "a/b/c", NO), ("a/**", "a/b/c", YES),
    ("**/x", "z/x", YES), ("**/x", "/x", YES), ("**/x", "x", NO), ("?", "a", YES), ("?", "/", NO), ("?", "ab", NO),
    ("[ab]", "b", YES), ("[ab]", "c", NO), ("[!ab]", "c", YES), ("[!ab]", "a", NO), ("[a-c]", "b", YES), ("[!a-c]", "b", NO), ("[a]b", "ab", YES),
    ("{a,b}", "b", YES), ("{a,b}", "ab", NO), ("{a*,b/**}/c", "b/q/w/c", YES), ("x{a,}y", "xy", YES), ("x{a,}y", "xay", YES),
    (r"a\*b", "a*b", YES), (r"a\*b", "axb", NO), ("a.b+c", "a.b+c", YES), ("a.b+c", "axb+c", NO), (",", ",", YES), ("a}b", "a}b", YES),
    ("docker.io/{library,bitnami}/**:1.?", "docker.io/bitnami/a/b:1.9", YES), ("registry.example.com/dev/*", "registry.example.com/dev/q/r", NO),
    ("**", "a\nb", YES), ("é*", "éa", YES), ("(a|b)", "a", NO), ("^a$", "^a$", YES),
])
def test_it_matches_what_the_glob_matches(glob: str, text: str, wanted: bool) -> None:
    assert (re.fullmatch(as_regex(glob, "/"), text) is not None) is wanted


@pytest.mark.parametrize(("glob", "separators", "text", "wanted"), [
    ("a:*", "", "a:b/c:d", YES), ("a:*", ":", "a:b", YES), ("a:*", ":", "a:b:c", NO), ("a:*", "/:", "a:b/c", NO), ("*", ".", "a/b", YES), ("*", ".", "a.b", NO),
    ("*", "-]", "a", YES), ("*", "-]", "a]", NO), ("?", "é", "é", NO), ("***", ".", "a.b", YES), ("[&&]", "", "&", YES), ("[-a]", "", "-", YES),
    ("[!!]", "", "!", NO), ("a", "", "a\n", NO),
])
def test_separators(glob: str, separators: str, text: str, wanted: bool) -> None:
    assert (re.fullmatch(as_regex(glob, separators), text) is not None) is wanted


@pytest.mark.parametrize("glob", ["{a", "[a", "[]", "[!]", "a\\", "[b-a]"])
def test_what_is_no_glob(glob: str) -> None:
    with pytest.raises(ValueError, match=r"glob|brace|range"):
        as_regex(glob, "/")
