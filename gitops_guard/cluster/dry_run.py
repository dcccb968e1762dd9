"""What Git states and the cluster holds -> what the controller's own apply would make of it, as the API server says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..live import Identity, Prediction, Want
from .connection import Connection, RefusedError, SilentError
from .discovery import Place

_AT_ONCE = 8
_GRANTS = "rbac.authorization.k8s.io"
"""Whoever writes a role, or tries to, must have every right in it: an account for that could do anything. No field of it has a
default, so that reading it tells as much."""


def predict(connection: Connection, stated: Sequence[tuple[Identity, Place, Want]]) -> Mapping[Identity, Prediction]:
    """One prediction for each object; what refuses the dry run, or does not answer, is in it.

    It is asked as the controller that would apply it: under another name a field that left Git would not be seen to go.
    """
    asked = [item for item in stated if item[0].group != _GRANTS]
    with ThreadPoolExecutor(_AT_ONCE, "dry-run") as pool:
        found = list(pool.map(lambda item: _one(connection, *item), asked))
    return dict(zip((key for key, _place, _want in asked), found, strict=True))


def _one(connection: Connection, key: Identity, place: Place, want: Want) -> Prediction:
    try:
        return Prediction(connection.apply(place.path(key.namespace, key.name), want.body, want.manager))
    except (RefusedError, SilentError) as error:
        return Prediction(error=error.reason)
