"""What `bundle --target vap` writes, on a real API server: every object of the corpus, created as a dry run, as `check` judges it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import manual_deploys
import pytest
from click.testing import CliRunner
from cluster import Answer, Cluster, running
from corpus import builtin, key, objects, resources, tell

from gitops_guard.cli import cli
from gitops_guard.evaluate import Subjects, evaluate
from gitops_guard.origin import Map
from gitops_guard.policy import POLICY_ERROR
from gitops_guard.source import Dialect, parse

pytestmark = pytest.mark.real

RULES = ("images/unpinned-tag", "images/missing-digest", "bypass/reconcile-suspended", "bypass/drift-tolerated")
NAMES = {f"gitops-guard-{rule.replace('/', '-')}{suffix}": rule for rule in RULES for suffix in ("", "-warnings")}
# Every rule an error, so that everything that it finds is refused.
STRICT = "rules: {'*/*': {severity: error}}"
POLICIES = ("validatingadmissionpolicies", "validatingadmissionpolicybindings")
DENIED = re.compile(r"ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: (.*)", re.DOTALL)
WARNED = re.compile(r'299 - "Validation failed for ValidatingAdmissionPolicy \'([^\']+)\' with binding \'[^\']+\': (.*)"', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
QUOTED = re.compile(r'".*?"')


def bundled(folder: Path, rules: Sequence[str], config: str) -> list[Map]:
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(config)
    done = CliRunner().invoke(cli, ["bundle", "--target", "vap", "-o", str(folder / "out"), "--config", str(folder / "config.yaml"),
                                    "--root", str(folder), *(word for rule in rules for word in ("--select", rule))])
    assert done.exit_code == 0, done.stderr
    return [document for path in sorted((folder / "out").glob("*.yaml")) for document in parse(path.read_bytes(), path.name).load(Dialect.MANIFEST)]


@pytest.fixture(scope="module")
def cluster(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One of its own: the kinds that are made up here stand in the way of the real ones."""
    with running(tool("kube-apiserver").parent, tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture
def enforce(cluster: Cluster, tmp_path: Path) -> Iterator[Any]:
    """Makes the API server judge by what is bundled of rules, and by nothing else; at the end it judges by nothing."""
    def put(rules: Sequence[str], config: str, probe: Any) -> None:
        documents = bundled(tmp_path / str(len(list(tmp_path.iterdir()))), rules, config)
        assert documents
        for document in documents:
            answer = cluster.apply("root", document, manager="tests")
            assert answer.ok, answer.message
        # Every policy is compiled on its own, and a walk takes a busy API server some seconds.
        cluster.until(probe, 120)

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
# Of each rule one that no other finds anything in.
PROBES = (a_pod("nginx"), a_pod("redis:7.2.4"), *({**PAUSED, "metadata": {**PAUSED["metadata"], "annotations": {key: value}}}
                                                   for key, value in PAUSED["metadata"]["annotations"].items()))
TOUCHED = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "touched", "namespace": "default"}}


@pytest.fixture(scope="module")
def ready(cluster: Cluster) -> tuple[Map, ...]:
    """The corpus, with its namespaces, and with a schema-less definition for each kind that Kubernetes does not have."""
    found = objects()
    for namespace in sorted({one["metadata"].get("namespace") or "default" for one in found} | {"vap"}):
        cluster.namespace(str(namespace))
    served = cluster.served()
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
    cluster.until(lambda: any(known == last for known in ((version.rpartition("/")[0], kind) for version, kind in cluster.served())), 120)
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


def judged(found: Sequence[Map]) -> dict[str, dict[int, str]]:
    """Rule -> number of an object -> what is told of it, by the embedded engine: all messages, in order."""
    answer = evaluate(builtin(), Subjects(resources(tuple(found))), enabled=RULES)
    assert not [fault for fault in answer.faults if fault.rule == POLICY_ERROR]
    messages: dict[str, dict[int, set[str]]] = {rule: defaultdict(set) for rule in RULES}
    for fault in answer.faults:
        messages[fault.rule][int(fault.target or 0)].add(BLANKS.sub(" ", fault.message).strip())
    return {rule: {number: "; ".join(sorted(texts)) for number, texts in found.items()} for rule, found in messages.items()}


@pytest.fixture(scope="module")
def wanted(ready: tuple[Map, ...]) -> dict[str, dict[int, str]]:
    return judged(ready)


def created(cluster: Cluster, found: Sequence[Map]) -> list[Answer | None]:
    """The answers to creating objects as a dry run, some at a time; None where there is no such kind."""
    served = cluster.served()

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


