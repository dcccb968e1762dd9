"""What several generators do alike: `values`, and names made fit for Kubernetes.

Rules: Argo CD's `applicationset/generators/value_interpolation.go` and `applicationset/utils/template_functions.go`.
"""

from __future__ import annotations

import re

from ....model import FieldPath
from ....origin import Map
from .context import Context
from .params import Texts
from .problem import SetError


def normalized(name: str) -> str:
    """The name in lower case, with `-` for what Kubernetes allows in no name."""
    return re.sub("[^-a-z0-9.]", "-", name.lower())[:253].strip("-.")


def add_values(params: Map, node: Map, path: FieldPath, context: Context) -> None:
    """Add a generator's `values`, each rendered with the other parameters. Raises SetError."""
    values = node.get("values")
    if not values:
        return
    if type(values) is not Map:
        raise SetError("failed", "values must be a mapping", (*path, "values"))
    made = Texts()
    for key, value in values.items():
        where = (*path, "values", key)
        if not isinstance(value, str):
            raise SetError("failed", "values must be strings", where, "put it in quotes")
        templating = context.templating
        made.put(key, templating.text(value, params, where), templating.origin(value, params) or values.at.get(key))
    if context.templating.go:
        params.put("values", made, node.at.get("values"))
    else:
        for key, value in made.items():
            params.put(f"values.{key}", value, made.at.get(key))
