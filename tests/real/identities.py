"""Who writes to the cluster of the tests: controllers, people, and names that only look like a controller's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """`user` and `groups` as the API server hands them to admission; `system:authenticated` it adds itself."""

    user: str
    groups: tuple[str, ...] = ()


def service_account(namespace: str, name: str) -> Identity:
    return Identity(f"system:serviceaccount:{namespace}:{name}", ("system:serviceaccounts", f"system:serviceaccounts:{namespace}"))


# kube-controller-manager gives each of its controllers a service account of that name, and uses it where it is started with
# --use-service-account-credentials; else all of them are the user system:kube-controller-manager.
CONTROL_PLANE = (
    "clusterrole-aggregation-controller", "cronjob-controller", "daemon-set-controller", "deployment-controller", "disruption-controller",
    "endpoint-controller", "endpointslice-controller", "generic-garbage-collector", "horizontal-pod-autoscaler", "job-controller",
    "legacy-service-account-token-cleaner", "namespace-controller", "persistent-volume-binder", "pv-protection-controller",
    "pvc-protection-controller", "replicaset-controller", "replication-controller", "resourcequota-controller", "root-ca-cert-publisher",
    "service-account-controller", "service-controller", "statefulset-controller", "storage-version-migrator-controller",
    "ttl-after-finished-controller",
)

IDENTITIES: dict[str, Identity] = {
    # Past RBAC altogether, not past admission.
    "root": Identity("root", ("system:masters",)),
    # People.
    "alice": Identity("alice", ("developers",)),
    "carol": Identity("carol", ("developers", "gitops-breakglass")),
    "ci": Identity("ci-deployer", ("pipelines",)),
    # Argo CD: the controller, the server (buttons of the UI), a remote cluster's account, an impersonated account of a project.
    "argocd-controller": service_account("argocd", "argocd-application-controller"),
    "argocd-server": service_account("argocd", "argocd-server"),
    "argocd-manager": service_account("kube-system", "argocd-manager"),
    "argocd-project": service_account("shop", "argocd-deployer"),
    # Flux: the controllers, a tenant's account (spec.serviceAccountName).
    "kustomize-controller": service_account("flux-system", "kustomize-controller"),
    "helm-controller": service_account("flux-system", "helm-controller"),
    "flux-tenant": service_account("shop", "flux-deployer"),
    # The control plane.
    "kube-controller-manager": Identity("system:kube-controller-manager"),
    "kube-scheduler": Identity("system:kube-scheduler"),
    "node": Identity("system:node:worker-1", ("system:nodes",)),
    "addon-manager": Identity("system:addon-manager"),
    **{name: service_account("kube-system", name) for name in CONTROL_PLANE},
    # Operators.
    "cert-manager": service_account("cert-manager", "cert-manager"),
    "cainjector": service_account("cert-manager", "cert-manager-cainjector"),
    "external-secrets": service_account("external-secrets", "external-secrets"),
    "gatekeeper": service_account("gatekeeper-system", "gatekeeper-admin"),
    # Names that begin, end or read like a controller's, and are nobody's.
    "evil-namespace": service_account("argocd-evil", "argocd-application-controller"),
    "evil-name": service_account("argocd", "argocd-application-controller-evil"),
    "evil-flux": service_account("flux-system-evil", "kustomize-controller"),
    "evil-user": Identity("argocd-application-controller", ("system:serviceaccounts:argocd",)),
    "evil-group": Identity("mallory", ("gitops-breakglass-readers",)),
    "kube-system-pod": service_account("kube-system", "metrics-agent"),
    # Without any right but those that a test gives them.
    "drift": service_account("gitops-guard", "gitops-guard-drift"),
    "nobody": Identity("nobody"),
}

POWERLESS = frozenset({"drift", "nobody"})


def tokens() -> dict[str, str]:
    """A bearer token for each name."""
    return {name: f"token-of-{name}" for name in IDENTITIES}


def token_file() -> str:
    """What `--token-auth-file` reads: token, user, uid and, where there are some, groups (an empty column is a group without a name)."""
    given = tokens()
    return "".join(f"{given[name]},{who.user},{number}" + (f',"{",".join(who.groups)}"' if who.groups else "") + "\n"
                   for number, (name, who) in enumerate(IDENTITIES.items(), start=1))


def every_right() -> dict[str, object]:
    """A binding that gives everybody every right, so that a refusal is never RBAC's: what is tested decides alone."""
    users = sorted(who.user for name, who in IDENTITIES.items() if name not in POWERLESS)
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "test-identities"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user} for user in users],
    }
