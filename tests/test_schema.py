"""Which schema judges a kind, what becomes of it, and what the compiled one says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard import data
from gitops_guard.errors import UsageError
from gitops_guard.schema import Schemas
from gitops_guard.schema.bundled import bundle, versions
from gitops_guard.schema.convert import QUANTITY, Kind, convert
from gitops_guard.schema.engine import Checker
from gitops_guard.schema.files import inline
from gitops_guard.schema.removed import BEFORE_BUNDLED, FLUX


def crd(schema: Any, *, group: str = "example.com", kind: str = "Widget", version: str = "v1", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "plural": "widgets"},
            "scope": "Namespaced",
            "versions": [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
            **spec,
        },
    }


def widget(spec: Any, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "main"}, "spec": spec, **more}


def spec_schema(**spec: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"spec": {"type": "object", **spec}}}


def problems(schemas: Schemas, body: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    group, _, version = body["apiVersion"].rpartition("/")
    judge = schemas.find(group, version, body["kind"])
    assert judge is not None
    verdict = judge.judge(body)
    return (
        []
        if verdict is None
        else [(one.keyword, one.path) for one in verdict.problems] + [("repeat", one.path) for one in verdict.repeats]
    )


@pytest.mark.parametrize(("given_", "meant"), [(None, versions()[-1]), ("1.30", "1.30"), ("v1.30", "1.30"), ("1.30.4", "1.30")])
def test_a_version_is_picked(given_: str | None, meant: str) -> None:
    assert Schemas(given_).version == meant


@pytest.mark.parametrize(
    ("version", "named"),
    [
        ("1.9", versions()[0]),
        ("1.99", versions()[-1]),
        ("v2.1", versions()[-1]),
        ("new", "1."),
        ("1", "1."),
        ("1.30.x", "1.30"),
        ("", "1."),
    ],
)
def test_an_unknown_version_is_refused_with_the_nearest(version: str, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        Schemas(version)


def test_versions_are_listed_oldest_first() -> None:
    listed = Schemas().versions()
    assert listed[0] == "1.25"
    assert list(listed) == sorted(listed, key=lambda one: int(one.split(".")[1]))


def test_a_kind_is_looked_up_by_its_whole_group() -> None:
    schemas = Schemas()
    assert schemas.find("networking.k8s.io", "v1", "Ingress") is not None
    assert schemas.find("networking.example.com", "v1", "Ingress") is None


def test_the_order_is_kubernetes_locations_definitions_ours(tmp_path: Path) -> None:
    (tmp_path / "example.com").mkdir()
    (tmp_path / "example.com/widget_v1.json").write_text(json.dumps(spec_schema(properties={"file": {"type": "string"}})))
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps/deployment_v1.json").write_text("{}")
    schemas = Schemas(
        None,
        [str(tmp_path)],
        [
            crd(spec_schema(properties={"crd": {"type": "string"}})),
            crd(spec_schema(properties={"own": {"type": "string"}}), group="argoproj.io", kind="Application", version="v1alpha1"),
        ],
    )
    assert problems(schemas, widget({"crd": "x"})) == [("unknown", ("spec", "crd"))]
    assert problems(schemas, widget({"file": "x"})) == []
    application = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "a"}, "spec": {"own": "x"}}
    assert problems(schemas, application) == []
    assert ("unknown", ("spex",)) in problems(schemas, {"apiVersion": "apps/v1", "kind": "Deployment", "spex": {}})


@pytest.mark.parametrize(
    ("template", "file"),
    [
        ("{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json", "example.com/widget_v1.json"),
        ("{{ .ResourceKind }}{{ .KindSuffix }}.json", "widget-example-v1.json"),
        (
            "{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json",
            f"v{versions()[-1]}.0-standalone-strict/widget-example-v1.json",
        ),
    ],
)
def test_templates_in_kubeconforms_style(tmp_path: Path, template: str, file: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(json.dumps(spec_schema(properties={"size": {"type": "integer"}})))
    assert problems(Schemas(None, [f"{tmp_path}/{template}"]), widget({"size": "x"})) == [("type", ("spec", "size"))]
    if "Strict" in template or "Group" in template or "KindSuffix" in template:
        assert problems(Schemas(None, [str(tmp_path)]), widget({"size": "x"})) == [("type", ("spec", "size"))]


@pytest.mark.parametrize(
    ("location", "message"),
    [("https://example.com/schemas", "local"), ("{{.Name}}.json", "unknown variable"), ("no-such-folder", "no such folder")],
)
def test_a_location_that_can_not_be_used_is_refused(location: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Schemas(None, [location])


def test_a_group_can_not_lead_out_of_a_location(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "widget_v1.json").write_text("{}")
    schemas = Schemas(None, [f"{tmp_path}/inner/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"])
    assert schemas.find("..", "v1", "Widget") is None
    assert schemas.find("a/..", "v1", "Widget") is None


@pytest.mark.parametrize("text", ["{", '{"type": "foo", "$ref": "other.json"}', '{"$ref": "https://example.com/x.json"}'])
def test_a_schema_file_that_can_not_be_used_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "widget.json").write_text(text)
    with pytest.raises(UsageError, match=r"widget\.json"):
        Schemas(None, [f"{tmp_path}/{{{{.ResourceKind}}}}.json"]).find("example.com", "v1", "Widget")


def test_definitions_in_yaml_files_of_a_location_count(tmp_path: Path) -> None:
    (tmp_path / "crds.yaml").write_text(json.dumps(crd(spec_schema(properties={"size": {"type": "integer"}}))))
    assert problems(Schemas(None, [str(tmp_path)]), widget({"size": 1, "seize": 1})) == [("unknown", ("spec", "seize"))]


def test_references_between_files_are_put_in_place(tmp_path: Path) -> None:
    (tmp_path / "common.json").write_text(json.dumps({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "integer"}}}))
    schema = inline({"properties": {"x": {"$ref": "common.json#/$defs/a"}}}, str(tmp_path / "widget.json"), str(tmp_path))
    assert not Checker(convert(schema, Kind.FILE)).is_valid({"x": "no"})
    assert Checker(convert(schema, Kind.FILE)).is_valid({"x": 1})


STRUCTURAL: list[tuple[str, dict[str, Any], Any, list[tuple[str, tuple[str | int, ...]]]]] = [
    ("an unknown field is pruned", {"properties": {"a": {"type": "string"}}}, {"b": 1}, [("unknown", ("spec", "b"))]),
    (
        "a bare object keeps nothing",
        {"properties": {"o": {"type": "object"}}},
        {"o": {"a": 1}},
        [("unknown", ("spec", "o", "a"))],
    ),
    (
        "the marker keeps everything",
        {"properties": {"o": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}},
        {"o": {"a": {"b": [None]}}},
        [],
    ),
    (
        "beside the marker fields are checked",
        {"x-kubernetes-preserve-unknown-fields": True, "properties": {"a": {"type": "string"}}},
        {"a": 1, "b": 1},
        [("type", ("spec", "a"))],
    ),
    ("a map takes any key", {"additionalProperties": {"type": "integer"}}, {"a": 1, "b": "x"}, [("type", ("spec", "b"))]),
    ("null is no string", {"properties": {"a": {"type": "string"}}}, {"a": None}, [("type", ("spec", "a"))]),
    ("unless it is nullable", {"properties": {"a": {"type": "string", "nullable": True, "enum": ["x"]}}}, {"a": None}, []),
    ("or has a default", {"properties": {"a": {"type": "string", "default": "x"}}}, {"a": None}, []),
    (
        "a default fills in what is required",
        {"required": ["a", "b"], "properties": {"a": {"type": "string", "default": "x"}}},
        {},
        [("required", ("spec",))],
    ),
    (
        "int or string",
        {"properties": {"a": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}}},
        {"a": 0.5},
        [("type", ("spec", "a"))],
    ),
    (
        "int or string with a pattern",
        {"properties": {"a": {"x-kubernetes-int-or-string": True, "pattern": "^[0-9]+%$"}}},
        {"a": "x"},
        [("pattern", ("spec", "a"))],
    ),
    (
        "a pattern that can't be compiled says nothing",
        {"properties": {"a": {"type": "string", "pattern": "(?=a)"}}},
        {"a": "x"},
        [],
    ),
    (
        "OpenAPI's exclusive limits",
        {"properties": {"a": {"type": "integer", "minimum": 1, "exclusiveMinimum": True}}},
        {"a": 1},
        [("exclusiveMinimum", ("spec", "a"))],
    ),
    ("32 bits", {"properties": {"a": {"type": "integer", "format": "int32"}}}, {"a": 2**31}, [("maximum", ("spec", "a"))]),
    ("a format the API server doesn't know", {"properties": {"a": {"type": "string", "format": "phone"}}}, {"a": "x"}, []),
    (
        "a format it knows",
        {"properties": {"a": {"type": "string", "format": "date-time"}}},
        {"a": "x"},
        [("format", ("spec", "a"))],
    ),
    (
        "alternatives add no fields",
        {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"a": "x"},
        [],
    ),
    (
        "alternatives that both hold",
        {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"a": "x", "b": "y"},
        [("oneOf", ("spec",))],
    ),
    (
        "an embedded object needs its type",
        {
            "properties": {
                "o": {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True}
            }
        },
        {"o": {"kind": "Pod"}},
        [("required", ("spec", "o"))],
    ),
    (
        "keys of a list",
        {
            "properties": {
                "l": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["a", "b"],
                    "items": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string", "default": "x"}}},
                }
            }
        },
        {"l": [{"a": "1"}, {"a": "1", "b": "y"}, {"a": "1", "b": "x"}]},
        [("repeat", ("spec", "l", 2))],
    ),
    (
        "a set",
        {"properties": {"l": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}}}},
        {"l": ["a", "b", "a"]},
        [("repeat", ("spec", "l", 2))],
    ),
    (
        "what is no schema",
        {"properties": {"a": "nonsense", "b": {"type": ["x"], "enum": 1, "required": "y", "pattern": 4, "items": []}}},
        {"a": 1, "b": [2]},
        [],
    ),
]


@pytest.mark.parametrize(("title", "schema", "spec", "wanted"), STRUCTURAL, ids=[case[0] for case in STRUCTURAL])
def test_structural_schemas(title: str, schema: dict[str, Any], spec: Any, wanted: list[Any]) -> None:
    assert problems(Schemas(None, (), [crd(spec_schema(**schema))]), widget(spec)) == wanted


@pytest.mark.parametrize(
    "definition",
    [
        crd(spec_schema(properties={}), preserveUnknownFields=True),
        {**crd(None), "apiVersion": "apiextensions.k8s.io/v1beta1"},
        crd(None),
        crd({}),
        crd("nonsense"),
        {
            "kind": "CustomResourceDefinition",
            "spec": {
                "group": "example.com",
                "names": {"kind": "Widget"},
                "version": "v1",
                "validation": {"openAPIV3Schema": spec_schema(properties={})},
            },
            "apiVersion": "apiextensions.k8s.io/v1beta1",
        },
    ],
    ids=["keeps all", "v1beta1 without a schema", "no schema", "empty schema", "no mapping", "v1beta1"],
)
def test_a_definition_that_prunes_nothing_accepts_every_field(definition: dict[str, Any]) -> None:
    assert problems(Schemas(None, (), [definition]), widget({"any": [1]})) == []


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        {},
        {"spec": None},
        {"spec": {"names": 1}},
        {"spec": {"group": 1, "names": {"kind": 2}}},
        {"spec": {"group": "g.x", "names": {"kind": "K"}, "versions": [1, {"name": 2}]}},
    ],
)
def test_a_broken_definition_is_skipped(nonsense: Any) -> None:
    assert Schemas(None, (), [nonsense]).find("g.x", "v1", "K") is None


def test_of_two_definitions_either_may_accept() -> None:
    both = [crd(spec_schema(properties={"old": {"type": "string"}})), crd(spec_schema(properties={"new": {"type": "string"}}))]
    schemas = Schemas(None, (), both)
    assert problems(schemas, widget({"old": "x"})) == []
    assert problems(schemas, widget({"new": "x"})) == []
    assert len(problems(schemas, widget({"none": "x"}))) == 1


def test_metadata_of_a_custom_resource_is_checked_as_everywhere() -> None:
    body = widget({}, status=None)
    body["metadata"] = {"name": "a", "creationTimestamp": None, "label": {}, "labels": {"a": 1}}
    found = problems(Schemas(None, (), [crd(spec_schema(properties={}))]), body)
    assert sorted(found) == [("type", ("metadata", "labels", "a")), ("unknown", ("metadata", "label"))]


@pytest.mark.parametrize(
    ("gvk", "rule", "words", "certain"),
    [
        (("policy", "v1beta1", "PodDisruptionBudget"), "schema/removed-api", ("1.25", "policy/v1"), True),
        (("extensions", "v1beta1", "Ingress"), "schema/removed-api", ("1.22", "networking.k8s.io/v1"), True),
        (("policy", "v1beta1", "PodSecurityPolicy"), "schema/removed-api", ("1.25", "Pod Security Admission"), True),
        (("autoscaling", "v2beta2", "HorizontalPodAutoscaler"), "schema/removed-api", ("1.26", "autoscaling/v2"), True),
        (
            ("flowcontrol.apiserver.k8s.io", "v1beta2", "FlowSchema"),
            "schema/removed-api",
            ("1.29", "flowcontrol.apiserver.k8s.io/v1"),
            True,
        ),
        (("kustomize.toolkit.fluxcd.io", "v1beta1", "Kustomization"), "schema/removed-api", ("Flux 2.7", "/v1"), False),
        (("apps", "v2", "Deployment"), "schema/unknown-kind", ("served as v1", "apps/v1"), True),
        (("", "v1", "Deployment"), "schema/unknown-kind", ("no kind Deployment", "apps/v1"), True),
        (("app", "v1", "Deployment"), "schema/unknown-kind", ("no kind Deployment", "apps/v1"), True),
        (("networking.k8s.oi", "v1", "Ingress"), "schema/unknown-kind", ("no kind Ingress", "networking.k8s.io/v1"), True),
        (("", "v1", "Configmap"), "schema/unknown-kind", ("no kind Configmap", "ConfigMap"), True),
        (("apps", "v1", "Deploymnet"), "schema/unknown-kind", ("no kind Deploymnet", "Deployment"), True),
        (("argoproj.io", "v1alpha1", "Aplication"), "schema/unknown-kind", ("no kind", "Application"), True),
        (("argoproj.io", "v1", "Application"), "schema/unknown-kind", ("v1alpha1", "argoproj.io/v1alpha1"), True),
        (("example.com", "v2", "Widget"), "schema/unknown-kind", ("served as v1", "example.com/v1"), True),
        (("", "v1", "Nothing"), "schema/unknown-kind", ("no kind Nothing", ""), True),
        (("serving.knative.dev", "v1", "Service"), "schema/unknown-kind", ("not checked", "--schema-location"), False),
        (("argoproj.io", "v1alpha1", "Workflow"), "schema/unknown-kind", ("not checked", ""), False),
    ],
)
def test_why_there_is_no_schema(gvk: tuple[str, str, str], rule: str, words: tuple[str, str], certain: bool) -> None:
    schemas = Schemas("1.34", (), [crd(spec_schema())])
    assert schemas.find(*gvk) is None
    absent = schemas.absent(*gvk)
    assert (absent.rule, absent.certain) == (rule, certain)
    assert words[0] in absent.message
    assert words[1] in absent.remedy


def test_a_kind_of_a_later_version_says_since_when() -> None:
    absent = Schemas("1.28").absent("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy")
    assert absent.rule == "schema/unknown-kind"
    assert "since Kubernetes 1.30" in absent.message


def test_a_version_that_is_defined_and_not_served() -> None:
    definition = crd(spec_schema())
    definition["spec"]["versions"].append({"name": "v1alpha1", "served": False, "storage": False})
    schemas = Schemas(None, (), [definition])
    assert schemas.find("example.com", "v1alpha1", "Widget") is None
    assert "served as v1" in schemas.absent("example.com", "v1alpha1", "Widget").message


def test_the_repositorys_definition_beats_ours_for_all_versions() -> None:
    definition = crd(spec_schema(), group="kustomize.toolkit.fluxcd.io", kind="Kustomization", version="v1beta2")
    schemas = Schemas(None, (), [definition])
    judge = schemas.find("kustomize.toolkit.fluxcd.io", "v1beta2", "Kustomization")
    assert judge is not None
    assert judge.retired is None
    assert schemas.find("kustomize.toolkit.fluxcd.io", "v1", "Kustomization") is None


def test_tables_of_removed_versions_name_nothing_that_is_served() -> None:
    oldest = bundle(versions()[0])
    for api_version, kind in BEFORE_BUNDLED:
        group, _, version = api_version.rpartition("/")
        assert (group, version, kind) not in oldest.kinds
    schemas = Schemas()
    for (_, kind), (_, successor) in FLUX.items():
        group, _, version = successor.rpartition("/")
        assert schemas.find(group, version, kind) is not None, successor


@pytest.mark.parametrize("path", sorted((data.schemas() / "crds").rglob("*_*.json")), ids=lambda path: path.stem)
def test_our_schemas_lie_where_they_say_and_compile(path: Path) -> None:
    mark = json.loads(path.read_text())["x-kubernetes-group-version-kind"][0]
    assert path.parent.name == mark["group"]
    assert path.stem == f"{mark['kind'].lower()}_{mark['version']}"
    assert Schemas().find(mark["group"], mark["version"], mark["kind"]) is not None


@given(st.one_of(st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3})?(Ki|Mi|Gi|m|k|M|G|e3|E)?", fullmatch=True)))
def test_quantities_are_accepted(text: str) -> None:
    assert Checker({"type": "string", "pattern": QUANTITY}).is_valid(text)


@pytest.mark.parametrize("text", ["", "128MB", "1 Gi", "Gi", "1.2.3", "0x10", "ten", "1e", "-", "5mi"])
def test_other_texts_are_no_quantities(text: str) -> None:
    assert not Checker({"type": "string", "pattern": QUANTITY}).is_valid(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
SPEC = spec_schema(
    required=["a"],
    properties={
        "a": {"type": "string"},
        "b": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "integer"}},
        "c": {"type": "object", "properties": {"a": {"type": "integer"}}},
    },
)


@given(json_values)
def test_what_is_invalid_is_explained_and_what_is_valid_is_not(spec: Any) -> None:
    checker = Checker(convert(SPEC, Kind.CRD))
    told = bool(checker.problems({"spec": spec}) or checker.repeats({"spec": spec}))
    assert checker.is_valid({"spec": spec}) is not told


def test_neither_a_link_nor_a_reference_leads_out_of_the_location(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text("{}")
    home = tmp_path / "home"
    home.mkdir()
    (home / "widget.json").write_text('{"$ref": "../outside.json"}')
    (home / "gadget.json").symlink_to(tmp_path / "outside.json")
    (home / "absent.json").symlink_to(tmp_path / "nothing.json")
    schemas = Schemas(None, [f"{home}/{{{{.ResourceKind}}}}.json"])
    for kind in ("Widget", "Gadget"):
        with pytest.raises(UsageError, match="outside the folder of schemas"):
            schemas.find("example.com", "v1", kind)
    assert schemas.find("example.com", "v1", "Absent") is None


def test_a_pipe_is_no_schema(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "widget.json")
    with pytest.raises(UsageError, match="no plain file"):
        Schemas(None, [f"{tmp_path}/{{{{.ResourceKind}}}}.json"]).find("example.com", "v1", "Widget")
