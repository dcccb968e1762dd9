"""A repository that tries to be more than text (hostile.py), through every format of every command that reports on it."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hostile
import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt
from report.test_graph_mermaid import LINES as MERMAID

from gitops_guard import report
from gitops_guard.cli import cli
from gitops_guard.report import FORMATS, escape
from gitops_guard.report.delta import FORMATS as DELTAS
from gitops_guard.report.graph import FORMATS as GRAPHS
from gitops_guard.report.page.assets import SCRIPT

OUTPUTS = [*(("check", name) for name in FORMATS), *(("check --base", name) for name in FORMATS),
           *(("diff", name) for name in DELTAS), *(("graph", name) for name in GRAPHS)]
ESCAPES = ("visible", "xml", "markdown", "markdown_title", "markdown_words", "xml_line", "workflow_data", "workflow_property", "sarif_message", "json_text")


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    place = tmp_path_factory.mktemp("hostile") / "repo"
    hostile.build(place)
    return place


def printed(repo: Path, folder: Path) -> dict[tuple[str, str], str]:
    """What each command prints in each format; what it says on standard error is found under `stderr`."""
    found, errors = {}, []
    for command, base in (("check", []), ("check --base", ["--base", hostile.BRANCH])):
        files = {name: folder / f"{name}{len(base)}" for name in FORMATS}
        reports = [word for name, path in files.items() for word in ("--report", f"{name}={path}")]
        done = CliRunner().invoke(cli, ["check", str(repo), "--jobs", "1", *base, *reports])
        assert done.exit_code == 1, done.output
        errors.append(done.stderr)
        found.update({(command, name): path.read_text(encoding="utf-8") for name, path in files.items()})
    for command, formats, more in (("diff", DELTAS, ["--base", hostile.BRANCH, "--jobs", "1"]), ("graph", GRAPHS, [])):
        for name in formats:
            done = CliRunner().invoke(cli, [command, str(repo), "--format", name, *more])
            assert done.exit_code == 0, done.output
            errors.append(done.stderr)
            found[command, name] = done.stdout
    return {**found, ("stderr", "text"): "".join(errors)}


@pytest.fixture(scope="module")
def outputs(repo, tmp_path_factory):
    return printed(repo, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def unescaped(repo, tmp_path_factory):
    """The same with all escaping switched off, so that a check that sees nothing is seen."""
    for found in pkgutil.walk_packages(report.__path__, "gitops_guard.report."):
        importlib.import_module(found.name)  # formats are imported when they are asked for, and must be there to be switched off
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            for function in ESCAPES if name.startswith(("gitops_guard.report.", "gitops_guard.cli.check")) else ():
                if hasattr(module, function):
                    patch.setattr(module, function, _raw if function == "json_text" else str)
        for module in ("gitops_guard.report.graph.dot", "gitops_guard.report.graph.mermaid"):
            patch.setattr(sys.modules[module], "_escape", str)
        return printed(repo, tmp_path_factory.mktemp("unescaped"))


def _raw(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize(("command", "name"), [*OUTPUTS, ("stderr", "text")])
def test_it_is_text_and_nothing_more(command, name, outputs):
    text = outputs[command, name]
    assert complaints(name, text) == []


@pytest.mark.parametrize(("command", "name"), OUTPUTS)
def test_every_attack_is_there(command, name, outputs):
    """Or the test before this one proves nothing."""
    text = outputs[command, name]
    assert text.count("pwn") > 20
    # A word of each attack that every way of escaping leaves as it is.
    if name == "github":
        pytest.skip("ten of a kind are all it prints")
    words = {"workflow": "set", "terminal": "31m", "link": "evil", "markup": "GH", "script": "script", "attribute": "autofocus",
             "xml": "DOCTYPE", "graph": "javascript"}
    assert [attack for attack in hostile.ATTACKS if words[attack] not in text] == []


@pytest.mark.parametrize(("command", "name"), OUTPUTS)
def test_the_checks_see_what_is_not_escaped(command, name, unescaped):
    try:
        found = complaints(name, unescaped[command, name])
    except (ValueError, ET.ParseError):
        return  # no JSON, no XML
    assert found


def complaints(name: str, text: str) -> list[str]:
    """What a text does beyond being one."""
    return [*_of_any(text, name), *CHECKS.get(name, lambda _text: [])(text)]


# Control and format characters, line separators; the line end is our own. Mermaid's page keeps `$$` and `fa:` apart by one.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")


def _of_any(text: str, name: str) -> Iterable[str]:
    shown = re.sub("(?<=[$:])\u200b", "", text) if name == "mermaid" else text
    yield from (f"{match.group()!r} after {shown[max(0, match.start() - 40):match.start()]!r}" for match in _UNSEEN.finditer(shown))
    yield from (f"a workflow command: {line[:80]}" for line in shown.split("\n")
                if "##[" in line or (name != "github" and line.lstrip().startswith("::")))


_COMMAND = re.compile(r"::(error|warning|notice) file=[^:,\r]+,line=\d+(,col=\d+)?,title=[\w/-]+::.*")


def _github(text: str) -> Iterable[str]:
    for line in text.splitlines():
        if line.lstrip().startswith("::") and not _COMMAND.fullmatch(line):
            yield line
        if re.search("%(?!0A|25|3A|2C)", line):
            yield f"an escape of our own is none: {line}"
    yield from ("more commands than findings" for _ in range(sum(line.startswith("::") for line in text.split("\n")) - 30))


def _json(text: str) -> Iterable[str]:
    json.loads(text)
    yield from () if text.isascii() else ["not ASCII"]


def _sarif(text: str) -> Iterable[str]:
    run, = json.loads(text)["runs"]
    yield from _json(text)
    for result in run["results"]:
        ids = {str(place["id"]) for place in result.get("relatedLocations", ())}
        links = re.findall(r"(?<!\\)\[(?:\\.|[^\\\[\]])*\]\(([^)]*)\)", result["message"]["text"])
        yield from (f"a link to {link}" for link in links if link not in ids)
    for rule in run["tool"]["driver"]["rules"]:
        if rule["id"] == "house/hostile":
            yield from _markdown(rule["help"]["markdown"])


def _xml(text: str) -> Iterable[str]:
    yield from (tag for tag in {element.tag for element in ET.fromstring(text).iter()}  # noqa: S314 (our own)
                if tag not in ("testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"))
    yield from ["a declaration"] if "<!" in text else []


_MARKUP = re.compile(r"</?(?:details|summary|sub|br|code|b|span)>|<!-- -->|<details open>")


def _markdown(text: str) -> Iterable[str]:
    """As GitHub reads it: tables, bare addresses and HTML are markup; people, issues and formulas are looked for in the text."""
    reader = MarkdownIt("gfm-like")
    reader.linkify.set({"fuzzy_link": False}).add("//", None)  # GitHub wants a scheme, or www
    tokens = reader.parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    for token in [*tokens, *inner]:
        if token.type in ("image", "link_open", "html_block", "html_inline", "code_block", "s_open", "heading_open"):
            known = token.type.startswith("html") and "<" not in _MARKUP.sub("", token.content)
            if not known and not (token.type == "heading_open" and token.level == 0):
                yield f"{token.type}: {token.content or token.attrs}"
    plain = "".join(f"{child.content}\n" if child.type == "text" else "<>" for child in inner)
    plain += "".join(re.sub("<[^>]*>", "<>", token.content) for token in tokens if token.type == "html_block")
    for pattern in (r"(?<![\w`])@\w", r"#\d", r"GH-\d", r"\$[^<\n]+\$", r"www\.\w"):
        yield from (f"GitHub reads {match!r}" for match in re.findall(pattern, plain))
    depth = [1 if "<details" in token.content else -1 for token in tokens if token.type == "html_block" and "details" in token.content
             and ("<details" in token.content) != ("</details" in token.content)]
    yield from ["a fold is closed by another"] if sum(depth) else []


class _Page(HTMLParser):
    """The elements of a page, and what is wrong with them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.scripts: list[str] = []
        self._in = ""

    def handle_starttag(self, tag, attrs):
        self._in = tag
        if tag in ("img", "iframe", "object", "embed", "base", "image", "use", "foreignobject", "animate", "set"):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}={value}>" for name, value in attrs if name.startswith("on") or name in ("style", "src", "srcdoc", "autofocus")
                       or (name in ("href", "xlink:href", "action") and not (value or "").startswith("#") and value != "data:,")]

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        if self._in == "script":
            self.scripts.append(data)

    def handle_comment(self, data):
        self.found.append(f"a comment: {data}")

    def handle_decl(self, decl):
        if decl != "DOCTYPE html":
            self.found.append(decl)


