"""What git knows about a folder: its work tree and files, its remotes, branches and revisions, and the index.

What a clone does not have is missing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import tool
from .errors import ToolError
from .git_program import ask, decoded, one_line

SUBMODULE = "160000"
_NAME = re.compile(r"(?!-)[^\s~^:?*\[\\\x00-\x20\x7f]+")
_HASH = re.compile(r"[0-9a-f]{7,64}")
_DEBUG_FLAGS = re.compile(r"(?:  [^\n]*\n)*?  size: \d+\tflags: ([0-9a-f]+)\n")
_INTENT_TO_ADD = 1 << 29
_EMPTY_BLOBS = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")


@dataclass(frozen=True)
class Entry:
    """A file of a revision or of the index."""

    path: str
    """Relative to the folder that was asked about."""
    mode: str
    """100644, 100755, 120000 (a symbolic link: its content is the target) or 160000 (a submodule)"""
    object: str
    """The hash of its content; of a submodule, that of its commit."""


def top_level(folder: Path) -> Path | None:
    """The root of the work tree that holds `folder`; None where there is none, or no git."""
    if tool.find("git") is None:
        return None
    path = one_line(folder, "rev-parse", "--show-toplevel")
    return Path(path) if path else None


def listing(root: Path) -> list[str] | None:
    """The files below `root` that git tracks or does not ignore, relative to it; None outside a work tree.

    Raises ToolError where git fails in a work tree.
    """
    if top_level(root) is None:
        return None
    done = ask(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if done.code != 0:
        raise ToolError(f"git can't list the files of the repository: {done.err.strip()}")
    found = []
    for name in {name for name in decoded(done.out).split("\0") if name}:
        path = os.path.join(root, name)
        # Deleted files are still listed, and so is a submodule (as a folder): neither is a file of this side.
        if os.path.islink(path) or os.path.isfile(path):
            found.append(name)
    return sorted(found)


def left_out(root: Path) -> list[Entry]:
    """The files below `root` that git keeps in its index and not in the work tree: those of a sparse checkout.

    Raises ToolError, also where one of them has a conflict.
    """
    if top_level(root) is None:
        return []
    # A sparse index is read as a whole; one of a hook counts no more here than for what is on disk.
    done = ask(root, "ls-files", "-z", "-t", "--stage")
    if done.code != 0:
        raise ToolError(f"git can't list the files of the repository: {done.err.strip()}")
    found = []
    for line in decoded(done.out).split("\0"):
        head, _tab, path = line.partition("\t")
        if head.startswith("S "):
            _tag, mode, name, _stage = head.split()
            if mode == SUBMODULE or not os.path.lexists(os.path.join(root, path)):
                found.append(Entry(path, mode, name))
    return found


def missing(root: Path, names: Iterable[str]) -> frozenset[str]:
    """The hashes of contents that a partial clone lacks."""
    if not _is_partial(root):
        return frozenset()
    # Older gits stop at the first question for one that is missing, so what is there is listed.
    done = ask(root, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
    if done.code != 0:
        raise ToolError(f"git can't list the objects of the clone: {done.err.strip()}")
    return frozenset(names).difference(done.out.decode("ascii").split())


def _is_partial(root: Path) -> bool:
    """Whether a clone may lack contents that the remote has promised."""
    return any(not key.endswith("url") for key, _value in _settings(root))


def _settings(root: Path) -> list[tuple[str, str]]:
    """What is configured of remotes: names in small letters but for the remote's own, and values as written."""
    done = ask(root, "config", "-z", "--get-regexp", r"^(remote\..*\.(url|pushurl|promisor)|extensions\.partialclone)$")
    entries = decoded(done.out).split("\0") if done.code == 0 else []
    return [(key, value) for key, _end, value in (entry.partition("\n") for entry in entries) if key]


def prefix(root: Path) -> str:
    """The folder of the repository that `root` is, without slashes at its ends; empty for the top level, or without git."""
    return (one_line(root, "rev-parse", "--show-prefix") or "").rstrip("/") if top_level(root) is not None else ""


def remotes(root: Path) -> list[str]:
    """The URLs of the remotes, those to push to as well, sorted; as written, and as `url.<base>.insteadOf` rewrites them."""
    if top_level(root) is None:
        return []
    written = [value for key, value in _settings(root) if key.endswith("url")]
    shown = ask(root, "remote", "-v")
    meant = [line.partition("\t")[2].rpartition(" (")[0] for line in decoded(shown.out).splitlines()] if shown.code == 0 else []
    return sorted({url for url in (*written, *meant) if url})


def branch(root: Path) -> str | None:
    """The branch that is checked out, also before its first commit; None for a detached HEAD, or without git."""
    return one_line(root, "symbolic-ref", "--quiet", "--short", "HEAD") if top_level(root) is not None else None


def default_branch(root: Path) -> str | None:
    """The default branch of the remote `origin`, else of the only remote that tells.

    A CI job's clone tells nothing: then it is `main`, else `master`, if a remote has it. None where nobody knows.
    """
    if top_level(root) is None:
        return None
    done = ask(root, "for-each-ref", "--format=%(refname)%00%(symref)", "refs/remotes")
    known, branches = {}, set()
    for line in decoded(done.out).splitlines():
        name, _zero, target = line.partition("\0")
        remote = name.removesuffix("HEAD")
        if remote != name and target.startswith(remote):
            known[remote] = target.removeprefix(remote)
        branches.add(name.split("/", 3)[-1])
    if "refs/remotes/origin/" in known:
        return known["refs/remotes/origin/"]
    if len(set(known.values())) == 1:
        return next(iter(known.values()))
    return next((name for name in ("main", "master") if name in branches), None)


