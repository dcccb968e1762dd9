"""Which tool renders a source: the source's own fields and the files of its folder go in, the tool comes out.

Rules: `ApplicationSource.ExplicitType` and `util/app/discovery` of Argo CD. A block that is there says it, even an empty one; two
are an error. Else the names in the folder say it, in lexical order, the last one winning: `*Chart.yaml` is helm, the names of
a kustomization kustomize. What no file says is a directory of manifests.
"""

from __future__ import annotations

from ...manifests import KUSTOMIZATION_FILES
from ...model import FieldPath
from ...origin import Map
from ...tree import Tree, join
from .problem import ProblemError

_BLOCKS = ("kustomize", "helm", "directory", "plugin")


def explicit(source: Map, path: FieldPath) -> str | None:
    """The tool whose block the source has. Raises ProblemError where it has two."""
    found = [block for block in _BLOCKS if type(source.get(block)) is Map]
    if len(found) > 1:
        raise ProblemError("failed", f"the source has {' and '.join(found)} options; Argo CD takes one tool for a source",
                           (*path, found[-1]), "keep one of them")
    return found[0] if found else None


def discovered(tree: Tree, folder: str) -> str:
    """The tool that the files of a folder ask for."""
    found = "directory"
    for name in sorted(tree.names(folder)):
        wanted = "helm" if name.endswith("Chart.yaml") else "kustomize" if name in KUSTOMIZATION_FILES else ""
        if wanted and tree.kind(join(folder, name)) != "dir":
            found = wanted
    return found
