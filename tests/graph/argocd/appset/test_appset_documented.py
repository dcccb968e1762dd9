"""What the pages of Argo CD's documentation on ApplicationSets show, rebuilt: one test for each kind of example.

From a repository alone: Generators-List, -Git, -Git-File-Globbing, -Matrix, -Merge, -Post-Selector, Template, GoTemplate,
Progressive-Syncs, Controlling-Resource-Modification, Use-Cases, index. With clusters from the configuration: Generators-Cluster.
Never without the network: Generators-SCM-Provider, -Pull-Request, -Plugin, -Cluster-Decision-Resource, Appset-Any-Namespace's.
"""

import pytest

GO = "goTemplate: true\ngoTemplateOptions: [missingkey=error]\n"
CLUSTERS = """
argocd:
  clusters:
    - {name: berlin, server: 'https://10.0.0.1', labels: {environment: stage, use-queue: 'false', location: Germany, tier: '1'}}
    - {name: lyon, server: 'https://10.0.0.2', labels: {environment: live, location: France, tier: '2'}, annotations: {track: fast}}
"""
ADDONS = {f"addons/{name}/kustomization.yaml": "" for name in ("workflows", "metrics", "chart-old")} | {"top/x.yaml": ""}
SITES = {
    "sites/eu/dev/config.json": '{"cluster": {"name": "eu-dev", "address": "https://10.1.0.1"}, "owner": "web"}',
    "sites/eu/live/config.json": '{"cluster": {"name": "eu-live", "address": "https://10.1.0.2"}, "owner": "web"}',
    "sites/us/live/config.json": '{"cluster": {"name": "us-live", "address": "https://10.1.0.3"}, "owner": "web"}',
}
HERE = "repoURL: https://github.com/acme/fleet, revision: HEAD"

LIST = ("list", GO + """
generators:
  - list:
      elements: [{cluster: dev, url: 'https://10.0.0.1'}, {cluster: live, url: 'https://10.0.0.2'}]
""", "{{ .cluster }}-book", "book/{{ .cluster }}", {}, {"dev-book": "book/dev", "live-book": "book/live"})
ELEMENTS_YAML = ("elements from a file of the repository", GO + f"""
generators:
  - matrix:
      generators:
        - git: {{{HERE}, files: [{{path: parts.yaml}}]}}
        - list: {{elementsYaml: '{{{{ .key.parts | toJson }}}}'}}
""", "{{ .name }}", "{{ .chart }}/{{ .version }}", {
    "files": {"parts.yaml": "key:\n  parts:\n    - {name: one, chart: info, version: '6.3.2'}\n    - {name: two, chart: info, version: 6.10}\n"},
}, {"one": "info/6.3.2", "two": "info/6.1"})
DIRECTORIES = ("folders", GO + f"generators: [{{git: {{{HERE}, directories: [{{path: addons/*}}]}}}}]",
               "{{ .path.basename }}", "{{ .path.path }}", {"files": ADDONS},
               {"workflows": "addons/workflows", "metrics": "addons/metrics", "chart-old": "addons/chart-old"})
FLAT_DIRECTORIES = ("folders without goTemplate", f"generators: [{{git: {{{HERE}, directories: [{{path: addons/*}}]}}}}]",
                    "{{path.basename}}", "{{path}}", {"files": ADDONS},
                    {"workflows": "addons/workflows", "metrics": "addons/metrics", "chart-old": "addons/chart-old"})
