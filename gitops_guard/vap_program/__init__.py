"""A folder of ValidatingAdmissionPolicies and requests -> what a real `kube-apiserver` says to each of them.

It runs over a real `etcd` on loopback, with everything that it writes in a private folder, and both are gone afterwards.
"""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import tool
from ..apiserver import Answer, Client, Identities, Programs, api_server, store
from ..bundle.verdict import Verdict
from ..cluster.refusal import told as words_of
from ..errors import ToolError
from ..interrupt import undoing
from ..verifying import Case
from .calls import Call, Kinds, UnaskableError, as_sent, call_of, fresh
from .enforce import enforce
from .kinds import definitions, establish
from .messages import Message, denial, warnings

_AT_ONCE = 4
_HOMES = {"etcd": "https://etcd.io/docs/latest/install/", "kube-apiserver": "https://kubernetes.io/releases/download/"}


@dataclass(frozen=True)
class Asked:
    """What became of a case."""

    case: Case
    """As it was asked."""
    verdict: Verdict | None = None
    """Lines of rule and message, one for each policy; what is recorded is a warning."""
    cut: frozenset[str] = frozenset()
    """Lines of which it told the beginning."""
    why: str = ""
    """Why it was not judged, if there is no verdict."""


def programs() -> Programs:
    """Their paths. Raises ToolError where one is missing."""
    return Programs(*(tool.needed(name, "--verify", f"install it: {home}", ToolError) for name, home in _HOMES.items()))


def answers(paths: Programs, documents: Sequence[Mapping[str, Any]], rules: Mapping[str, str], cases: Sequence[Case],
            plurals: Mapping[tuple[str, str], str]) -> list[Asked]:
    """What becomes of each case; `documents` are the policies and bindings, `rules` says of each policy which rule it is.

    `plurals` are those of custom kinds, as far as they are known. Raises ToolError where a program does not start, or does not
    take the documents.
    """
    with undoing(), tempfile.TemporaryDirectory(prefix="gitops-guard-apiserver-") as name, ExitStack() as running:
        folder = Path(name)
        below = running.enter_context(store(paths, folder))
        token = secrets.token_urlsafe(32)
        who = Identities(f'{token},gitops-guard,1,"system:masters"\n', token)
        front = running.enter_context(api_server(below, who))
        bodies = [side for case in cases for side in _sides(case)]
        establish(front, definitions(bodies, front.served(), plurals))
        kinds = front.served()
        sent = [_sent(case, kinds) for case in cases]
        for namespace in sorted({str(case.review["request"].get("namespace") or "default") for case in cases}):
            front.request("POST", "/api/v1/namespaces", _namespace(namespace))  # else its objects are refused, which is told
        back = (running.enter_context(api_server(below, who, without=["ValidatingAdmissionPolicy"], name="unguarded"))
                if any(call is not None and not case.creates for case, call, _why in sent) else front)
        enforce(front, documents)
        answered = _answered(front, back, sent)
        refusing = {document["spec"]["policyName"] for document in documents
                    if "Deny" in document["spec"].get("validationActions", ())}
        return [_asked(case, answer, rules, refusing) for (case, _call, _why), answer in zip(sent, answered, strict=True)]


Sent = tuple[Case, Call | None, str]
"""A case as it is asked; the request, or why there is none."""


def _sent(case: Case, kinds: Kinds) -> Sent:
    try:
        asked = as_sent(case, kinds)
        return asked, call_of(asked.review["request"], kinds), ""
    except UnaskableError as error:
        return case, None, str(error)


def _answered(front: Client, back: Client, sent: Sequence[Sent]) -> list[Answer | str]:
    """The answer to each, or why there is none. Creations are dry runs, some at a time; requests change what is there."""
    found: dict[int, Answer | str] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        creations = [(number, call) for number, (case, call, _why) in enumerate(sent) if case.creates and call is not None]
        found.update(zip(dict(creations), pool.map(lambda one: _ask(front, one[1]), creations), strict=True))
    for number, (_case, call, why) in enumerate(sent):
        if number not in found:
            found[number] = why if call is None else _in_its_place(front, back, call)
    return [found[number] for number in range(len(sent))]


