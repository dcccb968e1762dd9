"""A rule's id -> the three files that a new policy begins with: it judges something, and its test and examples hold at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..errors import UsageError
from . import scopes

_ID = re.compile(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")
_KIND = re.compile(r"([a-z0-9.-]*/)?[A-Z][A-Za-z0-9]*")
_KEYWORDS = frozenset({"as", "contains", "data", "default", "else", "every", "false", "if", "import", "in", "input", "not",
                       "null", "package", "some", "true", "with"})
"""Words that can't be part of a package: https://www.openpolicyagent.org/docs/latest/policy-reference/#reserved-names"""
_TAKEN = {
    "lib": "that folder is for libraries",
    "conftest": "such ids are those of Conftest's packages",
    **dict.fromkeys(("render", "source", "engine", "waiver"), "rules of that category always run, whatever is selected"),
}

SCOPES = scopes.SCOPES


def files(rule: str, scope: str, kinds: Sequence[str] = ()) -> Mapping[str, str]:
    """Path inside the folder of policies -> text. Raises UsageError where the id or a kind is none."""
    match = _ID.fullmatch(rule)
    if match is None:
        raise UsageError(f"{rule!r} is no id of a rule: write CATEGORY/NAME in small letters, digits and dashes, "
                         "such as house/owner-label")
    category, name = match[1], match[2]
    if category in _TAKEN:
        raise UsageError(f"{rule!r}: choose another category than {category}: {_TAKEN[category]}")
    if name.endswith("-test"):
        raise UsageError(f"{rule!r}: choose another name: a file that ends in _test.rego holds tests")
    for word in (category, name):
        if word in _KEYWORDS:
            raise UsageError(f"{rule!r}: choose another word than {word}: Rego reserves it")
    if kinds and scope != "resource":
        raise UsageError(f"--kinds is for scope resource; a policy of scope {scope} sees everything")
    for kind in kinds:
        if _KIND.fullmatch(kind) is None:
            raise UsageError(f"--kinds: {kind!r} is no kind: write Kind or group/Kind, such as Deployment or batch/CronJob")
    package = f"{category}.{name}".replace("-", "_")
    stem = f"{category}/{name}".replace("-", "_")
    title = name.replace("-", " ").capitalize()
    own = {"@PACKAGE@": package, "@NAME@": name.replace("-", "_"), "@TITLE@": title}
    found = {}
    for suffix, text in scopes.texts(scope, kinds).items():
        for mark, word in own.items():
            text = text.replace(mark, word)  # noqa: PLW2901 (one after the other)
        found[f"{stem}{suffix}"] = text
    return found