EXCLUDED = ("folders, some excluded", GO + f"""
generators:
  - git: {{{HERE}, directories: [{{path: addons/*}}, {{path: addons/chart-*, exclude: true}}]}}
""", "{{ .path.basename }}", "{{ .path.path }}", {"files": ADDONS}, {"workflows": "addons/workflows", "metrics": "addons/metrics"})
ROOT_FOLDERS = ("the folders of the root", GO + f"""
generators:
  - git: {{{HERE}, directories: [{{path: '*'}}, {{path: top, exclude: true}}], values: {{who: '{{{{ .path.basename }}}}'}}}}
""", "{{ .values.who }}", "{{ .path.path }}", {"files": ADDONS}, {"addons": "addons"})
FILES = ("files", GO + f"generators: [{{git: {{{HERE}, files: [{{path: 'sites/**/config.json'}}]}}}}]",
         "{{ .cluster.name }}-book", "{{ .cluster.address }}", {"files": SITES},
         {"eu-dev-book": "https://10.1.0.1", "eu-live-book": "https://10.1.0.2", "us-live-book": "https://10.1.0.3"})
EXCLUDED_FILES = ("files, some excluded", GO + f"""
generators:
  - git: {{{HERE}, files: [{{path: 'sites/**/config.json'}}, {{path: 'sites/*/dev/config.json', exclude: true}}]}}
""", "{{ .cluster.name }}", "x", {"files": SITES}, {"eu-live": "x", "us-live": "x"})
FILE_VALUES = ("values of parts of the path", GO + """
generators:
  - git:
      repoURL: https://github.com/acme/fleet
      revision: HEAD
      files: [{path: 'sites/**/config.json'}]
      values: {base: '{{ index .path.segments 0 }}/{{ index .path.segments 1 }}'}
""", "{{ .cluster.name }}", "{{ .values.base }}/book", {"files": SITES},
               {"eu-dev": "sites/eu/book", "eu-live": "sites/eu/book", "us-live": "sites/us/book"})
CLUSTER = ("clusters with values of each selection", GO + """
generators:
  - clusters: {selector: {matchLabels: {environment: stage}}, values: {revision: HEAD}}
  - clusters:
      selector: {matchLabels: {environment: live}}
      values: {revision: '{{ index .metadata.annotations "track" }}'}
""", "{{ .name }}-book", "{{ .values.revision }}", {"config": CLUSTERS}, {"berlin-book": "HEAD", "lyon-book": "fast"})
EVERY_CLUSTER = ("every cluster", GO + "generators: [{clusters: {}}]", "{{ .name }}", "{{ .server }}", {"config": CLUSTERS},
                 {"berlin": "https://10.0.0.1", "lyon": "https://10.0.0.2", "in-cluster": "https://kubernetes.default.svc"})
FLAT_LIST = ("clusters in one list", GO + "generators: [{clusters: {selector: {matchLabels: {tier: '1'}}, flatList: true}}]",
             "flat", "{{ range .clusters }}{{ .name }}{{ end }}", {"config": CLUSTERS}, {"flat": "berlin"})
FOLDERS_BY_CLUSTERS = ("a matrix of folders and clusters", GO + f"""
generators:
  - matrix:
      generators:
        - git: {{{HERE}, directories: [{{path: addons/*}}, {{path: addons/chart-old, exclude: true}}]}}
        - clusters: {{selector: {{matchLabels: {{argocd.argoproj.io/secret-type: cluster}}}}}}
""", "{{ .path.basename }}-{{ .name }}", "{{ .path.path }}", {"files": ADDONS, "config": CLUSTERS}, {
    "workflows-berlin": "addons/workflows", "workflows-lyon": "addons/workflows",
    "metrics-berlin": "addons/metrics", "metrics-lyon": "addons/metrics"})
FILTERED_BY_FIRST = ("a matrix whose first fills the second's selector", GO + f"""
generators:
  - matrix:
      generators:
        - git: {{{HERE}, files: [{{path: 'sites/**/config.json'}}]}}
        - clusters: {{selector: {{matchLabels: {{environment: '{{{{ .path.basename }}}}'}}}}}}
""", "{{ .name }}-{{ .cluster.name }}", "x", {"files": SITES, "config": CLUSTERS}, {"lyon-eu-live": "x", "lyon-us-live": "x"})
OVERRIDE = ("a matrix of files: the first overrides", f"""
goTemplate: true
generators:
  - matrix:
      generators:
        - git: {{{HERE}, files: [{{path: '**/stage.values.yaml'}}]}}
        - git: {{{HERE}, files: [{{path: global.values.yaml}}]}}
""", "{{ .stage }}", "{{ .cpu }}/{{ .memory }}/{{ .debug }}", {"files": {
    "global.values.yaml": "cpu: 200m\nmemory: 256Mi\ndebug: true\n", "test/stage.values.yaml": "stage: test\ncpu: 100m\n",
    "live/stage.values.yaml": "stage: live\nmemory: 512Mi\ndebug: false\n"}}, {"test": "100m/256Mi/true", "live": "200m/512Mi/false"})
