"""Cases of whole builds, kept as text: `=== name` begins a case, `== path` a file of it, and the last section says what comes out.

The last section is `== prints` with the output, `== fails FILE:LINE`, or `== unresolved FILE:LINE`; an option may stand behind
the name: `=== name [none]` builds with the load restrictor none, `[folder=overlay]` another folder than the root.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from trees import Link, sources

from gitops_guard.errors import InputError
from gitops_guard.render import Renderer, emit

CASES = Path(__file__).parent / "cases"


@dataclass
class Build:
    name: str
    files: dict[str, str | bytes | Link] = field(default_factory=dict)
    folder: str = "."
    restrictor: str = "root"
    verb: str = ""
    argument: str = ""
    output: str = ""


def load(path: Path) -> list[Build]:
    """The cases of a file."""
    found = []
    for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, *sections = re.split(r"^== (.*)\n", block, flags=re.MULTILINE)
        name, _, options = head.strip().partition(" [")
        case = Build(f"{path.stem}: {name}")
        for option in options.rstrip("]").split() if options else ():
            if option == "none":
                case.restrictor = "none"
            else:
                case.folder = option.removeprefix("folder=")
        for title, text in zip(sections[::2], sections[1::2], strict=True):
            verb, _, argument = title.partition(" ")
            if verb in ("prints", "fails", "unresolved"):
                case.verb, case.argument, case.output = verb, argument, text
            elif verb == "link":
                source, target = argument.split(" -> ")
                case.files[source] = Link(target)
            else:
                case.files[title] = text
        found.append(case)
    return found


def run(case: Build) -> tuple[str, str, str]:
    """What comes out: verb, argument and output as in a case."""
    renderer = Renderer(sources(case.files), load_restrictor=case.restrictor)
    try:
        done = renderer.render(case.folder)
        unresolved = [fault.location for fault in done.faults if fault.rule == "render/unresolved" and fault.location]
        output = emit(done.resources)
    except InputError as error:
        return "fails", f"{error.file}:{error.line}", ""
    if unresolved:
        return "unresolved", " ".join(f"{place.file}:{place.line}" for place in unresolved), output
    return "prints", "", output
