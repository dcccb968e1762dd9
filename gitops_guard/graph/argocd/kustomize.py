"""A kustomize source: its options go in, the recipe of the folder comes out.

Rules: `util/kustomize` of Argo CD, which edits the kustomization before it builds it (render/argocd_changes.py does the same),
and `kustomize.buildOptions` of the ConfigMap argocd-cm, or of the configuration where the repository has none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from ...model import Resource
from ...origin import Map, Seq, clone
from ...recipes import Kustomize
from ...tree import OutsideError, Tree, join
from ..fields import mapping, text
from ..world import World
from . import env
from .doublestar import expand
from .sources import Part

CHANGES = ("namePrefix", "nameSuffix", "images", "replicas", "commonLabels", "commonAnnotations", "namespace", "patches",
           "components")


def settings(world: World, scope: str) -> Resource | None:
    """Argo CD's own ConfigMap, if the repository has just one that an object of `scope` would see."""
    namespaces = world.objects.namespaces("", "ConfigMap", "argocd-cm")
    return world.objects.get(scope, "", "ConfigMap", namespaces[0], "argocd-cm") if len(namespaces) == 1 else None


def recipe(part: Part, folder: str, variables: Mapping[str, str], options: str, tree: Tree) -> Kustomize:
    """The recipe of a kustomization folder."""
    wanted = prepared(mapping(part.body, "kustomize"), variables)
    _find_components(wanted, folder, tree)
    return Kustomize(folder, "argocd", wanted, part.origin("path"), restrictor(options))


def _find_components(options: Map, folder: str, tree: Tree) -> None:
    """Leave out the components that are not there, where that is asked for, and put in what patterns stand for."""
    listed = options.get("components")
    if type(listed) is not Seq:
        return
    found = Seq()
    for entry, place in zip(listed, listed.at, strict=True):
        if not isinstance(entry, str):
            found.add(entry, place)
            continue
        path = join(folder, entry)
        outside = path.startswith(("..", "/"))
        try:
            if options.get("ignoreMissingComponents") is True and (outside or tree.kind(path) is None):
                continue
            is_pattern = not outside and re.search(r"[*?\[]", entry)
            matches = expand(tree, path, ".", ("file", "dir")) if is_pattern else None
        except OutsideError:
            matches = None  # whoever builds the kustomization says that the link leaves the repository
        for match in matches or [path]:
            found.add(entry if match == path else posixpath.relpath(match, folder), place)
    options.put("components", found, options.at.get("components"))


def restrictor(options: str) -> str:
    """What `kustomize build` is told of files outside of a kustomization: root or none; the last flag counts."""
    words = options.split()
    found = "root"
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name.replace("_", "-") == "--load-restrictor":
            chosen = value if equals else (words[index + 1] if index + 1 < len(words) else "")
            found = "none" if chosen in {"LoadRestrictionsNone", "none"} else "root"
    return found


def build_options(world: World, scope: str, version: str) -> str:
    """The flags of `kustomize build`, for the version that a source asks for."""
    known = settings(world, scope)
    if known is None:
        return world.config.argocd.kustomize_build_options
    data = mapping(known.body, "data")
    own = text(data, f"kustomize.buildOptions.{version}") if version else ""
    return own or text(data, "kustomize.buildOptions") or world.config.argocd.kustomize_build_options


def prepared(options: Map, variables: Mapping[str, str]) -> Map:
    """The options with Argo CD's variables put into images, labels and (where asked for) annotations."""
    found: Map = clone(options)
    images = found.get("images")
    if type(images) is Seq:
        images[:] = [env.expand(image, variables) if isinstance(image, str) else image for image in images]
    tables = ["commonLabels"]
    if found.get("commonAnnotationsEnvsubst") is True:
        tables.append("commonAnnotations")
    for name in tables:
        table = found.get(name)
        if type(table) is Map:
            table.update({key: env.expand(value, variables) if isinstance(value, str) else value for key, value in table.items()})
    return found


def changes(options: Map) -> bool:
    """Whether the options change what the folder builds to."""
    return any(options.get(name) not in (None, "") and options.get(name) != [] and options.get(name) != {} for name in CHANGES)
