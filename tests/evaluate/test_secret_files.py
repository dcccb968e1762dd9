"""One file -> what it holds of secrets."""

from trees import sources

from gitops_guard.evaluate.files import read_files
from gitops_guard.evaluate.secret_files import SecretFiles

CIPHER = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"
AGE = "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSFJ7KM4\n"


def facts(**files):
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    reader = SecretFiles(sources(named))
    return {path: found for path in named if (found := reader.facts(path))}


def test_keys_in_any_text():
    found = facts(keys_txt=AGE, README_md=AGE, a_bin=b"\0" + AGE.encode(), b_txt="no key")
    assert list(found) == ["keys.txt", "README.md"]


def test_encrypted_files():
    found = facts(a_yaml=f"a: plain\nsops: {{mac: '{CIPHER}'}}\n", b_env=f"A=plain\nsops_mac={CIPHER}\n",
                  c_yaml="kind: SealedSecret\nspec: {encryptedData: {a: plain}}\n")
    assert {path: list(value) for path, value in found.items()} == {"a.yaml": ["plain"], "b.env": ["plain"], "c.yaml": ["unsealed"]}


def test_charts_and_broken_files_have_no_structure():
    assert facts(a__templates__b_yaml="sops: {{ .Values.sops }}\nkind: SealedSecret\n", c_yaml="sops: [\n") == {}


def test_a_file_that_nothing_else_reads_is_an_input():
    inputs = read_files(sources({"keys.txt": AGE, "Makefile": f"a:\n\techo {AGE}", "b.txt": ""}), ["keys.txt", "Makefile", "b.txt"])
    assert [(item.path, item.kind, "secrets" in item.document) for item in inputs] == [
        ("Makefile", "makefile", True), ("keys.txt", "text", True)]
