"""What an Application's options make of a kustomization or a chart: ours, and what the programs print that Argo CD runs for it."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from pathlib import Path

import pytest
import yaml
from remotes import write

from gitops_guard import config
from gitops_guard.errors import RenderError
from gitops_guard.graph.argocd import expand_application
from gitops_guard.graph.expansion import Found
from gitops_guard.graph.world import Objects, Place, World
from gitops_guard.model import Resource
from gitops_guard.render import Renderer, emit
from gitops_guard.source import Dialect, Sources, parse
from gitops_guard.tree import WorkTree

pytestmark = pytest.mark.real

FILES = {
    "web/kustomization.yaml": """
        resources: [web.yaml]
        images: [{name: nginx, newTag: '1.0'}, {name: redis, newTag: '7'}]
        replicas: [{name: web, count: 2}]
        commonLabels: {team: a}
        labels: [{pairs: {tier: b}}]
        commonAnnotations: {note: a}
        patches:
        - patch: |
            [{op: add, path: /spec/paused, value: true}]
          target: {kind: Deployment}
        """,
    "web/web.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: nginx:latest}
              - {name: cache, image: redis}
        """,
    "part/kustomization.yaml": """
        apiVersion: kustomize.config.k8s.io/v1alpha1
        kind: Component
        commonAnnotations: {part: 'yes'}
        """,
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/values.yaml": "image: {name: nginx, tag: '1'}\nlist: [a]\ndeep: {a: {b: 1}, text: ''}\ngone: here\n",
    "chart/crds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.example.com}\n",
    "chart/templates/all.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}
          namespace: {{ .Release.Namespace }}
        data:
          values: {{ omit .Values "global" | toJson | quote }}
          kube: {{ .Capabilities.KubeVersion.Version }}
          has: {{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}
          number: {{ kindOf .Values.deep.a.b }}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: test, annotations: {helm.sh/hook: test}}
        """,
    "envs/one.yaml": "image: {tag: '2'}\ndeep: {a: {c: 2}}\ngone: null\n",
    "envs/two.yaml": "list: [b, c]\n",
    "text.txt": "one,two\n{three}\n",
}


class Here:
    def place(self, url, revision):
        return Place()


@pytest.fixture
def application(tmp_path, tool):
    """The path and options of a source -> our objects, and a copy of the repository for the programs."""

    def act(path, options):
        ours, theirs = tmp_path / "ours", tmp_path / "theirs"
        for root in (ours, theirs):
            write(root, {name: textwrap.dedent(text).lstrip("\n") for name, text in FILES.items()})
        body = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "shop", "namespace": "argocd"},
                "spec": {"source": {"repoURL": "https://example.com/x", "path": path, **options}, "destination": {"name": "prod", "namespace": "shop"}}}
        loaded = parse(json.dumps(body).encode(), "app.yaml").load(Dialect.MANIFEST)[0]
        sources = Sources(WorkTree(ours))
        expansion = expand_application(Found(Resource(loaded, None, loaded.at["kind"]), ""), World(sources, config.load(""), Here(), Objects()))
        assert expansion.faults == ()
        recipe = expansion.deployments[0].recipes[0]
        renderer = Renderer(sources, helm=str(tool("helm")))
        return (lambda: renderer.build(recipe) if path == "web" else renderer.chart(recipe)), theirs

    return act


def edits(options):
    """Argo CD's command lines (util/kustomize)."""
    for field, word in (("namePrefix", "nameprefix"), ("nameSuffix", "namesuffix")):
        if field in options:
            yield ["set", word, "--", options[field]]
    if "images" in options:
        yield ["set", "image", *options["images"]]
    if "replicas" in options:
        yield ["set", "replicas", *(f"{one['name']}={one['count']}" for one in options["replicas"])]
    if "commonLabels" in options:
        flags = {"forceCommonLabels": "--force", "labelWithoutSelector": "--without-selector", "labelIncludeTemplates": "--include-templates"}
        yield ["add", "label", *(flag for field, flag in flags.items() if options.get(field)), *(f"{key}:{value}" for key, value in options["commonLabels"].items())]
    if "commonAnnotations" in options:
        yield ["add", "annotation", *(["--force"] if options.get("forceCommonAnnotations") else []),
               *(f"{key}:{value}" for key, value in options["commonAnnotations"].items())]
    if "namespace" in options:
        yield ["set", "namespace", "--", options["namespace"]]
    if "components" in options:
        yield ["add", "component", *options["components"]]


DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize("options", [
    {"images": ["nginx:2.0"]},
    {"images": [f"nginx=example.com:5000/nginx@{DIGEST}", "redis=*:8"]},
    {"images": ["nginx"]},
    {"namePrefix": "-a-", "nameSuffix": "-b", "namespace": "shop"},
    {"replicas": [{"name": "web", "count": 5}]},
    {"commonLabels": {"new": '"x"'}},
    {"commonLabels": {"team": "b"}},
    {"commonLabels": {"team": "b"}, "forceCommonLabels": True},
    {"commonLabels": {"new": "x"}, "labelWithoutSelector": True},
    {"commonLabels": {"tier": "x"}, "labelWithoutSelector": True},
    {"commonLabels": {"new": "x"}, "labelWithoutSelector": True, "labelIncludeTemplates": True},
    {"commonLabels": {"new": "x"}, "labelIncludeTemplates": True},
    {"commonAnnotations": {"note": "b"}},
    {"commonAnnotations": {"note": "b:c"}, "forceCommonAnnotations": True},
    {"components": ["../part", "../part"]},
    {"components": ["../gone"]},
])
def test_kustomize(application, tool, options):
    build, folder = application("web", {"kustomize": options})
    programs = [["edit", *words] for words in edits(options)]
    done = [subprocess.run([tool("kustomize"), *words], cwd=folder / "web", capture_output=True, text=True, check=False) for words in [*programs, ["build"]]]
    if any(one.returncode for one in done):
        with pytest.raises(RenderError):
            build()
    else:
        assert emit(build().resources) == done[-1].stdout


def template(options, root: Path):
    """Argo CD's command line (util/helm), for files from the repository's root."""
    words = ["template", ".", "--name-template", options.get("releaseName", "shop"), "--namespace", options.get("namespace", "shop")]
    words += ["--kube-version", options["kubeVersion"]] if "kubeVersion" in options else []
    for parameter in options.get("parameters", ()):
        flag = "--set-string" if parameter.get("forceString") else "--set"
        value = parameter["value"]
        words += [flag, parameter["name"] + "=" + (value if value.startswith("{") else re.sub(r"(?<!\\),", r"\\,", value))]
    for parameter in options.get("fileParameters", ()):
        words += ["--set-file", f"{parameter['name']}={root}{parameter['path']}"]
    for file in options.get("valueFiles", ()):
        words += ["--values", f"{root}{file}"]
    if "valuesObject" in options or "values" in options:
        inline = root / "inline.yaml"
        inline.write_text(json.dumps(options["valuesObject"]) if "valuesObject" in options else options["values"])
        words += ["--values", str(inline)]
    for version in options.get("apiVersions", ()):
        words += ["--api-versions", version]
    words += [] if options.get("skipCrds") else ["--include-crds"]
    return words + (["--skip-tests"] if options.get("skipTests") else [])


@pytest.mark.parametrize("options", [
    {},
    {"releaseName": "other", "namespace": "there", "skipCrds": True, "skipTests": True, "kubeVersion": "1.29.1", "apiVersions": ["example.com/v1"]},
    {"valueFiles": ["/envs/one.yaml", "/envs/two.yaml"]},
    {"valueFiles": ["/envs/two.yaml", "/envs/one.yaml"], "values": "image: {tag: '3'}\non: 1\nnumber: 010\n", "parameters": [{"name": "image.tag", "value": "4"}]},
    {"valuesObject": {"image": {"tag": "5"}, "gone": None}, "values": "image: {name: never}"},
    {"parameters": [{"name": "deep.a.b", "value": "1000000"}, {"name": "list", "value": "{x,y}"}, {"name": "deep.text", "value": "a,b"}]},
    {"parameters": [{"name": "deep.a.b", "value": "1000000", "forceString": True}, {"name": "list[1]", "value": "true"}, {"name": "gone", "value": "null"}]},
    {"parameters": [{"name": "deep\\.text", "value": "x=y"}, {"name": "deep.text", "value": "a\\,b"}]},
    {"fileParameters": [{"name": "deep.text", "path": "/text.txt"}]},
    {"releaseName": "Not_A_Name"},
])
def test_charts(application, tool, options):
    build, folder = application("chart", {"helm": options})
    done = subprocess.run([tool("helm"), *template(options, folder)], cwd=folder / "chart", capture_output=True, text=True, check=False)
    if done.returncode:
        with pytest.raises(RenderError):
            build()
    else:
        assert [dict(item.body) for item in build().resources] == [one for one in yaml.safe_load_all(done.stdout) if one]
