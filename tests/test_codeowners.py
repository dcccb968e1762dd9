"""Who owns a path, as GitHub and GitLab read CODEOWNERS."""

import pytest

from gitops_guard.codeowners import fits, read, verdict


@pytest.mark.parametrize(("pattern", "path", "expected"), [
    ("*", "a/b.yaml", True),
    ("*.yaml", "a/b.yaml", True),
    ("/prod/", "prod/a/b.yaml", True),
    ("/prod/", "x/prod/b.yaml", False),
    ("prod/", "x/prod/b.yaml", True),
    ("/prod", "prod/a.yaml", True),
    ("/prod/*", "prod/a.yaml", True),
    ("/prod/*", "prod/a/b.yaml", False),
    ("/prod/**", "prod/a/b.yaml", True),
    ("**/prod/**", "x/y/prod/b.yaml", True),
    ("docs/*", "x/docs/a.md", False),
    ("/a/**/c", "a/c", True),
    ("/a/**/c", "a/b/b/c/d", True),
    ("/A", "a", False),
])
def test_patterns(pattern, path, expected):
    assert fits(pattern, path) is expected


@pytest.mark.parametrize(("text", "gitlab", "expected"), [
    ("* @acme/sre\n", False, (True, 1)),
    ("* @acme/sre\n/prod/\n", False, (False, 2)),
    ("/prod/ @a\n* @b\n", False, (True, 2)),
    ("/prod/ # @acme/sre\n", False, (False, 1)),
    ("/prod/ a@b.example\n", False, (True, 1)),
    ("/prod/ nobody\n", False, (False, None)),
    ("!/prod/ @a\n", False, (False, None)),
    ("/base/ @a\n", False, (False, None)),
    ("[Production] @acme/sre\n/prod/\n", True, (True, 2)),
    ("^[Production] @acme/sre\n/prod/\n", True, (False, 2)),
    ("* @a\n[Docs]\n/docs/ @b\n", True, (True, 1)),
    ("* @a\n!/prod/\n", True, (False, None)),
])
def test_who_owns(text, gitlab, expected):
    found = verdict(read(text, gitlab=gitlab), "prod/web.yaml")
    assert (found.owned, found.line) == expected
