"""Flux Kustomizations in small worlds."""

from __future__ import annotations

import base64

import pytest

from gitops_guard.graph.expand import expand

URL = "https://github.com/acme/fleet"
SOURCE = f"""
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: fleet, namespace: flux-system}}
spec: {{url: {URL}, ref: {{branch: main}}}}
"""


def kustomization(spec="", source="{kind: GitRepository, name: fleet}", path="./apps", meta=""):
    text = f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\n  namespace: flux-system\n{meta}"
    text += f"spec:\n  prune: true\n  sourceRef: {source}\n  path: {path}\n"
    return text + "".join(f"  {line}\n" for line in spec.strip().splitlines())


def source(kind, spec, name="other"):
    return f"apiVersion: source.toolkit.fluxcd.io/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: flux-system}}\nspec: {spec}\n"


def config_map(name, data, kind="ConfigMap", extra=""):
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: flux-system}}\n{extra}data:\n{data}"


@pytest.fixture
def grown(found, world):
    def make(text, *objects, files=("apps/a.yaml",), **more):
        return expand(found(text), world(dict.fromkeys(files, ""), here=URL, objects=(SOURCE, *objects), **more))

    return make


def only(expansion):
    (deployment,) = expansion.deployments
    (recipe,) = deployment.recipes
    return deployment, recipe


def test_a_folder_of_this_repository(grown):
    done = grown(kustomization())
    node = done.node
    assert (node.id, node.status, node.location.line) == ("flux/Kustomization/flux-system/apps", "resolved", 2)
    assert (node.source.repository, node.source.path, node.source.revision, node.source.tool) == (URL, "apps", "main", "kustomize")
    assert (node.automated, node.prune, node.self_heal) == (True, True, True)
    deployment, recipe = only(done)
    assert (deployment.path, deployment.kind, deployment.changes, deployment.cluster) == ("apps", "kustomization", False, None)
    assert (recipe.folder, recipe.system, recipe.restrictor, recipe.generate) == ("apps", "flux", "none", True)
    assert recipe.place[:2] == ("object.yaml", 9)
    assert done.edges == (("sources", "flux/GitRepository/flux-system/fleet"),)
    assert done.evidence == (URL,)
    assert (deployment.owner.cascade, deployment.owner.allow_empty, deployment.owner.force) == (True, False, False)


@pytest.mark.parametrize(("path", "folder"), [("./apps/", "apps"), ("apps", "apps"), ("/apps", "apps"), ("../apps", "apps"),
                                              ("./", "."), ('""', "."), ("5", ".")])
def test_paths_are_normal_and_stay_in_the_source(grown, path, folder):
    done = grown(kustomization(path=path))
    assert (done.node.source.path, only(done)[1].folder) == (folder, folder)


@pytest.mark.parametrize(("text", "status", "field"), [
    (kustomization(path="nowhere"), "failed", ("spec", "path")),
    (kustomization(path="apps/a.yaml"), "failed", ("spec", "path")),
    (kustomization(path="apps/${X}"), "unresolved", ("spec", "path")),
    (kustomization(path="apps/${X}", meta="  labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n"), "failed", ("spec", "path")),
    (kustomization(source="{kind: OCIRepository, name: other}"), "unresolved", ("spec", "sourceRef")),
    (kustomization(source="{kind: Bucket, name: nowhere}", path="."), "unresolved", ("spec", "sourceRef")),
    (kustomization(source="{kind: ExternalArtifact, name: nowhere}", path="nowhere"), "unresolved", ("spec", "sourceRef")),
    (kustomization(source="{kind: HelmRepository, name: fleet}"), "failed", ("spec", "sourceRef", "kind")),
    (kustomization(source="{kind: GitRepository}"), "failed", ("spec", "sourceRef")),
    (kustomization(source="[]"), "failed", ("spec", "sourceRef")),
    (kustomization(source="{kind: GitRepository, name: elsewhere}"), "unresolved", ("spec", "sourceRef")),
    (kustomization(source="{kind: GitRepository, name: tags}"), "unresolved", ("spec", "sourceRef")),
    (kustomization(source="{kind: GitRepository, name: undefined}", path="nowhere"), "unresolved", ("spec", "sourceRef")),
    (kustomization("postBuild:\n  substituteFrom: [{kind: Pod, name: x}]"), "failed", ("spec", "postBuild", "substituteFrom", 0)),
])
def test_what_cannot_be_followed(grown, text, status, field):
    done = grown(text, source("OCIRepository", "{url: 'oci://registry.example.com/x'}"),
                 source("GitRepository", "{url: 'https://github.com/acme/other'}", "elsewhere"),
                 source("GitRepository", f"{{url: '{URL}', ref: {{semver: '>=1.0'}}}}", "tags"))
    assert (done.node.status, done.deployments) == (status, ())
    assert done.node.reason
    assert [(fault.rule, fault.path) for fault in done.faults] == [(f"render/{status}", field)]


