"""A kind -> all its objects, page by page, in one namespace or in all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .connection import Connection, RefusedError, SilentError
from .discovery import Place

PAGE = "500"
_ANEW = 3
"""How often a list is begun again whose pages have expired: it changes faster than it is read."""


def pages(connection: Connection, place: Place, namespace: str = "") -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The objects as the API server has them, each with apiVersion and kind: how often the list began anew, and a page.

    It begins anew after pages that have expired (410): what was read before may be gone. Raises RefusedError or SilentError.
    """
    begun, token = 0, ""
    while True:
        try:
            answer = connection.get(place.path(namespace), {"limit": PAGE, **({"continue": token} if token else {})})
        except RefusedError as error:
            if error.status != 410 or begun >= _ANEW:
                raise
            begun, token = begun + 1, ""
            continue
        if not isinstance(answer, dict) or not str(answer.get("kind", "")).endswith("List"):
            raise SilentError("the API server's answer is no list")
        kind, version = answer["kind"].removesuffix("List"), answer.get("apiVersion")
        yield begun, [{"apiVersion": version, "kind": kind, **item} for item in answer.get("items") or ()]
        token = (answer.get("metadata") or {}).get("continue") or ""
        if not token:
            return
