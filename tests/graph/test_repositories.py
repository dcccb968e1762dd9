"""Which URL is this repository, and at which revision it can be read."""

from __future__ import annotations

import pytest
from remotes import Remote, git
from trees import Link, MemoryTree

from gitops_guard import config as configuration
from gitops_guard.elsewhere import Elsewhere
from gitops_guard.graph.repositories import KnownRepositories, normal
from gitops_guard.graph.world import Place, Unknown
from gitops_guard.mounts import Mounts

HERE = "https://github.com/acme/fleet"
OTHER = "https://github.com/acme/charts"
TREE = MemoryTree({"app/x.yaml": "x: 1\n", "vendor/charts/web/Chart.yaml": "name: web\n", "out": Link("../elsewhere")})


def known(config="", path=".gitops-guard.yaml", **given):
    return KnownRepositories(config=configuration.load(config, path), tree=TREE, **given)


@pytest.mark.parametrize("url", [
    "https://github.com/acme/fleet", "https://github.com/acme/fleet.git", "https://github.com/acme/fleet/", "https://github.com/acme/fleet.git/",
    "http://github.com/acme/fleet", "https://user:secret@GitHub.com:443/Acme/Fleet.git", "git@github.com:acme/fleet.git", "github.com:acme/fleet",
    "ssh://git@github.com/acme/fleet.git", "ssh://git@github.com:22/acme/fleet", "ssh://git@ssh.github.com:443/acme/fleet.git",
    "git://github.com/acme/fleet", "github.com/acme/fleet", " https://github.com//acme/fleet ", "git@github.com:/acme/fleet", "git::https://github.com/acme/fleet",
    "git+ssh://git@github.com/acme/fleet", "git@github.com:22/acme/fleet", "https://github.com/acme/fleet?x=y#z", "https://github.com/acme/fl%65et",
])
def test_one_repository_has_many_addresses(url):
    assert normal(url) == "github.com/acme/fleet"


@pytest.mark.parametrize(("url", "name"), [
    ("oci://ghcr.io/acme/fleet", ""), ("s3://bucket/fleet", ""), ("", ""), ("./fleet", ""), ("../acme/fleet", ""), ("fleet", ""), ("https://github.com", ""),
    ("https://github.com/", ""), ("acme/fleet", ""), ("file:///srv/fleet.git", "/srv/fleet"), ("/srv/fleet", "/srv/fleet"),
    ("git@[::1]:acme/fleet", "[::1]/acme/fleet"), ("ssh://git@[::1]:22/acme/fleet", "[::1]/acme/fleet"),
    ("https://gitlab.example.com/a/b/c/d.git", "gitlab.example.com/a/b/c/d"),
    ("git@ssh.dev.azure.com:v3/org/project/repo", "dev.azure.com/org/project/repo"),
    ("https://org@dev.azure.com/org/project/_git/repo", "dev.azure.com/org/project/repo"),
    ("https://org.visualstudio.com/DefaultCollection/project/_git/repo", "dev.azure.com/org/project/repo"),
    ("https://dev.azure.com/org/_git/repo", "dev.azure.com/org/repo/repo"),
    ("https://bitbucket.example.com/scm/prj/repo.git", "bitbucket.example.com/prj/repo"),
    ("ssh://git@bitbucket.example.com:7999/prj/repo.git", "bitbucket.example.com/prj/repo"),
    ("https://github.com/acme/fleet-2", "github.com/acme/fleet-2"), ("https://github.example.com/acme/fleet", "github.example.com/acme/fleet"),
])
def test_normal(url, name):
    assert normal(url) == name


@pytest.mark.parametrize(("given", "here", "elsewhere"), [
    ({"remotes": [HERE]}, [HERE, "git@github.com:acme/fleet.git"], [OTHER]),
    ({"remotes": [HERE, OTHER]}, [HERE, OTHER], ["https://github.com/acme/x"]),
    ({"remotes": [HERE], "evidence": [OTHER]}, [HERE], [OTHER]),
    ({"evidence": [HERE, "git@github.com:acme/fleet.git"]}, [HERE], [OTHER]),
    ({"evidence": [HERE, OTHER]}, [], [HERE, OTHER]),
    ({"evidence": ["oci://ghcr.io/acme/fleet", HERE]}, [HERE], ["oci://ghcr.io/acme/fleet"]),
    ({"evidence": ["oci://ghcr.io/acme/fleet"]}, [], ["oci://ghcr.io/acme/fleet"]),
    ({"remotes": ["/srv/fleet"], "evidence": [HERE]}, [HERE, "file:///srv/fleet.git"], [OTHER]),
    ({"remotes": ["../fleet"], "evidence": [HERE]}, [HERE], [OTHER]),
    ({}, [], [HERE, OTHER]),
    ({"config": f"repositories: {{'{HERE}': .}}", "remotes": [OTHER]}, [HERE], [OTHER]),
    ({"config": f"repositories: {{'{HERE}.git': ./}}", "evidence": [OTHER]}, ["ssh://git@github.com/acme/fleet"], [OTHER]),
    ({"config": f"repositories: {{'{HERE}': .., '{OTHER}': .}}", "path": "conf/.gitops-guard.yaml"}, [HERE], ["https://github.com/acme/x"]),
])
def test_this_repository(given, here, elsewhere):
    repositories = known(**given)
    assert [repositories.place(url, None) for url in here] == [Place()] * len(here)
    assert [type(repositories.place(url, None)) for url in elsewhere] == [Unknown] * len(elsewhere)


