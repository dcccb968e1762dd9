"""Random fields of a kustomization that suit the objects below it, mostly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from random_known import Body, Files, Known, generator, image, labels, options, spec
from random_objects import NAMES, SPACES, texts
from random_patches import json_patch, leaves, strategic, target
from random_yaml import Hand, yaml

Maker = Callable[[Hand, Known, Files], Any]


def _patch_entry(hand: Hand, known: Known, files: Files) -> Body:
    one = known.now(hand.of(known.objects), hand)
    entry: Body = {}
    if hand.chance(50):
        body, spelled = json_patch(hand, one)
        entry["target"] = target(hand, one)
        written = json.dumps(spelled) if hand.chance(25) else yaml(body, hand)
    else:
        bodies = [strategic(hand, one)]
        if hand.chance(40):
            entry["target"] = target(hand, one)
            if hand.chance(15):
                # Not the kind of whatever has the name: of a generated object that changes its kind kustomize hashes the places
                # in the text, too, where its values were read.
                options = ("allowNameChange", "allowKindChange") if "kind" in entry["target"] else ("allowNameChange",)
                entry["options"] = {hand.of(options): hand.chance(80)}
                if hand.chance(50):
                    bodies[0]["metadata"]["name"] = "renamed"
        elif hand.chance(20):
            bodies.append(strategic(hand, known.now(hand.of(known.objects), hand)))
        written = "---\n".join(yaml(body, hand) for body in bodies)
    if hand.chance(35):
        entry["path"] = files.put("p", written)
    else:
        entry["patch"] = written
    return entry


def _strategic_merge(hand: Hand, known: Known, files: Files) -> Any:
    written = yaml(strategic(hand, known.now(hand.of(known.objects), hand)), hand)
    return [written if hand.chance(50) else files.put("s", written)]


def _json6902(hand: Hand, known: Known, files: Files) -> Any:
    one = known.now(hand.of(known.objects), hand)
    body, spelled = json_patch(hand, one)
    group, _, version = one["apiVersion"].rpartition("/")
    chosen: Body = {"version": version, "kind": one["kind"], "name": one["metadata"]["name"], **({"group": group} if group else {})}
    written = json.dumps(spelled) if hand.chance(30) else yaml(body, hand)
    return [{"target": chosen, **({"path": files.put("j", written)} if hand.chance(40) else {"patch": written})}]


def _replacement(hand: Hand, known: Known, files: Files) -> Body:
    one, other = known.now(hand.of(known.objects), hand), known.now(hand.of(known.objects), hand)
    sources = [path for path, value in leaves(one) if type(value) is str] or [("metadata", "name")]
    targets = [path for path, value in leaves(other) if type(value) is str and path[0] not in ("apiVersion", "kind")] or [("metadata", "name")]
    source: Body = {"kind": one["kind"], "name": one["metadata"]["name"]}
    names = [path for path in sources if any(part in ("name", "image", "kind", "host") for part in path)]
    targets = [path for path in targets if path[-1] not in ("name", "namespace")] or targets if not names or hand.chance(70) else targets
    sources = names if any(path[-1] in ("name", "namespace") for path in targets) and names else sources
    if hand.chance(75):
        source["fieldPath"] = _dotted(hand, one, hand.of(sources), many=False)
    if hand.chance(12):
        source["namespace"] = one["metadata"].get("namespace", "default")
    if hand.chance(20):
        source["options"] = {"delimiter": hand.of((":", "-", "/", ".")), "index": hand.of((0, 0, 1))}
    row: Body = {"select": {"kind": other["kind"], **({"name": other["metadata"]["name"]} if hand.chance(70) else {})}}
    if hand.chance(15):
        row["reject"] = [{hand.of(("name", "namespace")): hand.of((*NAMES, "shop"))}]
    if hand.chance(90):
        row["fieldPaths"] = [_dotted(hand, other, hand.of(targets), many=True) for _ in range(hand.integer(1, 2))]
        if hand.chance(15):
            row.setdefault("options", {})["create"] = True
            row["fieldPaths"].append(hand.of(("spec.new", "metadata.labels.new", "metadata.annotations.[example.com/new]", "data.new", "spec.template.spec.containers.*.image", "spec.template.spec.containers.[name=main].image")))
    if hand.chance(30):
        row["options"] = {**row.get("options", {}), **({"create": True} if hand.chance(60) else {}), **({"delimiter": hand.of((":", "-", "/")), "index": hand.of((0, 1, 2, -1))} if hand.chance(50) else {})}
    made: Body = {"source": source} if hand.chance(92) else {"sourceValue": "given"}
    made["targets"] = [row]
    if hand.chance(12):
        return {"path": files.put("rep", yaml([made] if hand.chance(50) else made, hand))}
    return made


def _dotted(hand: Hand, body: Body, path: tuple[Any, ...], *, many: bool) -> str:
    parts, here = [], body
    for key in path:
        here = here[key]
        if isinstance(key, int):
            named = isinstance(here, dict) and isinstance(here.get("name"), str) and here["name"].isalnum()
            parts.append(hand.of((str(key), f"[name={here['name']}]" if named else str(key), "*" if many else str(key))))
        else:
            parts.append(f"[{key}]" if "." in key and hand.chance(50) else key.replace(".", "\\."))
    return ".".join(parts)


def _variables(hand: Hand, known: Known, _files: Files) -> Any:
    one = known.now(hand.of(known.objects), hand)
    name = "WHO" if "WHO" not in known.variables else f"V{len(known.variables)}"
    known.variables.append(name)
    made: Body = {"name": name, "objref": {"apiVersion": one["apiVersion"], "kind": one["kind"], "name": one["metadata"]["name"]}}
    if hand.chance(40):
        paths = [path for path, _ in leaves(one) if all(isinstance(key, str) and "." not in key for key in path)]
        made["fieldref"] = {"fieldPath": ".".join(hand.of(paths))}
    return [made]


def _configuration(hand: Hand, _known: Known, files: Files) -> Any:
    rows: dict[str, Any] = {
        "nameReference": [{"kind": hand.of(("Secret", "ConfigMap", "Service")), **({"version": "v1"} if hand.chance(50) else {}), "fieldSpecs": [{"path": hand.of(("spec/ref/name", "spec/secretName", "spec/ref", "spec/list/value")), "kind": "Widget"}]}],
        "commonLabels": [spec(hand, ("spec/labels", "spec/more/labels"))], "commonAnnotations": [spec(hand, ("spec/annotations", "spec/more/annotations"))],
        "namePrefix": [spec(hand, ("spec/secretName", "metadata/name", "spec/ref/name"))], "nameSuffix": [spec(hand, ("spec/secretName", "metadata/labels/app"))], "namespace": [spec(hand, ("spec/namespace", "spec/ref/namespace"))],
        "images": [spec(hand, ("spec/image", "spec/list[]/image"))], "varReference": [spec(hand, ("spec/size", "data", "spec/list/value", "metadata/annotations"))], "replicas": [spec(hand, ("spec/copies", "spec/count"))],
        "labels": [spec(hand, ("spec/labels",))], "templateLabels": [spec(hand, ("spec/labels",))],
    }
    return [files.put("conf", yaml({name: rows[name] for name in hand.some(list(rows), 1, 3)}, hand))]


def _crds(hand: Hand, _known: Known, files: Files) -> Any:
    text = "github.com/example/Widget"
    spec = {"ref": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": hand.of(("ConfigMap", "Secret")), "$ref": text + "Ref"}, "secretName": {"type": "string"}}
    tables = {text: {"Schema": {"properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"$ref": "m"}, "spec": {"$ref": text + "Spec"}}}},
              text + "Spec": {"Schema": {"properties": spec}}, text + "Ref": {"Schema": {"properties": {"name": {"type": "string"}}}}}
    return [files.put("crd", json.dumps(tables), "json")]


def _openapi(hand: Hand, _known: Known, files: Files) -> Any:
    if hand.chance(30):
        return {"version": "v1.21.2"}
    rows = {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}, "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}
    schema = {"definitions": {"com.example.v1.Widget": {"type": "object", "properties": {"metadata": {"type": "object"}, "spec": {"type": "object", "properties": {"list": rows}}},
                                                         "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Widget"}]}}}
    return {"path": files.put("schema", json.dumps(schema), "json")}


def _plugin(hand: Hand, known: Known, files: Files) -> Any:
    metadata_specs = [{"path": hand.of(("metadata/labels", "metadata/annotations", "spec/labels")), "create": True}]
    rows: dict[str, Body] = {
        "LabelTransformer": {"labels": {"late": "yes"}, "fieldSpecs": metadata_specs}, "AnnotationsTransformer": {"annotations": {"late": "1"}, "fieldSpecs": [{"path": "metadata/annotations", "create": True}]},
        "PrefixTransformer": {"prefix": "l-", "fieldSpecs": [{"path": "metadata/name"}]}, "SuffixTransformer": {"suffix": "-l", "fieldSpecs": [{"path": "metadata/name"}]},
        "PrefixSuffixTransformer": {"prefix": "ps-", "suffix": "-ps", "fieldSpecs": [{"path": "metadata/name"}]},
        "NamespaceTransformer": {"metadata": {"namespace": hand.of(SPACES)}, **({"unsetOnly": hand.chance(70)} if hand.chance(50) else {}), **({"setRoleBindingSubjects": hand.of(("defaultOnly", "allServiceAccounts", "none"))} if hand.chance(50) else {}),
                                 "fieldSpecs": [{"path": "metadata/namespace", "create": True}] if hand.chance(60) else []},
        "ImageTagTransformer": {"imageTag": {"name": "nginx", "newTag": "9"}, **({"fieldSpecs": [{"path": "spec/image"}]} if hand.chance(50) else {})},
        "ReplicaCountTransformer": {"replica": {"name": hand.of(NAMES), "count": 7}, "fieldSpecs": [{"path": "spec/replicas", "create": True, "kind": "Deployment"}]},
    }
    if not any(one["kind"] == "Deployment" for one in known.objects) and hand.chance(95):
        del rows["ReplicaCountTransformer"]
    else:
        rows["ReplicaCountTransformer"]["replica"]["name"] = hand.of([one["metadata"]["name"] for one in known.objects if one["kind"] == "Deployment"] or NAMES)
    kind = hand.of((*rows, "PatchTransformer", "PatchJson6902Transformer", "PatchStrategicMergeTransformer", "ReplacementTransformer", "ValueAddTransformer"))
    if kind in rows:
        body = rows[kind]
    elif kind == "ReplacementTransformer":
        body = {"replacements": [_replacement(hand, known, files)]}
    elif kind == "PatchTransformer":
        entry = _patch_entry(hand, known, files)
        body = entry
    elif kind == "PatchJson6902Transformer":
        row = _json6902(hand, known, files)[0]
        body = {"target": row["target"], **({"path": row["path"]} if "path" in row else {"jsonOp": row["patch"]})}
    elif kind == "PatchStrategicMergeTransformer":
        body = {"patches": yaml(strategic(hand, known.now(hand.of(known.objects), hand)), hand)}
    else:
        body = {"value": "added", "targets": [{"fieldPath": hand.of(("metadata/annotations/added", "spec/added", "metadata/namespace")), "selector": {"kind": hand.of(("Deployment", "Widget"))}}]}
    meta = {"name": "p", **body.pop("metadata", {})}
    written = yaml({"apiVersion": "builtin", "kind": kind, "metadata": meta, **body}, hand)
    return [written if hand.chance(40) else files.put("t", written)]


def _validators(_hand: Hand, _known: Known, _files: Files) -> Any:
    return ["apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: v}\nlabels: {app: web}\nfieldSpecs: [{path: metadata/labels, kind: Deployment}]\n"]


def _generators(hand: Hand, known: Known, files: Files) -> Any:
    kind = hand.of(("ConfigMap", "Secret"))
    made = generator(hand, known, files, kind)
    name = made.pop("name")
    meta = {"name": name, **({"namespace": made.pop("namespace")} if "namespace" in made else {})}
    written = yaml({"apiVersion": "builtin", "kind": f"{kind}Generator", "metadata": meta, **made}, hand)
    return [written if hand.chance(40) else files.put("g", written)]


def _sort(hand: Hand, _known: Known, _files: Files) -> Any:
    order = hand.of(("fifo", "legacy", "legacy"))
    own = {"legacySortOptions": {"orderFirst": hand.some(("Widget", "Service", "Namespace"), 1, 2), "orderLast": hand.some(("Deployment", "ConfigMap"), 0, 2)}} if order == "legacy" and hand.chance(50) else {}
    return {"order": order, **own}


def _replicas(hand: Hand, known: Known, _files: Files) -> Any:
    found = [one["metadata"]["name"] for one in known.objects if one["kind"] in ("Deployment", "StatefulSet", "ReplicaSet")]
    return [{"name": hand.of(found), "count": hand.of((0, 3, 10))}] if found else [] if hand.chance(90) else [{"name": "web", "count": 1}]


MAKERS: tuple[tuple[str, int, Maker], ...] = (
    ("configurations", 10, _configuration), ("crds", 5, _crds), ("openapi", 4, _openapi), ("generatorOptions", 10, lambda hand, *_: options(hand)),
    ("configMapGenerator", 25, lambda hand, known, files: [generator(hand, known, files, "ConfigMap") for _ in range(hand.of((1, 1, 2)))]), ("secretGenerator", 15, lambda hand, known, files: [generator(hand, known, files, "Secret")]),
    ("generators", 6, _generators), ("patchesStrategicMerge", 8, _strategic_merge), ("patches", 40, lambda hand, known, files: [_patch_entry(hand, known, files) for _ in range(hand.integer(1, 3))]),
    ("patchesJson6902", 8, _json6902), ("labels", 20, labels), ("commonLabels", 10, lambda hand, *_: {key: hand.of(("web", "x", "1")) for key in hand.some(("app", "tier", "a.b/c"), 1, 2)}),
    ("commonAnnotations", 12, lambda hand, *_: texts(hand, 2)), ("replicas", 12, _replicas), ("images", 22, lambda hand, *_: [image(hand) for _ in range(hand.integer(1, 2))]),
    ("replacements", 22, lambda hand, known, files: [_replacement(hand, known, files) for _ in range(hand.of((1, 1, 2)))]), ("vars", 10, _variables), ("transformers", 14, _plugin), ("validators", 1, _validators),
    ("namespace", 25, lambda hand, *_: hand.of(SPACES)), ("namePrefix", 25, lambda hand, *_: hand.of(("p-", "a-", ""))), ("nameSuffix", 12, lambda hand, *_: hand.of(("-s", "-v1"))), ("sortOptions", 6, _sort),
    ("buildMetadata", 5, lambda hand, *_: hand.some(("originAnnotations", "transformerAnnotations", "managedByLabel"), 1, 3)),
)
"""Field, its share in percent, and what makes it. The order is that of kustomize's steps, but for names, which come last here."""


def fields(hand: Hand, known: Known) -> tuple[Body, dict[str, str]]:
    """Fields of a kustomization and the files they name; what later layers will see is noted in `known`."""
    made: Body = {}
    files = Files()
    for name, share, maker in MAKERS:
        if hand.chance(share) and (known.objects or (maker not in (_json6902, _strategic_merge, _plugin, _variables) and name not in ("patches", "replacements"))):
            made[name] = maker(hand, known, files)
    known.prefix = made.get("namePrefix", "") + known.prefix
    known.suffix += made.get("nameSuffix", "")
    if "namespace" in made:
        known.namespace = made["namespace"]
        known.generated = [(kind, name, known.namespace) for kind, name, _ in known.generated]
    return made, files.files
