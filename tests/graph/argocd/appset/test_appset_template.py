"""Templates, templatePatch and what Argo CD adds or refuses: the Applications that come of a parameter set."""

import pytest

from gitops_guard.origin import Origin

FINALIZER = "resources-finalizer.argocd.argoproj.io"
ONE = "generators: [{list: {elements: [{env: eu, tier: gold}]}}]\n"
GO = "goTemplate: true\n" + ONE


def only(expansion):
    assert len(expansion.generated) == 1, expansion.node.reason
    return expansion.generated[0].body


@pytest.mark.parametrize(("policy", "finalizers", "wanted"), [
    ("", "", [FINALIZER]),
    ("syncPolicy: {applicationsSync: create-update}", "", [FINALIZER]),
    ("syncPolicy: {preserveResourcesOnDeletion: true}", "", None),
    ("", "finalizers: [acme.example.com/wait]", ["acme.example.com/wait"]),
    ("syncPolicy: {preserveResourcesOnDeletion: true}", "finalizers: ['{{tier}}']", ["gold"]),
    ("", "finalizers: []", [FINALIZER]),
])
def test_deleting_takes_along_unless_something_is_said(expand, policy, finalizers, wanted):
    spec = f"""
        {policy or "preservedFields: {}"}
        {ONE.strip()}
        template:
          metadata: {{name: '{{{{env}}}}', {finalizers}}}
          spec: {{project: shop}}
    """
    assert only(expand(spec))["metadata"].get("finalizers") == wanted


def test_without_parameters_nothing_is_rendered_or_added(expand):
    body = only(expand("generators: [{list: {elements: [{}]}}]", "plain", "{{env}}"))
    assert body["spec"]["source"]["path"] == "{{env}}"
    assert "finalizers" not in body["metadata"]


def test_every_string_is_a_template_keys_too(expand):
    spec = GO + """
template:
  metadata:
    name: '{{ .env }}'
    namespace: elsewhere
    labels: {'acme.example.com/{{ .env }}': '{{ .tier }}'}
    uid: not-a-field-of-templates
  spec:
    project: shop
    sources:
      - repoURL: https://github.com/acme/fleet
        helm:
          valuesObject: {'{{ .env }}': {count: 3, list: ['{{ .tier }}', null], none: null}}
          values: |
            env: {{ .env }}
    destination: {server: https://kubernetes.default.svc}
"""
    body = only(expand(spec))
    assert body["metadata"] == {"name": "eu", "namespace": "argocd", "labels": {"acme.example.com/eu": "gold"}, "finalizers": [FINALIZER]}
    assert body["spec"]["sources"][0]["helm"] == {"valuesObject": {"eu": {"count": 3, "list": ["gold", None]}}, "values": "env: eu\n"}


def test_a_generators_template_wins_where_it_says_something(expand):
    spec = """
        generators:
          - list:
              elements: [{env: eu}]
              template:
                metadata: {name: '', labels: {a: own, b: ''}}
                spec:
                  project: ""
                  source: {repoURL: "", path: own, helm: {skipCrds: false, valueFiles: [], valuesObject: {own: 1}}}
                  syncPolicy: {automated: {enabled: false}}
                  destination: {}
        template:
          metadata: {name: '{{env}}', labels: {a: common, b: common, c: common}, finalizers: [x]}
          spec:
            project: shop
            source:
              repoURL: https://github.com/acme/fleet
              path: common
              helm: {skipCrds: true, valueFiles: [common.yaml], valuesObject: {common: 2}}
            syncPolicy: {automated: {enabled: true, prune: true}}
            destination: {server: s}
    """
    body = only(expand(spec))
    assert body["metadata"]["labels"] == {"a": "own", "b": "common", "c": "common"}
    assert body["spec"] == {
        "project": "shop", "destination": {"server": "s"}, "syncPolicy": {"automated": {"enabled": True, "prune": True}},
        "source": {"repoURL": "https://github.com/acme/fleet", "path": "own",
                   "helm": {"skipCrds": True, "valueFiles": ["common.yaml"], "valuesObject": {"own": 1}}},
    }


def test_templates_of_children_do_not_count(expand, apps):
    spec = """
        generators:
          - matrix:
              generators:
                - list: {elements: [{a: x}], template: {metadata: {}, spec: {source: {path: child}}}}
                - list: {elements: [{b: z}]}
              template: {metadata: {}, spec: {source: {path: '{{a}}{{b}}'}}}
    """
    assert apps(expand(spec, "{{a}}", "common")) == {"x": "xz"}


