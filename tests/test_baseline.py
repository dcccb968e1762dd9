from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard import data
from gitops_guard.baseline import Baseline, dump, load
from gitops_guard.errors import UsageError
from gitops_guard.model import Finding, Location, Severity

SCHEMA = json.loads((data.schemas() / "baseline.json").read_text())
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def finding(number=1, severity=ERROR, targets=("one", "two"), file="f.yaml", rule="a/b", line=3):
    return Finding(rule, severity, "the password is hunter2", "", Location(file, line, 1), (), None, "", targets, f"{number:064x}")


KNOWN = load(dump([finding()]), "known.json")


@pytest.mark.parametrize(("now", "known"), [
    (finding(), True),
    (finding(line=30), True),
    (finding(severity=WARNING), True),
    (finding(targets=("two",)), True),
    (finding(targets=()), True),
    (finding(targets=("one", "two", "three")), False),
    (finding(2), False),
])
def test_known_is_what_is_no_worse_and_in_no_other_target(now, known):
    assert KNOWN.knows(now) is known


def test_a_higher_severity_is_new():
    assert not load(dump([finding(severity=WARNING)]), "x").knows(finding())


def test_entries_of_one_fingerprint_count_each_for_itself():
    """Git may have merged two baselines into one."""
    both = load(dump([finding(targets=("one",)), finding(severity=NOTE)]), "x")
    assert both.knows(finding(targets=("one",)))
    assert both.knows(finding(severity=NOTE))
    assert not both.knows(finding())


def test_the_file_is_sorted_and_holds_no_message():
    findings = [finding(2, file="b.yaml"), finding(3, rule="z/z"), finding(1)]
    text = dump(findings)
    assert text == dump(reversed(findings))
    assert [(entry["file"], entry["rule"]) for entry in json.loads(text)["findings"]] == [
        ("b.yaml", "a/b"), ("f.yaml", "a/b"), ("f.yaml", "z/z")]
    assert "hunter2" not in text
    assert text.count("\n") == 8, "a finding has a line of its own"


def test_an_empty_one():
    assert json.loads(dump([])) == {"version": "1", "findings": []}
    assert load(dump([]), "x") == Baseline({})


FINDINGS = st.lists(st.builds(finding, st.integers(1, 3), st.sampled_from(Severity), st.tuples(st.text(max_size=3)),
                              st.text(min_size=1, max_size=5)), max_size=5)


@given(FINDINGS)
def test_what_was_written_is_known(findings):
    text = dump(findings)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))
    baseline = load(text, "x")
    assert all(baseline.knows(one) for one in findings)


def entry(**changes):
    return {**json.loads(dump([finding()]))["findings"][0], **changes}


def document(*entries, **more):
    return {"version": "1", "findings": list(entries), **more}


@pytest.mark.parametrize(("broken", "message"), [
    ("", "known.json:1:1: no JSON"),
    ('{\n "version": "1",\n "findings": [,]}', "known.json:3:15: no JSON"),
    ("[" * 100_000, "nested too deeply"),
    ([], "known.json:1: a baseline is an object"),
    ({"findings": []}, 'known.json:1: "version" is missing'),
    (document(version="2"), 'known.json:2: the version of a baseline is "1"'),
    (document(version=1), 'known.json:2: the version of a baseline is "1"'),
    (document(extra=1), "known.json:4: a key that no baseline has"),
    ({"version": "1", "findings": {}}, "known.json:3: findings must be a list"),
    (document(entry(), "x"), "known.json:14: a finding is an object"),
    (document(entry(), {"rule": "a/b"}), 'known.json:14: "fingerprint" is missing'),
    (document(entry(line=3)), "known.json:13: a key that no baseline has"),
    (document(entry(fingerprint="abc")), "known.json:5: a fingerprint has 64"),
    (document(entry(fingerprint=3)), "known.json:5: fingerprint must be a text"),
    (document(entry(severity="fatal")), "known.json:8: severity is error, warning or note"),
    (document(entry(targets="one")), "known.json:9: targets is a list"),
    (document(entry(targets=[1])), "known.json:9: targets is a list"),
])
def test_what_is_no_baseline(broken, message):
    text = broken if isinstance(broken, str) else json.dumps(broken, indent=1)
    if not isinstance(broken, str):
        assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(broken)
    with pytest.raises(UsageError) as caught:
        load(text, "known.json")
    assert message in str(caught.value)
    assert str(caught.value).endswith("write it anew with --write-baseline known.json")
