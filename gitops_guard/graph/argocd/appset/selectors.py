"""Label selectors -> whether flat parameters or a cluster's labels fit.

Rules: apimachinery's `LabelSelectorAsSelector` and Argo CD's `applicationset/utils/selector.go`, which is the same without limits
on values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....model import FieldPath
from ....origin import Map, Seq
from ...fields import items, mapping
from .problem import SetError

_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_REMEDY = "write it as a Kubernetes label selector: matchLabels, matchExpressions"


@dataclass(frozen=True)
class _Requirement:
    key: str
    operator: str
    values: frozenset[str]

    def fits(self, labels: Mapping[str, Any]) -> bool:
        if self.operator == "Exists":
            return self.key in labels
        if self.operator == "DoesNotExist":
            return self.key not in labels
        if self.operator == "In":
            return self.key in labels and labels[self.key] in self.values
        return self.key not in labels or labels[self.key] not in self.values


@dataclass(frozen=True)
class Selector:
    """All its requirements must fit; one without any fits everything."""

    requirements: tuple[_Requirement, ...]

    def fits(self, labels: Mapping[str, Any]) -> bool:
        """Whether all requirements do."""
        return all(one.fits(labels) for one in self.requirements)


def read(value: Any, path: FieldPath, *, strict_values: bool) -> Selector:
    """A selector at `path`; with `strict_values`, values must be possible label values. Raises SetError for a wrong one."""
    if value is None:
        return Selector(())
    if type(value) is not Map:
        raise SetError("failed", "a selector must be a mapping", path, _REMEDY)
    found = []
    for key, wanted in mapping(value, "matchLabels").items():
        _check(key, (wanted,), (*path, "matchLabels", key), strict_values)
        found.append(_Requirement(key, "In", frozenset([wanted])))
    for index, one in enumerate(items(value, "matchExpressions")):
        found.append(_expression(one, (*path, "matchExpressions", index), strict_values))
    return Selector(tuple(found))


def _expression(one: Any, path: FieldPath, strict_values: bool) -> _Requirement:
    key, operator = (one.get("key"), one.get("operator")) if type(one) is Map else (None, None)
    if not isinstance(key, str) or operator not in _OPERATORS:
        raise SetError("failed", f"an expression needs a key and one of the operators {', '.join(_OPERATORS)}", path, _REMEDY)
    listed = one.get("values")
    values = tuple(listed) if type(listed) is Seq else ()
    if bool(values) is not (operator in ("In", "NotIn")):
        raise SetError("failed", "In and NotIn need values, the other operators take none", path, _REMEDY)
    _check(key, values, path, strict_values)
    return _Requirement(key, operator, frozenset(values))


def _check(key: str, values: tuple[Any, ...], path: FieldPath, strict_values: bool) -> None:
    prefix, slash, name = key.rpartition("/")
    wrong = "/" in prefix or (slash and (len(prefix) > 253 or not _PREFIX.fullmatch(prefix)))
    if wrong or len(name) > 63 or not _NAME.fullmatch(name):
        raise SetError("failed", "the selector's key is no label key", path, _REMEDY)
    for value in values:
        if not isinstance(value, str):
            raise SetError("failed", "the selector's values must be strings", path, "put them in quotes")
        if strict_values and value and (len(value) > 63 or not _NAME.fullmatch(value)):
            raise SetError("failed", "the selector's value is no label value", path, _REMEDY)
