"""Git generators: which folders and files fit, and what parameters come of them."""

import pytest

from gitops_guard.graph.argocd.appset.globbing import Doublestar, Pathspec, PatternError, path_match

HERE = "https://github.com/acme/fleet"
FILES = {
    "apps/cart/kustomization.yaml": "", "apps/cart/base/x.yaml": "", "apps/search/x.yaml": "", "apps/.hidden/x.yaml": "",
    "apps/old/x.yaml": "", "README.md": "", "apps/Big_One/x.yaml": "",
}
GIT = """
goTemplate: %s
generators:
  - git: {repoURL: https://github.com/acme/fleet, revision: HEAD, %s}
"""


@pytest.mark.parametrize(("pattern", "path", "fits"), [
    ("apps/*", "apps/cart", True), ("apps/*", "apps/cart/base", False), ("*", "apps", True), ("apps/*/", "apps/cart", False),
    ("./apps/*", "apps/cart", False), ("apps/c?rt", "apps/cart", True), ("apps?cart", "apps/cart", False), ("**", "a/b", False),
    ("apps/[a-d]*", "apps/cart", True), ("apps/[^a-d]*", "apps/cart", False), ("apps/[!a-d]*", "apps/xart", False),
    ("apps/[a", "apps/a", False), ("apps/[]a]", "apps/a", False), ("a\\*", "a*", True), ("a\\*", "ab", False), ("a*b*c", "axxbyyc", True),
    ("a*b*c", "axxbyyd", False), ("*/*/*", "a/b/c", True), ("a\\", "a", False), ("[a-", "a", False),
])
def test_folders_match_as_path_match_does(pattern, path, fits):
    assert path_match(pattern, path) is fits


@pytest.mark.parametrize(("pattern", "path", "fits"), [
    ("a/*.yaml", "a/b/c/z.yaml", True), ("a/*.yaml", "b/a/z.yaml", False), ("*.yaml", "a/b.yaml", True), ("a", "a/b/c.yaml", True),
    ("a/", "a/b", True), ("a/", "a", False), ("a", "ab", False), ("./a/*", "a/b", True), ("a//b", "a/b", True), ("a/../b", "b", True),
    ("", "a", True), (".", "a", True), ("a/**/c.json", "a/b/c.json", True), ("a/**/c.json", "a/c.json", False), ("a/?", "a/b", True),
    ("a?b", "a/b", True), ("a/[!b]", "a/c", True), ("a/[^b]", "a/b", False), ("a/[[:digit:]]", "a/7", True), ("a/[]x]", "a/]", True),
    ("a/[", "a/[", True), ("a/[x", "a/x", False), ("a\\*", "a*", True), ("{a,b}", "a", False), (":/a", "a", True),
    (":(glob)a/*.yaml", "a/b/c.yaml", False), (":(glob)a/**/c.yaml", "a/c.yaml", True), (":(literal)a*", "ab", False), ("A", "a", False),
])
def test_files_match_as_git_ls_files_does(pattern, path, fits):
    assert Pathspec(pattern).fits(path) is fits


@pytest.mark.parametrize("pattern", ["/a", "../a", "a/../../b", ":!a", ":(exclude)a", ":(glob,literal)a"])
def test_patterns_that_git_refuses(pattern):
    with pytest.raises(PatternError):
        Pathspec(pattern)


@pytest.mark.parametrize(("pattern", "path", "fits"), [
    ("a/*.yaml", "a/b.yaml", True), ("a/*.yaml", "a/b/c.yaml", False), ("a/**/c.yaml", "a/c.yaml", True), ("**/c.yaml", "c.yaml", True),
    ("a/**/c.yaml", "a/x/y/c.yaml", True), ("/a/*", "a/b", True), ("a/{b,c}/*.y", "a/c/d.y", True), ("a/{b,{c,d}}", "a/d", True),
    ("a/**", "a/b/c", True), ("a**/b", "axx/b", True), ("a**/b", "a/x/b", False), ("a", "a/b", False), ("[!a]", "b", True), ("./a/../b", "b", True),
])
def test_files_match_as_doublestar_does(pattern, path, fits):
    assert Doublestar(pattern).fits(path) is fits


