"""What the html and markdown reports show of a change in a real repository."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from remotes import committed, git, write

from gitops_guard.cli import cli

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  DB_PASSWORD: %s\n  color: %s\n"
OLD, NEW = "hunter2-Wq8zLt91", "hunter3-Pk4vRn27"


@pytest.fixture
def root(tmp_path):
    place = committed(tmp_path / "repo", {"app/kustomization.yaml": "resources: [a.yaml]\n", "app/a.yaml": CONFIG % (OLD, "red")})
    write(place, {"app/a.yaml": CONFIG % (NEW, "blue"), "app/kustomization.yaml": "resources: [a.yaml]\nnamePrefix: x-\n"})
    git(place, "commit", "--quiet", "--all", "--message", "y")
    return place


def page(root, *args):
    done = CliRunner().invoke(cli, ["check", str(root), "--base", "HEAD~1", "--jobs", "1", *args])
    assert done.exit_code in (0, 1), done.output
    return done.stdout


@pytest.mark.parametrize("more", [[], ["--ignore", "secrets/*"], ["--select", "images/*"]])
def test_fields_are_shown_and_secrets_are_not_whatever_rules_run(root, more):
    shown = page(root, "--format", "html", *more)
    assert "data.color" in shown
    assert "+ blue" in shown
    for value in (OLD, NEW):
        assert value not in shown


def test_no_field_is_shown_where_nobody_says_which_are_secret(root):
    shown = page(root, "--format", "html", "--no-builtin-policies")
    assert "ConfigMap/x-a" in shown
    assert "data.color" not in shown
    assert OLD not in shown


def test_the_graph_is_what_paths_take_in(root):
    write(root, {"other/kustomization.yaml": "resources: [b.yaml]\n", "other/b.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: b}\n"})
    done = CliRunner().invoke(cli, ["check", str(root / "other"), "--root", str(root), "--jobs", "1", "--format", "html"])
    assert ">other</text>" in done.stdout
    assert ">app</text>" not in done.stdout
