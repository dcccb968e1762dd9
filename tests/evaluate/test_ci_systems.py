"""CI files of every system -> the commands that they run, with job and line."""

from __future__ import annotations

import pytest
from trees import sources

from gitops_guard.evaluate.files import read_files


def document(path: str, text: str) -> dict:
    return read_files(sources({path: text}), [path])[0].document


def run(path: str, text: str) -> list[tuple[int, str, str]]:
    return [(one["line"], one["job"], " ".join(one["argv"])) for one in document(path, text)["commands"]]


def uses(path: str, text: str) -> list[tuple[int, str]]:
    return [(one["line"], one["action"]) for one in document(path, text)["uses"]]


WORKFLOW = ".github/workflows/a.yaml"


@pytest.mark.parametrize(("path", "text", "expected"), [
    (WORKFLOW, "jobs:\n  a:\n    steps:\n    - shell: pwsh\n      run: |\n        kubectl apply `\n          -f x\n", [(6, "kubectl apply `\n  -f x\n")]),
    (WORKFLOW, "jobs: {a: {steps: [{run: b, shell: 'python {0}'}, {run: c}, {run: '', shell: pwsh}]}}", [(1, "b")]),
    ("azure-pipelines.yml", "steps: [{pwsh: a}, {powershell: b}, {script: c}, {bash: d}]", [(1, "a"), (1, "b")]),
    ("azure-pipelines.yml", ("steps: [{task: AzureCLI@2, inputs: {scriptType: pscore, inlineScript: a}}, {task: PowerShell@2, inputs: {script: b}},"
                             " {task: AzurePowerShell@5, inputs: {Inline: c}}, {task: Other@1, inputs: {script: d}}]"), [(1, "a"), (1, "b"), (1, "c")]),
])
def test_a_script_in_a_language_that_is_not_read_is_told(path: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert [(one["line"], one["text"]) for one in document(path, text)["errors"]] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("jobs: {a: {steps: [{run: b c}]}}", [(1, "a", "b c")]),
    ("jobs:\n  a:\n    steps:\n      - run: |\n          b\n          # c\n          d", [(5, "a", "b"), (7, "a", "d")]),
    ("jobs:\n  a:\n    steps:\n      - run: >-\n          b\n          c", [(4, "a", "b c")]),
    ("jobs: {a: {steps: [{run: 'b ${{ inputs.x }}'}]}}", [(1, "a", "b ${{ inputs.x }}")]),
    ("env: {K: kubectl}\njobs: {a: {steps: [{run: '$K b; ${{ env.K }} c'}]}}", [(2, "a", "kubectl b"), (2, "a", "kubectl c")]),
    ("jobs: {a: {steps: [{run: b, shell: pwsh}, {run: c, shell: 'bash -e {0}'}]}}", [(1, "a", "c")]),
    ("jobs: {a: {steps: [{uses: steebchen/kubectl@v2, with: {args: apply -f x}}]}}", [(1, "a", "kubectl apply -f x")]),
    ("jobs: {a: {steps: [{uses: 'docker://bitnami/kubectl:1.34', with: {args: apply -f x}}]}}", [(1, "a", "kubectl apply -f x")]),
    ("jobs: {a: {steps: [{uses: nick-fields/retry@v3, with: {command: helm upgrade a b}}]}}", [(1, "a", "helm upgrade a b")]),
])
def test_github(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run(WORKFLOW, text) == expected


def test_github_uses() -> None:
    text = "jobs:\n  a:\n    steps:\n      - name: x\n        uses: azure/k8s-deploy@v5\n        with: {action: deploy}\n"
    assert uses(WORKFLOW, text) == [(5, "azure/k8s-deploy@v5")]
    assert document(WORKFLOW, text)["uses"][0]["inputs"] == {"action": "deploy"}


def test_composite_action() -> None:
    assert run("action.yml", "runs: {using: composite, steps: [{run: a, shell: bash}]}") == [(1, "", "a")]
    assert run("action.yml", "runs: {using: node20, main: a.js}") == []


@pytest.mark.parametrize(("text", "expected"), [
    ("a: {script: b}", [(1, "a", "b")]),
    ("a:\n  before_script:\n    - b\n  script:\n    - |\n      c\n      d\n    - e", [(3, "a", "b"), (6, "a", "c"), (7, "a",
     "d"), (8, "a", "e")]),
    ("variables: {K: kubectl}\na: {script: [$K b]}", [(2, "a", "kubectl b")]),
    ("default: {before_script: [a]}\nb: {script: [c]}", [(1, "default", "a"), (2, "b", "c")]),
    (".h: {script: [a]}\nb: {script: [!reference [.h, script], c]}", [(1, ".h", "a"), (2, "b", ".h"), (2, "b", "script"), (2,
     "b", "c")]),
    ("a: {script: ['echo \"kubectl b\"']}", [(1, "a", "echo kubectl b")]),
    ("spec: {inputs: {}}\n---\na: {script: [b]}", [(3, "a", "b")]),
])
def test_gitlab(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run(".gitlab-ci.yml", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("sh 'a b'", [(1, "", "a b")]),
    ('sh("a")', [(1, "", "a")]),
    ("sh(script: 'a', returnStdout: true)", [(1, "", "a")]),
    ("sh label: 'x', script: '''\n  a\n  b\n'''", [(2, "", "a"), (3, "", "b")]),
    ('sh """\n  a \\\\\n    ${env.X}\n  b\n"""', [(2, "", "a ${env.X}"), (4, "", "b")]),
    ("sh 'a ' +\n  'b'", [(1, "", "a b")]),
    ("def c = 'kubectl a'\nsh c", [(1, "", "kubectl a")]),
    ("// sh 'a'\n/* sh 'b' */\necho 'sh c'\nx.sh 'd'", []),
    ("def x = \"sh 'a'\"", []),
    ("container('k') { sh 'a' }", [(1, "", "a")]),
    ('sh "\\$K a"', [(1, "", "$K a")]),
    ("sh $/a b/$", [(1, "", "a b")]),
])
def test_jenkins(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run("Jenkinsfile", text) == expected


def test_jenkins_stage_and_plug_ins() -> None:
    found = document("Jenkinsfile", "stage('Prod') {\n  kubernetesDeploy(configs: 'x')\n  sh 'a'\n}\n")
    assert found["commands"][0]["step"] == "Prod"
    assert [(one["line"], one["action"]) for one in found["uses"]] == [(2, "kubernetesDeploy")]


@pytest.mark.parametrize(("text", "expected"), [
    ("steps: [{script: a}, {bash: b}, {pwsh: c}]", [(1, "", "a"), (1, "", "b")]),
    ("jobs:\n  - job: x\n    steps:\n      - script: |\n          a\n          b", [(5, "x", "a"), (6, "x", "b")]),
    ("stages: [{stage: s, jobs: [{deployment: x, strategy: {runOnce: {deploy: {steps: [{script: a}]}}}}]}]", [(1, "x", "a")]),
    ("steps: [{'${{ if eq(1, 1) }}': [{script: a}]}]", [(1, "", "a")]),
    ("steps: [{task: Bash@3, inputs: {targetType: inline, script: a}}]", [(1, "", "a")]),
    ("steps: [{task: AzureCLI@2, inputs: {scriptType: bash, inlineScript: a}}]", [(1, "", "a")]),
    ("variables: {K: kubectl}\nsteps: [{script: $(K) a $(Build.Id)}]", [(2, "", "kubectl a $(Build.Id)")]),
    ("variables: [{name: K, value: kubectl}]\nsteps: [{script: $(K) a}]", [(2, "", "kubectl a")]),
])
def test_azure(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run("azure-pipelines.yml", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("jobs: {x: {steps: [{run: a}, checkout]}}", [(1, "x", "a")]),
    (("jobs:\n  x:\n    steps:\n      - run:\n          name: n\n          command: |\n            a\n"
     "            b << parameters.c >>"), [(7, "x", "a"), (8, "x", "b << parameters.c >>")]),
    ("commands: {x: {steps: [{when: {condition: true, steps: [{run: a}]}}]}}", [(1, "x", "a")]),
])
def test_circleci(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run(".circleci/config.yml", text) == expected


def test_circleci_orbs() -> None:
    text = "jobs:\n  x:\n    steps:\n      - checkout\n      - helm/upgrade-helm-chart:\n          chart: c\n"
    assert uses(".circleci/config.yml", text) == [(5, "helm/upgrade-helm-chart")]


TEKTON = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  steps:\n"


@pytest.mark.parametrize(("step", "expected"), [
    ("{script: a $(params.b)}", [(6, "t", "a $(params.b)")]),
    ("{command: [kubectl, apply], args: ['-f', 'a b']}", [(6, "t", "kubectl apply -f a b")]),
    ("{command: [sh, -c], args: ['kubectl a']}", [(6, "t", "sh -c kubectl a"), (6, "t", "kubectl a")]),
    ("{image: 'bitnami/kubectl:1.34', args: [delete, x]}", [(6, "t", "kubectl delete x")]),
    ('{script: "#!/usr/bin/env python\\nkubectl a"}', []),
])
def test_tekton(step: str, expected: list[tuple[int, str, str]]) -> None:
    assert run("t.yaml", TEKTON + f"    - {step}\n") == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("a:\n\tb\n\t@-c\n", [(2, "a", "b"), (3, "a", "c")]),
    ("a: ; b\n", [(1, "a", "b")]),
    ("K ?= kubectl\na:\n\t$(K) b\n\t${K} c\n", [(3, "a", "kubectl b"), (4, "a", "kubectl c")]),
    ("a:\n\tb \\\n\t  | c\n", [(2, "a", "b"), (3, "a", "c")]),
    ("a:\n\tfor x in 1; do \\\n\t  b $$x; \\\n\tdone\n", [(3, "a", "b $x")]),
    ("a:\n\t# b\n\t$(KUBECTL) c\n", [(3, "a", "${KUBECTL} c")]),
    ("X := $(shell b c)\nY != d\n", [(1, "", "b c"), (2, "", "d")]),
    ("define go\n\tb $(1)\nendef\na:\n\t$(call go,c)\n", [(5, "a", "b c")]),
    ("define help\nkubectl apply\nendef\na:\n\tb\n", [(5, "a", "b")]),
    ("a b: c\n\td\n", [(2, "a", "d")]),
    ("ifdef Y\nX = 1\nendif\na:\n\tb $(X)\n", [(5, "a", "b ${X}")]),
    ("X = 1\nX = 2\na:\n\tb $(X)\n", [(4, "a", "b ${X}")]),
    ("a:\nifdef X\n\tb\nendif\n", [(3, "a", "b")]),
    ("a: X := 1\na:\n\tb\n", [(3, "a", "b")]),
    (".PHONY: a\n%.o: %.c\n\tb $< $@\n", [(3, "%.o", "b $< $@")]),
])
def test_make(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run("Makefile", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("a:\n  b\n  @-c\n", [(2, "a", "b"), (3, "a", "c")]),
    ("K := 'kubectl'\na x='1': d\n  {{K}} b {{ x }}\n", [(3, "a", "kubectl b {{ x }}")]),
    ("a:\n  #!/usr/bin/env bash\n  if b; then\n    c\n  fi\n", [(3, "a", "b"), (4, "a", "c")]),
    ("a:\n  #!/usr/bin/env python3\n  kubectl\n", []),
    ("[script]\na:\n  if b; then\n    c\n  fi\n", [(3, "a", "b"), (4, "a", "c")]),
    ("a:\n  b \\\n    c\n", [(2, "a", "b c")]),
    ("X := `b c`\nalias z := a\nset shell := ['bash', '-c']\n# d\na:\n  e\n", [(1, "", "b c"), (6, "a", "e")]),
    ("set shell := ['nu', '-c']\na:\n  b\n", []),
])
def test_just(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run("justfile", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("tasks: {a: b, c: [d, {cmd: e}], f: {cmd: g}}", [(1, "a", "b"), (1, "c", "d"), (1, "c", "e"), (1, "f", "g")]),
    ("vars: {K: kubectl}\ntasks: {a: {cmds: ['{{.K}} b {{.X}}']}}", [(2, "a", "kubectl b {{.X}}")]),
    ("tasks:\n  a:\n    cmds:\n      - |\n        b\n        c\n      - defer: d", [(5, "a", "b"), (6, "a", "c"), (7, "a", "d")]),
    ("tasks: {a: {preconditions: [b, {sh: c}], status: [d], vars: {X: {sh: e}}}}", [(1, "a", "e"), (1, "a", "b"), (1, "a", "c"),
     (1, "a", "d")]),
    ("tasks: {a: {desc: kubectl apply, summary: kubectl apply, deps: [b], cmds: [{task: c}]}}", []),
    ("tasks: {a: ['{{if .X}}b{{else}}b{{end}}']}", [(1, "a", "b b")]),
])
def test_task(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert run("Taskfile.yml", text) == expected
