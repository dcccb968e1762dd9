"""Charts, with a program in helm's place that prints what it is given: tests/real compares with the real one."""

from __future__ import annotations

import json
import sys
import textwrap

import pytest
from remotes import write
from trees import MemoryTree, sources

from gitops_guard.errors import InputError
from gitops_guard.fetch import Fetcher
from gitops_guard.render import Renderer, helm_run
from gitops_guard.render.helm_run import chart_files
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree

PROGRAM = r"""
import json, os, pathlib, sys
if sys.argv[1] == "version":
    print("v3.20.0")
    sys.exit()
if sys.argv[1] == "pull":
    folder = next(word.partition("=")[2] for word in sys.argv if word.startswith("--untardir="))
    chart = pathlib.Path(folder, sys.argv[-1].rpartition("/")[2])
    (chart / "templates").mkdir(parents=True)
    (chart / "values.yaml").write_text("a: b\n")
    (chart / "templates" / "x.yaml").write_text("kind: Echo\n")
    (chart / "printed").write_text("# Source: web/templates/x.yaml\napiVersion: v1\nkind: Echo\nmetadata: {name: x}\npulled: " + json.dumps(sys.argv[2:]))
    sys.exit()
chart = pathlib.Path(sys.argv[-1])
if (chart / "complaint").exists():
    print((chart / "complaint").read_text(), file=sys.stderr)
    sys.exit(1)
values = [pathlib.Path(word.partition("=")[2]).read_text() for word in sys.argv if word.startswith("--values=")]
flags = [word for word in sys.argv[2:-1] if not word.startswith("--values=")]
known = sorted(name for name in os.environ if not name.startswith(("HELM_", "LC_", "__")))
print((chart / "printed").read_text().replace("@flags@", json.dumps(flags)).replace("@values@", json.dumps(values))
      .replace("@names@", json.dumps(known)))
"""
CHART = {
    "charts/web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "image:\n  repository: example.com/web\n  tag: latest\nreplicas: 3\n",
    "charts/web/templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: {{ .Values.replicas }}\n"
                                     "  image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\n  paused: true\n",
    "charts/web/printed": "---\n# Source: web/templates/web.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: 3\n"
                          "  image: example.com/web:latest\n  paused: true\n",
}
ECHO = {**CHART, "charts/web/printed": "apiVersion: v1\nkind: Echo\nmetadata: {name: x}\nflags: @flags@\nvalues: @values@\nnames: @names@\n"}


@pytest.fixture
def helm(tmp_path):
    path = tmp_path / "helm"
    path.write_text(f"#!{sys.executable}\n{PROGRAM}")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def build(tmp_path, helm):
    def act(files, kustomization, program=helm):
        home = tmp_path / "home"
        write(home, {**files, "kustomization.yaml": textwrap.dedent(kustomization).lstrip("\n")})
        return Renderer(Sources(WorkTree(home)), helm=program).render(".")

    return act


def test_places(build):
    done = build(CHART, """
        helmCharts:
          - name: web
            releaseName: shop
            valuesInline:
              image: {tag: latest}
        """)
    body = done.resources[0].body
    places = {"name": body["metadata"].at["name"], **body["spec"].at}
    assert {name: at[:2] for name, at in places.items()} == {
        "name": ("kustomization.yaml", 3), "replicas": ("charts/web/values.yaml", 4), "image": ("kustomization.yaml", 5),
        "paused": ("charts/web/templates/web.yaml", 8)}
    assert not any(at.exact for at in places.values())
    assert done.resources[0].declared[:2] == ("charts/web/templates/web.yaml", 2)
    assert {"charts/web/values.yaml", "charts/web/templates/web.yaml"} <= done.read


def test_a_short_tag_is_no_other_number(build):
    files = {**CHART, "charts/web/printed": CHART["charts/web/printed"].replace(":latest", ":3")}
    spec = build(files, "helmCharts:\n- name: web\n  valuesInline: {count: 3,\n    image: {\n      tag: 3}}\n").resources[0].body["spec"]
    assert (spec.at["image"][:2], spec.at["replicas"][:2]) == (("kustomization.yaml", 5), ("charts/web/values.yaml", 4))


