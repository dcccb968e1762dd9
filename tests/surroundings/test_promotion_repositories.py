"""What a user of a whole repository expects of the category promotion: layouts and histories, most of them in order."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from remotes import git, write

from gitops_guard.cli import cli

Files = dict[str, str]

DIGEST = "sha256:" + "7c4f0f1f6d2f4f0b8a9d3e5c1b7a6f9e2d8c4b3a1f0e9d8c7b6a5f4e3d2c1b0a"
OTHER = "sha256:" + "e1b2c3d4a5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f91"

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example/web:1.0.0
          env:
            - name: LOG_LEVEL
              value: info
            - name: REGION
              value: eu
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe: {httpGet: {path: /, port: http}}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
      volumes:
        - {name: tmp, emptyDir: {}}
"""
BASE: Files = {"base/kustomization.yaml": "resources: [deployment.yaml]\n", "base/deployment.yaml": DEPLOYMENT}


def overlay(folder: str, tag: str, more: str = "", base: str = "../../base", name: str = "", **files: str) -> Files:
    """An overlay that sets the image's tag, or its digest, and perhaps its name."""
    field = f"digest: {tag}" if tag.startswith("sha256:") else f'newTag: "{tag}"'
    field += f"\n    newName: {name}" if name else ""
    text = f"resources: [{base}]\nimages:\n  - name: registry.example/web\n    {field}\n"
    return {f"{folder}/kustomization.yaml": text + textwrap.dedent(more),
            **{f"{folder}/{file.replace('_', '.')}": textwrap.dedent(content) for file, content in files.items()}}


def both(tag: str, production: str | None = None) -> Files:
    return {**overlay("overlays/staging", tag), **overlay("overlays/production", production or tag)}


class Scenario(NamedTuple):
    name: str
    commits: list[Files | str]
    """Files to write (an empty text deletes one), or a command for git."""
    expected: list[tuple[str, str]]
    """(rule, file:line)"""
    base: str = ""


SKIPPED = "promotion/skipped-staging"
TOGETHER = "promotion/all-at-once"
PARITY = "promotion/parity"
AT = "overlays/production/kustomization.yaml:4"


def patched(patch: str) -> Files:
    text = "patches:\n  - target: {kind: Deployment}\n    patch: |-\n" + textwrap.indent(textwrap.dedent(patch).strip("\n"), "      ")
    return {**BASE, **overlay("overlays/staging", "1.0.0"), **overlay("overlays/production", "1.0.0", text + "\n")}


def application(name: str, folder: str, values: str, **chart: str) -> Files:
    """An Application of a chart from a Helm repository."""
    return {f"{folder}/{name}.yaml": textwrap.dedent(f"""\
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: platform
          source:
            repoURL: https://charts.example.com
            chart: ingress-nginx
            targetRevision: {chart["version"]}
            helm: {{valuesObject: {values}}}
          destination: {{server: "https://kubernetes.default.svc", namespace: ingress}}
        """)}


def release(environment: str, version: str) -> Files:
    """A Flux cluster folder with a release, patched from a shared one."""
    return {
        "infrastructure/kustomization.yaml": "resources: [release.yaml]\n",
        "infrastructure/release.yaml": textwrap.dedent("""\
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: cert-manager, namespace: cert-manager}
            spec:
              interval: 1h
              chart:
                spec:
                  chart: cert-manager
                  version: 1.0.0
                  sourceRef: {kind: HelmRepository, name: jetstack, namespace: flux-system}
            """),
        f"clusters/{environment}/kustomization.yaml": textwrap.dedent(f"""\
            resources: [../../infrastructure]
            patches:
              - target: {{kind: HelmRelease}}
                patch: |-
                  - op: replace
                    path: /spec/chart/spec/version
                    value: {version}
            """),
    }


