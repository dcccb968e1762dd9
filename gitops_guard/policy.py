"""Folders of policies -> a PolicySet: every rule there is, the Rego files to judge by, and what is wrong with the files.

Nothing of the Rego itself is read here but its METADATA and its package: the engine reads the rest in a process of its own
(evaluate/), since a policy may come from the repository under check.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import metadata
from .errors import SourceError
from .metadata import Metadata, MetadataError
from .model import Fault, Location, Rule, Severity
from .origin import Origin
from .policy_data import SUFFIXES, TWIN, DataError, PolicyData, has_examples
from .rego_file import MAX_BYTES, RegoFile, read_text, scan
from .source import Dialect, decode, parse, parse_embedded

POLICY_ERROR = "engine/policy-error"
OUR_PACKAGE = "gitops_guard"
_LIBRARIES = f"{OUR_PACKAGE}.lib."
_OF_CHANGES = ("bypass/guard-weakened", "promotion/all-at-once")
"""Rules of scope repository that speak of a change all the same."""
_CONFTEST_REMEDY = "change the policies in this package, or what they complain about"

ELSEWHERE = Location(".gitops-guard.yaml", 1, 1, "nearest")


@dataclass(frozen=True)
class PolicyFolder:
    """A folder with policies, and how to speak of it."""

    path: Path
    """On disk."""
    builtin: bool = False
    display: str | None = None
    """Relative to the repository's root, POSIX; None where the folder lies outside."""
    location: Location = ELSEWHERE
    """Where a folder outside the repository was asked for."""
    rego: bool = True
    """Whether its Rego policies count; without, only its libraries and the rules that are not written in Rego do."""


@dataclass(frozen=True)
class Policy:
    """A rule that Rego judges."""

    metadata: Metadata
    """Of a Conftest package: made up from its name."""
    package: str
    files: tuple[RegoFile, ...]
    """One; of a Conftest package, all of it."""
    builtin: bool = False

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.metadata.rule.id

    @property
    def conftest(self) -> bool:
        """Whether its input is the manifest itself."""
        return self.metadata.scope == "conftest"


@dataclass(frozen=True)
class PolicySet:
    """All that was found."""

    policies: tuple[Policy, ...] = ()
    """Sorted by id."""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """Every rule by id, also those not written in Rego, and those whose policy is broken."""
    libraries: tuple[RegoFile, ...] = ()
    tests: tuple[RegoFile, ...] = ()
    """The `_test.rego` files."""
    faults: tuple[Fault, ...] = ()
    examples: Mapping[str, Path] = field(default_factory=dict)
    """Rule id -> the YAML file with its examples."""

    def parameters(self) -> dict[str, Mapping[str, Any]]:
        """Rule id -> the names and defaults of its parameters."""
        return {policy.id: policy.metadata.parameters for policy in self.policies if policy.metadata.parameters}

    @property
    def events(self) -> frozenset[str]:
        """The rules about what a change does: no state of a repository, so none that a baseline could declare known."""
        return frozenset({policy.id for policy in self.policies if policy.metadata.scope == "change"} | {*_OF_CHANGES})
    described: Mapping[str, Metadata] = field(default_factory=dict)
    """Rule id -> its metadata, where it has any."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the data files come to: `data` without the packages."""
    twins: Mapping[str, Path] = field(default_factory=dict)
    """`<category>/<file>` without suffix -> the file that says the same, or a part of it, in CEL (twin.py)."""


def load(folders: Sequence[PolicyFolder]) -> PolicySet:
    """Everything in the folders; a later folder replaces the built-in policies that it names again.

    Never raises for what a file holds: what can't be used is left out and is a fault, engine/policy-error at its line.
    """
    loader = _Loader()
    for folder in sorted(folders, key=lambda folder: not folder.builtin):
        loader.folder(folder)
    return loader.result()


