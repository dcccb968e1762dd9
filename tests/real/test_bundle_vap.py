"""What `bundle --target vap` writes, on a real API server: every object of the corpus, created as a dry run, as `check` judges it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cluster import Answer, Cluster
from corpus import builtin, key, objects, resources, tell

from gitops_guard.cli import cli
from gitops_guard.evaluate import Subjects, evaluate
from gitops_guard.model import Resource
from gitops_guard.origin import Map
from gitops_guard.policy import POLICY_ERROR
from gitops_guard.source import Dialect, parse
from gitops_guard.twin import Twin, read_twin

pytestmark = pytest.mark.real

RULES = ("images/unpinned-tag", "images/missing-digest", "bypass/reconcile-suspended", "bypass/drift-tolerated")
NAMES = {f"gitops-guard-{rule.replace('/', '-')}{suffix}": rule for rule in RULES for suffix in ("", "-warnings")}
# Every rule an error, so that everything that it finds is refused.
STRICT = "rules: {'*/*': {severity: error}}"
POLICIES = ("validatingadmissionpolicies", "validatingadmissionpolicybindings")
DENIED = re.compile(r"ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: (.*)", re.DOTALL)
WARNED = re.compile(r'299 - "Validation failed for ValidatingAdmissionPolicy \'([^\']+)\' with binding \'[^\']+\': (.*)"', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
QUOTED = re.compile(r'".*?"')


def bundled(folder: Path, rules: Sequence[str], config: str) -> list[Map]:
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(config)
    done = CliRunner().invoke(cli, ["bundle", "--target", "vap", "-o", str(folder / "out"), "--config", str(folder / "config.yaml"),
                                    "--root", str(folder), *(word for rule in rules for word in ("--select", rule))])
    assert done.exit_code == 0, done.stderr
    return [document for path in sorted((folder / "out").glob("*.yaml")) for document in parse(path.read_bytes(), path.name).load(Dialect.MANIFEST)]


@pytest.fixture
def enforce(cluster: Cluster, tmp_path: Path) -> Iterator[Any]:
    """Makes the API server judge by what is bundled of rules, and by nothing else; at the end it judges by nothing."""
    def put(rules: Sequence[str], config: str, probe: Any) -> None:
        documents = bundled(tmp_path / str(len(list(tmp_path.iterdir()))), rules, config)
        assert documents
        for document in documents:
            answer = cluster.apply("root", document, manager="tests")
            assert answer.ok, answer.message
        cluster.until(probe)

    yield put
    for plural in POLICIES:
        cluster.request("root", "DELETE", f"/apis/admissionregistration.k8s.io/v1/{plural}")
    cluster.until(lambda: all(answer.ok and not answer.warnings for answer in (
        cluster.create("root", BAD, dry_run=True), cluster.create("root", PAUSED, dry_run=True), cluster.apply("alice", TOUCHED, manager="t"))))


def a_pod(*images: str, name: str = "web") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "vap"},
            "spec": {"containers": [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]}}


BAD = {**a_pod("nginx", "redis:7.2.4"), "metadata": {"name": "bad", "namespace": "default"}}
PAUSED = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "paused", "namespace": "default", "annotations": {
    "argocd.argoproj.io/hook": "Skip", "kustomize.toolkit.fluxcd.io/ssa": "Merge"}}}


TOUCHED = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "touched", "namespace": "default"}}


@pytest.fixture(scope="module")
def ready(cluster: Cluster) -> tuple[Map, ...]:
    """The corpus, with its namespaces, and with a schema-less definition for each kind that Kubernetes does not have."""
    found = objects()
    for namespace in sorted({one["metadata"].get("namespace") or "default" for one in found} | {"vap"}):
        cluster.namespace(str(namespace))
    served = set(cluster._discovered())
    versions: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in found:
        group, slash, version = one["apiVersion"].rpartition("/")
        if slash and "." in group and (one["apiVersion"], one["kind"]) not in served and not any(
                known.startswith(f"{group}/") for known, _kind in served):
            versions[group, one["kind"]].add(version)
    for (group, kind), names in sorted(versions.items()):
        definition = crd(group, kind, sorted(names))
        answer = cluster.apply("root", definition, manager="tests")
        assert answer.ok or answer.status == 422, answer.message
    last = sorted(versions)[-1]
    cluster.until(lambda: any(known == last for known in ((version.rpartition("/")[0], kind) for version, kind in cluster._discovered())), 120)
    return found


def crd(group: str, kind: str, versions: Sequence[str]) -> dict[str, Any]:
    plural = f"{kind.lower()}s"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}", "annotations": {"api-approved.kubernetes.io": "unapproved, a test"}},
        "spec": {"group": group, "scope": "Namespaced", "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
                 "versions": [{"name": version, "served": True, "storage": number == 0, "schema": schema} for number, version in enumerate(versions)]},
    }


def judged(rule: str, found: Sequence[Map]) -> dict[str, list[str]]:
    """key of an object -> sorted messages, by the embedded engine."""
    answer = evaluate(builtin(), Subjects(resources(tuple(found))), enabled=[rule])
    assert not [fault for fault in answer.faults if fault.rule == POLICY_ERROR]
    messages: dict[str, set[str]] = defaultdict(set)
    for fault in answer.faults:
        assert isinstance(fault.resource, Resource)
        messages[key(fault.resource.body)].add(" ".join(fault.message.split()))
    return {one: sorted(texts) for one, texts in messages.items()}


def twin_of(rule: str) -> Twin:
    return read_twin(builtin().twins[rule.replace("-", "_")], builtin().twins)


def covers(twin: Twin, one: Map) -> bool:
    group, _, version = one["apiVersion"].rpartition("/")
    return any(seen.kind in ("*", one["kind"]) and seen.group in ("*", group) and seen.version in ("*", version) for seen in twin.resources)


@pytest.fixture(scope="module")
def wanted(ready: tuple[Map, ...]) -> dict[str, dict[str, list[str]]]:
    """Rule -> key of an object -> messages of the embedded engine."""
    return {rule: judged(rule, ready) for rule in RULES}


def created(cluster: Cluster, found: Sequence[Map]) -> list[Answer | None]:
    """The answers to creating objects as a dry run, some at a time; None where there is no such kind."""
    served = set(cluster._discovered())

    def create(one: Map) -> Answer | None:
        return cluster.create("root", one, dry_run=True) if (one["apiVersion"], one["kind"]) in served else None

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(create, found))


def judges(answer: Answer) -> bool:
    """Whether the policies were asked: an object that breaks its schema is refused before."""
    return answer.ok or answer.status == 409 or DENIED.search(answer.message) is not None


def told(answer: Answer) -> dict[str, str]:
    """Rule -> what is told of it in warnings, whose texts are quoted."""
    found = filter(None, map(WARNED.fullmatch, answer.warnings))
    return {NAMES[match[1]]: " ".join(ESCAPED.sub(r"\1", match[2]).split()) for match in found}


def test_equal_messages_on_every_object(cluster: Cluster, ready: tuple[Map, ...], wanted: dict[str, dict[str, list[str]]], enforce: Any) -> None:
    """As warnings, which the API server gives of every policy; of refusals it tells one."""
    enforce(RULES, f"{STRICT}\nadmission: {{mode: warn, exempt-namespaces: []}}\n",
            lambda: len(told(cluster.create("root", BAD, dry_run=True)) | told(cluster.create("root", PAUSED, dry_run=True))) == len(RULES))
    counts: dict[str, Counter[str]] = {rule: Counter() for rule in RULES}
    others: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    differing = []
    for one, answer in zip(ready, created(cluster, ready), strict=True):
        if answer is None or not judges(answer):
            others["no such kind" if answer is None else f"{answer.status} {QUOTED.sub('…', answer.message)[:60]}"] += 1
            continue
        said = told(answer)
        for rule in RULES:
            expected = "; ".join(wanted[rule].get(key(one), ()))
            if expected and not covers(twin_of(rule), one) and rule not in said:
                counts[rule]["not covered"] += 1
                kinds[f"{one['apiVersion']} {one['kind']}"] += 1
            elif said.get(rule, "") != expected:
                differing.append((rule, key(one)[:500], said.get(rule), expected))
            else:
                counts[rule]["found" if expected else "nothing found"] += 1
    tell(f"{len(ready)} distinct objects, judged: {len(ready) - others.total()}, {len(differing)} disagreements\n"
         + "\n".join(f"{rule}: {dict(count)}" for rule, count in counts.items())
         + f"\nof kinds that no twin covers: {dict(kinds)}\nrefused for other reasons: {others.most_common(8)}")
    assert not differing, differing[:3]
    assert all(count["found"] >= 5 for count in counts.values())


def test_equal_verdicts(cluster: Cluster, ready: tuple[Map, ...], wanted: dict[str, dict[str, list[str]]], enforce: Any) -> None:
    """What the rules find is refused; of the objects that are right, every tenth is asked about."""
    enforce(RULES, f"{STRICT}\nadmission: {{exempt-namespaces: []}}\n",
            lambda: all(DENIED.search(cluster.create("root", probe, dry_run=True).message) for probe in (BAD, PAUSED)))
    faulty = [one for one in ready if any(key(one) in wanted[rule] for rule in RULES)]
    asked = [*faulty, *ready[::10]]
    counts: Counter[str] = Counter()
    differing = []
    for one, answer in zip(asked, created(cluster, asked), strict=True):
        expected = {rule: "; ".join(wanted[rule][key(one)]) for rule in RULES if key(one) in wanted[rule] and covers(twin_of(rule), one)}
        if answer is None or not judges(answer):
            counts["refused for other reasons"] += 1
            continue
        denied = DENIED.search(answer.message)
        rule = NAMES[denied[1]] if denied else ""
        if bool(expected) != bool(denied) or (denied and expected.get(rule) != " ".join(denied[2].split())):
            differing.append((key(one)[:500], answer.message, expected))
        counts["refused" if denied else "allowed"] += 1
    tell(f"{len(asked)} objects: {dict(counts)}, {len(differing)} disagreements")
    assert not differing, differing[:3]
    assert min(counts["refused"], counts["allowed"]) >= 100


def test_what_was_there_before_is_told_and_not_refused(cluster: Cluster, ready: tuple[Map, ...], enforce: Any) -> None:
    faulty = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "faulty", "namespace": "vap"},
              "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": a_pod("nginx")["spec"]}}}
    assert cluster.create("root", faulty).ok
    enforce(["images/unpinned-tag"], "", lambda: not cluster.create("root", BAD, dry_run=True).ok)
    scaled = cluster.patch("root", faulty, {"spec": {"replicas": 3}}, dry_run=True)
    assert scaled.ok, scaled.message
    (text,) = (WARNED.search(warning) for warning in scaled.warnings)
    assert text is not None
    assert text.groups() == ("gitops-guard-images-unpinned-tag-warnings", "container c0: image nginx has no tag, which means latest")
    spec = {"containers": [{"name": "c0", "image": "nginx"}, {"name": "c1", "image": "redis:latest"}]}
    worse = cluster.patch("root", faulty, {"spec": {"template": {"spec": spec}}}, dry_run=True)
    denied = DENIED.search(worse.message)
    assert denied is not None
    assert denied.groups() == ("gitops-guard-images-unpinned-tag", "container c1: image redis:latest has the moving tag latest")
    spec = {"containers": [{"name": "c0", "image": "nginx:1.27.3"}]}
    mended = cluster.patch("root", faulty, {"spec": {"template": {"spec": spec}}}, dry_run=True)
    assert (mended.ok, mended.warnings) == (True, ())
    assert cluster.delete("root", faulty).ok


@pytest.mark.parametrize(("config", "allowed", "warned"), [
    ("", False, False), ("admission: {mode: warn}", True, True), ("admission: {mode: dryrun}", True, False),
    ("rules: {images/unpinned-tag: {severity: warning}}", True, True), ("admission: {exempt-namespaces: [vap]}", True, False),
    ("rules: {images/unpinned-tag: {parameters: {allow: ['ngin?']}}}", True, False),
    ("waivers: [{rule: images/*, resource: Pod/v*/web, reason: it is so}]", True, False),
    ("waivers: [{rule: images/*, resource: Pod/vap/api, reason: it is so}]", False, False),
])
def test_the_configuration(cluster: Cluster, ready: tuple[Map, ...], enforce: Any, config: str, allowed: bool, warned: bool) -> None:
    def is_active() -> bool:
        answer = cluster.create("root", {**BAD, "spec": a_pod("redis:latest")["spec"]}, dry_run=True)
        return not answer.ok or bool(answer.warnings) or "dryrun" in config

    enforce(["images/unpinned-tag"], config, is_active)
    answer = cluster.create("root", a_pod("nginx"), dry_run=True)
    assert (answer.ok, any(WARNED.search(text) for text in answer.warnings)) == (allowed, warned), (answer.message, answer.warnings)


def test_many_messages_are_cut_short(cluster: Cluster, ready: tuple[Map, ...], enforce: Any) -> None:
    enforce(["images/unpinned-tag"], "", lambda: not cluster.create("root", BAD, dry_run=True).ok)
    many = cluster.create("root", a_pod(*["nginx"] * 40), dry_run=True)
    assert many.message.count("has no tag") == 20
    assert many.message.endswith("; and more")
    long = cluster.create("root", a_pod(*[f"registry.example/{'x' * 900}/{number}:main" for number in range(9)]), dry_run=True)
    assert long.message.count("has the moving tag") == 1
    assert long.message.endswith("; and more")
    huge = cluster.create("root", a_pod(f"registry.example/{'x' * 6000}:main"), dry_run=True)
    assert huge.message.endswith("denied request: An image tag moves")
    # As many as fit into a request: the budget of CEL must not be what decides.
    most = cluster.create("root", a_pod(*[f"registry.example/team/app-{number}:main" for number in range(150)]), dry_run=True)
    assert most.message.endswith("; and more"), most.message[:300]


MANUAL = """\
rules:
  admission/manual-deploy:
    parameters:
      identities: ["system:serviceaccount:argocd:argocd-application-controller", "system:serviceaccount:flux-system:*"]
      controllers: {"system:serviceaccount:cert-manager:cert-manager": [/secrets]}
      break_glass_groups: [gitops-breakglass]
      namespaces: ["vap*", default]
