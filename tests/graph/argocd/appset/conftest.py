"""One ApplicationSet in a small world."""

import textwrap

import pytest

from gitops_guard.graph.argocd.appset import expand_set

HERE = "https://github.com/acme/fleet"
HEAD = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
"""
TEMPLATE = """
template:
  metadata: {name: 'NAME'}
  spec:
    project: shop
    source: {repoURL: https://github.com/acme/fleet, targetRevision: HEAD, path: 'PATH'}
    destination: {server: https://kubernetes.default.svc, namespace: shop}
"""


def text_of(spec, name=None, path="apps"):
    """The text of a set: its spec, and a plain template where a name is given."""
    whole = textwrap.dedent(spec).strip("\n")
    if name is not None:
        whole += TEMPLATE.replace("NAME", name).replace("PATH", path)
    return HEAD + "spec:\n" + textwrap.indent(whole, "  ") + "\n"


@pytest.fixture
def expand(world, found):
    """spec, and what there is in the repository -> the Expansion. `name` and `path` add a plain template."""

    def make(spec, name=None, path="apps", *, files=None, objects=(), config="", whole=False):
        text = textwrap.dedent(spec) if whole else text_of(spec, name, path)
        return expand_set(found(text, "set.yaml"), world(files=files or {}, here=HERE, objects=objects, config=config))

    return make


@pytest.fixture
def apps():
    """An Expansion -> {name: path} of its Applications."""

    def read(expansion):
        return {one.id.name: one.body["spec"]["source"]["path"] for one in expansion.generated}

    return read
