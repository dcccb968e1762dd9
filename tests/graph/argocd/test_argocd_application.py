"""Applications: what they deploy, from where, and what is wrong with them."""

from __future__ import annotations

import textwrap

import pytest

from gitops_guard.graph.argocd import expand_application, expand_project
from gitops_guard.recipes import Chart, Directory, Kustomize

HERE = "https://github.com/acme/fleet"
FILES = {
    "web/kustomization.yaml": "resources: [a.yaml]\n", "web/a.yaml": "kind: A\n", "plain/a.yaml": "kind: A\n", "plain/b.json": "{}\n",
    "plain/deep/c.yml": "kind: C\n", "plain/n.txt": "", "chart/Chart.yaml": "name: chart\n", "chart/values.yaml": "a: 1\n", "envs/prod.yaml": "a: 2\n",
}


def application(source, rest="", destination="{server: https://kubernetes.default.svc, namespace: shop}", namespace="argocd"):
    return textwrap.dedent(f"""\
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: web, namespace: {namespace}}}
        spec:
          destination: {destination}
        """) + textwrap.indent(textwrap.dedent(source).strip() + "\n" + textwrap.dedent(rest).strip() + "\n", "  ")


@pytest.fixture
def expand(found, world):
    def act(text, files=(), **more):
        return expand_application(found(text, "app.yaml"), world({**FILES, **dict(files)}, **more))

    return act


def in_git(path, more=""):
    return f"source: {{repoURL: {HERE}, path: {path}, targetRevision: main{', ' if more else ''}{more}}}"


def faults(done):
    return [(fault.rule, fault.path if fault.location is None else fault.location[:2]) for fault in done.faults]


@pytest.mark.parametrize(("source", "files", "tool", "kind", "recipe"), [
    (in_git("web"), {}, "kustomize", "kustomization", Kustomize),
    (in_git("./web/"), {}, "kustomize", "kustomization", Kustomize),
    (in_git("plain"), {}, "directory", "manifests", Directory),
    (in_git("chart"), {}, "helm", "chart", Chart),
    (in_git("web", "directory: {}"), {}, "directory", "manifests", Directory),
    (in_git("chart", "directory: {recurse: true}"), {}, "directory", "manifests", Directory),
    (in_git("web", "helm: null"), {}, "kustomize", "kustomization", Kustomize),
    # the later name wins
    (in_git("chart"), {"chart/kustomization.yaml": ""}, "kustomize", "kustomization", Kustomize),
    (in_git("web"), {"web/zChart.yaml": ""}, "helm", "chart", Chart),
    (in_git("chart"), {"chart/Kustomization": "", "chart/MyChart.yaml": ""}, "helm", "chart", Chart),
    # a chart or kustomization further down does not count
    (in_git("."), {}, "directory", "manifests", Directory),
    (in_git("plain"), {"plain/.argocd-source.yaml": "helm: {releaseName: x}\n"}, "helm", "chart", Chart),
])
def test_tools(expand, source, files, tool, kind, recipe):
    done = expand(application(source), files)
    assert (done.node.status, done.node.source.tool, done.deployments[0].kind) == ("resolved", tool, kind)
    assert type(done.deployments[0].recipes[0]) is recipe
    assert (done.faults, done.evidence) == ((), (HERE,))


def test_a_node(expand):
    done = expand(application(in_git("./web")))
    node = done.node
    assert (node.id, node.system, node.kind, node.namespace, node.name) == ("argocd/Application/argocd/web", "argocd", "Application", "argocd", "web")
    assert node.location[:3] == ("app.yaml", 2, 7)
    assert (node.source.repository, node.source.path, node.source.revision, node.source.chart) == (HERE, "web", "main", None)
    assert (node.destination.server, node.destination.name, node.destination.namespace) == ("https://kubernetes.default.svc", None, "shop")
    assert (done.deployments[0].path, done.deployments[0].cluster, done.deployments[0].namespace, done.deployments[0].changes) == ("web", None, "shop", False)


@pytest.mark.parametrize(("destination", "cluster"), [
    ("{name: prod}", "prod"), ("{name: in-cluster}", None), ("{server: 'https://kubernetes.default.svc/'}", None),
    ("{server: 'https://prod.example.com'}", "https://prod.example.com"),
])
def test_clusters(expand, destination, cluster):
    assert expand(application(in_git("web"), destination=destination)).deployments[0].cluster == cluster


