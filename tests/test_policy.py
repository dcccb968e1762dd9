from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gitops_guard import data, metadata
from gitops_guard.errors import UsageError
from gitops_guard.examples import read_examples
from gitops_guard.metadata import MetadataError
from gitops_guard.model import Location, Severity
from gitops_guard.policy import POLICY_ERROR, PolicyFolder, PolicySet, load
from gitops_guard.policy_docs import all_pages, page
from gitops_guard.rego_file import MAX_NESTING, nesting
from gitops_guard.source import Dialect, parse

GOOD = """# METADATA
# title: A title
# description: Why.
# custom:
#   scope: resource
#   severity: {production: error, else: note}
#   security_severity: "8.5"
#   kinds: [Secret, apps/*]
#   remedy: Do it.
#   parameters: {allow: []}
package gitops_guard.house.owner_label

deny contains {"msg": "x"} if input.object
"""
OUTSIDE = Location("conf.yaml", 3, 5)


def folder(path: Path, files: dict[str, str], *, display: str | None = "policies") -> PolicySet:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return load([PolicyFolder(path, display=display, location=OUTSIDE)])


def test_a_policy_gets_its_id_from_its_place(tmp_path: Path) -> None:
    found = folder(tmp_path, {"house/owner_label.rego": GOOD, "house/owner_label_test.rego": "package gitops_guard.house.owner_label_test"})
    assert found.faults == ()
    (policy,) = found.policies
    assert (policy.id, policy.package) == ("house/owner-label", "gitops_guard.house.owner_label")
    rule = found.rules["house/owner-label"]
    assert (rule.title, rule.severity, rule.elsewhere, rule.security_severity) == ("A title", Severity.ERROR, Severity.NOTE, "8.5")
    assert policy.metadata.kinds == ("Secret", "apps/*")
    assert policy.metadata.parameters == {"allow": []}
    assert [test.name for test in found.tests] == ["house/owner_label_test.rego"]


def test_the_folder_that_is_named_gives_the_category(tmp_path: Path) -> None:
    assert folder(tmp_path / "house", {"owner_label.rego": GOOD}, display=".").rules.keys() == {"house/owner-label"}


@pytest.mark.parametrize(("old", "new", "line", "message"), [
    ("title: A title", "titel: A title", 2, "unknown key titel in METADATA; did you mean title?"),
    ("  kinds", "  kind", 8, "unknown key kind in METADATA; did you mean kinds?"),
    ("scope: resource", "scope: object", 5, "custom.scope is one of resource, target"),
    ("#   remedy: Do it.\n", "", 1, "remedy is missing"),
    ("production: error", "production: fatal", 6, "custom.production is one of error, warning, note"),
    ('"8.5"', "8.5", 7, "custom.security_severity is a text"),
    ("[Secret, apps/*]", "Secret", 8, "custom.kinds is a list"),
    ("{allow: []}", "{allow: null}", 10, "the parameter allow has no default"),
    ("scope: resource", "scope: file", 8, "custom.kinds is for scope resource and repository alone"),
    ("[Secret, apps/*]", '["{deny}"]', 8, "custom.kinds names deny, which is no parameter"),
    ("[Secret, apps/*]", '["!Secret"]\n#   admission: true', 8, "custom.kinds: !Secret is nothing that a cluster knows"),
    ("{allow: []}", "{}\n#   needs: [target]\n#   admission: true", 11, "admission: true excludes needs"),
    ("title: A title", "title: [A", 3, "METADATA: "),
    ("house.owner_label", "house.label", 11, "the package of house/owner-label must be gitops_guard.house.owner_label"),
    ("package gitops_guard", "import x\npackage gitops_guard", 1, "the file does not begin with a package"),
])
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    found = folder(tmp_path, {"house/owner_label.rego": GOOD.replace(old, new)})
    (fault,) = found.faults
    assert fault.rule == POLICY_ERROR
    assert message in fault.message
    assert fault.location is not None
    assert (fault.location.file, fault.location.line) == ("policies/house/owner_label.rego", line)
    assert found.policies == ()


def test_the_rule_of_a_broken_policy_is_known(tmp_path: Path) -> None:
    found = folder(tmp_path, {"house/owner_label.rego": GOOD.replace("house.owner_label", "house.label")})
    assert "house/owner-label" in found.rules


def test_a_fault_outside_the_repository_is_where_the_folder_was_asked_for(tmp_path: Path) -> None:
    (fault,) = folder(tmp_path, {"house/owner_label.rego": GOOD.replace("title:", "titel:")}, display=None).faults
    assert fault.location == OUTSIDE
    assert fault.message.startswith("house/owner_label.rego:2: unknown key titel")


