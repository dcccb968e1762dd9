"""One Report with everything in it that a format may trip over."""

from __future__ import annotations

from dataclasses import replace

from gitops_guard.model import Finding, Location, Owner, Related, ResourceId, Rule, Severity, Target, Waiver
from gitops_guard.outcome import Report, RuleReport, TargetReport

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

PRODUCTION = "overlays/production/kustomization.yaml"
OVERLAY = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../../base
images:
  - name: registry.example.com/shop/web
    newName: registry.example.com/shop/web
    # gitops-guard: ignore[images/missing-digest] mirrored tonight
    newTag: latest  # moves
"""
BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: "registry.example.com/shop/web:1.4.2"
"""
LONG = "data: {" + ", ".join(f"key{number}: v" for number in range(40)) + ', "password": "***", last: v}\n'
WIDE = "data:\n\tname: 店舗の名前 \x1b[31mred\x1b[0m ##[add-mask] \u202egnp\n"
WEB = ResourceId("apps/v1", "Deployment", "shop", "web")
SECRET = ResourceId("v1", "Secret", "", "db")

RULES = (
    Rule("images/missing-digest", "An image has no digest", NOTE, NOTE),
    Rule("images/unpinned-tag", "An image tag moves", ERROR, WARNING,
         description="What runs tomorrow is not what was reviewed today.", remedy="Name a version or a digest.",
         references=("https://kubernetes.io/docs/concepts/containers/images/",)),
    Rule("render/failed", "A target can't be built", ERROR, ERROR),
    Rule("render/unresolved", "A part of a target isn't known from here", NOTE, NOTE),
    Rule("schema/unknown-field", "A field that the schema does not know", WARNING, WARNING),
    Rule("secrets/plaintext-secret", "Secret data is committed in plaintext", ERROR, ERROR,
         description="Anyone who can read the repository can read the value", remedy="Encrypt it.", security_severity="8.5"),
)


def _finding(rule: str, severity: Severity, message: str, location: Location, number: int, **more: object) -> Finding:
    plain = Finding(rule, severity, message, "", location, (), None, "", (), f"{number:064x}")
    return replace(plain, **more)  # type: ignore[arg-type]


FINDINGS = (
    _finding("render/unresolved", NOTE, "the remote base can't be known from here",
             Location("apps/remote/kustomization.yaml", 3, 5), 1, targets=("apps/remote",)),
    _finding("secrets/plaintext-secret", ERROR, "the key password holds a real value", Location("base/long.yaml", 1, 410), 2,
             resource=SECRET, path="/stringData/password", remedy="Encrypt it.",
             targets=tuple(f"clusters/c{number}/overlay" for number in range(12))),
    _finding("schema/unknown-field", WARNING, 'odd | `text` <b>\x1b[31m</b> ##[error]x [y](1) @who #12 "q" \u202e ]]> & %0A',
             Location("odd dir/wide,50%:\u5e97.yaml", 2, 8), 3, resource=ResourceId("v1", "ConfigMap", "shop", "a\nb"),
             path="/data/name", targets=("overlays/staging",)),
    _finding("render/failed", ERROR, "the file isn't there", Location("overlays/broken/kustomization.yaml", 4, 1, "nearest"), 4,
             targets=("overlays/broken",)),
    _finding("images/missing-digest", NOTE, "the image has no digest", Location(PRODUCTION, 9, 13), 5,
             resource=WEB, path="/spec/template/spec/containers/0/image", targets=("overlays/production",),
             waiver=Waiver(("images/missing-digest",), "mirrored tonight", "2027-01-31", Location(PRODUCTION, 8, 5),
                           file=PRODUCTION, lines=(8, 9))),
    _finding("images/unpinned-tag", ERROR, "the tag latest of registry.example.com/shop/web moves",
             Location(PRODUCTION, 9, 13), 6, remedy="Name a version or a digest.", resource=WEB,
             path="/spec/template/spec/containers/0/image", targets=("overlays/production", "overlays/staging"),
             related=(Related(Location("base/deployment.yaml", 10, 18), "declared here"),)),
    _finding("images/unpinned-tag", ERROR, "the tag latest of registry.example.com/shop/job moves",
             Location(PRODUCTION, 9, 13), 7, resource=WEB, targets=("overlays/production",),
             status="known"),
    _finding("secrets/plaintext-secret", WARNING, "a forgotten file", Location("secret.yaml", 70, 3), 8),
    _finding("secrets/plaintext-secret", WARNING, "a forgotten file", Location("secret.yaml", 70, 3), 9),
)

OWNER = Owner("argocd", "Application", "argocd", "shop-production", automated=True, prune=True)


def _target(path: str, status: str, resources: int, environment: str | None = None, **more: object) -> TargetReport:
    target = replace(Target(path, "kustomization", path, environment), **more)  # type: ignore[arg-type]
    return TargetReport(target, resources, status)


REPORT = Report(
    version="0.1.0",
    targets=(
        _target("apps/remote", "unresolved", 0),
        *(_target(f"clusters/c{number}/overlay", "rendered", 1) for number in sorted(range(12), key=str)),
        _target("overlays/broken", "failed", 0),
        _target("overlays/production", "rendered", 12, "production", owners=(OWNER,), cluster="prod-eu"),
        _target("overlays/staging", "partial", 7, "staging"),
        _target("overlays/v1.2 clean", "rendered", 3),
    ),
    findings=FINDINGS,
    rules=tuple(RuleReport(rule, 31) for rule in RULES),
    resources=34,
    unresolved=1,
    silenced={"source/duplicate-key": 2},
    passed=(("overlays/v1.2 clean", "images/unpinned-tag"), ("overlays/v1.2 clean", "secrets/plaintext-secret")),
    sources={"base/deployment.yaml": BASE, "base/long.yaml": LONG, "odd dir/wide,50%:\u5e97.yaml": WIDE,
             PRODUCTION: OVERLAY, "secret.yaml": "only one line\n"},
)

CLEAN = replace(REPORT, targets=(REPORT.targets[-1],), findings=(), resources=3, unresolved=0, silenced={}, sources={})

NOTHING = Report("0.1.0", (), (), (), 0, 0)
