"""Two sides of small repositories -> what the rules of change say, and where: each row is one fact about the controllers."""

import functools

import pytest

from gitops_guard import config as configuration
from gitops_guard import data
from gitops_guard.evaluate import Subjects, evaluate
from gitops_guard.locate import locate
from gitops_guard.merge import merged
from gitops_guard.policy import PolicyFolder, load
from gitops_guard.side import Clone, build_side
from tests.trees import MemoryTree

URL = "https://github.com/acme/fleet"
HERE = f'repositories: {{"{URL}": .}}\n'
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: shop}\n"
WEB = CM % "web"
PVC = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: %s\n  namespace: shop\n%sspec: {accessModes: [ReadWriteOnce]}\n"
BOX = PVC % ("box", "")
FREE = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: box\nspec: {accessModes: [ReadWriteOnce]}\n"
FINALIZER = "resources-finalizer.argocd.argoproj.io"
LATE = "ineffective-guard"
STATEFUL, MANY, EMPTIES, CASCADE, MOVED = ("deletes-stateful", "deletes-many", "empties-target", "cascade-deletion", "moved-between-owners")


def annotated(annotation):
    return PVC % ("box", f"  annotations: {{{annotation}}}\n")


def app(name="shop", path="shop", sync="{automated: {prune: true}}", more="", meta="", destination=None, revision="HEAD"):
    where = destination or '{server: "https://kubernetes.default.svc", namespace: shop}'
    return (f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: {name}\n  namespace: argocd\n{meta}"
            f"spec:\n  project: default\n  source: {{repoURL: {URL}, path: {path}, targetRevision: {revision}{more}}}\n"
            f"  destination: {where}\n  syncPolicy: {sync}\n")


def flux(name="shop", path="./shop", prune="true", more=""):
    return ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            f"metadata:\n  name: {name}\n  namespace: flux-system\nspec:\n  interval: 1h\n  path: {path}\n  prune: {prune}\n"
            f"  sourceRef: {{kind: GitRepository, name: flux-system}}\n{more}")


SOURCE = ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\n"
          f"spec: {{interval: 1m, url: {URL}, ref: {{branch: main}}}}\n")


def appset(elements, sync="", finalizers="", name="shops"):
    return (f"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: {name}\n  namespace: argocd\nspec:\n{sync}"
            f"  generators:\n    - list:\n        elements: {elements}\n  template:\n    metadata: {{name: 'shop-{{{{name}}}}'{finalizers}}}\n"
            f"    spec:\n      project: default\n      source: {{repoURL: {URL}, path: shop, targetRevision: HEAD}}\n"
            "      destination: {server: 'https://kubernetes.default.svc', namespace: '{{name}}'}\n")


def release(more="", name="redis"):
    return (f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  interval: 1h\n"
            f"  chartRef: {{kind: OCIRepository, name: redis}}\n{more}")


def kustomization(*resources, more=""):
    return f"resources: [{', '.join(resources)}]\n{more}"


BOTH = {"shop/kustomization.yaml": kustomization("web.yaml", "box.yaml"), "shop/web.yaml": WEB, "shop/box.yaml": BOX}
DROPPED = {"shop/kustomization.yaml": kustomization("web.yaml"), "shop/box.yaml": None}
ARGO = {"argocd/shop.yaml": app()}
FLUX = {"flux/shop.yaml": flux(), "flux/source.yaml": SOURCE}
LIST_LINE = "shop/kustomization.yaml:1"


@functools.cache
def policies():
    return load([PolicyFolder(data.policies(), builtin=True)])


def verdicts(before, now, config=HERE):
    """What the rules of change say: rule, resource, place."""
    settings = configuration.load(config)
    sides = [build_side(MemoryTree({path: text for path, text in files.items() if text is not None}), settings, (),
                        Clone(branches=frozenset({"main"}))) for files in (before, {**before, **now})]
    subjects = Subjects(targets={item.target.id: item.target for item in sides[1].built}, changes=merged(*sides, settings))
    rules = {policy.id for policy in policies().policies if policy.metadata.scope == "change" or policy.metadata.changes}
    result = evaluate(policies(), subjects, enabled=rules)
    return sorted(f"{fault.rule.partition('/')[2]} {str(fault.resource.id) + ' ' if fault.resource else ''}{locate(fault).file}:{locate(fault).line}"
                  for fault in result.faults)


