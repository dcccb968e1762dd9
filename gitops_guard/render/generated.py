"""A folder without a kustomization -> the one that Flux makes of it.

Rules: fluxcd/pkg `kustomize` `scanManifests`: every `.yaml` and `.yml` file of all depths is a resource; a sub-folder with a
kustomization of its own is one resource, and nothing else in it counts. Of a folder without any, an empty build is made.
"""

from __future__ import annotations

from bisect import bisect_left

from ..origin import Map, Origin, Seq
from ..tree import OutsideError, Tree
from .kustomization import FILE_NAMES, Kustomization
from .load import Loader

_PLACEHOLDER = "_placeholder"


def generate(loader: Loader, folder: str, place: Origin) -> Kustomization:
    """The kustomization of all manifests below a folder; its entries stand at `place`, the field that names the folder."""
    entries = manifests(loader, folder)
    data = Map({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"})
    if entries:
        data.put("resources", Seq(entries, [place] * len(entries)), place)
    else:
        # A kustomization that says nothing is an error; Flux gives it a namespace that nothing is in.
        data.put("namespace", _PLACEHOLDER, place)
    return Kustomization(place.file, folder, data, ())


def manifests(loader: Loader, folder: str) -> list[str]:
    """The files and folders that become resources, relative to the folder, in the order in which Flux walks."""
    found = set()
    known: dict[str, bool] = {}

    def is_owned(name: str) -> bool:
        if name not in known:
            known[name] = _has_kustomization(loader, f"{folder}/{name}".removeprefix("./"))
        return known[name]

    for path in _below(loader.tree, folder):
        parts = path.split("/")
        inner = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        owned = next((name for name in inner if is_owned(name)), None)
        if owned is not None:
            found.add(owned)
        elif path.endswith((".yaml", ".yml")) and _is_plain_file(loader, f"{folder}/{path}".removeprefix("./")):
            found.add(path)
    return sorted(found, key=lambda path: path.split("/"))


def _below(tree: Tree, folder: str) -> list[str]:
    """The files below a folder, relative to it; those of a tree that lists none there are looked for."""
    files = tree.files()
    if folder == ".":
        return list(files)
    prefix = folder + "/"
    start = bisect_left(files, prefix)
    listed = []
    for at in range(start, len(files)):
        if not files[at].startswith(prefix):
            break
        listed.append(files[at][len(prefix):])
    return listed or _walk(tree, folder, "")


def _walk(tree: Tree, folder: str, inner: str) -> list[str]:
    found = []
    for name in tree.names(f"{folder}/{inner}".rstrip("/")):
        path = f"{inner}/{name}".lstrip("/")
        try:
            kind, real = tree.kind(f"{folder}/{path}"), tree.real(f"{folder}/{path}")
        except OutsideError:
            continue
        if kind == "dir" and name != ".git" and real.endswith(f"/{path}"):
            found += _walk(tree, folder, path)
        elif kind == "file":
            found.append(path)
    return found


def _has_kustomization(loader: Loader, folder: str) -> bool:
    return any(loader.file_in(folder, name) is not None for name in FILE_NAMES)


def _is_plain_file(loader: Loader, path: str) -> bool:
    """Whether it is a file that is packed: links are not."""
    folder, _slash, name = path.rpartition("/")
    try:
        real = loader.tree.real(path)
        return loader.tree.kind(path) == "file" and (real == path or real == f"{loader.tree.real(folder or '.')}/{name}")
    except OutsideError:
        return False
