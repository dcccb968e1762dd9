#!/usr/bin/env python3
"""Run the conformance suites and hold their figures against tests/conformance.toml: a ratchet that only goes up.

  conformance.py FOLDER --cmd "gitops-guard" [--only SUITE]

FOLDER holds the scripts that the bars name. A figure below its bar fails the run; a figure above it is printed as what the
bar may be raised to, in the commit that earned it. GITOPS_GUARD_TOOLS names the folder with the real kustomize.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

import tomllib

BARS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "conformance.toml"
TAIL = 60
"""Lines of a suite's own output that are shown when one of its figures is too low."""


def figures(output: str) -> dict[str, float]:
    """The figures that a suite prints, more being better: `robust: 7 of 9 …` is robust = 7, `… exact 97.20 %, …` is exact = 97.2,
    and `without origins 2` is -2."""
    found: dict[str, float] = {}
    for line in output.splitlines():
        if match := re.match(r"([\w-]+): (\d+) of \d+", line):
            found[match[1]] = float(match[2])
        elif line.startswith("provenance: "):
            found.update({name: float(number) for name, number in re.findall(r"(\w+) (\d+(?:\.\d+)?) %", line)})
            found.update({name: 0 - float(number) for name, number in re.findall(r"(without origins) (\d+)", line)})
    return found


def run(folder: pathlib.Path, suite: dict, cmd: str) -> str:
    """What the suite prints. It ends with 1 where anything fails; only its figures count here."""
    words = [word.replace("$TOOLS", os.environ.get("GITOPS_GUARD_TOOLS", "")) for word in suite["run"]]
    done = subprocess.run([sys.executable, str(folder / words[0]), *words[1:], "--cmd", cmd],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cmd", default="gitops-guard")
    parser.add_argument("--only", help="one suite")
    options = parser.parse_args()
    suites = tomllib.loads(BARS.read_text())
    if options.only and options.only not in suites:
        parser.error(f"no suite {options.only}; there are {', '.join(suites)}")
    passed = failed = 0
    for name, suite in suites.items():
        if options.only not in (None, name):
            continue
        began = time.monotonic()
        output = run(options.folder.resolve(), suite, options.cmd)
        print(f"{name} ({time.monotonic() - began:.0f} s)")
        got = figures(output)
        low = False
        for figure, bar in suite["least"].items():
            value = got.get(figure)
            if value is None or value < bar:
                low, failed = True, failed + 1
                word = "NOT PRINTED" if value is None else f"{value:g}  BELOW THE BAR"
            else:
                passed += 1
                word = f"{value:g}" + ("  raise the bar to this" if value > bar else "")
            print(f"  {figure:16s} least {bar:g}, reached {word}")
        for figure in sorted(set(got) - set(suite["least"])):
            print(f"  {figure:16s} no bar,  reached {got[figure]:g}")
        if low:
            print(*(f"    | {line}" for line in output.splitlines()[-TAIL:]), sep="\n")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
