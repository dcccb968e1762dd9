from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.nodes import Destination, Graph, Source
from gitops_guard.report import Options
from gitops_guard.report.graph import FORMATS

from .graphs import EVERYTHING, FLEETS, app, argocd, edge, flux, folder, graph, node

# What a label may hold: nothing that Mermaid, Markdown or HTML reads as more than text.
LABEL = r"(?:[^\W_]|[ ./@,()=+→·…-]|#\d+;|<br/>|</?b>)*"
LINES = re.compile("|".join([
    r'%%\{init: \{"flowchart": \{"wrappingWidth": \d+\}\}\}%%', "flowchart LR", r"  %% [\w ,.;:()-]+", "    direction LR", "  end",
    rf'  subgraph s\d+\["{LABEL}"\]',
    rf'(?:  ){{1,2}}n\d+(?:\["{LABEL}"\]|\[\("{LABEL}"\)\]|\[\["{LABEL}"\]\]|\{{\{{"{LABEL}"\}}\}})',
    r"  n\d+ (?:-->|==>|-\.->|-\. after \.->) n\d+",
    r"  classDef \w+ [\w:#, -]+", r"  class [ns\d,]+ \w+",
]))


def lines(shown: Graph) -> list[str]:
    text = FORMATS["mermaid"](shown, Options()).text
    assert text.endswith("\n")
    found = text[:-1].split("\n")
    assert [line for line in found if not LINES.fullmatch(line)] == []
    return found


def arrows(shown: Graph) -> list[str]:
    return [line.strip() for line in lines(shown) if re.search(r" \S+> n\d+$", line)]


def boxes(shown: Graph) -> list[str]:
    return [line.strip() for line in lines(shown) if re.match(r" +n\d+\W", line) and not re.search(r"> n\d+$", line)]


def test_everything(golden):
    golden("graph/everything.mmd", "\n".join(lines(EVERYTHING)) + "\n")
    assert FORMATS["mermaid"](EVERYTHING, Options()).notes == ()


def test_the_arrow_of_each_relation():
    made = app("web", "x", generated_by="argocd/ApplicationSet/argocd/all")
    git = node("git", "flux", "GitRepository")
    found = graph([node("all", kind="ApplicationSet"), made, app("two", "y"), git],
                  [edge(node("all", kind="ApplicationSet"), made, "generates"), edge(made, app("two", "y")), edge(made, app("two", "y"), "depends"),
                   edge(made, git, "sources"), edge(app("two", "y"), git, "sources")])
    # n0 two, n1 web, n2 all, n3 git
    assert sorted(arrows(found)) == ["n0 -.-> n3", "n1 --> n0", "n1 -. after .-> n0", "n1 -.-> n3", "n2 ==> n1"]


def test_a_source_of_one_reader_is_told_by_it():
    charts = Source("https://bot:hunter2@charts.example.com")
    root, reader, source = app("root", "x"), app("web", "x"), node("charts", "flux", "HelmRepository", sources=(charts,))
    edges = [edge(root, reader), edge(root, source), edge(reader, source, "sources")]
    found = boxes(graph([root, reader, source], edges))
    assert len(found) == 2
    assert "<br/>from HelmRepository<br/>https#58;//#42;#42;#42;@charts.example.com" in found[1]
    elsewhere = app("elsewhere", "y")
    for shown in (graph([root, reader, replace(source, status="failed", reason="x")], edges), graph([root, reader, source], [*edges, edge(root, source, "sources")]),
                  graph([root, reader, source, elsewhere], [*edges, edge(elsewhere, source)]), graph([root, reader, source], [*edges, edge(source, root, "depends")])):
        assert len(boxes(shown)) == len(shown.nodes)


def test_the_class_of_each_status():
    found = lines(argocd())
    assert "  class n1 unresolved" in found
    assert "  class n3 failed" in found
    assert not any("failed" in line for line in lines(graph([app("web", "x")], [])))


def test_a_frame_for_each_root_where_there_are_several():
    assert not any("subgraph" in line for line in lines(flux("production")))
    found = lines(FLEETS)
    assert [line for line in found if "subgraph" in line] == ['  subgraph s0["clusters/production"]', '  subgraph s1["clusters/staging"]']
    inside = found[found.index('  subgraph s0["clusters/production"]'):found.index("  end")]
    assert any("<b>clusters/production/flux-system</b>" in line for line in inside)
    assert any(line.startswith("  n") and "<b>infrastructure</b>" in line for line in found)


def test_what_nothing_deploys_stands_apart():
    assert '  subgraph s0["nothing in this repository deploys these"]' in lines(argocd())
    assert not any("subgraph" in line for line in lines(graph([folder("a"), folder("b")], [])))