"""
WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop", "namespace": "vap"},
       "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": a_pod("nginx")["spec"]}}}
TOKEN = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "made", "namespace": "vap"}}
SCALE = {"spec": {"replicas": 2}}
NOTE = {"metadata": {"annotations": {"deployment.kubernetes.io/revision": "2"}}}


@pytest.mark.parametrize("who", ["user", "all of them"])
def test_manual_deploys(cluster: Cluster, ready: tuple[Map, ...], enforce: Any, who: str) -> None:
    """Some of the table that the webhook has, too."""
    assert cluster.create("root", WEB).ok
    enforce(["admission/manual-deploy"], MANUAL, lambda: not cluster.apply("alice", TOUCHED, manager="t").ok)
    alone = who == "user"
    try:
        refused, let = [], []
        for name, answer in [
            ("alice changes", cluster.patch("alice", WEB, SCALE)), ("alice scales", cluster.patch("alice", WEB, SCALE, subresource="scale")),
            ("alice deletes", cluster.delete("alice", WEB)), ("root applies", cluster.apply("root", {**WEB, "spec": {**WEB["spec"], "replicas": 4}}, manager="root")),
            ("alice creates", cluster.create("alice", TOKEN)), ("an evil namespace", cluster.patch("evil-namespace", WEB, SCALE)),
            ("an evil name", cluster.patch("evil-name", WEB, SCALE)), ("an evil user", cluster.patch("evil-user", WEB, SCALE)),
            ("an evil group", cluster.patch("evil-group", WEB, SCALE)), ("cert-manager deploys", cluster.patch("cert-manager", WEB, SCALE)),
            ("the controller of deployments changes the spec", cluster.patch("deployment-controller", WEB, SCALE)),
            ("the autoscaler changes the spec", cluster.patch("horizontal-pod-autoscaler", WEB, SCALE)),
            ("argocd's server", cluster.patch("argocd-server", WEB, SCALE)),
            ("a dry run", cluster.patch("alice", WEB, SCALE, dry_run=True)), ("argocd", cluster.patch("argocd-controller", WEB, SCALE)),
            ("flux", cluster.patch("kustomize-controller", WEB, {"spec": {"replicas": 3}})), ("cert-manager", cluster.create("cert-manager", TOKEN)),
            ("the revision", cluster.patch("deployment-controller" if alone else "kube-controller-manager", WEB, NOTE)),
            ("a status", cluster.patch("deployment-controller", WEB, {"status": {"replicas": 3}}, subresource="status")),
            ("the autoscaler", cluster.patch("horizontal-pod-autoscaler" if alone else "kube-controller-manager", WEB, SCALE, subresource="scale")),
            ("break-glass", cluster.patch("carol", WEB, {"spec": {"replicas": 5}})),
            ("another namespace", cluster.create("alice", {**TOKEN, "metadata": {"name": "made", "namespace": "kube-public"}})),
            ("collected", cluster.delete("generic-garbage-collector" if alone else "kube-controller-manager", TOKEN)),
        ]:
            denied = DENIED.search(answer.message)
            assert answer.ok or denied, (name, answer.message)
            (refused if denied else let).append(name)
            if denied:
                assert denied[1] == "gitops-guard-admission-manual-deploy"
                assert re.fullmatch(r"\S+ may not (create|update|delete) \S+ vap/(shop|made): it is deployed from Git; commit the change there", denied[2]), denied[2]
            assert bool(answer.warnings) == (name == "break-glass"), (name, answer.warnings)
            if name == "break-glass":
                warned = WARNED.search(answer.warnings[0])
                assert warned is not None
                assert warned[2] == "carol may update deployments vap/shop by break-glass, as a member of gitops-breakglass: bring the change to Git, or it is lost"
        assert len(refused) == 13, refused
        assert let[0] == "a dry run"
    finally:
        cluster.request("root", "DELETE", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings")
        cluster.until(lambda: cluster.delete("root", WEB).status in (200, 404))
        cluster.request("root", "DELETE", cluster.path(TOKEN))
        cluster.request("root", "DELETE", cluster.path({**TOKEN, "metadata": {"name": "made", "namespace": "kube-public"}}))