def test_a_source_that_is_not_defined_is_here_if_its_path_is(grown):
    for kind in ("GitRepository", "OCIRepository"):
        done = grown(kustomization(source=f"{{kind: {kind}, name: undefined}}"))
        assert (done.node.status, only(done)[1].folder) == ("resolved", "apps")


@pytest.mark.parametrize("ref", ["[]", "{branch: 5}", "text", "null"])
def test_a_ref_of_the_wrong_type_counts_as_absent(grown, ref):
    text = SOURCE.replace("{branch: main}", ref).replace("name: fleet", "name: odd")
    assert grown(kustomization(source="{kind: GitRepository, name: odd}"), text).node.source.revision == "master"


@pytest.mark.parametrize(("spec", "changes"), [
    ("targetNamespace: x", True), ("namePrefix: x-", True), ("images: [{name: a, newTag: b}]", True), ("patches: []", False),
    ("commonMetadata: {labels: {a: b}}", True), ("components: [../c]", True), ("ignoreMissingComponents: true", False),
    ("postBuild: {substitute: {A: b}}", True), ("postBuild: {substitute: {}}", False), ("wait: true", False),
    ("postBuild: {substituteStrategy: Always}", True), ("postBuild: {substituteFrom: [{kind: Secret, name: x, optional: true}]}", True),
])
def test_whether_the_target_is_the_owners_own(grown, spec, changes):
    assert only(grown(kustomization(spec)))[0].changes is changes


def test_what_is_suspended_is_still_deployed(grown):
    done = grown(kustomization("suspend: true\nforce: true"))
    owner = only(done)[0].owner
    assert (done.node.automated, done.node.prune, done.node.self_heal) == (False, False, False)
    assert (owner.suspended, owner.cascade, owner.force) == (True, False, True)


@pytest.mark.parametrize(("policy", "cascade"), [("", True), ("deletionPolicy: Orphan", False), ("deletionPolicy: Delete", True),
                                                 ("deletionPolicy: MirrorPrune", True), ("deletionPolicy: WaitForTermination", True)])
def test_what_a_deletion_takes_along(grown, policy, cascade):
    assert only(grown(kustomization(policy)))[0].owner.cascade is cascade


def test_a_kubeconfig_names_the_cluster_and_dependencies_are_edges(grown):
    done = grown(kustomization("kubeConfig: {secretRef: {name: prod-eu}}\ndependsOn: [{name: infra}, {name: x, namespace: ns}, 5]"))
    assert (only(done)[0].cluster, done.node.destination.name) == ("prod-eu", "prod-eu")
    assert [end for kind, end in done.edges if kind == "depends"] == [
        "flux/Kustomization/flux-system/infra", "flux/Kustomization/ns/x"]


