"""Requests to OPA's REST API, through opa-python-client; the only module that knows it.

The client takes what a server says at its word: an undefined value, a redirect, a page of a proxy. Here every answer is looked
at before the client sees it, so that what is no answer of OPA ends the run. Nothing is read from the environment: neither
proxies nor .netrc, which would replace the token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from opa_client import OpaClient
from opa_client.errors import DeleteDataError, DeletePolicyError, RegoParseError

from ...deadline import within
from ...errors import ToolError
from ..engine import masked

_STRICT = "strict-builtin-errors=true"
_EVALUATION = "error(s) occurred while evaluating query"
_GONE = "resource_not_found"
_CONFLICTS = {"rule": "rules must not produce multiple outputs",
              "complete rules": "rules must not produce multiple outputs",
              "function": "functions must not produce multiple outputs for same inputs",
              "object keys": "object keys must be unique"}
_PLAIN = ("divide by zero", "modulo by zero", "modulo on floating-point number", "negative offset")
"""What both engines say, and what holds no value."""
_LONGEST = 300
_GRACE = 1.0
"""What an answer may take longer than the wait for its first byte."""


@dataclass(frozen=True)
class Link:
    """Where an OPA answers, and how to talk to it."""

    url: str
    """Without the API's version; its path is kept."""
    token: str = field(default="", repr=False)
    ca_file: str = ""
    """Certificates to trust, in place of those of public authorities."""

    @property
    def name(self) -> str:
        """For messages."""
        return f"the OPA at {self.url}"


@dataclass(frozen=True)
class Place:
    """An error of OPA's: in which policy, on which line."""

    message: str
    policy: str = ""
    """What OPA calls it."""
    line: int = 0


class RefusedError(Exception):
    """OPA does not take a policy, or what is in the way of one."""

    def __init__(self, places: Sequence[Place]) -> None:
        """`places` are never none."""
        super().__init__(places[0].message)
        self.places = places


