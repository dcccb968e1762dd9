from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.nodes import Destination, Edge, Graph, Source
from gitops_guard.report import Options
from gitops_guard.report.graph import FORMATS
from gitops_guard.report.graph.links import Links

from .graphs import EVERYTHING, app, argocd, edge, folder, graph, node


def text(shown: Graph, **options: object) -> str:
    return FORMATS["text"](shown, Options(**options)).text


def tree(shown: Graph) -> list[str]:
    return text(shown).splitlines()[:-3]


def test_everything(golden):
    golden("graph/everything.txt", text(EVERYTHING))
    golden("graph/colored.txt", text(argocd(), color=True))


@pytest.mark.parametrize(("changes", "line"), [
    ({}, "Application argocd/web  overlays/web@main (kustomize)  → web  auto, prune, self-heal"),
    ({"automated": False, "prune": False, "self_heal": False, "environment": "production"}, "Application argocd/web  overlays/web@main (kustomize)  → web  manual  production"),
    ({"self_heal": False}, "Application argocd/web  overlays/web@main (kustomize)  → web  auto, prune"),
    ({"destination": Destination(None, "in-cluster", "shop")}, "Application argocd/web  overlays/web@main (kustomize)  → shop  auto, prune, self-heal"),
    ({"destination": Destination(None, "eu", None)}, "Application argocd/web  overlays/web@main (kustomize)  → cluster eu  auto, prune, self-heal"),
    ({"destination": Destination("https://eu.example.com", None, "shop")}, "Application argocd/web  overlays/web@main (kustomize)  → shop on https://eu.example.com  auto, prune, self-heal"),
    ({"destination": None}, "Application argocd/web  overlays/web@main (kustomize)  auto, prune, self-heal"),
    ({"namespace": None}, "Application web  overlays/web@main (kustomize)  → web  auto, prune, self-heal"),
    ({"sources": (Source(None, "a", None), Source("https://charts.example.com", None, "1.2", "redis"))}, "Application argocd/web  a + chart redis 1.2  → web  auto, prune, self-heal"),
    ({"sources": tuple(Source(None, f"s{index}") for index in range(6))}, "Application argocd/web  s0 + s1 + s2 + 3 more  → web  auto, prune, self-heal"),
    ({"sources": (), "source": None}, "Application argocd/web  → web  auto, prune, self-heal"),
])
def test_what_a_line_says(changes, line):
    assert tree(graph([replace(app("web", "overlays/web"), **changes)], [])) == [line]


def test_what_is_not_resolved_says_why_and_where_it_lies():
    remote = replace(app("web", "overlays/web", status="unresolved", reason="another repository"), destination=None)
    assert text(graph([remote, app("gone", "x", status="failed")], [])).splitlines()[:5] == [
        "Application argocd/gone  x@main (kustomize)  → gone  auto, prune, self-heal",
        "   failed",
        "",
        "Application argocd/web  overlays/web@main (kustomize) of https://github.com/acme/fleet  auto, prune, self-heal",
        "   unresolved: another repository",
    ]


def test_a_suspended_object_of_flux():
    stopped = node("apps", "flux", "Kustomization", automated=False, prune=False, self_heal=False)
    assert tree(graph([stopped], [])) == ["Kustomization argocd/apps  suspended"]


def test_a_node_of_several_parents_is_shown_once():
    one, two, shared = app("one", "x"), app("two", "y"), app("web", "w")
    below = node("below", kind="AppProject")
    assert tree(graph([one, two, shared, below], [edge(one, shared), edge(two, shared), edge(shared, below)])) == [
        "Application argocd/one  x@main (kustomize)  → one  auto, prune, self-heal",
        "└─ Application argocd/web  w@main (kustomize)  → web  auto, prune, self-heal",
        "   └─ AppProject argocd/below",
        "",
        "Application argocd/two  y@main (kustomize)  → two  auto, prune, self-heal",
        "└─ Application argocd/web  (see above)",
    ]


def test_a_circle_is_cut_and_marked():
    a, b, c = (node(name, kind="AppProject") for name in "abc")
    entry = node("entry", kind="AppProject")
    assert tree(graph([a, b, c], [edge(a, b), edge(b, c), edge(c, a), edge(b, b)])) == [
        "AppProject argocd/a",
        "└─ AppProject argocd/b",
        "   ├─ AppProject argocd/b  (a cycle: it deploys what deploys it)",
        "   └─ AppProject argocd/c",
        "      └─ AppProject argocd/a  (a cycle: it deploys what deploys it)",
    ]
    # What a circle deploys is no place to begin at, whatever its name.
    assert tree(graph([b, c, a], [edge(b, c), edge(c, b), edge(b, a)]))[0] == "AppProject argocd/b"
    assert tree(graph([b, c, entry], [edge(b, c), edge(c, b), edge(entry, c)]))[0] == "AppProject argocd/entry"


