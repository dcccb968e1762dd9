"""The words of one shell command -> the command that it really runs: sudo, env, xargs, `bash -c`, ssh and their like taken off.

What each program does with its words: its manual page. Nothing is executed here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh", "ash"})

_MAX_LAYERS = 20
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=.*", re.DOTALL)
_NAME = re.compile(r"\w+(?=[^\w]*\Z)")
_ALIASES = {"kubecolor": "kubectl", "microk8s.kubectl": "kubectl", "helm3": "helm", "tofu": "terraform",
            "docker-compose": "docker", "microk8s.helm": "helm", "microk8s.helm3": "helm"}
TOOLS = frozenset({"kubectl", "oc", "helm", "helmfile", "kustomize", "argocd", "flux", "kargo", "skaffold", "werf", "kapp",
                   "terraform", "terragrunt", "pulumi", "git", "gh", "kind", "k3d", "minikube"})
"""Programs that a variable, a container image or a wrapper may stand for."""

# Programs that run the rest of their words, with their options that take the next word as a value.
_PREFIXES = {
    "sudo": "-u -g -h -p -C -r -t -U -D -R --user --group --chdir", "doas": "-u -C", "time": "-f -o", "nohup": "", "builtin": "",
    "exec": "-a", "command": "", "env": "-u -C --unset --chdir", "nice": "-n --adjustment", "ionice": "-c -n", "setsid": "",
    "stdbuf": "-i -o -e", "unbuffer": "", "timeout": "-s -k --signal --kill-after", "chroot": "", "retry": "-t -d -n",
    "xargs": "-n -P -I -L -s -d -E -a --max-args --max-procs --max-lines --delimiter --arg-file",
    "parallel": "-j --jobs -a --arg-file -I",
}
_WITH_ONE_OPERAND = frozenset({"timeout", "chroot"})
_WITH_DASHES = frozenset({"aws-vault", "op", "doppler", "mise", "rtx", "direnv", "nix", "infisical", "chamber", "teller", "flox",
                          "devbox", "summon", "dotenv", "pixi", "asdf", "saml2aws", "granted", "vault", "with-contenv"})
_TEXT_OPTIONS = {"su": ("-c", "--command"), "nix-shell": ("--run", "--command"), "script": ("-c", "--command"),
                 "flock": ("-c", "--command")}
_SSH_VALUES = frozenset("bcDEeFIiJLlmOopQRSWw")


@dataclass(frozen=True)
class Inner:
    """What a command runs."""

    argv: tuple[str, ...] = ()
    """Its words; empty where only `texts` run."""
    texts: tuple[str, ...] = ()
    """Shell texts that it runs."""
    through: tuple[str, ...] = ()
    """The programs taken off, from the outside in."""


def program(word: str) -> str:
    """The name of the program that a command's first word stands for: no folder, no `.exe`.

    A variable or template that is called like a known tool (`$KUBECTL`, `${{ env.HELM_BIN }}`) stands for it; any other one is
    unknown, so the answer is empty.
    """
    if re.search(r"[$`\ue000]|\{\{|<", word):
        plain = re.sub(r"\A\$?[({]+|[)}]+\Z", "", word).strip()
        tail = plain.rpartition("/")[2]
        if tail and re.fullmatch(r"[\w.-]+", tail) and tail != plain:
            return program(tail)
        name = _NAME.search(plain)
        tool = re.sub(r"_?(bin|cmd|path|exe|cli|command|binary|tool)\Z", "", name.group().lower()) if name else ""
        return tool if tool in TOOLS else ""
    name_only = word.rpartition("/")[2].lower().removesuffix(".exe")
    return _ALIASES.get(name_only, name_only)


def unwrap(words: Sequence[str], runners: Collection[str] = ()) -> Inner:
    """The inmost command. `runners` are functions of the same script that run the words they are given."""
    argv = tuple(words)
    through: list[str] = []
    for _ in range(_MAX_LAYERS):
        if not argv:
            break
        name = program(argv[0])
        text = _text_of(name, argv)
        if text is not None:
            return Inner((), (text,), (*through, name))
        inner = _off(name, argv, runners)
        if inner is None:
            break
        through.append(name)
        argv = inner
    return Inner(argv, tuple(_found_texts(argv)), tuple(through))


def _off(name: str, argv: tuple[str, ...], runners: Collection[str]) -> tuple[str, ...] | None:
    """The words behind one prefix program; None where the command is none."""
    if name in runners or (name == "run" and len(argv) > 1 and program(argv[1]) in TOOLS):
        rest = argv[1:]
        while rest and (rest[0][:1] == "-" or not re.search(r"[A-Za-z]", rest[0])):
            rest = rest[1:]
        return rest if rest and (program(rest[0]) in TOOLS or program(rest[0]) in SHELLS) else None
    if name == "command" and len(argv) > 1 and argv[1] in ("-v", "-V"):
        return None
    if name in _PREFIXES:
        return _after_options(name, argv)
    if name in ("k3s", "microk8s", "k0s", "minikube") and len(argv) > 1 and argv[1] in ("kubectl", "helm", "helm3"):
        return tuple(word for word in argv[1:] if word != "--")
    if name in _WITH_DASHES and "--" in argv:
        return argv[argv.index("--") + 1:]
    if name in ("asdf", "direnv", "poetry", "uv", "bundle", "npx", "nix-shell") and len(argv) > 2:
        for index, word in enumerate(argv[1:4], 1):
            if program(word) in TOOLS:
                return argv[index:]
    if name in ("docker", "podman", "nerdctl", "compose"):
        return _in_container(argv)
    if name in ("busybox", "toybox"):
        return argv[1:]
    return None


def _after_options(name: str, argv: tuple[str, ...]) -> tuple[str, ...]:
    values = _PREFIXES[name].split()
    at = 1
    while at < len(argv):
        word = argv[at]
        if word == "--":
            at += 1
            break
        if word in values:
            at += 2
        elif word.startswith("-") or (name in ("env", "sudo", "doas") and _ASSIGNMENT.fullmatch(word)):
            at += 1
        else:
            break
    if name in _WITH_ONE_OPERAND or (name == "retry" and at < len(argv) and not re.search(r"[A-Za-z]", argv[at])):
        at += 1
    return argv[at:]


def _in_container(argv: tuple[str, ...]) -> tuple[str, ...] | None:
    """`docker run … bitnami/kubectl:1.34 apply …`, `docker exec tools helm upgrade …`: the tool and what follows it."""
    if not {"run", "exec"}.intersection(argv[1:3]):
        return None
    for index, word in enumerate(argv[2:], 2):
        image = re.sub(r"[:@][^/]*\Z", "", word)
        if not word.startswith("-") and argv[index - 1] not in ("--name", "-v", "--volume", "-w", "--workdir", "--network"):
            if program(image) in TOOLS and "=" not in word:
                return (program(image), *argv[index + 1:])
            if program(word) in SHELLS and argv[index + 1:index + 2] and argv[index + 1].startswith("-"):
                return argv[index:]
    return None


def _text_of(name: str, argv: tuple[str, ...]) -> str | None:
    """The shell text that the command runs and nothing else, if it is of that sort."""
    if name in SHELLS:
        for index, word in enumerate(argv[1:], 1):
            if re.fullmatch(r"-[a-z]*c[a-z]*", word):
                rest = [other for other in argv[index + 1:] if not re.fullmatch(r"[-+][a-z]+|pipefail|errexit", other)]
                return rest[0] if rest else None
            if not word.startswith(("-", "+")) and argv[index - 1] not in ("-o", "-O", "+o", "-eo", "-euo", "-exo", "-euxo"):
                return None
        return None
    if name == "eval" or name == "watch":
        words = [word for word in argv[1:] if name == "eval" or not re.fullmatch(r"-.*|\d+(\.\d+)?", word)]
        return " ".join(words) if words else None
    if name == "trap" and len(argv) > 2 and not argv[1].startswith("-"):
        return argv[1]
    if name in _TEXT_OPTIONS:
        for index, word in enumerate(argv[1:-1], 1):
            if word in _TEXT_OPTIONS[name]:
                return argv[index + 1]
    if name == "sops" and len(argv) > 3 and argv[1] in ("exec-env", "exec-file"):
        return argv[-1]
    return _over_ssh(argv) if name == "ssh" else None


def _over_ssh(argv: tuple[str, ...]) -> str | None:
    at = 1
    while at < len(argv) and argv[at].startswith("-"):
        at += 2 if argv[at][1:] in _SSH_VALUES else 1
    rest = argv[at + 1:]
    if not rest:
        return None
    return " ".join(rest)


def _found_texts(argv: tuple[str, ...]) -> list[str]:
    """Texts that a command runs beside being one itself: `find -exec`, `az aks command invoke --command`."""
    found: list[str] = []
    if argv[:1] == ("find",):
        for index, word in enumerate(argv):
            if word in ("-exec", "-execdir", "-ok", "-okdir"):
                end = next((at for at in range(index + 1, len(argv)) if argv[at] in (";", "+")), len(argv))
                found.append(" ".join(_quoted(part) for part in argv[index + 1:end]))
    if argv[:4] == ("az", "aks", "command", "invoke"):
        for index, word in enumerate(argv[:-1]):
            if word in ("--command", "-c"):
                found.append(argv[index + 1])
    return found


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'" if re.search(r"[^\w./:=@%+,-]", word) else word


def reads_program(argv: Sequence[str]) -> bool:
    """Whether the command is a shell that takes its program from standard input."""
    if not argv:
        return False
    name = program(argv[0])
    if name == "ssh":
        return _over_ssh(tuple(argv)) is None
    return name in SHELLS and all(word == "-s" or word.startswith(("-", "+")) or argv[index] in ("-o", "-euo", "-eo")
                                  for index, word in enumerate(argv[1:]))