class _Loader:
    """Collects what the folders hold."""

    def __init__(self) -> None:
        self._policies: dict[str, Policy] = {}
        self._rules: dict[str, Rule] = {}
        self._described: dict[str, Metadata] = {}
        self._examples: dict[str, Path] = {}
        self._twins: dict[str, Path] = {}
        self._conftest: dict[str, list[RegoFile]] = {}
        self._libraries: list[RegoFile] = []
        self._tests: list[RegoFile] = []
        self._faults: list[Fault] = []
        self._data = PolicyData()

    def folder(self, folder: PolicyFolder) -> None:
        """Read one folder."""
        paths = list(_walk(folder.path))
        with_rego = {path.parent for path in paths if path.suffix == ".rego"}
        # The policies come first: then it is known which files hold their examples.
        for path in sorted(paths, key=lambda path: path.suffix != ".rego"):
            relative = path.relative_to(folder.path)
            file = RegoFile(str(relative.as_posix()), folder.display, folder.location, folder.builtin)
            try:
                if path.suffix == ".rego":
                    self._rego(folder, path, file)
                elif path.name.endswith(TWIN):
                    self._twins[f"{path.resolve().parent.name}/{path.name.removesuffix(TWIN)}"] = path
                elif folder.builtin:
                    self._yaml(path, file)
                elif path.stem == "data" or path.parent in with_rego:
                    self._data_file(folder, path, file)
            except _BrokenError as error:
                self._faults.append(error.fault)

    def result(self) -> PolicySet:
        """What was found, sorted."""
        # A Conftest package may be spread over files, and not each of them decides something.
        for file in [file for file in self._libraries if file.package in self._conftest]:
            self._libraries.remove(file)
            self._conftest[file.package].append(file)
        for package, files in self._conftest.items():
            rule = Rule(f"conftest/{package}", f"Conftest policies of package {package}", Severity.ERROR, Severity.ERROR,
                        "The policies say what is wrong. deny and violation are errors, warn is a warning.", _CONFTEST_REMEDY)
            described = Metadata(rule, "conftest")
            self._add(Policy(described, package, tuple(sorted(files, key=lambda file: file.shown))))
        return PolicySet(
            policies=tuple(policy for _id, policy in sorted(self._policies.items())),
            rules=dict(sorted(self._rules.items())),
            libraries=tuple(sorted(self._libraries, key=lambda file: file.shown)),
            tests=tuple(sorted(self._tests, key=lambda file: file.shown)),
            faults=tuple(self._faults),
            examples=self._examples,
            described=self._described,
            data=self._data.tree,
            twins=self._twins,
        )

    def _rego(self, folder: PolicyFolder, path: Path, file: RegoFile) -> None:
        text = _readable(folder, path, file)
        file = scan(text, file)
        if file.problem:
            raise _BrokenError(file, file.problem, 1)
        if path.name.endswith("_test.rego"):
            self._tests.append(file)
            return
        described = self._metadata(file)
        category, stem = path.resolve().parent.name, path.stem
        rule_id = f"{category}/{stem}".replace("_", "-")
        if described is None or not metadata.has_scope(described[0]):
            self._other(file)
        elif folder.rego:
            # The rule is known before anything else can be wrong, so that the configuration may speak of it.
            document, root = described
            self._our(document, root, rule_id, f"{OUR_PACKAGE}.{category}.{stem}".replace("-", "_"), file, path)

    def _our(self, document: object, root: Origin, rule_id: str, package: str, file: RegoFile, path: Path) -> None:
        try:
            described = metadata.read(document, rule_id, root)
        except MetadataError as error:
            self._rules.setdefault(rule_id, Rule(rule_id, rule_id, Severity.ERROR, Severity.ERROR))
            raise _BrokenError(file, error.message, error.origin.line if error.origin else 1) from None
        known = self._policies.get(rule_id)
        if known is not None and not known.builtin:
            raise _BrokenError(file, f"the rule {rule_id} is already defined in {known.files[0].shown}", file.line)
        if rule_id in self._rules and known is None:
            raise _BrokenError(file, f"the rule {rule_id} is built in and is no policy; choose another name", file.line)
        self._described[rule_id] = described
        self._rules[rule_id] = described.rule
        self._policies.pop(rule_id, None)
        self._examples.pop(rule_id, None)
        examples = path.with_suffix(".yaml")
        if examples.is_file():
            self._examples[rule_id] = examples
        if file.package != package:
            raise _BrokenError(file, f"the package of {rule_id} must be {package}, from its place", file.line)
        self._policies[rule_id] = Policy(described, package, (file,), file.builtin)

    def _other(self, file: RegoFile) -> None:
        """A library or a Conftest policy."""
        ours = file.package == OUR_PACKAGE or file.package.startswith(OUR_PACKAGE + ".")
        if file.package.startswith(_LIBRARIES):
            if not file.builtin and any(known.builtin and known.package == file.package for known in self._libraries):
                raise _BrokenError(file, f"the package {file.package} is built in; choose another name", file.line)
            self._libraries.append(file)
        elif ours and file.decides:
            raise _BrokenError(file, "a policy of this package needs METADATA with custom.scope before the package", file.line)
        elif file.decides:
            self._conftest.setdefault(file.package, []).append(file)
        else:
            self._libraries.append(file)

    def _metadata(self, file: RegoFile) -> tuple[object, Origin] | None:
        if not file.metadata_line:
            return None
        start = Origin(file.shown, file.metadata_line, 1, block=2)
        try:
            stream = parse_embedded(file.metadata, start)
            documents = stream.load(Dialect.MANIFEST)
        except SourceError as error:
            raise _BrokenError(file, f"METADATA: {error.message}", error.line) from None
        root = Origin(file.shown, file.metadata_line, 1)
        return (documents[0] if documents else None), root

    def _data_file(self, folder: PolicyFolder, path: Path, file: RegoFile) -> None:
        """A JSON or YAML file of a folder that is not built in."""
        if path in self._examples.values():
            return
        content = _content(folder, path, file)
        if path.suffix == ".yaml" and path.with_suffix(".rego").is_file() and has_examples(content, file.shown):
            return  # of a policy that can't be used
        try:
            self._data.add(content, file.name, file.shown)
        except DataError as error:
            raise _BrokenError(replace(file, text=content.decode(errors="replace")), error.message, error.line) from None

    def _yaml(self, path: Path, file: RegoFile) -> None:
        """A rule that is not written in Rego."""
        if path.suffix != ".yaml" or path.with_suffix(".rego").is_file():
            return
        rule_id = f"{path.parent.name}/{path.stem}".replace("_", "-")
        try:
            documents = parse(path.read_bytes(), file.shown).load(Dialect.MANIFEST)
            document = documents[0] if documents else None
            if not isinstance(document, dict) or "metadata" not in document:
                return
            described = metadata.read(document["metadata"], rule_id)
        except SourceError as error:
            raise _BrokenError(file, error.message, error.line) from None
        except MetadataError as error:
            raise _BrokenError(file, error.message, error.origin.line if error.origin else 1) from None
        self._rules[rule_id] = described.rule
        self._described[rule_id] = described
        self._examples[rule_id] = path

    def _add(self, policy: Policy) -> None:
        self._policies[policy.id] = policy
        self._rules[policy.id] = policy.metadata.rule
        self._described[policy.id] = policy.metadata


class _BrokenError(Exception):
    """A file that can't be used."""

    def __init__(self, file: RegoFile, message: str, line: int) -> None:
        super().__init__(message)
        self.fault = file.fault(POLICY_ERROR, message, line)


def _walk(folder: Path) -> Iterator[Path]:
    for base, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if name.endswith((".rego", *SUFFIXES)) and not name.startswith("."):
                yield Path(base, name)


def _readable(folder: PolicyFolder, path: Path, file: RegoFile) -> str:
    """The text of a Rego file that lies in its folder, is a plain file and not too large."""
    try:
        return decode(_content(folder, path, file), file.shown)
    except SourceError as error:
        raise _BrokenError(file, error.message, error.line) from None


def _content(folder: PolicyFolder, path: Path, file: RegoFile) -> bytes:
    if not path.resolve().is_relative_to(folder.path.resolve()):
        raise _BrokenError(file, "the link leaves the folder of policies", 1)
    data = read_text(path)
    if data is None:
        raise _BrokenError(file, f"not a plain file of at most {MAX_BYTES // 1000} kB", 1)
    return data