HOSTILE = ['a"]; click n0 "javascript:alert(1)"', "%%{init: {'securityLevel': 'loose'}}%%", "`**bold**` _it_ ~~x~~ [l](http://x)", "<img src=x onerror=alert(1)>", "&lt;b&gt;",
           "#quot;#35;", "end", "subgraph x", "style a fill:#f00;", "classDef a:b#c;", "x\ny --> z", "1. one", "- one", "---\nconfig:\n---", '\\"', ":::failed", "::error::x",
           "\u202ex\x1b[0m", "$$x^2$$", "|x|", "{{x}}", "fa:fa-ban", "\udc80", "日本", "n0 --> n1", "&quot;&#34;", "<br/>", "</b>"]


@pytest.mark.parametrize("bad", HOSTILE)
def test_text_of_strangers_is_text(bad):
    odd = replace(app(bad, bad), namespace=bad, kind=bad, reason=bad, status="failed", environment=bad, scope=bad, destination=Destination(bad, bad, bad),
                  sources=(Source(bad, bad, bad, None, bad), Source(bad, None, bad, bad)))
    found = graph([odd, folder(bad, environment="staging"), app("web", "x", scope="other")], [edge(odd, folder(bad))])
    assert len(boxes(found)) == 3
    assert arrows(found) == ["n1 --> n2"] if bad > "web" else ["n0 --> n2"]


def test_formulas_and_icons_are_text():
    # Mermaid looks for them after it has read its entities.
    found = boxes(graph([app("$$$x$$", "fab:fa-ban")], []))[0]
    assert "#36;#8203;#36;#8203;#36;x#36;#8203;#36;" in found
    assert "fab#58;#8203;fa-ban" in found


@given(st.text(max_size=200))
def test_any_text_is_text(bad):
    lines(graph([replace(app(bad, bad), reason=bad, status="unresolved", scope=bad), app("web", "x", scope="other")], []))


def many(apps: int, releases: int = 0) -> Graph:
    root = folder("clusters/production")
    git = node("fleet", "flux", "GitRepository", "flux-system")
    nodes, edges = [root, git], [edge(root, git)]
    for index in range(apps):
        item = app(f"app-{index:04}", f"apps/{index}", status="failed" if index == 3 else "resolved", reason="gone" if index == 3 else None)
        nodes.append(item)
        edges += [edge(root, item), edge(item, git, "sources")]
        for number in range(releases):
            release = node(f"r-{index:04}-{number}", "flux", "HelmRelease", "apps", automated=True, status="unresolved", reason="a remote chart")
            nodes.append(release)
            edges.append(edge(item, release))
    return graph(nodes, edges)


@pytest.mark.parametrize(("shown", "counted"), [
    (many(200), 0), (many(499), 498), (many(60, 8), 480), (many(2000), 1999), (graph([folder(f"f{index}") for index in range(2000)], []), 2000),
    (graph([app(f"a{index}", "x" * 300, scope=f"s{index}") for index in range(3000)], []), 3000),
])
def test_beyond_the_limits_of_github_it_counts(shown, counted):
    drawn = FORMATS["mermaid"](shown, Options())
    found = lines(shown)
    assert len(drawn.text) <= 50_000
    assert len(arrows(shown)) <= 500
    if not counted:
        assert drawn.notes == ()
    else:
        assert list(drawn.notes) == [f"the graph is too large for Mermaid on GitHub (50000 characters, 500 arrows): {counted} of its {len(shown.nodes)} nodes are only counted; name PATHS to see a part of it in full"]
        assert f"  %% {drawn.notes[0]}" in found


def test_what_is_counted_shows_its_worst():
    found = boxes(many(499))
    assert 'n0{{"498 Applications"}}' in found
    assert any("<b>argocd/app-0003</b>" in line for line in found)  # the one that failed is alone
    nested = boxes(many(60, 8))
    assert sum('{{"8 HelmReleases<br/>8 unresolved"}}' in line for line in nested) == 60


def test_a_deep_chain_and_a_circle_are_drawn_within_bounds():
    chain = [node(f"n{index:05}", kind="AppProject") for index in range(5000)]
    found = graph(chain, [edge(one, two) for one, two in zip(chain, [*chain[1:], chain[0]], strict=True)])
    assert len(boxes(found)) < 500


def test_arrows_that_would_all_meet_in_one_box_are_told():
    assert len(arrows(many(8))) == 9 + 8
    assert len(arrows(many(9))) == 10
    assert any(line.endswith('<br/>read by 9")]') for line in boxes(many(9)))