def _in_its_place(front: Client, back: Client, call: Call) -> Answer | str:
    """Ask with what has to be there before, and leave nothing behind. No policy is asked about either."""
    if call.before is None:
        with _removed(back, call) as made:
            answer = _ask(front, call)
            made.append(answer)
            return answer
    there = back.request("POST", call.collection, call.before)
    if not there.ok:
        return f"what it changes is refused without any policy: {_words(there)}"
    with _removed(back, call) as made:
        made.append(there)
        return _ask(front, call, there.body["metadata"]["resourceVersion"])


@contextmanager
def _removed(back: Client, call: Call) -> Iterator[list[Answer]]:
    """Delete afterwards what the answers have made."""
    made: list[Answer] = []
    try:
        yield made
    finally:
        for answer in made:
            if answer.ok and isinstance(answer.body, dict) and answer.body.get("metadata", {}).get("name"):
                at = f"{call.collection}/{answer.body['metadata']['name']}"
                back.request("PATCH", at, {"metadata": {"finalizers": None}}, content_type="application/merge-patch+json")
                back.request("DELETE", at, {"gracePeriodSeconds": 0, "propagationPolicy": "Background"})


def _ask(front: Client, call: Call, version: str = "") -> Answer:
    """The answer; `version` is the resourceVersion of what is replaced."""
    body: Any = call.body
    if call.method == "PUT" and body is not None:
        body = fresh(body, call.name)
        if body.get("kind") != "Scale":
            body["metadata"]["resourceVersion"] = version
    at = call.collection if call.method == "POST" else call.place + (f"/{call.subresource}" if call.subresource else "")
    # What it says of unknown fields would take the place of what policies say.
    query = {**({"fieldValidation": "Ignore"} if body is not None else {}), **({"dryRun": "All"} if call.dry else {})}
    return front.request(call.method, at, body, query=query, headers=call.login)


def _asked(case: Case, answer: Answer | str, rules: Mapping[str, str], refusing: Container[str]) -> Asked:
    """What the answer says; policies that are `refusing` let nothing through that they speak of."""
    if isinstance(answer, str):
        return Asked(case, why=answer)
    refused = denial(answer)
    exists = answer.status == 409 and case.review["request"]["operation"] == "CREATE"  # asked after the policies were
    if not (answer.ok or refused or exists):
        return Asked(case, why=f"refused before any policy is asked: {_words(answer)}")
    told = [*warnings(answer), *([refused] if refused else [])]
    lines = {wanted: {_line(case, rules, one) for one in told if (one.policy in refusing or one is refused) is wanted}
             for wanted in (True, False)}
    if lines[True] and not refused:
        lines[True].add("the request was let through all the same")
    return Asked(case, Verdict(tuple(sorted(lines[True])), tuple(sorted(lines[False]))),
                 frozenset(_line(case, rules, one) for one in told if one.cut))


def _line(case: Case, rules: Mapping[str, str], said: Message) -> str:
    """Rule and message; a name that the API server makes up is left as far as it was given."""
    made = next((side["metadata"]["generateName"] for side in _sides(case)
                 if isinstance(side.get("metadata"), Mapping) and side["metadata"].get("generateName")), "")
    text = re.sub(rf"{re.escape(made)}[a-z0-9]{{5}}\b", made, said.text) if made else said.text
    return f"{rules.get(said.policy, said.policy)}: {text}"


def _words(answer: Answer) -> str:
    return words_of(answer.status, answer.body if isinstance(answer.body, dict) else {})


def _sides(case: Case) -> Iterator[Mapping[str, Any]]:
    request = case.review["request"]
    yield from (side for side in (request.get("object"), request.get("oldObject")) if isinstance(side, Mapping))


def _namespace(name: str) -> Mapping[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}

