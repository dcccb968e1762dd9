"""Trees beside the repository: what is theirs, what is its own, and that no path leads from one to the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import Link, MemoryTree

from gitops_guard.errors import InputError
from gitops_guard.mounts import Mounts
from gitops_guard.render import Renderer
from gitops_guard.source import Dialect, Sources
from gitops_guard.tree import OutsideError

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: b}\n"
HOME = {"app/kustomization.yaml": "resources: [config.yaml]\n", "app/config.yaml": CONFIG, "name@1/own.yaml": "own: 1\n", "a/link": Link("../app")}
OTHER = {"app/kustomization.yaml": "resources: [config.yaml]\nnamePrefix: other-\n", "app/config.yaml": CONFIG, "a/link": Link("../app"),
         "a/out": Link("../../app"), "deep/er/kustomization.yaml": "resources: [../../app]\n"}


@pytest.fixture
def mounts():
    return Mounts()


@pytest.fixture
def joined(mounts):
    return mounts.over(Sources(MemoryTree(HOME)))


def test_what_belongs_to_whom(mounts, joined):
    assert mounts.mount("rev@2", MemoryTree(OTHER)) == "rev@2"
    tree = joined.tree
    assert tree.files() == tuple(sorted(HOME))
    assert joined.files_below(".") == tuple(sorted(HOME))
    assert joined.files_below("app") == ["app/config.yaml", "app/kustomization.yaml"]
    assert joined.files_below("rev@2/app") == ["rev@2/app/config.yaml", "rev@2/app/kustomization.yaml"]
    assert joined.files_below("rev@2") == [f"rev@2/{path}" for path in sorted(OTHER)]
    assert [joined.mount_of(path) for path in ("rev@2", "rev@2/app", "rev@22", "app", ".")] == ["rev@2", "rev@2", "", "", ""]
    assert (tree.kind("rev@2"), tree.kind("rev@2/app"), tree.kind("rev@2/gone"), tree.kind("rev@3")) == ("dir", "dir", None, None)
    assert (tree.real("rev@2/a/link"), tree.real("rev@2"), tree.real("a/link")) == ("rev@2/app", "rev@2", "app")
    assert (tree.names("rev@2"), "rev@2" in tree.names(".")) == (["a", "app", "deep"], False)
    assert b"other-" in tree.read("rev@2/app/kustomization.yaml")
    for path in ("rev@2/../app", "rev@2/a/out", "rev@2/a/out/config.yaml", "rev@2/.."):
        with pytest.raises(OutsideError):
            tree.real(path)
    assert tree.kind("app/../rev@2/app") is None


def test_each_file_is_parsed_once(mounts, joined):
    mounts.mount("rev@2", MemoryTree(OTHER))
    stream = joined.stream("rev@2/app/config.yaml")
    assert joined.stream("rev@2/app/config.yaml") is stream
    assert stream.load(Dialect.RESOURCE)[0].at["kind"].file == "rev@2/app/config.yaml"
    assert joined.home.stream("app/config.yaml") is joined.stream("app/config.yaml")
    assert [path for path, _stream in joined.parsed()] == ["app/config.yaml", "rev@2/app/config.yaml"]
    assert [path for path, _stream in joined.home.parsed()] == ["app/config.yaml"]
    assert "namePrefix" in joined.text("rev@2/app/kustomization.yaml")


def test_a_name_that_something_has_is_left_to_it(mounts, joined):
    assert mounts.mount("name@1", MemoryTree(OTHER)) == "2-name@1"
    assert mounts.mount("name@1", MemoryTree({})) == "3-name@1"
    assert mounts.mount("2-name@1/inner", MemoryTree({})) == "2-2-name@1/inner"
    assert mounts.mount("x/y@1", MemoryTree({})) == "x/y@1"
    assert mounts.mount("x", MemoryTree({})) == "2-x"
    assert joined.mount_of("2-name@1/inner") == "2-name@1"
    assert joined.tree.read("name@1/own.yaml") == b"own: 1\n"


def test_several_sides_share_what_is_mounted(mounts, joined):
    base = mounts.over(Sources(MemoryTree({"taken/x.yaml": "x: 1\n"})))
    mount = mounts.mount("taken", MemoryTree(OTHER))
    assert mount == "2-taken"
    assert base.stream(f"{mount}/app/config.yaml") is joined.stream(f"{mount}/app/config.yaml")


def test_a_kustomization_of_another_tree(mounts, joined):
    mount = mounts.mount("rev@2", MemoryTree(OTHER))
    done = Renderer(joined).render(f"{mount}/deep/er")
    assert [item.id.name for item in done.resources] == ["other-config"]


@pytest.mark.parametrize("restrictor", ["root", "none"])
@pytest.mark.parametrize("entry", [
    "../../app", "../../../app", "../../rev@2/app", "../rev@3/app", "../../rev@2/app/config.yaml", "../../app/config.yaml", "../a/out/config.yaml", "../a/out",
])
@pytest.mark.parametrize("field", ["resources", "components", "configurations"])
def test_an_entry_never_leads_from_one_tree_to_another(mounts, joined, entry, field, restrictor):
    mounts.mount("rev@2", MemoryTree({**OTHER, "bad/kustomization.yaml": f"{field}: ['{entry}']\n"}))
    mounts.mount("rev@3", MemoryTree(OTHER))
    with pytest.raises(InputError):
        Renderer(joined, load_restrictor=restrictor).render("rev@2/bad")


@pytest.mark.parametrize("entry", ["../rev@2/app", "../rev@2/app/config.yaml", "../app/../rev@2/app", "../a/link/../rev@2/app"])
def test_an_entry_of_the_repository_never_leads_into_another_tree(mounts, entry):
    joined = mounts.over(Sources(MemoryTree({**HOME, "bad/kustomization.yaml": f"resources: ['{entry}']\n"})))
    mounts.mount("rev@2", MemoryTree(OTHER))
    for restrictor in ("root", "none"):
        with pytest.raises(InputError):
            Renderer(joined, load_restrictor=restrictor).render("bad")


@given(st.lists(st.sampled_from(["..", ".", "app", "rev@2", "rev@3", "a", "link", "out", "deep"]), max_size=8))
def test_a_path_stays_in_the_tree_that_it_begins_in(parts):
    mounts = Mounts()
    joined = mounts.over(Sources(MemoryTree(HOME)))
    for name in ("rev@2", "rev@3"):
        mounts.mount(name, MemoryTree(OTHER))
    for start in ("", "rev@2"):
        path = "/".join(([start] if start else []) + parts) or "."
        try:
            real = joined.tree.real(path)
        except OutsideError:
            continue
        if joined.tree.kind(path) is not None and (start or joined.mount_of(path) == ""):
            assert joined.mount_of(real) == start