def test_patterns_take_no_time_beyond_their_size():
    assert not Pathspec("a" + "*a" * 40 + "b").fits("a" * 3000)
    with pytest.raises(PatternError):
        Doublestar("{a,b}" * 20)


@pytest.mark.parametrize(("wanted", "names"), [
    ("directories: [{path: apps/*}]", {"apps/cart", "apps/search", "apps/old", "apps/Big_One"}),
    ("directories: [{path: apps/*}, {path: apps/old, exclude: true}]", {"apps/cart", "apps/search", "apps/Big_One"}),
    ("directories: [{path: apps/*, exclude: true}, {path: apps/cart}]", set()),
    ("directories: [{path: '*'}]", {"apps"}),
    ("directories: [{path: apps/*/base}]", {"apps/cart/base"}),
    ("directories: [{path: nothing/*}]", set()),
])
def test_folders(expand, apps, wanted, names):
    expansion = expand(GIT % ("false", wanted), "a{{path[0]}}-{{path.basenameNormalized}}", "{{path}}", files=FILES)
    assert set(apps(expansion).values()) == names
    assert expansion.node.status == "resolved"


def test_the_parameters_of_a_folder(expand, apps):
    flat = GIT % ("false", "directories: [{path: apps/Big*}], values: {x: '{{path.basename}}!'}")
    path = "{{path}} {{path.basename}} {{path.basenameNormalized}} {{path[0]}} {{path[1]}} {{path[2]}} {{values.x}}"
    assert apps(expand(flat, "n", path, files=FILES)) == {"n": "apps/Big_One Big_One big-one apps Big_One {{path[2]}} Big_One!"}
    go = GIT % ("true", "directories: [{path: apps/Big*}], pathParamPrefix: p, values: {x: '{{ .p.path.basename }}!'}")
    path = "{{ .p.path.path }} {{ .p.path.basenameNormalized }} {{ .p.path.segments }} {{ index .p.path.segments 1 }} {{ .values.x }}"
    assert apps(expand(go, "n", path, files=FILES)) == {"n": "apps/Big_One big-one [apps Big_One] Big_One Big_One!"}
    prefixed = GIT % ("false", "directories: [{path: apps/Big*}], pathParamPrefix: p")
    assert apps(expand(prefixed, "n", "{{p.path}} {{p.path[1]}} {{path}}", files=FILES)) == {"n": "apps/Big_One Big_One {{path}}"}


def test_the_parameters_of_a_file(expand, apps):
    files = {"c/eu/config.yaml": "name: eu\nsize: 2109876\nflag: yes\nzones: [a, {b: c}]\nnone:\nempty: {}\n"}
    flat = GIT % ("false", "files: [{path: c/*/config.yaml}]")
    path = "{{name}} {{size}} {{flag}} {{zones.0}} {{zones.1.b}} {{none}} {{empty}} {{path}} {{path.filename}} {{path.filenameNormalized}}"
    wanted = "eu 2.109876e+06 true a c <nil> {{empty}} c/eu config.yaml config.yaml"
    assert apps(expand(flat, "{{name}}", path, files=files)) == {"eu": wanted}
    go = GIT % ("true", "files: [{path: c/*/config.yaml}]")
    path = "{{ .size }} {{ .flag }} {{ (index .zones 1).b }} {{ .none }} {{ .empty }} {{ .path.path }} {{ .path.filename }}"
    assert apps(expand(go, "{{ .name }}", path, files=files)) == {"eu": "2.109876e+06 true c <no value> map[] c/eu config.yaml"}


@pytest.mark.parametrize(("text", "count"), [("", 1), ("---\n", 1), ("[]", 0), ("[{a: b}, null]", 2), ('{"a": 1}', 1), ("a: b\n---\nc: d\n", 1)])
def test_a_file_holds_one_object_or_a_list(expand, text, count):
    expansion = expand(GIT % ("true", "files: [{path: f.yaml}], values: {x: z}"), "n", files={"f.yaml": text})
    assert expansion.node.status == ("resolved" if count < 2 else "failed")
    assert len(expansion.generated) == (count if count < 2 else 0)


