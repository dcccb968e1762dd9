"""A repository whose every name, message and comment tries to be more than text, in some format; and what changes in it.

Each attack is one text. It stands in the names of objects, folders, files and images, in what controllers are told, in the
messages of a policy, in reasons of waivers and in the name of the branch; each holds the word `pwn`.
"""

from __future__ import annotations

import json
from pathlib import Path

from remotes import git

ATTACKS = {
    "workflow": "\n::error file=pwn::pwn\r\n##[error]pwn%0A::set-output name=pwn::pwn",
    "terminal": "pwn\x1b]0;pwn\x07\x1b[31m\x9b31m\x08\u202epwn\u2066\u200b\u2028\ufeff\x85",
    "link": "[pwn](https://evil.example/pwn)![pwn](https://evil.example/pwn.png) www.evil.example pwn@evil.example <https://evil.example>",
    "markup": "@pwn #1 pwn/pwn#2 GH-3 <!-- pwn --></details>|`pwn`|```|~~~ **pwn** $`pwn`$ \\| &lt;img&gt;",
    "script": "pwn</script></style></title></pre><script>alert('pwn')</script><!--",
    "attribute": "pwn\" autofocus onfocus=alert(1) '><svg/onload=alert(1)><img src=x onerror=alert(1)>",
    "xml": "pwn]]></failure><!DOCTYPE x [<!ENTITY pwn 'x'>]>&pwn;\x0b\x01\ufffe",
    "graph": 'pwn"]; click n0 "javascript:alert(1)"\n%%{init: {}}%% $$pwn$$ fa:fa-bug #quot; \\" -> n0 [URL="javascript:pwn"]',
}
BRANCH = "pwn/<img/src=x/onerror=alert(1)>##@pwn|`pwn`%0A"
POLICY = """\
# METADATA
# title: "House rule <script>alert('pwn')</script>"
# description: "pwn [pwn](https://evil.example) <img src=x onerror=alert(1)>"
# related_resources: [{ref: "https://example.com/pwn?<script>"}]
# custom:
#   scope: resource
#   severity: error
#   kinds: [ConfigMap]
#   remedy: "pwn </details><script>alert('pwn')</script> @pwn"
package gitops_guard.house.hostile

deny contains {"path": ["data", key], "msg": sprintf("%s is no value", [value])} if {
\tsome key, value in input.object.data
}
"""


def folder(name: str) -> str:
    """The attack as the name of a folder."""
    return "apps/" + "".join(char for char in ATTACKS[name] if char not in "/\0")


def _yaml(*documents: object) -> str:
    """Documents of JSON are YAML in which any character can be written."""
    return "---\n".join(json.dumps(document, indent=1).replace("\x7f", "\\u007f") + "\n" for document in documents)