def test_a_folder_that_its_only_owner_tells_of_has_no_line():
    owner, told = app("web", "overlays/web"), folder("overlays/web")
    assert tree(graph([owner, told], [edge(owner, told)])) == ["Application argocd/web  overlays/web@main (kustomize)  → web  auto, prune, self-heal"]
    assert text(graph([owner, told], [edge(owner, told)])).endswith("2 nodes: 2 resolved, 0 unresolved, 0 failed\n1 Application, 1 kustomization folder\n")
    for kept in (replace(told, status="failed", reason="x"), replace(told, environment="production"), replace(told, name="overlays")):
        assert len(tree(graph([owner, kept], [edge(owner, kept)]))) > 1
    assert len(tree(graph([owner, told, app("two", "x")], [edge(owner, told), edge(app("two", "x"), told)]))) > 2


def test_what_lies_deep_is_a_tree_of_its_own():
    chain = [node(f"n{index:03}", kind="AppProject") for index in range(100)]
    lines = tree(graph(chain, [edge(one, two) for one, two in itertools.pairwise(chain)]))
    assert [line for line in lines if "see below" in line] == [f"{'   ' * 39}└─ AppProject argocd/{name}  (see below)" for name in ("n040", "n080")]
    assert [line for line in lines if line.startswith("AppProject")] == ["AppProject argocd/n000", "AppProject argocd/n040", "AppProject argocd/n080"]


def test_dependencies_are_named_not_drawn():
    apps, others = app("apps", "x"), [app(f"o{index}", "y") for index in range(5)]
    line = tree(graph([apps, *others], [edge(apps, other, "depends") for other in others]))[0]
    assert line.endswith("  after argocd/o0, argocd/o1, argocd/o2 and 2 more")


def test_text_of_strangers_moves_no_cursor():
    bad = "x\x1b[31m\n\r\u202e\u200b\x9b##[error]\udc80"
    shown = replace(app("web", bad), name=bad, reason=bad, status="failed", environment=bad, destination=Destination(bad, bad, bad), kind=bad,
                    namespace=bad)
    lines = text(graph([shown], []), color=False)
    assert not any(char in lines for char in "\x1b\r\u202e\u200b\x9b\udc80")
    assert "##[" not in lines
    assert len(lines.splitlines()) == 5


@pytest.mark.parametrize("format_", list(FORMATS))
def test_logins_of_urls_are_masked(format_):
    source = Source("https://bot:hunter2@git.example.com/acme/fleet", None, "main")
    token = Source("https://ghp_hunter2@github.com/acme/fleet", None, "main")
    plain = Source("ssh://git@github.com/acme/fleet", None, "main")
    shown = app("web", "x", sources=(source, token, plain), status="unresolved", reason=f"{source.repository} can't be read")
    shown = replace(shown, source=source, destination=Destination("https://bot:hunter2@cluster.example.com"))
    found = FORMATS[format_](graph([shown], []), Options()).text
    assert "hunter2" not in found
    if format_ in ("text", "json"):
        assert "https://***@git.example.com/acme/fleet" in found
        assert "ssh://git@github.com/acme/fleet" in found


NAMES = st.sampled_from("abcdefgh")


@given(st.sets(st.tuples(NAMES, NAMES, st.sampled_from(["deploys", "generates", "depends", "sources"])), max_size=24))
def test_every_node_is_read_once_wherever_reading_begins(pairs):
    nodes = {name: node(name, kind="AppProject") for name in "abcdefgh"}
    shown = graph(list(nodes.values()), [Edge(nodes[one].key, nodes[two].key, kind) for one, two, kind in pairs])
    links = Links(shown)
    assert set(links.below(links.roots())) == set(links.nodes)
    assert {root for root in links.nodes if not links.parents[root]} <= set(links.roots())
    lines = [line for line in tree(shown) if line]
    full = [line for line in lines if "(see" not in line and "(a cycle" not in line]
    assert len(full) == len(nodes)
    assert {line.split("argocd/")[1][0] for line in full} == set(nodes)
    assert text(shown) == text(Graph(shown.nodes[::-1], shown.edges[::-1]))
