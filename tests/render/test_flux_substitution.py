"""Flux's variables in built objects; the outputs were printed by fluxcd/pkg/kustomize v1.35.4."""

from __future__ import annotations

import textwrap

import pytest
from trees import sources

from gitops_guard.errors import InputError
from gitops_guard.origin import Origin
from gitops_guard.recipes import Kustomize, Substitution, Variable
from gitops_guard.render import Renderer, emit


def variables(**values):
    return {name: Variable(value, Origin("flux.yaml", line, 5)) for line, (name, value) in enumerate(values.items(), 1)}


def build(text, given, **more):
    given = given if isinstance(given, Substitution) else Substitution(given, **more)
    renderer = Renderer(sources({"d/a.yaml": textwrap.dedent(text)}))
    return renderer.build(Kustomize("d", "flux", restrictor="none", generate=True, substitution=given))


def config(data, meta=""):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n{meta}data:\n" + textwrap.indent(textwrap.dedent(data).strip(), "  ") + "\n"


def data(text, given, **more):
    done = build(config(text), given, **more)
    assert not done.faults
    return done.resources[0].body["data"]


@pytest.mark.parametrize(("value", "read"), [
    ("123", 123), ("true", True), ("-1", -1), ("[1, 2]", [1, 2]), ("{a: b}", {"a": "b"}), ("", None), ("null", None), ("0123", 83),
    ("1.10", 1.1), ("'12'", "12"), ("2020-01-01", "2020-01-01"), ("x # y", "x"), ("yes", True), ("plain", "plain"),
])
def test_a_value_is_read_as_yaml_in_its_place(value, read):
    found = data("v: '${A}'", variables(A=value))["v"]
    assert (found, type(found).__name__ in ("Map", "Seq")) == (read, isinstance(read, (dict, list)))


def test_text_and_keys():
    given = variables(A="one", K="key")
    text = "f: |\n  line ${A}\n    b: $${X} $Y $$Z\n  c: ${B:-q}\n'${K}': ${B:=a b} ${A}\nlong: " + "word " * 30 + "${B:=two words}\n"
    assert data(text, given) == {"f": "line one\n  b: ${X} $Y $Z\nc: q\n", "key": "a b one", "long": "word " * 30 + "two words"}


def test_origins_stay_but_for_what_a_variable_wrote():
    found = data("a: plain\nb: '${A}'\nc: x-${A}:${B}\nd: ${C:=default}\ne: |\n  text ${A}\n  more\n", variables(A="one", B="two"))
    assert [(found.at[key].file, found.at[key].line) for key in "abcde"] == [
        ("d/a.yaml", 6), ("flux.yaml", 1), ("flux.yaml", 2), ("d/a.yaml", 9), ("d/a.yaml", 10)]
    assert found.at["e"].block


@pytest.mark.parametrize(("meta", "value"), [
    ("  labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n", "${A}"),
    ("  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n", "${A}"),
    ("  annotations: {kustomize.toolkit.fluxcd.io/substitute: Disabled}\n", "x"),
])
def test_an_object_may_switch_it_off_in_lower_case(meta, value):
    assert build(config("a: ${A}", meta), variables(A="x")).resources[0].body["data"]["a"] == value


def test_without_any_variable_nothing_is_substituted():
    assert data("a: ${X:=1}", {})["a"] == "${X:=1}"
    assert data("a: ${X:=1}", {}, always=True)["a"] == 1


def test_a_variable_without_value_is_a_fault_at_the_line_that_uses_it():
    done = build(config("a: ok\nb: |\n  first\n  x ${UNSET} ${A}\n"), variables(A="x"))
    assert [(fault.rule, fault.location[:2]) for fault in done.faults] == [("render/failed", ("d/a.yaml", 9))]
    assert done.resources[0].body["data"]["b"] == "first\nx ${UNSET} ${A}\n"
    assert data("a: x${UNSET}", variables(A="x"), strict=False)["a"] == "x"


@pytest.mark.parametrize("text", ["${A-1}", "${foo.bar}", "${{ x }}", "${A:0:-1}"])
def test_what_flux_cannot_read_is_a_fault_at_its_line(text):
    done = build(config(f"z: ok\na: '{text}'"), variables(A="x"))
    assert [(fault.rule, fault.location[:2]) for fault in done.faults] == [("render/failed", ("d/a.yaml", 7))]


def test_an_expression_may_go_on_in_the_next_text():
    assert data("a: '${A:=x'\nb: 'y}'", variables(A="v")) == {"a": "v"}


def test_what_may_come_from_elsewhere_is_unresolved_and_stays():
    done = build(config("a: ${X}\nb: ${X:=d}\nc: ${A}"), Substitution(variables(A="x"), unknown=("Secret/s",)))
    assert [(fault.rule, fault.location[:2]) for fault in done.faults] == [
        ("render/unresolved", ("d/a.yaml", 6)), ("render/unresolved", ("d/a.yaml", 7))]
    assert "Secret/s" in done.faults[0].message
    assert done.resources[0].body["data"] == {"a": "${X}", "b": "${X:=d}", "c": "x"}


def test_of_what_may_be_absent_the_default_counts():
    done = build(config("a: ${X}\nb: ${X:=d}"), Substitution({}, perhaps=("Secret/s",)))
    assert [(fault.rule, fault.location[:2]) for fault in done.faults] == [("render/unresolved", ("d/a.yaml", 6))]
    assert done.resources[0].body["data"] == {"a": "${X}", "b": "d"}


@pytest.mark.parametrize(("text", "given", "line"), [
    ("a: plain", {"A": "x", "b.c": "y"}, 2),
    ("a: x${A}", {"A": "a: b: c"}, 1),
    ("a: ${A}", {"A": ": {"}, 1),
])
def test_a_variable_that_breaks_the_object_fails_at_its_own_line(text, given, line):
    with pytest.raises(InputError) as caught:
        build(config(text), variables(**given))
    assert (caught.value.file, caught.value.line) == ("flux.yaml", line)


def test_objects_without_a_dollar_print_as_before():
    text = config("a: '1.0'\nb: 2020-01-01\nc: \"yes\"")
    assert emit(build(text, variables(A="x")).resources) == emit(build(text, {}).resources)


def test_a_secret_is_located_at_the_variable():
    text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: |\n    user: x\n    password: ${A}\n"
    assert build(text, variables(A="x")).resources[0].body["stringData"].at["a"].file == "flux.yaml"


def test_an_image_is_located_at_what_wrote_the_tag():
    found = data("image: ${A}/nginx:latest\nother:\n  image: ${A}/nginx:${B}", variables(A="reg", B="1"))
    assert (found.at["image"].file, found["other"].at["image"][:2]) == ("d/a.yaml", ("flux.yaml", 2))
