"""List, matrix and merge: which parameter sets they make, and what Argo CD refuses."""

import pytest

LIST = "generators: [{list: {elements: [%s]}}]"


@pytest.mark.parametrize(("elements", "name", "path", "wanted"), [
    ("{env: eu}, {env: us}", "{{env}}", "overlays/{{env}}", {"eu": "overlays/eu", "us": "overlays/us"}),
    ("{env: eu, values: {tier: gold}}", "{{ env }}", "{{values.tier}}/{{ values.tier }}", {"eu": "gold/gold"}),
    ("{env: eu}", "{{env}}", "a/{{values.tier}}/{{}}", {"eu": "a/{{values.tier}}/{{}}"}),
    ("{env: eu, tier: ''}", "{{env}}", "a{{tier}}", {"eu": "a"}),
    ("", "{{env}}", "a", {}),
    # Without any parameter the template stays as it is.
    ("{}", "plain", "{{env}}", {"plain": "{{env}}"}),
])
def test_a_list_fills_flat_tags(expand, apps, elements, name, path, wanted):
    expansion = expand(LIST % elements, name, path)
    assert apps(expansion) == wanted
    assert expansion.node.status == "resolved"


@pytest.mark.parametrize(("elements", "name", "path", "wanted"), [
    ("{env: eu, site: {tier: gold}}", "{{ .env }}", "{{ .site.tier }}", {"eu": "gold"}),
    ("{env: eu, build: 210987654321}", "{{ .env }}", "v{{ .build }}", {"eu": "v2.10987654321e+11"}),
    ("{env: eu, num: 3}", "{{ .env }}", "v{{ .num }}", {"eu": "v3"}),
    ("{env: eu, num: 3}", "{{ .env }}", "v{{ add 1 .num }}", {"eu": "v4"}),
    ("{env: eu, zones: [a, b]}", "{{ .env }}", '{{ join "-" .zones }}', {"eu": "a-b"}),
    ("{env: eu}", "{{ .env }}", "x/{{ .tier }}", {"eu": "x/<no value>"}),
    ("{env: eu, more: {a: 1, b: [x]}}", "{{ .env }}", "{{ toYaml .more | fromYaml | toJson }}", {"eu": '{"a":1,"b":["x"]}'}),
])
def test_with_go_templates_an_element_is_any_data(expand, apps, elements, name, path, wanted):
    path = path.replace("'", "''")
    assert apps(expand("goTemplate: true\n" + LIST % elements, name, path)) == wanted


@pytest.mark.parametrize(("spec", "path"), [
    (LIST % "{env: 3}", ("spec", "generators", 0, "list", "elements", 0, "env")),
    (LIST % "{env: a, values: {b: true}}", ("spec", "generators", 0, "list", "elements", 0, "values", "b")),
    (LIST % "{env: a, values: b}", ("spec", "generators", 0, "list", "elements", 0, "values")),
    (LIST % "text", ("spec", "generators", 0, "list", "elements", 0)),
    ("generators: [{list: {elementsYaml: '{a: b}'}}]", ("spec", "generators", 0, "list", "elementsYaml")),
    ("generators: [{list: {elementsYaml: '- ['}}]", ("spec", "generators", 0, "list", "elementsYaml")),
    ("generators: [text]", ("spec", "generators", 0)),
    ("generators: [{list: {elements: {env: a}}}]", ("spec", "generators", 0, "list", "elements")),
    ("generators: [{list: {elementsYaml: [a]}}]", ("spec", "generators", 0, "list", "elementsYaml")),
    ("generators: {list: {}}", ("spec", "generators")),
    ("generators: [{list: []}]", ("spec", "generators", 0, "list")),
    ("generators: [{matrix: {generators: [{list: {}}]}}]", ("spec", "generators", 0, "matrix", "generators")),
    ("generators: [{matrix: {}}]", ("spec", "generators", 0, "matrix")),
    ("generators: [{matrix: {generators: [{}, {list: {}}]}}]", ("spec", "generators", 0, "matrix", "generators", 0)),
    ("generators: [{matrix: {generators: [{list: {}, git: {}}, {list: {}}]}}]", ("spec", "generators", 0, "matrix")),
    ("generators: [{merge: {generators: [{list: {}}, {list: {}}]}}]", ("spec", "generators", 0, "merge")),
    ("goTemplate: true\ngoTemplateOptions: [missingkey=eror]\n" + LIST % "{env: a}", ("spec", "goTemplateOptions", 0)),
    ("goTemplate: true\ntemplatePatch: '{{ .x'\n" + LIST % "{env: a}", ("spec", "templatePatch")),
])
def test_what_argo_refuses_generates_nothing(expand, spec, path):
    expansion = expand(spec, "{{env}}" if "goTemplate" not in spec else "{{ .env }}")
    assert expansion.node.status == "failed"
    assert expansion.node.reason
    assert expansion.generated == ()
    assert [(fault.rule, fault.path[:len(path)]) for fault in expansion.faults] == [("render/failed", path)]


