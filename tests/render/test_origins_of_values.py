"""Where the values that transformers write come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import sources

from gitops_guard.errors import RenderError
from gitops_guard.model import value_at
from gitops_guard.origin import Map, Origin, Seq, clone, origin_of
from gitops_guard.render import Renderer, smp

POD = """
apiVersion: v1
kind: Pod
metadata:
  name: a
  labels:
    old: x
spec:
  containers:
  - name: web
    image: nginx:1
  - name: bare
    image: nginx
"""


def built(files):
    done = Renderer(sources({"pod.yaml": POD, **files})).render(".")
    assert not [fault for fault in done.faults if fault.rule == "render/unresolved"]
    return done.resources[0].body


def place(body, *path):
    found = origin_of(value_at(body, path[:-1]), path[-1])
    return found and (found.file, found.line, found.exact)


CASES = {
    "images: the tag": ("images:\n- name: nginx\n  newName: mirror\n  newTag: '2'\n", ("spec", "containers", 0, "image"), ("kustomization.yaml", 5, True)),
    "images: the digest": ("images:\n- name: nginx\n  newTag: '2'\n  digest: sha256:a\n", ("spec", "containers", 0, "image"), ("kustomization.yaml", 5, True)),
    "images: a name before a tag": ("images:\n- name: nginx\n  newName: mirror\n", ("spec", "containers", 0, "image"), ("pod.yaml", 10, True)),
    "images: a name without a tag": ("images:\n- name: nginx\n  newName: mirror\n", ("spec", "containers", 1, "image"), ("kustomization.yaml", 4, True)),
    "labels": ("labels:\n- pairs:\n    a: b\n", ("metadata", "labels", "a"), ("kustomization.yaml", 4, True)),
    "annotations": ("commonAnnotations:\n  a: b\n", ("metadata", "annotations", "a"), ("kustomization.yaml", 3, True)),
    "a merge in a block": ("patches:\n- patch: |\n    apiVersion: v1\n    kind: Pod\n    metadata:\n      name: a\n      labels:\n        a: b\n",
                           ("metadata", "labels", "a"), ("kustomization.yaml", 9, False)),
    "what the merge leaves": ("patches:\n- patch: |\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: a, labels: {a: b}}\n",
                              ("metadata", "labels", "old"), ("pod.yaml", 6, True)),
    "a JSON patch": ("patches:\n- target: {kind: Pod}\n  patch: |\n    - op: replace\n      path: /metadata/labels/old\n      value: new\n",
                     ("metadata", "labels", "old"), ("kustomization.yaml", 7, False)),
    "a copy": ("patches:\n- target: {kind: Pod}\n  patch: |\n    - op: copy\n      from: /spec/containers/0/image\n      path: /metadata/labels/new\n",
               ("metadata", "labels", "new"), ("pod.yaml", 10, True)),
    "a replacement": ("replacements:\n- source: {kind: Pod, fieldPath: spec.containers.0.image}\n  targets:\n  - select: {kind: Pod}\n    fieldPaths: [metadata.labels.old]\n",
                      ("metadata", "labels", "old"), ("pod.yaml", 10, True)),
    "a var": ("vars:\n- name: X\n  objref: {kind: Pod, apiVersion: v1, name: a}\n  fieldref: {fieldPath: metadata.labels.old}\nconfigurations: [c.yaml]\n",
              ("spec", "containers", 0, "name"), ("pod.yaml", 6, True)),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_place(case):
    text, path, expected = CASES[case]
    files = {"kustomization.yaml": "resources: [pod.yaml]\n" + text}
    if case == "a var":
        files["c.yaml"] = "varReference:\n- {path: spec/containers/name, kind: Pod}\n"
        files["pod.yaml"] = POD.replace("name: web", "name: $(X)")
    assert place(built(files), *path) == expected


def test_replicas():
    files = {"kustomization.yaml": "resources: [d.yaml]\nreplicas:\n- name: d\n  count: 3\n",
             "d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 1}\n"}
    assert place(built(files), "spec", "replicas") == ("kustomization.yaml", 4, True)


@pytest.mark.parametrize(("entry", "patch"), [
    ("path: p.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    old: null\n"),
    ("{path: p.yaml, target: {kind: Pod}}", "- op: test\n  path: /kind\n  value: Pod\n- op: remove\n\n  path: /metadata/labels/old\n"),
])
def test_what_is_deleted_is_remembered(entry, patch):
    body = built({"kustomization.yaml": f"resources: [pod.yaml]\npatches:\n- {entry}\n", "p.yaml": patch})
    gone = body["metadata"]["labels"].gone["old"]
    assert (gone.file, gone.line) == ("p.yaml", 6)


def test_a_deletion_by_directive_is_remembered():
    body = built({"kustomization.yaml": "resources: [pod.yaml]\npatches:\n- path: p.yaml\n",
                  "p.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    $patch: delete\n"})
    assert body["metadata"].gone["labels"].line == 6


def _tree(children):
    return st.lists(children, max_size=3).map(Seq) | st.dictionaries(st.sampled_from("abcde"), children, max_size=4).map(Map)


ANY = st.recursive(st.text(max_size=3) | st.integers() | st.booleans(), _tree, max_leaves=15)
BODY = st.dictionaries(st.sampled_from(["a", "b", "spec", "data"]), ANY, max_size=4).map(Map)
AT = Origin("p.yaml", 1, 1)


@given(BODY)
def test_an_empty_patch_changes_nothing(body):
    before = clone(body)
    assert smp.merge(body, Map(), AT) == before


@given(BODY, BODY)
def test_a_patch_is_merged_once_for_all(body, patch):
    try:
        once = smp.merge(clone(body), patch, AT)
    except RenderError:  # a list where a mapping is
        return
    assert smp.merge(clone(once), patch, AT) == once


@given(BODY)
def test_the_patch_stays_as_it_is(patch):
    before = clone(patch)
    smp.merge(Map(), patch, AT)
    assert patch == before
