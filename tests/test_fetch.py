"""Fetching into the cache: what is asked for once is fetched once, and nothing of it is run."""

from __future__ import annotations

import http.server
import stat
import threading

import pytest
from remotes import Remote, git

from gitops_guard import fetch, tool
from gitops_guard.errors import ToolError
from gitops_guard.fetch import Fetcher, FetchError


@pytest.fixture
def remote(tmp_path):
    made = Remote(tmp_path / "origin", {"a.yaml": "a: 1\n"})
    made.commit({"a.yaml": "a: 2\n"}, tag="v2")
    return made


def get(fetcher, remote, ref="", **options):
    return fetcher.repository(remote.url, ref, submodules=options.get("submodules", True), seconds=options.get("seconds", 30))


def test_head_a_tag_and_a_commit(remote, tmp_path):
    fetcher = Fetcher(tmp_path / "cache")
    commit, folder = get(fetcher, remote)
    assert (folder / "a.yaml").read_text() == "a: 2\n"
    assert get(fetcher, remote, "v2") == (commit, folder)
    assert get(fetcher, remote, remote.first)[0] == remote.first
    assert not (folder / ".git").exists()


def test_the_cache_is_private_and_holds_nothing_half(remote, tmp_path):
    get(Fetcher(tmp_path / "cache"), remote)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["git"]


def test_a_known_commit_needs_no_fetch(remote, tmp_path, monkeypatch):
    get(Fetcher(tmp_path / "cache"), remote, remote.first)
    monkeypatch.setattr(tool, "run", None)
    assert get(Fetcher(tmp_path / "cache"), remote, remote.first)[0] == remote.first


def test_once_for_a_run(remote, tmp_path):
    fetcher = Fetcher(tmp_path / "cache")
    before = get(fetcher, remote)
    remote.commit({"a.yaml": "a: 3\n"})
    assert get(fetcher, remote) == before
    assert get(Fetcher(tmp_path / "cache"), remote) != before


@pytest.mark.parametrize(("ref", "message"), [("gone", "no such revision"), ("0" * 40, "no such revision|could not"), ("--upload-pack=x", "no such revision")])
def test_what_is_not_there(remote, tmp_path, ref, message):
    fetcher = Fetcher(tmp_path / "cache")
    for _ in range(2):
        with pytest.raises(FetchError, match=message) as raised:
            get(fetcher, remote, ref)
        assert str(tmp_path) not in str(raised.value)


def test_a_repository_that_is_not_there(tmp_path):
    with pytest.raises(FetchError, match="could not fetch"):
        Fetcher(tmp_path / "cache").repository(f"file://{tmp_path}/gone", "", submodules=True, seconds=30)


@pytest.mark.parametrize("url", ["ext::touch ran", "--upload-pack=x", "-x"])
def test_only_the_protocols_of_kustomize(tmp_path, url):
    with pytest.raises(FetchError):
        Fetcher(tmp_path / "cache").repository(url, "", submodules=True, seconds=30)


def test_a_hook_that_calls_us_does_not_lead_git_astray(remote, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert (get(Fetcher(tmp_path / "cache"), remote)[1] / "a.yaml").is_file()
    assert not (tmp_path / "index").exists()


def test_templates_and_hooks_of_the_user_do_not_run(remote, tmp_path, monkeypatch):
    hook = tmp_path / "template" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    get(Fetcher(tmp_path / "cache"), remote)
    assert not (tmp_path / "ran").exists()


def test_submodules_may_not_be_local(remote, tmp_path):
    inner = Remote(tmp_path / "inner", {"b.yaml": "b: 1\n"})
    git(remote.folder, "submodule", "--quiet", "add", inner.url, "inner")
    remote.commit({})
    with pytest.raises(FetchError):
        get(Fetcher(tmp_path / "cache"), remote)
    folder = get(Fetcher(tmp_path / "cache"), remote, submodules=False)[1]
    assert not (folder / "inner" / "b.yaml").exists()


def test_there_is_an_end_to_fetching(remote, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_FETCHES", 1)
    fetcher = Fetcher(tmp_path / "cache")
    get(fetcher, remote)
    with pytest.raises(FetchError, match="more than 1"):
        get(fetcher, remote, "v2")


def test_a_cache_that_is_no_folder(remote, tmp_path):
    (tmp_path / "cache").write_text("")
    with pytest.raises(ToolError):
        get(Fetcher(tmp_path / "cache"), remote)


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert fetch.cache_folder() == tmp_path / "gitops-guard" / "remote"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert fetch.cache_folder() == tmp_path / ".cache" / "gitops-guard" / "remote"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        where = {"/away": f"http://127.0.0.1:{self.server.server_port}/a.yaml", "/file": "file:///etc/hostname", "/ftp": "ftp://127.0.0.1/x"}
        if self.path in where:
            self.send_response(302)
            self.send_header("Location", where[self.path])
        else:
            self.send_response(200 if self.path == "/a.yaml" else 404)
        self.end_headers()
        if self.path == "/a.yaml":
            self.wfile.write(b"a: 1\n")

    def log_message(self, *args):
        pass


@pytest.fixture
def web(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_over_http(web, tmp_path, monkeypatch):
    fetcher = Fetcher(tmp_path)
    assert fetcher.file(f"{web}/a.yaml") == b"a: 1\n"
    assert fetcher.file(f"{web}/away") == b"a: 1\n"
    with pytest.raises(FetchError, match="answers 404"):
        fetcher.file(f"{web}/gone")
    for path in ("file", "ftp"):
        with pytest.raises(FetchError):
            fetcher.file(f"{web}/{path}")
    monkeypatch.setattr(fetch, "MAX_FILE_BYTES", 3)
    with pytest.raises(FetchError, match="larger"):
        Fetcher(tmp_path).file(f"{web}/a.yaml")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://[", "file:///etc/hostname", "http://127.0.0.1:x/"])
def test_no_answer(tmp_path, url, monkeypatch):
    monkeypatch.delenv("http_proxy", raising=False)
    with pytest.raises(FetchError):
        Fetcher(tmp_path).file(url)