def test_elements_yaml_comes_after_the_elements(expand, apps):
    spec = """
        generators:
          - list:
              elements: [{env: eu}]
              elementsYaml: |
                - env: us
                - {env: ap, size: 3}
    """
    assert apps(expand(spec, "{{env}}", "a/{{size}}")) == {"eu": "a/{{size}}", "us": "a/{{size}}", "ap": "a/{{size}}"}


MATRIX = """
goTemplate: %s
generators:
  - matrix:
      generators:
        - list: {elements: [%s]}
        - list: {elements: [%s]}
"""


def test_a_matrix_without_go_templates_takes_no_clash(expand, apps):
    assert apps(expand(MATRIX % ("false", "{a: x, c: z}", "{b: w, c: z}"), "{{a}}-{{b}}-{{c}}")) == {"x-w-z": "apps"}
    clash = expand(MATRIX % ("false", "{a: x, c: z}", "{b: w, c: other}"), "{{a}}")
    assert (clash.node.status, clash.generated) == ("failed", ())


def test_in_a_matrix_with_go_templates_the_first_wins_deeply(expand, apps):
    spec = MATRIX % ("true", "{a: {x: one}, l: [p]}", "{a: {x: two, w: {z: three}}, l: [q, r]}")
    assert apps(expand(spec, "{{ .a.x }}-{{ .a.w.z }}-{{ len .l }}")) == {"one-three-1": "apps"}


def test_the_second_of_a_matrix_is_filled_by_the_first(expand, apps):
    spec = MATRIX % ("true", "{a: x}, {a: w}", "{b: '{{ .a }}{{ .a }}', '{{ .a }}k': v}")
    assert apps(expand(spec, "{{ .b }}", "{{ toJson . }}")) == {
        "xx": '{"a":"x","b":"xx","xk":"v"}', "ww": '{"a":"w","b":"ww","wk":"v"}'}


def test_matrix_and_merge_nest_once(expand, apps):
    inner = "{merge: {mergeKeys: [a], generators: [{list: {elements: [{a: x}, {a: w}]}}, {list: {elements: [{a: w, b: z}]}}]}}"
    once = f"goTemplate: true\ngenerators: [{{matrix: {{generators: [{inner}, {{list: {{elements: [{{c: d}}]}}}}]}}}}]"
    assert apps(expand(once, '{{ .a }}-{{ .b | default "none" }}-{{ .c }}')) == {"x-none-d": "apps", "w-z-d": "apps"}
    twice = f"generators: [{{matrix: {{generators: [{{matrix: {{generators: [{inner}, {{list: {{}}}}]}}}}, {{list: {{}}}}]}}}}]"
    assert "not deeper" in expand(twice, "{{a}}").node.reason


MERGE = """
goTemplate: %s
generators:
  - merge:
      mergeKeys: [%s]
      generators:
        - list: {elements: [%s]}
        - list: {elements: [%s]}
"""


@pytest.mark.parametrize(("spec", "name", "wanted"), [
    (MERGE % ("false", "a", "{a: x, b: one}, {a: w, b: two}", "{a: w, b: three}, {a: q, b: four}"), "{{a}}-{{b}}",
     {"x-one", "w-three"}),
    (MERGE % ("true", "a", "{a: x, m: {p: one, q: two}}", "{a: x, m: {q: ''}}"), "{{ .a }}-{{ .m.p }}{{ .m.q }}", {"x-one"}),
    # Only keys of the first level tell sets apart.
    (MERGE % ("true", "m.p", "{a: x, m: {p: one}}", "{b: w, m: {p: two}}"), "{{ .a }}{{ .b }}-{{ .m.p }}", {"xw-two"}),
    (MERGE % ("true", "num", "{a: x, num: 3}", "{b: w, num: 3.0}"), "{{ .a }}{{ .b }}", {"xw"}),
])
def test_merge_overrides_what_has_equal_keys(expand, spec, name, wanted):
    assert {one.id.name for one in expand(spec, name).generated} == wanted