@pytest.mark.parametrize("text", ["a", "[a]", "a: [", "a: .inf"])
def test_a_file_that_is_neither_is_an_error(expand, text):
    expansion = expand(GIT % ("true", "files: [{path: f.yaml}]"), "n", files={"f.yaml": text})
    assert (expansion.node.status, expansion.generated) == ("failed", ())
    assert expansion.faults[0].path == ("spec", "generators", 0, "git", "files")


def test_excluding_files_comes_last(expand, apps):
    files = {f"c/{name}/config.json": f'{{"name": "{name}"}}' for name in ("dev", "eu", "us")}
    spec = GIT % ("true", "files: [{path: c/dev/*, exclude: true}, {path: c/**/config.json}]")
    assert set(apps(expand(spec, "{{ .name }}", files=files))) == {"eu", "us"}


GLOBBING = """
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cmd-params-cm, namespace: argocd}
data: {applicationsetcontroller.enable.new.git.file.globbing: "true", reposerver.include.hidden.directories: "true"}
"""


def test_the_controllers_flags_change_what_fits(expand, apps):
    files = {"c/eu/a.yaml": "name: eu", "c/x/y/a.yaml": "name: us", ".c/a.yaml": ""}
    spec = GIT % ("true", "files: [{path: c/*/a.yaml}]")
    assert set(apps(expand(spec, "{{ .name }}", files=files))) == {"eu", "us"}
    assert set(apps(expand(spec, "{{ .name }}", files=files, objects=[GLOBBING]))) == {"eu"}
    folder = expand(GIT % ("true", "files: [{path: c/*}]"), "{{ .name }}", files=files, objects=[GLOBBING])
    assert folder.node.status == "failed"
    hidden = GIT % ("true", "directories: [{path: .c}]")
    assert apps(expand(hidden, "n", files=files)) == {}
    assert apps(expand(hidden, "n", files=files, objects=[GLOBBING])) == {"n": "apps"}


@pytest.mark.parametrize(("wanted", "path"), [
    ("directories: []", ("spec", "generators", 0, "git")),
    ("directories: [apps]", ("spec", "generators", 0, "git", "directories", 0)),
    ("files: [{path: /apps/*}]", ("spec", "generators", 0, "git", "files", 0, "path")),
    ("files: [{path: a}, {path: ../apps}]", ("spec", "generators", 0, "git", "files", 1, "path")),
    ("directories: [{path: apps/*}], values: {a: 1}", ("spec", "generators", 0, "git", "values", "a")),
])
def test_what_a_git_generator_must_have(expand, wanted, path):
    expansion = expand(GIT % ("false", wanted), "n", files=FILES)
    assert expansion.node.status == "failed"
    assert expansion.faults[0].path == path


def test_another_repository_is_not_known(expand):
    spec = (GIT % ("false", "directories: [{path: apps/*}]")).replace("fleet", "other")
    expansion = expand(spec, "n", files=FILES)
    assert (expansion.node.status, expansion.generated) == ("unresolved", ())
    assert expansion.faults[0].rule == "render/unresolved"
    assert expansion.faults[0].path == ("spec", "generators", 0, "git", "repoURL")
    revision = expand((GIT % ("false", "directories: [{path: apps/*}]")).replace("HEAD", "v1.2.3"), "n", files=FILES)
    assert revision.node.status == "unresolved"


@pytest.mark.parametrize(("wanted", "is_evidence"), [
    ("directories: [{path: apps/*}]", True), ("directories: [{path: '*'}]", False), ("files: [{path: '**/x.yaml'}]", False),
    ("files: [{path: apps/**/x.yaml}]", True), ("directories: [{path: no/*}]", False),
])
def test_a_pattern_that_fits_here_says_whose_repository_it_is(expand, wanted, is_evidence):
    spec = (GIT % ("false", wanted)).replace("fleet", "elsewhere")
    expansion = expand(spec, "n", "no/such", files=FILES)
    assert expansion.evidence == (("https://github.com/acme/elsewhere",) if is_evidence else ())
