import posixpath

import pytest

from gitops_guard.discover import Taken, discover, environment_of, narrow
from gitops_guard.globs import matches
from gitops_guard.model import Target
from gitops_guard.render import Renderer
from tests.trees import Link, sources

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\n"


def kustomization(*resources: str, kind: str = "Kustomization") -> str:
    version = "v1alpha1" if kind == "Component" else "v1beta1"
    lines = "".join(f"  - {resource}\n" for resource in resources)
    return f"apiVersion: kustomize.config.k8s.io/{version}\nkind: {kind}\nresources:\n{lines}"


def found(files):
    tree = sources(files)
    return discover(tree, Renderer(tree).uses)


def targets(files, named=(), taken=None):
    return [(target.kind, target.path) for target in found(files).targets(named, taken)]


@pytest.mark.parametrize(("files", "expected"), [
    pytest.param({"base/kustomization.yaml": kustomization("config.yaml"), "base/config.yaml": CONFIG,
                  "overlays/production/kustomization.yaml": kustomization("../../base")},
                 [("kustomization", "overlays/production")], id="what an overlay uses is no target"),
    pytest.param({"c/kustomization.yaml": kustomization("config.yaml", kind="Component"), "c/config.yaml": CONFIG}, [],
                 id="a component alone is none"),
    pytest.param({"a/kustomization.yaml": kustomization("../b"), "b/kustomization.yaml": kustomization("../a"),
                  "d/kustomization.yaml": kustomization("config.yaml"), "d/config.yaml": CONFIG},
                 [("kustomization", "a"), ("kustomization", "d")], id="one of a cycle stands for all"),
    pytest.param({"apps/web.yaml": CONFIG, "apps/notes.yaml": "just: values\n"}, [("manifests", "apps")], id="a plain folder"),
    pytest.param({"k/kustomization.yaml": kustomization("config.yaml"), "k/config.yaml": CONFIG, "k/forgotten.yaml": CONFIG},
                 [("kustomization", "k")], id="an unlisted file beside a kustomization is deployed by nobody"),
    pytest.param({"k/kustomization.yaml": kustomization("config.yaml") + "patches: []\n# - path: patches/later.yaml\n",
                  "k/config.yaml": CONFIG, "k/patches/later.yaml": CONFIG},
                 [("kustomization", "k")], id="a patch whose entry is commented out"),
    pytest.param({"k/kustomization.yaml": kustomization("config.yaml") + "# ../apps/web.yaml is deployed by hand\n",
                  "k/config.yaml": CONFIG, "apps/web.yaml": CONFIG},
                 [("manifests", "apps"), ("kustomization", "k")], id="a comment hides nothing elsewhere"),
    pytest.param({"chart/Chart.yaml": "name: x\n", "chart/templates/a.yaml": CONFIG}, [], id="a chart's templates are none"),
    pytest.param({"kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\n"},
                 [("manifests", ".")], id="only the group decides"),
    pytest.param({"kind.yaml": "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nmetadata: {name: x}\n"}, [], id="a kind file"),
    pytest.param({"list.yaml": "apiVersion: v1\nkind: List\nitems: []\n"}, [("manifests", ".")], id="a List"),
])
def test_targets(files, expected):
    assert targets(files) == expected


@pytest.mark.parametrize(("taken", "expected"), [
    pytest.param(Taken(), [("manifests", "a"), ("manifests", "a/b"), ("kustomization", "k")], id="nothing"),
    pytest.param(Taken(frozenset({"k"})), [("manifests", "a"), ("manifests", "a/b")], id="a kustomization"),
    pytest.param(Taken(covered=frozenset({"a"})), [("kustomization", "k")], id="a folder, with what it leaves out below"),
    pytest.param(Taken(files=frozenset({"a/two.yaml"})), [("manifests", "a/b"), ("kustomization", "k")],
                 id="one file of a folder: the others are left out on purpose"),
    pytest.param(Taken(files=frozenset({"a/b/three.yaml"}), covered=frozenset({"a"})), [("kustomization", "k")], id="both"),
])
def test_what_owners_take_is_no_target(taken, expected):
    files = {"k/kustomization.yaml": kustomization("config.yaml"), "k/config.yaml": CONFIG, "a/one.yaml": CONFIG, "a/two.yaml": CONFIG,
             "a/b/three.yaml": CONFIG}
    assert targets(files, (), taken) == expected
    assert ("kustomization", "k") in targets(files, ["k"], taken)


def test_a_named_folder_is_a_target_whatever_uses_it():
    files = {"base/kustomization.yaml": kustomization("config.yaml"), "base/config.yaml": CONFIG,
             "top/kustomization.yaml": kustomization("../base")}
    assert targets(files, ["base"]) == [("kustomization", "base"), ("kustomization", "top")]


def test_broken_files_count_only_where_they_were_meant_as_manifests():
    files = {"a/broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\ndata: {}\n", "a/template.yaml": "{{ if }}\n: x\n"}
    assert [error.file for error in found(files).broken] == ["a/broken.yaml"]


def test_a_link_that_leaves_the_repository_is_hostile():
    error = found({"a/link.yaml": Link("../../outside.yaml")}).broken[0]
    assert (error.rule, error.file) == ("source/hostile-input", "a/link.yaml")


@pytest.mark.parametrize(("names", "expected"), [
    (["overlays/production"], "production"), (["clusters/prod-eu/apps"], "production"), (["apps/web", "stage"], "staging"),
    (["products/list"], None), (["apps/LIVE"], "production"), (["apps/qa"], "development"), ([], None),
    (["apps/staging", "production"], "staging"),
])
def test_environment_by_words(names, expected):
    assert environment_of(names) == expected


def test_configured_environments_replace_the_words():
    patterns = {"canary": ("**/canary/**",), "production": ("clusters/p-*",)}
    assert environment_of(["clusters/p-1"], patterns, matches) == "production"
    assert environment_of(["apps/canary"], patterns, matches) == "canary"
    assert environment_of(["overlays/production"], patterns, matches) is None


def test_narrowing_by_folder_and_by_file():
    all_targets = [Target("a", "kustomization", "a"), Target("b/c", "kustomization", "b/c")]
    read = {"a": frozenset({"base/x.yaml"}), "b/c": frozenset({"base/y.yaml"})}
    assert [target.id for target in narrow(all_targets, read, ["b"])] == ["b/c"]
    assert [target.id for target in narrow(all_targets, read, ["base/x.yaml"])] == ["a"]
    assert [target.id for target in narrow(all_targets, read, ["."])] == ["a", "b/c"]
    assert posixpath.sep == "/"


def test_a_link_that_a_kustomization_names_is_the_builds_to_tell():
    files = {"k/kustomization.yaml": kustomization("link.yaml"), "k/link.yaml": Link("../../outside.yaml")}
    assert found(files).broken == ()


def test_a_manifest_whose_bytes_are_no_text_is_told():
    text = b"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
    tree = {"a.yaml": b"\xff" + text, "b.yaml": text.decode().encode("utf-32"), "c.json": b"\xff\xfe\x00no manifest"}
    assert [error.file for error in found(tree).broken] == ["a.yaml", "b.yaml"]
