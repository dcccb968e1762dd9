"""Graphs with everything in them that a format may trip over."""

from __future__ import annotations

from dataclasses import replace

from gitops_guard.model import Location
from gitops_guard.nodes import Destination, Edge, Graph, Node, Source

FLEET = "https://github.com/acme/fleet"


def node(name: str, system: str = "argocd", kind: str = "Application", namespace: str | None = "argocd", **more: object) -> Node:
    file = more.pop("file", f"{namespace}/{name}.yaml")
    more.setdefault("location", Location(file, 2, 7))
    return Node(f"{system}/{kind}/{namespace or 'default'}/{name}", system, kind, namespace, name, **more)


def folder(path: str, system: str = "kustomize", **more: object) -> Node:
    kind, tool, file = {"kustomize": ("Kustomization", "kustomize", "kustomization.yaml"), "helm": ("Chart", "helm", "Chart.yaml"),
                        "manifests": ("Directory", "directory", "app.yaml")}[system]
    source = Source(path=path, tool=tool)
    return Node(f"{system}/{path}", system, kind, None, path, Location(f"{path}/{file}", 1, 1), sources=(source,), source=source, **more)


def app(name: str, path: str, *, tool: str = "kustomize", **more: object) -> Node:
    source = Source(FLEET, path, "main", None, tool)
    here = Destination("https://kubernetes.default.svc", None, name)
    defaults = {"source": source, "sources": (source,), "destination": here, "automated": True, "prune": True, "self_heal": True}
    return node(name, **{**defaults, **more})


def edge(start: Node, end: Node, kind: str = "deploys") -> Edge:
    return Edge(start.key, end.key, kind)


def graph(nodes: list[Node], edges: list[Edge]) -> Graph:
    return Graph(tuple(sorted(nodes, key=lambda item: item.key)), tuple(edges))


def argocd() -> Graph:
    """An app of apps with a set, a remote chart, a plugin and a path that is gone."""
    home = folder("bootstrap")
    root = app("root", "apps", tool="directory", destination=Destination("https://kubernetes.default.svc", None, "argocd"))
    apps = folder("apps", "manifests")
    shop = node("shop", kind="ApplicationSet")
    made = [app(f"shop-{name}", f"overlays/{name}", generated_by=shop.id, environment=name,
                destination=Destination(None, f"{name}-eu", "shop"), automated=name != "production") for name in ("production", "staging")]
    made[0] = replace(made[0], prune=False, self_heal=False)
    overlays = [folder(f"overlays/{name}", environment=name) for name in ("production", "staging")]
    redis_source = Source("https://charts.example.com/stable", None, "20.1.4", "redis", "helm")
    redis = node("redis", source=redis_source, sources=(redis_source, Source(FLEET, None, "main")), automated=True, prune=False, self_heal=True,
                 destination=Destination("https://kubernetes.default.svc", None, "cache"), status="unresolved",
                 reason="the chart redis lies in https://charts.example.com/stable, which can't be read from here")
    gone = app("search", "overlays/search", status="failed", reason="there is no folder overlays/search in this repository")
    project = node("shop", kind="AppProject")
    orphans = [folder("playground/a"), folder("playground/b", environment="staging"), folder("scripts", "manifests")]
    nodes = [home, root, apps, shop, *made, *overlays, redis, gone, project, *orphans]
    edges = [edge(home, root), edge(root, apps), *(edge(root, item) for item in (shop, redis, gone, project)),
             *(edge(shop, item, "generates") for item in made), *(edge(made[i], overlays[i]) for i in range(2)), edge(made[0], project, "depends")]
    scoped = {item.key: replace(item, scope="bootstrap") if item.system == "argocd" else item for item in nodes}
    return graph(list(scoped.values()), [replace(item, start=scoped[item.start].key, end=scoped[item.end].key) for item in edges])


def flux(cluster: str) -> Graph:
    """A cluster of flux bootstrap, with dependencies and sources."""
    scope = f"clusters/{cluster}"

    def flux_node(name: str, kind: str, namespace: str = "flux-system", **more: object) -> Node:
        return node(name, {"Kustomization": "flux"}.get(kind, "flux"), kind, namespace, scope=scope, **more)

    def kustomization(name: str, path: str, **more: object) -> Node:
        source = Source(FLEET, path, "main", None, "kustomize")
        return flux_node(name, "Kustomization", source=source, sources=(source,), automated=True, prune=True, self_heal=True, environment=cluster,
                         **more)

    root = folder(f"{scope}/flux-system", environment=cluster)
    git = flux_node("flux-system", "GitRepository", source=Source(FLEET, None, "main"), sources=(Source(FLEET, None, "main"),))
    charts = flux_node("podinfo", "HelmRepository", "podinfo", sources=(Source("https://stefanprodan.github.io/podinfo"),))
    system = kustomization("flux-system", scope)
    infra = kustomization("infrastructure", "infrastructure")
    apps = kustomization("apps", f"apps/{cluster}")
    chart = Source("https://stefanprodan.github.io/podinfo", None, ">=1.0.0", "podinfo", "helm")
    release = flux_node("podinfo", "HelmRelease", "podinfo", source=chart, sources=(chart,), automated=False, prune=False, self_heal=False,
                        environment=cluster, destination=Destination(None, None, "podinfo"), status="unresolved",
                        reason="the chart podinfo lies in a Helm repository, which can't be read from here")
    shared = folder("infrastructure")
    nodes = [root, git, charts, system, infra, apps, release, shared, folder(f"apps/{cluster}", environment=cluster)]
    edges = [edge(root, git), edge(root, system), edge(system, infra), edge(system, apps), edge(apps, release), edge(apps, charts), edge(infra, shared),
             edge(apps, nodes[-1]), edge(apps, infra, "depends"), edge(release, charts, "sources"),
             *(edge(item, git, "sources") for item in (system, infra, apps))]
    return graph(nodes, edges)


def both(*graphs: Graph) -> Graph:
    nodes = {item.key: item for one in graphs for item in one.nodes}
    return graph(list(nodes.values()), [item for one in graphs for item in one.edges])


FLEETS = both(flux("production"), flux("staging"))
EVERYTHING = both(argocd(), FLEETS)
