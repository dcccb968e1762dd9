"""A repository and a dump end to end: owners, what is left over, what is ignored, what can't be read."""

from __future__ import annotations

import json
import textwrap

import pytest
import yaml

from tests.drift.world import KUSTOMIZATION, SETTINGS, argocd, by, flux, live, told

SLOW = live(data={"mode": "slow"})


@pytest.mark.parametrize(("files", "severity", "reverts"), [
    (argocd(), "warning", True), (argocd("{automated: {}}"), "error", False), (argocd("{}"), "error", False),
    (argocd("{automated: {selfHeal: true, enabled: false}}"), "error", False),
    (flux(), "warning", True), (flux(suspend="true"), "error", False), ({}, "error", False),
])
def test_who_reverts_a_change(drift, files, severity, reverts):
    report = drift(files, [SLOW])
    assert told(report) == [("drift/changed", severity, "settings", "/data/mode")]
    found = report["findings"][0]
    assert found["location"]["file"] == "shop/settings.yaml"
    assert found["location"]["line"] == 5
    assert found["drift"] == {"git": '"fast"', "live": '"slow"', "reverts": reverts, "cluster": None, "manager": None, "time": None}


@pytest.mark.parametrize(("files", "wanted"), [
    (argocd(), "warning"), (argocd("{automated: {prune: true}}"), "error"), (flux(), "warning"), ({}, "error")])
def test_what_is_missing(drift, files, wanted):
    assert told(drift(files, [live("other")])) == [("drift/missing", wanted, "settings", "")]


@pytest.mark.parametrize(("files", "manager", "severities"), [
    (argocd(), "kubectl-edit", ("error", "warning")),  # Argo CD does not see what Git never stated
    (flux(), "kubectl-edit", ("warning", "note")),  # Flux takes over what kubectl wrote
    (flux(), "k9s", ("error", "warning")),
    (flux(), "flux-client-side-apply", ("error", "warning")),
])
def test_what_a_person_added(drift, files, manager, severities):
    added = live(data={"mode": "fast", "debug": "on"}, managed=[by(manager, {"f:data": {"f:debug": {}}})])
    report = drift(files, [added])
    assert told(report) == [("drift/changed", severities[0], "settings", "/data/debug"), ("drift/manual-change", severities[1], "settings", "/data/debug")]
    assert {one["drift"]["manager"] for one in report["findings"]} == {manager}
    assert {one["drift"]["time"] for one in report["findings"]} == {"2026-03-01T09:30:00Z"}


@pytest.mark.parametrize("manager", ["OpenAPI-Generator", "Go-http-client", "okhttp", "unknown", "Terraform", "HashiCorp", "pulumi-kubernetes"])
def test_a_program_that_tells_no_name_may_be_an_operator(drift, manager):
    """Its notes in metadata are no difference, what it adds elsewhere warns, and what Git states is as it must be."""
    noted = live(annotations={"example.com/seen": "yes"}, managed=[by(manager, {"f:metadata": {"f:annotations": {".": {}, "f:example.com/seen": {}}}})])
    assert told(drift(argocd(), [noted])) == [("drift/manual-change", "note", "settings", "/metadata/annotations/example.com~1seen")]
    added = live(data={"mode": "fast", "debug": "on"}, managed=[by(manager, {"f:data": {"f:debug": {}}})])
    report = drift(argocd(), [added])
    assert told(report) == [("drift/changed", "warning", "settings", "/data/debug"), ("drift/manual-change", "note", "settings", "/data/debug")]
    assert all(f"written by {manager}, last active 2026-03-01T09:30:00Z, which is no controller that this repository names" in one["message"]
               for one in report["findings"])
    assert not any("by hand" in one["message"] for one in report["findings"])
    changed = live(data={"mode": "slow"}, managed=[by(manager, {"f:data": {"f:mode": {}}})])
    assert told(drift(argocd(), [changed])) == [("drift/changed", "warning", "settings", "/data/mode"), ("drift/manual-change", "note", "settings", "/data/mode")]


@pytest.mark.parametrize("manager", ["rancher", "manager", "vpa-updater", "ansible-operator", "kube-controller-manager", "external-secrets"])
def test_what_a_controller_adds_is_its_own_business(drift, manager):
    added = live(data={"mode": "fast", "debug": "on"}, managed=[by(manager, {"f:data": {"f:debug": {}}})])
    assert told(drift(argocd(), [added])) == []