def test_conftest_policies_and_libraries(tmp_path: Path) -> None:
    found = folder(tmp_path, {
        "main.rego": "package main\nimport data.lib.names\ndeny[msg] { msg := names.x }",
        "more.rego": "package main\nhelp := 1",
        "names.rego": "# METADATA\n# title: only OPA's\npackage lib.names\nx := 1",
        "k8s.rego": "package kubernetes.security\n  warn_root contains msg if { msg := 1 }",
    })
    assert found.faults == ()
    assert [(policy.id, [file.name for file in policy.files], policy.conftest) for policy in found.policies] == [
        ("conftest/kubernetes.security", ["k8s.rego"], True), ("conftest/main", ["main.rego", "more.rego"], True)]
    assert [file.package for file in found.libraries] == ["lib.names"]


def test_our_package_without_metadata_is_no_conftest_policy(tmp_path: Path) -> None:
    (fault,) = folder(tmp_path, {"house/x.rego": "package gitops_guard.house.x\n\ndeny contains 1"}).faults
    assert "needs METADATA with custom.scope" in fault.message


def test_a_users_policy_replaces_the_built_in_one(tmp_path: Path) -> None:
    builtin, own = tmp_path / "builtin", tmp_path / "own"
    for path, title in ((builtin, "A title"), (own, "Mine")):
        (path / "house").mkdir(parents=True)
        (path / "house" / "owner_label.rego").write_text(GOOD.replace("A title", title))
    found = load([PolicyFolder(own, display="own"), PolicyFolder(builtin, builtin=True)])
    assert [(policy.metadata.rule.title, policy.builtin) for policy in found.policies] == [("Mine", False)]
    assert found.faults == ()


def test_two_of_one_id_are_an_error(tmp_path: Path) -> None:
    found = folder(tmp_path, {"a/house/owner_label.rego": GOOD, "b/house/owner_label.rego": GOOD})
    assert [fault.message for fault in found.faults] == ["the rule house/owner-label is already defined in policies/a/house/owner_label.rego"]


def test_a_built_in_rule_that_is_no_policy_can_not_be_taken(tmp_path: Path) -> None:
    text = GOOD.replace("house.owner_label", "render.failed")
    (tmp_path / "render").mkdir()
    (tmp_path / "render" / "failed.rego").write_text(text)
    found = load([PolicyFolder(data.policies(), builtin=True), PolicyFolder(tmp_path, display="p")])
    assert [fault.message for fault in found.faults] == ["the rule render/failed is built in and is no policy; choose another name"]


def test_a_built_in_library_can_not_be_taken(tmp_path: Path) -> None:
    (tmp_path / "lib.rego").write_text("package gitops_guard.lib.result\nviolation(a, b) := 1")
    found = load([PolicyFolder(data.policies(), builtin=True), PolicyFolder(tmp_path, display="p")])
    assert [fault.message for fault in found.faults] == ["the package gitops_guard.lib.result is built in; choose another name"]


def test_without_its_policies_the_built_in_folder_gives_libraries_and_other_rules() -> None:
    found = load([PolicyFolder(data.policies(), builtin=True, rego=False)])
    assert found.policies == ()
    assert {"render/failed", "engine/policy-error"} <= found.rules.keys()
    assert "images/unpinned-tag" not in found.rules
    assert "gitops_guard.lib.result" in {file.package for file in found.libraries}


def test_links_out_of_the_folder_and_odd_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.rego").write_text("package x")
    inside = tmp_path / "p"
    inside.mkdir()
    (inside / "link.rego").symlink_to(tmp_path / "secret.rego")
    (inside / "binary.rego").write_bytes(b"package \xff")
    (inside / "big.rego").write_text("package x\n" + "#" * 1_000_001)
    (inside / "deep.rego").write_text("package x\ny := " + "[" * 20 + "]" * 20)
    found = load([PolicyFolder(inside, display="p")])
    assert [fault.message for fault in found.faults] == [
        "not a plain file of at most 1000 kB", "the file is not UTF-8 text",
        f"collections nested deeper than {MAX_NESTING} levels; name the inner ones", "the link leaves the folder of policies"]


@pytest.mark.parametrize(("text", "depth"), [
    ("[]", 1), ("{[{}]}", 3), ('"[[[["', 0), ("`[[[\n[`", 0), ("# [[[[\n[]", 1), (r'"\"[[" []', 1), ("]]][", 1), ("f((([])))", 1),
])
def test_nesting(text: str, depth: int) -> None:
    assert nesting(text) == depth