def test_what_helm_is_told(build, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://user:word@proxy.example.com")
    monkeypatch.setenv("TOKEN", "word")
    done = build({**ECHO, "more.yaml": "b: 1\n"}, """
        helmCharts:
          - name: web
            releaseName: shop
            namespace: --prod
            kubeVersion: "1.30"
            apiVersions: [a/v1]
            includeCRDs: true
            skipTests: true
            skipHooks: true
            valuesMerge: replace
            valuesInline: {a: "yes"}
            additionalValuesFiles: [more.yaml]
        """)
    body = done.resources[0].body
    assert body["flags"] == ["--namespace=--prod", "--kube-version=1.30", "--api-versions=a/v1", "--include-crds", "--skip-tests", "--no-hooks", "shop"]
    assert [json.loads(body["values"][0]), body["values"][1]] == [{"a": "yes"}, "b: 1\n"]
    assert body["names"] == ["HOME", "KUBECONFIG", "PATH"]


@pytest.mark.parametrize(("fields", "line", "message"), [
    ("name: web\n  releaseName: --post-renderer=x", 3, "dash"),
    ("name: web\n  valuesFile: /etc/passwd", 3, "absolute"),
    ("name: ../../web", 2, "outside"),
    ("name: /etc", 2, "no chart"),
    ("name: web\n  valuesMerge: x", 3, "one of"),
])
def test_what_is_refused(build, fields, line, message):
    with pytest.raises(InputError, match=message) as raised:
        build(CHART, f"helmCharts:\n- {fields}\n")
    assert (raised.value.file, raised.value.line) == ("kustomization.yaml", line)


@pytest.mark.parametrize("home", ["../x", "/etc", "a/../../.."])
def test_a_home_outside(build, home):
    with pytest.raises(InputError, match=r"outside|absolute"):
        build(CHART, f"helmGlobals: {{chartHome: {home}}}\nhelmCharts: [{{name: web}}]\n")


@pytest.mark.parametrize(("complaint", "message"), [
    ("Error: execution error at (web/templates/web.yaml:3:4): the word is hidden", r"a template fails at web/templates/web.yaml:3"),
    ("Error: values don't meet the specifications of the schema(s)", "schema"),
    ("Error: hidden", "refuses"),
])
def test_a_complaint_tells_no_values(build, complaint, message):
    with pytest.raises(InputError, match=message) as raised:
        build({**CHART, "charts/web/complaint": complaint}, "helmCharts:\n- name: web\n")
    assert "hidden" not in str(raised.value)
    assert (raised.value.file, raised.value.line) == ("kustomization.yaml", 2)


@pytest.mark.parametrize(("files", "chart", "message"), [
    ({**CHART, "charts/web/complaint": "found in Chart.yaml, but missing in charts/ directory: x"}, "name: web", "depends"),
    (CHART, "name: other\n  repo: https://charts.example.com", "not fetched"),
    (CHART, "name: web\n  repo: https://charts.example.com\n  version: 1.0.0", "not fetched"),
])
def test_what_is_not_here_is_unresolved(build, files, chart, message):
    done = build(files, f"helmCharts:\n- {chart}\n")
    assert [(fault.rule, message in fault.message) for fault in done.faults] == [("render/unresolved", True)]


@pytest.mark.parametrize(("chart", "words"), [
    ("repo: https://user:word@charts.example.com/a\n  version: 1.0.0", ["--version=1.0.0", "--repo=https://user:word@charts.example.com/a", "web"]),
    ("repo: oci://charts.example.com/a/", ["oci://charts.example.com/a/web"]),
    ("repo: https://charts.example.com\n  version: ^1\n  devel: true", ["--version=^1", "--devel", "--repo=https://charts.example.com", "web"]),
])
def test_a_remote_chart_where_it_may_be_fetched(tmp_path, helm, chart, words):
    write(tmp_path / "home", {"kustomization.yaml": f"helmCharts:\n- name: web\n  {chart}\n"})
    renderer = Renderer(Sources(WorkTree(tmp_path / "home")), helm=helm, fetcher=Fetcher(tmp_path / "cache"))
    done = renderer.render(".")
    found = renderer.resources_at_home(done)[0]
    assert [word for word in found.body["pulled"] if not word.startswith("--unt")] == words
    assert found.declared[:2] == found.body.at["kind"][:2] == ("kustomization.yaml", 3)
    assert done.resources[0].body.at["kind"].file.startswith("charts.example.com/")
    assert "word" not in done.resources[0].body.at["kind"].file
    assert done.read == {"kustomization.yaml"}


@pytest.mark.parametrize("chart", ["name: web\n  repo: file:///srv/charts", "name: -x\n  repo: https://charts.example.com"])
def test_a_repo_that_is_none(tmp_path, helm, chart):
    write(tmp_path / "home", {"kustomization.yaml": f"helmCharts:\n- {chart}\n"})
    with pytest.raises(InputError, match="repo"):
        Renderer(Sources(WorkTree(tmp_path / "home")), helm=helm, fetcher=Fetcher(tmp_path / "cache")).render(".")


def test_without_helm(build):
    done = build(CHART, "helmCharts:\n- name: web\n", None)
    assert [(fault.rule, fault.location[:2]) for fault in done.faults] == [("render/unresolved", ("kustomization.yaml", 2))]
    assert "no helm" in done.faults[0].message


def test_time_and_size_are_bounded(build, monkeypatch):
    monkeypatch.setattr(helm_run, "MAX_BYTES", 20)
    with pytest.raises(InputError, match="more than"):
        build(CHART, "helmCharts:\n- name: web\n")
    tree = MemoryTree({f"c/{number}": "" for number in range(30)})
    monkeypatch.setattr(helm_run, "MAX_FILES", 20)
    with pytest.raises(helm_run.HelmError):
        chart_files(tree, "c")


def test_a_link_out_of_the_repository(build, tmp_path):
    (tmp_path / "home" / "charts" / "web").mkdir(parents=True)
    (tmp_path / "home" / "charts" / "web" / "away").symlink_to("/etc")
    with pytest.raises(InputError, match="leaves the repository"):
        build(CHART, "helmCharts:\n- name: web\n")


def test_the_default_is_no_helm():
    done = Renderer(sources({"kustomization.yaml": "helmCharts: [{name: web}]\n", **CHART})).render(".")
    assert [fault.rule for fault in done.faults] == ["render/unresolved"]
