"""Go's regular expressions (package regexp): a pattern and a text go in; which parts of the text match comes out.

Kubernetes' tools are written in Go: selectors of patches, names of images, functions of templates. Go's syntax differs from
Python's `re`, and Python's takes for ever on `(a+)+$`; this machine takes time linear in the pattern and in the text.
"""

from __future__ import annotations

from .errors import PatternError, UnknownPatternError
from .machine import Regexp, Spans, compiled

__all__ = ["PatternError", "Regexp", "Spans", "UnknownPatternError", "compiled"]
