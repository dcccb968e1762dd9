"""The leaves of encrypted files that are plain, their recipients, and values that kubeseal did not make."""

import pytest

from gitops_guard.evaluate.sops_files import encrypted_documents, plain_in_documents, plain_in_text, recipients_of, unsealed
from gitops_guard.source import Dialect, parse

CIPHER = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"


def load(text):
    return parse(text.encode(), "a.yaml").load(Dialect.MANIFEST)


def test_each_document_has_its_own_selectors():
    text = f"""a: {CIPHER}
b: plain
sops: {{mac: "{CIPHER}"}}
---
b: plain
---
b: plain
sops: {{mac: "{CIPHER}", encrypted_regex: "^a$"}}
"""
    assert plain_in_documents(load(text)) == [{"key": "b", "line": 2, "column": 4}]
    assert not encrypted_documents(load(text))
    assert encrypted_documents(load(f'a: 1\nsops: {{mac: "{CIPHER}"}}\n'))


@pytest.mark.parametrize(("text", "expected"), [
    (f"A={CIPHER}\nB=plain\n# C=plain\nD=\nsops_mac={CIPHER}\n", [("B", 2)]),
    (f"B_unencrypted=x\nB=x\nsops_unencrypted_suffix=_unencrypted\nsops_mac={CIPHER}\n", [("B", 2)]),
    (f"[db]\npassword = plain\nuser = {CIPHER}\n[sops]\nmac = {CIPHER}\n", [("db.password", 2)]),
    ("B=plain\n", []), ("[db]\npassword = plain\n", [])])
def test_env_and_ini_files(text, expected):
    assert [(leaf["key"], leaf["line"]) for leaf in plain_in_text(text)] == expected


def test_recipients():
    block = load("""age: [{recipient: age1a}, {recipient: age1b}]
pgp: [{fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21}]
kms: [{arn: "arn:aws:kms:x+arn:role"}]
azure_kv: [{name: x}]
key_groups: [{age: [{recipient: age1c}]}]
""")[0]
    assert recipients_of(block) == {"age:age1a", "age:age1b", "age:age1c", "pgp:BC17301B491B3F21", "kms:arn:aws:kms:x"}
    rule = load("age: age1a, age1b\npgp: '85D7 7543 B3D6 24B6 3CEA 9E6D BC17 301B 491B 3F21'\n")[0]
    assert recipients_of(rule) == {"age:age1a", "age:age1b", "pgp:BC17301B491B3F21"}
    assert recipients_of(None) == set()


def test_unsealed():
    documents = load("kind: SealedSecret\nspec:\n  encryptedData:\n    a: good\n    b: bad\n---\nkind: SealedSecret\n---\n- 1\n")
    assert unsealed(documents, lambda value: value == "good") == [{"key": "b", "text": "bad", "line": 5, "column": 8}]
