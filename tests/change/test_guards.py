"""Which options keep which controller from deleting an object."""

from dataclasses import replace

import pytest

from gitops_guard.change.guards import against_cascade, against_pruning, recreates
from tests.change.sides import APP, FLUX, claim, thing

NEW, OLD = (3, 5), (3, 3)
RELEASE = replace(FLUX, kind="HelmRelease")
ALL = replace(APP, sync_options=("Prune=false", "Delete=confirm"))
OPTIONS, PRUNE, KEEP = "argocd.argoproj.io/sync-options", "kustomize.toolkit.fluxcd.io/prune", "helm.sh/resource-policy"


def noted(key, value, field="annotations"):
    return claim(meta=f'{field}: {{{key}: "{value}"}}')


@pytest.mark.parametrize(("resource", "owner", "version", "guarded"), [
    (noted(OPTIONS, "Prune=false"), APP, NEW, True), (noted(OPTIONS, "Replace=true, Prune=confirm"), APP, NEW, True),
    (noted(OPTIONS, "Delete=false"), APP, NEW, False), (noted(OPTIONS, "prune=false"), APP, NEW, False),
    (noted(KEEP, "keep"), APP, NEW, False), (noted(PRUNE, "disabled"), APP, NEW, False),
    (claim(), ALL, NEW, True), (claim(), ALL, OLD, False), (noted(OPTIONS, "Prune=true"), ALL, NEW, False),
    (noted("argocd.argoproj.io/hook", "PreSync"), APP, NEW, True),
    (noted(PRUNE, "Disabled"), FLUX, NEW, True), (noted(PRUNE, "disabled", "labels"), FLUX, NEW, True),
    (noted("kustomize.toolkit.fluxcd.io/reconcile", "disabled"), FLUX, NEW, True),
    (noted("kustomize.toolkit.fluxcd.io/ssa", "Ignore"), FLUX, NEW, True), (noted("kustomize.toolkit.fluxcd.io/ssa", "Merge"), FLUX, NEW, False),
    (noted(OPTIONS, "Prune=false"), FLUX, NEW, False), (noted(KEEP, "keep"), FLUX, NEW, False),
    (noted(KEEP, "keep"), RELEASE, NEW, True), (noted(PRUNE, "disabled"), RELEASE, NEW, False),
    (noted(OPTIONS, "Prune=false"), None, NEW, True), (noted(PRUNE, "disabled"), None, NEW, True), (claim(), None, NEW, False)])
def test_against_pruning(resource, owner, version, guarded):
    assert (against_pruning(resource, owner, version) is not None) is guarded


@pytest.mark.parametrize(("resource", "owner", "version", "guarded"), [
    (noted(OPTIONS, "Delete=false"), APP, NEW, True), (noted(OPTIONS, "Prune=false"), APP, NEW, False), (noted(KEEP, "keep"), APP, NEW, True),
    (claim(), ALL, NEW, True), (claim(), ALL, OLD, False), (noted(OPTIONS, "Delete=true"), ALL, NEW, False),
    (thing("CustomResourceDefinition", "x", ""), APP, NEW, True), (thing("CustomResourceDefinition", "x", ""), FLUX, NEW, False),
    (noted(PRUNE, "disabled"), FLUX, NEW, True), (noted(KEEP, "keep"), FLUX, NEW, False), (noted(KEEP, "keep"), RELEASE, NEW, True)])
def test_against_cascade(resource, owner, version, guarded):
    assert (against_cascade(resource, owner, version) is not None) is guarded


@pytest.mark.parametrize(("resource", "owner", "option"), [
    (claim(), APP, None), (claim(), None, None), (noted(OPTIONS, "Replace=true"), APP, None),
    (noted(OPTIONS, "Force=true"), APP, f"{OPTIONS}: Force=true"),
    (claim(), replace(APP, sync_options=("Force=true",)), "syncOptions: Force=true"),
    (noted(OPTIONS, "Force=false"), replace(APP, sync_options=("Force=true",)), None),
    (claim(), replace(FLUX, force=True), "spec.force"), (claim(), replace(RELEASE, force=True), None),
    (noted("kustomize.toolkit.fluxcd.io/force", "Enabled"), FLUX, "kustomize.toolkit.fluxcd.io/force: enabled")])
def test_recreates(resource, owner, option):
    assert recreates(resource, owner) == option