def test_equal_merge_keys_in_one_generator_are_an_error(expand):
    expansion = expand(MERGE % ("false", "a", "{a: x}, {a: x, b: w}", "{a: x}"), "{{a}}")
    assert expansion.node.status == "failed"
    assert expansion.faults[0].path == ("spec", "generators", 0, "merge", "generators", 0)


def test_what_asks_a_server_leaves_the_rest(expand, apps):
    spec = """
        generators:
          - list: {elements: [{env: eu}]}
          - pullRequest: {github: {owner: acme, repo: web}}
          - matrix:
              generators:
                - list: {elements: [{env: us}]}
                - scmProvider: {github: {organization: acme}}
          - merge:
              mergeKeys: [env]
              generators:
                - list: {elements: [{env: ap}]}
                - plugin: {configMapRef: {name: tenants}}
          - clusterDecisionResource: {configMapRef: placement}
    """
    expansion = expand(spec, "{{env}}")
    assert apps(expansion) == {"eu": "apps"}
    assert expansion.node.status == "unresolved"
    assert [(fault.rule, fault.path[-1]) for fault in expansion.faults] == [
        ("render/unresolved", "pullRequest"), ("render/unresolved", "scmProvider"), ("render/unresolved", "plugin"),
        ("render/unresolved", "clusterDecisionResource"),
    ]


def test_a_matrix_over_nothing_asks_no_server(expand):
    spec = "generators: [{matrix: {generators: [{list: {elements: []}}, {pullRequest: {}}]}}]"
    assert expand(spec, "{{a}}").node.status == "resolved"


def test_an_error_beside_an_unknown_generator_is_an_error(expand):
    expansion = expand("generators: [{pullRequest: {}}, {list: {elements: [{env: 1}]}}, {list: {elements: [{env: a}]}}]", "{{env}}")
    assert (expansion.node.status, expansion.generated) == ("failed", ())


def test_a_generator_of_an_unknown_kind_is_not_known(expand):
    expansion = expand("generators: [{lists: {elements: [{env: a}]}}]", "{{env}}")
    assert expansion.node.status == "unresolved"
    assert expansion.faults[0].path == ("spec", "generators", 0, "lists")


@pytest.mark.parametrize(("selector", "wanted"), [
    ("{}", {"a", "b", "c"}),
    ("{matchLabels: {site.tier: web}}", {"a", "b"}),
    ("{matchExpressions: [{key: site.tier, operator: NotIn, values: [web]}]}", {"c"}),
    ("{matchExpressions: [{key: site.live, operator: Exists}]}", {"b"}),
    ("{matchExpressions: [{key: site.live, operator: DoesNotExist}]}", {"a", "c"}),
    ("{matchExpressions: [{key: site.live, operator: In, values: ['true']}]}", {"b"}),
    ("{matchLabels: {url: 'https://a.example.com:6443/x'}}", {"a"}),
    ("{matchLabels: {list.0: p}}", {"c"}),
])
def test_a_selector_sees_flat_texts(expand, selector, wanted):
    spec = f"""
        goTemplate: true
        generators:
          - selector: {selector}
            list:
              elements:
                - {{app: a, site: {{tier: web}}, url: 'https://a.example.com:6443/x'}}
                - {{app: b, site: {{tier: web, live: true}}}}
                - {{app: c, list: [p]}}
    """
    assert {one.id.name for one in expand(spec, "{{ .app }}").generated} == wanted


@pytest.mark.parametrize("selector", [
    "{matchExpressions: [{key: a, operator: Like, values: [b]}]}", "{matchExpressions: [{key: a, operator: In}]}",
    "{matchExpressions: [{key: a, operator: Exists, values: [b]}]}", "{matchLabels: {'path[0]': a}}", "{matchLabels: {a: 1}}", "[]",
])
def test_a_wrong_selector_is_an_error(expand, selector):
    expansion = expand(f"generators: [{{list: {{elements: [{{a: b}}]}}, selector: {selector}}}]", "{{a}}")
    assert expansion.node.status == "failed"
    assert expansion.faults[0].path[:4] == ("spec", "generators", 0, "selector")


def test_too_many_parameter_sets_are_a_finding(expand):
    many = ", ".join(f"{{a: a{number}}}" for number in range(120))
    others = ", ".join(f"{{b: b{number}}}" for number in range(120))
    expansion = expand(MATRIX % ("false", many, others), "{{a}}-{{b}}")
    assert (expansion.node.status, expansion.generated) == ("unresolved", ())
    assert "10,000" in expansion.node.reason
