"""Helm values of charts that are not rendered, and what generators pack: each value in a file is one finding, end to end."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from gitops_guard import cli

CIPHER = "ENC[AES256_GCM,data:MTIzNA==,iv:MTIzNA==,tag:MTIzNA==,type:str]"
KEY = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIGlVgLz3kYc9Q0wq8xT7mB2uJ5rNfEoPhSdVtAaCbXwoAoGCCqGSM49\n-----END EC PRIVATE KEY-----\n"
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: shop
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
"""
CHART = "repoURL: https://charts.example.com, chart: shop, targetRevision: 1.2.3"
HOME = "https://github.com/acme/fleet"
VALUES = "user: shop\npassword: Walnut-Sluice-31\n"
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: shop}
spec:
  interval: 1h
  chart: {spec: {chart: charts/shop, sourceRef: {kind: GitRepository, name: gone}, valuesFiles: [./v/a.yaml]}}
"""
GENERATOR = "secretGenerator: [{name: a, %s}]\n"
CONFIG = "credential-in-config"


@pytest.fixture
def found(tmp_path, monkeypatch):
    def check(files):
        for path, text in {".gitops-guard.yaml": f"repositories: {{{json.dumps(HOME)}: .}}\n", **files}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PATH", "")
        done = CliRunner().invoke(cli.cli, ["check", "--jobs", "1", "--select", "secrets/*", "--format", "json"])
        assert "Walnut" not in done.output
        report = json.loads(done.stdout)
        kinds = [one["resource"] and one["resource"]["kind"] for one in report["findings"] if one["rule"].startswith("secrets/")]
        assert "HelmValues" not in kinds
        return [(one["rule"].partition("/")[2], one["location"]["file"], one["location"]["line"])
                for one in report["findings"] if one["rule"].startswith("secrets/")]
    return check


@pytest.mark.parametrize(("files", "expected"), [
    ({"app.yaml": f"{APPLICATION}  sources:\n    - {{{CHART}, helm: {{valueFiles: [$v/envs/a.yaml]}}}}\n"
                  f"    - {{repoURL: {HOME}, ref: v}}\n", "envs/a.yaml": VALUES}, [(CONFIG, "envs/a.yaml", 2)]),
    ({"app.yaml": f"{APPLICATION}  sources:\n    - {{{CHART}, helm: {{valueFiles: [$v/envs/a.yaml]}}}}\n"
                  "    - {repoURL: https://github.com/acme/other, ref: v}\n", "envs/a.yaml": VALUES}, []),
    ({"app.yaml": f"{APPLICATION}  source: {{repoURL: {HOME}, path: c, helm: {{valueFiles: [../a.yaml, /b.yaml]}}}}\n",
      "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "a.yaml": VALUES, "b.yaml": VALUES},
     [(CONFIG, "a.yaml", 2), (CONFIG, "b.yaml", 2)]),
    ({"release.yaml": RELEASE, "v/a.yaml": VALUES}, [(CONFIG, "v/a.yaml", 2)]),
    ({"kustomization.yaml": "helmCharts:\n  - name: a\n    repo: https://charts.example.com\n    valuesFile: a.yaml\n"
                            "    valuesInline:\n      password: Walnut-Sluice-32\n", "a.yaml": VALUES},
     [(CONFIG, "a.yaml", 2), (CONFIG, "kustomization.yaml", 6)]),
    ({"release.yaml": RELEASE, "c/Chart.yaml": "name: c\n", "c/values-prod.yaml": VALUES, "c/other.yaml": VALUES,
      "c/charts/d/Chart.yaml": "name: d\n", "c/charts/d/values.yaml": VALUES}, [(CONFIG, "c/values-prod.yaml", 2)]),
    ({"release.yaml": RELEASE, "v/a.yaml": f"password: {CIPHER}\nname_unencrypted: x\nsops:\n  mac: {CIPHER}\n  version: 3.11.0\n"}, []),
    ({"release.yaml": RELEASE, "v/a.yaml": "a: <the-password>\npassword: ''\nexistingSecret: shop\n"}, []),
])
def test_values_of_charts_that_are_not_rendered(found, files, expected):
    assert found(files) == expected


@pytest.mark.parametrize(("files", "expected"), [
    ({"kustomization.yaml": GENERATOR % "files: [tls.key]", "tls.key": KEY}, [("private-key", "tls.key", 1)]),
    ({"kustomization.yaml": GENERATOR % "envs: [a.env]",
      "a.env": f"A={CIPHER}\nB_unencrypted=plain\nC=Walnut-Sluice-33\nsops_version=3.11.0\n"
               f"sops_mac={CIPHER}\nsops_unencrypted_suffix=_unencrypted\n"}, [("partially-encrypted", "a.env", 3)]),
])
def test_what_generators_pack(found, files, expected):
    assert found(files) == expected