PREFIXED = ("two git generators with a prefix each", GO + f"""
generators:
  - matrix:
      generators:
        - git: {{{HERE}, files: [{{path: 'apps/*.json'}}], pathParamPrefix: app}}
        - git: {{{HERE}, files: [{{path: 'targets/{{{{ .appName }}}}/*.json'}}], pathParamPrefix: target}}
""", "{{ .appName }}-{{ .cluster }}", "{{ .app.path.filename }} {{ .target.path.path }}", {"files": {
    "apps/a.json": '{"appName": "a"}', "apps/b.json": '{"appName": "b"}', "targets/a/1.json": '{"cluster": "x"}',
    "targets/b/2.json": '{"cluster": "z"}'}}, {"a-x": "a.json targets/a", "b-z": "b.json targets/b"})
MERGE = ("a merge of clusters and a list", """
generators:
  - merge:
      mergeKeys: [server]
      generators:
        - clusters: {values: {queue: 'true', cache: 'false'}}
        - clusters: {selector: {matchLabels: {use-queue: 'false'}}, values: {queue: 'false'}}
        - list: {elements: [{server: 'https://10.0.0.2', values.cache: 'true'}]}
""", "{{name}}", "{{values.queue}} {{values.cache}}", {"config": CLUSTERS},
         {"berlin": "false false", "lyon": "true true", "in-cluster": "true false"})
MERGE_BY_VALUE = ("a merge by a value that each generator makes", f"""
generators:
  - merge:
      mergeKeys: [values.selector]
      generators:
        - clusters: {{selector: {{matchLabels: {{environment: stage}}}}, values: {{selector: '{{{{metadata.labels.location}}}}'}}}}
        - git: {{{HERE}, directories: [{{path: '*'}}], values: {{selector: '{{{{path}}}}'}}}}
""", "{{name}}", "{{path}}", {"config": CLUSTERS, "files": {"Germany/x.yaml": "", "Spain/x.yaml": ""}}, {"berlin": "Germany"})
MERGE_OF_MATRIX = ("a merge of a matrix and a list", """
generators:
  - merge:
      mergeKeys: [server, environment]
      generators:
        - matrix:
            generators:
              - clusters: {selector: {matchLabels: {tier: '1'}}, values: {count: '2'}}
              - list: {elements: [{environment: stage}, {environment: live}]}
        - list: {elements: [{server: 'https://10.0.0.1', environment: stage, values.count: '1'}]}
""", "{{name}}-{{environment}}", "{{values.count}}", {"config": CLUSTERS}, {"berlin-stage": "1", "berlin-live": "2"})
POST_SELECTOR = ("a selector behind a generator", GO + """
generators:
  - list: {elements: [{cluster: dev, env: stage}, {cluster: live, env: live}]}
    selector: {matchLabels: {env: stage}}
""", "{{ .cluster }}", "x", {}, {"dev": "x"})
OPTIONAL = ("an element without an optional key", GO + """
generators: [{list: {elements: [{cluster: dev}, {cluster: live, suffix: -b}]}}]
""", '{{ .cluster }}{{ dig "suffix" "" . }}', "x", {}, {"dev": "x", "live-b": "x"})
ROLLING = ("a rolling sync", GO + """
generators: [{list: {elements: [{cluster: dev}, {cluster: live}]}}]
strategy: {type: RollingSync, rollingSync: {steps: [{matchExpressions: [{key: env, operator: In, values: [dev]}]}]}}
preservedFields: {annotations: [acme.example.com/note]}
ignoreApplicationDifferences: [{jsonPointers: [/spec/syncPolicy]}]
syncPolicy: {applicationsSync: create-only}
""", "{{ .cluster }}", "x", {}, {"dev": "x", "live": "x"})

