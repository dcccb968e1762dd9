"""The files of an OPA bundle."""

import json

import pytest
from admission_requests import HOUSE, bundled, write_house

from gitops_guard import data
from gitops_guard.bundle.opa_rego import strict_module
from gitops_guard.errors import UsageError
from gitops_guard.policy import PolicyFolder, load

IDENTITIES = "rules: {admission/manual-deploy: {parameters: {identities: ['system:serviceaccount:argocd:*']}}}"


@pytest.fixture(scope="module")
def builtin():
    return load([PolicyFolder(data.policies(), builtin=True)])


def test_the_policies_and_what_they_need(builtin):
    _found, _config, made = bundled(builtin, IDENTITIES)
    assert sorted(path for path in made.files if not path.startswith("gitops_guard/bundle/")) == [
        ".manifest", "data.json", "gitops_guard/admission/manual_deploy.rego", "gitops_guard/bypass/drift_tolerated.rego",
        "gitops_guard/bypass/reconcile_suspended.rego", "gitops_guard/decision.rego", "gitops_guard/images/missing_digest.rego",
        "gitops_guard/images/unpinned_tag.rego", "gitops_guard/lib/control_plane.rego", "gitops_guard/lib/drift.rego",
        "gitops_guard/lib/gitops.rego", "gitops_guard/lib/images.rego", "gitops_guard/lib/requests.rego", "gitops_guard/lib/result.rego",
        "system/authz.rego", "system/main.rego"]
    source = (data.policies() / "images" / "unpinned_tag.rego").read_text()
    assert made.files["gitops_guard/images/unpinned_tag.rego"] == source
    manifest = json.loads(made.files[".manifest"])
    assert (manifest["roots"], manifest["rego_version"]) == (["gitops_guard", "system"], 1)
    settings = json.loads(made.files["data.json"])["gitops_guard"]["bundle"]["settings"]
    assert settings["rules"]["admission/manual-deploy"]["parameters"]["identities"] == ["system:serviceaccount:argocd:*"]
    assert settings["exempt_namespaces"] == ["kube-node-lease", "kube-public", "kube-system"]


def test_what_is_not_enforced_is_said(builtin):
    assert bundled(builtin)[2].notes == (
        "admission/manual-deploy: it needs the parameter identities; write it under rules: admission/manual-deploy: parameters:",)


def test_the_revision_is_of_what_is_in_it(builtin, tmp_path):
    def revision(text=""):
        return json.loads(bundled(builtin, text)[2].files[".manifest"])["revision"]

    assert revision() == revision() != revision("admission: {mode: warn}")
    one, other = (bundled(write_house(tmp_path / name))[2].files for name in ("one", "other"))
    assert one == other


def test_data_files_go_along(tmp_path):
    write_house(tmp_path)
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams" / "data.yaml").write_text("names: [a]\n")
    (tmp_path / "house" / "strict.rego").write_text(HOUSE["house/strict.rego"] + 'deny contains {"msg": n} if some n in data.teams.names\n')
    files = bundled(load([PolicyFolder(tmp_path, display="policies")]))[2].files
    assert json.loads(files["data.json"])["teams"] == {"names": ["a"]}
    assert json.loads(files[".manifest"])["roots"] == ["gitops_guard", "system", "teams"]


@pytest.mark.parametrize(("package", "name"), [("gitops_guard.bundle.review", "bundle/review"), ("gitops_guard.bundle.own", "bundle/own")])
def test_a_policy_in_the_way_is_refused(tmp_path, package, name):
    path = tmp_path / f"{name}.rego"
    path.parent.mkdir()
    path.write_text(HOUSE["house/strict.rego"].replace("package gitops_guard.house.strict", f"package {package}"))
    with pytest.raises(UsageError, match=f"policies/{name}.rego:10: the package {package} is the bundle's own"):
        bundled(load([PolicyFolder(tmp_path, display="policies")]))


def test_a_library_of_any_package(tmp_path):
    write_house(tmp_path)
    (tmp_path / "lib.rego").write_text('package acme["odd/name"]\n\nlimit := 3\n')
    (tmp_path / "house" / "strict.rego").write_text(HOUSE["house/strict.rego"] + 'deny contains {"msg": n} if data[n].limit == 3\n')
    files = bundled(load([PolicyFolder(tmp_path, display="policies")]))[2].files
    assert [text for text in files.values() if text.startswith("package acme")]
    assert not any(".." in path or path.startswith("/") for path in files)


def test_builtins_are_guarded():
    text = strict_module({"count": 1, "is_string": 1, "object.get": 3, "max": 1})
    assert "strict_count(a) := value if {\n\tvalue := count(a)\n} else := failed\n" in text
    assert "strict_object_get(a, b, c) := value if {\n\tvalue := object.get(a, b, c)\n} else := failed\n" in text
    assert "strict_max(a) := value if {\n\tvalue := max(a)\n} else := failed if not a in {[], set()}\n" in text
    assert "is_string" not in text