LOST = f"{STATEFUL} PersistentVolumeClaim/shop/box"


@pytest.mark.parametrize(("before", "now", "expected"), [
    pytest.param(BOTH, DROPPED, [f"{LOST} {LIST_LINE}"], id="nobody is known to own it"),
    pytest.param({**BOTH, **ARGO}, DROPPED, [f"{LOST} {LIST_LINE}"], id="pruned by Argo CD"),
    pytest.param({**BOTH, **FLUX}, DROPPED, [f"{LOST} {LIST_LINE}"], id="pruned by Flux"),
    pytest.param({**BOTH, "argocd/shop.yaml": app(sync="{automated: {}}")}, DROPPED, [], id="Argo CD does not prune: an orphan"),
    pytest.param({**BOTH, "argocd/shop.yaml": app(sync="{}")}, DROPPED, [], id="nobody syncs: an orphan"),
    pytest.param({**BOTH, **FLUX, "flux/shop.yaml": flux(prune="false")}, DROPPED, [], id="Flux does not prune"),
    pytest.param({**BOTH, "argocd/shop.yaml": app(sync="{automated: {}}")}, {**DROPPED, **ARGO}, [f"{LOST} {LIST_LINE}"],
                 id="pruning that comes with the deletion is danger"),
    pytest.param({**BOTH, **ARGO}, {**DROPPED, "argocd/shop.yaml": app(sync="{automated: {}}")}, [f"{LOST} {LIST_LINE}"],
                 id="pruning that goes with the deletion was danger"),
    pytest.param({**BOTH, **FLUX, "flux/shop.yaml": flux(more="  suspend: true\n")}, DROPPED, [f"{LOST} {LIST_LINE}"],
                 id="a suspended owner only defers"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": annotated("argocd.argoproj.io/sync-options: Prune=confirm")}, DROPPED, [], id="guarded"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": annotated("argocd.argoproj.io/sync-options: Delete=false")}, DROPPED,
                 [f"{LOST} {LIST_LINE}"], id="a guard against cascades is none against pruning"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": annotated("helm.sh/resource-policy: keep")}, DROPPED, [f"{LOST} {LIST_LINE}"],
                 id="Argo CD prunes what Helm would keep"),
    pytest.param({**BOTH, **FLUX, "shop/box.yaml": annotated("kustomize.toolkit.fluxcd.io/prune: Disabled")}, DROPPED, [],
                 id="Flux' guard, in any case"),
    pytest.param({**BOTH, **FLUX, "shop/box.yaml": annotated("argocd.argoproj.io/sync-options: Prune=false")}, DROPPED,
                 [f"{LOST} {LIST_LINE}"], id="Flux does not know Argo CD's guard"),
    pytest.param({**BOTH, "argocd/shop.yaml": app(sync="{automated: {prune: true}, syncOptions: [Prune=false]}")}, DROPPED, [],
                 id="guarded by its Application"),
    pytest.param({**BOTH, "argocd/shop.yaml": app(sync="{automated: {prune: true}, syncOptions: [Prune=false]}"),
                  "shop/box.yaml": annotated("argocd.argoproj.io/sync-options: Prune=true")}, DROPPED, [f"{LOST} {LIST_LINE}"],
                 id="the object's own option beats its Application's"),
    pytest.param({**BOTH, "argocd/shop.yaml": app(revision="v1.0.0")}, DROPPED, [], id="what is deployed is another revision"),
    pytest.param({**BOTH, "argocd/shop.yaml": app(revision="main")}, DROPPED, [f"{LOST} {LIST_LINE}"], id="the branch is this tree"),
    pytest.param({**BOTH, **ARGO}, {"shop/kustomization.yaml": kustomization("web.yaml", "sub/box.yaml"), "shop/box.yaml": None,
                                    "shop/sub/box.yaml": BOX}, [], id="its file moved"),
    pytest.param({**BOTH, **ARGO}, {"shop/kustomization.yaml": kustomization("nothing.yaml")}, [], id="the head side does not build"),
    pytest.param({**BOTH, **ARGO, "shop/kustomization.yaml": kustomization("nothing.yaml", "box.yaml")}, DROPPED, [],
                 id="the base side did not build"),
    pytest.param({**BOTH, **ARGO}, {"shop/kustomization.yaml": kustomization("web.yaml", "https://github.com/acme/other//base?ref=v1")}, [],
                 id="what a remote base may have is not known to be gone"),
    pytest.param({"shop/kustomization.yaml": kustomization("c.yaml"), "shop/c.yaml": "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\n"},
                 {"shop/c.yaml": "apiVersion: postgresql.cnpg.io/v2\nkind: Cluster\nmetadata: {name: db}\n"}, [], id="another version is the same object"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": FREE}, {"argocd/shop.yaml": app(destination="{server: 'https://other.example.com', namespace: shop}")},
                 [], id="another cluster: what the old one has stays"),
])
def test_deletions(before, now, expected):
    assert verdicts(before, now) == expected