class EvaluationError(Exception):
    """OPA could not evaluate what it was asked; the message holds no value of the input."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.message)
        self.place = place


class LateError(Exception):
    """There was no answer in time."""


class Client(OpaClient):  # type: ignore[misc]
    """A session with one OPA. What no OPA would answer, and what it refuses to whoever asks, is a ToolError."""

    def __init__(self, link: Link, timeout: float, *, retries: int = 1) -> None:
        """`timeout`, in seconds, is that of one answer; `retries` are for connections that can't be made."""
        parts = urlsplit(link.url)
        secure = parts.scheme == "https"
        self._link = link
        super().__init__(parts.hostname or "", parts.port or (443 if secure else 80), ssl=secure and (link.ca_file or True),
                         token=link.token or None, retries=retries, timeout=timeout)
        self.root_url = f"{link.url.rstrip('/')}/{self.version}"

    def _init_session(self) -> requests.Session:
        session: requests.Session = super()._init_session()
        session.trust_env = False
        session.max_redirects = 0
        session.hooks["response"].append(self._look)
        return session

    def put_policy(self, name: str, text: str) -> None:
        """Load a policy. Raises RefusedError where it is none, LateError and ToolError."""
        try:
            self._limited(self.update_policy_from_string, text, quote(name, safe=""), rego_compat=False)
        except RegoParseError as error:
            raise RefusedError(_places(error.message, error.errors)) from None

    def put_data(self, path: str, value: Mapping[str, Any]) -> None:
        """Write a document; `path` is of plain names. Raises RefusedError, LateError and ToolError."""
        try:
            self._limited(self.update_or_create_data, value, path)
        except RegoParseError as error:
            raise RefusedError(_places(error.message, error.errors)) from None

    def remove_policy(self, name: str) -> None:
        """Remove a policy, if it is there. Raises ToolError where that fails, LateError."""
        try:
            self._limited(self.delete_policy, quote(name, safe=""))
        except DeletePolicyError as error:
            if error.expression != _GONE:
                raise ToolError(f"{self._link.name} does not remove the policy {name}: {error.message}") from None

    def remove_data(self, path: str) -> None:
        """Remove a document, if it is there. Raises ToolError where that fails, LateError."""
        try:
            self._limited(self.delete_data, path)
        except DeleteDataError as error:
            if error.expression != _GONE:
                raise ToolError(f"{self._link.name} does not remove the data at {path}: {error.message}") from None

    def ask(self, path: str, text: str) -> Any:
        """The value of a rule (`a/b/c`) for an input, given as JSON. Builtins are strict.

        Raises EvaluationError where a policy fails, LateError, and ToolError also where the rule has no value.
        """
        url = f"{self.root_url}/data/{path}?{_STRICT}"
        answer = self._limited(self._session.post, url, data=b'{"input":%s}' % text.encode(),
                               headers={"Content-Type": "application/json"}, timeout=self.timeout)
        said = answer.json()
        if said.get("message") == _EVALUATION:
            raise EvaluationError(_places(said["message"], said.get("errors"))[0])
        if answer.status_code != requests.codes.ok:
            raise ToolError(f"{self._link.name} does not answer (status {answer.status_code}): {self._told(said.get('message'))}")
        if "result" not in said:
            raise ToolError(f"{self._link.name} has no value for {path}: it does not hold the policies of this run (any more)")
        return said["result"]

    def _limited(self, call: Any, *arguments: Any, **options: Any) -> Any:
        """Call; what goes wrong on the way is an error of ours. A server that drips does not hold us up either."""
        try:
            with within(self.timeout + _GRACE, LateError()):
                return call(*arguments, **options)
        except requests.exceptions.Timeout:
            raise LateError from None
        except requests.exceptions.SSLError as error:
            why = f"{_reason(error)}; name its authority with --opa-ca-file"
            raise ToolError(f"{self._link.name} can't be trusted: {why}") from None
        except requests.exceptions.RequestException as error:
            raise ToolError(f"{self._link.name} can't be reached: {_reason(error)}") from None

    def _look(self, answer: requests.Response, *_arguments: Any, **_options: Any) -> None:
        """A hook: what every answer must be, before anybody believes it."""
        code, body = answer.status_code, answer.content  # read, the connection is free again, whatever is raised
        if answer.is_redirect or 300 <= code < 400:
            raise ToolError(f"{self._link.name} sends us elsewhere (status {code}); give the address that answers itself")
        if code in (requests.codes.unauthorized, requests.codes.forbidden):
            what = "the token" if self._link.token else "who has no token: set GITOPS_GUARD_OPA_TOKEN"
            raise ToolError(f"{self._link.name} refuses {what} (status {code})")
        if code == requests.codes.no_content:
            return
        try:
            said = json.loads(body)
        except ValueError:
            raise ToolError(f"{self._link.name} is no OPA, or something answers for it: status {code} without JSON") from None
        fine = code == requests.codes.ok or "code" in said if isinstance(said, dict) else False
        if not fine:
            raise ToolError(f"{self._link.name} is no OPA: its answer (status {code}) has another form")
        if code >= 500 and said.get("message") != _EVALUATION:
            raise ToolError(f"{self._link.name} failed with status {code}: {self._told(said.get('message'))}")

    def _told(self, message: Any) -> str:
        text = masked(str(message))
        return text.replace(self._link.token, "…") if self._link.token else text


def _places(message: Any, errors: Any) -> list[Place]:
    """What the body of an error says; the message of the whole where it names no place."""
    found = []
    for entry in errors if isinstance(errors, list) else ():
        if isinstance(entry, dict):
            where = entry.get("location") or {}
            found.append(Place(worded(str(entry.get("code")), str(entry.get("message"))), str(where.get("file", "")),
                               int(where.get("row", 0))))
    return found or [Place(masked(str(message)))]


def worded(code: str, message: str) -> str:
    """An error of OPA's without values of the input; in the words of the embedded engine where both have the same."""
    message = " ".join(message.split())
    name, _colon, detail = message.partition(": ")
    if code == "eval_conflict_error":
        return next((ours for word, ours in _CONFLICTS.items() if message.startswith(word)), masked(message))
    if code == "eval_builtin_error":
        return detail if detail in _PLAIN else f"`{name}` refuses what it is given"
    return message[:_LONGEST] if code == "eval_type_error" else masked(message)[:_LONGEST]


def _reason(error: BaseException) -> str:
    """What the system says, somewhere inside the exceptions of three libraries."""
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        told = getattr(one, "verify_message", None) or getattr(one, "strerror", None)
        if isinstance(told, str):
            return told
        inside = (getattr(one, "reason", None), one.__cause__, *getattr(one, "args", ()))
        waiting += [other for other in inside if isinstance(other, BaseException)]
    return "the connection broke" if isinstance(error, requests.exceptions.ConnectionError) else type(error).__name__