def test_equal_messages_on_every_object(cluster: Cluster, ready: tuple[Map, ...], wanted: dict[str, dict[int, str]], enforce: Any) -> None:
    """As warnings, which the API server gives of every policy; of refusals it tells one."""
    enforce(RULES, f"{STRICT}\nadmission: {{mode: warn, exempt-namespaces: []}}\n",
            lambda: len(told(cluster.create("root", BAD, dry_run=True)) | told(cluster.create("root", PAUSED, dry_run=True))) == len(RULES))
    counts: dict[str, Counter[str]] = {rule: Counter() for rule in RULES}
    others: Counter[str] = Counter()
    differing = []
    for number, (one, answer) in enumerate(zip(ready, created(cluster, ready), strict=True)):
        if answer is None or not judges(answer):
            others["no such kind" if answer is None else f"{answer.status} {QUOTED.sub('…', answer.message)[:60]}"] += 1
            continue
        said = told(answer)
        for rule in RULES:
            expected = wanted[rule].get(number, "")
            if said.get(rule, "") != expected:
                differing.append((rule, key(one)[:500], said.get(rule), expected))
            else:
                counts[rule]["found" if expected else "nothing found"] += 1
    tell(f"{len(ready)} distinct objects, judged: {len(ready) - others.total()}, {len(differing)} disagreements\n"
         + "\n".join(f"{rule}: {dict(count)}" for rule, count in counts.items())
         + f"\nrefused for other reasons: {others.most_common(8)}")
    assert not differing, [len(differing), *differing[:3]]
    assert all(count["found"] >= 5 for count in counts.values())


def test_equal_verdicts(cluster: Cluster, ready: tuple[Map, ...], wanted: dict[str, dict[int, str]], enforce: Any) -> None:
    """What the rules find is refused; of the objects that are right, every fifth is asked about."""
    enforce(RULES, f"{STRICT}\nadmission: {{exempt-namespaces: []}}\n",
            lambda: len({name for probe in PROBES for name, _message in DENIED.findall(cluster.create("root", probe, dry_run=True).message)}) == len(RULES))
    asked = [number for number in range(len(ready)) if number % 5 == 0 or any(number in wanted[rule] for rule in RULES)]
    counts: Counter[str] = Counter()
    differing = []
    for number, answer in zip(asked, created(cluster, [ready[number] for number in asked]), strict=True):
        expected = {rule: wanted[rule][number] for rule in RULES if number in wanted[rule]}
        if answer is None or not judges(answer):
            counts["refused for other reasons"] += 1
            continue
        denied = DENIED.search(answer.message)
        rule = NAMES[denied[1]] if denied else ""
        if bool(expected) != bool(denied) or (denied and expected.get(rule) != " ".join(denied[2].split())):
            differing.append((key(ready[number])[:500], answer.message, expected))
        counts["refused" if denied else "allowed"] += 1
    tell(f"{len(asked)} objects: {dict(counts)}, {len(differing)} disagreements")
    assert not differing, [len(differing), *differing[:3]]
    assert min(counts["refused"], counts["allowed"]) >= 100


def test_what_was_there_before_is_told_and_not_refused(cluster: Cluster, ready: tuple[Map, ...], enforce: Any) -> None:
    faulty = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "faulty", "namespace": "vap"},
              "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": a_pod("nginx")["spec"]}}}
    assert cluster.create("root", faulty).ok

    def scale() -> Answer:
        return cluster.patch("root", faulty, {"spec": {"replicas": 3}}, dry_run=True)

    enforce(["images/unpinned-tag"], "", lambda: not cluster.create("root", BAD, dry_run=True).ok and scale().warnings)
    scaled = scale()
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

    def outcome() -> tuple[bool, bool]:
        answer = cluster.create("root", a_pod("nginx"), dry_run=True)
        return answer.ok, any(WARNED.search(text) for text in answer.warnings)

    # For a moment, the API server may judge by an earlier policy of the same name.
    enforce(["images/unpinned-tag"], config, lambda: is_active() and outcome() == (allowed, warned))
    assert outcome() == (allowed, warned)


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


