"""Build variables and patterns; expected results are those of Go's os.Expand, gobwas/glob and doublestar."""

from __future__ import annotations

import pytest
from trees import Link, MemoryTree

from gitops_guard.graph.argocd import doublestar, env, patterns


@pytest.mark.parametrize(("text", "expected"), [
    ("$A", "1"), ("${A}", "1"), ("$$A", "$A"), ("a$", "a$"), ("${", ""), ("${}x", "x"), ("$A.b", "1.b"), ("$B_C/", "x/"), ("${B_C", "B_C"),
    ("$9x", "x"), ("$*", ""), ("$-a", "a"), ("$Zq", ""), ("${Z}", ""), ("$.x", "$.x"), ("é$Aé", "é1é"), ("${$}", "$"),
    ("${ARGOCD_APP_REVISION}-$A", "${ARGOCD_APP_REVISION}-1"),
])
def test_variables(text, expected):
    assert env.expand(text, {"A": "1", "B_C": "x"}) == expected


@pytest.mark.parametrize(("pattern", "expected"), [
    ("*", "a b ab a/b a/b.yaml b.yaml a,b x{y -"), ("**", "a b ab a/b a/b.yaml b.yaml a,b x{y -"), ("?", "a b -"), ("a*", "a ab a/b a/b.yaml a,b"),
    ("*.yaml", "a/b.yaml b.yaml"), ("{a,b}", "a b"), ("{a,b/*}", "a"), ("[ab]", "a b"), ("[!a]", "b -"), ("[a-b]", "a b"), ("[^a]", "a"),
    ("[a", ""), ("{a", "a"), (r"a\,b", "a,b"), (r"{a\,b}", "a,b"), ("a,b", "a,b"), ("x{{a,y},b}", ""), (r"x\{y", "x{y"), ("*{.yaml,b}", "b ab a/b a/b.yaml b.yaml a,b"),
    ("[a-", ""), ("[a-bz]", ""), ("{" * 30, ""), ("a" * 3000, ""),
])
def test_globs_without_separators(pattern, expected):
    names = ["a", "b", "ab", "a/b", "a/b.yaml", "b.yaml", "a,b", "x{y", "-"]
    assert [name for name in names if patterns.fits(pattern, name)] == expected.split()


def test_hostile_globs_take_no_time():
    assert not patterns.fits("*a" * 900, "a" * 400)


TREE = MemoryTree({**dict.fromkeys([
    "t/a.yaml", "t/b.yaml", "t/c.yaml", "t/a/x.yaml", "t/a/d/x.yaml", "t/a/c/x.yaml", "t/a/b.yaml", "t/b/x.yaml", "t/.hid.yaml", "t/z.txt"], ""),
    "t/link": Link("a")})


@pytest.mark.parametrize(("pattern", "expected"), [
    ("*.yaml", ".hid.yaml a.yaml b.yaml c.yaml"), ("**/x.yaml", "a/x.yaml a/c/x.yaml a/d/x.yaml b/x.yaml"), ("a/**/x.yaml", "a/x.yaml a/c/x.yaml a/d/x.yaml"),
    ("?.yaml", "a.yaml b.yaml c.yaml"), ("[ab].yaml", "a.yaml b.yaml"), ("{b,a}.yaml", "a.yaml b.yaml"), ("{a,b}/*.yaml", "a/b.yaml a/x.yaml b/x.yaml"),
    ("[^a].yaml", "b.yaml c.yaml"), ("*/x.yaml", "a/x.yaml b/x.yaml link/x.yaml"), ("a/*/x.yaml", "a/c/x.yaml a/d/x.yaml"), ("a**/b.yaml", "a/b.yaml"),
    ("{a,{b,c}}.yaml", "a.yaml b.yaml c.yaml"), ("{b/x,a}.yaml", "b/x.yaml a.yaml"), ("z*", "z.txt"), ("gone/*", ""),
])
def test_doublestar(pattern, expected):
    assert doublestar.expand(TREE, f"t/{pattern}", "t") == [f"t/{path}" for path in expected.split()]


@pytest.mark.parametrize("pattern", ["[", "{a", "a}", "*" * 9 + "a*b*c*d*e*f", "{a,b}" * 20 + "/{a/b,c}" * 12, "x" * 2000 + "*"])
def test_patterns_that_are_none(pattern):
    assert doublestar.expand(TREE, pattern, ".") is None


def test_folders_fit_too():
    assert doublestar.expand(TREE, "t/b/**", ".", ("file", "dir")) == ["t/b", "t/b/x.yaml"]
