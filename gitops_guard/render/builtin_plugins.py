"""kustomize's built-in plugins with a configuration of their own: a configuration goes in, resources or steps come out.

Every function takes the configuration's body, its place, the folder whose files it may name, the builder and what has been
gathered; it raises RenderError, SourceError or UnresolvedError. What does a plugin's work is imported when one is configured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..origin import Map, Origin, Seq
from . import fields
from .accumulated import Accumulated
from .configurations import spec_of
from .fieldspec import FieldSpec
from .load import fail
from .resource import ResMap, Resource
from .transform import replacement_list

if TYPE_CHECKING:
    from .build import Builder
    from .patches import Patches

Run = Callable[[ResMap, bool], None]

_SPECS = fields.Items(fields.FIELD_SPEC)


def _read(body: Map, place: Origin, **wanted: fields.Type) -> Map:
    """The known fields of a configuration; others are left out at every depth, as kustomize leaves them out."""
    found: Map = fields.loosened(fields.Fields(wanted)).read(body, place)
    return found


def _specs(config: Map) -> tuple[FieldSpec, ...]:
    return tuple(spec_of(row) for row in config.get("fieldSpecs", ()))


def _generator(kind: str) -> Callable[..., list[Resource]]:
    def make(body: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[Resource]:
        from . import generators  # noqa: PLC0415

        config = _read(body, place, **{**fields.GENERATOR, "type": fields.TEXT, "metadata": fields.META})
        config.drop("env")
        meta = config.get("metadata", Map())
        for field in ("name", "namespace"):
            if not config.get(field) and meta.get(field):
                config.put(field, meta[field], meta.at.get(field))
        return [generators.generate(kind, config, place, folder, builder.loader, None, done.read)]

    return make


def _iam_policy(body: Map, place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Resource]:
    account = fields.Fields({"name": fields.TEXT, "projectId": fields.TEXT})
    service = fields.Fields({"name": fields.TEXT, "namespace": fields.TEXT})
    config = _read(body, place, cloud=fields.TEXT, kubernetesService=service, serviceAccount=account)
    if config.get("cloud") != "gke":
        raise fail("an IAM policy for a cloud that kustomize does not know", config.at.get("cloud", place), "write cloud: gke")
    owner, target = config.get("serviceAccount", Map()), config.get("kubernetesService", Map())
    near = place._replace(exact=False)
    address = f"{owner.get('name', '')}@{owner.get('projectId', '')}.iam.gserviceaccount.com"
    annotations = Map({"iam.gke.io/gcp-service-account": address}, {"iam.gke.io/gcp-service-account": owner.at.get("name", near)})
    meta = Map({"annotations": annotations}, {"annotations": near})
    for field in ("name", "namespace"):
        if target.get(field):
            meta.put(field, target[field], target.at.get(field))
    made = Map({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})
    made.at = dict.fromkeys(made, near)
    return [Resource(made, place)]


def _helm(body: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[Resource]:
    from . import helm  # noqa: PLC0415

    config = _read(body, place, **fields.HELM_CHART, **fields.HELM_GLOBALS.fields)
    return helm.inflate(helm.Chart(config, config.get("chartHome", ""), place), folder, builder, done.read)


def _annotations(body: Map, place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Run]:
    from .labels import add_annotations  # noqa: PLC0415

    config = _read(body, place, annotations=fields.TEXT_TABLE, fieldSpecs=_SPECS)
    values, specs = config.get("annotations", Map()), _specs(config)
    return [lambda resources, _: add_annotations(resources, values, specs, place)]


def _labels(body: Map, place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Run]:
    from .labels import add_labels  # noqa: PLC0415

    config = _read(body, place, labels=fields.TEXT_TABLE, fieldSpecs=_SPECS)
    values, specs = config.get("labels", Map()), _specs(config)
    return [lambda resources, _: add_labels(resources, values, specs, place)]


def _namespace(body: Map, place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Run]:
    from . import namespace  # noqa: PLC0415

    config = _read(body, place, metadata=fields.META, fieldSpecs=_SPECS, unsetOnly=fields.FLAG,
                   setRoleBindingSubjects=fields.TEXT)
    meta, specs = config.get("metadata", Map()), _specs(config)
    mode = config.get("setRoleBindingSubjects") or namespace.DEFAULT_ONLY
    if mode not in (namespace.DEFAULT_ONLY, namespace.ALL_ACCOUNTS, namespace.NONE):
        raise fail("setRoleBindingSubjects is defaultOnly, allServiceAccounts or none", config.at["setRoleBindingSubjects"])
    origin = meta.at.get("namespace", place)
    return [lambda resources, _: namespace.set_namespace(resources, meta.get("namespace", ""), specs, origin,
                                                         unset_only=config.get("unsetOnly", False), subjects=mode)]


def _affix(*wanted: str) -> Callable[..., list[Run]]:
    def make(body: Map, place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Run]:
        from . import names  # noqa: PLC0415

        config = _read(body, place, prefix=fields.TEXT, suffix=fields.TEXT, fieldSpecs=_SPECS)
        if "fieldSpecs" not in config:
            raise fail("a configuration without fieldSpecs", place, "add fieldSpecs:, for names with path: metadata/name")
        specs = _specs(config)
        adders = {"prefix": names.add_prefix, "suffix": names.add_suffix}

        def run(resources: ResMap, incomplete: bool) -> None:
            del incomplete
            for name in wanted:
                adders[name](resources, config.get(name, ""), specs, config.at.get(name, place))

        return [run]

    return make


def _hash(_body: Map, _place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Run]:
    from .hashes import add_hashes  # noqa: PLC0415

    return [lambda resources, _: add_hashes(resources)]


def _image(body: Map, place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Run]:
    from .images import set_image  # noqa: PLC0415

    config = _read(body, place, imageTag=fields.IMAGE, fieldSpecs=_SPECS)
    entry, specs, at = config.get("imageTag", Map()), _specs(config), config.at.get("imageTag", place)
    return [lambda resources, _: set_image(resources, entry, specs, at)]


def _replicas(body: Map, place: Origin, _folder: str, _builder: Builder, _done: Accumulated) -> list[Run]:
    from .replicas import set_replicas  # noqa: PLC0415

    config = _read(body, place, replica=fields.REPLICA, fieldSpecs=_SPECS)
    entry, specs, at = config.get("replica", Map()), _specs(config), config.at.get("replica", place)
    return [lambda resources, incomplete: set_replicas(resources, entry, specs, at, incomplete=incomplete)]


def _patch(body: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[Run]:
    entry = _read(body, place, **fields.PATCH.fields)
    return [_reader(folder, builder, done).entry(entry, place)]


def _json_patch(body: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[Run]:
    entry = _read(body, place, **fields.PATCH.fields, jsonOp=fields.TEXT)
    return [_reader(folder, builder, done).json(entry, place, "jsonOp")]


def _merge_patches(body: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[Run]:
    config = _read(body, place, paths=fields.TEXTS, patches=fields.TEXT)
    paths = config.get("paths", Seq())
    entries = [(path, at or place) for path, at in zip(paths, paths.at, strict=True)]
    if config.get("patches"):
        entries.append((config["patches"], config.at["patches"]))
    return [_reader(folder, builder, done).strategic(entries, place)]


def _replacements(body: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[Run]:
    from .replacements import replace  # noqa: PLC0415

    config = _read(body, place, replacements=fields.Items(fields.REPLACEMENT))
    rows = config.get("replacements", Seq())
    wanted = [item for row, at in zip(rows, rows.at, strict=True)
              for item in replacement_list(row, at or place, folder, builder, done)]

    def run(resources: ResMap, incomplete: bool) -> None:
        for entry, at in wanted:
            replace(resources, entry, at, incomplete=incomplete)

    return [run]


def _value_add(body: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[Run]:
    from .valueadd import add_value  # noqa: PLC0415

    target = fields.Fields({"selector": fields.SELECTOR, "fieldPath": fields.TEXT, "filePathPosition": fields.NUMBER})
    config = _read(body, place, value=fields.TEXT, targets=fields.Items(target), targetFilePath=fields.TEXT)
    return [add_value(config, place, folder, builder.loader, done.read, fields.loosened(target))]


def _reader(folder: str, builder: Builder, done: Accumulated) -> Patches:
    from .patches import Patches  # noqa: PLC0415

    return Patches(builder.loader, builder.documents, folder, done.read)


GENERATORS: dict[str, Callable[..., list[Resource]]] = {
    "ConfigMapGenerator": _generator("ConfigMap"), "SecretGenerator": _generator("Secret"), "IAMPolicyGenerator": _iam_policy,
    "HelmChartInflationGenerator": _helm,
}
TRANSFORMERS: dict[str, Callable[..., list[Run]]] = {
    "AnnotationsTransformer": _annotations, "HashTransformer": _hash, "ImageTagTransformer": _image, "LabelTransformer": _labels,
    "NamespaceTransformer": _namespace, "PatchJson6902Transformer": _json_patch,
    "PatchStrategicMergeTransformer": _merge_patches, "PatchTransformer": _patch,
    "PrefixSuffixTransformer": _affix("prefix", "suffix"), "PrefixTransformer": _affix("prefix"),
    "SuffixTransformer": _affix("suffix"),
    "ReplacementTransformer": _replacements,
    "ReplicaCountTransformer": _replicas, "ValueAddTransformer": _value_add,
}
