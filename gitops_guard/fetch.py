"""What is fetched from elsewhere, only where the command line allows it: git repositories, files over HTTP and Helm charts.

A repository or chart lies in a private cache, keyed by its address and commit (or version); whatever was asked for once is asked
for once in a run. Nothing of what is fetched is executed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from . import tool
from .errors import GuardError, ToolError
from .tree import MAX_FILE_BYTES

MAX_SECONDS = 300.0
"""The longest that one command may run, whatever a URL asks for."""
MAX_FETCHES = 200
"""In one run: what is fetched can name more to fetch."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_EXACT = re.compile(r"v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?")
_HTTP_SECONDS = 30.0
_PULL_SECONDS = 60.0
_T = TypeVar("_T")

# A hook of git runs us with variables that point its commands at the repository under check.
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE")
_QUIET = {**dict.fromkeys(_FOREIGN), "GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never", "GCM_INTERACTIVE": "never",
          "LC_ALL": "C"}
_SAFE = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "init.defaultBranch=main",
         "-c", "advice.detachedHead=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false")
_PROTOCOLS = "http:https:ssh"
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
            "SystemRoot")


class FetchError(GuardError):
    """Something can't be fetched; the message is for people and holds nothing of the address."""


def cache_folder() -> Path:
    """Where fetched things are kept: the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return Path(base if os.path.isabs(base) else os.path.expanduser("~/.cache")) / "gitops-guard" / "remote"


class Fetcher:
    """Fetches for one run."""

    def __init__(self, cache: Path | None = None) -> None:
        """`cache` is created, for its owner alone, when something is fetched."""
        self._cache = cache or cache_folder()
        self._known: dict[tuple[str, ...], object] = {}
        self._count = 0

    def repository(self, url: str, ref: str, *, submodules: bool, seconds: float) -> tuple[str, Path]:
        """The commit that `ref` (empty: HEAD) stands for, and a folder with its files. Raises FetchError, at each call again."""
        return self._once(("git", url, ref, str(submodules)),
                          lambda: self._clone(url, ref, submodules, min(seconds, MAX_SECONDS)))

    def file(self, url: str) -> bytes:
        """What an HTTP address answers with success. Raises FetchError."""
        return self._once(("file", url), lambda: _get(url))

    def chart(self, helm: str, repo: str, name: str, version: str, *, devel: bool) -> Path:
        """A folder that holds the chart's folder, pulled by helm. Raises FetchError."""
        return self._once(("chart", repo, name, version, str(devel)), lambda: self._pull(helm, repo, name, version, devel))

    def _once(self, key: tuple[str, ...], act: Callable[[], _T]) -> _T:
        known = self._known.get(key)
        if known is None:
            self._count += 1
            if self._count > MAX_FETCHES:
                raise FetchError(f"more than {MAX_FETCHES} things to fetch in one run")
            try:
                known = act()
            except FetchError as error:
                known = error
            self._known[key] = known
        if isinstance(known, FetchError):
            raise known
        return known  # type: ignore[return-value]

    def _clone(self, url: str, ref: str, submodules: bool, seconds: float) -> tuple[str, Path]:
        home = self._place("git", url, "" if submodules else "no submodules")
        if _COMMIT.fullmatch(ref) and (home / ref).is_dir():
            return ref, home / ref
        with self._scratch() as scratch:
            folder = scratch / "tree"
            folder.mkdir()
            allowed = "file" if url.startswith("file://") else _PROTOCOLS

            def git(*args: str, protocols: str = allowed) -> str:
                done = tool.run(["git", *_SAFE, *args], cwd=folder, timeout=seconds, limit=1_000_000, error=FetchError,
                                env={**_QUIET, "GIT_ALLOW_PROTOCOL": protocols})
                if done.code != 0:
                    raise FetchError(_reason(done.err))
                return done.out.decode("utf-8", "replace").strip()

            git("init", "--quiet", "--template=")
            git("remote", "add", "--", "origin", url)
            git("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", url, ref or "HEAD")
            commit = git("rev-parse", "--verify", "FETCH_HEAD^{commit}")
            final = home / commit
            if not final.is_dir():
                git("checkout", "--quiet", "--force", "--detach", commit)
                if submodules and (folder / ".gitmodules").is_file():
                    # As git's own default, a repository from elsewhere may not send us to files of this machine.
                    git("submodule", "--quiet", "update", "--init", "--recursive", "--depth=1", protocols=_PROTOCOLS)
                shutil.rmtree(folder / ".git")
                _keep(folder, final)
        return commit, final

    def _pull(self, helm: str, repo: str, name: str, version: str, devel: bool) -> Path:
        final = self._place("charts", repo, name) / hashlib.sha256(f"{version} {devel}".encode()).hexdigest()[:16]
        if _EXACT.fullmatch(version) and final.is_dir():
            return final
        with self._scratch() as scratch:
            folder = scratch / "charts"
            source = [f"{repo.rstrip('/')}/{name}"] if repo.startswith("oci://") else [f"--repo={repo}", name]
            done = tool.run([helm, "pull", "--untar", f"--untardir={folder}", *([f"--version={version}"] if version else []),
                             *(["--devel"] if devel else []), *source], cwd=scratch, timeout=_PULL_SECONDS, limit=1_000_000,
                            env=helm_environment(scratch, network=True), inherit=False, error=FetchError)
            if done.code != 0 or not (folder / name).is_dir():
                raise FetchError("helm could not pull it")
            if not _EXACT.fullmatch(version):
                # Which chart this is, is known for this run alone.
                final = final.with_name(final.name + "-" + os.path.basename(scratch))
            _keep(folder, final)
        return final

    def _place(self, *parts: str) -> Path:
        """The folder of one address in the cache."""
        return self._private() / parts[0] / hashlib.sha256("\0".join(parts[1:]).encode("utf-8", "surrogateescape")).hexdigest()

    def _private(self) -> Path:
        """The cache, which nobody else may read or write: what is built from is taken from there."""
        try:
            self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = os.lstat(self._cache)
            if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
                raise ToolError("the cache of remote bases is no folder of this user; set XDG_CACHE_HOME to one")
            if stat.S_IMODE(found.st_mode) != 0o700:
                self._cache.chmod(0o700)
        except OSError as error:
            raise ToolError(f"the cache of remote bases can't be written: {error.strerror}; set XDG_CACHE_HOME") from None
        return self._cache

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[Path]:
        """A folder in the cache that is gone afterwards."""
        folder = Path(tempfile.mkdtemp(prefix="new-", dir=self._private()))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def helm_environment(folder: Path, *, network: bool) -> dict[str, str | None]:
    """All that helm is told of this machine: homes of its own in `folder`, no plugins, no cluster.

    A release's name may be a template that reads the environment: only with `network` are the proxies in it.
    """
    homes = {f"HELM_{name}_HOME": str(folder / "helm" / name.lower()) for name in ("CONFIG", "CACHE", "DATA")}
    way = {name: os.environ[name] for name in _PROXIES if name in os.environ} if network else {}
    return {**way, **homes, "HOME": str(folder), "PATH": os.environ.get("PATH", ""), "KUBECONFIG": os.devnull, "LC_ALL": "C",
            "HELM_PLUGINS": str(folder / "helm" / "plugins")}


