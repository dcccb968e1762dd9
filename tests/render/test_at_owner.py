"""What is built from another tree is located at the owner's field that names it."""

from __future__ import annotations

import pytest
from trees import MemoryTree

from gitops_guard.errors import RenderError, SourceError
from gitops_guard.model import Fault, Location, Related
from gitops_guard.mounts import Mounts
from gitops_guard.origin import Map, Origin, Seq
from gitops_guard.recipes import Chart, Directory, Kustomize, Values
from gitops_guard.render import Renderer
from gitops_guard.render.at_owner import error_at_owner, faults_at_owner, paths_at_home, places_of, resources_at_owner
from gitops_guard.source import Sources

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: b}\n"
OTHER = {"kustomization.yaml": "resources: [config.yaml]\nconfigMapGenerator:\n- name: made\n  files: [text.txt]\n- name: made2\n  literals: [a=b]\n",
         "config.yaml": CONFIG, "text.txt": "text\n"}
PLACE = Origin("argocd/app.yaml", 12, 5)
OWNER = Origin("argocd/app.yaml", 2, 1)


@pytest.fixture
def sources():
    mounts = Mounts()
    joined = mounts.over(Sources(MemoryTree({"app/kustomization.yaml": "resources: [config.yaml]\n", "app/config.yaml": CONFIG})))
    mounts.mount("rev@1", MemoryTree(OTHER))
    return joined


def places(node):
    if type(node) is Map or type(node) is Seq:
        yield from (at for at in (node.at.values() if type(node) is Map else node.at) if at is not None)
        for item in node.values() if type(node) is Map else node:
            yield from places(item)


def test_every_origin_is_in_the_repository(sources):
    before = Renderer(sources).render("rev@1").resources
    mine = Origin("argocd/app.yaml", 20, 7)
    before[0].body["data"].put("mine", "x", mine)
    after = resources_at_owner(before, sources, places_of([Kustomize("rev@1", place=PLACE)], OWNER))
    assert [item.body for item in after] == [item.body for item in before]
    for item in after:
        assert item.declared == PLACE._replace(exact=False, away=True)
        for at in places(item.body):
            assert at in (PLACE._replace(exact=False, away=True), mine)
            assert not at.packed
    assert before[0].declared.file == "rev@1/config.yaml"
    assert after[0].body["data"].at["mine"] == mine


def test_what_lies_here_stays_as_it_is(sources):
    before = Renderer(sources).render("app").resources
    after = resources_at_owner(before, sources, places_of([Kustomize("app", place=PLACE)], OWNER))
    assert after[0] is before[0]


def test_the_field_that_brought_it():
    values = Origin("argocd/app.yaml", 30, 9)
    chart = Chart("charts/web", "web", "web", (Values(file="rev@1/values.yaml", origin=values), Values(file="rev@1/none.yaml")), place=PLACE)
    place_of = places_of([Kustomize("base"), chart], OWNER)
    assert place_of("rev@1/values.yaml")[:2] == ("argocd/app.yaml", 30)
    assert place_of("rev@1/none.yaml")[:2] == place_of("rev@1/x")[:2] == ("argocd/app.yaml", 12)
    several = places_of([Kustomize("rev@1/a", place=PLACE), Kustomize("rev@1/b", place=values)], OWNER)
    assert [several(f"rev@1/{name}/x").line for name in ("a", "b", "c")] == [12, 30, 12]
    assert places_of([Directory("rev@1", ())], OWNER)("rev@1/x") == OWNER._replace(exact=False, away=True)


def test_faults_and_errors(sources):
    place_of = places_of([Kustomize("rev@1", place=PLACE)], OWNER)
    here, there = Location("app/config.yaml", 3, 1), Location("rev@1/config.yaml", 3, 1)
    resource = Renderer(sources).render("rev@1").resources[0]
    moved = faults_at_owner([Fault("r", "bad", location=there, related=(Related(there, "x"), Related(here, "y"))), Fault("r", "bad", location=here),
                             Fault("r", "bad", resource=resource, path=("data", "a"))], sources, place_of)
    assert (moved[0].message, moved[0].location) == ("bad (at rev@1/config.yaml:3)", Location("argocd/app.yaml", 12, 5, "nearest"))
    assert moved[0].related == (Related(here, "y"),)
    assert moved[1] == Fault("r", "bad", location=here)
    assert moved[2].resource.body["data"].at["a"] == PLACE._replace(exact=False, away=True)
    error = error_at_owner(SourceError("source/invalid-yaml", "bad", "rev@1/x.yaml", 4, 2, "mend it"), sources, place_of)
    assert (error.rule, error.message, error.file, error.line, error.column, error.remedy) == \
        ("source/invalid-yaml", "bad (at rev@1/x.yaml:4)", "argocd/app.yaml", 12, 5, "mend it")
    failed = error_at_owner(RenderError("bad", "rev@1/x.yaml", 4), sources, place_of)
    assert (type(failed), failed.file, failed.line) == (RenderError, "argocd/app.yaml", 12)
    same = RenderError("bad", "app/x.yaml")
    assert error_at_owner(same, sources, place_of) is same
    assert paths_at_home(["app", "rev@1", "rev@1/x"], sources) == {"app"}
