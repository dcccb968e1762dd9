"""Programs and a folder -> a running etcd, and API servers over it, for as long as a block lasts.

There is no controller manager: nothing makes pods or default service accounts, sets a status or collects garbage, and a namespace
that is deleted stays `Terminating`.
"""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import urllib3  # requests stands on it

from ..certificates import Authority, Pair
from ..errors import ToolError
from ..loopback import listening
from .client import Client, until

_PATIENCE = 120.0
_ABSENT = ("ServiceAccount", "Priority", "RuntimeClass")
"""Admission plugins that refuse a pod whose account or class nobody has made: here nobody makes any."""


@dataclass(frozen=True)
class Programs:
    """Their paths."""

    etcd: str
    apiserver: str


@dataclass(frozen=True)
class Identities:
    """Who may log in."""

    table: str = field(repr=False)
    """What `--token-auth-file` reads: a line of token, user, uid and groups for each."""
    root: str = field(repr=False)
    """The token of one whom nothing is forbidden."""
    authorization: str = "AlwaysAllow"


@dataclass(frozen=True)
class Store:
    """A running etcd, and what API servers over it share."""

    programs: Programs
    folder: Path
    authority: Authority
    own: Pair
    """Of all servers, and of the clients of etcd."""
    signer: Pair
    port: int


@contextlib.contextmanager
def store(programs: Programs, folder: Path) -> Iterator[Store]:
    """A running etcd with its data, certificates and log in the folder. Raises ToolError where it does not start.

    It has TLS and wants client certificates: on a shared machine nobody else reads the store, nor is another one taken for ours.
    """
    authority = Authority(folder / "certificates")
    own, signer = authority.pair("server"), authority.pair("service-accounts")

    def command(port: int) -> list[str]:
        here = f"https://127.0.0.1:{port}"
        return [programs.etcd, f"--listen-client-urls={here}", f"--advertise-client-urls={here}",
                "--listen-peer-urls=http://127.0.0.1:0", f"--data-dir={folder / 'etcd'}", "--unsafe-no-fsync=true",
                f"--cert-file={own.certificate}", f"--key-file={own.key}", "--client-cert-auth=true",
                f"--trusted-ca-file={authority.certificate}", "--log-level=warn"]

    with listening(command, lambda port: is_well(f"https://127.0.0.1:{port}/health", authority, own), cwd=folder,
                   env=_environment(folder), patience=_PATIENCE, log=folder / "etcd.log", error=ToolError) as (port, _server):
        yield Store(programs, folder, authority, own, signer, port)


@contextlib.contextmanager
def api_server(below: Store, who: Identities, *, more: Sequence[str] = (), without: Sequence[str] = (),
               name: str = "kube-apiserver") -> Iterator[Client]:
    """A running API server, with the first namespaces; the client is root's.

    `more` are flags, `without` admission plugins that it does without, `name` is that of its log. Raises ToolError where it does
    not start.
    """
    tokens = below.folder / f"{name}.csv"
    tokens.touch(mode=0o600)
    tokens.write_text(who.table)

    def command(port: int) -> list[str]:
        return [below.programs.apiserver, *_flags(port, below), f"--token-auth-file={tokens}",
                f"--authorization-mode={who.authorization}",
                f"--disable-admission-plugins={','.join([*_ABSENT, *without])}", *more]

    with listening(command, lambda port: is_well(f"https://127.0.0.1:{port}/readyz", below.authority, token=who.root),
                   cwd=below.folder, env=_environment(below.folder), patience=_PATIENCE, log=below.folder / f"{name}.log",
                   error=ToolError) as (port, _server):
        client = Client(f"https://127.0.0.1:{port}", below.authority.certificate, who.root)
        try:
            for first in ("default", "kube-system"):  # they come a moment after it is ready
                until(lambda first=first: client.request("GET", f"/api/v1/namespaces/{first}").ok)  # type: ignore[misc]
            yield client
        finally:
            client.close()


def _flags(port: int, below: Store) -> list[str]:
    own, authority, signer = below.own, below.authority, below.signer
    return [f"--etcd-servers=https://127.0.0.1:{below.port}", f"--etcd-cafile={authority.certificate}",
            f"--etcd-certfile={own.certificate}", f"--etcd-keyfile={own.key}", f"--cert-dir={authority.folder}",
            f"--tls-cert-file={own.certificate}", f"--tls-private-key-file={own.key}", "--bind-address=127.0.0.1",
            f"--secure-port={port}", "--service-cluster-ip-range=10.0.0.0/16", "--allow-privileged=true",
            f"--service-account-issuer=https://127.0.0.1:{port}/", f"--service-account-key-file={signer.certificate}",
            f"--service-account-signing-key-file={signer.key}"]


def _environment(folder: Path) -> dict[str, str | None]:
    """Nothing of ours: etcd takes options from variables."""
    return {"PATH": os.defpath, "HOME": str(folder)}


def is_well(url: str, authority: Authority, own: Pair | None = None, token: str = "") -> bool:
    """Whether a server with our certificate says so."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if own is not None:
        context.load_cert_chain(own.certificate, own.key)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib3.PoolManager(ssl_context=context, retries=False, timeout=5) as pool:
        try:
            return pool.request("GET", url, headers=headers).status == 200
        except urllib3.exceptions.HTTPError:
            return False
