"""Differences -> the words of a finding: the field as a person reads it, and values that may be shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from ..cover import MASK
from ..delta import ABSENT
from ..model import FieldPath
from ..origin import label as label_of
from .managers import Role
from .written import Entry

Secret = Callable[[str], bool]
"""Whether a text is, or holds, a value that must not be shown."""

_LONGEST = 120
_DEEPEST = 40
_TELLING = re.compile(r"(?i)passw|pwd|passphrase|token|secret|credential|(api|access|private)[_-]?key|auth$|dsn$|cookie")
_HARMLESS = frozenset({"secretName", "secretRef", "secretKeyRef", "serviceAccountToken", "automountServiceAccountToken",
                       "imagePullSecrets", "secret", "secrets", "tokenReview"})
"""Fields of Kubernetes that speak of secrets and hold none."""
_GIVEN = re.compile(r"(?i)(passw|pwd|token|secret|credential|key)[\w-]*[=: ]+\S|://[^\s/]*:[^\s/]*@|-----BEGIN|\bbearer ")


def field_label(path: FieldPath, body: Any) -> str:
    """A path as a person reads it, items of lists by their names: `spec.containers[web].image`."""
    text = ""
    for step in path:
        inner = None
        if isinstance(body, list) and isinstance(step, int):
            inner = body[step] if step < len(body) else None
            text += f"[{label_of(inner) if isinstance(inner, dict) and label_of(inner) else step}]"
        else:
            inner = body.get(step) if isinstance(body, dict) else None
            word = str(step)
            text += f"[{word}]" if "." in word or "/" in word else f".{word}" if text else word
        body = inner
    return text


def is_telling(path: FieldPath, body: Any, kind: str) -> bool:
    """Whether the value at a path must be hidden for the place it has: in a Secret, or below a name such as `password`."""
    if kind == "Secret" and path[:1] in (("data",), ("stringData",)):
        return True
    for step in path:
        if isinstance(step, str) and step not in _HARMLESS and _TELLING.search(step):
            return True
        if isinstance(body, list) and isinstance(step, int):
            body = body[step] if step < len(body) else None
        else:
            body = body.get(step) if isinstance(body, dict) else None
        if isinstance(body, dict) and "value" in body and _TELLING.search(str(body.get("name", ""))):
            return True
    return False


def shown(git: Any, live: Any, *, hide: bool, secret: Secret) -> tuple[str | None, str | None]:
    """Both values as texts, None for what is not there. Hidden ones keep their equality: `*** (a)` and `*** (b)`."""
    texts = [None if value is ABSENT else _text(value) for value in (git, live)]
    if hide or any(text is not None and (secret(text) or _GIVEN.search(text)) for text in texts):
        return (None if texts[0] is None else f"{MASK} (a)",
                None if texts[1] is None else f"{MASK} (a)" if texts[0] == texts[1] else f"{MASK} (b)")
    return _short(texts[0]), _short(texts[1])


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else f"{text[:_LONGEST - 1]}…"


def _text(value: Any) -> str:
    return json.dumps(_plain(value, _DEEPEST), ensure_ascii=False, sort_keys=True, default=str)


def _plain(value: Any, depth: int) -> Any:
    """A value whose parts are masked by the names they have."""
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        named = _TELLING.search(str(value.get("name", ""))) is not None
        return {key: MASK if isinstance(item, str) and key not in _HARMLESS and (_TELLING.search(str(key)) or (
                    named and key == "value")) else _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth - 1) for item in value]
    return value


_COMMANDS = {"kubectl-client-side-apply": "kubectl apply", "kubectl-edit": "kubectl edit", "kubectl-patch": "kubectl patch",
             "kubectl-label": "kubectl label", "kubectl-annotate": "kubectl annotate", "kubectl-set": "kubectl set",
             "kubectl-rollout": "kubectl rollout", "kubectl-replace": "kubectl replace", "kubectl-create": "kubectl create",
             "Mozilla": "a browser", "helm": "the Helm command line", "argocd-server": "Argo CD's own interface"}


def writer(entry: Entry, role: Role | None) -> str:
    """Who wrote something, and when it last did: `kubectl-edit (kubectl edit)`."""
    known = "kubectl scale" if (entry.manager, entry.subresource) == ("kubectl", "scale") else _COMMANDS.get(entry.manager)
    name = f"{entry.manager} ({known})" if known else entry.manager
    active = f"{name}, last active {entry.time}" if entry.time else name
    return f"{active}, which is no controller that this repository names" if role is Role.CLIENT else active


def listed(labels: Sequence[str], most: int = 6) -> str:
    """Field labels by comma, at most so many."""
    rest = len(labels) - most
    return ", ".join(labels[:most]) + (f" and {rest} more" if rest > 0 else "")