@pytest.mark.parametrize(("patch", "wanted"), [
    ("", {"path": "apps"}),
    ("{{ if false }}x{{ end }}", {"path": "apps"}),
    ("spec: {source: {path: other}, project: evil}", {"path": "other"}),
    ('{"spec": {"source": {"path": "{{ .tier }}"}}}', {"path": "gold"}),
    ("spec: {syncPolicy: {automated: {prune: true}}}", {"path": "apps", "prune": True}),
    ("spec: {source: {path: null, helm: {valueFiles: [a, b]}}}", {"path": None}),
    ("metadata: {finalizers: [acme.example.com/wait]}", {"path": "apps", "finalizers": [FINALIZER, "acme.example.com/wait"]}),
    ("metadata: {finalizers: null}", {"path": "apps", "finalizers": None}),
    (f"metadata: {{$deleteFromPrimitiveList/finalizers: [{FINALIZER}]}}", {"path": "apps", "finalizers": []}),
    ("metadata: {name: other, namespace: kube-system}", {"path": "apps", "name": "other"}),
    ("spec: {source: {$patch: replace, path: new}}", {"path": "new"}),
    ("spec:", {"path": None}),
    ("unknown: {field: 1}", {"path": "apps"}),
])
def test_template_patch(expand, patch, wanted):
    spec = GO + "templatePatch: |\n" + "\n".join(f"  {line}" for line in patch.split("\n"))
    body = only(expand(spec, "{{ .env }}"))
    spec = body["spec"]
    found = {
        "path": spec.get("source", {}).get("path"), "prune": spec.get("syncPolicy", {}).get("automated", {}).get("prune"),
        "finalizers": body["metadata"].get("finalizers"), "name": body["metadata"]["name"],
    }
    assert found == {"prune": None, "finalizers": [FINALIZER], "name": "eu", **wanted}
    assert (spec["project"], body["metadata"]["namespace"]) == ("shop", "argocd")


@pytest.mark.parametrize("patch", [
    "[a]", "text", "a: [", "spec: {syncPolicy: {automated: {prune: '{{ .tier }}'}}}", "spec: {source: {path: 3}}",
    "spec: {$patch: remove}", "{{ .x", "{{ fail .tier }}", "spec: {source: {helm: {valuesObject: {a: {c: 1}}}}}",
])
def test_a_patch_that_fails_stops_the_whole_set(expand, patch):
    spec = GO + f"""templatePatch: |
  {patch}
template:
  metadata: {{name: '{{{{ .env }}}}'}}
  spec:
    project: shop
    source: {{path: apps, helm: {{valuesObject: {{a: {{b: 1}}}}}}}}
"""
    expansion = expand(spec)
    assert (expansion.node.status, expansion.generated) == ("failed", ())
    assert expansion.faults[0].path == ("spec", "templatePatch")


def test_lists_are_replaced_by_a_patch(expand):
    spec = GO + """
templatePatch: |
  spec:
    syncPolicy: {syncOptions: [B=true]}
template:
  metadata: {name: '{{ .env }}'}
  spec: {project: shop, syncPolicy: {syncOptions: [A=true], retry: {limit: 3}}}
"""
    assert only(expand(spec))["spec"]["syncPolicy"] == {"syncOptions": ["B=true"], "retry": {"limit": 3}}


@pytest.mark.parametrize(("name", "project", "path"), [
    ("{{env}}", "shop", ("spec", "template", "metadata", "name")),
    ("Big-{{tier}}", "shop", ("spec", "template", "metadata", "name")),
    ("{{missing}}", "shop", ("spec", "template", "metadata", "name")),
    ("", "shop", ("spec", "template", "metadata", "name")),
    ("{{tier}}", "", ("spec", "template", "spec", "project")),
])
def test_what_argo_does_not_create_is_left_out(expand, name, project, path):
    spec = f"""
        generators: [{{list: {{elements: [{{env: eu, tier: a}}, {{env: eu, tier: b}}]}}}}, {{list: {{elements: [{{env: fine, tier: c}}]}}}}]
        template:
          metadata: {{name: '{name}'}}
          spec: {{project: '{project}'}}
    """
    expansion = expand(spec)
    assert expansion.node.status == "failed"
    assert {fault.path for fault in expansion.faults} == {path}
    assert {one.id.name for one in expansion.generated} == ({"fine"} if name == "{{env}}" else set())


def test_the_place_of_a_template_error(expand):
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
    - list:
        elements: [{env: eu}]
        template:
          metadata: {}
          spec: {source: {path: '{{ .own }}'}}
  template:
    metadata: {name: '{{ .env }}'}
    spec: {project: shop, source: {path: '{{ .common }}'}}
