from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from gitops_guard.report import FORMATS, Options

from . import sample

PAGE = FORMATS["html"](sample.REPORT, Options())


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(PAGE)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_it_needs_nothing_else_and_runs_only_its_own_script():
    tags = Reader().tags
    assert not [attributes for _, attributes in tags if {"src", "href", "onclick", "style"} & set(attributes)]
    assert "default-src 'none'" in PAGE
    for name in ("script", "style"):
        body, = re.findall(f"<{name}>(.*?)</{name}>", PAGE, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in PAGE


def test_text_from_files_is_text():
    reader = Reader()
    assert "<b>\\x1b[31m</b>" in reader.text
    assert not [tag for tag, _ in reader.tags if tag == "img"]


def test_what_does_not_count_is_hidden_at_first():
    rows = [attributes for tag, attributes in Reader().tags if tag == "tr" and "data-severity" in attributes]
    assert len(rows) == len(sample.FINDINGS)
    assert sorted(row["data-status"] or "" for row in rows if "hidden" in row) == ["known", "waived"]


def test_targets_and_rules_are_listed():
    text = Reader().text
    assert "Targets (17)" in text
    assert "Rules (6)" in text
    assert "overlays/v1.2 clean" in text
