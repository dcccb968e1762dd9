"""A rule and its examples -> its page in markdown, as `policies explain` prints it and docs/policies.md holds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from . import data
from .errors import UsageError
from .examples import MANIFEST, Example, read_examples
from .metadata import Metadata
from .model import Rule
from .policy import PolicySet

_SCOPES = {
    "resource": "each Kubernetes object", "target": "all objects of a target together", "file": "files of the repository",
    "change": "what a change does to a target", "repository": "the repository as a whole",
    "admission": "each request to the cluster, and nothing in `check`", "conftest": "each Kubernetes object",
}
_LANGUAGES = {"yaml": "yaml", "yml": "yaml", "json": "json", "sh": "sh", "rego": "rego", "mk": "make"}


Words = Callable[[str], str]
"""What makes words of a policy's author Markdown."""


def page(rule: str, policies: PolicySet, words: Words = str) -> str:
    """The page of one rule; where its examples can't be read, it says so. Raises KeyError where there is no such rule.

    The words of a rule that is not built in go through `words`: they may be those of whoever wrote the repository under check.
    """
    examples = policies.examples.get(rule)
    ours = examples is not None and examples.is_relative_to(data.policies())
    return "\n".join(_page(policies.rules[rule], policies, level=1, words=str if ours else words)).rstrip() + "\n"


def all_pages(policies: PolicySet) -> str:
    """docs/policies.md: a table of every rule, then the page of each."""
    lines = ["# Rules", "", "Written by `make docs` from the policies; edit those.", ""]
    lines += ["| id | severity | what |", "|---|---|---|"]
    lines += [f"| [{rule.id}](#{_anchor(rule.id)}) | {_severity(rule)} | {_cell(rule.title)} |"
              for _id, rule in sorted(policies.rules.items())]
    for _id, rule in sorted(policies.rules.items()):
        lines += ["", *_page(rule, policies, level=2)]
    return "\n".join(lines).rstrip() + "\n"


def _page(rule: Rule, policies: PolicySet, level: int, words: Words = str) -> Iterator[str]:
    described = policies.described.get(rule.id)
    yield f"{'#' * level} {rule.id}"
    yield from ("", f"**{words(rule.title)}**", "")
    yield from (f"- Severity: {_severity(rule)}", *_facts(rule, described))
    if rule.description:
        yield from ("", words(rule.description))
    if rule.remedy:
        yield from ("", f"**Remedy.** {words(rule.remedy)}")
    if described is not None and described.parameters:
        yield from ("", f"{'#' * (level + 1)} Parameters", "", "| name | default |", "|---|---|")
        for name, value in described.parameters.items():
            yield f"| {words(f'`{name}`')} | {words('`' + _cell(json.dumps(value, ensure_ascii=False)) + '`')} |"
    try:
        examples = read_examples(policies.examples[rule.id]) if rule.id in policies.examples else []
    except UsageError as error:
        examples = []
        yield from ("", f"Its examples can't be read: {words(str(error))}")
    for good, title in ((False, "Bad"), (True, "Good")):
        chosen = [example for example in examples if example.good is good]
        if chosen:
            yield from ("", f"{'#' * (level + 1)} {title}")
        for example in chosen:
            yield from _example(example, words)
    if rule.references:
        yield from ("", f"{'#' * (level + 1)} References", "")
        yield from (f"- <{reference}>" if words is str else f"- {words(reference)}" for reference in rule.references)


def _facts(rule: Rule, described: Metadata | None) -> Iterator[str]:
    if rule.security_severity is not None:
        yield f"- Security severity: {rule.security_severity}"
    if described is not None:
        kinds = ": " + ", ".join(f"`{kind}`" for kind in described.kinds) if described.kinds else ""
        more = f", and {_SCOPES['change']}" if described.changes else ""
        yield f"- Judges: {_SCOPES[described.scope]}{kinds}{more}"
        if described.in_cluster:
            yield "- Can be enforced in the cluster" + (", too" if described.admission else "")
    if rule.replaces:
        yield f"- Takes the place of {', '.join(rule.replaces)} where both find the same"


def _example(example: Example, words: Words) -> Iterator[str]:
    notes = [words(example.title)] if example.title else []
    if example.environment != "production":
        notes.append(f"environment {example.environment}")
    if example.parameters:
        notes.append("with parameters " + words("`" + json.dumps(example.parameters, ensure_ascii=False) + "`"))
    if notes:
        yield from ("", "; ".join(notes) + ":")
    for path, before in example.base.items():
        yield from ("", words(f"`{path}`") + " before" if before is not None else "no " + words(f"`{path}`") + " before")
        if before is not None:
            yield from _text(path, before)
    for path, text in example.marked.items():
        if path != MANIFEST or len(example.marked) > 1 or example.base:
            yield from ("", words(f"`{path}`") + (" after" if example.base.get(path) is not None else ""))
        yield from _text(path, text)
    if example.live:
        yield from ("", "and in the cluster")
        yield from _text(MANIFEST, example.live)
    if example.base:
        gone = [words(f"`{path}`") for path in example.base if path not in example.marked]
        yield from (("", f"{', '.join(gone)} removed") if gone else ())


def _text(path: str, text: str) -> Iterator[str]:
    # A fence is longer than any in the text.
    fence = "```"
    while fence in text:
        fence += "`"
    yield from ("", fence + _language(path), *text.rstrip("\n").split("\n"), fence)


def _language(path: str) -> str:
    return _LANGUAGES.get(path.rpartition(".")[2], "")


def _severity(rule: Rule) -> str:
    if rule.severity is rule.elsewhere:
        return rule.severity.word
    return f"{rule.severity.word} in production, else {rule.elsewhere.word}"


def _anchor(rule_id: str) -> str:
    """The anchor that GitHub gives the heading."""
    return "".join(char for char in rule_id.lower() if char.isalnum() or char in "-_")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

