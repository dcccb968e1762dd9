"""`helm template`, the only program that a render starts: a chart's files and values go in, the rendered text comes out.

The chart is copied into a private folder first, as plain files: helm can read nothing else, has no plugins, no network and no
cluster, and its time and output are bounded.
"""

from __future__ import annotations

import functools
import posixpath
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from .. import tool
from ..fetch import helm_environment
from ..source import Stream, parse
from ..tree import Tree

MAX_FILES = 5_000
MAX_BYTES = 50_000_000
"""Of a chart's files together, and of what helm prints."""
SECONDS = 30.0
_PLACE = re.compile(r"\(([^()\s:]+):(\d+)(?::\d+)?\)")


class HelmError(Exception):
    """helm can't render the chart; the message holds no values."""


class MissingChartsError(HelmError):
    """The chart needs others that are not there."""


class Helm:
    """The program, for one run; equal charts with equal values are rendered once."""

    def __init__(self, program: str) -> None:
        self.program = program
        self._known: dict[tuple[object, ...], str | HelmError] = {}
        self._fits: bool | None = None

    @property
    def fits(self) -> bool:
        """Whether it is a helm that kustomize takes: version 3 or 4. Raises HelmError where it can't be run."""
        if self._fits is None:
            with tempfile.TemporaryDirectory(prefix="gitops-guard-") as scratch:
                done = tool.run([self.program, "version", "--short"], cwd=scratch, timeout=SECONDS, limit=100_000, inherit=False,
                                env=helm_environment(Path(scratch), network=False), error=HelmError)
            found = re.search(rb"v?(\d+)(?:\.\d+)+", done.out)
            self._fits = found is not None and found.group(1) in (b"3", b"4")
        return self._fits

    def template(self, tree: Tree, folder: str, release: str, options: Sequence[str], values: Sequence[bytes],
                 texts: Sequence[tuple[str, bytes]] = (), more: Mapping[str, str] = MappingProxyType({}),
                 without: frozenset[str] = frozenset()) -> str:
        """What helm prints for the chart in a folder of the tree. Raises HelmError, OutsideError or SourceError.

        `texts` are keys and what they are set to: the whole of a file. `more` are files to put into the chart, by their paths in
        the tree; `without` are files of the chart that do not count.
        """
        key = (folder, release, tuple(options), tuple(values), tuple(texts), tuple(sorted(more.items())), without)
        known = self._known.get(key)
        if known is None:
            try:
                own = {path: data for path, data in chart_files(tree, folder).items() if path not in without}
                files = {**{path: tree.read(file) for path, file in more.items()}, **own}
                known = self._template(files, release, options, values, texts)
            except HelmError as error:
                known = error
            self._known[key] = known
        if isinstance(known, HelmError):
            raise known
        return known

    def _template(self, files: dict[str, bytes], release: str, options: Sequence[str], values: Sequence[bytes],
                  texts: Sequence[tuple[str, bytes]]) -> str:
        with tempfile.TemporaryDirectory(prefix="gitops-guard-") as scratch:
            base = Path(scratch)
            for path, data in files.items():
                target = base / "chart" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            flags = []
            for number, data in enumerate(values):
                (base / f"values-{number}.yaml").write_bytes(data)
                flags.append(f"--values={base / f'values-{number}.yaml'}")
            for number, (key, data) in enumerate(texts):
                (base / f"text-{number}").write_bytes(data)
                flags.append(f"--set-file={key}=text-{number}")
            named = [release] if release else ["--generate-name"]
            done = tool.run([self.program, "template", *flags, *options, *named, str(base / "chart")], cwd=scratch,
                            timeout=SECONDS, limit=MAX_BYTES, inherit=False, env=helm_environment(base, network=False),
                            error=HelmError)
        if done.code != 0:
            raise _error(done.err)
        return done.out.decode("utf-8", "replace")


def chart_files(tree: Tree, folder: str) -> dict[str, bytes]:
    """The files below a folder, links followed inside the repository. Raises HelmError, OutsideError or SourceError."""
    found: dict[str, bytes] = {}
    waiting = [""]
    size = seen = 0
    while waiting:
        inner = waiting.pop()
        for name in tree.names(posixpath.join(folder, inner)):
            path = posixpath.join(inner, name)
            kind = tree.kind(posixpath.join(folder, path))
            seen += 1
            if kind == "dir" and name != ".git":
                waiting.append(path)
            elif kind == "file":
                found[path] = tree.read(posixpath.join(folder, path))
                size += len(found[path])
            if seen > MAX_FILES or size > MAX_BYTES or path.count("/") > 50:
                raise HelmError(f"the chart has more than {MAX_FILES} files or {MAX_BYTES // 1_000_000} MB")
    return found


def streams(text: str, name: str) -> Iterator[Callable[[], Stream]]:
    """What helm printed of a chart, to be parsed: the whole, then without the messages before the first document.

    Lines are those of the text. The calls raise SourceError.
    """
    start = text.find("---\n")
    for skip in sorted({0, max(start, 0)}):
        data = ("\n" * text.count("\n", 0, skip) + text[skip:]).encode()
        yield functools.partial(parse, data, f"helm:{name}")


def _error(complaint: str) -> HelmError:
    """Complaints of helm's in few words: its own text may show values, and paths of this machine."""
    if "missing in charts/ directory" in complaint:
        return MissingChartsError("the charts that it depends on are not in its charts/ folder")
    if "don't meet the specifications of the schema" in complaint:
        return HelmError("the values do not fit the chart's schema")
    if "Chart.yaml file is missing" in complaint:
        return HelmError("the folder has no Chart.yaml")
    place = _PLACE.search(complaint)
    if place is None:
        return HelmError("helm refuses the chart or its values")
    return HelmError(f"a template fails at {place.group(1)}:{place.group(2)}")
