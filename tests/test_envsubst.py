"""What Flux makes of a text; the expected values were printed by github.com/fluxcd/pkg/envsubst v1.7.0."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard import envsubst

VALUES = {"A": "aababc/x.y", "B": "Hello", "E": "", "N": 'a"b', "U": "éÀß", "P": "/usr/local/bin"}
ERROR = None


def run(text, *, strict, **more):
    try:
        return envsubst.substitute(text, VALUES.get, strict=strict, **more)
    except envsubst.SubstitutionError:
        return ERROR


@pytest.mark.parametrize(("text", "strict", "lax"), [
    ("plain", "plain", "plain"),
    ("${A}", "aababc/x.y", "aababc/x.y"),
    ("$A", "$A", "$A"),
    ("$$A", "$A", "$A"),
    ("$${A}", "${A}", "${A}"),
    ("$$$${A}", "$${A}", "$${A}"),
    ("${B}${E}-${B}", "Hello-Hello", "Hello-Hello"),
    ("${E:-d}", "d", "d"),
    ("${E:=d}", "d", "d"),
    ("${E=d}", "d", "d"),
    ("${E:?d}", "d", "d"),
    ("${E:+d}", "d", "d"),
    ("${B:-d}", "Hello", "Hello"),
    ("${X:-d}", "d", "d"),
    ("${X-d}", ERROR, ERROR),
    ("${X}", ERROR, ""),
    ("${X:=}", "", ""),
    ("${X:=${B}}", "Hello", "Hello"),
    ("${X:=a${B}c}", "aHelloc", "aHelloc"),
    ("${B:=${X}}", ERROR, "Hello"),
    ("${#B}", "5", "5"),
    ("${#U}", "6", "6"),
    ("${#X}", ERROR, "0"),
    ("${B^^}", "HELLO", "HELLO"),
    ("${B,,}", "hello", "hello"),
    ("${B^}", "Hello", "Hello"),
    ("${B,}", "hello", "hello"),
    ("${U^^}", "ÉÀß", "ÉÀß"),
    ("${B:1}", "ello", "ello"),
    ("${B:1:3}", "ell", "ell"),
    ("${B:-2}", "Hello", "Hello"),
    ("${B: -2}", "Hello", "Hello"),
    ("${B:9}", "", ""),
    ("${B:1:9}", "ello", "ello"),
    ("${B:x}", "Hello", "Hello"),
    ("${B:1:-1}", ERROR, ERROR),
    ("${P#*/}", "usr/local/bin", "usr/local/bin"),
    ("${P##*/}", "bin", "bin"),
    ("${P%/*}", "/usr/local", "/usr/local"),
    ("${P%%/*}", "", ""),
    ("${A#a?}", "babc/x.y", "babc/x.y"),
    ("${A#[ab]}", "ababc/x.y", "ababc/x.y"),
    ("${A%.[^z]}", "aababc/x.y", "aababc/x.y"),
    ("${B#zz}", "Hello", "Hello"),
    ("${P#[}", "/usr/local/bin", "/usr/local/bin"),
    ("${A/a/X}", "Xababc/x.y", "Xababc/x.y"),
    ("${A//a/X}", "XXbXbc/x.y", "XXbXbc/x.y"),
    ("${A//a/}", "bbc/x.y", "bbc/x.y"),
    ("${A//a}", ERROR, ERROR),
    ("${A/#a/X}", "Xababc/x.y", "Xababc/x.y"),
    ("${A/%y/X}", "aababc/x.X", "aababc/x.X"),
    ("${A/#a/}", "aababc/x.y", "aababc/x.y"),
    ("${P//\\//-}", "-usr-local-bin", "-usr-local-bin"),
    ("${A/${B}/x}", "aababc/x.y", "aababc/x.y"),
    ("${}", ERROR, ERROR),
    ("${", ERROR, ERROR),
    ("${A", ERROR, ERROR),
    ("${A!}", ERROR, ERROR),
    ("${A b}", ERROR, ERROR),
    ("${ A}", ERROR, ERROR),
    ("${A.b}", ERROR, ERROR),
    ("${{A}}", ERROR, ERROR),
    ("${B:=}}", "Hello}", "Hello}"),
    ("a ${B} $ {B}", "a Hello $ {B}", "a Hello $ {B}"),
    ("${é:-x}", "x", "x"),
    ("${X:=\nb\n}", "\nb\n", "\nb\n"),
    ("${1}", ERROR, ""),
    ("${X^^}", ERROR, ""),
    ("${X:0:1}", ERROR, ""),
])
def test_substitutes_as_flux_does(text, strict, lax):
    assert run(text, strict=True) == strict
    assert run(text, strict=False) == lax


@pytest.mark.parametrize(("text", "variable", "at", "unset"), [
    ("a ${MISSING}", "MISSING", 2, True),
    ("a ${B:=${MISSING}}", "MISSING", 7, True),
    ("${B} ${foo.bar}", "foo", 5, False),
    ("x ${", "", 2, False),
])
def test_an_error_names_the_variable_and_its_place(text, variable, at, unset):
    with pytest.raises(envsubst.SubstitutionError) as caught:
        envsubst.substitute(text, VALUES.get, strict=True)
    assert (caught.value.variable, caught.value.at, caught.value.unset) == (variable, at, unset)


def test_names_the_variables_of_a_text():
    found = envsubst.expressions("${A} $${B} ${C:=x${D}}")
    assert [(inner.variable, inner.has_default) for outer in found for inner in outer.all()] == [
        ("A", False), ("D", False), ("C", True)]


def test_what_is_kept_stays_as_it_is_written():
    text = "${A}-${X:=a$${B}}-${B:=${X}}-$$"
    assert run(text, strict=True, keep=lambda part: part.variable == "X") == "aababc/x.y-${X:=a$${B}}-${B:=${X}}-$"


@pytest.mark.parametrize(("name", "fits"), [("A_1", True), ("_", True), ("1A", False), ("a.b", False), ("", False), ("é", False)])
def test_names(name, fits):
    assert envsubst.is_name(name) is fits


def test_deep_nesting_is_an_error_and_no_crash():
    assert run("${X:=" * 5000 + "}" * 5000, strict=False) is ERROR


@given(st.text(alphabet=st.characters(exclude_characters="$", exclude_categories=("Cs",))))
def test_a_text_without_a_dollar_stays(text):
    assert run(text, strict=True) == text


@given(st.text(alphabet="${}:=-#%/ABXab*[", max_size=30))
def test_any_text_is_substituted_or_refused(text):
    before = run(text, strict=True)
    assert before == run(text, strict=False) or before is ERROR
