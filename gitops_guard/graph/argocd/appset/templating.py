"""Templates and parameters -> texts and data, with the place of every value.

Rules: Argo CD's `applicationset/utils/utils.go` (`Replace`, `deeplyReplace`): each string is a template of its own, keys too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ....gotemplate import GoTemplateError, TemplateError, fast, render
from ....model import FieldPath
from ....origin import Map, Origin, Seq
from ...fields import flag, items
from .problem import Budget, SetError
from .yaml_text import FUNCTIONS

_COST = 200
"""Of a template, beside its length."""
_MAX_DEPTH = 100
_GO_TAG = re.compile(r"\{\{-?\s*\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*-?\}\}")
_FAST_TAG = re.compile(r"\{\{([^{}]+)\}\}")
_OPTIONS = {f"missingkey={word}": word for word in ("default", "invalid", "zero", "error")}
_REMEDIES = {
    "failed": "correct the template; nothing is generated while one fails",
    "unresolved": "what it makes is different each time, or unknown here; write the value out",
}


class Templating:
    """How the templates of one ApplicationSet are rendered."""

    def __init__(self, body: Map, budget: Budget) -> None:
        """`body` is the ApplicationSet. Raises SetError for options that Go doesn't know."""
        self.go = flag(body, "spec", "goTemplate")
        self.budget = budget
        self.missing_key = "default"
        for index, option in enumerate(items(body, "spec", "goTemplateOptions") if self.go else ()):
            if option not in _OPTIONS:
                raise SetError("failed", "Go's templates have no such option", ("spec", "goTemplateOptions", index),
                               'write "missingkey=error", or leave it out')
            self.missing_key = _OPTIONS[option]

    def text(self, template: str, params: Map, path: FieldPath) -> str:
        """A template's text. Raises SetError at `path`."""
        if "{{" not in template:
            return template
        self.budget.spend(len(template) + _COST, path)
        try:
            out = self._rendered(template, params, self.missing_key)
        except GoTemplateError as error:
            status = "failed" if isinstance(error, TemplateError) else "unresolved"
            line = error.line if "\n" in template else 0
            raise SetError(status, f"the template: {error.message}", path, _REMEDIES[status], line) from None
        self.budget.spend(len(out), path)
        return out

    def _rendered(self, template: str, params: Map, missing_key: str) -> str:
        if self.go:
            return render(template, params, missing_key=missing_key, functions=FUNCTIONS)
        return fast.render(template, params)

    def early(self, template: str, params: Map, path: FieldPath) -> str:
        """A generator's own value, in a matrix: what its sibling's parameters don't know waits for the generator's own."""
        if "{{" not in template:
            return template
        self.budget.spend(len(template) + _COST, path)
        try:
            return self._rendered(template, params, "error")
        except TemplateError as error:
            if "map has no entry for key" in error.message or "can't evaluate field" in error.message:
                return template
            raise SetError("failed", f"the template: {error.message}", path, _REMEDIES["failed"]) from None
        except GoTemplateError as error:
            raise SetError("unresolved", f"the template: {error.message}", path, _REMEDIES["unresolved"]) from None

    def deep(self, value: Any, params: Map, where: Callable[[FieldPath], FieldPath], path: FieldPath = (), *,
             generator: bool = False) -> Any:
        """A copy with every string rendered; nulls in mappings go. `where` turns a path in it into one in the ApplicationSet.

        With `generator`, its `values` are rendered `early`.
        """
        if len(path) > _MAX_DEPTH:
            raise SetError("failed", "the template is nested too deeply", where(path[:1]))
        if isinstance(value, str):
            return self.text(value, params, where(path))
        if type(value) is Map:
            made = Map()
            for key, item in value.items():
                if item is None:
                    continue
                new = self.text(key, params, where((*path, key)))
                if generator and key == "values" and path and path[-1] in _WITH_VALUES and type(item) is Map:
                    done: Any = Map([(name, self.early(one, params, where((*path, key, name))) if isinstance(one, str) else one)
                                     for name, one in item.items()], item.at.copy())
                else:
                    done = self.deep(item, params, where, (*path, key), generator=generator)
                made.put(new, done, self.origin(item, params) or _moved(value.at.get(key), item, done))
            return made
        if type(value) is Seq:
            made_list = Seq()
            for index, item in enumerate(value):
                done = self.deep(item, params, where, (*path, index), generator=generator)
                made_list.add(done, self.origin(item, params) or _moved(value.at[index], item, done))
            return made_list
        return value

    def origin(self, template: Any, params: Map) -> Origin | None:
        """The place of the parameter that a template copies whole; None for any other template."""
        if not isinstance(template, str) or "{{" not in template:
            return None
        tag = (_GO_TAG if self.go else _FAST_TAG).fullmatch(template)
        if tag is None:
            return None
        node: Any = params
        *folders, last = tag.group(1).split(".") if self.go else [tag.group(1).strip()]
        for name in folders:
            node = node.get(name) if isinstance(node, Map) else None
        return node.at.get(last) if isinstance(node, Map) and isinstance(node.get(last), str) else None


def _moved(at: Origin | None, before: Any, after: Any) -> Origin | None:
    """The place of a rendered text: where its lines are no longer those of the file, only its beginning is known."""
    if at is not None and at.block and isinstance(before, str) and before.count("\n") != after.count("\n"):
        return at._replace(block=0)
    return at


_WITH_VALUES = frozenset(["clusters", "git", "clusterDecisionResource", "pullRequest", "scmProvider", "plugin"])