def _keep(folder: Path, final: Path) -> None:
    """Move a finished folder to its place; another run may have been quicker with the same one."""
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.rename(final)
    except OSError:
        if not final.is_dir():
            raise ToolError("the cache of remote bases can't be written") from None


def _reason(complaint: str) -> str:
    """Git's complaint in few words; its own text names the address and paths of this machine."""
    if "couldn't find remote ref" in complaint or "not our ref" in complaint:
        return "the repository has no such revision"
    if "not a tree" in complaint or "ambiguous argument" in complaint or "expected commit type" in complaint:
        return "the revision is no commit"
    return "git could not fetch it"


def _get(url: str) -> bytes:
    """One GET, with redirects to HTTP alone, bounded in time and size."""
    import http.client  # noqa: PLC0415 (start-up)
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    if not url.lower().startswith(("http://", "https://")):
        raise FetchError("it is no HTTP address")
    until = time.monotonic() + _HTTP_SECONDS
    opener = urllib.request.OpenerDirector()
    for name in ("Proxy", "HTTP", "HTTPS", "HTTPRedirect", "HTTPDefaultError"):
        opener.add_handler(getattr(urllib.request, f"{name}Handler")())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    try:
        with opener.open(urllib.request.Request(url, headers={"User-Agent": "gitops-guard"}), timeout=_HTTP_SECONDS) as answer:  # noqa: S310
            data = bytearray()
            while chunk := answer.read1(65_536):
                data += chunk
                if len(data) > MAX_FILE_BYTES:
                    raise FetchError(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
                if time.monotonic() > until:
                    raise FetchError(f"it did not come within {_HTTP_SECONDS:g} s")
            return bytes(data)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise FetchError(f"the server answers {error.code}") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise FetchError("the server gives no answer") from None
