"""Remote bases and files, where they may be fetched: what is built, and where a report points."""

from __future__ import annotations

import pytest
from remotes import Remote, write

from gitops_guard.errors import InputError
from gitops_guard.fetch import Fetcher, FetchError
from gitops_guard.origin import Map, Seq
from gitops_guard.render import Renderer, emit
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree

BASE = {
    "base/kustomization.yaml": "resources: [config.yaml, ../shared]\n",
    "base/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\ndata:\n  key: value\n",
    "other/kustomization.yaml": "resources: [../shared]\nnamePrefix: other-\n",
    "shared/kustomization.yaml": "resources: [shared.yaml]\n",
    "shared/shared.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {a: b}\n",
    "part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: {kind: ConfigMap}\n"
                               "  patch: '[{\"op\": \"add\", \"path\": \"/data/new\", \"value\": \"x\"}]'\n",
    "broken/kustomization.yaml": "resources: [gone.yaml]\n",
    "bad/kustomization.yaml": "resources: [bad.yaml]\n",
    "bad/bad.yaml": "a: [\n",
    "above/kustomization.yaml": "resources: [../../outside]\n",
    "up/kustomization.yaml": "configMapGenerator: [{name: x, files: [../base/config.yaml]}]\n",
    "old/kustomization.yaml": "commonLabels: {a: b}\nresources: [../shared]\n",
    "file.txt": "",
}


class Web(Fetcher):
    """Answers HTTP from a table."""

    pages: dict[str, bytes] = {}  # noqa: RUF012

    def file(self, url):
        if url not in self.pages:
            raise FetchError("the server answers 404")
        return self.pages[url]


@pytest.fixture
def origin(tmp_path):
    return Remote(tmp_path / "origin", BASE)


@pytest.fixture
def build(tmp_path, origin):
    """`build({path: text})` renders the folder `.` (or another one) of a repository; `{url}` in a text is the remote's address."""
    def act(files, folder=".", pages=None, restrictor="root"):
        home = tmp_path / "home"
        write(home, {path: text.replace("{url}", origin.url) for path, text in files.items()})
        fetcher = Web(tmp_path / "cache")
        fetcher.pages = {url: text.encode() for url, text in (pages or {}).items()}
        renderer = Renderer(Sources(WorkTree(home)), fetcher=fetcher, load_restrictor=restrictor)
        return renderer, renderer.render(folder)

    return act


def places(node):
    """Every origin of a body."""
    if type(node) is Map or type(node) is Seq:
        yield from (at for at in (node.at.values() if type(node) is Map else node.at) if at is not None)
        for item in node.values() if type(node) is Map else node:
            yield from places(item)


def test_a_base_by_its_address(build, origin):
    _, done = build({"kustomization.yaml": "resources:\n  - '{url}//base'\nnamePrefix: a-\n"})
    assert [(item.id.kind, item.id.name) for item in done.resources] == [("ConfigMap", "a-config"), ("ConfigMap", "a-shared")]
    assert done.faults == []
    mount = f"{str(origin.folder).lstrip('/')}@{origin.first}"
    key = done.resources[0].body["data"].at["key"]
    assert (key.file, key.line, key.exact) == (f"{mount}/base/config.yaml", 6, True)
    assert done.read == {"kustomization.yaml"}
    assert done.folders == {"."}


def test_a_report_points_into_the_repository(build):
    renderer, done = build({"kustomization.yaml": "resources:\n- '{url}//other'\n- '{url}//base'\npatches:\n- patch: |\n    apiVersion: v1\n"
                            "    kind: ConfigMap\n    metadata: {name: config}\n    data: {mine: x}\n"})
    found = renderer.resources_at_home(done)
    lines = {item.id.name: {(at.file, at.line, at.exact) for at in places(item.body)} for item in found}
    here = "kustomization.yaml"
    assert lines == {"other-shared": {(here, 2, False)}, "shared": {(here, 3, False)}, "config": {(here, 3, False), (here, 9, False)}}
    assert {item.declared[:2] for item in found} == {(here, 2), (here, 3)}


def test_an_entry_of_the_build_at_hand(build):
    files = {f"{name}/kustomization.yaml": "resources:\n- '{url}//base'\n" for name in ("one", "two")}
    renderer, one = build({**files, "kustomization.yaml": "resources: [one]\n"}, "one")
    two = renderer.render("two")
    assert {item.declared.file for item in renderer.resources_at_home(one)} == {"one/kustomization.yaml"}
    assert {at.file for item in renderer.resources_at_home(two) for at in places(item.body)} == {"two/kustomization.yaml"}