UNLISTED = {"shop/kustomization.yaml": kustomization("web.yaml")}
GUARDED = annotated("argocd.argoproj.io/sync-options: Prune=false")


@pytest.mark.parametrize(("before", "now", "expected"), [
    pytest.param({**BOTH, **ARGO}, {**UNLISTED, "shop/box.yaml": GUARDED}, [f"{STATEFUL} PersistentVolumeClaim/shop/box {LIST_LINE}",
                 f"{LATE} PersistentVolumeClaim/shop/box shop/box.yaml:6"], id="it comes with the deletion"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": FREE, "shop/kustomization.yaml": kustomization("web.yaml", "box.yaml", more="namespace: shop\n")},
                 {**UNLISTED, "shop/box.yaml": GUARDED.replace("  namespace: shop\n", "")},
                 [f"{STATEFUL} PersistentVolumeClaim/shop/box {LIST_LINE}", f"{LATE} PersistentVolumeClaim/shop/box shop/box.yaml:5"],
                 id="on an object whose namespace a kustomization wrote"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": GUARDED}, UNLISTED, [], id="it was there before"),
    pytest.param({**BOTH, **FLUX}, {**UNLISTED, "shop/box.yaml": GUARDED}, [f"{STATEFUL} PersistentVolumeClaim/shop/box {LIST_LINE}"],
                 id="another controller's"),
])
def test_guards_that_come_with_the_deletion(before, now, expected):
    assert verdicts(before, now) == expected


PREFIX = {"shop/kustomization.yaml": kustomization("web.yaml", "box.yaml", more="namePrefix: a-\n")}
OF_APP = f"{CASCADE} Application/argocd/shop argocd/shop.yaml"
ARMED = {"argocd/shop.yaml": app(meta=f"  finalizers: [{FINALIZER}]\n")}


@pytest.mark.parametrize(("before", "now", "expected"), [
    pytest.param({**BOTH, **ARGO}, {"shop/box.yaml": PVC % ("boxes", "")}, [f"{LOST} shop/box.yaml:4"], id="its name"),
    pytest.param({**BOTH, **ARGO}, {"shop/box.yaml": BOX.replace("shop", "store")}, [f"{LOST} shop/box.yaml:5"], id="its namespace"),
    pytest.param({**BOTH, **ARGO}, PREFIX, [f"{LOST} shop/kustomization.yaml:2"], id="a prefix comes"),
    pytest.param({**BOTH, **ARGO, **PREFIX}, {"shop/kustomization.yaml": kustomization("web.yaml", "box.yaml", more="namePrefix: b-\n")},
                 [f"{STATEFUL} PersistentVolumeClaim/shop/a-box shop/kustomization.yaml:2"], id="a prefix changes"),
    pytest.param({**BOTH, **ARGO}, {"shop/kustomization.yaml": kustomization("web.yaml", "box.yaml", more="namespace: store\n")},
                 [f"{LOST} shop/kustomization.yaml:2"], id="a kustomization's namespace"),
    pytest.param({**BOTH, **FLUX}, {"flux/shop.yaml": flux(more="  targetNamespace: store\n")}, [f"{LOST} flux/shop.yaml:11"],
                 id="Flux' targetNamespace"),
    pytest.param({**BOTH, **FLUX}, {"flux/shop.yaml": flux(more="  namePrefix: a-\n")}, [f"{LOST} flux/shop.yaml:11"], id="Flux' namePrefix"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": FREE},
                 {"argocd/shop.yaml": app(destination="{server: 'https://kubernetes.default.svc', namespace: store}")},
                 [f"{STATEFUL} PersistentVolumeClaim/box argocd/shop.yaml:9"], id="Argo CD's destination namespace"),
    pytest.param({**BOTH, **ARGO, "shop/box.yaml": FREE}, {"shop/box.yaml": BOX}, [], id="a namespace written out that was implied"),
    pytest.param({**BOTH, "shop/box.yaml": FREE}, {"shop/kustomization.yaml": kustomization("web.yaml", "box.yaml", more="namespace: shop\n")},
                 [f"{STATEFUL} PersistentVolumeClaim/box shop/kustomization.yaml:2"], id="a namespace that nobody was there to imply"),
])
def test_renames(before, now, expected):
    assert verdicts(before, now) == expected


@pytest.mark.parametrize(("before", "now", "expected"), [
    pytest.param({**BOTH, **ARMED}, {"argocd/shop.yaml": None}, [f"{OF_APP}:1"], id="an Application with its finalizer"),
    pytest.param({**BOTH, **ARGO}, {"argocd/shop.yaml": None}, [], id="one without leaves everything"),
    pytest.param({**BOTH, **ARMED}, {"argocd/shop.yaml": app("store", meta=f"  finalizers: [{FINALIZER}]\n")}, [f"{OF_APP}:4"], id="one renamed"),
    pytest.param({**BOTH, **ARMED, "shop/web.yaml": WEB.replace("{", "{annotations: {argocd.argoproj.io/sync-options: Delete=false}, ", 1),
                  "shop/box.yaml": annotated("argocd.argoproj.io/sync-options: Delete=confirm")}, {"argocd/shop.yaml": None}, [],
                 id="all it has is guarded against it"),
    pytest.param({**BOTH, **ARMED, "shop/box.yaml": annotated("argocd.argoproj.io/sync-options: Prune=false"), "shop/web.yaml": WEB}, {"argocd/shop.yaml": None},
                 [f"{OF_APP}:1"], id="a guard against pruning is none against cascades"),
    pytest.param({"argocd/shop.yaml": app(path="charts/x", more=", plugin: {name: cue}", meta=f"  finalizers: [{FINALIZER}]\n")}, {"argocd/shop.yaml": None, "a.yaml": WEB},
                 [f"{OF_APP}:1"], id="one of which nobody knows what it deploys"),
    pytest.param({"argocd/shop.yaml": app(path="charts/x", more=", plugin: {name: cue}")}, {"argocd/shop.yaml": None, "a.yaml": WEB},
                 [], id="one of which nobody knows what it deploys, without finalizer"),
    pytest.param({**BOTH, **FLUX}, {"flux/shop.yaml": None}, [f"{CASCADE} Kustomization/flux-system/shop flux/shop.yaml:1"], id="a Flux Kustomization"),
    pytest.param({**BOTH, **FLUX}, {"flux/shop.yaml": flux("store")}, [f"{CASCADE} Kustomization/flux-system/shop flux/shop.yaml:4"], id="one renamed"),
    pytest.param({**BOTH, **FLUX, "flux/shop.yaml": flux(prune="false")}, {"flux/shop.yaml": None}, [], id="one that does not prune"),
    pytest.param({**BOTH, **FLUX, "flux/shop.yaml": flux(prune="false", more="  deletionPolicy: Delete\n")}, {"flux/shop.yaml": None},
                 [f"{CASCADE} Kustomization/flux-system/shop flux/shop.yaml:1"], id="deletionPolicy Delete without prune"),
    pytest.param({**BOTH, **FLUX, "flux/shop.yaml": flux(more="  deletionPolicy: Orphan\n")}, {"flux/shop.yaml": None}, [], id="deletionPolicy Orphan"),
    pytest.param({**BOTH, **FLUX, "flux/shop.yaml": flux(more="  suspend: true\n")}, {"flux/shop.yaml": None}, [], id="a suspended one"),
    pytest.param({**FLUX, "shop/redis.yaml": release(), "shop/web.yaml": WEB}, {"shop/redis.yaml": None},
                 [f"{CASCADE} HelmRelease/shop/redis flux/shop.yaml:8"], id="a HelmRelease"),
    pytest.param({**FLUX, "shop/redis.yaml": release("  suspend: true\n"), "shop/web.yaml": WEB}, {"shop/redis.yaml": None}, [], id="a suspended HelmRelease"),
    pytest.param({"shop/redis.yaml": release()}, {"shop/redis.yaml": release("  targetNamespace: x\n")},
                 [f"{CASCADE} HelmRelease/shop/redis shop/redis.yaml:9"], id="another target namespace"),
    pytest.param({"shop/redis.yaml": release()}, {"shop/redis.yaml": release("  targetNamespace: shop\n  releaseName: redis\n")}, [],
                 id="defaults written out"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}, {name: b}]")}, {"argocd/set.yaml": appset("[{name: a}]")},
                 [f"{CASCADE} Application/argocd/shop-b argocd/set.yaml:8"], id="an ApplicationSet makes one less"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}]")}, {"argocd/set.yaml": appset("[]")},
                 [f"{EMPTIES} argocd/set.yaml:8"], id="one that makes none"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}, {name: b}]", "  syncPolicy: {preserveResourcesOnDeletion: true}\n")},
                 {"argocd/set.yaml": appset("[{name: a}]", "  syncPolicy: {preserveResourcesOnDeletion: true}\n")}, [], id="resources are preserved"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}, {name: b}]", "  syncPolicy: {applicationsSync: create-update}\n")},
                 {"argocd/set.yaml": appset("[{name: a}]", "  syncPolicy: {applicationsSync: create-update}\n")}, [], id="Applications are never deleted"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}]")}, {"argocd/set.yaml": None},
                 [f"{CASCADE} ApplicationSet/argocd/shops argocd/set.yaml:1"], id="an ApplicationSet"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}]", "  syncPolicy: {preserveResourcesOnDeletion: true}\n")}, {"argocd/set.yaml": None}, [],
                 id="an ApplicationSet that preserves resources"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}]", "  syncPolicy: {preserveResourcesOnDeletion: true}\n", f", finalizers: [{FINALIZER}]")},
                 {"argocd/set.yaml": None}, [f"{CASCADE} ApplicationSet/argocd/shops argocd/set.yaml:1"], id="and whose template has a finalizer"),
    pytest.param({**BOTH, "argocd/set.yaml": appset("[{name: a}]")},
                 {"argocd/set.yaml": appset("[{name: a}]").replace("list:\n        elements: [{name: a}]", "plugin: {configMapRef: {name: x}}")}, [],
                 id="a generator that nobody knows is not empty"),
])
def test_cascades(before, now, expected):
    assert verdicts(before, now) == expected


