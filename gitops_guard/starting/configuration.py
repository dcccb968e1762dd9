"""A survey -> the text of a first `.gitops-guard.yaml`: what the repository itself says is written, the rest explained.

Nothing that is written turns a rule off or changes a severity: that is for people to decide, and a comment says how.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence

from ..report.escape import visible
from .survey import Survey, Told

_SHOWN = 5
_WIDTH = 118


def configuration(found: Survey) -> str:
    """The text; `config.load` accepts it."""
    parts = [
        _prose("What gitops-guard judges this repository by. Every key is optional, and what is not written stays at its "
               "default; an unknown key is an error. `gitops-guard policies list` has the rules."),
        _prose("The version whose schemas count. Without it that is the newest one known; name the one that your clusters run:")
        + _example('kubernetes-version: "1.34"'),
        _environments(found), _argocd(found), _flux(found), _elsewhere(found), _beside(found),
        _prose("A rule can be told more (`gitops-guard policies explain RULE` has its parameters), made more or less severe, or "
               "turned off:") + _example("rules:", "  images/missing-digest: {severity: warning}"),
        _prose("What is as it should be all the same needs a reason, and better a last day:")
        + _example("waivers:", "  - {rule: images/unpinned-tag, resource: Deployment/*/web, reason: follows the mirror, "
                               "expires: YYYY-MM-DD}"),
    ]
    return "\n".join(part for part in parts if part)


def _environments(found: Survey) -> str:
    named = {name: paths for name, paths in found.environments.items() if name}
    text = _prose("Environments decide how severe some findings are. Without this key, words in the path of a target, its "
                  "cluster or its owner tell them: prod, production, prd, live; staging, stage, stg, preprod, uat; dev, "
                  "development, test, qa, sandbox, preview.")
    if not named:
        return text + _prose("Here they say nothing, and findings count as outside production. If all of this is production:") + (
            _example("environments:", '  production: ["**"]'))
    text += _prose("Here they say:") + "".join(_item(f"{name}: {_some(paths)}") for name, paths in named.items())
    if "" in found.environments:
        text += _item(f"none: {_some(found.environments[''])}")
    lines = [line for name, paths in named.items()
             for line in (f"  {name}:", *(f"    - {_text(path)}" for path in paths[:_SHOWN]))]
    return text + _prose("Where that is wrong, write down all of them, since what stands here replaces the words:") + _example(
        "environments:", *lines)


def _argocd(found: Survey) -> str:
    options = sorted({told.value for told in found.options})
    why = "Which guards against deletion hold depends on the version of Argo CD. "
    if found.argocd:
        text = _prose(why + _says(found.argocd)) + f"argocd:\n  version: {_text(_oldest(found.argocd))}\n"
        if len(options) == 1:
            return text + _indented(_prose(f"What it builds with: {_places(found.options)}.")
                                    + f"kustomize-build-options: {_text(options[0])}\n")
    elif len(options) == 1:
        return (_prose(f"What Argo CD builds with: {_places(found.options)}.")
                + f"argocd:\n  kustomize-build-options: {_text(options[0])}\n")
    elif any(name.startswith("Argo CD") for name in found.controllers):
        text = _prose(why + "Without it the newest one known counts:") + _example('argocd: {version: "3.4"}')
    else:
        return ""
    if options:
        text += _indented(_prose("Installations build with different options, one of which can be written: "
                                 f"{_places(found.options)}.") + _example(f"kustomize-build-options: {_text(options[0])}"))
    return text


def _flux(found: Survey) -> str:
    if found.flux:
        return _prose("What Flux's objects mean depends on the version. " + _says(found.flux)) + (
            f"flux:\n  version: {_text(_oldest(found.flux))}\n")
    if any(name.startswith("Flux") for name in found.controllers):
        return _prose("The version of Flux; without it the newest one known counts. And values of ConfigMaps and Secrets that "
                      "are not in the repository, for substitutions:") + (
            _example('flux: {version: "2.9", variables: {CLUSTER_NAME: prod-1}}'))
    return ""


def _elsewhere(found: Survey) -> str:
    text = ""
    if found.foreign:
        text += _prose("What is deployed from other repositories is not known from here. Where clones of them lie beside this "
                       "one (or an address is one of this repository: then the path is `.`):") + _example(
            "repositories:", *(f"  {_text(url)}: ../{_last(url)}" for url in found.foreign[:_SHOWN]))
        if len(found.foreign) > _SHOWN:
            text += _prose(f"There are {len(found.foreign) - _SHOWN} more.")
    if found.unknown:
        text += _prose(f"Parts of targets that can't be known from here: {found.unknown}. `gitops-guard check` reports each as "
                       "render/unresolved.")
    return text


def _beside(found: Survey) -> str:
    """What is judged without any key here, because of what else is there."""
    text = (_prose("Secrets are kept here with") + "".join(map(_item, found.secrets))) if found.secrets else ""
    if found.codeowners:
        text += _prose(f"{found.codeowners} says who reviews what: bypass/unowned-path judges whether that covers production.")
    else:
        text += _prose("There is no CODEOWNERS: bypass/unowned-path asks for one where something is production.")
    if found.policies:
        text += _prose("Rego files lie in folders that could hold policies of your own. What they judge by becomes a rule:")
        text += _example("policies:", *(f"  - {_text(folder)}" for folder in found.policies))
    return text


def _says(told: Sequence[Told]) -> str:
    same = len({one.value for one in told}) == 1
    return f"This one is installed by {_places(told)}:" if same else f"This is the oldest of those that {_places(told)} install:"


def _oldest(told: Iterable[Told]) -> str:
    return min((one.value for one in told), key=lambda value: [int(part) for part in value.split(".")])


def _places(told: Sequence[Told]) -> str:
    return _some([f"{one.file}:{one.line}" for one in told])


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _prose(text: str) -> str:
    """A paragraph as comment lines."""
    return _example(*textwrap.wrap(visible(text), _WIDTH, break_long_words=False, break_on_hyphens=False))


def _example(*lines: str) -> str:
    """Lines as they are, commented out."""
    return "".join(f"# {visible(line)}\n" for line in lines)


def _item(text: str) -> str:
    """A paragraph that is set off from the one above."""
    return _example(*textwrap.wrap(visible(text), _WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False,
                                   break_on_hyphens=False))


def _indented(text: str) -> str:
    return textwrap.indent(text, "  ")


def _text(text: str) -> str:
    """A YAML scalar in double quotes: JSON in ASCII is one."""
    return json.dumps(text)


def _last(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2].rpartition(":")[2].removesuffix(".git") or "repository"
