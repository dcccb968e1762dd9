"""Flux's sources and image automation."""

from __future__ import annotations

import pytest

from gitops_guard.graph.expand import expand


def body(group, kind, spec):
    return f"apiVersion: {group}.toolkit.fluxcd.io/v1\nkind: {kind}\nmetadata: {{name: x, namespace: ns}}\nspec: {spec}\n"


@pytest.mark.parametrize(("group", "kind", "spec", "source", "edges"), [
    ("source", "GitRepository", "{url: u, ref: {branch: b, tag: t}}", ("u", "t", None), ()),
    ("source", "GitRepository", "{url: u, ref: {branch: b, tag: t, semver: s, name: r, commit: c}}", ("u", "c", None), ()),
    ("source", "GitRepository", "{url: u, include: [{repository: {name: other}}]}", ("u", "master", None),
     (("sources", "flux/GitRepository/ns/other"),)),
    ("source", "OCIRepository", "{url: u, ref: {tag: t, digest: d}}", ("u", "d", None), ()),
    ("source", "OCIRepository", "{url: u}", ("u", "latest", None), ()),
    ("source", "HelmRepository", "{url: u}", ("u", None, None), ()),
    ("source", "Bucket", "{endpoint: e, bucketName: b}", ("e/b", None, None), ()),
    ("source", "HelmChart", "{chart: c, version: 1.x, sourceRef: {kind: HelmRepository, name: h}}", (None, "1.x", "c"),
     (("sources", "flux/HelmRepository/ns/h"),)),
    ("image", "ImageRepository", "{image: i}", ("i", None, None), ()),
    ("image", "ImageUpdateAutomation", "{sourceRef: {kind: GitRepository, name: g}, update: {path: ./apps}}", (None, None, None),
     (("sources", "flux/GitRepository/ns/g"),)),
])
def test_sources(found, world, group, kind, spec, source, edges):
    done = expand(found(body(group, kind, spec)), world())
    node = done.node
    assert (node.id, node.status, node.automated) == (f"flux/{kind}/ns/x", "resolved", None)
    assert (node.source.repository, node.source.revision, node.source.chart) == source
    assert done.edges == edges


def test_a_policy_reads_an_image_repository(found, world):
    done = expand(found(body("image", "ImagePolicy", "{imageRepositoryRef: {name: r, namespace: m}}")), world())
    assert (done.node.source, done.edges) == (None, (("sources", "flux/ImageRepository/m/r"),))


@pytest.mark.parametrize("spec", ["[]", "null", "{url: [], ref: 5, include: {}, endpoint: 3}"])
@pytest.mark.parametrize("kind", ["GitRepository", "OCIRepository", "HelmRepository", "Bucket", "HelmChart", "ExternalArtifact"])
def test_bad_bodies_never_raise(found, world, kind, spec):
    assert expand(found(body("source", kind, spec)), world()).node.status == "resolved"