TWO = {"argocd/a.yaml": app("a", "a"), "argocd/b.yaml": app("b", "b"),
       "a/kustomization.yaml": kustomization("web.yaml", "box.yaml"), "a/web.yaml": WEB, "a/box.yaml": BOX,
       "b/kustomization.yaml": kustomization("own.yaml"), "b/own.yaml": CM % "own"}
CROSSED = {"a/kustomization.yaml": kustomization("web.yaml"), "a/box.yaml": None,
           "b/kustomization.yaml": kustomization("own.yaml", "box.yaml"), "b/box.yaml": BOX}


@pytest.mark.parametrize(("before", "now", "expected"), [
    pytest.param(TWO, CROSSED, [f"{MOVED} PersistentVolumeClaim/shop/box b/box.yaml:2"], id="between Applications"),
    pytest.param({**TWO, "argocd/a.yaml": app("a", "a", sync="{automated: {}}")}, CROSSED, [], id="the old owner does not prune"),
    pytest.param({**TWO, "argocd/b.yaml": None}, CROSSED, [f"{LOST} a/kustomization.yaml:1"], id="nobody owns the new place: it is deleted"),
    pytest.param({**TWO, "argocd/a.yaml": None}, CROSSED, [], id="nobody owned it: it gets an owner"),
    pytest.param({**TWO, "argocd/a.yaml": app("a", "a", meta=f"  finalizers: [{FINALIZER}]\n")},
                 {"argocd/a.yaml": None, "b/kustomization.yaml": kustomization("own.yaml", "../a")},
                 [f"{CASCADE} Application/argocd/a argocd/a.yaml:1"], id="the removal of its owner is one event"),
])
def test_moves(before, now, expected):
    assert verdicts(before, now) == expected


