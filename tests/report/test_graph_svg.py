from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.report import Options
from gitops_guard.report.graph import FORMATS
from gitops_guard.report.graph.layout import Placed, layout
from gitops_guard.report.graph.links import Links
from gitops_guard.report.graph.picture import Arrow, Box
from gitops_guard.report.graph.svg import thinned

from . import graphs

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(graph):
    return ET.fromstring(FORMATS["svg"](graph, Options()).text)  # noqa: S314 (our own)


def texts(root):
    return [element.text for element in root.iter(f"{NAMESPACE}text")]


def overlapping(boxes: tuple[Placed, ...]) -> list[tuple[str, str]]:
    return [(one.box.id, other.box.id) for one, other in combinations(boxes, 2)
            if one.x < other.x + other.width and other.x < one.x + one.width and one.y < other.y + other.height and other.y < one.y + one.height]


def test_the_sample_looks_as_it_did(golden):
    golden("graph.svg", FORMATS["svg"](graphs.EVERYTHING, Options()).text)


def test_every_object_is_named_once_and_nothing_leaves_the_picture():
    root = drawn(graphs.argocd())
    assert [texts(root).count(name) for name in ("argocd/root", "argocd/redis", "argocd/shop-production", "playground/a")] == [1] * 4
    width, height = float(root.get("width")), float(root.get("height"))
    for box in root.iter(f"{NAMESPACE}rect"):
        assert float(box.get("x")) + float(box.get("width")) <= width
        assert float(box.get("y")) + float(box.get("height")) <= height


def test_what_is_not_resolved_looks_so_and_says_so():
    root = drawn(graphs.argocd())
    failed, = (group for group in root.iter(f"{NAMESPACE}g") if group.get("class") == "failed")
    assert "failed: there is no folder overlays/search" in [element.text for element in failed.iter(f"{NAMESPACE}text")]


def test_whoever_deploys_stands_to_the_left():
    boxes = [Box(name, (name, name), "object", "resolved") for name in ("n0", "n1", "n2", "n3")]
    arrows = [Arrow("n0", "n1", "deploys"), Arrow("n0", "n2", "generates"), Arrow("n2", "n3", "deploys"), Arrow("n3", "n1", "depends")]
    x = {item.box.id: item.x for item in layout(boxes, arrows).boxes}
    assert x["n0"] < x["n1"] == x["n2"] < x["n3"]


@given(st.integers(1, 14).flatmap(lambda count: st.tuples(
    st.lists(st.tuples(st.integers(1, 40), st.integers(2, 7)), min_size=count, max_size=count),
    st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from(["deploys", "generates", "sources", "depends"])),
             max_size=20))))
def test_no_box_lies_on_another(given_):
    sizes, ends = given_
    boxes = [Box(f"n{number}", ("x" * width,) * lines, "object", "resolved") for number, (width, lines) in enumerate(sizes)]
    found = layout(boxes, [Arrow(f"n{start}", f"n{end}", kind) for start, end, kind in ends])
    assert [item.box for item in found.boxes] == boxes
    assert overlapping(found.boxes) == []
    assert all(item.x >= 0 and item.x + item.width <= found.width and item.y >= 0 and item.y + item.height <= found.height + 1e-6
               for item in found.boxes)


@pytest.mark.parametrize("most", [5, 60, 1000])
def test_a_large_graph_is_thinned_until_it_fits(most):
    apps = [graphs.app(f"app-{number}", f"apps/{number}") for number in range(200)]
    root = graphs.app("root", "apps", tool="directory")
    large = graphs.graph([root, *apps], [graphs.edge(root, app) for app in apps])
    picture = thinned(Links(large, brief=True), most)
    assert len(list(picture.boxes())) <= most
    assert picture.counted == (0 if most == 1000 else 200)


def test_what_is_only_counted_is_told():
    many = graphs.graph([graphs.folder(f"f{number}") for number in range(500)], [])
    assert FORMATS["svg"](many, Options()).notes == ("500 of 500 nodes are only counted in the picture",)
    assert FORMATS["svg"](graphs.argocd(), Options()).notes == ()