def resolve(root: Path, ref: str) -> str | None:
    """The commit that a person means by `ref`: anything git understands (`main`, `origin/main`, `HEAD~1`, a tag, a hash).

    A branch that only the remote has counts, too: in CI there is often no local one. None where there is no such commit.
    """
    if not ref or ref.startswith("-") or "\0" in ref or top_level(root) is None:
        return None
    return _commit(root, ref) or _commit(root, f"refs/remotes/origin/{ref}")


def _commit(root: Path, expression: str) -> str | None:
    return one_line(root, "rev-parse", "--verify", "--quiet", f"{expression}^{{commit}}")


def named(root: Path, name: str) -> str | None:
    """The commit of a branch, tag or commit hash of this name, as a controller finds it; no other expression is understood.

    What the remotes have counts before local branches, `origin` before other remotes, a branch before a tag. None where the
    clone has none.
    """
    if not _NAME.fullmatch(name) or ".." in name or "@{" in name or top_level(root) is None:
        return None
    short = name.removeprefix("refs/heads/").removeprefix("refs/tags/")
    patterns = [f"refs/remotes/*/{short}", f"refs/heads/{short}", f"refs/tags/{short}"]
    patterns += [name] if name.startswith("refs/") else []
    done = ask(root, "for-each-ref", "--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objectname)", *patterns)
    found = {}
    for line in decoded(done.out).splitlines():
        ref, kind, commit, peeled = line.split("\0")
        found[ref] = peeled if kind == "tag" else commit
    for ref in _candidates(name, short, found):
        if (meant := _commit(root, found[ref])) is not None:
            return meant
    return _commit(root, name) if _HASH.fullmatch(name) else None


def _candidates(name: str, short: str, found: dict[str, str]) -> list[str]:
    """The refs that a name may stand for, the best one first."""
    remote = sorted(ref for ref in found if ref.startswith("refs/remotes/") and ref.split("/", 3)[3] == short)
    remote.sort(key=lambda ref: not ref.startswith("refs/remotes/origin/"))
    branches, tags = [*remote, f"refs/heads/{short}"], [f"refs/tags/{short}"]
    order = branches if name.startswith("refs/heads/") else tags if name.startswith("refs/tags/") else [*branches, *tags, name]
    return [ref for ref in order if ref in found]


def merge_base(root: Path, one: str, other: str) -> str | None:
    """The best common ancestor of two commits; None where the clone shows none (unrelated, or cut off by a shallow clone)."""
    found = one_line(root, "merge-base", one, other)
    return found.splitlines()[0] if found else None


def is_shallow(root: Path) -> bool:
    """Whether the clone's history is cut off."""
    return one_line(root, "rev-parse", "--is-shallow-repository") == "true"


def tree_of(root: Path, commit: str) -> str | None:
    """The hash of the tree that `root` is at a commit: empty where that has no such folder, None where the clone lacks it."""
    inner = prefix(root)
    if not inner:
        return one_line(root, "rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")
    done = ask(root, "--literal-pathspecs", "ls-tree", "-z", "-d", "--full-tree", f"{commit}^{{commit}}", "--", inner)
    if done.code != 0:
        return None
    head = done.out.partition(b"\t")[0].split()
    return head[2].decode() if len(head) == 3 and head[1] == b"tree" else ""


def entries(root: Path, tree: str) -> list[Entry] | None:
    """All files of a tree; None where objects of it are missing (a partial clone)."""
    # With sizes, git looks at every file's object: one that is missing is found now, and not in the middle of a build.
    done = ask(root, "ls-tree", "-r", "-z", *(["-l"] if _is_partial(root) else []), "--full-tree", tree)
    if done.code != 0:
        return None
    found = []
    for line in decoded(done.out).split("\0"):
        if line:
            head, _tab, path = line.partition("\t")
            mode, _kind, name, *size = head.split()
            if size == ["BAD"]:
                return None
            found.append(Entry(path, mode, name))
    return found


def staged(root: Path) -> list[Entry]:
    """The files of the index below `root`: what the next commit has. Raises ToolError, also where there are conflicts in it."""
    env = _index(root)
    done = ask(root, "ls-files", "-z", "--stage", env=env)
    if done.code != 0:
        raise ToolError(f"git can't list the staged files: {done.err.strip()}")
    found = []
    for line in decoded(done.out).split("\0"):
        if line:
            head, _tab, path = line.partition("\t")
            mode, name, stage = head.split()
            if stage != "0":
                raise ToolError(f"{path} has a merge conflict in git's index; resolve it first")
            found.append(Entry(path, mode, name))
    if any(entry.object in _EMPTY_BLOBS for entry in found):
        promised = _promised(root, env)
        found = [entry for entry in found if entry.path not in promised]
    return found


def _promised(root: Path, env: dict[str, str]) -> frozenset[str]:
    """What `git add --intent-to-add` announced: it is in the index, but not in the next commit."""
    done = ask(root, "ls-files", "-z", "--debug", env=env)
    text, at, found = decoded(done.out), 0, []
    while (end := text.find("\0", at)) >= 0:
        flags = _DEBUG_FLAGS.match(text, end + 1)
        if flags is None:
            break
        if int(flags.group(1), 16) & _INTENT_TO_ADD:
            found.append(text[at:end])
        at = flags.end()
    return frozenset(found)


def _index(root: Path) -> dict[str, str]:
    """The index that a hook of this repository is told to look at: `git commit FILE` has one of its own."""
    told, top = os.environ.get("GIT_INDEX_FILE"), top_level(root)
    ours = one_line(root, "rev-parse", "--absolute-git-dir")
    if not told or top is None or ours is None:
        return {}
    full = os.path.realpath(os.path.join(top, told))
    return {"GIT_INDEX_FILE": full} if os.path.dirname(full) == os.path.realpath(ours) else {}
