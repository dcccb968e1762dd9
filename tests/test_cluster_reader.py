"""A cluster is read to its end, or what is missing is said; nothing that fails is taken for empty."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from api_server import Fail, Resource, Script, kubeconfig, serving

from gitops_guard.cluster import Access, ClusterReader, Patience
from gitops_guard.errors import UsageError
from gitops_guard.live import Extent, Identity, LiveState, Meant, Served, Want
from gitops_guard.model import Owner, Target

QUICK = Patience(connect=1, answer=1, attempts=2, pause=0.01)
PODS, NODES, APPS = "/api/v1/configmaps", "/api/v1/nodes", "/apis/apps/v1/deployments"
ALL = Extent("", "ConfigMap")
Read = Callable[..., LiveState]


def thing(name: str, namespace: str = "shop", **meta: object) -> dict[str, object]:
    return {"metadata": {"name": name, "namespace": namespace, "managedFields": [{"manager": "x"}], **meta}, "data": {"k": name}}


def want(name: str, namespace: str = "shop", version: str = "v1", kind: str = "ConfigMap", manager: str = "") -> Want:
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": name}}
    return Want(version, kind, namespace, name, body, manager)


def maps(*names: str) -> Resource:
    return Resource("", "v1", "ConfigMap", "configmaps", [thing(name) for name in names])


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    with ExitStack() as stack:
        def ask(script: Script, *wants: Want, patience: Patience = QUICK, **more: object) -> LiveState:
            url = stack.enter_context(serving(script))
            access = Access((str(kubeconfig(tmp_path / "config", url)),))
            return ClusterReader(access, patience=patience, **more).read(wants)

        yield ask


def key(name: str, namespace: str = "shop", kind: str = "ConfigMap", group: str = "") -> Identity:
    return Identity(group, kind, namespace, name)


def reasons(state: LiveState) -> list[str]:
    return [item.reason for item in state.unreadable]


def test_pages_are_read_to_the_end_with_few_requests(read: Read) -> None:
    script = Script([maps("a", "b", "c", "d", "e"), Resource("apps", "v1", "Deployment", "deployments", [])])
    state = read(script, want("a"), want("gone"), want("web", version="apps/v1", kind="Deployment"), cluster="prod")
    assert {item.name for item in state.objects} == set("abcde")
    assert state.complete == {ALL, Extent("apps", "Deployment")}
    assert state.unreadable == ()
    assert state.cluster == "prod"
    assert script.asked == ["/api", "/apis", PODS, f"{PODS}?continue", f"{PODS}?continue", APPS]
    assert set(script.tokens) == {"Bearer let-me-in"}
    assert state.was_read(key("gone"))
    assert state.served == {("", "ConfigMap"): Served(("v1",), True), ("apps", "Deployment"): Served(("v1",), True)}


def test_what_is_stated_is_kept_whole_and_of_the_rest_only_whose_it_is(read: Read) -> None:
    owned = thing("made", ownerReferences=[{"kind": "ReplicaSet"}])
    script = Script([Resource("", "v1", "ConfigMap", "configmaps", [thing("mine"), thing("other", labels={"a": "b"}), owned])])
    state = read(script, want("mine"))
    assert state.objects[key("mine")]["data"] == {"k": "mine"}
    assert state.objects[key("mine")]["metadata"]["managedFields"]
    assert state.objects[key("mine")]["apiVersion"] == "v1"
    assert state.objects[key("other")] == {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other", "namespace": "shop", "labels": {"a": "b"}}}
    assert key("made") not in state.objects


def test_an_autoscaler_that_nobody_states_says_what_it_scales(read: Read) -> None:
    scaler = {**thing("auto"), "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 9}}
    state = read(Script([Resource("autoscaling", "v2", "HPA", "hpas", [scaler])]), want("other", version="autoscaling/v2", kind="HPA"))
    assert state.objects[key("auto", kind="HPA", group="autoscaling")]["spec"] == {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}


@pytest.mark.parametrize(("stated", "found"), [(want("a", ""), key("a", "default")), (want("n", "shop", kind="Node"), key("n", "", "Node"))])
def test_a_namespace_is_that_of_the_kind(read: Read, stated: Want, found: Identity) -> None:
    node = {"metadata": {"name": "n"}, "spec": {"x": 1}}
    state = read(Script([Resource("", "v1", "ConfigMap", "configmaps", [thing("a", "default")]),
                         Resource("", "v1", "Node", "nodes", [node], namespaced=False)]), stated)
    assert "data" in state.objects[found] or "spec" in state.objects[found]


def test_each_object_comes_in_the_version_that_git_states(read: Read) -> None:
    old = Resource("autoscaling", "v1", "HPA", "hpas", [{**thing("a"), "spec": "old"}, {**thing("b"), "spec": "old"}])
    new = Resource("autoscaling", "v2", "HPA", "hpas", [{**thing("a"), "spec": "new"}, {**thing("b"), "spec": "new"}])
    wants = (want("a", version="autoscaling/v1", kind="HPA"), want("b", version="autoscaling/v2", kind="HPA"),
             want("c", version="autoscaling/v3", kind="HPA"))
    state = read(Script([new, old]), *wants)
    assert [state.objects[key(name, kind="HPA", group="autoscaling")]["spec"] for name in "ab"] == ["old", "new"]
    assert reasons(state) == ["the cluster serves HPA as v2, v1, not as v3"]
    assert not state.was_read(key("c", kind="HPA", group="autoscaling"))


@pytest.mark.parametrize("script", [
    Script([maps("a", "b", "c")], fails={PODS: [Fail(429, headers={"Retry-After": "0"})], f"{PODS}?continue": [Fail(0)]}),
    Script([maps("a", "b", "c")], fails={PODS: [Fail(503)], "/api": [Fail(500)]}),
    Script([maps("a", "b", "c")], fails={f"{PODS}?continue": [Fail(410, {"kind": "Status", "reason": "Expired"})]}),
    Script([maps("a", "b", "c")], aggregated=False),
], ids=["busy", "restarting", "expired", "old"])
def test_what_passes_is_waited_for(read: Read, script: Script) -> None:
    state = read(script, want("a"))
    assert {item.name for item in state.objects} == set("abc")
    assert (state.complete, state.unreadable) == ({ALL}, ())


def test_what_went_while_pages_expired_is_gone(read: Read) -> None:
    resource = maps("a", "b", "c")

    class Shrinking(Script):
        def answer(self, method, target, body):
            found = super().answer(method, target, body)
            if isinstance(found, Fail) and found.status == 410:
                resource.objects.pop(0)
            return found

    state = read(Shrinking([resource], fails={f"{PODS}?continue": [Fail(410)]}), want("a"))
    assert {item.name for item in state.objects} == {"b", "c"}
    assert state.was_read(key("a"))


FORBIDDEN = Fail(403, {"kind": "Status", "reason": "Forbidden", "message": 'User "x" cannot list'})


@pytest.mark.parametrize(("fault", "reason"), [
    ({"always": {PODS: FORBIDDEN, "/api/v1/namespaces/shop/configmaps": FORBIDDEN}},
     "forbidden: the account may not list configmaps in namespace shop"),
    ({"always": {PODS: Fail(404)}}, "the cluster does not serve configmaps any more"),
    ({"always": {PODS: Fail(410)}}, "HTTP 410, while configmaps were listed"),
    ({"always": {f"{PODS}?continue": Fail(0)}}, "the connection to the API server broke (ProtocolError), while configmaps were listed"),
    ({"always": {PODS: Fail(302, headers={"Location": "http://127.0.0.1:9/"})}}, "HTTP 302, while configmaps were listed"),
    ({"always": {PODS: Fail(200, {"kind": "ConfigMap"})}}, "the API server's answer is no list, while configmaps were listed"),
])
def test_what_can_not_be_read_is_said_and_the_rest_is_read(read: Read, fault: dict[str, dict[str, Fail]], reason: str) -> None:
    script = Script([maps("a", "b", "c"), Resource("apps", "v1", "Deployment", "deployments", [thing("web")])], **fault)
    state = read(script, want("a"), want("z"), want("web", version="apps/v1", kind="Deployment"))
    assert reasons(state) == [reason]
    assert all(item.remedy for item in state.unreadable)
    assert state.complete == {Extent("apps", "Deployment")}
    assert key("web", kind="Deployment", group="apps") in state.objects
    assert not state.was_read(key("z"))
    assert state.unread(key("z")) is not None


def test_rights_in_one_namespace_are_used(read: Read) -> None:
    resource = Resource("", "v1", "ConfigMap", "configmaps", [thing("a"), thing("b", "other"), thing("c", "third")])
    script = Script([resource], always={PODS: FORBIDDEN, "/api/v1/namespaces/other/configmaps": FORBIDDEN})
    state = read(script, want("a"), want("b", "other"))
    assert set(state.objects) == {key("a")}
    assert state.complete == {Extent("", "ConfigMap", "shop")}
    assert [(item.namespace, item.covers(key("b", "other"))) for item in state.unreadable] == [("other", True)]


@pytest.mark.parametrize("script", [
    Script([maps()]), Script([maps(), Resource("apps", "v1", "Deployment", "deployments")], stale=frozenset({"apps"})),
    Script([maps(), Resource("apps", "v1", "Deployment", "deployments")], aggregated=False, always={"/apis/apps/v1": Fail(503)}),
], ids=["missing", "stale", "away"])
def test_a_kind_that_is_not_served(read: Read, script: Script) -> None:
    state = read(script, want("web", version="apps/v1", kind="Deployment"), want("a"))
    assert [(item.group, item.kind) for item in state.unreadable] == [("apps", "Deployment")]
    assert ("away" in state.unreadable[0].reason) == (len(script.resources) > 1)
    assert state.complete == {ALL}


@pytest.mark.parametrize(("script", "reason"), [
    (Script([], always={"/api": Fail(401)}), "unauthorized: the login has expired or is not known"),
    (Script([], always={"/apis": FORBIDDEN}), "forbidden"),
    (Script([], always={"/api": Fail(503)}), "HTTP 503"),
])
def test_a_cluster_that_tells_nothing(read: Read, script: Script, reason: str) -> None:
    state = read(script, want("a"), cluster="prod")
    assert reasons(state) == [reason]
    assert (state.objects, state.complete, state.served) == ({}, frozenset(), None)
    assert state.unread(key("a")) is not None


def test_a_cluster_that_is_down(tmp_path: Path) -> None:
    state = ClusterReader(Access((str(kubeconfig(tmp_path / "config", "http://127.0.0.1:9")),)), patience=QUICK).read([want("a")])
    assert reasons(state) == ["nobody answers at the address of the API server"]


def test_a_cluster_that_goes_away_is_not_waited_for_again(read: Read) -> None:
    names = [f"K{number}" for number in range(20)]
    resources = [Resource("x.example.com", "v1", name, name.lower(), [thing("a")]) for name in names]
    gone = {f"/apis/x.example.com/v1/{name.lower()}": Fail(0) for name in names[1:]}
    script = Script(resources, always={**gone, "/version": Fail(0)})
    state = read(script, *(want("a", version="x.example.com/v1", kind=name) for name in names))
    assert {item.name for item in state.objects} == {"a"}
    assert len(state.complete) == 1
    assert len(state.unreadable) == 19
    assert len(script.asked) < 10


def test_time_is_limited_in_all(read: Read) -> None:
    state = read(Script([maps("a")]), want("a"), patience=Patience(whole=-1))
    assert reasons(state) == ["the cluster took longer than -1 s in all"]


def test_dry_runs_are_asked_for_as_the_controller(read: Read) -> None:
    roles = Resource("rbac.authorization.k8s.io", "v1", "Role", "roles", [thing("r")])
    script = Script([maps("a", "b"), roles])
    wants = (want("a", manager="argocd-controller"), want("b"), want("gone", manager="argocd-controller"),
             want("r", version="rbac.authorization.k8s.io/v1", kind="Role", manager="argocd-controller"))
    state = read(script, *wants, server_side=True)
    assert set(state.predictions) == {key("a")}
    assert state.predictions[key("a")].body == {**wants[0].body, "metadata": {"name": "a", "resourceVersion": "7"}}
    path, query, body = script.sent[0]
    assert path == "/api/v1/namespaces/shop/configmaps/a"
    assert query == {"dryRun": ["All"], "fieldManager": ["argocd-controller"], "force": ["true"]}
    assert body == wants[0].body


def test_without_dry_runs_nothing_is_sent(read: Read) -> None:
    script = Script([maps("a")])
    assert read(script, want("a", manager="argocd-controller")).predictions == {}
    assert script.sent == []


def status(code: int, message: str, reason: str = "", *causes: tuple[str, str, str]) -> Fail:
    return Fail(code, {"kind": "Status", "message": message, "reason": reason, "details": {
        "causes": [{"reason": why, "message": text, "field": field} for why, text, field in causes]}})


@pytest.mark.parametrize(("fail", "said"), [
    (status(403, 'admission webhook "guard.example.com" denied the request: password hunter2'), 'admission webhook "guard.example.com" denied it'),
    (status(400, 'admission webhook "a.b" does not support dry run', "BadRequest"), 'admission webhook "a.b" does not support dry run'),
    (status(500, 'Internal error occurred: failed calling webhook "a.b": hunter2', "InternalError"), 'failed calling webhook "a.b"'),
    (status(403, "x is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: hunter2", "Forbidden"),
     "ValidatingAdmissionPolicy 'p' denied it"),
    (status(422, "x", "Invalid", ("FieldValueInvalid", 'Invalid value: {"a":"hunter2"}: field is immutable', "spec.selector")),
     "Invalid: spec.selector can't be changed"),
    (status(422, "x", "Invalid", ("FieldValueInvalid", 'Invalid value: "hunter2"', "data[a b]"), ("FieldValueNotSupported", "x", "type")),
     "Invalid: data[a b] is invalid; type is not supported"),
    (status(500, 'failed to create typed patch object (x/web; apps/v1, Kind=Deployment): errors:\n  .spec.containers[name="c"].image: '
            "expected string, got &value.valueUnstructured{Value:hunter2}\n  .data.x: expected list, got &{hunter2}"),
     'it does not fit its type: .spec.containers[name="c"].image: expected string; .data.x: expected list'),
    (status(403, 'deployments.apps "web" is forbidden: User "nobody" cannot patch', "Forbidden"), "forbidden"),
    (status(409, "Apply failed with 1 conflict: hunter2", "Conflict"), "conflict with another writer"),
    (Fail(404, {}), "HTTP 404"),
    (Fail(0), "the connection to the API server broke (ProtocolError)"),
])
def test_a_dry_run_that_is_refused_says_why_and_no_value(read: Read, fail: Fail, said: str) -> None:
    script = Script([maps("a")], always={"/api/v1/namespaces/shop/configmaps/a": fail})
    state = read(script, want("a", manager="argocd-controller"), server_side=True)
    found = state.predictions[key("a")]
    assert (found.body, found.error) == (None, said)


def test_a_webhook_that_fails_is_not_asked_again(read: Read) -> None:
    path = "/api/v1/namespaces/shop/configmaps/a"
    script = Script([maps("a")], always={path: status(500, 'failed calling webhook "a.b": x')})
    read(script, want("a", manager="x"), server_side=True)
    assert script.asked.count(path) == 1


def test_a_login_program_logs_in(read: Read, tmp_path: Path) -> None:
    script = Script([maps("a")])
    program = tmp_path / "login"
    program.write_text(f"#!{sys.executable}\nimport sys, json\nif len(sys.argv) > 1: sys.exit('no session')\n"
                       'print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "t"}}))\n')
    program.chmod(0o700)
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program)}}
    with serving(script) as url:
        path = kubeconfig(tmp_path / "config", url, user)
        assert key("a") in ClusterReader(Access((str(path),))).read([want("a")]).objects
        assert set(script.tokens) == {"Bearer t"}
        user["exec"]["args"] = ["fail"]
        state = ClusterReader(Access((str(kubeconfig(path, url, user)),))).read([want("a")])
    assert reasons(state) == ["the login program of the kubeconfig failed: exec: process returned 1. no session"]


@pytest.mark.parametrize(("text", "context", "reason"), [
    (None, None, "the kubeconfig gives no access: there is no such file"),
    ("{]", None, "the kubeconfig gives no access: it is none, or incomplete"),
    ("[1]", None, "the kubeconfig gives no access: it is none, or incomplete"),
    ("", "away", "the kubeconfig gives no access: it has no context 'away'"),
    ("{current-context: a, clusters: [{name: hunter2}], users: [{token: hunter2}], contexts: [{name: a}]}", None,
     "the kubeconfig gives no access: it is none, or incomplete"),
])
def test_a_kubeconfig_that_gives_no_access(tmp_path: Path, text: str | None, context: str | None, reason: str) -> None:
    path = tmp_path / "config"
    if text == "":
        kubeconfig(path, "http://127.0.0.1:9")
    elif text is not None:
        path.write_text(text)
    state = ClusterReader(Access((str(path),), context), "prod").read([want("a")])
    assert reasons(state) == [reason]


def test_no_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert reasons(ClusterReader(Access()).read([])) == ["this is no pod with a service account: Service host/port is not set"]


def test_a_kubeconfig_of_the_repository_is_refused(tmp_path: Path) -> None:
    repository, away = tmp_path / "repository", tmp_path / "away"
    for folder in (repository, away):
        folder.mkdir()
        (folder / "config").write_text("{}")
    (away / "link").symlink_to(repository / "config")
    (repository / "link").symlink_to(away / "config")
    good = Access((str(away / "config"),))
    assert good.outside(repository) is good
    for path in (repository / "config", away / "link", repository / "link", away / ".." / "repository" / "config"):
        with pytest.raises(UsageError, match="lies in the repository"):
            Access((str(away / "config"), str(path))).outside(repository)


@pytest.mark.parametrize(("names", "patterns", "target", "taken"), [
    (None, (), Target("a", "kustomization", "a", cluster="x"), True),
    ({"prod"}, (), Target("a", "kustomization", "a", cluster="prod"), True),
    ({"prod"}, (), Target("a", "kustomization", "a", cluster="staging"), False),
    ({"prod"}, (), Target("a", "kustomization", "a"), False),
    ({"prod"}, ("a",), Target("a", "kustomization", "a", cluster="staging"), False),
    ({"https://prod:6443"}, (), Target("a", "kustomization", "a", cluster="https://prod:6443/"), True),
    (set(), ("overlays/production/**",), Target("a", "kustomization", "overlays/production/shop"), True),
    (set(), ("shop-*",), Target("a", "kustomization", "x", owners=(Owner("argocd", "Application", "argocd", "shop-eu"),)), True),
    (set(), ("shop-*",), Target("a", "kustomization", "x", owners=(Owner("argocd", "Application", "argocd", "web-eu"),)), False),
])
def test_which_targets_a_cluster_takes(names: set[str] | None, patterns: tuple[str, ...], target: Target, taken: bool) -> None:
    reader = ClusterReader(Access(), meant=Meant(None if names is None else frozenset(names), patterns))
    assert reader.takes(target) is taken
