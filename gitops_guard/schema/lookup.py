"""Which schema judges an object: Kubernetes' own, then `--schema-location`, then CRDs of the repository, then ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from .. import data
from ..errors import UsageError
from . import bundled
from .absent import Absent, Known, explain, retired
from .bundled import GVK
from .convert import Kind, convert
from .crds import Definitions
from .engine import BrokenSchemaError, Checker, Problem, usable_pattern
from .files import Location
from .keyed import Repeat
from .typed import Type


class Verdict(NamedTuple):
    """What the schemas say about an object."""

    problems: tuple[Problem, ...] = ()
    repeats: tuple[Repeat, ...] = ()


class Judge:
    """The compiled schemas of one kind; an object that one of them takes is valid."""

    def __init__(self, checkers: Sequence[Checker], *, built_in: bool, retired_in: Absent | None = None) -> None:
        """Without checkers everything is valid: the kind is known, and nothing is said of its fields."""
        self._checkers = checkers
        self._built_in = built_in
        self.retired = retired_in
        """Set where the schema is ours and current controllers no longer serve this version."""

    def judge(self, body: Any) -> Verdict | None:
        """None where the object is valid."""
        if not self._checkers or any(checker.is_valid(body) for checker in self._checkers):
            return None
        value = _without_nulls(body) if self._built_in else _clean_metadata(body)
        verdicts = []
        for checker in self._checkers:
            verdict = Verdict(tuple(checker.problems(value)), tuple(checker.repeats(value)))
            if not verdict.problems and not verdict.repeats:
                return None
            verdicts.append(verdict)
        return min(verdicts, key=lambda verdict: len(verdict.problems) + len(verdict.repeats))


class Schemas:
    """Every schema that is known, compiled when it is first needed."""

    def __init__(self, version: str | None = None, locations: Sequence[str] = (), crds: Iterable[Any] = ()) -> None:
        """Nothing is compiled yet. Raises UsageError for a version or location that can't be used.

        `version` is a Kubernetes version (`1.34`), the newest without one; `locations` are folders or templates in
        kubeconform's style; `crds` are the CustomResourceDefinitions of the side that is judged.
        """
        self.version = bundled.pick(version)
        self._bundle = bundled.bundle(self.version)
        self._locations = [Location(str(text), self.version) for text in locations]
        self._crds = crds
        self._definitions: Definitions | None = None
        self._ours = Location((data.schemas() / "crds").as_posix(), self.version)
        self._judges: dict[GVK, Judge | None] = {}
        self._types: dict[GVK, Type | None] = {}

    def versions(self) -> tuple[str, ...]:
        """Every Kubernetes version there are schemas for, oldest first."""
        return bundled.versions()

    def find(self, group: str, version: str, kind: str) -> Judge | None:
        """What judges a kind, or None where no schema is known. Raises UsageError where a schema file can't be used."""
        gvk = (group, version, kind)
        if gvk not in self._judges:
            self._judges[gvk] = self._find(gvk)
        return self._judges[gvk]

    def type_of(self, group: str, version: str, kind: str) -> Type | None:
        """How two objects of a kind are compared; None where neither Kubernetes nor a definition of the side knows it."""
        gvk = (group, version, kind)
        if gvk not in self._types:
            self._types[gvk] = self._type(gvk)
        return self._types[gvk]

    def _type(self, gvk: GVK) -> Type | None:
        every = self._bundle.definitions
        name = self._bundle.kinds.get(gvk)
        if name is not None:
            return Type(every[name], every, name)
        schema = next((found for found, _kind in self._known_definitions().find(gvk) if found is not None), None)
        if schema is None:
            return None
        own = schema.get("properties")
        properties = {**(own if isinstance(own, dict) else {}), "metadata": {"$ref": self._bundle.object_meta()[0]}}
        return Type({**schema, "properties": properties}, every, built_in=False)

    def absent(self, group: str, version: str, kind: str) -> Absent:
        """Why a kind has no schema: removed, misspelt, in another group or version, or simply unknown here."""
        definitions = self._known_definitions()
        known = Known(self._bundle, self.version)
        for (crd_group, crd_kind), defined in definitions.kinds.items():
            known.add(crd_group, crd_kind, defined.served)
        for our_group, our_version, our_kind in self._ours.kinds():
            if (our_group, our_kind) not in definitions.kinds:
                known.add(our_group, our_kind, [our_version])
        return explain((group, version, kind), known)

    def _known_definitions(self) -> Definitions:
        if self._definitions is None:
            self._definitions = Definitions([*(body for place in self._locations for body in place.crds), *self._crds])
        return self._definitions

    def _find(self, gvk: GVK) -> Judge | None:
        own = self._bundle.schema(gvk)
        if own is not None:
            return Judge([Checker(own)], built_in=True)
        for location in self._locations:
            found = location.find(gvk)
            if found is not None:
                return Judge([self._from_file(*found)], built_in=False)
        definitions = self._known_definitions()
        entries = definitions.find(gvk)
        if entries:
            return self._from_definitions(entries)
        if (gvk[0], gvk[2]) in definitions.kinds:
            return None  # the repository brings its own definition, which does not serve this version
        found = self._ours.find(gvk)
        return Judge([self._from_file(*found)], built_in=False, retired_in=retired(gvk)) if found else None

    def _from_file(self, path: str, schema: dict[str, Any]) -> Checker:
        try:
            return Checker(self._root(convert(schema, Kind.FILE, usable_pattern)))
        except BrokenSchemaError as error:
            raise UsageError(f"the schema {path} can't be used: {error}") from None
        except RecursionError:
            raise UsageError(f"the schema {path} can't be used: it is nested too deep") from None

    def _from_definitions(self, entries: Iterable[tuple[dict[str, Any] | None, Kind]]) -> Judge:
        checkers = []
        for schema, kind in entries:
            if schema is None:
                return Judge([], built_in=False)
            try:
                checkers.append(Checker(self._root(convert(schema, kind, usable_pattern))))
            except BrokenSchemaError:
                # The definition is judged as a resource itself; of its objects nothing can be said then.
                return Judge([], built_in=False)
        return Judge(checkers, built_in=False)

    def _root(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A custom resource's schema with what the API server adds: apiVersion, kind and metadata as everywhere."""
        reference, definitions = self._bundle.object_meta()
        own = schema.get("properties", {}).get("metadata", {}).get("properties", {}).get("name")
        metadata: dict[str, Any] = {"$ref": reference}
        if isinstance(own, dict) and own:
            metadata["allOf"] = [{"properties": {"name": own}}]
        text = {"type": "string"}
        if "$ref" not in schema:
            properties = {"apiVersion": text, "kind": text, **schema.get("properties", {}), "metadata": metadata}
            schema = {**schema, "properties": properties}
        return {**schema, "$defs": {**schema.get("$defs", {}), **definitions}}


def _without_nulls(value: Any) -> Any:
    """A copy without keys that are null: the API server reads them into its types as absent."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


def _clean_metadata(body: Any) -> Any:
    """A custom resource's metadata is one of Kubernetes' own types, whatever its definition says of the rest."""
    if not isinstance(body, dict):
        return body
    found = {key: value for key, value in body.items() if not (key in ("metadata", "status") and value is None)}
    if "metadata" in found:
        found["metadata"] = _without_nulls(found["metadata"])
    return found