MANY_FILES = {f"shop/c{n}.yaml": CM % f"c{n}" for n in range(8)}
SEVERAL = {**MANY_FILES, "shop/web.yaml": WEB, "shop/kustomization.yaml": kustomization("web.yaml", *(f"c{n}.yaml" for n in range(8)))}


@pytest.mark.parametrize(("before", "now", "expected"), [
    pytest.param(SEVERAL, {"shop/kustomization.yaml": kustomization("web.yaml")}, [f"{MANY} {LIST_LINE}"], id="all but one"),
    pytest.param({**BOTH, **FLUX}, {"shop/kustomization.yaml": "resources: []\n"}, [f"{EMPTIES} {LIST_LINE}"], id="an empty list"),
    pytest.param({**BOTH, **FLUX, "old/README.md": "x"}, {"flux/shop.yaml": flux(path="./old")}, [f"{EMPTIES} flux/shop.yaml:8"], id="a path to nothing"),
    pytest.param({**BOTH, **FLUX, "new/web.yaml": WEB}, {"flux/shop.yaml": flux(path="./new")}, [f"{LOST} flux/shop.yaml:8"], id="a path to less"),
    pytest.param({**BOTH, **FLUX}, {"flux/shop.yaml": flux(path="./nowhere")}, [], id="a path that does not exist fails, and deletes nothing"),
    pytest.param({"argocd/root.yaml": app("root", "apps"), "apps/kustomization.yaml": kustomization("shop.yaml", "claim.yaml"),
                  "apps/shop.yaml": app(meta=f"  finalizers: [{FINALIZER}]\n"), "apps/claim.yaml": PVC % ("aside", ""), **BOTH},
                 {"apps/kustomization.yaml": "resources: []\n"},
                 [f"{CASCADE} Application/argocd/shop apps/kustomization.yaml:1", f"{STATEFUL} PersistentVolumeClaim/shop/aside apps/kustomization.yaml:1"],
                 id="a cascade comes before an emptied target"),
])
def test_sizes(before, now, expected):
    assert verdicts(before, now) == expected


