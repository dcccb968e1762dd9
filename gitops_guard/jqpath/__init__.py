"""Path expressions of jq: an expression and a value go in, the paths that it names come out.

Only what selects is understood: fields, indexes, iteration, `..`, pipes, commas, `?`, and conditions in `select`. An expression
of a repository is text of a stranger: nothing here can loop for ever, read a file or an environment.
"""

from __future__ import annotations

from .evaluate import paths
from .parse import Node, Unsupported, parse

__all__ = ["Node", "Unsupported", "parse", "paths"]
