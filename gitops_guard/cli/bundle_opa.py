"""`gitops-guard bundle --target opa`: the archive, its signature, and what the real program says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..bundle import Admission, archive, signing
from ..bundle.install import install_set
from ..bundling import for_opa
from ..config import Config
from ..errors import UsageError
from ..opa_program import answers, program
from ..origin import Map
from ..policy import PolicySet
from ..trials.samples import documents
from ..verifying import compared, embedded
from .bundle_verify import asked, counts, is_json, shown, table, tell
from .writing import write_folder, write_whole

_TOO_LARGE = 100_000


@dataclass(frozen=True)
class Key:
    """What a bundle is signed with."""

    data: bytes = field(repr=False)
    algorithm: str
    name: str | None

    @property
    def verifying(self) -> tuple[str, str]:
        """(algorithm, key) for whoever verifies."""
        return self.algorithm, signing.public_key(self.data, self.algorithm) or self.data.decode()


def read_key(path: str | None, algorithm: str, name: str | None) -> Key | None:
    """The key of --signing-key. Raises UsageError where it can't be read; nothing of it is ever shown."""
    if algorithm not in signing.ALGORITHMS:
        raise UsageError(f"--signing-alg {algorithm!r}: there are {', '.join(signing.ALGORITHMS)}")
    if path is None:
        if name is not None:
            raise UsageError("--signing-key-id is a name for --signing-key; add it")
        return None
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(_TOO_LARGE + 1)
    except OSError as error:
        raise UsageError(f"--signing-key {path!r} can't be read: {error.strerror}") from None
    if len(data) > _TOO_LARGE:
        raise UsageError(f"--signing-key {path!r} is too large for a key")
    if algorithm.startswith(signing.SHARED):
        data = data.rstrip(b"\r\n")  # an editor's, and no part of the secret
    return Key(data, algorithm, name)


def write(policies: PolicySet, found: Admission, config: Config, key: Key | None, output: Path,
          install: tuple[Path, str] | None = None) -> tuple[str, ...]:
    """Write the bundle, and what installs it into a folder, with this image of OPA; what has to be told about it.

    Raises UsageError.
    """
    made = for_opa(policies, found, config)
    files = dict(made.files)
    if key is not None:
        files[signing.SIGNATURES] = signing.signatures(made.files, key.data, key.algorithm, key.name)
    packed = archive.packed({path: text.encode() for path, text in files.items()})
    if install is not None:
        folder, image = install
        if key is not None and key.algorithm.startswith(signing.SHARED):
            raise UsageError(f"--install: {key.algorithm} is verified by the secret itself, which belongs into no manifest; "
                             "sign with an RS, PS or ES algorithm")
        verifying = None if key is None else key.verifying
        texts = install_set(found, config.admission, packed, made, image, verifying)
        write_folder(folder, {path: text.encode() for path, text in texts.items()})
    write_whole(output, packed)
    return made.notes


def verify(policies: PolicySet, found: Admission, config: Config, key: Key | None, output: Path,
           objects: Sequence[tuple[str, Map]], today: str) -> int:
    """Compare what the real opa makes of the written bundle with the embedded engine; print both counts; the exit code.

    Raises ToolError where there is no opa, or it does not take the bundle.
    """
    path = program()
    examples = list(documents(policies, found.rules))
    cases = asked(examples, objects)
    fit = [case for case in cases if is_json(case.review)]
    settings, told = shown(config.admission)
    ours = embedded(policies, found, settings, fit, today)
    theirs = answers(path, output.read_bytes(), [case.review for case in fit], None if key is None else key.verifying)
    apart = compared(fit, ours, theirs)
    tell("opa", apart)
    table({
        "examples": len(examples),
        "objects of the repository": len(objects),
        **counts(ours, told),
        "not judged (no JSON)": len(cases) - len(fit),
        "disagreements": len(apart),
    })
    return 1 if apart else 0
