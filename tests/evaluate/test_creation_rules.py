"""What `.sops.yaml` asks of a file."""

import pytest
from trees import sources

from gitops_guard.errors import SourceError
from gitops_guard.evaluate.creation_rules import CreationRules
from gitops_guard.source import Dialect

CIPHER = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: hunter2}\n"
ENCRYPTED = f"""apiVersion: v1
kind: Secret
stringData: {{password: "{CIPHER}"}}
sops:
  mac: "{CIPHER}"
  age:
    - recipient: age1a
    - recipient: age1b
"""
RULES = "creation_rules:\n  - path_regex: prod/.*\\.yaml$\n    encrypted_regex: ^(data|stringData)$\n    age: age1a\n"


def facts(files, path):
    tree = sources(files)
    try:
        documents = tree.stream(path).load(Dialect.MANIFEST) if path.endswith(".yaml") else None
    except SourceError:
        documents = None
    return CreationRules(tree).facts(path, tree.text(path), documents)


@pytest.mark.parametrize(("config", "path", "matches"), [
    (RULES, "prod/a.yaml", True), (RULES, "dev/a.yaml", False), ("creation_rules: [{age: age1a}]\n", "dev/a.yaml", True),
    ("creation_rules: [{path_regex: '('}]\n", "a.yaml", False), ("creation_rules: x\n", "a.yaml", False), ("a: [\n", "a.yaml", False)])
def test_the_first_matching_rule_counts(config, path, matches):
    assert (CreationRules(sources({".sops.yaml": config, path: SECRET})).rule_for(path) is not None) is matches


def test_the_nearest_configuration_counts():
    rules = CreationRules(sources({".sops.yaml": "creation_rules: [{age: far}]\n", "a/.sops.yaml": "creation_rules: [{age: near}]\n",
                                   "b/.sops.yml": "creation_rules: [{age: wrong}]\n"}))
    assert [rules.rule_for(path)[0]["age"] for path in ("a/x.yaml", "a/b/x.yaml", "b/x.yaml")] == ["near", "near", "far"]
    assert rules.rule_for("a/x.yaml")[1] == "x.yaml"
    assert rules.any
    assert not CreationRules(sources({"a": ""})).any


def test_a_secret_in_plaintext():
    found = facts({".sops.yaml": RULES, "prod/a.yaml": SECRET}, "prod/a.yaml")
    assert (found["secret"], found["packed"], found["encrypted"], found["line"]) == (True, False, False, 2)
    assert found["leaves"] == [{"key": "stringData.password", "text": "hunter2"}]


def test_names_that_a_rule_singles_out():
    rules = "creation_rules: [{path_regex: '\\.enc\\.yaml$'}]\n"
    assert facts({".sops.yaml": rules, "a.enc.yaml": "b: 1\n"}, "a.enc.yaml")["named"]
    broad = "creation_rules: [{path_regex: '.*\\.yaml$'}]\n"
    assert facts({".sops.yaml": broad, "a.yaml": "b: 1\n"}, "a.yaml") == {}


def test_what_a_generator_reads():
    files = {".sops.yaml": "creation_rules: [{age: age1a}]\n", "app/kustomization.yaml": "secretGenerator: [{name: a, envs: [a.env]}]\n",
             "app/a.env": "# c\nA=hunter2\n"}
    found = facts(files, "app/a.env")
    assert (found["packed"], found["leaves"], found["line"]) == (True, [{"key": "A", "text": "hunter2"}], 2)
    assert facts({**files, "app/a.env": f"A={CIPHER}\nsops_mac={CIPHER}\n"}, "app/a.env") == {}
    assert facts(files, "app/kustomization.yaml") == {}


def test_recipients():
    found = facts({".sops.yaml": RULES, "prod/a.yaml": ENCRYPTED}, "prod/a.yaml")
    assert (found["encrypted"], found["extra"], found["missing"], found["line"]) == (True, 1, 0, 8)
    both = RULES.replace("age1a", "age1a,age1b,age1c")
    found = facts({".sops.yaml": both, "prod/a.yaml": ENCRYPTED}, "prod/a.yaml")
    assert (found["extra"], found["missing"], found["line"]) == (0, 1, 4)
