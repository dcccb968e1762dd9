"""What `policies new` writes; that it holds is tested with the trials."""

from __future__ import annotations

import pytest

from gitops_guard import skeleton
from gitops_guard.errors import UsageError


@pytest.mark.parametrize(("rule", "message"), [
    ("owner-label", "write CATEGORY/NAME"), ("House/x", "write CATEGORY/NAME"), ("house/x/y", "write CATEGORY/NAME"), ("house/2fa", "write CATEGORY/NAME"),
    ("house/a--b", "write CATEGORY/NAME"), ("../x", "write CATEGORY/NAME"), ("house/", "write CATEGORY/NAME"), ("house/x\n", "write CATEGORY/NAME"),
    ("lib/x", "another category than lib: that folder is for libraries"), ("render/x", "always run"), ("conftest/x", "Conftest's packages"),
    ("house/owner-test", "ends in _test.rego"), ("house/default", "another word than default"), ("import/x", "another word than import"),
])
def test_ids_that_are_none(rule: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        skeleton.files(rule, "resource")


@pytest.mark.parametrize(("scope", "kinds", "message"), [
    ("file", ["Deployment"], "--kinds is for scope resource"), ("resource", ["deployment"], "'deployment' is no kind"), ("resource", ["a/b/C"], "is no kind"),
    ("resource", ["Deployment, Job]"], "is no kind"), ("resource", ["*"], "is no kind"),
])
def test_kinds_that_are_none(scope: str, kinds: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        skeleton.files("house/x", scope, kinds)


@pytest.mark.parametrize("scope", skeleton.SCOPES)
def test_the_files_lie_where_their_id_says(scope: str) -> None:
    files = skeleton.files("my-house/owner-label", scope)
    assert set(files) >= {"my_house/owner_label.rego", "my_house/owner_label_test.rego"}
    assert "\npackage gitops_guard.my_house.owner_label\n" in files["my_house/owner_label.rego"]
    assert "# title: Owner label\n" in files["my_house/owner_label.rego"]
    assert f"#   scope: {scope}\n" in files["my_house/owner_label.rego"]
    assert all("@" not in text and text.endswith("\n") and not text.endswith("\n\n") for text in files.values())


@pytest.mark.parametrize(("kind", "version"), [
    ("Deployment", "apps/v1"), ("CronJob", "batch/v1"), ("batch/CronJob", "batch/v1"), ("Secret", "v1"), ("/Secret", "v1"), ("autoscaling/HorizontalPodAutoscaler", "autoscaling/v2"),
    ("argoproj.io/Rollout", "argoproj.io/v1"), ("apps/Job", "apps/v1"),
])
def test_examples_are_of_the_first_kind(kind: str, version: str) -> None:
    files = skeleton.files("house/x", "resource", [kind, "Service"])
    assert files["house/x.yaml"].count(f"apiVersion: {version}\n      kind: {kind.rpartition('/')[2]}") == 2
    assert f"#   kinds: [{kind}, Service]\n" in files["house/x.rego"]
