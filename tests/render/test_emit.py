from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_guard.errors import RenderError
from gitops_guard.model import Resource
from gitops_guard.origin import Map, Origin, Seq
from gitops_guard.render.emit import document, emit, sorted_keys
from gitops_guard.render.quoting import number_text, value_text
from gitops_guard.source import Dialect, parse

AT = Origin("f.yaml", 3, 4)


@pytest.mark.parametrize(("keys", "expected"), [
    (["b", "a"], ["a", "b"]), (["file10", "file2"], ["file2", "file10"]), (["a1b", "a1-", "a1.", "a10", "a1B", "a1"], ["a1", "a1-", "a1.", "a10", "a1B", "a1b"]),
    (["ab", "a-b", "a.b", "a b"], ["a b", "a-b", "a.b", "ab"]), (["F", "a"], ["F", "a"]), (["a01", "a1"], ["a1", "a01"]), (["1", "a", ""], ["", "1", "a"]),
    (["x100", "x010", "x20"], ["x010", "x20", "x100"]), (["é", "z"], ["z", "é"]),
])
def test_sorted_keys(keys, expected):
    assert list(sorted_keys(keys)) == expected


@pytest.mark.parametrize(("value", "expected"), [
    (1, "1"), (1.0, "1"), (0.1, "0.1"), (1000.0, "1000"), (1e21, "1e+21"), (1e20, "1e+20"), (1.5e-7, "1.5e-07"), (1234567.5, "1.2345675e+06"),
    (2**64 - 1, "18446744073709551615"), (2**64, "1.8446744073709552e+19"), (-0.0, "0"), (12345678901234567890.0, "12345678901234567000"), (-5, "-5"),
])
def test_numbers(value, expected):
    assert number_text(value) == expected


@pytest.mark.parametrize(("value", "column", "indent", "expected"), [
    ("a " * 30 + "end", 0, 2, "a " * 30 + "end\n"), ("word " * 17 + "end", 0, 2, "word " * 16 + "word\n  end\n"),
    ("word  " * 20 + "end", 0, 2, "word  " * 20 + "end\n"), ("- " + "word " * 17, 0, 1, "'- " + "word " * 15 + "word\n word '\n"),
    ("\t" + "word " * 17 + "end", 0, 1, '"\\t' + "word " * 15 + 'word\n word end"\n'),
    ("\t" + "x" * 85 + "  y", 0, 1, '"\\t' + "x" * 85 + '\n \\ y"\n'), ("a\nb", 0, 2, "|-\n  a\n  b\n"), (" a\n", 0, 2, "|2\n   a\n"), ("a\n\n", 0, 2, "|+\n  a\n\n"),
    ("a b", 100, 120, "a\n" + " " * 120 + "b\n"),
])
def test_folding(value, column, indent, expected):
    assert value_text(value, column, indent) == expected


def test_documents_are_joined():
    resources = [Resource(Map({"a": "b"}), None, AT), Resource(Map({"c": "d"}), None, AT)]
    assert emit(resources) == "a: b\n---\nc: d\n"
    assert emit([]) == ""
    assert document(Map()) == "{}\n"


@pytest.mark.parametrize("value", ["\x7f", "\x9f", "\uffff", float("nan"), float("inf")])
def test_what_yaml_does_not_have(value):
    inner = Map({"b": value}, {"b": AT})
    with pytest.raises(RenderError) as caught:
        document(Map({"a": Seq([inner], [AT])}))
    assert (caught.value.file, caught.value.line, caught.value.column) == ("f.yaml", 3, 4)


def test_bytes_that_are_no_text():
    assert document(Map({"a": "x\udcff"})) == 'a: "x\\uFFFD"\n' or document(Map({"a": "x\udcff"})) == "a: x\ufffd\n"


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufeff\u2028\u2029") | st.sampled_from(" \n\t\r:#-'\"{}[]|>0123456789eExyn~."), max_size=30)
SCALAR = TEXT | st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(-(2**53), 2**53)
KEY = TEXT


def _containers(children):
    return st.lists(children, max_size=4).map(Seq) | st.dictionaries(KEY, children, max_size=4).map(Map)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEY, st.recursive(SCALAR, _containers, max_leaves=12), min_size=1, max_size=4).map(Map))
def test_what_is_printed_reads_back(body):
    text = document(body)
    assert parse(text.encode(), "f.yaml").load(Dialect.RESOURCE) == [body]
    assert parse(text.encode(), "f.yaml").load(Dialect.MANIFEST) == [body]
    assert document(parse(text.encode(), "f.yaml").load(Dialect.RESOURCE)[0]) == text