@pytest.mark.parametrize(("source", "destination", "status", "path"), [
    (in_git("web"), "{server: https://a.example.com, name: b}", "failed", ("spec", "destination")),
    (in_git("web"), "{namespace: shop}", "failed", ("spec", "destination")),
    (in_git("gone"), None, "failed", ("spec", "source", "path")),
    (in_git("web/a.yaml"), None, "failed", ("spec", "source", "path")),
    (in_git("/web"), None, "failed", ("spec", "source", "path")),
    (in_git("../web"), None, "failed", ("spec", "source", "path")),
    (f"source: {{repoURL: {HERE}}}", None, "failed", ("spec", "source")),
    ("source: {path: web}", None, "failed", ("spec", "source")),
    ("project: x", None, "failed", ("spec",)),
    ("source: [web]", None, "failed", ("spec", "source")),
    (in_git("web", "kustomize: {}, helm: {}"), None, "failed", ("spec", "source", "helm")),
    ("source: {repoURL: https://example.com/other, path: web}", None, "unresolved", ("spec", "source", "repoURL")),
    (f"source: {{repoURL: {HERE}, path: web, targetRevision: v9}}", None, "unresolved", ("spec", "source", "targetRevision")),
    ("source: {repoURL: https://charts.example.com, chart: a, targetRevision: 1.0.0}", None, "unresolved", ("spec", "source", "chart")),
    ("source: {repoURL: https://charts.example.com, chart: a}", None, "failed", ("spec", "source", "chart")),
    ("source: {repoURL: 'oci://example.com/a', path: .}", None, "unresolved", ("spec", "source", "repoURL")),
    (in_git("web", "plugin: {name: p}"), None, "unresolved", ("spec", "source", "plugin")),
    (in_git("plain", "plugin: {}"), None, "unresolved", ("spec", "source", "plugin")),
])
def test_what_is_not_followed(expand, source, destination, status, path):
    done = expand(application(source, **({"destination": destination} if destination else {})))
    assert (done.node.status, done.deployments, faults(done)) == (status, (), [(f"render/{status}", path)])
    assert done.node.reason == done.faults[0].message
    assert done.uses == tuple(source.path for source in done.node.sources if source.tool == "plugin")


@pytest.mark.parametrize(("policy", "expected"), [
    ("", (False, False, False)),
    ("syncPolicy: {automated: {}}", (True, False, False)),
    ("syncPolicy: {automated: {prune: true, selfHeal: true}}", (True, True, True)),
    ("syncPolicy: {automated: {prune: true, selfHeal: true, enabled: false}}", (False, False, False)),
    ("syncPolicy: {automated: {prune: true, enabled: true}}", (True, True, False)),
    ("syncPolicy: {automated: null}", (False, False, False)),
    ("syncPolicy: [automated]", (False, False, False)),
])
def test_sync_policies(expand, policy, expected):
    done = expand(application(in_git("web"), policy))
    owner = done.deployments[0].owner
    assert (done.node.automated, done.node.prune, done.node.self_heal) == (owner.automated, owner.prune, owner.self_heal) == expected


def test_older_versions(expand):
    off = application(in_git("web"), "syncPolicy: {automated: {enabled: false}}")
    assert [expand(off, config=f"argocd: {{version: '{version}'}}\n").node.automated for version in ("3.0", "3.1")] == [True, False]
    marked = {"plain/s.yaml": "# +argocd:skip-file-rendering\n"}
    assert len(expand(application(in_git("plain")), marked, config="argocd: {version: '2.14'}\n").deployments[0].recipes[0].files) == 3
    pattern = application(in_git("chart", "helm: {valueFiles: [/envs/*.yaml]}"))
    assert [expand(pattern, config=f"argocd: {{version: '{version}'}}\n").node.status for version in ("3.3.9", "3.4.0")] == ["failed", "resolved"]


def test_an_owner(expand):
    text = application(in_git("web"), "syncPolicy: {automated: {allowEmpty: true}, syncOptions: [Prune=confirm, Force=true, 1]}")
    owner = expand(text).deployments[0].owner
    assert (owner.id, owner.sync_options, owner.allow_empty, owner.force) == ("argocd/Application/argocd/web", ("Prune=confirm", "Force=true"), True, True)
    assert (owner.cascade, owner.suspended) == (False, False)


