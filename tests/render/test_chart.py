"""Charts that Argo CD or Flux deploys, with a program in helm's place that prints what it is given; tests/real has the real one."""

from __future__ import annotations

import json
import sys

import pytest
from trees import Link, MemoryTree

from gitops_guard.errors import InputError
from gitops_guard.origin import Origin
from gitops_guard.recipes import Chart, Values
from gitops_guard.render import Renderer
from gitops_guard.source import Dialect, Sources, parse

PROGRAM = r"""
import json, pathlib, sys
if sys.argv[1] == "version":
    print("v3.20.0")
    sys.exit()
chart = pathlib.Path(sys.argv[-1])
if (chart / "complaint").exists():
    print((chart / "complaint").read_text(), file=sys.stderr)
    sys.exit(1)
values = [pathlib.Path(word.partition("=")[2]).read_text() for word in sys.argv if word.startswith("--values=")]
texts = [word.rpartition("=")[0] + "=" + pathlib.Path(word.rpartition("=")[2]).read_text() for word in sys.argv if word.startswith("--set-file=")]
flags = [word for word in sys.argv[2:-1] if not word.startswith(("--values=", "--set-file="))]
files = sorted(str(path.relative_to(chart)) for path in chart.rglob("*") if path.is_file())
print((chart / "printed").read_text().replace("@flags@", json.dumps(flags)).replace("@values@", json.dumps(values))
      .replace("@texts@", json.dumps(texts)).replace("@files@", json.dumps(files)))
"""
ECHO = "apiVersion: v1\nkind: Echo\nmetadata: {name: x}\nflags: @flags@\nvalues: @values@\ntexts: @texts@\nfiles: @files@\n"
FILES = {
    "c/web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "c/web/values.yaml": "image:\n  tag: 1.0.0\nreplicas: 3\ncolour: green\n",
    "c/web/templates/web.yaml": "kind: Deployment\nspec:\n  replicas: {{ .Values.replicas }}\n  colour: {{ .Values.colour }}\n  image: web:{{ .Values.image.tag }}\n",
    "c/web/printed": ECHO,
    "values/one.yaml": "image:\n  tag: 2.0.0\ncolour: blue-ish\n",
    "values/two.yaml": "replicas: 7\ncolour: null\n",
    "notes.txt": "a,b\n",
}
PRINTED = """
    ---
    # Source: web/templates/web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {replicas: 7, colour: blue-ish, image: "web:4.0.0"}
    ---
    # Source: web/templates/web.yaml
    apiVersion: v1
    kind: Pod
    metadata: {name: web, annotations: {helm.sh/hook: test}}
    ---
    # nothing
    """
PLACE = Origin("app.yaml", 9, 3)


@pytest.fixture
def render(tmp_path):
    helm = tmp_path / "helm"
    helm.write_text(f"#!{sys.executable}\n{PROGRAM}")
    helm.chmod(0o755)

    def act(files=(), *, values=(), release="shop", program=str(helm), **fields):
        tree = MemoryTree({**FILES, **dict(files)})
        return Renderer(Sources(tree), helm=program).chart(Chart("c/web", release, "ns", tuple(values), place=PLACE, **fields))

    return act


def inline(text, line=5):
    body = parse(("\n" * (line - 1) + text).encode(), "app.yaml").load(Dialect.MANIFEST)[0]
    return Values(inline=body, origin=Origin("app.yaml", line, 1))


def setting(path, text, line=6, **more):
    return Values(target_path=path, text=text, origin=Origin("app.yaml", line, 1), **more)


def test_what_helm_is_given(render):
    done = render(values=[
        Values(file="values/one.yaml", origin=PLACE), setting("a.b", "1"), setting("s", "2", as_string=True), inline("c: {d: 1}\n"),
        setting("l", "{x}", literal=True), Values(target_path="t", file="notes.txt", origin=PLACE),
    ], flags=("--include-crds", "--kube-version=1.30"))
    body = done.resources[0].body
    assert body["flags"] == ["--include-crds", "--kube-version=1.30", "--namespace=ns", "--set=a.b=1", "--set-string=s=2",
                             "--set-literal=l={x}", "shop"]
    assert [body["values"][0], json.loads(body["values"][1])] == [FILES["values/one.yaml"], {"c": {"d": 1}}]
    assert body["texts"] == ["--set-file=t=a,b\n"]
    assert {"values/one.yaml", "notes.txt", "c/web/values.yaml", "c/web/Chart.yaml"} <= done.read
    assert (done.faults, done.resources[0].target) == ([], "c/web")