def test_a_component(build):
    renderer, done = build({"kustomization.yaml": "resources: [mine.yaml]\ncomponents:\n- '{url}//part'\n",
                            "mine.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\ndata: {a: b}\n"})
    body = renderer.resources_at_home(done)[0].body
    assert body["data"] == {"a": "b", "new": "x"}
    assert body["data"].at["a"][:2] == ("mine.yaml", 4)
    assert body["data"].at["new"][:4] == ("kustomization.yaml", 3, 3, False)


def test_a_deprecated_field_of_a_base(build):
    _, done = build({"kustomization.yaml": "resources:\n- '{url}//old'\n"})
    assert [(fault.rule, fault.location) for fault in done.faults] == [("render/deprecated-field", ("kustomization.yaml", 2, 3, "nearest"))]


@pytest.mark.parametrize(("path", "message"), [
    ("//gone", "no such folder"), ("//file.txt", "no such folder"), ("//broken", "no such file"), ("//bad", "expected"),
    ("//above", "outside the repository"), ("//up", "not in or below"), ("//part", "Component"),
])
@pytest.mark.parametrize("restrictor", ["root", "none"])
def test_what_kustomize_refuses(build, path, message, restrictor):
    with pytest.raises(InputError, match=message) as raised:
        build({"kustomization.yaml": f"resources:\n- '{{url}}{path}'\n"}, restrictor=restrictor)
    assert (raised.value.file, raised.value.line) == ("kustomization.yaml", 2)


def test_what_can_not_be_fetched_is_unresolved(build):
    _, done = build({"kustomization.yaml": "resources:\n- '{url}//base?ref=gone'\n- https://example.com/gone.yaml\n- mine.yaml\n",
                     "mine.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\n"})
    assert [(fault.rule, fault.location.line) for fault in done.faults] == [("render/unresolved", 2), ("render/unresolved", 3)]
    assert [item.id.name for item in done.resources] == ["mine"]


def test_a_cycle(build, origin):
    origin.commit({"cycle/kustomization.yaml": f"resources: ['{origin.url}']\n", "kustomization.yaml": "resources: [cycle]\n"})
    for path in ("//cycle", ""):
        with pytest.raises(InputError, match="cycle"):
            build({"kustomization.yaml": f"resources: ['{{url}}{path}']\n"})


def test_a_repository_that_names_another(build, origin, tmp_path):
    other = Remote(tmp_path / "second", {"kustomization.yaml": f"resources: ['{origin.url}//base']\nnameSuffix: -x\n"})
    renderer, done = build({"kustomization.yaml": f"resources:\n- '{other.url}'\n"})
    assert [item.id.name for item in done.resources] == ["config-x", "shared-x"]
    assert {at[:2] for item in renderer.resources_at_home(done) for at in places(item.body)} == {("kustomization.yaml", 2)}


def test_a_path_never_leads_into_what_was_fetched(build, origin):
    mount = f"{str(origin.folder).lstrip('/')}@{origin.first}"
    with pytest.raises(InputError):
        build({"kustomization.yaml": f"resources: ['{{url}}//base', '{mount}/shared']\n"})


def test_files_over_http(build):
    pages = {"https://example.com/a/b/config.yaml": BASE["base/config.yaml"], "https://example.com/x.env": "one=1\n", "https://example.com/f.txt": "text",
             "https://example.com/a/b/page": "<html>"}
    renderer, done = build({"kustomization.yaml": """
        resources:
          - https://example.com/a/b/config.yaml
        configMapGenerator:
          - name: made
            envs: [https://example.com/x.env]
            files: [https://example.com/f.txt]
        """}, pages=pages)
    assert 'one: "1"' in emit(done.resources)
    assert {at.file for item in renderer.resources_at_home(done) for at in places(item.body)} == {"kustomization.yaml"}
    assert not any(at.packed for item in renderer.resources_at_home(done) for at in places(item.body))


def test_a_page_that_holds_no_objects_is_no_file(build):
    _, done = build({"kustomization.yaml": "resources:\n- https://example.invalid/a/b/page\n"}, pages={"https://example.invalid/a/b/page": "<html>"})
    assert [fault.rule for fault in done.faults] == ["render/unresolved"]
    with pytest.raises(InputError) as raised:
        build({"kustomization.yaml": "resources:\n- https://example.com/page\n"}, pages={"https://example.com/page": "<html>"})
    assert (raised.value.file, raised.value.line) == ("kustomization.yaml", 2)