@pytest.mark.parametrize(("finalizer", "cascade"), [
    ("resources-finalizer.argocd.argoproj.io", True), ("resources-finalizer.argocd.argoproj.io/background", True),
    ("resources-finalizer.argocd.argoproj.io/foreground", True), ("other", False)])
def test_finalizers(expand, finalizer, cascade):
    text = application(in_git("web")).replace("namespace: argocd}", f"namespace: argocd, finalizers: [{finalizer}], "
                                              "annotations: {argocd.argoproj.io/skip-reconcile: 'true'}}")
    owner = expand(text).deployments[0].owner
    assert (owner.cascade, owner.suspended) == (cascade, True)


def test_several_sources(expand):
    done = expand(application(f"""
        source: {{repoURL: {HERE}, path: gone}}
        sources:
        - {{repoURL: {HERE}, ref: values}}
        - {{repoURL: {HERE}, path: web}}
        - {{repoURL: {HERE}, path: plain, ref: both}}
        - {{repoURL: https://charts.example.com, chart: a, targetRevision: 1.0.0}}
        """))
    assert [(source.path, source.tool) for source in done.node.sources] == [
        (None, None), ("web", "kustomize"), ("plain", "directory"), (None, "helm")]
    assert (done.node.source.path, done.node.status) == ("web", "unresolved")
    deployment = done.deployments[0]
    assert (deployment.kind, deployment.path, deployment.changes, deployment.partial, len(deployment.recipes)) == ("application", "web", True, True, 2)
    assert faults(done) == [("render/unresolved", ("spec", "sources", 3, "chart"))]


@pytest.mark.parametrize(("name", "index"), [("a b", 0), ("values", 1)])
def test_bad_refs(expand, name, index):
    done = expand(application(f"sources:\n- {{repoURL: {HERE}, ref: {name}}}\n- {{repoURL: {HERE}, path: web, ref: {name}}}\n"))
    assert (done.node.status, done.deployments) == ("failed", ())
    assert faults(done) == [("render/failed", ("spec", "sources", index, "ref"))]


def test_a_hydrator_syncs_its_own_branch(expand):
    source = f"""
        source: {{repoURL: {HERE}, path: plain}}
        sourceHydrator:
          drySource: {{repoURL: {HERE}, path: chart, targetRevision: main}}
          syncSource: {{targetBranch: %s, path: web}}
        """
    done = expand(application(source % "main"))
    assert (done.node.source.path, done.node.source.revision, done.deployments[0].path) == ("web", "main", "web")
    assert faults(expand(application(source % "rendered"))) == [("render/unresolved", ("spec", "sourceHydrator", "syncSource", "targetBranch"))]


@pytest.mark.parametrize(("options", "files"), [
    ("", ("plain/a.yaml", "plain/b.json")),
    ("recurse: true", ("plain/a.yaml", "plain/b.json", "plain/deep/c.yml")),
    ("recurse: true, include: '*.yml'", ("plain/deep/c.yml",)),
    ("recurse: true, exclude: 'deep/*'", ("plain/a.yaml", "plain/b.json")),
    ("include: '{a.yaml,b.json}', exclude: '*.json'", ("plain/a.yaml",)),
    ("include: '[a'", ()),
])
def test_directories(expand, options, files):
    done = expand(application(in_git("plain", f"directory: {{{options}}}")))
    recipe = done.deployments[0].recipes[0]
    assert (recipe.folder, recipe.files, recipe.place[:2], done.deployments[0].changes) == ("plain", files, ("app.yaml", 6), False)


def test_marked_files_and_jsonnet(expand):
    done = expand(application(in_git("plain")), {"plain/s.yaml": "# +argocd:skip-file-rendering\nkind: A\n", "plain/j.jsonnet": "{}"})
    assert done.deployments[0].recipes[0].files == ("plain/a.yaml", "plain/b.json")
    assert (done.node.status, faults(done)) == ("unresolved", [("render/unresolved", ("spec", "source", "path"))])


