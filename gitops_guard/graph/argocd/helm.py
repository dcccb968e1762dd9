"""A Helm source in git: its options go in, the recipe of the chart comes out.

Rules: `helmTemplate` of Argo CD's repo-server and `util/helm`: parameters beat valuesObject, that beats values, that the files;
of `valuesObject` and `values` only one counts; the release is called as the Application is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...errors import SourceError
from ...origin import Map, Origin
from ...recipes import Chart, Values
from ...source import Dialect, parse_embedded
from ..fields import flag, items, mapping, mappings, text
from . import env
from .sources import Part
from .value_files import Files

_VERSION = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)")
_NAME = re.compile(r"[^=,\s{}]+")


def chart(part: Part, files: Files, name: str, namespace: str, kubernetes: str | None) -> Chart:
    """The recipe of a chart in the files' folder; `name` is the Application's. Raises ProblemError."""
    helm = mapping(part.body, "helm")
    layers = [Values(file=path, origin=origin) for path, origin in files.values()]
    layers += _inline(part, helm)
    layers += _parameters(part, helm, files)
    release = text(helm, "releaseName") or name
    if release.startswith("-"):
        raise part.problem("failed", "the name of a release begins with a dash", "helm", "releaseName", remedy="correct it")
    return Chart(files.folder, release, text(helm, "namespace") or namespace, tuple(layers),
                 tuple(_flags(part, helm, kubernetes)), place=part.origin("path"))


def _inline(part: Part, helm: Map) -> Iterator[Values]:
    given = helm.get("valuesObject")
    if given is not None:
        if type(given) is not Map:
            raise part.problem("failed", "valuesObject is no mapping", "helm", "valuesObject", remedy="write `key: value` lines")
        yield Values(inline=given, origin=part.origin("helm", "valuesObject"))
        return
    written, origin = text(helm, "values"), part.origin("helm", "values")
    if not written:
        return
    try:
        documents = parse_embedded(written, origin or Origin("", 1, 1, exact=False)).load(
            Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError as error:
        raise part.problem("failed", f"the values are no YAML: {error.message}", "helm", "values",
                           remedy="correct them") from None
    value = documents[0] if documents else None
    if type(value) is Map:
        yield Values(inline=value, origin=origin)
    elif value is not None:
        raise part.problem("failed", "the values are no mapping", "helm", "values", remedy="write `key: value` lines")


def _parameters(part: Part, helm: Map, files: Files) -> Iterator[Values]:
    """Of two parameters with one name the later counts; those that stay texts come behind the others, files last."""
    plain: dict[str, Values] = {}
    strings: dict[str, Values] = {}
    for index, parameter in mappings(helm, "parameters"):
        name, origin = text(parameter, "name"), part.origin("helm", "parameters", index, "value")
        value = _cleaned(env.expand(_scalar(parameter.get("value")), files.variables))
        forced = flag(parameter, "forceString")
        (strings if forced else plain)[name] = Values(
            origin=origin or part.origin("helm", "parameters", index), target_path=name, text=value, as_string=forced)
    yield from (*plain.values(), *strings.values())
    for index, parameter in mappings(helm, "fileParameters"):
        keys: tuple[str | int, ...] = ("helm", "fileParameters", index)
        name = text(parameter, "name")
        if not _NAME.fullmatch(name):
            raise part.problem("failed", "the name of a file parameter is more than a path of keys", *keys, remedy="correct it")
        file = files.file(text(parameter, "path"), *keys, "path")
        yield Values(file=file, origin=part.origin(*keys, "path"), target_path=name)


def _scalar(value: Any) -> str:
    """The API server takes a text alone here; what is none is empty."""
    return value if isinstance(value, str) else ""


def _cleaned(value: str) -> str:
    """Commas are part of the value, but in a list (`{a,b}`) and where they are escaped already (`cleanSetParameters`)."""
    if value.startswith("{") and value.endswith("}"):
        return value
    return re.sub(r"(?<!\\),", r"\\,", value)


def _flags(part: Part, helm: Map, kubernetes: str | None) -> Iterator[str]:
    wanted = text(helm, "kubeVersion")
    if wanted:
        version = _VERSION.match(wanted)
        if version is None:
            raise part.problem("failed", "kubeVersion is no version", "helm", "kubeVersion", remedy="write one such as 1.34.0")
        yield f"--kube-version={version.group(1)}"
    elif kubernetes is not None:
        yield f"--kube-version={kubernetes}"
    yield from (f"--api-versions={version}" for version in items(helm, "apiVersions") if isinstance(version, str))
    if not flag(helm, "skipCrds"):
        yield "--include-crds"
    if flag(helm, "skipSchemaValidation"):
        yield "--skip-schema-validation"
    if flag(helm, "skipTests"):
        yield "--skip-tests"