def test_manual_deploys(cluster: Cluster, enforce: Any) -> None:
    """The table that the webhook has, too."""
    manual_deploys.prepare(cluster)
    probe = {**manual_deploys.CONFIG_MAP, "metadata": {"generateName": "probe-", "namespace": manual_deploys.PRODUCTION, "name": ""}}
    enforce(["admission/manual-deploy"], manual_deploys.CONFIG, lambda: "commit the change there" in cluster.create("root", probe).message)
    wrong = [manual_deploys.differs(*manual_deploys.attempt(cluster, number, "vap")) for number in range(len(manual_deploys.ATTEMPTS))]
    tell(f"{len(wrong)} attempts")
    assert [text for text in wrong if text] == []
    assert len(wrong) >= 40


WIDGET = {"apiVersion": "widgets.example.com/v1", "kind": "Widget", "metadata": {"name": "widget", "namespace": "vap"}}


def widget(*images: str, levels: int = 0) -> dict[str, Any]:
    """A custom resource with a list of containers that many mappings below `spec`; lists between them are none."""
    spec = a_pod(*images)["spec"]
    for _level in range(levels):
        spec = {"inner": [spec]}
    return {**WIDGET, "spec": spec}


@pytest.fixture
def widgets(cluster: Cluster, ready: tuple[Map, ...]) -> None:
    cluster.establish(crd("widgets.example.com", "Widget", ["v1"]))


def test_how_deep_containers_are_looked_for(cluster: Cluster, widgets: None, enforce: Any) -> None:
    enforce(["images/unpinned-tag"], "", lambda: not cluster.create("root", BAD, dry_run=True).ok)
    deepest = cluster.create("root", widget("nginx", levels=15), dry_run=True)
    assert DENIED.search(deepest.message)[2] == "container c0: image nginx has no tag, which means latest"  # type: ignore[index]
    below = cluster.create("root", widget("nginx:1.27.3", levels=16), dry_run=True)
    assert DENIED.search(below.message)[2] == (  # type: ignore[index]
        "containers stand deeper in this object than images are looked for: what they run is not judged")
    schema: dict[str, Any] = {"type": "array"}
    for _level in range(40):
        schema = {"properties": {"containers": schema}}
    assert cluster.create("root", {**WIDGET, "spec": {**a_pod("nginx:1.27.3")["spec"], "schema": schema}}, dry_run=True).ok


def test_what_a_custom_resource_had_before_is_told_and_not_refused(cluster: Cluster, widgets: None, enforce: Any) -> None:
    assert cluster.create("root", widget("nginx")).ok

    def scale() -> Answer:
        return cluster.patch("root", WIDGET, {"spec": {"replicas": 3}}, dry_run=True)

    enforce(["images/unpinned-tag"], "", lambda: not cluster.create("root", BAD, dry_run=True).ok and scale().warnings)
    kept = scale()
    assert (kept.ok, told(kept)) == (True, {"images/unpinned-tag": "container c0: image nginx has no tag, which means latest"})
    worse = cluster.patch("root", WIDGET, widget("nginx", "redis:latest"), dry_run=True)
    assert DENIED.search(worse.message)[2] == "container c1: image redis:latest has the moving tag latest"  # type: ignore[index]
    mended = cluster.patch("root", WIDGET, widget("nginx:1.27.3"), dry_run=True)
    assert (mended.ok, mended.warnings) == (True, ())
    assert cluster.delete("root", WIDGET).ok


def test_large_custom_resources(cluster: Cluster, widgets: None, enforce: Any) -> None:
    """Half a megabyte of pod specs, and a megabyte of anything else."""
    enforce(["images/unpinned-tag"], "", lambda: not cluster.create("root", BAD, dry_run=True).ok)

    def answer(pods: int, last: str, **more: Any) -> Answer:
        specs = [{**a_pod(f"registry.example/team/app:1.2.{number}")["spec"], "hostname": "x" * 400} for number in range(pods)]
        metadata = {"name": "large", "namespace": "vap"}
        return cluster.create("root", {**WIDGET, "metadata": metadata, "spec": {"pods": [*specs, a_pod(last)["spec"]], **more}}, dry_run=True)

    data = {f"key-{number}": 'x "y"\n' * 100 for number in range(1_500)}
    for pods, more in ((1_000, {}), (1, {"data": data}), (1, {"items": [{"name": str(number)} for number in range(40_000)]})):
        assert answer(pods, "nginx:1.27.3", **more).ok
        assert DENIED.search(answer(pods, "nginx", **more).message)[2] == "container c0: image nginx has no tag, which means latest"  # type: ignore[index]
    # What costs an API server more than it gives is refused.
    refused = answer(4_000, "nginx:1.27.3")
    assert (refused.ok, "cost limit exceeded" in refused.message) == (False, True)
