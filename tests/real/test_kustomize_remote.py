"""Remote bases by file:// URLs, built by us and by the real kustomize: the same bytes, or both refuse."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from remotes import Remote, write

from gitops_guard.errors import InputError
from gitops_guard.fetch import Fetcher
from gitops_guard.render import Renderer, emit
from gitops_guard.source import Sources
from gitops_guard.tree import WorkTree

pytestmark = pytest.mark.real

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: b}\n"
FILES = {
    "kustomization.yaml": "resources: [config.yaml]\nnamePrefix: root-\n",
    "config.yaml": CONFIG,
    "base/kustomization.yaml": "resources: [../shared]\nnamePrefix: base-\nconfigMapGenerator: [{name: made, literals: [a=b]}]\n",
    "shared/kustomization.yaml": "resources: [config.yaml]\n",
    "shared/config.yaml": CONFIG,
    "part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -part\n",
    "up/kustomization.yaml": "configMapGenerator: [{name: x, files: [../config.yaml]}]\n",
    "above/kustomization.yaml": "resources: [../../x]\n",
    "below/inner/kustomization.yaml": "resources: [../config.yaml]\n",
    "empty/nothing.yaml": "",
    "plugins/kustomization.yaml": "resources: [../shared]\ntransformers: [prefix.yaml]\n",
    "plugins/prefix.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: x-\n"
                           "fieldSpecs: [{path: metadata/name}]\n",
}
CASES = {
    "a repository": "resources: ['{url}']",
    "a folder of it": "resources: ['{url}//base']",
    "a folder with a slash at its end": "resources: ['{url}//base/']",
    "two folders": "resources: ['{url}//base', '{url}//shared']",
    "the same twice": "resources: ['{url}', '{url}']",
    "a tag": "resources: ['{url}//shared?ref=v1']",
    "a branch": "resources: ['{url}?ref=main']",
    "no such tag": "resources: ['{url}?ref=v9']",
    "a commit": "resources: ['{url}//shared?ref={commit}']",
    "a short commit": "resources: ['{url}//shared?ref={short}']",
    "the version parameter": "resources: ['{url}//shared?version=v1']",
    "without submodules": "resources: ['{url}//shared?submodules=false']",
    "a scheme in capitals": "resources: ['FILE://{path}//shared']",
    "git in front": "resources: ['git::{url}//shared']",
    "a component": "resources: [mine.yaml]\ncomponents: ['{url}//part']",
    "a component as a resource": "resources: ['{url}//part']",
    "a base as a component": "components: ['{url}//shared']",
    "a file": "resources: ['{url}//config.yaml']",
    "no kustomization": "resources: ['{url}//empty']",
    "no folder": "resources: ['{url}//gone']",
    "no repository": "resources: ['{url}-gone']",
    "a file above in it": "resources: ['{url}//up']",
    "a base outside of it": "resources: ['{url}//above']",
    "what it uses lies above": "resources: ['{url}//below/inner']",
    "another one that names it": "resources: ['{other}//deploy']",
    "one that names itself": "resources: ['{other}//self']",
    "one that names its root": "resources: ['{other}//up']",
    "one that names itself at another revision": "resources: ['{other}//again?ref=main']",
    "all steps over it": "resources: ['{url}//base']\nnamespace: prod\nnamePrefix: a-\ncommonLabels: {{x: y}}\n"
                         "patches: [{{target: {{kind: ConfigMap}}, patch: '[{{\"op\": \"add\", \"path\": \"/data/n\", \"value\": \"m\"}}]'}}]",
    "records of a base": "buildMetadata: [originAnnotations, transformerAnnotations]\nnamePrefix: a-\nresources: ['{url}//base', mine.yaml]",
    "records of a tag": "buildMetadata: [originAnnotations, transformerAnnotations]\nresources: ['{url}//shared?ref=v1']",
    "records of a numeric branch": "buildMetadata: [originAnnotations]\nresources: ['{url}//shared?ref=1.10']",
    "records of a plugin": "buildMetadata: [originAnnotations, transformerAnnotations]\nresources: ['{url}//plugins?ref=v1']",
    "records of a component": "buildMetadata: [originAnnotations, transformerAnnotations]\nresources: [mine.yaml]\ncomponents: ['{url}//part?ref=v1']",
}


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes_or_both_refuse(name: str, tmp_path: Path, tool: Callable[[str], Path]) -> None:
    remote = Remote(tmp_path / "origin", FILES)
    remote.commit({}, tag="v1")
    remote.commit({}, tag="1.10")
    remote.commit({"shared/config.yaml": CONFIG.replace("a: b", "a: c")})
    other = Remote(tmp_path / "second", {
        "kustomization.yaml": "resources: [self]\n", "deploy/kustomization.yaml": f"resources: ['{remote.url}//base?ref=v1', mine.yaml]\n",
        "deploy/mine.yaml": CONFIG.replace("config", "mine")})
    other.commit({"self/kustomization.yaml": f"resources: ['{other.url}//self']\n", "up/kustomization.yaml": f"resources: ['{other.url}']\n",
                  "again/kustomization.yaml": f"resources: ['{other.url}//again']\n"})
    text = CASES[name].format(url=remote.url, path=remote.folder, other=other.url, commit=remote.first, short=remote.first[:8])
    home = tmp_path / "home"
    write(home, {"kustomization.yaml": text + "\n", "mine.yaml": CONFIG.replace("config", "mine")})
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run([tool("kustomize"), "build", home], capture_output=True, timeout=120, check=False, env=env)
    try:
        rendered = Renderer(Sources(WorkTree(home)), fetcher=Fetcher(tmp_path / "cache")).render(".")
        unresolved = [fault.message for fault in rendered.faults if fault.rule == "render/unresolved"]
        ours, why = None if unresolved else emit(rendered.resources).encode(), "".join(unresolved)
    except InputError as error:
        ours, why = None, f"{error.file}:{error.line}: {error.message}"
    if done.returncode != 0 or ours is None:
        assert (done.returncode != 0) == (ours is None), why or done.stderr.decode()
    else:
        assert ours.decode() == done.stdout.decode()