def test_a_restart_is_a_change_by_hand_and_no_difference(drift):
    workload = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {
        "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}}}
    restarted = json.loads(json.dumps(workload))
    restarted["spec"]["template"]["metadata"]["annotations"] = {"kubectl.kubernetes.io/restartedAt": "2026-03-01T09:30:00Z"}
    restarted["metadata"]["managedFields"] = [by("kubectl-rollout", {"f:spec": {"f:template": {"f:metadata": {"f:annotations": {".": {}, "f:kubectl.kubernetes.io/restartedAt": {}}}}}})]
    report = drift(flux(), [restarted], settings=yaml.safe_dump(workload))
    assert [one["rule"] for one in report["findings"]] == ["drift/manual-change"]


TRACKED = {"argocd.argoproj.io/tracking-id": "shop:/ConfigMap:shop/old"}
LABELLED = {"kustomize.toolkit.fluxcd.io/name": "shop", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}


@pytest.mark.parametrize(("files", "other", "wanted"), [
    (argocd(), live("old", annotations=TRACKED), "note"),
    (argocd("{automated: {selfHeal: true}}"), live("old", annotations=TRACKED), "warning"),
    (argocd(), live("copy", annotations=TRACKED), None),  # a copy: the id is that of another object
    (argocd(), live("old", annotations={"argocd.argoproj.io/tracking-id": "other:/ConfigMap:shop/old"}), None),
    (argocd(), live("old", annotations={"argocd.argoproj.io/tracking-id": "argocd_shop:/ConfigMap:shop/old"}), "note"),
    (argocd(), live("old", annotations={**TRACKED, "argocd.argoproj.io/installation-id": "another"}), None),
    (argocd(), live("old", annotations={**TRACKED, "argocd.argoproj.io/compare-options": "IgnoreExtraneous"}), None),
    (argocd(), live("old", annotations={**TRACKED, "argocd.argoproj.io/sync-options": "Prune=false"}), None),
    (argocd(), live("old", annotations={**TRACKED, "argocd.argoproj.io/hook": "PreSync"}), None),
    (argocd(), live("old", labels={"app.kubernetes.io/instance": "shop"}), None),
    (flux(), live("old", labels=LABELLED), "note"), (flux("false"), live("old", labels=LABELLED), "warning"),
    (flux(), live("old", labels={**LABELLED, "kustomize.toolkit.fluxcd.io/prune": "Disabled"}), None),
    (flux(), live("old", labels={**LABELLED, "kustomize.toolkit.fluxcd.io/namespace": "elsewhere"}), None),
    (flux(), live("old"), None), ({}, live("old", annotations=TRACKED, labels=LABELLED), None),
])
def test_what_is_left_over(drift, files, other, wanted):
    report = drift(files, [live(), other])
    assert told(report) == ([("drift/extra", wanted, "old", "")] if wanted else [])
    if wanted:
        assert (report["findings"][0]["location"]["file"], report["findings"][0]["location"]["line"]) == ("shop/kustomization.yaml", 1)


def test_what_another_object_owns_is_never_left_over(drift):
    other = live("old", labels=LABELLED)
    other["metadata"]["ownerReferences"] = [{"kind": "Widget", "name": "a", "apiVersion": "example.com/v1", "uid": "1"}]
    assert told(drift(flux(), [live(), other])) == []


def test_nothing_is_left_over_where_not_all_is_rendered(drift):
    files = {**flux(), "shop/kustomization.yaml": "resources:\n  - settings.yaml\n  - https://github.com/example/base//deploy?ref=v1\n"}
    assert [one["rule"] for one in drift(files, [live(), live("old", labels=LABELLED)])["findings"]] == ["render/unresolved"]


@pytest.mark.parametrize("files", [
    argocd(ignores="[{kind: ConfigMap, jsonPointers: [/data/mode]}]"),
    argocd(ignores="[{group: '', kind: ConfigMap, name: settings, namespace: shop, jsonPointers: [/data]}]"),
    argocd(ignores="[{group: '*', kind: '*', jqPathExpressions: ['.data.mode']}]"),
    argocd(ignores="[{kind: ConfigMap, jqPathExpressions: ['.data | select(.mode == \"slow\") | .mode', '.data.mode']}]"),
    argocd(ignores="[{kind: ConfigMap, managedFieldsManagers: [some-operator]}]"),
    flux(ignore="[{paths: [/data/mode]}]"), flux(ignore="[{paths: [/data/mode], target: {kind: Config.*, name: settings}}]"),
    flux(ignore="[{paths: [''], target: {kind: ConfigMap}}]"),
    flux(ignore="[{paths: [/data/mode], target: {labelSelector: 'tier in (a, b),!x'}}]"),
])
def test_what_is_ignored_is_counted(drift, files):
    managed = [by("some-operator", {"f:data": {"f:mode": {}}})]
    report = drift(files, [live(data={"mode": "slow"}, managed=managed, labels={"tier": "a"})])
    assert told(report) == []
    assert [(one["path"], one["resource"]["name"]) for one in report["drift"]["ignored"]] == [("/data/mode", "settings")]


@pytest.mark.parametrize("files", [
    argocd(ignores="[{kind: ConfigMap, jsonPointers: [/data/other]}]"), argocd(ignores="[{kind: ConfigMap, name: other, jsonPointers: [/data/mode]}]"),
    argocd(ignores="[{kind: ConfigMap, namespace: other, jsonPointers: [/data]}]"), argocd(ignores="[{kind: Secret, jsonPointers: [/data]}]"),
    argocd(ignores="[{kind: ConfigMap, managedFieldsManagers: [another]}]"), flux(ignore="[{paths: [/data/mode], target: {name: sett}}]"),
    flux(ignore="[{paths: [/data/mode], target: {labelSelector: tier=b}}]"),
])
def test_what_is_not_meant_is_not_ignored(drift, files):
    assert [one["path"] for one in drift(files, [live(data={"mode": "slow"}, labels={"tier": "a"})])["findings"]] == ["/data/mode"]


def test_an_expression_that_is_not_understood_is_said(drift):
    report = drift(argocd(ignores="[{kind: ConfigMap, jqPathExpressions: ['.data | to_entries[]']}]"), [SLOW])
    assert sorted(told(report)) == [("drift/changed", "warning", "settings", "/data/mode"),
                                    ("drift/unreadable", "warning", "shop", "/spec/ignoreDifferences/0/jqPathExpressions/0")]


@pytest.mark.parametrize(("switch", "value"), [("reconcile", "disabled"), ("reconcile", "Disabled"), ("ssa", "IfNotPresent"), ("ssa", "Ignore")])
def test_switches_of_flux(drift, switch, value):
    settings = SETTINGS.replace("namespace: shop", f"namespace: shop, annotations: {{kustomize.toolkit.fluxcd.io/{switch}: {value}}}")
    report = drift(flux(), [SLOW], settings=settings)
    assert told(report) == []
    assert [one["by"] for one in report["drift"]["ignored"]] == [f"kustomize.toolkit.fluxcd.io/{switch}: {value}"]


def test_switches_of_flux_mean_nothing_to_argocd(drift):
    settings = SETTINGS.replace("namespace: shop", "namespace: shop, annotations: {kustomize.toolkit.fluxcd.io/reconcile: disabled}")
    assert [one["path"] for one in drift(argocd(), [SLOW], settings=settings)["findings"]] == ["/metadata/annotations/kustomize.toolkit.fluxcd.io~1reconcile", "/data/mode"]


def test_what_argocd_is_told_for_all_applications(drift):
    files = {**argocd(), "argocd/cm.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: argocd-cm, namespace: argocd}
        data:
          application.resourceTrackingMethod: label
          resource.customizations.ignoreDifferences.ConfigMap: |
            jsonPointers: [/data/mode]
        """}
    report = drift(files, [SLOW, live("old", labels={"app.kubernetes.io/instance": "shop"})])
    assert told(report) == [("drift/extra", "note", "old", "")]
    assert [one["by"] for one in report["drift"]["ignored"]] == ["argocd-cm (ConfigMap)"]


def test_what_older_settings_of_argocd_say_in_one_key(drift):
    files = {**argocd(), "argocd/cm.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: argocd-cm, namespace: argocd}
        data:
          resource.customizations: |
            ConfigMap:
              ignoreDifferences: |
                jsonPointers: [/data/mode]
            apps/Deployment:
              health.lua: return {}
        """}
    report = drift(files, [SLOW])
    assert told(report) == []
    assert [one["by"] for one in report["drift"]["ignored"]] == ["argocd-cm (ConfigMap)"]


@pytest.mark.parametrize(("entry", "wanted"), [
    ("shop_old_apps_Deployment", ("apps/v1", "Deployment", "shop", "old")), ("_system__shop_rbac.authorization.k8s.io_ClusterRole", (
        "rbac.authorization.k8s.io/v1", "ClusterRole", "", "system:shop")),
    ("shop_settings__ConfigMap", None), ("shop_gone__ConfigMap", None), ("nonsense", None),
])
def test_what_only_the_inventory_of_flux_knows(drift, entry, wanted):
    """Objects of kinds that nobody states any more are not read; those of kinds that were read live, or they don't."""
    files = {"shop/kustomization.yaml": "resources:\n  - settings.yaml\n  - owner.yaml\n", "shop/owner.yaml": KUSTOMIZATION % ("true", "[]", "false")}
    kustomization = {**yaml.safe_load(KUSTOMIZATION % ("true", "[]", "false")), "status": {"inventory": {"entries": [{"id": entry, "v": "v1"}]}}}
    report = drift(files, [live(), kustomization])
    assert [tuple(one["resource"].values()) for one in report["findings"]] == ([wanted] if wanted else [])
    assert all("is in the inventory of Kustomization shop" in one["message"] for one in report["findings"])


def test_values_of_secrets_are_hidden_and_their_equality_is_not(drift):
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: correct-horse-battery}\n"
    report = drift({}, [live("db", "Secret", data={"password": "c29tZXRoaW5nLWVsc2U="})], settings=secret)
    found = report["findings"][0]
    assert (found["drift"]["git"], found["drift"]["live"]) == ("*** (a)", "*** (b)")
    text = json.dumps(report)
    assert not any(word in text for word in ("correct-horse", "something-else", "c29tZXRoaW5n", "Y29ycmVjd"))


