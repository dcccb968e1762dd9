"""A cluster of one's own: a real etcd and a real kube-apiserver on loopback, and ways to talk to it as anybody.

There is no controller manager: nothing makes pods or default service accounts, sets a status or collects garbage, and a namespace
that is deleted stays `Terminating`. Tests play the controllers themselves, with their identities.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from certificates import Authority, Pair
from identities import IDENTITIES, Identity, every_right, token_file, tokens
from servers import serving

JSON = "application/json"
APPLY = "application/apply-patch+yaml"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
TIMEOUT = 60.0


@dataclass(frozen=True)
class Answer:
    """What the API server answered: the parsed body, and its `Warning` headers' texts."""

    status: int
    body: Any
    warnings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else str(self.body)


class RefusedError(AssertionError):
    """An answer that is no success, where a test needed one."""


class Cluster:
    """A running API server. Names of identities are the keys of `identities.IDENTITIES`."""

    def __init__(self, port: int, folder: Path, authority: Authority, kubectl: Path | None) -> None:
        self.url = f"https://127.0.0.1:{port}"
        self.folder = folder
        self.authority = authority
        self.ca = authority.certificate
        self._program = kubectl
        self._tokens = tokens()
        self._pool = urllib3.PoolManager(ssl_context=ssl.create_default_context(cafile=str(self.ca)), retries=False, maxsize=32,
                                         timeout=TIMEOUT)
        self._paths: dict[tuple[str, str], tuple[str, bool]] = {}

    def close(self) -> None:
        self._pool.clear()

    def identity(self, name: str) -> Identity:
        return IDENTITIES[name]

    def token(self, name: str) -> str:
        return self._tokens[name]

    def kubeconfig(self, name: str, server: str = "") -> Path:
        """A kubeconfig with one context, called as the identity. With `server`, of another address: nobody need be there."""
        known = json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{"name": "test", "cluster": {"server": server or self.url, "certificate-authority": str(self.ca)}}],
            "users": [{"name": name, "user": {"token": self.token(name)}}],
            "contexts": [{"name": name, "context": {"cluster": "test", "user": name}}],
        }, indent=2)
        path = self.folder / "kubeconfigs" / f"{name}{'-' + quote(server, safe='') if server else ''}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(known)
        path.chmod(0o600)
        return path

    def serving(self, name: str) -> Pair:
        """Certificate and key for a server on 127.0.0.1, such as a webhook; `authority.bundle` is the `caBundle` for it."""
        return self.authority.pair(name)

    def request(self, user: str, method: str, path: str, body: object = None, content_type: str = JSON, accept: str = JSON,
                query: Mapping[str, str | bool] | None = None, agent: str = "") -> Answer:
        """One request as somebody. `body` is sent as JSON unless it is text already (which YAML is).

        Of a client that gives no `fieldManager` the API server takes the name of the `agent`, up to the first slash.
        """
        sent = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        asked = {key: str(value).lower() if isinstance(value, bool) else value for key, value in (query or {}).items()}
        address = self.url + path + (("&" if "?" in path else "?") + urlencode(asked) if asked else "")
        got = self._pool.request(method, address, body=sent, headers={
            "Authorization": f"Bearer {self.token(user)}", "Accept": accept,
            **({"Content-Type": content_type} if sent is not None else {}), **({"User-Agent": agent} if agent else {})})
        kind = got.headers.get("Content-Type", "")
        return Answer(got.status, json.loads(got.data) if "json" in kind else got.data.decode(), tuple(got.headers.getlist("Warning")))

    def done(self, *args: Any, **keys: Any) -> Any:
        """The body of a request that has to succeed."""
        answer = self.request(*args, **keys)
        if not answer.ok:
            raise RefusedError(f"{args[:3]}: {answer.status} {answer.message}")
        return answer.body

    def path(self, thing: Mapping[str, Any], *, collection: bool = False) -> str:
        """Where the API server has an object, or the collection to create it in. KeyError: it serves no such kind."""
        version, kind = thing["apiVersion"], thing["kind"]
        if (version, kind) not in self._paths:
            self._paths = self._discovered()
        resource, namespaced = self._paths[version, kind]
        meta = thing["metadata"]
        inside = f"/namespaces/{quote(meta.get('namespace') or 'default')}" if namespaced else ""
        return f"/{'api' if '/' not in version else 'apis'}/{version}{inside}/{resource}" + (
            "" if collection else f"/{quote(meta['name'], safe=':')}")

    def _discovered(self) -> dict[tuple[str, str], tuple[str, bool]]:
        found = {}
        for root in ("/api", "/apis"):
            for group in self.done("root", "GET", root, accept=DISCOVERY)["items"]:
                name = group.get("metadata", {}).get("name", "")
                for version in group["versions"]:
                    written = f"{name}/{version['version']}" if name else version["version"]
                    for one in version.get("resources", ()):
                        found[written, one["responseKind"]["kind"]] = one["resource"], one["scope"] == "Namespaced"
        return found

    def get(self, thing: Mapping[str, Any], user: str = "root") -> dict[str, Any]:
        body: dict[str, Any] = self.done(user, "GET", self.path(thing))
        return body

    def create(self, user: str, thing: Mapping[str, Any], *, manager: str = "tests", dry_run: bool = False) -> Answer:
        return self.request(user, "POST", self.path(thing, collection=True), thing, query=options(manager, dry_run=dry_run))

    def apply(self, user: str, thing: Mapping[str, Any], *, manager: str, force: bool = True, dry_run: bool = False) -> Answer:
        """Server-side apply."""
        return self.request(user, "PATCH", self.path(thing), thing, APPLY, query={**options(manager, dry_run=dry_run), "force": force})

    def patch(self, user: str, thing: Mapping[str, Any], body: object, *, content_type: str = MERGE_PATCH, manager: str = "tests",
              subresource: str = "", dry_run: bool = False) -> Answer:
        path = self.path(thing) + (f"/{subresource}" if subresource else "")
        return self.request(user, "PATCH", path, body, content_type, query=options(manager, dry_run=dry_run))

    def delete(self, user: str, thing: Mapping[str, Any]) -> Answer:
        return self.request(user, "DELETE", self.path(thing))

    def namespace(self, name: str, labels: Mapping[str, str] | None = None) -> None:
        """There is such a namespace afterwards, with these labels."""
        thing = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels or {})}}
        answer = self.apply("root", thing, manager="tests")
        if not answer.ok:
            raise RefusedError(answer.message)

    def establish(self, crd: Mapping[str, Any]) -> None:
        """A custom resource definition, until its kind is served."""
        if not (answer := self.apply("root", crd, manager="tests")).ok:
            raise RefusedError(answer.message)
        names, group = crd["spec"]["names"], crd["spec"]["group"]
        for version in crd["spec"]["versions"]:
            if version["served"]:
                self.until(lambda at=version["name"]: self.request("root", "GET", f"/apis/{group}/{at}/{names['plural']}").ok)

    def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        """Asks until the answer is yes: the API server learns of webhooks, policies and kinds a moment after they are written."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"not so after {seconds:.0f} s")
            time.sleep(0.05)

    def kubectl(self, user: str, *args: str, given: str = "", check: bool = True, editor: str = "",
                timeout: float = TIMEOUT) -> subprocess.CompletedProcess[str]:
        """The real kubectl, as somebody; `given` is its standard input, `editor` the command that `kubectl edit` runs."""
        assert self._program is not None, "no kubectl: run make tools"
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run([str(self._program), *args], input=given, capture_output=True, text=True, check=False, timeout=timeout,
                              env={"PATH": os.defpath, "HOME": str(home), "KUBECONFIG": str(self.kubeconfig(user)), "KUBE_EDITOR": editor})
        if check and done.returncode:
            raise RefusedError(f"kubectl {' '.join(args)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done


def options(manager: str, *, dry_run: bool) -> dict[str, str | bool]:
    return {"fieldManager": manager, **({"dryRun": "All"} if dry_run else {})}


@contextlib.contextmanager
def running(programs: Path, folder: Path, more: Sequence[str] = ()) -> Iterator[Cluster]:
    """etcd and kube-apiserver of the folder of programs, with what they write in the other folder; `more` flags of the API server.

    Both are stopped at the end and etcd's data is removed; logs (`etcd.log`, `kube-apiserver.log`) stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority(folder / "certificates")
    own = authority.pair("server")
    tokens_path = folder / "tokens.csv"
    tokens_path.touch(mode=0o600)
    tokens_path.write_text(token_file())
    data = folder / "etcd"
    try:
        with (serving(lambda port: [str(programs / "etcd"), *etcd(port, data, own, authority)],
                      lambda port: answers(f"https://127.0.0.1:{port}/health", authority, own), folder / "etcd.log") as store,
              serving(lambda port: [str(programs / "kube-apiserver"), *apiserver(port, store, folder, own, authority), *more],
                      lambda port: answers(f"https://127.0.0.1:{port}/readyz", authority, token=tokens()["root"]),
                      folder / "kube-apiserver.log") as port):
            kubectl = programs / "kubectl"
            cluster = Cluster(port, folder, authority, kubectl if kubectl.exists() else None)
            try:
                settle(cluster)
                yield cluster
            finally:
                cluster.close()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def etcd(port: int, data: Path, own: Pair, authority: Authority) -> list[str]:
    """With TLS and client certificates: on a shared machine nobody else reads the store, nor is another store taken for ours."""
    return [f"--listen-client-urls=https://127.0.0.1:{port}", f"--advertise-client-urls=https://127.0.0.1:{port}",
            "--listen-peer-urls=http://127.0.0.1:0", f"--data-dir={data}", "--unsafe-no-fsync=true", f"--cert-file={own.certificate}",
            f"--key-file={own.key}", "--client-cert-auth=true", f"--trusted-ca-file={authority.certificate}", "--log-level=warn"]


