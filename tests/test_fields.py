"""Fields that differ between two versions of an object."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.change.fields import by_leaf, differences
from gitops_guard.origin import Map, Seq
from gitops_guard.render import schema_of
from gitops_guard.source import Dialect, parse

POD = schema_of("v1", "Pod")


def loaded(text):
    return parse(text.encode(), "x.yaml").load(Dialect.RESOURCE)[0]


def shown(before, after, schema=None):
    """(label, before, after) of each difference; `-` where a side has nothing."""
    found = differences(loaded(before), loaded(after), schema)
    return [("/".join(one.label), *(site.value if site is not None else "-" for site in (one.before, one.after))) for one in found]


@pytest.mark.parametrize(("before", "after", "found"), [
    ("{a: 1}", "{a: 1}", []),
    ("{a: 1}", "{a: 2}", [("a", 1, 2)]),
    ("{a: 1}", "{a: true}", [("a", 1, True)]),
    ("{a: 1}", '{a: "1"}', [("a", 1, "1")]),
    ("{a: null}", "{}", [("a", None, "-")]),
    ("{a: 1, b: 2}", "{b: 2, a: 1}", []),
    ("{a: {b: {c: 1}}}", "{a: {b: {c: 2}}}", [("a/b/c", 1, 2)]),
    ("{a: {b: 1}}", "{a: [1]}", [("a", {"b": 1}, [1])]),
    ("{a: [x, y]}", "{a: [y, x]}", [("a/[0]", "-", "y"), ("a/[1]", "y", "-")]),
    ("{a: [x, z]}", "{a: [x, y, z]}", [("a/[1]", "-", "y")]),
    ("{a: [{name: x, v: 1}, {name: y}]}", "{a: [{name: x, v: 2}, {name: y}, {name: z}]}", [("a/[x]/v", 1, 2), ("a/[z]", "-", {"name": "z"})]),
    ("{a: [{name: x}, {name: y}]}", "{a: [{name: y}]}", [("a/[x]", {"name": "x"}, "-")]),
    ("{a: [{v: 1}]}", "{a: [{v: 2}]}", [("a/[0]/v", 1, 2)]),
])
def test_values(before, after, found):
    assert shown(before, after) == found


@pytest.mark.parametrize(("before", "after", "found"), [
    ("[{name: a, image: x}, {name: b}]", "[{name: b}, {name: a, image: y}]", [("spec/containers/[a]/image", "x", "y")]),
    ("[{name: a, env: [{name: A, value: 1}, {name: B}]}]", "[{name: a, env: [{name: B}, {name: A, value: 1}]}]", []),
    ("[{name: a, ports: [{containerPort: 80}]}]", "[{name: a, ports: [{containerPort: 80, protocol: TCP}]}]",
     [("spec/containers/[a]/ports/[80, TCP]/protocol", "-", "TCP")]),
    ("[{name: a, ports: [{containerPort: 53, protocol: TCP}, {containerPort: 53, protocol: UDP}]}]",
     "[{name: a, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}]}]", []),
    ("[{name: a, args: [x, y]}]", "[{name: a, args: [y, x]}]",
     [("spec/containers/[a]/args/[0]", "-", "y"), ("spec/containers/[a]/args/[1]", "y", "-")]),
    ("[{name: a, v: 1}, {name: a, v: 2}]", "[{name: a, v: 1}, {name: a, v: 3}]", [("spec/containers/[1]/v", 2, 3)]),
])
def test_lists_that_the_api_merges_by_keys(before, after, found):
    assert shown(f"{{spec: {{containers: {before}}}}}", f"{{spec: {{containers: {after}}}}}", POD) == found


def test_finalizers_have_an_order():
    assert len(shown("{metadata: {finalizers: [x, y]}}", "{metadata: {finalizers: [y, x]}}", POD)) == 2


def test_an_order_that_differs_in_a_list_of_unknown_type_is_a_difference():
    assert shown("{a: [{name: x}, {name: y}]}", "{a: [{name: y}, {name: x}]}") != []


def test_places():
    before, after = loaded("a: 1\nb:\n  c: 2\n"), loaded("b: {d: [5]}\n\na: 3\n")
    found = [(one.label, one.before and one.before.origin.line, one.after and one.after.origin.line)
             for difference in differences(before, after, None) for one in by_leaf(difference)]
    assert found == [(("a",), 1, 3), (("b", "c"), 3, None), (("b", "d", "[0]"), None, 1)]


def test_scalars_that_count_as_equal():
    same = [difference.label for difference in differences(loaded("{a: x-1, b: y-1}"), loaded("{a: x-2, b: y-2}"), None,
                                                           lambda one, other: (one, other) == ("x-1", "x-2"))]
    assert same == [("b",)]


SCALARS = st.one_of(st.integers(0, 2), st.booleans(), st.none(), st.sampled_from(["", "a", "b"]))
NAMED = st.lists(st.fixed_dictionaries({"name": st.sampled_from("abcd")}, optional={"value": SCALARS, "args": st.lists(SCALARS, max_size=4)}),
                 max_size=4)
CONTAINERS = st.lists(st.fixed_dictionaries({"name": st.sampled_from("abcd")}, optional={
    "image": SCALARS, "args": st.lists(st.sampled_from("abc"), max_size=5), "env": NAMED, "other": NAMED}), max_size=4)
ANY = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)),
                   max_leaves=12)
PODS = st.fixed_dictionaries({}, optional={"spec": st.fixed_dictionaries({}, optional={"containers": CONTAINERS}), "more": ANY})


def origins(value):
    if isinstance(value, dict):
        return Map({key: origins(item) for key, item in value.items()})
    return Seq([origins(item) for item in value]) if isinstance(value, list) else value


def without(body, sites, *, gone):
    """The body with its differing values replaced by a token, and those that only it has taken out."""
    body = copy.deepcopy(body)
    for path, alone in sorted(((site.path, path in gone) for path, site in sites.items()), reverse=True):
        node = body
        for part in path[:-1]:
            node = node[part]
        if alone:
            del node[path[-1]]
        else:
            node[path[-1]] = "<differs>"
    return body


def canonical(body):
    """The body with the lists sorted that the API takes for sets: containers, and their variables, where names tell items apart."""
    for container in (body.get("spec") or {}).get("containers", ()):
        if isinstance(container, dict):
            container["env"] = ordered(container.get("env"))
    if isinstance(body.get("spec"), dict):
        body["spec"]["containers"] = ordered(body["spec"].get("containers"))
    return json.dumps(body, sort_keys=True)


def ordered(items):
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if isinstance(items, list) else items


@given(PODS)
def test_equal_objects_have_no_difference(body):
    assert differences(origins(body), origins(body), POD) == []


@given(PODS, PODS)
def test_without_its_differences_one_object_is_the_other(before, after):
    found = differences(origins(before), origins(after), POD)
    old = {one.before.path: one.before for one in found if one.before is not None}
    new = {one.after.path: one.after for one in found if one.after is not None}
    left = without(before, old, gone={one.before.path for one in found if one.before is not None and one.after is None})
    right = without(after, new, gone={one.after.path for one in found if one.after is not None and one.before is None})
    assert canonical(left) == canonical(right)