def test_a_credential_beside_a_secret_is_hidden(drift):
    config = SETTINGS.replace("mode: fast", "DB_PASSWORD: correct-horse-battery")
    text = json.dumps(drift({}, [live(data={"DB_PASSWORD": "staple-of-them-all"})], settings=config))
    assert "drift/changed" in text
    assert "correct-horse" not in text
    assert "staple" not in text


def test_a_dump_without_managed_fields_says_nothing_of_persons(drift):
    report = drift({}, [live()])
    assert report["drift"]["anonymous"] == 1
    assert told(report) == []


def test_every_object_is_told_apart(drift):
    files = {"shop/kustomization.yaml": "resources:\n  - ../base\n", "base/kustomization.yaml": "resources:\n  - settings.yaml\n", "base/settings.yaml": SETTINGS}
    report = drift(files, [SLOW])
    assert [(one["location"]["file"], one["targets"]) for one in report["findings"]] == [("base/settings.yaml", ["shop"])]


CREDENTIALS = {"settings": "postgres://shop:rhubarb-Lantern-42@db/shop", "WEBHOOK": "https://hooks.slack.com/services/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",
               "long": "a: 1\n" * 60 + "client_secret: quartz-Umbrella-77\n"}


@pytest.mark.parametrize("key", sorted(CREDENTIALS))
@pytest.mark.parametrize("format_", ["text", "json", "junit", "sarif", "github", "gitlab", "markdown", "html", "openmetrics"])
def test_what_a_rule_reports_of_a_live_object_is_hidden_in_every_format(drift, tmp_path, key, format_):
    out = tmp_path / "report"
    report = drift({}, [live(data={key: CREDENTIALS[key]}, managed=[by("kubectl-edit", {"f:data": {f"f:{key}": {}}})])],
                   "--report", f"{format_}={out}", settings=SETTINGS.replace("mode: fast", f"{key}: changed"))
    assert {one["rule"] for one in report["findings"]} == {"drift/changed", "drift/manual-change"}
    text = out.read_text() + json.dumps(report)
    assert not any(word in text for word in ("rhubarb", "Lantern", "zY8xW7", "quartz", "Umbrella"))


