"""Requests to an API server -> parsed answers; what fails for a moment is asked again, a failure tells no values of fields."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .refusal import told

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_PASSING = frozenset({429, 500, 502, 503, 504})
"""Overload, an election, a backend that restarts: the same request may succeed a moment later."""
_OF_ITS_OWN = frozenset({500})
"""For an apply: a webhook that fails, a value that has no place in its type. They would fail as slowly again."""
_WAIT_AT_MOST = 10.0
_PROBE = 5.0


@dataclass(frozen=True)
class Patience:
    """How long a cluster is waited for, in seconds."""

    connect: float = 10.0
    answer: float = 60.0
    """Without any byte of it."""
    attempts: int = 4
    pause: float = 0.5
    """Before the second attempt; twice as long before each further one."""
    whole: float = 600.0
    """For all that is asked of one cluster."""


class RefusedError(Exception):
    """The API server answered, and not with what was asked for; the message holds no value of a field."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class SilentError(Exception):
    """There was no answer: nobody listens, no trust, too late."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Connection:
    """A way to one API server; several threads may use it at once."""

    client: ApiClient
    patience: Patience = Patience()
    _end: float = field(init=False)
    _gone: str = field(default="", init=False)
    """Why nothing is asked any more."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.patience.whole

    def get(self, path: str, query: Mapping[str, str] | None = None, accept: str = "application/json") -> Any:
        """What a path answers. Raises RefusedError or SilentError."""
        return self._asked("GET", path, query, {"Accept": accept}, None)

    def apply(self, path: str, body: Mapping[str, Any], manager: str) -> Any:
        """What a server-side apply would come to; nothing is kept. Raises RefusedError or SilentError."""
        query = {"dryRun": "All", "fieldManager": manager, "force": "true"}
        headers = {"Accept": "application/json", "Content-Type": "application/apply-patch+yaml"}
        return self._asked("PATCH", path, query, headers, json.dumps(body).encode())

    def close(self) -> None:
        """Let go of the sockets."""
        self.client.rest_client.pool_manager.clear()

    def _asked(self, method: str, path: str, query: Mapping[str, str] | None, headers: Mapping[str, str],
               body: bytes | None) -> Any:
        if self._gone:
            raise SilentError(f"not asked: {self._gone}")
        try:
            return self._until_answered(method, path, query, headers, body)
        except SilentError as error:
            if not self._alive():
                self._gone = f"{error.reason} before"
            raise

    def _alive(self) -> bool:
        """Whether anything answers at all, however it does: else each further question would be waited for as long."""
        if time.monotonic() > self._end:
            return False
        try:
            self._once("GET", self.client.configuration.host + "/version", self._headers({}), None, _PROBE)
        except SilentError:
            return False
        return True

    def _until_answered(self, method: str, path: str, query: Mapping[str, str] | None, headers: Mapping[str, str],
                        body: bytes | None) -> Any:
        url = self.client.configuration.host + path + (f"?{urlencode(query)}" if query else "")
        passing = _PASSING if method == "GET" else _PASSING - _OF_ITS_OWN
        pause = self.patience.pause
        for left in range(self.patience.attempts - 1, -1, -1):
            if time.monotonic() > self._end:
                raise SilentError(f"the cluster took longer than {self.patience.whole:g} s in all")
            try:
                status, data, after = self._once(method, url, self._headers(headers), body, self.patience.answer)
            except SilentError:
                if not left:
                    raise
                after = 0.0
            else:
                if 200 <= status < 300:
                    return _parsed(data)
                if status not in passing or not left:
                    raise RefusedError(status, told(status, _status(data)))
            time.sleep(min(max(pause, after), _WAIT_AT_MOST))
            pause *= 2
        raise SilentError("not asked")  # attempts < 1

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes | None,
              seconds: float) -> tuple[int, bytes, float]:
        """Status, body, and how many seconds the server wants us to wait. Raises SilentError."""
        import urllib3  # noqa: PLC0415 (it comes with the package kubernetes)

        limit = urllib3.Timeout(connect=min(self.patience.connect, seconds), read=seconds)
        try:
            # A redirect would take the token to whoever is named there.
            got = self.client.rest_client.pool_manager.request(
                method, url, body=body, headers=headers, timeout=limit, retries=False, redirect=False)
            return got.status, got.data, _seconds(got.headers.get("Retry-After"))
        except urllib3.exceptions.SSLError:
            raise SilentError("the API server's certificate is not trusted, or it wants another one of ours") from None
        except urllib3.exceptions.NewConnectionError:
            raise SilentError("nobody answers at the address of the API server") from None
        except urllib3.exceptions.TimeoutError:
            raise SilentError("the API server gave no answer in time") from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SilentError(f"the connection to the API server broke ({type(error).__name__})") from None

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """With the login; a token is looked at each time, since it may have been renewed."""
        found = {"User-Agent": "gitops-guard", **headers}
        with self._lock:
            settings = self.client.configuration.auth_settings()
        login = settings.get("BearerToken")
        if login is not None and login["value"]:
            found["Authorization"] = login["value"]
        return found


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise SilentError("the API server's answer is no JSON: cut off, or from something between") from None


def _seconds(header: str | None) -> float:
    return float(header) if header is not None and header.isdigit() else 0.0


def _status(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("message", ""), str) else {}