CLUSTERS = {f"clusters/{name}/{file}": text for name in ("a", "b")
            for file, text in (("shop.yaml", flux(path=f"./shop/{name}")), ("source.yaml", SOURCE))} | {
    f"shop/{name}/{file}": text for name in ("a", "b") for file, text in (("web.yaml", WEB), ("box.yaml", BOX))}


@pytest.mark.parametrize(("now", "expected"), [
    pytest.param({"shop/a/box.yaml": None}, [f"{LOST} clusters/a/shop.yaml:8"], id="gone from one cluster"),
    pytest.param({"clusters/a/shop.yaml": None}, [f"{CASCADE} Kustomization/flux-system/shop clusters/a/shop.yaml:1"], id="one owner gone"),
    pytest.param({"shop/a/box.yaml": None, "shop/b/box2.yaml": BOX.replace("box", "box2")}, [f"{LOST} clusters/a/shop.yaml:8"], id="new in the other is no rename"),
])
def test_objects_of_one_name_in_two_clusters(now, expected):
    assert verdicts(CLUSTERS, now) == expected


def test_assume_prune():
    assert verdicts(BOTH, DROPPED, HERE + "assume-prune: false\n") == []


def test_the_version_of_argo_cd_decides_on_options_of_a_whole_application():
    before = {**BOTH, "argocd/shop.yaml": app(sync="{automated: {prune: true}, syncOptions: [Prune=false]}")}
    assert verdicts(before, DROPPED, HERE + 'argocd: {version: "3.4"}\n') == []
    assert verdicts(before, DROPPED, HERE + 'argocd: {version: "3.3"}\n') == [f"{LOST} {LIST_LINE}"]
