"""What `bundle --target gatekeeper` writes, in the real gator: every example, and every object of the corpus, as `check` judges them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import manual_deploys
import pytest
from click.testing import CliRunner
from cluster import Cluster
from corpus import builtin, key, objects, resources, tell
from recording_webhook import recording
from spoiling import spoil

from gitops_guard.bundle import names
from gitops_guard.bundle.suite import SUITE
from gitops_guard.bundle.verdict import in_one_line
from gitops_guard.cli import cli
from gitops_guard.evaluate import Subjects, evaluate
from gitops_guard.gator_program import suite
from gitops_guard.policy import POLICY_ERROR
from gitops_guard.re2 import quoted

pytestmark = pytest.mark.real

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ARGOCD = "system:serviceaccount:argocd:argocd-application-controller"
# Every rule an error, so that everything that it finds counts; nothing is exempt.
CONFIG = f"""\
rules:
  "*/*": {{severity: error}}
  admission/manual-deploy: {{parameters: {{identities: ['{ARGOCD}']}}}}
admission: {{exempt-namespaces: []}}
"""
GATEKEEPERS_OWN = ("templates.gatekeeper.sh", "constraints.gatekeeper.sh", "expansion.gatekeeper.sh", "mutations.gatekeeper.sh")
"""gator takes these for its own, not for objects."""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled(tmp_path_factory.mktemp("gatekeeper"), CONFIG)


def bundled(folder: Path, config: str) -> Path:
    (folder / "config.yaml").write_text(config)
    done = CliRunner().invoke(cli, ["bundle", "--target", "gatekeeper", "-o", str(folder / "out"), "--config", str(folder / "config.yaml"),
                                    "--root", str(folder)])
    assert done.exit_code == 0, done.stderr
    return folder / "out"


def gator(tool: Any, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(tool("gator")), *args], capture_output=True, text=True, timeout=500, check=False)


def test_the_suite_passes(tool: Any, output: Path) -> None:
    done = gator(tool, "verify", f"{output}/...", "--verbose")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    tell(f"{done.stdout.count('--- PASS')} tests and cases of gator verify")


def test_a_suite_can_fail(tool: Any, output: Path, tmp_path: Path) -> None:
    """Else its passing would say nothing."""
    text = (output / "suite.yaml").read_text()
    spoilt = output / "spoilt.yaml"
    spoilt.write_text(text.replace("has no tag, which means latest", "has another tag"))
    try:
        done = gator(tool, "verify", str(spoilt))
    finally:
        spoilt.unlink()
    assert done.returncode != 0


def test_equal_verdicts_on_every_object(tool: Any, output: Path, tmp_path: Path) -> None:
    found = tuple(one for one in objects() if one["apiVersion"].rpartition("/")[0] not in GATEKEEPERS_OWN)
    rules = [path.stem for path in (output / "constraints").iterdir()]
    ids = [rule for rule in builtin().rules if rule.replace("/", "-") in rules and not rule.startswith("admission/")]
    assert len(ids) == 4
    judged = evaluate(builtin(), Subjects(resources(found)), enabled=ids)
    assert not [fault for fault in judged.faults if fault.rule == POLICY_ERROR]
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fault in judged.faults:
        assert fault.resource is not None
        wanted[key(fault.resource.body), fault.rule].add(in_one_line(fault.message))

    # As JSON: YAML has no surrogates, and no control characters that stand for themselves.
    asked = tmp_path / "objects"
    asked.mkdir()
    for number, one in enumerate(found):
        (asked / f"{number}.json").write_text(json.dumps(one))
    done = gator(tool, "test", "-f", str(output / "templates"), "-f", str(output / "constraints"), "-f", str(asked), "-o", "json")
    assert done.returncode == 1, done.stderr
    got: dict[tuple[str, str], set[str]] = defaultdict(set)
    for result in json.loads(done.stdout):
        got[key(result["violatingObject"]), result["metadata"]["details"]["rule"]].add(result["msg"])
    differing = {where for where in wanted.keys() | got.keys() if wanted.get(where) != got.get(where)}
    assert not differing, [(where[1], where[0][:300], wanted.get(where), got.get(where)) for where in sorted(differing)[:3]]
    by_rule = Counter(rule for _object, rule in got)
    assert set(by_rule) == set(ids), by_rule
    tell(f"{len(found)} distinct objects, {len(ids)} rules, denied: {dict(by_rule)}, 0 disagreements")


def test_manual_deploys(tool: Any, cluster: Cluster, tmp_path: Path) -> None:
    """The table that the webhook and the API server have, too: of each row what a real API server asks a webhook, put to gator."""
    folder = bundled(tmp_path, manual_deploys.CONFIG)
    rows = table(cluster)
    assert len({tried.title for tried, _name, _review in rows}) == len({tried.title for tried in manual_deploys.ATTEMPTS}) > 100
    path = names.dashed(manual_deploys.RULE)
    tests = [{"name": end or "refused", "template": "templates/k8sblockmanualdeploys.yaml", "constraint": f"constraints/{path}{end}.yaml",
              "cases": [a_case(folder, number, *row, wanted=row[0].warned if end else not row[0].allowed) for number, row in enumerate(rows)]}
             for end in ("", "-warnings")]
    (folder / SUITE).write_text(json.dumps({"apiVersion": "test.gatekeeper.sh/v1alpha1", "kind": "Suite", "metadata": {"name": "table"}, "tests": tests}))
    done = suite(str(tool("gator")), folder)
    assert done.failed == ()
    assert done.passed == 2 * len(rows)
    tell(f"{len(rows)} requests of {len(manual_deploys.ATTEMPTS)} attempts, {sum(not tried.allowed for tried, _name, _review in rows)} of them refused, {sum(tried.warned for tried, _name, _review in rows)} told")


def table(cluster: Cluster) -> list[tuple[manual_deploys.Attempt, str, Any]]:
    """Each attempt, what its object is called, and the AdmissionReview about it. Nobody refuses anything meanwhile."""
    manual_deploys.prepare(cluster)
    rows = []
    with recording(cluster, [manual_deploys.PRODUCTION, manual_deploys.DEVELOPMENT]) as seen:
        for number in range(len(manual_deploys.ATTEMPTS)):
            tried, name, answer = manual_deploys.attempt(cluster, number, "gator")
            assert answer.ok, (tried.title, answer.message)
            # What is changed or deleted was made before, which is asked about as well.
            reviews = seen[:] if tried.verb == "create" or tried.fresh else seen[1:]
            assert reviews, tried.title
            # A pod that goes is asked about twice.
            rows += [(tried, name, review) for review in reviews]
            seen.clear()
    return rows


def a_case(folder: Path, number: int, tried: manual_deploys.Attempt, name: str, review: Any, *, wanted: bool) -> dict[str, Any]:
    place = f"samples/table-{number}.json"
    (folder / place).write_text(json.dumps(review))
    message = quoted(manual_deploys.said(tried, name)).replace(quoted("made-"), f"{quoted('made-')}[a-z0-9]{{5}}")
    assertions = [{"violations": 1, "message": f"^{message}$"}] if wanted else []
    return {"name": f"{number} {tried.title}", "object": place, "assertions": [{"violations": int(wanted)}, *assertions]}


def verified(tool: Any, monkeypatch: pytest.MonkeyPatch, folder: Path, *args: str) -> tuple[int, dict[str, int]]:
    """`bundle --verify` of a repository: its exit code, and its table."""
    monkeypatch.setenv("PATH", str(tool("gator").parent), prepend=":")
    done = CliRunner().invoke(cli, ["bundle", "--target", "gatekeeper", "-o", str(folder / "out"), "--verify", *args])
    rows = [line.rsplit(maxsplit=1) for line in done.stdout.splitlines()]
    return done.exit_code, {row[0]: int(row[1]) for row in rows if row and row[-1].isdigit()}


@pytest.mark.parametrize("mode", ["deny", "warn", "dryrun"])
def test_verify_agrees(tool: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str) -> None:
    repository = shutil.copytree(EXAMPLES / "shop", tmp_path / "shop")
    (tmp_path / "config.yaml").write_text(f"{CONFIG}".replace("exempt-namespaces", f"mode: {mode}, exempt-namespaces"))
    code, rows = verified(tool, monkeypatch, tmp_path, "--config", str(tmp_path / "config.yaml"), "--root", str(repository), str(repository))
    assert (code, rows["disagreements"]) == (0, 0)
    assert rows["denied" if mode == "deny" else "recorded" if mode == "dryrun" else "warned"] > 10
    assert rows["objects of the repository"] > 10
    assert rows["requests, by the suite alone"] > 5
    assert rows["cases of the suite"] > rows["examples"] > 10


@pytest.mark.parametrize(("template", "was", "now", "least"), [
    ("gitopsguardimagesunpinnedtag", "is_object(input.review.object)", "is_string(input.review.object)", 5),
    ("gitopsguardimagesunpinnedtag", '"msg": line,', '"msg": upper(line),', 5),
    ("k8sblockmanualdeploys", '"username"], "") != ""', '"username"], "") == "nobody"', 3),
])
def test_verify_finds_a_spoilt_template(tool: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, template: str, was: str, now: str,
                                        least: int) -> None:
    """One that finds nothing where there is a fault, one that words it otherwise, one that only the suite can tell of."""
    spoil(monkeypatch, f"templates/{template}.yaml", was, now)
    (tmp_path / "config.yaml").write_text(CONFIG)
    code, rows = verified(tool, monkeypatch, tmp_path, "--config", str(tmp_path / "config.yaml"), "--root", str(tmp_path))
    assert code == 1
    assert rows["disagreements"] >= least
