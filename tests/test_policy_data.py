"""Which files of a folder of policies are data, where they stand in `data`, and what they may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_guard import policy_data
from gitops_guard.model import Location
from gitops_guard.policy import POLICY_ERROR, PolicyFolder, PolicySet, load
from gitops_guard.rego_file import MAX_BYTES

LIBRARY = "package teams\nnames := data.teams.known\n"


def written(path: Path, files: dict[str, str], display: str | None = "policies") -> PolicySet:
    for name, text in {"x.rego": LIBRARY, **files}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return load([PolicyFolder(path, display=display, location=Location("conf.yaml", 3, 5))])


@pytest.mark.parametrize(("files", "data"), [
    ({"data.json": '{\n\t"known": ["a"],\n\t"n": 1.5}'}, {"known": ["a"], "n": 1.5}),
    ({"data.yaml": "known: [a]\nanswer: yes\n"}, {"known": ["a"], "answer": True}),
    ({"a/b-c/data.yml": "known: &x {z: 1}\nother: *x\n"}, {"a": {"b-c": {"known": {"z": 1}, "other": {"z": 1}}}}),
    # Merged mapping by mapping, across files and folders; what an alias shares does not grow in both places.
    ({"a/data.yaml": "b: &x {z: 1}\nc: *x\n", "a/b/data.json": '{"y": 2}'}, {"a": {"b": {"z": 1, "y": 2}, "c": {"z": 1}}}),
    ({"teams.yaml": "known: [a]", "limits.json": '{"cpu": 2}'}, {"known": ["a"], "cpu": 2}),
    # Only where Rego lies beside it does a file of any name count.
    ({"fixtures/teams.yaml": "known: [a]"}, {}),
    ({".hidden.yaml": "a: 1", ".git/data.yaml": "a: 1", "notes.txt": "a: 1"}, {}),
    # What policies are tried on is nothing that they know.
    ({"pod.yaml": "apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod\n", "pod.json": '{"apiVersion": "v1", "kind": "Pod"}'}, {}),
])
def test_where_it_stands(tmp_path: Path, files: dict[str, str], data: object) -> None:
    found = written(tmp_path, files)
    assert found.faults == ()
    assert found.data == data


@pytest.mark.parametrize(("files", "file", "line", "message"), [
    ({"data.json": '{"a": 1}', "data.yaml": "b: 1\na: 1\n"}, "data.yaml", 2, "data.a is already in policies/data.json:1"),
    ({"data.json": '{"a": {"b": [1]}}', "a/data.yaml": "b: [2]"}, "a/data.yaml", 1, "data.a.b is already in policies/data.json:1"),
    ({"a/data.yaml": "b: [2]", "data.yaml": "\na: 1\n"}, "a/data.yaml", 1, "data.a is already in policies/data.yaml:2"),
    ({"data.yaml": "gitops_guard: {lib: {}}"}, "data.yaml", 1, "data.gitops_guard is built in"),
    ({"data.yaml": "- a"}, "data.yaml", 1, "a data file is one mapping"),
    ({"data.yaml": "a: 1\n---\nb: 1\n"}, "data.yaml", 1, "a data file is one mapping"),
    ({"list.json": "[1]"}, "list.json", 1, "a data file is one mapping"),
    ({"data.yaml": ""}, "data.yaml", 1, "a data file is one mapping"),
    ({"data.yaml": "a: 1\nb: [1, {c: .inf}]"}, "data.yaml", 2, "a number that JSON does not have"),
    ({"data.yaml": "a: 1\na: 2\n"}, "data.yaml", 2, ""),
    ({"data.json": '{"a": '}, "data.json", 1, ""),
    ({"data.yaml": "a: " + "x" * MAX_BYTES}, "data.yaml", 1, "not a plain file of at most 1000 kB"),
    ({"lonely.yaml": "# a rule\nexamples:\n  - good: |-\n      kind: Pod\n"}, "lonely.yaml", 2,
     "examples without their policy: there is no lonely.rego beside it"),
])
def test_what_it_may_not_say(tmp_path: Path, files: dict[str, str], file: str, line: int, message: str) -> None:
    (fault,) = written(tmp_path, files).faults
    assert fault.rule == POLICY_ERROR
    assert fault.location is not None
    assert fault.location[:2] == (f"policies/{file}", line)
    assert message in fault.message


def test_what_conflicts_is_left_out_whole(tmp_path: Path) -> None:
    assert written(tmp_path, {"data.json": '{"a": 1}', "data.yaml": "b: 1\na: 1\n"}).data == {"a": 1}


def test_outside_the_repository_it_is_told_where_the_folder_was_asked_for(tmp_path: Path) -> None:
    (fault,) = written(tmp_path, {"data.yaml": "- a"}, display=None).faults
    assert fault.location == Location("conf.yaml", 3, 5)
    assert fault.message.startswith("data.yaml:1: ")


def test_a_link_that_leaves_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1")
    inner = tmp_path / "policies"
    inner.mkdir()
    (inner / "data.yaml").symlink_to(tmp_path / "secret.yaml")
    found = written(inner, {})
    assert [fault.message for fault in found.faults] == ["the link leaves the folder of policies"]
    assert found.data == {}


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_data, "MAX_TOTAL", 20)
    (fault,) = written(tmp_path, {"a/data.yaml": "a: 1234567890", "b/data.yaml": "a: 1234567890"}).faults
    assert "the data files hold more than" in fault.message
