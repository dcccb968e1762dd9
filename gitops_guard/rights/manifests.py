"""Rights -> the manifests of an account that has them, and of a CronJob that compares with its cluster as that account."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .rules import Rights, Rule

NAME = "gitops-guard-drift"
_API = "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class Job:
    """What the CronJob runs."""

    version: str
    """Of gitops-guard."""
    repository: str
    """The URL that it clones."""
    arguments: tuple[str, ...] = ()
    """Of `gitops-guard drift`, beside those that say where the cluster and the reports are."""
    paths: tuple[str, ...] = (".",)
    """What is compared, relative to the root."""
    namespace: str = "gitops-guard"
    schedule: str = "*/30 * * * *"


def manifests(rights: Rights, job: Job) -> str:
    """YAML to apply: a Namespace, a ServiceAccount, its roles and bindings, and the CronJob."""
    parts = [_head(rights), _namespace(job), _account(job)]
    if rights.cluster:
        parts += [_role("ClusterRole", NAME, "", rights.cluster), _binding("ClusterRole", "", job)]
    for namespace, rules in rights.namespaces.items():
        parts += [_role("Role", NAME, namespace, rules), _binding("Role", namespace, job)]
    return "---\n".join([*parts, _cron_job(job)])


def _head(rights: Rights) -> str:
    lines = ["# The rights that comparing this repository with its cluster needs, printed by `gitops-guard drift --rbac`:",
             "# print them again when the repository states another kind, or uses another namespace."]
    if rights.guessed:
        lines += ["# The repository has no CustomResourceDefinition of these, so their names are worked out from their kinds",
                  "# (`kubectl api-resources` has the right ones):", *(f"#   {name}" for name in rights.guessed)]
    return "\n".join(lines) + "\n"


def _namespace(job: Job) -> str:
    return f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {_text(job.namespace)}\n"


def _account(job: Job) -> str:
    return f"apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {NAME}\n  namespace: {_text(job.namespace)}\n"


def _role(kind: str, name: str, namespace: str, rules: Iterable[Rule]) -> str:
    return "".join([f"apiVersion: {_API}/v1\nkind: {kind}\n", _metadata(name, namespace), "rules:\n", *map(_rule, rules)])


def _rule(rule: Rule) -> str:
    return (f"  - apiGroups: [{_text(rule.group)}]\n    resources: [{', '.join(map(_text, rule.resources))}]\n"
            f"    verbs: [{', '.join(rule.verbs)}]\n")


def _binding(kind: str, namespace: str, job: Job) -> str:
    return (f"apiVersion: {_API}/v1\nkind: {kind}Binding\n{_metadata(NAME, namespace)}"
            f"roleRef:\n  apiGroup: {_API}\n  kind: {kind}\n  name: {NAME}\n"
            f"subjects:\n  - kind: ServiceAccount\n    name: {NAME}\n    namespace: {_text(job.namespace)}\n")


def _metadata(name: str, namespace: str) -> str:
    return f"metadata:\n  name: {name}\n" + (f"  namespace: {_text(namespace)}\n" if namespace else "")


def _text(value: str) -> str:
    """A scalar that YAML reads as this text, whatever it holds."""
    plain = value.isascii() and value.replace("-", "").replace(".", "").isalpha() and value.lower() not in _WORDS
    return value if plain and not value.startswith(("-", ".")) else json.dumps(value)


_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "inf", "nan"})


def _cron_job(job: Job) -> str:
    return "".join(_cron_job_lines(job))


def _cron_job_lines(job: Job) -> Iterator[str]:
    yield f"""\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {NAME}
  namespace: {_text(job.namespace)}
spec:
  schedule: {_text(job.schedule)}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 1500
      template:
        metadata:
          labels:
            app.kubernetes.io/name: {NAME}
        spec:
          serviceAccountName: {NAME}
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            runAsGroup: 10001
            fsGroup: 10001
            seccompProfile:
              type: RuntimeDefault
          # A node exporter reads the metrics from a folder of its node: always the same one, else numbers of an earlier run
          # stay behind on another.
          nodeSelector:
            gitops-guard/drift: "true"
          initContainers:
            - name: clone
              image: {_text('gitops-guard:' + job.version)}
              command: [git, clone, --quiet, --filter=blob:none, {_text(job.repository)}, /work/repository]
              env: [{{name: HOME, value: /work}}]
              securityContext: &locked
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: [ALL]
              resources: &small
                requests: {{cpu: 100m, memory: 128Mi}}
                limits: {{memory: 512Mi}}
              volumeMounts:
                - {{name: work, mountPath: /work}}
          containers:
            - name: drift
              image: {_text('gitops-guard:' + job.version)}
              command: [gitops-guard]
              args:
                - drift
                - --root=/work/repository
                - --in-cluster
                - --report=openmetrics=/metrics/gitops-guard-drift.prom
"""
    for argument in job.arguments:
        yield f"                - {_text(argument)}\n"
    for path in job.paths:
        yield f"                - {_text(posixpath.normpath(posixpath.join('/work/repository', path)))}\n"
    yield """\
              env: [{name: HOME, value: /work}, {name: TMPDIR, value: /work}]
              securityContext: *locked
              resources: *small
              volumeMounts:
                - {name: work, mountPath: /work}
                - {name: metrics, mountPath: /metrics}
          volumes:
            - name: work
              emptyDir: {}
            - name: metrics
              hostPath: {path: /var/lib/node_exporter/textfile_collector, type: DirectoryOrCreate}
"""
