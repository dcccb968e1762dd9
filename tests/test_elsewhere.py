"""Other revisions and other repositories, by name."""

from __future__ import annotations

import os

import pytest
from remotes import Remote, git, write

from gitops_guard.elsewhere import Elsewhere, Readable, Unreadable
from gitops_guard.mounts import Mounts
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree


@pytest.fixture
def clone(tmp_path):
    origin = Remote(tmp_path / "origin", {"app/x.yaml": "x: 1\n", "docs/x.yaml": "d: 1\n"})
    git(origin.folder, "branch", "old")
    git(origin.folder, "tag", "v1")
    origin.commit({"app/x.yaml": "x: 2\n"}, tag="v2")
    git(tmp_path, "clone", "--quiet", f"file://{origin.folder}", "clone")
    return tmp_path / "clone"


@pytest.fixture
def charts(tmp_path):
    made = Remote(tmp_path / "charts", {"web/Chart.yaml": "name: web\n"})
    made.commit({"web/Chart.yaml": "name: two\n"}, tag="v2")
    return made


@pytest.fixture
def elsewhere(clone):
    """`elsewhere(allowed…)`, with the joined sources as `.joined`."""
    made = []

    def make(*allowed, **options):
        mounts = Mounts()
        it = Elsewhere(clone, mounts, allowed=allowed, **options)
        it.joined = mounts.over(Sources(WorkTree(clone)))
        made.append(it)
        return it

    yield make
    for it in made:
        it.close()


def test_a_revision_is_mounted_once(clone, elsewhere):
    it = elsewhere()
    first = git(clone, "rev-parse", "v1")
    mount = it.revision("old")
    assert mount == f"revision@{first[:12]}"
    assert it.revision("v1") == it.revision(first) == it.revision("refs/tags/v1") == mount
    assert it.joined.text(f"{mount}/app/x.yaml") == "x: 1\n"
    assert it.joined.text(f"{it.revision('v2')}/app/x.yaml") == "x: 2\n"
    assert len(it.mounts) == 2


@pytest.mark.parametrize("name", ["gone", "v*", ">=1.0", "HEAD~1", "0" * 40, "-h"])
def test_what_the_clone_does_not_have(elsewhere, name):
    assert elsewhere().revision(name) is None


def test_what_is_excluded(elsewhere):
    it = elsewhere(exclude=lambda path: path.startswith("docs/"))
    mount = it.revision("v1")
    assert it.joined.files_below(mount) == [f"{mount}/app/x.yaml"]


def test_a_partial_clone(clone, tmp_path):
    git(tmp_path / "origin", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{tmp_path / 'origin'}", "partial")
    it = Elsewhere(tmp_path / "partial", Mounts())
    assert it.revision("old") is None
    assert it.revision("main") is not None
    it.close()


def test_without_git(tmp_path):
    write(tmp_path / "plain", {"x.yaml": "x: 1\n"})
    assert Elsewhere(tmp_path / "plain", Mounts()).revision("main") is None


def test_a_folder_outside_needs_leave(clone, elsewhere, charts):
    refused = Unreadable("it is mapped to a folder outside the repository, which --allow-path does not name")
    assert elsewhere().folder("../charts", "") == refused
    assert elsewhere(clone / "app").folder("../charts", "") == refused
    os.symlink("../charts", clone / "link")
    assert elsewhere().folder("link", "") == refused
    it = elsewhere(charts.folder)
    assert it.folder("../charts", "") == Readable("charts@local") == it.folder("../charts/", "HEAD")
    assert it.joined.text("charts@local/web/Chart.yaml") == "name: two\n"
    assert elsewhere(charts.folder.parent).folder(str(charts.folder), "") == Readable("charts@local")
    assert it.folder("../charts/gone", "") == Unreadable("it is mapped to a folder that is not there")


def test_a_revision_of_a_folder(elsewhere, charts):
    it = elsewhere(charts.folder)
    (charts.folder / "web" / "Chart.yaml").write_text("name: edited\n")
    assert it.folder("../charts", "main") == Readable("charts@local")
    assert it.folder("../charts", charts.first) == Readable(f"charts@{charts.first[:12]}")
    assert it.joined.text("charts@local/web/Chart.yaml") == "name: edited\n"
    assert it.joined.text(f"charts@{charts.first[:12]}/web/Chart.yaml") == "name: web\n"
    assert it.folder("../charts", "v3") == Unreadable("the revision v3 is not in the clone that it is mapped to")


def test_a_folder_that_is_no_clone_is_what_it_is(tmp_path, elsewhere):
    write(tmp_path / "plain", {"x.yaml": "x: 1\n"})
    it = elsewhere(tmp_path)
    assert it.folder("../plain", "v3") == Readable("plain@local")
    assert it.joined.files_below("plain@local") == ["plain@local/x.yaml"]


def test_an_absolute_path_into_the_repository(clone, elsewhere):
    assert elsewhere().folder(str(clone / "app"), "v7") == Readable("app", home=True)
