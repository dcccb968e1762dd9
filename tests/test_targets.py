"""Targets that can't be built: each fault at its own line."""

import pytest
from trees import sources

from gitops_guard.model import Target
from gitops_guard.render import Renderer
from gitops_guard.targets import build

TWICE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: b\n  a: c\ndata: {}\n"
PATCH = "patches:\n  - patch: |-\n      apiVersion: v1\n      kind: ConfigMap\n      metadata: {name: a}\n      kind: ConfigMap\n"


@pytest.mark.parametrize(("files", "expected"), [
    ({"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": TWICE}, [("a.yaml", 6), ("a.yaml", 7)]),
    # Of a kustomization's own equal keys the last counts, as kustomize has it.
    ({"kustomization.yaml": f"namePrefix: a\nnamePrefix: b\nresources: [a.yaml]\n{PATCH}",
      "a.yaml": TWICE.partition("\ndata:")[0]}, [("kustomization.yaml", 9)])])
def test_every_key_that_is_there_twice_is_told(files, expected):
    tree = sources(files)
    built = build(Target(".", "kustomization", "."), Renderer(tree), tree)
    assert built.status == "failed"
    assert sorted((fault.location.file, fault.location.line) for fault in built.faults) == expected
    assert {fault.rule for fault in built.faults} == {"source/duplicate-key"}
