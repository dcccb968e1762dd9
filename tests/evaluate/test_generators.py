"""A kustomization -> its generated values, each at its place."""

import pytest

from gitops_guard.evaluate.generators import generator_facts
from gitops_guard.source import Dialect, Sources
from gitops_guard.tree import WorkTree

CIPHER = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"
SOPS = f"sops:\n  mac: {CIPHER}\n  lastmodified: x\n"


@pytest.fixture
def facts(tmp_path):
    def run(kustomization, **files):
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "kustomization.yaml").write_text(kustomization)
        for name, content in files.items():
            path = tmp_path / "app" / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        sources = Sources(WorkTree(tmp_path))
        document = sources.stream("app/kustomization.yaml").load(Dialect.MANIFEST)[0]
        return generator_facts(sources, "app/kustomization.yaml", document)
    return run


def short(fact):
    return (fact["form"], fact["key"], fact.get("value"), fact["file"], fact["line"], fact["column"])


def test_literals(facts):
    found = facts("""secretGenerator:
  - name: shop
    literals:
      - password=hunter2
      - "quoted='a b'"
      - empty=
      - no-value
""")
    assert [short(fact) for fact in found] == [
        ("literal", "password", "hunter2", "app/kustomization.yaml", 4, 9),
        ("literal", "quoted", "a b", "app/kustomization.yaml", 5, 9),
        ("literal", "empty", "", "app/kustomization.yaml", 6, 9)]
    kinds = {(fact["generator"], fact["name"], fact["type"], fact["encrypted"]) for fact in found}
    assert kinds == {("Secret", "shop", "Opaque", False)}


def test_env_files(facts):
    found = facts("secretGenerator:\n- name: a\n  type: x/y\n  envs: [a.env]\n- name: b\n  env: a.env\n",
                  a__env="\ufeff# c\n\nA=1\n  B=x=y\r\nNOTHING\n")
    assert [short(fact)[1:5] for fact in found[:3]] == [
        ("A", "1", "app/a.env", 3), ("B", "x=y", "app/a.env", 4), ("NOTHING", "", "app/a.env", 5)]
    assert [fact["name"] for fact in found] == ["a"] * 3 + ["b"] * 3
    assert found[0]["type"] == "x/y"


def test_env_file_of_sops(facts):
    found = facts("secretGenerator:\n- name: a\n  envs: [a.env]\n", a__env=f"A={CIPHER}\nB=plain\nsops_mac={CIPHER}\n")
    assert [(fact["key"], fact["encrypted"]) for fact in found] == [("A", True), ("B", False)]


def test_files(facts):
    found = facts("configMapGenerator:\n- name: a\n  files:\n  - a.txt\n  - key=b.bin\n",
                  a__txt="x=1\npassword=hunter2\n", b__bin=b"\xff\x00")
    assert [(fact["generator"], fact["key"], fact["file"], fact["line"]) for fact in found] == [
        ("ConfigMap", "a.txt", "app/kustomization.yaml", 4), ("ConfigMap", "key", "app/kustomization.yaml", 5)]
    assert found[1]["binary"] is True
    assert {(pair["key"], pair["file"], pair["line"]) for pair in found[0]["pairs"]} == {("password", "app/a.txt", 2)}


@pytest.mark.parametrize(("content", "expected"), [
    (f"password: {CIPHER}\n{SOPS}", True),
    ("password: hunter2\n", False),
    ("password: hunter2\nsops: is great\n", False),
    (f"a: {CIPHER}\n{SOPS}---\na: hunter2\n", False),
    ('{\n\t"data": "ENC[x]",\n\t"sops": {"mac": "ENC[x]"}\n}', True),
    (f"[a]\nb = {CIPHER}\n[sops]\nmac = {CIPHER}\n", True),
    ("-----BEGIN AGE ENCRYPTED FILE-----\nx\n", True),
    ("-----BEGIN PGP MESSAGE-----\nx\n", True),
    ("-----BEGIN RSA PRIVATE KEY-----\nx\n", False),
    (b"age-encryption.org/v1\n\xff\xfe", True),
    ("sops: [", False),
])
def test_encrypted_files(facts, content, expected):
    assert [fact["encrypted"] for fact in facts("secretGenerator:\n- name: a\n  files: [a]\n", a=content)] == [expected]


@pytest.mark.parametrize("kustomization", [
    "kind: Kustomization\n", "secretGenerator: x\n", "secretGenerator: [x]\n",
    "secretGenerator: [{name: 1, literals: a, files: [1], envs: [null]}]\n",
    "secretGenerator: [{name: a, files: [missing, ../../outside, .], envs: [missing]}]\n"])
def test_odd_input(facts, kustomization):
    assert facts(kustomization) == []