"""
    own = expand(text, whole=True)
    assert own.faults[0].path == ("spec", "generators", 0, "list", "template", "spec", "source", "path")
    common = expand(text.replace("{source: {path: '{{ .own }}'}}", "{}"), whole=True)
    assert common.faults[0].path == ("spec", "template", "spec", "source", "path")
    lines = GO + 'templatePatch: |\n  spec:\n    project: {{ fail "no" }}\n'
    assert expand(lines, "{{ .env }}").faults[0].line == 2


def test_what_is_random_is_not_known(expand):
    spec = GO.replace("}]}}]", "}, {env: us, tier: plain}]}}]")
    expansion = expand(spec, "{{ .env }}", '{{ if eq .tier "gold" }}{{ randAlpha 5 }}{{ else }}us{{ end }}')
    assert expansion.node.status == "unresolved"
    assert [one.id.name for one in expansion.generated] == ["us"]
    assert expansion.faults[0].rule == "render/unresolved"


PLACES = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: set
  namespace: argocd
spec:
  generators:
    - git:
        repoURL: https://github.com/acme/fleet
        files: [{path: envs/*.yaml}]
    - list:
        elements:
          - name: us
            tier: {gold: here}
  goTemplate: true
  template:
    metadata:
      name: '{{ .name }}'
    spec:
      project: shop
      source:
        path: '{{.tier.gold}}'
        targetRevision: 'v{{ .name }}'
        repoURL: "{{ .name | upper }}"
  templatePatch: |
    spec:
      {{- if eq .name "us" }}
      revisionHistoryLimit: 3
      {{- end }}
      destination:
        server: {{ .name }}
        namespace: one
"""


def test_values_know_where_they_were_written(expand):
    expansion = expand(PLACES, whole=True, files={"envs/eu.yaml": "# first\nname: eu\ntier:\n  gold: there\n"})
    eu, us = (one.body for one in expansion.generated)
    assert eu["metadata"].at["name"][:4] == ("envs/eu.yaml", 2, 7, True)
    assert us["metadata"].at["name"][:4] == ("set.yaml", 13, 19, True)
    assert eu["spec"]["source"].at["path"][:3] == ("envs/eu.yaml", 4, 9)
    assert us["spec"]["source"].at["path"][:3] == ("set.yaml", 14, 26)
    assert us["spec"]["source"].at["targetRevision"][:4] == ("set.yaml", 23, 25, True)
    assert us["spec"]["source"].at["repoURL"][:3] == ("set.yaml", 24, 18)
    assert us["metadata"].at["namespace"][:3] == ("set.yaml", 5, 14)
    assert us["spec"].at["revisionHistoryLimit"][:4] == ("set.yaml", 28, 29, False)
    assert us["spec"]["destination"].at["namespace"][:2] == eu["spec"]["destination"].at["namespace"][:2] == ("set.yaml", 32)
    assert us.at["kind"][:4] == ("set.yaml", 2, 7, False)
    assert all(one.declared == Origin("set.yaml", 2, 7, key_line=2, key_column=1) for one in expansion.generated)


def test_a_node_says_what_the_set_is(expand):
    expansion = expand("generators: []", "n")
    assert expansion.node.id == "argocd/ApplicationSet/argocd/set"
    assert (expansion.node.status, expansion.generated, expansion.faults) == ("resolved", (), ())
    nameless = expand("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: x}\nspec: {generators: []}\n", whole=True)
    assert nameless.node.id == "argocd/ApplicationSet/default/x"


@pytest.mark.parametrize("body", [
    "spec: text", "spec: {generators: [null, 3]}", "spec: {generators: [{list: {elements: {a: b}}}], template: []}", "spec:", "metadata: 3",
    "spec: {goTemplate: 3, goTemplateOptions: {}, generators: [{git: {directories: {path: x}, files: 3}}]}", "spec: {templatePatch: {}}",
    "spec: {generators: [{list: {elements: [{a: b}], template: text}}], template: {metadata: [], spec: 3}}",
    "spec: {generators: [{clusters: {selector: {matchLabels: [], matchExpressions: 3}}}]}", "spec: {generators: [{merge: {generators: 3}}]}",
    "spec: {generators: [{list: {elements: [{a: b}]}}], templatePatch: 'metadata: 3', template: {metadata: {name: x}}}",
    "spec: {generators: [{list: {elements: [{a: b}]}}], templatePatch: 'spec: 3', template: {metadata: {name: x}}}",
])
def test_nothing_raises(expand, body):
    meta = "" if body.startswith("metadata") else "metadata: {name: x}\n"
    expand(f"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n{meta}{body}\n", whole=True)