def application_set(staging: str, production: str) -> Files:
    return {"argocd/addons.yaml": textwrap.dedent(f"""\
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {{name: ingress, namespace: argocd}}
        spec:
          generators:
            - list:
                elements:
                  - {{env: staging, version: {staging}}}
                  - {{env: production, version: {production}}}
          template:
            metadata: {{name: 'ingress-{{{{env}}}}'}}
            spec:
              project: platform
              source: {{repoURL: https://charts.example.com, chart: ingress-nginx, targetRevision: '{{{{version}}}}'}}
              destination: {{server: "https://kubernetes.default.svc", namespace: ingress}}
        """)}


def copies(environment: str, tag: str, *, replicas: int, host: str) -> Files:
    """An environment as a folder of full copies, with what usually differs."""
    text = DEPLOYMENT.replace("web:1.0.0", f"web:{tag}").replace("spec:\n", f"spec:\n  replicas: {replicas}\n", 1)
    text = text.replace("name: web\nspec", f"name: web\n  namespace: shop-{environment}\nspec")
    text = text.replace("value: info", f"value: {environment}").replace(
        "              value: eu\n", f"              valueFrom: {{secretKeyRef: {{name: web-{environment}, key: region}}}}\n")
    return {f"environments/{environment}/web.yaml": text, f"environments/{environment}/ingress.yaml": textwrap.dedent(f"""\
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {{name: web, namespace: shop-{environment}}}
        spec:
          rules:
            - host: {host}
        """)}


HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
"""

SCENARIOS = [
    Scenario("values differ: namespace, replicas, resources, hosts, names of Secrets", [
        BASE,
        overlay("overlays/staging", "1.0.0", """\
            namespace: shop-staging
            replicas: [{name: web, count: 1}]
            nameSuffix: -staging
            """),
        overlay("overlays/production", "1.0.0", """\
            namespace: shop
            replicas: [{name: web, count: 6}]
            patches:
              - target: {kind: Deployment}
                patch: |-
                  - op: add
                    path: /spec/template/spec/containers/0/resources
                    value: {limits: {memory: 1Gi}}
            """)], []),
    Scenario("full copies of an environment", [
        {**copies("staging", "1.1.0", replicas=1, host="shop.staging.example.com"),
         **copies("production", "1.1.0", replicas=5, host="shop.example.com")}], []),
    Scenario("full copies, production behind after staging went on", [
        {**copies("staging", "1.0.0", replicas=1, host="a.example.com"), **copies("production", "1.0.0", replicas=5, host="b.example.com")},
        copies("staging", "1.1.0", replicas=1, host="a.example.com"),
        copies("staging", "1.2.0", replicas=1, host="a.example.com"),
        copies("production", "1.1.0", replicas=5, host="b.example.com")], []),
    Scenario("full copies, a hotfix straight to production", [
        {**copies("staging", "1.0.0", replicas=1, host="a.example.com"), **copies("production", "1.0.0", replicas=5, host="b.example.com")},
        copies("staging", "1.1.0", replicas=1, host="a.example.com"),
        copies("production", "1.0.1", replicas=5, host="b.example.com")], [(SKIPPED, "environments/production/web.yaml:14")]),
    Scenario("a hotfix that went back to staging", [
        BASE, both("1.0.0"), overlay("overlays/production", "1.0.1"), overlay("overlays/staging", "1.0.1"),
        overlay("overlays/staging", "1.2.0")], []),
    Scenario("regions: only one of two was tried", [
        BASE,
        *(overlay(f"clusters/{name}", "1.0.0") for name in ("stg-eu", "stg-us", "prod-eu", "prod-us")),
        {**overlay("clusters/stg-eu", "1.1.0"), **overlay("clusters/prod-eu", "1.0.0")},
        {**overlay("clusters/prod-eu", "1.1.0"), **overlay("clusters/prod-us", "1.1.0")},
    ], [(SKIPPED, "clusters/prod-us/kustomization.yaml:4")]),
    Scenario("regions of production, one staging for all", [
        BASE, overlay("clusters/staging", "1.0.0"), overlay("clusters/prod-eu", "1.0.0"), overlay("clusters/prod-us", "1.0.0"),
        overlay("clusters/prod-us", "1.5.0")], []),
    Scenario("preprod is staging", [
        BASE, overlay("envs/preprod", "1.0.0"), overlay("envs/prod", "1.0.0"), overlay("envs/preprod", "1.1.0"),
        overlay("envs/prod", "1.2.0")], [(SKIPPED, "envs/prod/kustomization.yaml:4")]),
    Scenario("promoted by a squash merge", [
        BASE, both("1.0.0"), "checkout --quiet -b bump", overlay("overlays/staging", "1.1.0"), overlay("overlays/staging", "1.1.1"),
        "checkout --quiet main", "merge --quiet --squash bump", {}, "checkout --quiet -b promote", overlay("overlays/production", "1.1.1"),
        "checkout --quiet main", "merge --quiet --squash promote", {}, overlay("overlays/staging", "1.2.0")], []),
    Scenario("reverted in staging before production took it", [
        BASE, both("1.0.0"), overlay("overlays/staging", "1.1.0"), "revert --no-edit HEAD", overlay("overlays/production", "1.1.0")], []),
    Scenario("production rolled back to what staging ran long ago", [
        BASE, both("0.9.0"), overlay("overlays/staging", "1.0.0"), overlay("overlays/production", "1.0.0"),
        overlay("overlays/staging", "1.1.0"), overlay("overlays/production", "1.1.0"), "revert --no-edit HEAD"], []),
    Scenario("cherry-picked from a branch", [
        BASE, both("1.0.0"), "checkout --quiet -b bump", overlay("overlays/staging", "1.1.0"), "checkout --quiet main",
        {"readme.md": "x\n"}, "cherry-pick bump", overlay("overlays/staging", "1.2.0"), overlay("overlays/production", "1.1.0")], []),
    Scenario("the folder of staging was renamed", [
        BASE, overlay("overlays/stage", "1.0.0"), overlay("overlays/production", "0.9.0"), overlay("overlays/stage", "1.1.0"),
        overlay("overlays/stage", "1.2.0"), "mv overlays/stage overlays/staging", {}, overlay("overlays/staging", "1.3.0"),
        overlay("overlays/production", "1.1.0")], []),
    Scenario("all environments were moved, and production took something new", [
        BASE, overlay("k8s/staging", "1.0.0"), overlay("k8s/production", "1.0.0"), overlay("k8s/staging", "1.1.0"),
        "mv k8s overlays", {}, overlay("overlays/staging", "1.2.0"), overlay("overlays/production", "1.1.5")], [(SKIPPED, AT)]),
    Scenario("a digest is promoted after staging took another", [
        BASE, both(DIGEST), overlay("overlays/staging", OTHER), overlay("overlays/staging", "sha256:" + "0" * 64),
        overlay("overlays/production", OTHER)], []),
    Scenario("the same digest from a mirror", [
        BASE, overlay("overlays/staging", DIGEST),
        overlay("overlays/production", DIGEST, name="mirror.example/shop/web")], []),
    Scenario("the same tag from a mirror is another image", [
        BASE, overlay("overlays/staging", "1.0.0"),
        overlay("overlays/production", "1.0.0", name="mirror.example/shop/web")],
        [(SKIPPED, AT)]),
    Scenario("one change for both, and the base as the only place of the tag", [
        {**BASE, "overlays/staging/kustomization.yaml": "resources: [../../base]\n",
         "overlays/production/kustomization.yaml": "resources: [../../base]\n"},
        {"base/deployment.yaml": DEPLOYMENT.replace("1.0.0", "1.1.0")}], [(TOGETHER, "base/deployment.yaml:12")], "HEAD~1"),
    Scenario("Flux clusters, the release's chart promoted in order", [
        {**release("staging", "1.15.0"), **release("production", "1.14.0")}, release("staging", "1.16.0"),
        release("production", "1.15.0")], []),
    Scenario("Flux clusters, production first", [
        {**release("staging", "1.15.0"), **release("production", "1.15.0")}, release("production", "1.16.0")],
        [(SKIPPED, "clusters/production/kustomization.yaml:7")]),
    Scenario("Applications of a chart for each environment", [
        {**application("ingress-staging", "argocd", "{}", version="4.10.0"),
         **application("ingress-production", "argocd", "{controller: {replicaCount: 3}}", version="4.10.0")},
        application("ingress-staging", "argocd", "{}", version="4.11.0"),
        application("ingress-staging", "argocd", "{}", version="4.12.0"),
        application("ingress-production", "argocd", "{controller: {replicaCount: 3}}", version="4.11.0")], []),
    Scenario("an ApplicationSet's elements, promoted in order", [
        application_set("4.10.0", "4.9.0"), application_set("4.11.0", "4.9.0"), application_set("4.11.0", "4.10.0")], []),
    Scenario("an ApplicationSet's elements, production first", [
        application_set("4.10.0", "4.10.0"), application_set("4.10.0", "4.11.0")], [(SKIPPED, "argocd/addons.yaml:9")]),
    Scenario("an ApplicationSet's elements, both at once", [
        application_set("4.10.0", "4.10.0"), application_set("4.11.0", "4.11.0")], [(TOGETHER, "argocd/addons.yaml:9")], "HEAD~1"),
    Scenario("production drops a variable", [patched("""\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
                - name: web
                  env:
                    - name: REGION
                      $patch: delete
        """)], [(PARITY, "overlays/production/kustomization.yaml:18")]),
    Scenario("production drops a port and a volume", [patched("""\
        - op: remove
          path: /spec/template/spec/containers/0/ports/0
        - op: remove
          path: /spec/template/spec/volumes/0
        """)], [(PARITY, "overlays/production/kustomization.yaml:9"), (PARITY, "overlays/production/kustomization.yaml:11")]),
    Scenario("production drops the probe", [patched("""\
        - op: remove
          path: /spec/template/spec/containers/0/readinessProbe
        """)], [(PARITY, "overlays/production/kustomization.yaml:9")]),
    Scenario("only production scales by itself", [
        BASE, overlay("overlays/staging", "1.0.0"),
        overlay("overlays/production", "1.0.0", base="../../base, hpa.yaml", hpa_yaml=HPA)], [(PARITY, "overlays/production/hpa.yaml:2")]),
    Scenario("only staging has a sidecar", [
        BASE, overlay("overlays/production", "1.0.0"), overlay("overlays/staging", "1.0.0", """\
            patches:
              - patch: |-
                  apiVersion: apps/v1
                  kind: Deployment
                  metadata: {name: web}
                  spec: {template: {spec: {containers: [{name: debug, image: "registry.example/debug:1.0.0"}]}}}
            """)], [(PARITY, "base/deployment.yaml:2")]),
    Scenario("what runs in one environment alone", [
        BASE, overlay("overlays/staging", "1.0.0", base="../../base, mail.yaml",
                      mail_yaml=DEPLOYMENT.replace("web", "mail-catcher").replace("1.0.0", "2.0.0")),
        overlay("overlays/production", "1.0.0", base="../../base, job.yaml", job_yaml=DEPLOYMENT.replace("web", "backup"))], []),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_repository(scenario: Scenario, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    for step in scenario.commits:
        if isinstance(step, str):
            git(tmp_path, *step.split())
            continue
        write(tmp_path, step)
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "x")
    options = ["--base", scenario.base] if scenario.base else []
    done = CliRunner().invoke(cli, ["check", str(tmp_path), "--root", str(tmp_path), "--format", "json", "--jobs", "1",
                                    "--fail-on", "never", "--select", "promotion/*", *options], catch_exceptions=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert sorted((one["rule"], f"{one['location']['file']}:{one['location']['line']}") for one in found
                  if not one["rule"].startswith("render/unresolved")) == sorted(scenario.expected)
