from __future__ import annotations

import json

from gitops_guard.report import FORMATS, Options

from . import sample


def test_entries_are_what_gitlab_reads():
    entries = json.loads(FORMATS["gitlab"](sample.REPORT, Options()))
    assert len(entries) == len(sample.FINDINGS) - 1
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    assert {entry["severity"] for entry in entries} == {"info", "minor", "major"}
    assert entries[0] == {
        "description": "the remote base can't be known from here",
        "check_name": "render/unresolved",
        "fingerprint": f"{1:064x}",
        "severity": "info",
        "location": {"path": "apps/remote/kustomization.yaml", "lines": {"begin": 3}},
    }


def test_nothing_found_is_an_empty_list():
    assert FORMATS["gitlab"](sample.CLEAN, Options()) == "[]\n"
