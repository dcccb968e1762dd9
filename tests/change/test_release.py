"""Which edits of a HelmRelease make it another release."""

import pytest

from gitops_guard.change.release import reinstalled
from tests.change.sides import config, thing


def release(spec, name="redis"):
    return thing("HelmRelease", name, version="helm.toolkit.fluxcd.io/v2", more=f"spec: {{{spec}}}")


def chart(name, kind="HelmRepository"):
    return f"chart: {{spec: {{chart: {name}, sourceRef: {{kind: {kind}, name: r}}}}}}"


@pytest.mark.parametrize(("before", "after", "field"), [
    ("", "interval: 1h", None), ("", "releaseName: redis", None), ("", "releaseName: cache", "releaseName"),
    ("", "targetNamespace: other", "targetNamespace"), ("", "targetNamespace: shop, releaseName: redis", None), ("", "targetNamespace: shop", "releaseName"),
    ("", "storageNamespace: shop", None), ("", "storageNamespace: other", "storageNamespace"),
    (chart("redis"), chart("valkey"), "chart"), (chart("redis"), f"{chart('valkey')}, upgrade: {{chartNameChangeStrategy: InPlaceUpdate}}", None),
    (chart("./charts/redis", "GitRepository"), chart("./other/redis/", "GitRepository"), None),
    (chart("redis"), "chartRef: {kind: OCIRepository, name: redis}", None)])
def test_reinstalled(before, after, field):
    found = reinstalled(release(before), release(after))
    assert (found and found[-1]) == field


def test_other_kinds():
    assert reinstalled(config(), config("other")) is None