def test_kustomize_options(expand):
    done = expand(application(in_git("web", "kustomize: {namePrefix: x-, images: ['a=b:${ARGOCD_APP_NAME}-1'], "
                                            "commonAnnotations: {k: $ARGOCD_APP_NAME}, components: [gone, '../comp*'], ignoreMissingComponents: true}")),
                  {"comp/kustomization.yaml": ""})
    recipe = done.deployments[0].recipes[0]
    assert (done.deployments[0].changes, recipe.system, recipe.restrictor) == (True, "argocd", "root")
    assert recipe.changes["images"] == ["a=b:web-1"]
    assert recipe.changes["commonAnnotations"] == {"k": "$ARGOCD_APP_NAME"}
    assert recipe.changes["images"].at[0][:2] == ("app.yaml", 6)
    assert (recipe.place[:2], recipe.changes["components"]) == (("app.yaml", 6), [])


def test_components_by_pattern(expand):
    done = expand(application(in_git("web", "kustomize: {components: ['../comp*', ../one]}")), {"comp-b/k": "", "comp-a/k": ""})
    assert done.deployments[0].recipes[0].changes["components"] == ["../comp-a", "../comp-b", "../one"]


@pytest.mark.parametrize("options", ["version: v5.0.0", "namePrefix: ''", "images: []", "commonLabels: {}", "forceCommonLabels: true", "kubeVersion: '1.30'"])
def test_kustomize_options_that_change_nothing(expand, options):
    assert expand(application(in_git("web", f"kustomize: {{{options}}}"))).deployments[0].changes is False


def test_an_image_named_after_the_commit(expand):
    done = expand(application(in_git("web", "kustomize: {images: ['a:${ARGOCD_APP_REVISION}', 'b:1']}")))
    assert faults(done) == [("render/unresolved", ("spec", "source", "kustomize", "images", 0))]
    assert (done.node.status, done.deployments[0].recipes[0].changes["images"]) == ("unresolved", ["a:${ARGOCD_APP_REVISION}", "b:1"])


CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argo}\ndata:\n  kustomize.buildOptions: %s\n"


@pytest.mark.parametrize(("config", "objects", "version", "restrictor"), [
    ("", (), "", "root"),
    ("argocd: {kustomize-build-options: --load-restrictor LoadRestrictionsNone}", (), "", "none"),
    ("argocd: {kustomize-build-options: --enable-helm --load-restrictor=LoadRestrictionsNone}", (), "", "none"),
    ("", (CM % "--load-restrictor LoadRestrictionsNone",), "", "none"),
    ("argocd: {kustomize-build-options: --load-restrictor LoadRestrictionsNone}", (CM % "--enable-helm",), "", "root"),
    ("", (CM % "--load-restrictor LoadRestrictionsNone" + "  kustomize.buildOptions.v5: --enable-helm\n",), "v5", "root"),
])
def test_build_options(expand, config, objects, version, restrictor):
    done = expand(application(in_git("web", f"kustomize: {{version: {version or chr(39) * 2}}}")), config=config, objects=objects)
    assert done.deployments[0].recipes[0].restrictor == restrictor


def test_odd_shapes_never_raise(expand):
    for spec in ("spec: 1", "spec: {source: {repoURL: [1], path: {a: 1}}}", "spec: {sources: [1, null, {ref: 1}]}", "spec: {sources: {a: 1}}",
                 "spec: {sourceHydrator: []}", "spec: {source: {repoURL: a, path: 5}, destination: [1]}", "spec: null", "metadata: []",
                 f"spec: {{destination: {{name: a}}, source: {{repoURL: {HERE}, path: chart, helm: {{valueFiles: [1], parameters: 5}}}}}}",
                 f"spec: {{destination: {{name: a}}, source: {{repoURL: {HERE}, path: web, kustomize: {{images: 5, components: [1], commonLabels: x}}}}}}"):
        done = expand(f"apiVersion: argoproj.io/v1alpha1\nkind: Application\n{spec}\n")
        assert done.node.kind == "Application"
        assert done.node.status != "resolved" or done.deployments


def test_a_project(found, world):
    done = expand_project(found("apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: shop}\nspec: {}\n"), world({}))
    assert (done.node.id, done.node.status, done.node.automated, done.deployments) == ("argocd/AppProject/default/shop", "resolved", None, ())
