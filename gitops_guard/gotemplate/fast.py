"""Replaces `{{tag}}` as Argo CD does without goTemplate: enters a text and flat parameters, leaves a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import TemplateError

_TEMPLATED = re.compile(r"\{\{[^\n]*\}\}")


def render(text: str, params: Mapping[str, Any]) -> str:
    """`text` with every `{{ tag }}` replaced by the parameter of that name, spaces around it aside.

    A tag that is unknown, empty or whose parameter is no string stays as it is. A text without both braces on one line is no
    template. Raises TemplateError for a `{{` that is never closed in a text that is a template.
    """
    if not _TEMPLATED.search(text):
        return text
    out = []
    at = 0
    while True:
        start = text.find("{{", at)
        if start < 0:
            out.append(text[at:])
            return "".join(out)
        end = text.find("}}", start + 2)
        if end < 0:
            raise TemplateError("`{{` without `}}`", 1 + text.count("\n", 0, start))
        tag = text[start + 2 : end]
        value = params.get(tag.strip())
        out.append(text[at:start])
        out.append(value if isinstance(value, str) and tag.strip() else f"{{{{{tag}}}}}")
        at = end + 2
