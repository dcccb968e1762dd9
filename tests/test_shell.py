"""Shell text -> commands: what runs, on which line, and what is only text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_guard import shell


def run(text: str, **more) -> list[tuple[int, str]]:
    return [(command.line, " ".join(command.argv)) for command in shell.parse(text, **more).commands]


@pytest.mark.parametrize(("text", "expected"), [
    ("kubectl apply -f a.yaml # kubectl delete", [(1, "kubectl apply -f a.yaml")]),
    ("# kubectl delete\n\nkubectl get x", [(3, "kubectl get x")]),
    ("a 'b  c' \"d e\" f\\ g $'h\\ti'", [(1, "a b  c d e f g h\ti")]),
    ("kubectl \\\n  apply \\\n  -f x\nb", [(1, "kubectl apply -f x"), (4, "b")]),
    ("a && b || c; d &\ne", [(1, "a"), (1, "b"), (1, "c"), (1, "d"), (2, "e")]),
    ("if a; then\n  b\nelif c; then\n d\nelse\n e\nfi", [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (6, "e")]),
    ("for x in 1 2; do\n  b $x\ndone", [(2, "b $x")]),
    ("case $x in\n  a) b ;;\n  *) c ;;\nesac", [(2, "b"), (3, "c")]),
    ("while read l; do a; done < f", [(1, "read l"), (1, "a")]),
    ("f() { a; }\nf", [(1, "a"), (2, "f")]),
    ("(cd x && a)", [(1, "cd x"), (1, "a")]),
    ("! a", [(1, "a")]),
    ("x=$(a b)", [(1, "a b")]),
    ('echo "$(a)" `b`', [(1, "echo $(a) `b`"), (1, "a"), (1, "b")]),
    ("diff <(a) <(b)", [(1, "diff <(a) <(b)"), (1, "a"), (1, "b")]),
    ('[ "$(a)" = b ] && c', [(1, "a"), (1, "c")]),
    ("echo 'kubectl apply'", [(1, "echo kubectl apply")]),
    ("X=1 Y=2\na", [(2, "a")]),
])
def test_commands_and_lines(text: str, expected: list[tuple[int, str]]) -> None:
    assert run(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("K=kubectl\n$K a", "kubectl a"),
    ("K='kubectl -n x'\n$K a", "kubectl -n x a"),
    ("K='kubectl -n x'\n\"$K\" a", "kubectl -n x a"),
    ("${K:-kubectl} a", "kubectl a"),
    ("A=(-f 'x y')\na \"${A[@]}\"", "a -f x y"),
    ("E=\na $E b", "a b"),
    ("K=a\nK=b\n$K", "$K"),
    ("K=$(a)\n$K b", "$K b"),
    ("if x; then D=--dry-run; fi\na $D", "a $D"),
    ("x && D=--dry-run\na $D", "a $D"),
    ("case x in y) D=--dry-run ;; esac\na $D", "a $D"),
    ("a ${D:---dry-run=client}", "a ${D:---dry-run=client}"),
    ("f() { local D=b; a $D; }", "a b"),
    ('a $X ${Y} "${Z#x}"', "a $X ${Y} ${Z#x}"),
])
def test_variables(text: str, expected: str) -> None:
    assert run(text)[-1][1] == expected


def test_variables_from_outside_and_environment() -> None:
    command = shell.parse("export A=1\nB=2 $K b", variables={"K": "kubectl"}).commands[0]
    assert command.argv == ("kubectl", "b")
    assert dict(command.env) == {"A": "1", "B": "2"}


@pytest.mark.parametrize(("text", "expected"), [
    ("sudo -u root kubectl a", "kubectl a"),
    ("env -i A=b kubectl a", "kubectl a"),
    ("time timeout -s 9 5m kubectl a", "kubectl a"),
    ("xargs -n1 -I{} kubectl delete {}", "kubectl delete {}"),
    ("exec kubectl a", "kubectl a"),
    ("command kubectl a", "kubectl a"),
    ("command -v kubectl", "command -v kubectl"),
    ("docker run --rm -v a:b bitnami/kubectl:1.34 apply", "kubectl apply"),
    ("aws-vault exec prod -- kubectl a", "kubectl a"),
    ("k3s kubectl a", "kubectl a"),
    ('retry() { "$@"; }\nretry 5 kubectl a', "kubectl a"),
    ("echo kubectl a", "echo kubectl a"),
    ("alias k='kubectl a'", "alias k=kubectl a"),
])
def test_programs_that_run_others(text: str, expected: str) -> None:
    assert run(text)[-1][1] == expected


@pytest.mark.parametrize("text", [
    "bash -c 'kubectl a'", 'sh -ec "kubectl a"', "bash -euo pipefail -c 'kubectl a'", 'eval "kubectl a"',
    "ssh -i k host 'kubectl a'",
    "ssh host kubectl a", "trap 'kubectl a' EXIT", "find . -exec kubectl a \\;", "bash <<< 'kubectl a'",
    "echo 'kubectl a' | bash",
    "cat <<E | sh\nkubectl a\nE", "ssh host <<E\nkubectl a\nE", "su -c 'kubectl a' bob", "sops exec-env f 'kubectl a'",
    "az aks command invoke -g x --command 'kubectl a'", "bash <<'E'\nbash -c 'kubectl a'\nE",
])
def test_texts_that_are_run(text: str) -> None:
    assert "kubectl a" in [found for _, found in run(text)]


@pytest.mark.parametrize("text", [
    "cat <<E\nkubectl a\nE", "cat <<'E' > x\nkubectl a\nE", "python <<E\nkubectl a\nE", "echo 'kubectl a' | tee x",
    "bash x.sh <<E\nkubectl a\nE",
    "grep 'kubectl a' x", "x='kubectl a'", "printf 'kubectl a'", "echo kubectl a > x.sh",
])
def test_texts_that_are_not_run(text: str) -> None:
    assert "kubectl a" not in [found for _, found in run(text)]


def test_lines_inside_texts() -> None:
    found = run("a\nbash -c '\n  b\n  c'\nbash <<E\nd\nE")
    assert {(3, "b"), (4, "c"), (6, "d")} <= set(found)


def test_lines_of_the_file() -> None:
    assert run("a\n\nb", lines=[7, 8, 12]) == [(7, "a"), (12, "b")]


@pytest.mark.parametrize(("text", "links"), [
    ("a | b | c", {"a": "b", "b": "c"}),
    ("a \\\n | b", {"a": "b"}),
    ("a <<E | b\nE", {"a": "b"}),
    ("a | b - <<E\nx\nE", {"a": "b"}),
    ("{ a; b; } | c", {"b": "c"}),
    ("a | while read l; do b; done", {"a": "read"}),
    ("a $(x) | b", {"a": "b"}),
    ("a; b", {}),
])
def test_pipes(text: str, links: dict[str, str]) -> None:
    commands = shell.parse(text).commands
    assert {one.argv[0]: commands[one.writes_to].argv[0] for one in commands if one.writes_to is not None} == links


def test_pipeline_and_standard_input() -> None:
    commands = shell.parse("x\na | b -f - <<E\nE\nc < f").commands
    seen = [(one.argv[0], one.pipeline, one.stdin) for one in commands]
    assert seen == [("x", 0, None), ("a", 1, None), ("b", 1, "heredoc"), ("c", 3, "file")]
    assert commands[2].argv == ("b", "-f", "-")


def test_templates_are_words() -> None:
    marks = shell.Marks()
    text = marks.hide("${{ x.y }} a '${{\n z }}'\nb", re.compile(r"\$\{\{.*?\}\}", re.DOTALL))
    assert run(text, marks=marks) == [(1, "${{ x.y }} a ${{\n z }}"), (3, "b")]


@pytest.mark.parametrize(("word", "name"), [
    ("kubectl", "kubectl"), ("/usr/bin/kubectl", "kubectl"), ("kubectl.exe", "kubectl"), ("$KUBECTL", "kubectl"), ("${HELM_BIN}",
     "helm"),
    ("${{ env.KUBECTL }}", "kubectl"), ("{{ kubectl }}", "kubectl"), ("$(KUBECTL)", "kubectl"), ("${BIN}/kubectl", "kubectl"),
    ("$CMD", ""), ("kubectl-neat", "kubectl-neat"), ("tofu", "terraform"), ("$NOT_KUBECTL_X", ""),
])
def test_program(word: str, name: str) -> None:
    assert shell.program(word) == name


@pytest.mark.parametrize("text", ['kubectl a "unclosed\nkubectl b', "if a; then kubectl b", "a ) b", "x=(", "a" * 300_000])
def test_what_is_unreadable_is_said(text: str) -> None:
    assert shell.parse(text).errors


def test_readable_parts_of_an_unreadable_text() -> None:
    script = shell.parse("kubectl a\nfoo ) bar\n")
    assert script.errors
    assert script.commands[0].argv == ("kubectl", "a")


@pytest.mark.parametrize("text", ["$(" * 5_000, "bash -c '" * 500, "{ " * 5_000, "a=(" * 20_000, "eval " * 2_000,
    "sudo " * 5_000])
def test_hostile_texts_end(text: str) -> None:
    begin = time.monotonic()
    shell.parse(text)
    assert time.monotonic() - begin < 10


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="ab $(){}<>|&;'\"\\\n#=`!-EOF\ue0000\ue001", max_size=60))
def test_never_raises(text: str) -> None:
    script = shell.parse(text, [3])
    assert all(one.line == 3 and one.argv for one in script.commands)
    for index, one in enumerate(script.commands):
        assert 0 <= one.pipeline <= index or one.pipeline < len(script.commands)
        assert one.writes_to is None or 0 <= one.writes_to < len(script.commands)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(alphabet="abc'\"\\ $", max_size=8), min_size=1, max_size=5))
def test_quoted_words_come_back(words: list[str]) -> None:
    quoted = ["'" + word.replace("'", "'\\''") + "'" for word in words]
    assert shell.parse("prog " + " ".join(quoted)).commands[0].argv == ("prog", *words)
