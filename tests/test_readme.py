"""What README and examples/README.md show is what happens: each fenced block says, in a comment above it, how it is proven.

`file: PATH` is the text of that file; `run: FOLDER` is a session whose commands are run in a copy of it, and `change: CASE` one in
the repository of a case with two commits; they must print what is shown; `init: SYSTEM` is the file that `gitops-guard init` writes for a CI system (pytest --update-goldens writes all four
anew); `config`, `waiver`, `hook` and `case` are read by what reads them; `shell` is run by tests/test_ci_pages.py, `real: FOLDER` with the real
programs on the PATH by tests/real/test_html_pages.py;
`by hand: WHY` is not run. A block that says nothing fails.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import test_cases
from remotes import repository_of

from gitops_guard import cli, config, waive
from gitops_guard.source import Dialect, parse, plain_comments
from gitops_guard.starting.address import Address
from gitops_guard.starting.systems import SYSTEMS, filled

CHECKOUT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "examples/README.md", "CONTRIBUTING.md", "docs/ci.md", "docs/admission.md")
ADDRESS = Address("https://github.com/acme/gitops-guard", "0123456789abcdef0123456789abcdef01234567", known=True)
"""What the pages call the place that gitops-guard is installed from."""
FENCE = re.compile(r"(?:^ *<!-- (?P<kind>[\w ]+?)(?:: (?P<value>.*?))? -->\n)?^ *```\w*\n(?P<body>.*?)^ *```$",
                   re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Block:
    page: str
    line: int
    kind: str
    value: str
    body: str
    span: tuple[int, int]


def blocks() -> list[Block]:
    found = []
    for page in PAGES:
        text = (CHECKOUT / page).read_text()
        found += [Block(page, text.count("\n", 0, match.start("body")), match["kind"] or "", match["value"] or "", match["body"],
                        match.span("body")) for match in FENCE.finditer(text)]
    return found


def of(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", [pytest.param(block, id=f"{block.page}:{block.line}") for block in blocks()
                                             if block.kind == kind])


def test_every_block_says_how_it_is_proven() -> None:
    known = {"file", "run", "change", "config", "waiver", "hook", "case", "init", "shell", "real", "by hand"}
    assert [f"{block.page}:{block.line}" for block in blocks() if block.kind not in known] == []


def session(commands: list[str], folder: Path) -> str:
    """The commands as a person sees them, with what they print; `folder` is the repository."""
    shown = []
    for command in commands:
        program, *args = shlex.split(command)
        assert program == "gitops-guard", command
        done = subprocess.run([sys.executable, "-m", "gitops_guard", *args], cwd=folder, capture_output=True,
                              text=True, timeout=60, check=False, env={**os.environ, "SOURCE_DATE_EPOCH": "1795219200"})
        assert done.returncode in (0, 1), done.stderr
        shown.append(f"$ {command}\n{done.stdout}")
    return "\n".join(shown)


def proof(block: Block, place: Path) -> str:
    """What the block must show; `place` is a folder for its repository that is not there yet."""
    if block.kind == "file":
        return (CHECKOUT / block.value).read_text()
    if block.kind == "init":
        return filled(SYSTEMS[block.value].template, ADDRESS)
    commands = [line.removeprefix("$ ") for line in block.body.splitlines() if line.startswith("$ ")]
    if block.kind == "change":
        test_cases.prepare(block.value, test_cases.load(block.value), place)
    else:
        repository_of(CHECKOUT / block.value, place)
    return session(commands, place)


@pytest.mark.parametrize("page", PAGES)
def test_files_and_sessions_are_shown_as_they_are(page: str, update_goldens: bool, tmp_path: Path) -> None:
    text = (CHECKOUT / page).read_text()
    shown = [block for block in blocks() if block.page == page and block.kind in ("file", "run", "change", "init")]
    for number, block in enumerate(reversed(shown)):
        got = proof(block, tmp_path / str(number))
        if update_goldens:
            text = text[: block.span[0]] + got + text[block.span[1]:]
        else:
            assert got == block.body, f"{page}:{block.line}: if it should, run pytest tests/test_readme.py --update-goldens"
    if update_goldens:
        (CHECKOUT / page).write_text(text)


def test_the_first_example_says_the_same_in_a_clone(tmp_path: Path) -> None:
    shown = next(block for block in blocks() if block.page == "README.md" and block.value == "examples/first")
    clone = repository_of(CHECKOUT / "examples", tmp_path / "examples")
    assert session(["gitops-guard check --root ."], clone / "first") == shown.body.replace("check", "check --root .", 1)


def test_the_shop_has_the_faults_that_its_page_lists(tmp_path: Path) -> None:
    text = (CHECKOUT / "examples" / "README.md").read_text()
    found = {(place, rule) for place, rule in re.findall(r"^\| `([^`]+)` \| `([a-z-]+/[a-z-]+)` \|", text, re.MULTILINE)}
    done = subprocess.run([sys.executable, "-m", "gitops_guard", "check", "--format", "json"], capture_output=True,
                          cwd=repository_of(CHECKOUT / "examples" / "shop", tmp_path / "shop"), text=True, timeout=60, check=False)
    findings = json.loads(done.stdout)["findings"]
    assert {(finding["location"]["file"], finding["rule"]) for finding in findings if not finding["waiver"]} == found
    assert len([finding for finding in findings if finding["waiver"]]) == 3


@of("config")
def test_the_configuration_is_one(block: Block) -> None:
    assert config.load(block.body).waivers


@of("waiver")
def test_the_waiver_is_one(block: Block) -> None:
    (waiver,) = waive.inline("deployment.yaml", plain_comments(block.body))
    assert waiver.rules
    assert waiver.reason
    assert waiver.expires


@of("case")
def test_the_case_has_the_keys_of_one(block: Block) -> None:
    known = {field.name for field in dataclasses.fields(test_cases.Case)}
    assert {line.split(" = ")[0].strip() for line in block.body.splitlines()} == known


@of("hook")
def test_the_hook_is_one_of_ours(block: Block) -> None:
    (document,) = parse(block.body.encode(), "hook.yaml").load(Dialect.MANIFEST)
    (hooks,) = parse((CHECKOUT / ".pre-commit-hooks.yaml").read_bytes(), "hooks.yaml").load(Dialect.MANIFEST)
    entries = {hook["id"]: hook["entry"] for hook in hooks}
    assert [entries[hook["id"]] for hook in document["repos"][0]["hooks"]] == ["gitops-guard check --staged"]
    assert entries["gitops-guard-all"] == "gitops-guard check"


def options(command: click.Command) -> set[str]:
    return {"--help", "--version"} | {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_is_named_is_there(page: str) -> None:
    text = (CHECKOUT / page).read_text()
    context = click.Context(cli.cli)
    for command, rest in re.findall(r"gitops-guard (check|render|policies|init|bundle|drift)\b([^`\n]*)", text):
        found = cli.cli.get_command(context, command)
        assert found is not None
        assert set(re.findall(r"--[\w-]+", rest)) <= options(found), rest


@pytest.mark.parametrize("page", [*PAGES, "docs/architecture.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(page: str) -> None:
    path = CHECKOUT / page
    for link in re.findall(r"\]\(([^)#]+)", path.read_text()):
        if "://" not in link:
            assert (path.parent / link).exists(), link
