"""The template of a generator and a parameter set -> an Application, as the controller would create it.

Rules: Argo CD's `applicationset/controllers/template` and `applicationset/utils/utils.go` (`RenderTemplateParams`).
"""

from __future__ import annotations

import re
from typing import Any

from ....model import FieldPath, value_at
from ....origin import Map, Origin, Seq, clone
from ...fields import flag, mapping, text
from .context import Context
from .patch import apply, read_patch
from .problem import SetError

FINALIZER = "resources-finalizer.argocd.argoproj.io"
_META = ("name", "namespace", "labels", "annotations", "finalizers")
_RAW = "valuesObject"
"""A field of free form: one template's counts, whole."""
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


class Template:
    """What all parameter sets of one generator are put into."""

    def __init__(self, entry: Map, kind: str, path: FieldPath, context: Context) -> None:
        """`entry` is the one of `spec.generators` at `path`, `kind` its generator, whose own template counts first."""
        self._context = context
        self._body = context.found.resource.body
        self._own = mapping(entry, kind, "template")
        self._own_path = (*path, kind, "template")
        merged = clone(self._own)
        fill(merged, mapping(self._body, "spec", "template"))
        self._template = Map([(key, merged[key]) for key in ("metadata", "spec") if key in merged], merged.at.copy())
        metadata = mapping(self._template, "metadata")
        self._template.put("metadata", Map([(key, metadata[key]) for key in _META if key in metadata], metadata.at.copy()),
                           merged.at.get("metadata"))

    def where(self, path: FieldPath) -> FieldPath:
        """A path in an Application -> the one in the ApplicationSet that wrote it."""
        written = value_at(self._own, path)
        if written is None or (isinstance(written, (str, list)) and not written):
            return ("spec", "template", *path)
        return (*self._own_path, *path)

    def application(self, params: Map) -> Map:
        """The Application of one parameter set. Raises SetError."""
        declared = self._context.found.resource.declared._replace(exact=False)
        made = Map()
        made.put("apiVersion", "argoproj.io/v1alpha1", declared)
        made.put("kind", "Application", declared)
        # Without any parameter Argo CD leaves the template as it is, and adds no finalizer.
        filled = self._context.templating.deep(self._template, params, self.where) if params else clone(self._template)
        made.put("metadata", mapping(filled, "metadata"), filled.at.get("metadata"))
        made.put("spec", mapping(filled, "spec"), filled.at.get("spec"))
        if params:
            self._finalize(made["metadata"], declared)
        made = self._patched(made, params)
        self._place(made, declared)
        return made

    def _finalize(self, metadata: Map, declared: Origin) -> None:
        if not metadata.get("finalizers") and not flag(self._body, "spec", "syncPolicy", "preserveResourcesOnDeletion"):
            at = metadata.at.get("name") or declared
            metadata.put("finalizers", Seq([FINALIZER], [at._replace(exact=False)]), at._replace(exact=False))

    def _patched(self, made: Map, params: Map) -> Map:
        """What `templatePatch` makes of it; the project is the template's all the same."""
        path: FieldPath = ("spec", "templatePatch")
        written = value_at(self._body, path)
        if not isinstance(written, str):
            return made
        origin = mapping(self._body, "spec").at.get("templatePatch")
        patch = read_patch(self._context.templating.text(written, params, path), written, origin, path)
        project, at = made["spec"].get("project"), made["spec"].at.get("project")
        apply(made, patch, path)
        if type(made.get("spec")) is not Map:
            made.put("spec", Map(), origin)
        made["spec"].put("project", project, at) if project is not None else made["spec"].drop("project")
        if type(made.get("metadata")) is not Map:
            made.put("metadata", Map(), origin)
        return made

    def _place(self, made: Map, declared: Origin) -> None:
        """Put it into the ApplicationSet's namespace."""
        namespace = self._context.id.namespace
        if namespace:
            at = mapping(self._body, "metadata").at.get("namespace") or declared
            made["metadata"].put("namespace", namespace, at)
        else:
            made["metadata"].drop("namespace")


def fill(own: Map, common: Map) -> None:
    """Give a template what it leaves empty from another, field by field (mergo without override)."""
    for key, value in common.items():
        here = own.get(key)
        if type(here) is Map and type(value) is Map and key != _RAW:
            fill(here, value)
        elif _is_empty(here) and not (key == _RAW and here is not None):
            own.put(key, clone(value), common.at.get(key))


def _is_empty(value: Any) -> bool:
    return not value


def check(made: Map, template: Template, namesakes: int) -> None:
    """Raises SetError for an Application that Argo CD doesn't create; `namesakes` is how many have its name."""
    name = text(made, "metadata", "name")
    where = template.where(("metadata", "name"))
    if namesakes > 1:
        raise SetError("failed", f"{namesakes} Applications are called {name[:80]!r}; Argo CD creates and updates none of them",
                       where, "put a parameter into the name that tells them apart")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise SetError("failed", f"{name[:80]!r} is no name of a Kubernetes object, so that the Application is not created",
                       where, "use lower case letters, digits and -; nameNormalized and the like help")
    if not text(made, "spec", "project"):
        raise SetError("failed", f"the Application {name} has no project, so that it is not created",
                       template.where(("spec", "project")), "add template.spec.project, such as default")
