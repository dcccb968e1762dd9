"""CustomResourceDefinitions -> the schema of each kind and version they serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .bundled import GVK
from .convert import Kind


@dataclass
class Defined:
    """What all definitions of one kind say together."""

    served: dict[str, list[tuple[dict[str, Any] | None, Kind]]] = field(default_factory=dict)
    """Version -> its schemas; None where a definition has none: then anything goes."""
    unserved: set[str] = field(default_factory=set)
    """Versions that are defined and switched off."""


class Definitions:
    """All CustomResourceDefinitions that are known, by group and kind."""

    def __init__(self, bodies: Iterable[Any]) -> None:
        """What isn't shaped like a definition is skipped: it is reported where it is validated itself."""
        self.kinds: dict[tuple[str, str], Defined] = {}
        for body in bodies:
            self._add(body)

    def _add(self, body: Any) -> None:
        spec = body.get("spec") if isinstance(body, dict) else None
        if not isinstance(spec, dict) or not isinstance(spec.get("names"), dict):
            return
        group, kind = spec.get("group"), spec["names"].get("kind")
        if not isinstance(group, str) or not isinstance(kind, str):
            return
        old = body.get("apiVersion") == "apiextensions.k8s.io/v1beta1"
        loose = spec.get("preserveUnknownFields", old) is not False
        defined = self.kinds.setdefault((group, kind), Defined())
        listed = spec.get("versions")
        versions = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        if not versions and isinstance(spec.get("version"), str):
            versions = [{"name": spec["version"]}]
        for version in versions:
            name = version.get("name")
            if not isinstance(name, str):
                continue
            if version.get("served", True) is False:
                defined.unserved.add(name)
                continue
            holder = version.get("schema") or spec.get("validation")
            schema = holder.get("openAPIV3Schema") if isinstance(holder, dict) else None
            schema = schema if isinstance(schema, dict) and schema else None
            entry = (schema, Kind.LOOSE_CRD if loose else Kind.CRD)
            known = defined.served.setdefault(name, [])
            if not any(other is entry[0] and kind_ is entry[1] for other, kind_ in known):
                known.append(entry)

    def find(self, gvk: GVK) -> list[tuple[dict[str, Any] | None, Kind]]:
        """The different schemas of a served version; empty where no definition serves it."""
        group, version, kind = gvk
        defined = self.kinds.get((group, kind))
        found: list[tuple[dict[str, Any] | None, Kind]] = []
        for entry in defined.served.get(version, ()) if defined else ():
            if entry not in found:
                found.append(entry)
        return found
