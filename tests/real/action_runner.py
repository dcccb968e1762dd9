"""Runs the steps of a composite action as GitHub's runner does: expressions, environment, files of outputs, commands in the log.

What the steps may use of expressions is read here: contexts, literals, `== != && || !`, the functions of a step's state. Actions
(`uses:`) are recorded, not run.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<op>==|!=|&&|\|\||[!(),])|(?P<name>[\w-]+(?:\.[\w-]+)*))")
_COMMAND = re.compile(r"\s*::(?P<name>[\w-]+)(?: (?P<given>.*?))?::(?P<data>.*)")
_FAILED = "failure"


class Expression:
    """One `${{ … }}` (docs.github.com, "Evaluate expressions in workflows and actions")."""

    def __init__(self, text: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[[], bool]]) -> None:
        self.tokens = list(_TOKEN.finditer(text.strip()))
        assert "".join(match.group() for match in self.tokens).strip() == text.strip(), f"not understood: {text}"
        self.contexts, self.functions, self.at = contexts, functions, 0

    def value(self) -> Any:
        found = self.either()
        assert self.at == len(self.tokens)
        return found

    def either(self) -> Any:
        found = self.both()
        while self.take("||"):
            other = self.both()
            found = found or other
        return found

    def both(self) -> Any:
        found = self.compared()
        while self.take("&&"):
            other = self.compared()
            found = found and other
        return found

    def compared(self) -> Any:
        found = self.one()
        for sign in ("==", "!="):
            if self.take(sign):
                return (_plain(found) == _plain(self.one())) is (sign == "==")
        return found

    def one(self) -> Any:
        if self.take("!"):
            return not self.one()
        if self.take("("):
            found = self.either()
            assert self.take(")")
            return found
        token = self.tokens[self.at]
        self.at += 1
        if token["text"] is not None:
            return token["text"][1:-1].replace("''", "'")
        name = token["name"]
        assert name is not None
        if self.take("("):
            assert self.take(")")
            return self.functions[name]()
        if name in ("true", "false"):
            return name == "true"
        node: Any = self.contexts
        for part in name.split("."):
            node = node.get(part) if isinstance(node, Mapping) else None
        return node

    def take(self, sign: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at]["op"] == sign
        self.at += found
        return found


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower()


@dataclass
class Log:
    """What a step printed, and what the runner takes of it for commands (actions/runner, ActionCommand.cs)."""

    text: str = ""
    commands: list[tuple[str, str, str]] = field(default_factory=list)
    """(name, properties, data)"""

    def read(self, text: str) -> None:
        self.text += text
        stopped: str | None = None
        for line in text.splitlines():
            match = _COMMAND.match(line)
            if stopped is not None:
                stopped = None if line.strip() == f"::{stopped}::" else stopped
            elif match and match["name"] == "stop-commands":
                stopped = match["data"]
            elif match:
                self.commands.append((match["name"], match["given"] or "", match["data"]))
            elif "##[" in line:
                self.commands.append(("##[", "", line))
        assert stopped is None, "commands are still stopped at the end of the step"

    def of(self, name: str) -> list[tuple[str, str, str]]:
        return [command for command in self.commands if command[0] == name]


@dataclass
class Run:
    """What a run of an action left behind."""

    code: int = 0
    """The exit code of the step that failed it; 0 where none did."""
    logs: dict[str, Log] = field(default_factory=dict)
    """Step id or name -> its log."""
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Step id -> outputs, outcome, conclusion."""
    used: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Actions that were used, with their inputs."""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> str:
        return "".join(log.text for log in self.logs.values())


class Runner:
    """Runs one action again and again."""

    def __init__(self, action: Path, temp: Path) -> None:
        """`action` is the folder with action.yml; `temp` is RUNNER_TEMP."""
        self.action, self.temp, self.started = action, temp, 0
        self.metadata = yaml.safe_load((action / "action.yml").read_text())

    def run(self, workspace: Path, env: Mapping[str, str], inputs: Mapping[str, str], *, done: Mapping[str, dict[str, Any]] | None = None,
            refused: frozenset[str] = frozenset()) -> Run:
        """Run the steps in a workspace. `done` are steps that an earlier run has made, `refused` those of `uses:` that fail."""
        declared = self.metadata["inputs"]
        assert set(inputs) <= set(declared), "an unknown input"
        run, given = Run(), {name: inputs.get(name, declared[name].get("default", "")) for name in declared}
        for step in self.metadata["runs"]["steps"]:
            name = step.get("id") or step["name"]
            state = {"success": lambda: run.code == 0, "failure": lambda: run.code != 0, "always": lambda: True,
                     "cancelled": lambda: False}

            def expand(text: str, state: Mapping[str, Callable[[], bool]] = state) -> str:
                return re.sub(r"\$\{\{(.*?)\}\}", lambda match: _shown(
                    Expression(match[1], {"inputs": given, "steps": run.steps}, state).value()), str(text))

            if name in (done or {}):
                run.steps[name] = (done or {})[name]
                continue
            condition = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", str(step.get("if", "success()")).strip())
            wanted = Expression(condition, {"inputs": given, "steps": run.steps}, state).value()
            if not re.search(r"\b(always|failure|cancelled|success)\(", condition):
                wanted = wanted and run.code == 0
            if not wanted:
                run.steps[name] = {"outputs": {}, "outcome": "skipped", "conclusion": "skipped"}
                continue
            if "uses" in step:
                run.used.append((step["uses"], {key: expand(value) for key, value in step.get("with", {}).items()}))
                code = int(name in refused)
            else:
                assert "${{" not in step["run"], "an input in a script"
                code = self._script(run, name, step, workspace,
                                    {**env, **{key: expand(value) for key, value in step.get("env", {}).items()}})
            outcome = _FAILED if code else "success"
            run.steps.setdefault(name, {"outputs": {}}).update(outcome=outcome, conclusion=outcome)
            if code and not step.get("continue-on-error"):
                run.code = run.code or code
        run.outputs = {name: _shown(Expression(re.sub(r"^\$\{\{(.*)\}\}$", r"\1", entry["value"]), {"steps": run.steps}, {}).value())
                       for name, entry in self.metadata["outputs"].items()}
        return run

    def _script(self, run: Run, name: str, step: Mapping[str, Any], workspace: Path, env: Mapping[str, str]) -> int:
        assert step["shell"] == "bash"
        self.started += 1
        files = self.temp / "_runner_file_commands" / str(self.started)
        files.mkdir(parents=True)
        script = files / "script.sh"
        script.write_text(step["run"])
        for file in ("output", "summary"):
            (files / file).touch()
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], cwd=workspace, text=True,
                              env={**env, "GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_ACTION_PATH": str(self.action),
                                   "GITHUB_WORKSPACE": str(workspace), "RUNNER_TEMP": str(self.temp), "RUNNER_OS": "Linux",
                                   "GITHUB_OUTPUT": str(files / "output"), "GITHUB_STEP_SUMMARY": str(files / "summary")},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=500, check=False)
        run.logs.setdefault(name, Log()).read(done.stdout)
        run.steps[name] = {"outputs": _outputs((files / "output").read_text())}
        run.summary += (files / "summary").read_text()
        return done.returncode


def _shown(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _outputs(text: str) -> dict[str, str]:
    """What the file GITHUB_OUTPUT says: `name=value`, or `name<<mark`, lines, mark."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, mark = line.split("<<", 1) if "<<" in line.partition("=")[0] else (line.partition("=")[0], "")
        found[name] = "\n".join(iter(lambda mark=mark: next(lines), mark)) if mark else line.partition("=")[2]
    return found
