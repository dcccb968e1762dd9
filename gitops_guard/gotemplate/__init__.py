"""Renders the templates of ApplicationSets as Argo CD does: enters a template and parameters, leaves a text.

`render` is Go's text/template with the Sprig functions that Argo CD allows (goTemplate true); `fast` is what an
ApplicationSet without goTemplate gets. docs/applicationsets.md lists the functions.
"""

from __future__ import annotations

from . import fast
from .errors import GoTemplateError, TemplateError, UnsupportedError
from .functions import YAML, known
from .rendering import render

__all__ = ["YAML", "GoTemplateError", "TemplateError", "UnsupportedError", "fast", "known", "render"]