EXAMPLES = [LIST, ELEMENTS_YAML, DIRECTORIES, FLAT_DIRECTORIES, EXCLUDED, ROOT_FOLDERS, FILES, EXCLUDED_FILES, FILE_VALUES, CLUSTER,
            EVERY_CLUSTER, FLAT_LIST, FOLDERS_BY_CLUSTERS, FILTERED_BY_FIRST, OVERRIDE, PREFIXED, MERGE, MERGE_BY_VALUE,
            MERGE_OF_MATRIX, POST_SELECTOR, OPTIONAL, ROLLING]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_documented_examples(expand, apps, example):
    _title, spec, name, path, there, wanted = example
    expansion = expand(spec, name, path.replace("'", "''"), **there)
    assert expansion.node.reason is None
    assert apps(expansion) == wanted


@pytest.mark.parametrize("generator", [
    "scmProvider: {github: {organization: acme}}", "scmProvider: {gitea: {owner: acme, api: 'https://git.example.com'}}",
    "scmProvider: {filters: [{repositoryMatch: ^web}]}", "pullRequest: {gitlab: {project: acme/web}}", "pullRequest: {azuredevops: {}}",
    "plugin: {configMapRef: {name: plugin}, input: {parameters: {a: b}}}", "clusterDecisionResource: {configMapRef: duck, name: quak}",
    "clusters: {}", "clusters: {selector: {matchLabels: {env: live}}}",
])
@pytest.mark.parametrize("around", [
    "[{%s}]", "[{matrix: {generators: [{list: {elements: [{a: b}]}}, {%s}]}}]", "[{matrix: {generators: [{%s}, {list: {elements: [{a: b}]}}]}}]",
    "[{merge: {mergeKeys: [a], generators: [{list: {elements: [{a: b}]}}, {%s}]}}]",
])
def test_documented_examples_that_need_the_network(expand, generator, around):
    expansion = expand(GO + "generators: " + around % generator, "{{ .name }}")
    assert (expansion.node.status, expansion.generated) == ("unresolved", ())
    assert [fault.rule for fault in expansion.faults] == ["render/unresolved"]
    assert expansion.faults[0].path[-1] == generator.partition(":")[0]


def test_the_documented_patch(expand):
    spec = GO.replace("goTemplateOptions: [missingkey=error]\n", "") + """
generators:
  - list:
      elements:
        - {cluster: dev, autoSync: true, prune: true, valueFiles: [values.large.yaml, values.debug.yaml]}
        - {cluster: live}
templatePatch: |
  spec:
    source:
      helm:
        valueFiles:
        {{- range $file := .valueFiles }}
          - {{ $file }}
        {{- end }}
  {{- if .autoSync }}
    syncPolicy:
      automated:
        prune: {{ .prune }}
  {{- end }}
"""
    dev, live = (one.body["spec"] for one in expand(spec, "{{ .cluster }}").generated)
    assert dev["source"]["helm"] == {"valueFiles": ["values.large.yaml", "values.debug.yaml"]}
    assert dev["syncPolicy"] == {"automated": {"prune": True}}
    assert live["source"]["helm"] == {}
    assert "syncPolicy" not in live


def test_the_documented_template_override(expand, apps):
    spec = """
generators:
  - list:
      elements: [{cluster: dev}]
      template:
        metadata: {}
        spec: {project: '', source: {path: 'override/{{cluster}}', repoURL: '', targetRevision: HEAD}, destination: {}}
"""
    assert apps(expand(spec, "{{cluster}}", "default")) == {"dev": "override/dev"}
