"""Small worlds for tests of the graph."""

from __future__ import annotations

import pytest

from gitops_guard import config as configuration
from gitops_guard.graph.expansion import Found
from gitops_guard.graph.world import Objects, Place, Unknown, World
from gitops_guard.model import Resource
from gitops_guard.source import Dialect, Sources, parse


class Repositories:
    """One URL is here; each other one is unknown."""

    def __init__(self, tree, here):
        self._tree = tree
        self._here = here

    def place(self, url, revision):
        if url != self._here:
            return Unknown(f"{url} is another repository")
        if revision not in (None, "", "HEAD", "main", "master"):
            return Unknown(f"the revision {revision} is not in this clone")
        return Place()

    def unnamed(self, path):
        found = self._tree.kind(path.removeprefix("./") or ".")
        return Place() if found else Unknown("the source is not defined in this repository")


class Files:
    """A tree in memory."""

    def __init__(self, files):
        self._files = {path: text.encode() for path, text in files.items()}

    def files(self):
        return tuple(sorted(self._files))

    def read(self, path):
        if path not in self._files:
            raise FileNotFoundError(path)
        return self._files[path]

    def kind(self, path):
        if path in self._files:
            return "file"
        return "dir" if path == "." or any(name.startswith(path + "/") for name in self._files) else None

    def real(self, path):
        return path

    def names(self, folder):
        prefix = "" if folder == "." else folder + "/"
        return sorted({name.removeprefix(prefix).partition("/")[0] for name in self._files if name.startswith(prefix)})

    def lacks(self, path):
        return False


@pytest.fixture
def found():
    """YAML text -> the object in it, as something that is there."""

    def make(text, path="object.yaml", scope=""):
        stream = parse(text.encode(), path)
        body = stream.load(Dialect.MANIFEST)[0]
        return Found(Resource(body, None, body.at["kind"]), scope)

    return make


@pytest.fixture
def world(found):
    """files, the URL that is this repository, other objects, the configuration's text -> a World."""

    def make(files=None, here="https://github.com/acme/fleet", objects=(), config=""):
        tree = Files(files or {})
        settings = configuration.load(config)
        return World(Sources(tree), settings, Repositories(tree, here), Objects(found(text) for text in objects))

    return make
