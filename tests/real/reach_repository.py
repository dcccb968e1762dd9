"""A repository with all that one file may reach: bases, components, generators, schemas, charts, owners, links and pairs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from reach_changes import KUSTOMIZATIONS, MAP
from remotes import committed

PATCH = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  size: large\n"
JSON_PATCH = "- op: replace\n  path: /data/note\n  value: second\n"
COMPONENT = "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"
_REMOTE = re.compile(r"^\s*-\s+(https?://|github\.com|git@|ssh://|git::).*\n?", re.M)

SHARED = {
    "shared/kustomization.yaml": COMPONENT + "patches: [{path: all.yaml, target: {kind: ConfigMap}}]\n",
    "shared/all.yaml": "- op: add\n  path: /metadata/labels\n  value: {shared: 'yes'}\n",
    "shared/notes.txt": "some\n",
    "README.md": "text\n",
    "operator_info.txt": "text\n",
}
SPECIAL = {
    # What says how kustomize treats kinds.
    "schemas/kustomization.yaml": "resources: [rollout.yaml]\npatches: [{path: patch.yaml}]\nopenapi: {path: openapi.json}\ncrds: [crds.json]\n"
                                  "configurations: [config.yaml]\nnamePrefix: a-\n",
    "schemas/rollout.yaml": "apiVersion: example.com/v1\nkind: Rollout\nmetadata:\n  name: web\nspec:\n  steps:\n  - name: one\n    weight: 1\n  of: web\n",
    "schemas/patch.yaml": "apiVersion: example.com/v1\nkind: Rollout\nmetadata:\n  name: web\nspec:\n  steps:\n  - name: two\n    weight: 2\n",
    "schemas/config.yaml": "namePrefix:\n- path: spec/of\n  kind: Rollout\n",
    "schemas/openapi.json": json.dumps({"definitions": {"com.example.v1.Rollout": {
        "type": "object", "x-kubernetes-group-version-kind": [{"group": "example.com", "kind": "Rollout", "version": "v1"}],
        "properties": {"spec": {"type": "object", "properties": {"steps": {
            "type": "array", "items": {"type": "object"}, "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}}}}}}}, indent=1) + "\n",
    "schemas/crds.json": json.dumps({"com.example.v1.Rollout": {"Schema": {"properties": {"kind": {}, "apiVersion": {}, "metadata": {}}}}}, indent=1) + "\n",
    # Transformers, generators and replacements in files of their own.
    "plugins/kustomization.yaml": "resources: [map.yaml]\ntransformers: [prefix.yaml]\ngenerators: [made.yaml]\nreplacements: [{path: replacement.yaml}]\n",
    "plugins/map.yaml": MAP % "plugins",
    "plugins/prefix.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata:\n  name: x\nprefix: p-\nfieldSpecs:\n- path: metadata/name\n",
    "plugins/made.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata:\n  name: made\nliterals:\n- key=value\n",
    "plugins/replacement.yaml": "source:\n  kind: ConfigMap\n  name: plugins\n  fieldPath: data.size\ntargets:\n- select:\n    kind: ConfigMap\n    name: plugins\n"
                                "  fieldPaths:\n  - data.note\n",
    # A chart in the repository, with values.
    "chart/kustomization.yaml": "helmGlobals: {chartHome: charts}\nhelmCharts:\n- name: web\n  releaseName: web\n  valuesFile: values.yaml\n"
                                "  additionalValuesFiles: [more.yaml]\n",
    "chart/values.yaml": "size: small\n",
    "chart/more.yaml": "note: first\n",
    "chart/charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/charts/web/values.yaml": "size: none\nnote: none\nmore: none\n",
    "chart/charts/web/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  size: {{ .Values.size }}\n  note: {{ .Values.note }}\n",
    # A schema of a kind, and objects of it.
    "kinds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.com\nspec:\n  group: example.com\n"
                      "  scope: Namespaced\n  names:\n    kind: Thing\n    plural: things\n  versions:\n  - name: v1\n    served: true\n    storage: true\n"
                      "    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n",
    "things/kustomization.yaml": "resources: [thing.yaml]\n",
    "things/thing.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: one\nspec:\n  size: small\n",
    "sealed/kustomization.yaml": "resources: [sealed.yaml]\n",
    "sealed/sealed.yaml": "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: one\n  namespace: default\nspec:\n  encryptedData:\n    key: AgBy\n",
    # What can't be built.
    "failing/kustomization.yaml": "resources: [map.yaml, missing.yaml]\n",
    "failing/map.yaml": MAP % "failing",
    "outside/kustomization.yaml": "resources: [../shared/notes.txt]\n",
    # Two that read one file through a link, and a linked folder.
    "links/one/kustomization.yaml": "resources: [linked.yaml]\n",
    "links/two/kustomization.yaml": "resources: [../base]\n",
    "links/real/kustomization.yaml": "resources: [map.yaml]\n",
    "links/real/map.yaml": MAP % "linked",
}
LINKS = {"links/base": "real", "links/one/linked.yaml": "map-here.yaml"}
URL = "https://git.example.com/org/repo"
OWNED = {
    "argocd/kustomization.yaml": "resources: [one.yaml, two.yaml]\n",
    **{f"argocd/{name}.yaml": f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: {name}\n  namespace: argocd\nspec:\n  project: default\n"
                              f"  source:\n    repoURL: {URL}\n    path: owned/app\n    targetRevision: HEAD\n    kustomize:\n      namePrefix: {name}-\n"
                              f"  destination:\n    server: https://kubernetes.default.svc\n    namespace: {name}\n" for name in ("one", "two")},
    "owned/app/kustomization.yaml": "resources: [map.yaml]\n",
    "owned/app/map.yaml": MAP % "owned",
    "owned/on-top/kustomization.yaml": "resources: [../app]\n",
    "flux/source.yaml": f"apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata:\n  name: repo\n  namespace: flux-system\nspec:\n  url: {URL}\n  interval: 1m\n"
                        "  ref:\n    branch: main\n",
    **{f"flux/{name}.yaml": f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: {name}\n  namespace: flux-system\nspec:\n"
                            f"  interval: 1m\n  prune: true\n  path: ./owned/{name}\n  sourceRef:\n    kind: GitRepository\n    name: repo\n"
                            f"  postBuild:\n    substituteFrom:\n    - kind: ConfigMap\n      name: settings\n" for name in ("cache", "queue")},
    "flux/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: flux-system\ndata:\n  size: small\n",
    "owned/cache/kustomization.yaml": "resources: [map.yaml]\n",
    "owned/cache/map.yaml": MAP.replace("small", "${size}") % "cache",
    "owned/queue/map.yaml": MAP % "queue",
}


def _app(app: str, name: str, overlays: tuple[str, ...]) -> dict[str, str]:
    files = {
        f"{app}/base/kustomization.yaml": "resources: [map.yaml]\nconfigMapGenerator:\n- name: made\n  files: [notes.txt]\n  envs: [made.env]\n",
        f"{app}/base/map.yaml": MAP % name, f"{app}/base/notes.txt": "some\n", f"{app}/base/made.env": "KEY=value\n",
        f"{app}/base/README.md": "nobody reads this\n", f"{app}/base/unused.yaml": MAP % "unused",
    }
    for overlay in overlays:
        lines = ["resources: [../../base]", "patches:", "- path: patch.yaml", f"- {{path: json.yaml, target: {{kind: ConfigMap, name: {name}}}}}"]
        lines += ["components: [../../../../shared]"] if overlay == "beta" else []
        files |= {f"{app}/overlays/{overlay}/kustomization.yaml": "\n".join(lines) + "\n", f"{app}/overlays/{overlay}/patch.yaml": PATCH % name,
                  f"{app}/overlays/{overlay}/json.yaml": JSON_PATCH}
    return files


def made(place: Path) -> Path:
    """The repository that is made here."""
    files = SHARED | SPECIAL | OWNED | {"links/one/map-here.yaml": MAP % "here"}
    for number in range(3):
        files |= _app(f"apps/app{number}", f"app{number}", ("alpha", "beta", "gamma"))
        files[f"plain/app{number}/map.yaml"] = MAP % f"plain{number}"
    files |= _app("apps/pair", "pair", ("production", "staging"))
    place.mkdir(parents=True)
    for path, goal in LINKS.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).symlink_to(goal)
    return committed(place, files)


def copied(folder: Path, place: Path) -> Path:
    """A copy of a repository, without what kustomize would fetch."""
    shutil.copytree(folder, place, symlinks=True)
    for path in place.rglob("*"):
        if path.name in KUSTOMIZATIONS and path.is_file():
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            path.write_bytes(_REMOTE.sub("", text).encode("utf-8", "surrogateescape"))
    return committed(place, {})
