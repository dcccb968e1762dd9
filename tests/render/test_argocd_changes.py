"""What Argo CD's calls of `kustomize edit` do; each expected result was compared with the real program's."""

from __future__ import annotations

import pytest
from trees import sources

from gitops_guard.errors import RenderError
from gitops_guard.render.argocd_changes import changed
from gitops_guard.render.kustomization import read
from gitops_guard.source import Dialect, parse

DIGEST = "sha256:" + "a" * 64


def edited(file, options):
    found = read(sources({"kustomization.yaml": file}), "kustomization.yaml", ".")
    return changed(found, parse(options.encode(), "app.yaml").load(Dialect.MANIFEST)[0])


@pytest.mark.parametrize(("file", "options", "expected"), [
    # images: `name=newName:tag@digest`
    ("", "images: [nginx:1.2]", [{"name": "nginx", "newTag": "1.2"}]),
    ("", f"images: ['nginx@{DIGEST}']", [{"name": "nginx", "digest": DIGEST}]),
    ("", f"images: ['nginx:1.2@{DIGEST}']", [{"name": "nginx", "newTag": "1.2", "digest": DIGEST}]),
    ("", "images: ['a=localhost:5000/b']", [{"name": "a", "newName": "localhost:5000/b"}]),
    ("", "images: ['a=b:1']", [{"name": "a", "newName": "b", "newTag": "1"}]),
    # all are sorted by name; an entry of the file with the same name is replaced whole
    ("images: [{name: b, newTag: '1'}, {name: a, newName: x, newTag: '1'}]", "images: ['a:2']",
     [{"name": "a", "newTag": "2"}, {"name": "b", "newTag": "1"}]),
    ("images: [{name: b, newTag: '1'}]", "images: ['b:2', 'b:3', 'a:1']", [{"name": "a", "newTag": "1"}, {"name": "b", "newTag": "3"}]),
    ("images: [{name: b, newTag: '1'}, {name: b, newTag: '2'}]", "images: ['a:1']",
     [{"name": "a", "newTag": "1"}, {"name": "b", "newTag": "1"}]),
    # a star keeps what the file says
    ("images: [{name: a, newName: x, newTag: '1'}]", "images: ['a=*:2']", [{"name": "a", "newName": "x", "newTag": "2"}]),
    ("images: [{name: a, newTag: '1'}]", "images: ['a=y:*']", [{"name": "a", "newName": "y", "newTag": "1"}]),
    ("", "images: ['a=*:2']", [{"name": "a", "newTag": "2"}]),
])
def test_images(file, options, expected):
    assert edited(f"resources: [x.yaml]\n{file}\n", options).data["images"] == expected


@pytest.mark.parametrize(("file", "options", "field", "expected"), [
    ("namePrefix: old-", "namePrefix: new-", "namePrefix", "new-"),
    ("nameSuffix: -old", "namespace: shop", "nameSuffix", "-old"),
    ("", "nameSuffix: -x", "nameSuffix", "-x"),
    ("namespace: old", "namespace: new", "namespace", "new"),
    ("replicas: [{name: b, count: 1}]", "replicas: [{name: b, count: 3}, {name: a, count: '2'}]", "replicas",
     [{"name": "a", "count": 2}, {"name": "b", "count": 3}]),
    ("commonLabels: {a: '1'}", "commonLabels: {b: '\"2\"'}", "commonLabels", {"a": "1", "b": "2"}),
    ("commonLabels: {a: '1'}", "{commonLabels: {a: '2'}, forceCommonLabels: true}", "commonLabels", {"a": "2"}),
    ("labels: [{pairs: {a: '1'}, includeSelectors: true}]", "{commonLabels: {a: '2'}, labelWithoutSelector: true}", "labels",
     [{"pairs": {"a": "1"}, "includeSelectors": True}, {"includeTemplates": False, "pairs": {"a": "2"}}]),
    ("labels: [{pairs: {a: '1'}}]", "{commonLabels: {b: '2'}, labelWithoutSelector: true}", "labels", [{"pairs": {"a": "1", "b": "2"}}]),
    ("labels: [{pairs: {a: '1'}}]", "{commonLabels: {b: '2'}, labelWithoutSelector: true, labelIncludeTemplates: true}", "labels",
     [{"pairs": {"a": "1"}}, {"includeTemplates": True, "pairs": {"b": "2"}}]),
    ("commonAnnotations: {a: '1'}", "commonAnnotations: {b: 'x:y'}", "commonAnnotations", {"a": "1", "b": "x:y"}),
    ("components: [c]", "components: [d, c]", "components", ["c", "d"]),
    ("patches: [{path: a.yaml}]", "patches: [{path: b.yaml, unknown: 1}]", "patches", [{"path": "a.yaml"}, {"path": "b.yaml"}]),
    ("", "{version: v5.0.0, kubeVersion: '1.30'}", "resources", ["x.yaml"]),
])
def test_other_options(file, options, field, expected):
    assert edited(f"resources: [x.yaml]\n{file}\n", options).data[field] == expected


@pytest.mark.parametrize(("file", "options", "line"), [
    ("", "images:\n- nginx", 2),
    ("", "images: nginx", 1),
    ("", "images: [1]", 1),
    ("commonLabels: {a: '1'}", "commonLabels:\n  a: '2'", 2),
    ("commonAnnotations: {a: '1'}", "commonAnnotations:\n  a: '1'", 2),
    ("labels: [{pairs: {a: '1'}}]", "labelWithoutSelector: true\ncommonLabels:\n  a: '2'", 3),
    ("", "commonLabels: {a: '1'}\nlabelIncludeTemplates: true", 2),
    ("", "replicas:\n- {name: a, count: many}", 2),
    ("", "replicas:\n- a=1", 2),
    ("", "namespace: [a]", 1),
    ("", "patches: [{path: 1}]", 1),
])
def test_what_is_refused(file, options, line):
    with pytest.raises(RenderError) as raised:
        edited(f"resources: [x.yaml]\n{file}\n", options)
    assert (raised.value.file, raised.value.line) == ("app.yaml", line)


def test_places_and_the_file_as_it_was():
    file = sources({"kustomization.yaml": "resources: [x.yaml]\nimages:\n- name: b\n  newTag: '1'\n"})
    before = read(file, "kustomization.yaml", ".")
    options = parse(b"images:\n- a=c:1\n- b=d:*\nreplicas:\n- name: w\n  count: 2\ncommonLabels:\n  k: v\n", "app.yaml").load(Dialect.MANIFEST)[0]
    data = changed(before, options).data
    first, second = data["images"]
    assert [first.at[field][:2] for field in ("newName", "newTag")] == [("app.yaml", 2)] * 2
    assert (second.at["newName"][:2], second.at["newTag"][:2]) == (("app.yaml", 3), ("kustomization.yaml", 4))
    assert data["replicas"][0].at["count"][:2] == ("app.yaml", 6)
    assert data["commonLabels"].at["k"][:2] == ("app.yaml", 8)
    assert before.data["images"] == [{"name": "b", "newTag": "1"}]
    assert "replicas" not in before.data
