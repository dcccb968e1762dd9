from gitops_guard.parents import defaults, filled
from gitops_guard.source import Dialect, parse

PARENT = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: cluster}
spec:
  patches:
    - target: {kind: Kustomization}
      patch: |
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: _}
        spec:
          interval: 1h
          prune: true
          patches:
            - patch: |
                apiVersion: helm.toolkit.fluxcd.io/v2
                kind: HelmRelease
                metadata: {name: _}
                spec:
                  driftDetection: {mode: enabled}
    - target: {kind: Deployment}
      patch: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: _}
        spec: {replicas: 2}
    - patch: "- op: remove"
    - patch: "{ broken"
"""


def load(text):
    return parse(text.encode(), "f.yaml").load(Dialect.MANIFEST)[0]


def test_what_a_child_lacks_comes_from_the_parent_with_its_line():
    child = load("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\nspec: {interval: 5m, path: ./web}\n")
    got = filled(child, defaults([load(PARENT), child]))
    assert got["metadata"] == {"name": "web"}
    assert {key: got["spec"][key] for key in ("interval", "path", "prune")} == {"interval": "5m", "path": "./web", "prune": True}
    assert got["spec"].at["prune"].line == 13
    assert "prune" not in child["spec"]


def test_patches_reach_grandchildren_and_other_kinds_stay():
    known = defaults([load(PARENT)])
    release = load("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec: {chart: {}}\n")
    assert filled(release, known)["spec"]["driftDetection"] == {"mode": "enabled"}
    deployment = load("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n")
    assert filled(deployment, known) is deployment