def _app(attack: str, tag: str) -> dict[str, str]:
    evil = ATTACKS[attack]
    base = folder(attack)
    names = {"name": evil, "namespace": evil, "labels": {evil: evil}, "annotations": {evil: evil}}
    pod = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": evil, "image": f"registry.example.com/{evil}:{tag}"}]}}
    workload = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": names,
                "spec": {"selector": {"matchLabels": {"app": "x"}}, "template": pod, evil: evil}}
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**names, "name": evil + tag}, "data": {"key" + tag: evil, evil: evil + tag}}
    odd = {"apiVersion": evil, "kind": evil, "metadata": names, "spec": {"size": tag}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": names, "spec": {"accessModes": ["ReadWriteOnce"]}}
    fresh = {"apiVersion": "example.com/v1", "kind": "Fresh", "metadata": {**names, "name": f"fresh {evil}"}, evil: {evil: [evil, evil]},
             "lines": f"x\n{evil}\n", "items": [{"name": evil, "value": evil}, {"name": "x", evil: evil}]}
    waived = f"# gitops-guard: ignore[house/hostile] {attack} {evil.splitlines()[-1].encode('ascii', 'ignore').decode()}\n" \
        if evil.isprintable() else ""
    return {
        f"{base}/{base[5:]}.yaml": waived + _yaml(settings, odd, claim if tag == "old" else fresh),
        f"{base}/kustomization.yaml": _yaml({"resources": [f"{base[5:]}.yaml"]}),
        f"plain/{attack}/workload.yaml": _yaml(workload),
        f"broken/{attack}/kustomization.yaml": _yaml({"resources": [evil], "namePrefix": evil, "images": [{"name": evil, "newName": evil}]}),
        f"broken/{attack}/patched/kustomization.yaml": _yaml({"resources": ["a.yaml"], evil: evil, "patches": [{"path": evil}]}),
        f"broken/{attack}/patched/a.yaml": _yaml({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}),
        f"unreadable/{attack}/kustomization.yaml": "resources: [x.yaml]\n",
        f"unreadable/{attack}/x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: *" + attack + "\n",
        f"unreadable/{attack}/twice.yaml": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"},'
                                           f' {json.dumps(evil)}: 1, {json.dumps(evil)}: 2}}\n',
        f"argocd/{attack}.yaml": _yaml(*_argocd(attack, tag)),
        f"flux/{attack}.yaml": _yaml(*_flux(attack)),
    }


def _argocd(attack: str, tag: str) -> list[object]:
    evil = ATTACKS[attack]
    source = {"repoURL": "https://github.com/acme/fleet", "path": folder(attack), "targetRevision": "HEAD"}
    where = {"server": "https://" + evil, "namespace": evil}
    odd = {"repoURL": evil, "path": evil, "targetRevision": evil, "chart": evil, "plugin": {"name": evil}}
    found: list[object] = [
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": evil, "namespace": "argocd"},
         "spec": {"project": evil, "source": source, "destination": where, "syncPolicy": {"automated": {"prune": True}}}},
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": f"{attack}-odd", "namespace": evil},
         "spec": {"project": evil, "sources": [odd, source], "destination": {"name": evil}}},
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": evil, "namespace": "argocd"},
         "spec": {"generators": [{"list": {"elements": [{"name": evil}]}}, {evil: {evil: evil}}],
                  "template": {"metadata": {"name": f"{attack}-{{{{name}}}}"}, "spec": {"source": source, "destination": where}}}},
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": evil, "namespace": "argocd"},
         "spec": {"sourceRepos": ["*"], "destinations": [{"namespace": "*", "server": "*"}]}},
    ]
    if tag == "old":
        found.append({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": evil + "gone", "namespace": "argocd"},
                      "spec": {"source": {**source, "path": f"plain/{attack}"}, "destination": where, "syncPolicy": {"automated": {"prune": True}}}})
    return found


def _flux(attack: str) -> list[object]:
    evil = ATTACKS[attack]
    return [
        {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": evil, "namespace": evil},
         "spec": {"path": evil, "prune": True, "interval": "1m", "dependsOn": [{"name": evil}],
                  "sourceRef": {"kind": "GitRepository", "name": evil}, "targetNamespace": evil}},
        {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": evil, "namespace": evil},
         "spec": {"url": "https://" + evil, "ref": {"branch": evil}, "interval": "1m"}},
        {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": evil, "namespace": evil},
         "spec": {"interval": "1m", "chart": {"spec": {"chart": evil, "version": evil, "sourceRef": {"kind": "HelmRepository", "name": evil}}}}},
    ]


def _configuration() -> str:
    return _yaml({
        "environments": {"production": ["**/workflow/**"], **{f"pwn{evil}": [f"**/{attack}/**"] for attack, evil in ATTACKS.items()}},
        "policies": ["policies"],
        "waivers": [{"rule": "schema/*", "file": f"plain/{attack}/workload.yaml", "reason": evil, "expires": "2099-01-01"}
                    for attack, evil in ATTACKS.items()],
    })


def _write(place: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def _files(tag: str) -> dict[str, str]:
    found = {".gitops-guard.yaml": _configuration(), "policies/house/hostile.rego": POLICY,
             ".github/workflows/deploy.yaml": _yaml({"on": "push", "jobs": {evil: {"runs-on": "x", "steps": [
                 {"name": evil, "run": f"kubectl apply -f '{evil}' # {evil}"}]} for evil in ATTACKS.values()}})}
    for attack in ATTACKS:
        found.update(_app(attack, tag))
    return found


def build(place: Path) -> None:
    """The repository: a first commit on `BRANCH`, and one on `change`, which is checked out."""
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch", BRANCH)
    git(place, "remote", "add", "origin", "https://github.com/acme/fleet")
    _write(place, _files("old"))
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "x")
    git(place, "checkout", "--quiet", "-b", "change")
    git(place, "rm", "--quiet", "-r", ".")
    _write(place, _files("new"))
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "x")