def _html(text: str) -> Iterable[str]:
    page = _Page()
    page.feed(text)
    page.close()
    yield from page.found
    yield from ["not our script alone"] if page.scripts != [SCRIPT] else []
    yield from (f"{count} of <{name}>" for name, count in ((name, text.count(f"<{name}")) for name in ("script", "style")) if count != 1)


def _svg(text: str) -> Iterable[str]:
    known = {"svg", "title", "style", "g", "rect", "path", "text"}
    for element in ET.fromstring(text).iter():  # noqa: S314 (our own)
        name = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        if name not in known or [key for key in element.attrib if key.startswith("on") or "href" in key or key == "style"]:
            yield f"<{name} {element.attrib}>"
    yield from ["a declaration"] if "<!" in text else []


_DOT = re.compile(r'(digraph gitops \{|\}|  (  )?graph \[[^"\[\]]*("Q"[^"\[\]]*)*\]|  subgraph cluster_\d+ \{|  \}'
                  r'|  (node|edge) \[[^"\[\]]*("Q"[^"\[\]]*)*\]|  (  )?n\d+ \[label="Q"[^"\[\]]*("Q"[^"\[\]]*)*\]|  n\d+ -> n\d+( \[[\w=., "]*\])?)')


def _dot(text: str) -> Iterable[str]:
    for line in text.splitlines():
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', '"Q"', line)
        if not _DOT.fullmatch(bare):
            yield bare


def _mermaid(text: str) -> Iterable[str]:
    return (line for line in text[:-1].split("\n") if not MERMAID.fullmatch(line.replace("\u200b", "")))


CHECKS = {"github": _github, "json": _json, "gitlab": _json, "sarif": _sarif, "junit": _xml, "markdown": _markdown, "html": _html,
          "dot": _dot, "mermaid": _mermaid, "svg": _svg}


def test_escaping_has_no_function_that_is_left_out():
    assert {name for name, value in vars(escape).items() if callable(value) and getattr(value, "__module__", "") == escape.__name__
            and not name.startswith("_")} == {*ESCAPES, "uri"}