def apiserver(port: int, store: int, folder: Path, own: Pair, authority: Authority) -> list[str]:
    signer = authority.pair("service-accounts")
    return [f"--etcd-servers=https://127.0.0.1:{store}", f"--etcd-cafile={authority.certificate}", f"--etcd-certfile={own.certificate}",
            f"--etcd-keyfile={own.key}", f"--cert-dir={folder / 'certificates'}", f"--tls-cert-file={own.certificate}",
            f"--tls-private-key-file={own.key}", "--bind-address=127.0.0.1", f"--secure-port={port}",
            "--service-cluster-ip-range=10.0.0.0/16", "--allow-privileged=true", "--authorization-mode=RBAC",
            # It would refuse every pod whose service account nobody has made.
            "--disable-admission-plugins=ServiceAccount", f"--service-account-issuer=https://127.0.0.1:{port}/",
            f"--service-account-key-file={signer.certificate}", f"--service-account-signing-key-file={signer.key}",
            f"--token-auth-file={folder / 'tokens.csv'}"]


def answers(url: str, authority: Authority, own: Pair | None = None, token: str = "") -> bool:
    """Whether a server with our certificate says that it is well."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if own is not None:
        context.load_cert_chain(own.certificate, own.key)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib3.PoolManager(ssl_context=context, retries=False, timeout=5) as pool:
        try:
            return pool.request("GET", url, headers=headers).status == 200
        except urllib3.exceptions.HTTPError:
            return False


def settle(cluster: Cluster) -> None:
    """What comes a moment after `ready`: the first namespaces, and everybody's rights."""
    for name in ("default", "kube-system"):
        cluster.until(lambda name=name: cluster.request("root", "GET", f"/api/v1/namespaces/{name}").ok)
    if not (answer := cluster.create("root", every_right())).ok:
        raise RefusedError(answer.message)
    cluster.until(lambda: cluster.request("alice", "GET", "/api/v1/namespaces").ok)