@pytest.mark.parametrize(("path", "later", "stays"), [
    ("a.b", "a: {b: 2}\n", False),
    ("a.b", "a: 5\n", False),
    ("a.b", "a: {c: 1}\n", True),
    ("a.b", "a: null\n", True),
    ("a[0].b", "a: [1]\n", False),
    (r"a\.b", "a: {b: 1}\n", True),
    (r"a\.b", "'a.b': 1\n", False),
])
def test_a_single_value_below_later_layers(render, path, later, stays):
    body = render(values=[setting(path, "1"), inline(later)]).resources[0].body
    assert (f"--set={path}=1" in body["flags"]) is stays


def test_places(render):
    done = render({"c/web/printed": PRINTED}, values=[
        Values(file="values/one.yaml", origin=PLACE), inline("replicas: 7\n"), setting("image.tag", "4.0.0")])
    deployment, pod = done.resources
    assert (deployment.declared[:2], pod.id.kind) == (("c/web/templates/web.yaml", 1), "Pod")
    assert {key: at[:2] for key, at in deployment.body["spec"].at.items()} == {
        "replicas": ("app.yaml", 5), "colour": ("values/one.yaml", 3), "image": ("app.yaml", 6)}
    assert not any(at.exact for at in deployment.body["spec"].at.values())


def test_of_equal_objects_the_last_counts_but_hooks_stay(render):
    twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: '1'}\n---\n"
    hook = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {helm.sh/hook: pre-install}}\n---\n"
    done = render({"c/web/printed": hook + twice + twice.replace("'1'", "'2'")})
    assert [item.body.get("data") for item in done.resources] == [None, {"k": "2"}]


def test_post_renderers(render):
    renderer = inline("patches:\n- patch: |\n    - {op: replace, path: /spec/replicas, value: 9}\n  target: {kind: Deployment}\n"
                      "images:\n- name: web\n  newTag: '5'\n", 20).inline
    done = render({"c/web/printed": PRINTED}, post_renderers=(renderer,))
    spec, meta = (done.resources[0].body[key] for key in ("spec", "metadata"))
    assert (spec["replicas"], spec["image"], meta) == (9, "web:4.0.0", {"name": "web"})
    assert spec.at["replicas"][:2] == ("app.yaml", 22)


@pytest.mark.parametrize(("files", "program", "message"), [
    ({}, None, "no helm"),
    ({"c/web/complaint": "found in Chart.yaml, but missing in charts/ directory: x"}, "", "charts/ folder"),
])
def test_what_is_not_here(render, files, program, message):
    done = render(files, program=program) if program is None else render(files)
    assert [(fault.rule, fault.location[:2]) for fault in done.faults] == [("render/unresolved", ("app.yaml", 9))]
    assert message in done.faults[0].message
    assert (done.resources, "c/web/Chart.yaml" in done.read) == ([], True)


@pytest.mark.parametrize(("files", "fields", "line", "message"), [
    ({"c/web/complaint": "Error: a secret word"}, {}, 9, "refuses"),
    ({"c/web/printed": "a: [\n"}, {}, 9, "no list of objects"),
    ({"c/web/printed": "- a\n"}, {}, 9, "no list of objects"),
    ({}, {"release": "-x"}, 9, "dash"),
    ({}, {"values": [Values(file="gone.yaml", origin=Origin("app.yaml", 4, 1))]}, 4, "no file"),
    ({}, {"values": [Values(target_path="a=/etc/passwd,b", file="notes.txt", origin=Origin("app.yaml", 4, 1))]}, 4, "at a path"),
    ({"c/web/away": Link("../../../etc/passwd")}, {}, 9, "leaves the repository"),
])
def test_what_fails(render, files, fields, line, message):
    with pytest.raises(InputError, match=message) as raised:
        render(files, **fields)
    assert (raised.value.file, raised.value.line, "secret" in str(raised.value)) == ("app.yaml", line, False)


def test_charts_that_lie_beside_it(render):
    done = render({
        "c/web/Chart.yaml": "name: web\ndependencies:\n- {name: lib, repository: 'file://../lib'}\n- {name: far, repository: 'https://example.com'}\n"
                            "- {name: out, repository: 'file://../../../out'}\n",
        "c/lib/Chart.yaml": "name: lib\ndependencies: [{name: web, repository: 'file://../web'}]\n", "c/lib/templates/a.yaml": "kind: Lib\n",
        "c/web/printed": "# Source: web/charts/lib/templates/a.yaml\n" + ECHO,
    })
    files = done.resources[0].body["files"]
    assert {name for name in files if name.startswith("charts/")} == {"charts/lib/Chart.yaml", "charts/lib/templates/a.yaml"}
    assert done.resources[0].declared[:2] == ("c/lib/templates/a.yaml", 1)
    assert "c/lib/Chart.yaml" in done.read