MUTATIONS: list[tuple[str, Any]] = [
    ("title", 3), ("title", " "), ("description", None), ("custom", "x"), ("extra", 1), ("authors", ["a"]),
    ("related_resources", [{"ref": "https://a"}]), ("related_resources", [{"ref": "a"}]), ("related_resources", ["https://a"]),
    ("related_resources", [{"ref": "https://a", "x": 1}]), ("custom.scope", "all"), ("custom.scope", "file"), ("custom.remedy", ""),
    ("custom.severity", "note"), ("custom.severity", "off"), ("custom.severity", {"production": "error"}),
    ("custom.severity", {"production": "error", "else": "note", "x": 1}), ("custom.security_severity", "11.0"),
    ("custom.security_severity", "0.0"), ("custom.security_severity", "10.0"), ("custom.kinds", ["a/b/c"]), ("custom.kinds", ["/Pod"]),
    ("custom.kinds", []), ("custom.parameters", {"A": 1}), ("custom.parameters", {"a": 1}), ("custom.parameters", {"a": None}),
    ("custom.parameters", []), ("custom.replaces", ["secrets/plaintext-secret"]), ("custom.replaces", ["x"]), ("custom.needs", ["target"]),
    ("custom.needs", ["graph"]), ("custom.admission", True), ("custom.admission", "yes"), ("custom.unknown", 1),
    ("custom.scope", "admission"), ("custom.required", []), ("custom.required", ["allow"]), ("custom.required", "allow"),
    ("custom.constraint", "K8sThing"), ("custom.constraint", "thing"), ("custom.constraint", ["K8sThing"]), ("custom.constraint", "A" * 64),
    ("custom.mentions", ["suspend"]), ("custom.mentions", ['"suspend"']), ("custom.mentions", ["x"]), ("custom.mentions", "suspend"),
]


@pytest.mark.parametrize(("key", "value"), MUTATIONS)
def test_the_schema_and_the_reader_agree(key: str, value: Any) -> None:
    document: dict[str, Any] = {"title": "t", "description": "d", "custom": {"scope": "resource", "severity": "error", "remedy": "r"}}
    node = document["custom"] if "." in key else document
    node[key.rpartition(".")[2]] = value
    schema = json.loads((data.schemas() / "policy-metadata.json").read_text("utf-8"))
    allowed = jsonschema.Draft202012Validator(schema).is_valid(document)
    read = parse(json.dumps(document).encode(), "x.yaml").load(Dialect.MANIFEST)[0]
    if allowed:
        assert metadata.read(read, "a/b").rule.id == "a/b"
    else:
        with pytest.raises(MetadataError):
            metadata.read(read, "a/b")


EXAMPLES = """
examples:
  - title: one
    bad: |-
      kind: Pod # <- here
      spec: {}
    severity: note
    environment: staging
    owners: [{system: argocd, kind: Application, name: a, prune: true}]
  - good:
      a.sh: |
        echo
      b.yaml: "x: 1"
    outside: true
"""


def test_examples(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(EXAMPLES)
    bad, good = read_examples(tmp_path / "x.yaml")
    assert (bad.files, bad.marks) == ({"manifest.yaml": "kind: Pod\nspec: {}"}, {("manifest.yaml", 1)})
    assert (bad.severity, bad.environment, bad.owners[0].prune, bad.good) == (Severity.NOTE, "staging", True, False)
    assert (good.files, good.marks, good.outside, good.good) == ({"a.sh": "echo\n", "b.yaml": "x: 1"}, set(), True, True)


@pytest.mark.parametrize(("text", "message"), [
    ("a: 1", "x.yaml:1: there is no list of examples"),
    ("examples:\n  - {good: a, bad: b}", "x.yaml:2: an example is a mapping with either good or bad"),
    ("examples:\n  - good: a\n    tilte: x", "x.yaml:3: unknown key tilte; did you mean title"),
    ("examples:\n  - bad: a", "x.yaml:2: a bad example marks its lines"),
    ("examples:\n  - good: 'a # <- here'", "x.yaml:2: a good example has no mark"),
    ("examples:\n  - good: [a]", "x.yaml:2: an example is a text, or a mapping"),
    ("examples:\n  - good: a\n    severity: x", "x.yaml:3: severity is none of"),
    ("examples:\n  - good: a\n    owners: [{nam: x}]", "x.yaml:3: an owner has the keys"),
    ("examples: [", "x.yaml:2: "),
])
def test_wrong_examples_are_told_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_examples(tmp_path / "x.yaml")
    assert message in str(caught.value)


def test_pages(tmp_path: Path) -> None:
    examples = "examples:\n  - title: without\n    bad: 'kind: Secret # <- here'\n  - good: '```'\n    parameters: {allow: [a]}\n"
    found = folder(tmp_path, {"house/owner_label.rego": GOOD, "house/owner_label.yaml": examples})
    text = page("house/owner-label", found)
    assert text.startswith("# house/owner-label\n\n**A title**\n\n- Severity: error in production, else note\n")
    for part in ("**Remedy.** Do it.", "| `allow` | `[]` |", "## Bad\n\nwithout:\n\n```yaml\nkind: Secret # <- here\n```",
                 '## Good\n\nwith parameters `{"allow": ["a"]}`:\n\n````yaml\n```\n````'):
        assert part in text
    assert "| [house/owner-label](#houseowner-label) | error in production, else note | A title |" in all_pages(found)


def test_every_built_in_rule_has_a_page() -> None:
    found = load([PolicyFolder(data.policies(), builtin=True)])
    assert all(page(rule, found).startswith(f"# {rule}\n") for rule in found.rules)