FROM = "postBuild:\n  substituteFrom:\n  - {kind: ConfigMap, name: one}\n  - {kind: Secret, name: two}\n  substitute:\n    C: inline\n    NUMBER: 5\n"


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_variables_in_their_order_with_their_places(grown):
    one = config_map("one", "  A: one\n  B: one\n  C: one\n")
    two = config_map("two", f"  B: {encoded('two')}\n  C: {encoded('two')}\n  D: {encoded('x' + chr(10) + 'y')}\n", "Secret")
    given = only(grown(kustomization(FROM), one, two))[1].substitution
    assert {name: variable.value for name, variable in given.variables.items()} == {
        "A": "one", "B": "two", "C": "inline", "D": "xy", "NUMBER": "5"}
    assert given.variables["C"].origin[:2] == ("object.yaml", 15)
    assert (given.unknown, given.perhaps, given.strict, given.always) == ((), (), True, False)


def test_objects_that_are_not_here_are_unknown_but_for_configured_values(grown):
    two = config_map("two", "  B: ENC[AES256_GCM,data:x]\n", "Secret", "sops: {mac: x}\n")
    given = only(grown(kustomization(FROM), two, config='flux: {version: "2.8", variables: {A: configured}}\n'))[1].substitution
    assert (given.unknown, given.strict) == (("ConfigMap/one", "Secret/two"), False)
    assert given.variables["A"].value == "configured"
    assert given.variables["A"].origin[:2] == (".gitops-guard.yaml", 1)
    assert "B" not in given.variables


def test_the_list_of_ignored_files_of_the_source(grown):
    text = SOURCE.replace("ref:", 'ignore: "/*", ref:').replace("name: fleet", "name: lean")
    assert only(grown(kustomization(source="{kind: GitRepository, name: lean}"), text))[1].ignore == "/*"
    assert only(grown(kustomization()))[1].ignore is None


@pytest.mark.parametrize("spec", ["spec: []", "spec: null", "spec: text", "spec: {sourceRef: null, path: {}, postBuild: 5, dependsOn: {}}"])
def test_bad_bodies_never_raise(grown, spec):
    text = f"apiVersion: kustomize.toolkit.fluxcd.io/v1beta9\nkind: Kustomization\nmetadata: {{name: x}}\n{spec}\n"
    done = grown(text)
    assert (done.node.id, done.node.status) == ("flux/Kustomization/default/x", "failed")


GENERATOR = """
apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: parts, namespace: flux-system}
spec:
  sources: [{alias: mono, kind: GitRepository, name: fleet}]
  artifacts:
  - {name: whole, copy: [{from: "@mono/x/**", to: "@artifact/"}]}
  - {name: parts, copy: [{from: "@mono/x/base/**", to: "@artifact/base/"}, {from: "@mono/x/prod/**", to: "@artifact/prod/"}]}
  - {name: mixed, copy: [{from: "@mono/x/base/**", to: "@artifact/base/"}, {from: "@mono/y/prod/**", to: "@artifact/prod/"}]}
  - {name: less, copy: [{from: "@mono/x/**", to: "@artifact/", exclude: ["*.md"]}]}
  - {name: file, copy: [{from: "@mono/x/a.yaml", to: "@artifact/"}]}
  - {name: odd, copy: [5, {from: [], to: 3}]}
"""


@pytest.mark.parametrize(("name", "folder"), [("whole", "x/prod"), ("parts", "x/prod"), ("mixed", None), ("less", None),
                                              ("file", None), ("odd", None), ("unknown", None)])
def test_an_artifact_that_is_a_copy_of_a_folder(grown, name, folder):
    text = kustomization(source=f"{{kind: ExternalArtifact, name: {name}}}", path="./prod")
    done = grown(text, GENERATOR, files=("x/prod/a.yaml", "x/base/b.yaml"))
    assert [deployment.recipes[0].folder for deployment in done.deployments] == ([folder] if folder else [])
    assert done.node.status == ("resolved" if folder else "unresolved")
