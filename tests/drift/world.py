"""A small repository, its owners, and objects as they live."""

from __future__ import annotations

APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source: {repoURL: "https://git.example.com/shop.git", path: shop, targetRevision: HEAD}
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  syncPolicy: %s
  ignoreDifferences: %s
"""
KUSTOMIZATION = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec: {interval: 10m, prune: %s, path: ./shop, sourceRef: {kind: GitRepository, name: flux-system}, ignore: %s, suspend: %s}
"""
SETTINGS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data:
  mode: fast
"""
CONFIG = 'repositories: {"https://git.example.com/shop.git": .}\n'


def argocd(policy="{automated: {prune: true, selfHeal: true}}", ignores="[]"):
    return {"apps/shop.yaml": APPLICATION % (policy, ignores), ".gitops-guard.yaml": CONFIG}


def flux(prune="true", ignore="[]", suspend="false"):
    return {"clusters/prod/shop.yaml": KUSTOMIZATION % (prune, ignore, suspend)}


def live(name="settings", kind="ConfigMap", labels=None, annotations=None, managed=(), **body):
    metadata = {"name": name, "namespace": "shop", "labels": labels or {}, "annotations": annotations or {}, "managedFields": list(managed)}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **(body or {"data": {"mode": "fast"}})}


def by(manager, fields, **more):
    return {"manager": manager, "operation": "Update", "time": "2026-03-01T09:30:00Z", "fieldsType": "FieldsV1", "fieldsV1": fields, **more}


def told(report):
    return [(one["rule"], one["severity"], one["resource"] and one["resource"]["name"], one["path"]) for one in report["findings"]]
