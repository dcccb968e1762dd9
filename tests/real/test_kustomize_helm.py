"""`helmCharts:` of charts in the repository, inflated by us and by the real kustomize: the same bytes, or both refuse."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_guard.errors import InputError
from gitops_guard.render import Rendered, Renderer, emit
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree

pytestmark = pytest.mark.real

CHART = {
    "Chart.yaml": """
        apiVersion: v2
        name: web
        version: 1.2.0
        """,
    "values.yaml": """
        # what the chart is made with
        image:
          repository: registry.example.com/web
          tag: "1.27"
        replicas: 2
        labels: {team: shop, tier: null}
        ports: [80, 443]
        enabled: yes
        """,
    "templates/_helpers.tpl": """
        {{- define "web.name" -}}{{ .Release.Name }}-{{ .Chart.Name }}{{- end -}}
        """,
    "templates/deployment.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ include "web.name" . }}
          namespace: {{ .Release.Namespace }}
          labels:
            fixed: "here"
            {{- range $key, $value := .Values.labels }}
            {{ $key }}: {{ $value | quote }}
            {{- end }}
        spec:
          replicas: {{ .Values.replicas }}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: web
                  image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
                  {{- with .Values.ports }}
                  ports:
                    {{- range . }}
                    - containerPort: {{ . }}
                    {{- end }}
                  {{- end }}
        """,
    "templates/config.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ include "web.name" . }}
        data:
          enabled: {{ .Values.enabled | quote }}
          kind: {{ kindOf .Values.enabled }}
          kube: {{ .Capabilities.KubeVersion.Version }}
          monitoring: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
        """,
    "templates/hook.yaml": """
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{ .Release.Name }}-test
          annotations: {helm.sh/hook: test}
        spec: {containers: [{name: test, image: busybox}]}
        """,
    "crds/things.yaml": """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: things.example.com}
        spec: {group: example.com}
        """,
}
BASE = {f"charts/web/{path}": text for path, text in CHART.items()}
OTHER = {f"vendor/web/{path}": text for path, text in CHART.items()}
VERSIONED = {f"charts/web-1.2.0/web/{path}": text for path, text in CHART.items()}
NEEDY = {**BASE, "charts/web/Chart.yaml": """
    apiVersion: v2
    name: web
    version: 1.2.0
    dependencies: [{name: other, version: 1.0.0, repository: "https://charts.example.invalid"}]
    """}


def one(**fields: str) -> str:
    """A kustomization with one chart."""
    return "helmCharts:\n- name: web\n" + "".join(f"  {name}: {value}\n" for name, value in fields.items())


CASES = {
    "nothing but the name": {**BASE, "kustomization.yaml": one()},
    "a release": {**BASE, "kustomization.yaml": one(releaseName="shop", namespace="prod")},
    "the kustomization's namespace": {**BASE, "kustomization.yaml": "namespace: prod\n" + one(releaseName="shop")},
    "another namespace than the kustomization's": {**BASE, "kustomization.yaml": "namespace: prod\n" + one(namespace="other")},
    "inline values": {**BASE, "kustomization.yaml": one(valuesInline="{image: {tag: '2'}, replicas: 3, ports: [8080], labels: {team: null, new: x}}")},
    "inline values below": {**BASE, "kustomization.yaml": one(valuesInline="{image: {tag: '2', more: 1}, extra: true}", valuesMerge="merge")},
    "inline values alone": {**BASE, "kustomization.yaml": one(valuesInline="{image: {tag: '2'}}", valuesMerge="replace")},
    "an unknown merge": {**BASE, "kustomization.yaml": one(valuesMerge="deep")},
    "inline values of another shape": {**BASE, "kustomization.yaml": one(valuesInline="{image: nginx}")},
    "inline scalar types": {**BASE, "kustomization.yaml": one(valuesInline="{enabled: 'yes', labels: {a: on, b: 010, c: 1.50, d: 1e3, e: 12345678901}}")},
    "a values file": {**BASE, "prod.yaml": "replicas: 5\nenabled: no\n", "kustomization.yaml": one(valuesFile="prod.yaml")},
    "a values file with inline values": {**BASE, "prod.yaml": "replicas: 5\nenabled: no\nimage: {tag: x}\n",
                                         "kustomization.yaml": one(valuesFile="prod.yaml", valuesInline="{image: {tag: y}}")},
    "more values files": {**BASE, "a.yaml": "replicas: 5\n", "b.yaml": "replicas: 6\n",
                          "kustomization.yaml": one(additionalValuesFiles="[a.yaml, b.yaml]")},
    "a values file that is missing": {**BASE, "kustomization.yaml": one(valuesFile="gone.yaml")},
    "a values file above": {**{f"k/{path}": text for path, text in BASE.items()}, "up.yaml": "replicas: 5\n",
                            "k/kustomization.yaml": one(valuesFile="../up.yaml"), "kustomization.yaml": "resources: [k]\n"},
    "an empty values file": {**BASE, "charts/web/values.yaml": "# nothing\n",
                             "kustomization.yaml": one(valuesInline="{image: {repository: a, tag: b}}")},
    "a chart without values": {**{path: text for path, text in BASE.items() if not path.endswith("/values.yaml")},
                               "kustomization.yaml": one()},
    "definitions": {**BASE, "kustomization.yaml": one(includeCRDs="true")},
    "without tests": {**BASE, "kustomization.yaml": one(skipTests="true")},
    "without hooks": {**BASE, "kustomization.yaml": one(skipHooks="true")},
    "versions of the cluster": {**BASE, "kustomization.yaml": one(kubeVersion="1.30.1", apiVersions="[monitoring.coreos.com/v1]")},
    "a name from a template": {**BASE, "kustomization.yaml": one(nameTemplate="'{{ \"abc\" | upper | lower }}'")},
    "a name and a template for it": {**BASE, "kustomization.yaml": one(releaseName="x", nameTemplate="abc")},
    "debug": {**BASE, "kustomization.yaml": one(debug="true")},
    "another home": {**OTHER, "kustomization.yaml": "helmGlobals: {chartHome: vendor}\n" + one()},
    "a home above": {**BASE, "k/kustomization.yaml": "helmGlobals: {chartHome: ../charts}\n" + one(), "kustomization.yaml": "resources: [k]\n"},
    "a home above with values of its own": {**BASE, "k/v.yaml": "replicas: 9\n",
                                            "k/kustomization.yaml": "helmGlobals: {chartHome: ../charts}\n" + one(valuesFile="v.yaml"),
                                            "kustomization.yaml": "resources: [k]\n"},
    "a version and a repo": {**VERSIONED, "kustomization.yaml": one(version="1.2.0", repo="https://charts.example.invalid")},
    "a version alone": {**BASE, "kustomization.yaml": one(version="9.9.9")},
    "a repo alone": {**BASE, "kustomization.yaml": one(repo="https://charts.example.invalid")},
    "no such chart": {**BASE, "kustomization.yaml": "helmCharts: [{name: gone}]\n"},
    "a chart without a name": {**BASE, "kustomization.yaml": "helmCharts: [{releaseName: x}]\n"},
    "a chart that needs others": {**NEEDY, "kustomization.yaml": one()},
    "a template that fails": {**BASE, "charts/web/templates/bad.yaml": '{{ fail "no" }}\n', "kustomization.yaml": one()},
    "a template that prints no object": {**BASE, "charts/web/templates/bad.yaml": "just: text\n", "kustomization.yaml": one()},
    "a namespace from above": {**{f"base/{path}": text for path, text in BASE.items()}, "base/kustomization.yaml": one(),
                               "mid/kustomization.yaml": "resources: [../base]\n", "kustomization.yaml": "namespace: top\nresources: [mid]\n"},
    "twice": {**BASE, "kustomization.yaml": "helmCharts:\n- {name: web, releaseName: a}\n- {name: web, releaseName: b}\n"},
    "twice the same": {**BASE, "kustomization.yaml": "helmCharts:\n- {name: web, releaseName: a}\n- {name: web, releaseName: a}\n"},
    "all steps over it": {**BASE, "kustomization.yaml": "namePrefix: p-\nnamespace: prod\ncommonLabels: {a: b}\n"
                          "commonAnnotations: {c: d}\nimages: [{name: registry.example.com/web, newTag: '3'}]\nreplicas: [{name: a-web, count: 7}]\n"
                          "patches:\n- target: {kind: ConfigMap}\n  patch: |\n    - {op: add, path: /data/x, value: y}\n" + one(releaseName="a")},
    "a base with a chart, used with two namespaces": {
        **{f"base/{path}": text for path, text in BASE.items()}, "base/kustomization.yaml": one(releaseName="a"),
        "one/kustomization.yaml": "namespace: one\nresources: [../base]\n", "two/kustomization.yaml": "namespace: two\nnamePrefix: t-\nresources: [../base]\n",
        "kustomization.yaml": "resources: [one, two]\n"},
    "records": {**BASE, "kustomization.yaml": "buildMetadata: [originAnnotations, transformerAnnotations]\nnamePrefix: a-\n" + one(releaseName="a")},
    "a generator": {**BASE, "g.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: g}\nname: web\nreleaseName: r\n"
                    "valuesInline: {replicas: 4}\n", "kustomization.yaml": "namespace: prod\ngenerators: [g.yaml]\n"},
    "the old field": {**OTHER, "v.yaml": "replicas: 8\n", "kustomization.yaml": "helmChartInflationGenerator:\n- {chartName: web, chartHome: vendor, values: v.yaml, "
                      "releaseName: old, valuesLocal: {image: {tag: z}}}\n"},
}


def written(files: dict[str, str], folder: Path) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text).lstrip("\n"))
    return folder


def render(folder: Path, helm: Path) -> Rendered:
    return Renderer(Sources(WorkTree(folder)), helm=str(helm)).render(".")


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes_or_both_refuse(name: str, tmp_path: Path, tool: Callable[[str], Path]) -> None:
    folder = written(CASES[name], tmp_path)
    done = subprocess.run([tool("kustomize"), "build", "--enable-helm", "--helm-command", tool("helm"), folder],
                          capture_output=True, timeout=120, check=False)
    try:
        rendered = render(folder, tool("helm"))
        unresolved = [fault.message for fault in rendered.faults if fault.rule == "render/unresolved"]
        ours = None if unresolved else emit(rendered.resources).encode()
        why = "".join(unresolved)
    except InputError as error:
        ours, why = None, f"{error.file}:{error.line}: {error.message}"
    if done.returncode != 0 or ours is None:
        assert (done.returncode != 0) == (ours is None), why or done.stderr.decode()
    else:
        assert ours.decode() == done.stdout.decode()
