from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.nodes import Destination, Graph, Source
from gitops_guard.report import Options
from gitops_guard.report.graph import FORMATS

from .graphs import EVERYTHING, app, argocd, edge, folder, graph
from .test_graph_mermaid import HOSTILE, many

# The part of the DOT language that we write; https://graphviz.org/doc/info/lang.html
TOKEN = re.compile(r'\s+|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_][A-Za-z_0-9]*|[0-9]+(?:\.[0-9]+)?)|(?P<mark>->|[{}\[\]=,;])')


def tokens(text: str) -> list[str]:
    found, place = [], 0
    while place < len(text):
        match = TOKEN.match(text, place)
        assert match, text[place:place + 40]
        place = match.end()
        if match.lastgroup:
            found.append(match[match.lastgroup])
    return found


def parse(text: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The labels of the nodes, and the edges; fails on anything else."""
    found = tokens(text)
    labels: dict[str, str] = {}
    edges = []

    def take(*expected: str) -> str:
        token = found.pop(0)
        assert not expected or token in expected, (token, expected)
        return token

    def attributes() -> dict[str, str]:
        if not found or found[0] != "[":
            return {}
        take("[")
        values = {}
        while found[0] != "]":
            key = take()
            take("=")
            values[key] = take()
            if found[0] == ",":
                take(",")
        take("]")
        return values

    def statements() -> None:
        take("{")
        while found[0] != "}":
            if found[0] == "subgraph":
                take("subgraph")
                assert take().startswith("cluster_")
                statements()
                continue
            name = take()
            if found[0] == "->":
                take("->")
                edges.append((name, take()))
                attributes()
            elif name in ("graph", "node", "edge"):
                attributes()
            else:
                assert re.fullmatch(r"n\d+", name)
                assert name not in labels
                labels[name] = attributes()["label"]
        take("}")

    take("digraph")
    take("gitops")
    statements()
    assert found == []
    return labels, edges


def dot(shown: Graph) -> str:
    return FORMATS["dot"](shown, Options()).text


def test_everything(golden):
    golden("graph/everything.dot", dot(EVERYTHING))


def test_it_is_a_digraph_with_a_box_for_each_node():
    labels, edges = parse(dot(argocd()))
    assert len(labels) == len(argocd().nodes) - 3  # three folders are told by their only owners
    assert {end for pair in edges for end in pair} <= set(labels)
    assert '"Application · production\\nargocd/shop-production\\noverlays/production@main (kustomize)\\n→ shop on production-eu · manual"' in labels.values()


@pytest.mark.parametrize("bad", [*HOSTILE, "\\", "\\N \\G \\l", '\\"', 'x"]; n9 [label="y', "&amp;&#60;b&#62;"])
def test_text_of_strangers_is_text(bad):
    odd = replace(app(bad, bad), namespace=bad, kind=bad, reason=bad, status="failed", environment=bad, scope=bad, destination=Destination(bad, bad, bad),
                  sources=(Source(bad, bad, bad, None, bad),))
    labels, edges = parse(dot(graph([odd, folder(bad, environment="staging"), app("web", "x", scope="other")], [edge(odd, folder(bad))])))
    assert set(labels) == {"n0", "n1", "n2"}
    assert len(edges) == 1
    for label in labels.values():
        assert set(re.findall(r"\\(.)", label)) <= {"n", "\\", '"'}
        assert set(re.findall(r"&\w*;?", label)) <= {"&amp;"}


@given(st.text(max_size=200))
def test_any_text_is_text(bad):
    parse(dot(graph([replace(app(bad, bad), reason=bad, status="unresolved", scope=bad), app("web", "x", scope="other")], [])))


def test_nothing_is_only_counted():
    assert len(parse(dot(many(600)))[0]) == 602
