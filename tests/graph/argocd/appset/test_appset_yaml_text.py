"""toYaml, fromYaml and fromYamlArray; the wanted texts are what Argo CD's own functions give."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_guard.graph.argocd.appset.yaml_text import from_yaml, from_yaml_array, to_yaml

DATA = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab:- #'\"1\n", max_size=5), inner, max_size=3), max_leaves=8,
)


@pytest.mark.parametrize(("value", "wanted"), [
    ({"b": 1.0, "a": [1.5, {"c": "x", "d": []}, [True, None]]}, "a:\n- 1.5\n- c: x\n  d: []\n- - true\n  - null\nb: 1"),
    ({}, "{}"), ([], "[]"), ("text", "text"), (None, "null"), (1e21, "1e+21"), (123456789012.0, "123456789012"), (1e-7, "1e-07"),
    ({"a": "x\ny\n", "b": "x\ny", "c": "x\n\ny\n\n"}, "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\n  y\n"),
    (["true", "1", "yes", "", "null", "12:30", "2024-01-01", "0x1"], "\n".join(
        f'- "{one}"' for one in ["true", "1", "yes", "", "null", "12:30", "2024-01-01", "0x1"])),
    (["a: b", "- x", "it's", "it's: x", "a #b", " a", "@x", "k=v", "https://x.y:8/a?b=c"],
     "- 'a: b'\n- '- x'\n- it's\n- 'it''s: x'\n- 'a #b'\n- ' a'\n- '@x'\n- k=v\n- https://x.y:8/a?b=c"),
])
def test_to_yaml(value, wanted):
    assert to_yaml(value) == wanted


@settings(max_examples=150, deadline=None, derandomize=True)
@given(DATA)
def test_what_is_written_reads_back(value):
    assert from_yaml(to_yaml({"key": value})) == {"key": value}
    assert from_yaml_array(to_yaml([value])) == [value]


def test_reading():
    assert from_yaml("a: 1\nb: yes\n") == {"a": 1.0, "b": True}
    assert isinstance(from_yaml("a: 1")["a"], float)
    assert (from_yaml(""), from_yaml_array("")) == ({}, [])


@pytest.mark.parametrize(("read", "text"), [(from_yaml, "[a]"), (from_yaml, "a: ["), (from_yaml_array, "a: b"), (from_yaml, "a: .nan")])
def test_what_is_none_is_refused(read, text):
    with pytest.raises(ValueError, match=r"."):
        read(text)