@pytest.mark.parametrize(("path", "place"), [
    ("vendor/charts", Place("vendor/charts")), ("./vendor/charts/", Place("vendor/charts")),
    ("vendor/gone", Unknown("github.com/acme/charts: it is mapped to a folder that is not there")),
    ("app/x.yaml", Unknown("github.com/acme/charts: it is mapped to a folder that is not there")),
    ("out", Unknown("github.com/acme/charts: it is mapped to a folder that is not there")),
    ("../charts", Unknown("github.com/acme/charts: it is mapped to a folder outside the repository, which --allow-path does not name")),
    ("/srv/charts", Unknown("github.com/acme/charts: it is mapped to a folder outside the repository, which --allow-path does not name")),
])
def test_a_mapped_folder(path, place):
    repositories = known(f"repositories: {{'{OTHER}': {path}}}", remotes=[HERE, OTHER], evidence=[OTHER])
    assert repositories.place("git@github.com:acme/charts.git", "v1") == place
    assert repositories.place(HERE, None) == Place()


def test_a_mapped_url_is_no_evidence():
    repositories = known(f"repositories: {{'{OTHER}': vendor/charts}}", evidence=[HERE, OTHER])
    assert repositories.place(HERE, None) == Place()


@pytest.mark.parametrize(("revision", "branches", "here"), [
    (None, (), True), ("", (), True), ("HEAD", (), True), ("main", ("main",), True), ("refs/heads/main", ("main",), True), ("feature", ("main", "feature"), True),
    ("production", ("main",), False), ("v1.2.3", ("main",), False), ("main", ("feature",), True), ("master", (), True), ("main", ("master",), False),
    ("master", ("main",), False), ("1.x", (), False), (">=1.0.0", ("main",), False), ("*", (), False), ("refs/tags/main", ("main",), False),
])
def test_revisions_of_this_tree(revision, branches, here):
    found = known(remotes=[HERE], branches=branches).place(HERE, revision)
    assert found == (Place() if here else Unknown(f"the revision {revision} is not in this clone"))


def test_reasons_hold_no_credentials():
    found = known(remotes=[HERE]).place("https://someone:hunter2@example.com/acme/x?token=hunter2", None)
    assert found == Unknown("example.com/acme/x is another repository")
    assert "hunter2" not in known().place("oci://someone:hunter2@example.com/x", None).reason


def test_unnamed():
    repositories = known()
    assert repositories.unnamed("./app") == repositories.unnamed("") == repositories.unnamed("/app") == Place()
    for path in ("gone", "../app", "out"):
        assert isinstance(repositories.unnamed(path), Unknown)


@pytest.mark.parametrize(("place", "path", "expected"), [
    (Place(), "", "."), (Place(), "./a/", "a"), (Place(), "/a", "a"), (Place(), "../a", "../a"), (Place("rev@1"), "a/b", "rev@1/a/b"), (Place("rev@1"), ".", "rev@1"),
    (Place("rev@1"), "../app", "../app"), (Place("rev@1"), "a/../../app", "../app"), (Place("rev@1"), "..", ".."), (Place("rev@1"), "..a", "rev@1/..a"),
])
def test_a_path_never_leaves_its_place(place, path, expected):
    assert place.at(path) == expected


@pytest.fixture
def clone(tmp_path):
    origin = Remote(tmp_path / "origin", {"app/x.yaml": "x: 1\n"})
    git(origin.folder, "branch", "production")
    origin.commit({"app/x.yaml": "x: 2\n"}, tag="v1.2.3")
    git(tmp_path, "clone", "--quiet", f"file://{origin.folder}", "clone")
    return tmp_path / "clone"


def test_what_the_clone_has(clone, tmp_path):
    other = Remote(tmp_path / "charts", {"web/Chart.yaml": "name: web\n"})
    elsewhere = Elsewhere(clone, Mounts(), allowed=[other.folder])
    repositories = known(f"repositories: {{'{OTHER}': ../charts}}", remotes=[HERE], branches={"main"}, mounts=elsewhere)
    commit = git(clone, "rev-parse", "origin/production")
    old = Place(f"revision@{commit[:12]}", home=False)
    assert repositories.place(HERE, "production") == repositories.place(HERE, commit) == repositories.place(HERE, "refs/heads/production") == old
    tag = repositories.place(HERE, "v1.2.3")
    assert isinstance(tag, Place)
    assert (tag.home, tag == old) == (False, False)
    assert repositories.place(HERE, "main") == Place()
    assert repositories.place(HERE, "v1.2.*") == Unknown("the revision v1.2.* is not in this clone")
    assert repositories.place(OTHER, None) == repositories.place(OTHER, "main") == Place("charts@local", home=False)
    assert repositories.place(OTHER, "v9") == Unknown("github.com/acme/charts: the revision v9 is not in the clone that it is mapped to")
    # A checkout that tells no branch still knows what the remote has: it is not taken for this tree.
    assert known(remotes=[HERE], mounts=elsewhere).place(HERE, "production") == old
    elsewhere.close()