@pytest.mark.parametrize("crashing", ["slow", "fast"])
def test_what_no_rule_can_judge_is_not_shown(drift, tmp_path, crashing):
    """A rule about secrets that crashes on an object, in Git or live, has not said that it holds none."""
    (tmp_path / "policies/secrets").mkdir(parents=True)
    (tmp_path / "policies/secrets/house.rego").write_text(textwrap.dedent(f"""
        # METADATA
        # title: The house's own secrets
        # description: Marked values are secret.
        # custom:
        #   scope: resource
        #   severity: error
        #   remedy: Take it out.
        package gitops_guard.secrets.house

        deny contains {{"msg": "marked"}} if {{
            input.object.data.mode == "{crashing}"
            to_number(input.object.data.mode) > 1
        }}
        """).lstrip())
    report = drift({}, [SLOW], "--policy", str(tmp_path / "policies"))
    assert sorted(one["rule"] for one in report["findings"]) == ["drift/changed", "engine/policy-error"]
    assert not any(word in json.dumps(report) for word in ("slow", "fast"))


def test_of_two_under_one_name_the_later_one_counts(drift, tmp_path):
    first = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twice, namespace: shop}\ndata: {mode: slow}\n"
    files = {"plain/twice.yaml": f"{first}---\n{first.replace('slow', 'fast')}"}
    dump = [live(data={"mode": "fast"}), live("twice", data={"mode": "fast"})]
    report = drift(files, dump, str(tmp_path / "repo/plain"))
    assert [(one["resource"]["name"], one["outcome"]) for one in report["drift"]["compared"]] == [("twice", "compared"), ("settings", "compared")]
    assert told(report) == []
    assert [path for *_others, path in told(drift(files, [dump[0], live("twice", data={"mode": "slow"})], str(tmp_path / "repo/plain")))] == ["/data/mode"]
