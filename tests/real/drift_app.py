"""A small shop as Git states it, one file for each object, and the ways in which controllers deploy it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import Cluster, RefusedError

from gitops_guard.scalars import Dialect
from gitops_guard.source import parse

URL = "https://git.example.com/shop/deploy.git"

OBJECTS = {
    "web": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: NAMESPACE
  labels:
    app: web
    tier: front
  annotations:
    team: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      serviceAccountName: web
      containers:
        - name: web
          image: shop/web:1.4.2
          args: [serve, --quiet]
          env:
            - name: LOG_LEVEL
              value: info
            - name: REGION
              value: eu
          ports:
            - name: http
              containerPort: 8080
            - name: metrics
              containerPort: 9090
          resources:
            requests: {cpu: 500m, memory: 1Gi}
            limits:
              memory: 2Gi
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          securityContext:
            readOnlyRootFilesystem: true
          volumeMounts:
            - name: settings
              mountPath: /etc/shop
        - name: proxy
          image: shop/proxy:2.0.0
      volumes:
        - name: settings
          configMap:
            name: settings
""",
    # Without replicas: whoever scales it decides.
    "worker": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
  namespace: NAMESPACE
spec:
  selector:
    matchLabels:
      app: worker
  template:
    metadata:
      labels:
        app: worker
    spec:
      containers:
        - name: worker
          image: shop/worker:1.4.2
          resources:
            limits: {cpu: "1", memory: 0.5Gi}
""",
    "auto": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: auto
  namespace: NAMESPACE
spec:
  replicas: 2
  selector:
    matchLabels:
      app: auto
  template:
    metadata:
      labels:
        app: auto
    spec:
      containers:
        - name: auto
          image: shop/auto:1.4.2
""",
    "hpa": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: auto
  namespace: NAMESPACE
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: auto
  minReplicas: 2
  maxReplicas: 6
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 80
""",
    "db": """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: NAMESPACE
spec:
  serviceName: db
  replicas: 1
  selector:
    matchLabels:
      app: db
  template:
    metadata:
      labels:
        app: db
    spec:
      containers:
        - name: db
          image: shop/db:16.2
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 10Gi
""",
    "service": """\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: NAMESPACE
spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: http
""",
    "settings": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: NAMESPACE
data:
  currency: EUR
  theme: light
""",
    "keys": """\
apiVersion: v1
kind: Secret
metadata:
  name: keys
  namespace: NAMESPACE
type: Opaque
stringData:
  api: from-git-4711
  user: shop
""",
    "ingress": """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: NAMESPACE
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
""",
    "policy": """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: NAMESPACE
spec:
  podSelector:
    matchLabels:
      app: web
  ingress:
    - ports:
        - port: 8080
""",
    "budget": """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
  namespace: NAMESPACE
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app: web
""",
    "role": """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
  namespace: NAMESPACE
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get]
""",
    "account": """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  namespace: NAMESPACE
automountServiceAccountToken: false
""",
    "job": """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: tidy
  namespace: NAMESPACE
spec:
  schedule: 0 3 * * *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: tidy
              image: shop/tidy:1.0.0
""",
    "hook": """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: NAMESPACE
webhooks:
  - name: check.shop.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Ignore
    clientConfig:
      url: https://127.0.0.1:9/check
    rules:
      - apiGroups: [shop.example.com]
        apiVersions: [v1]
        operations: [CREATE]
        resources: [orders]
""",
}


def stated(name: str, namespace: str) -> str:
    """The file of an object."""
    return OBJECTS[name].replace("NAMESPACE", namespace)


def body_of(name: str, namespace: str) -> dict[str, Any]:
    found = parse(stated(name, namespace).encode(), f"{name}.yaml").load(Dialect.MANIFEST)[0]
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def line_of(name: str, text: str) -> int:
    """The line of an object's file that a text stands in: the only one."""
    lines = [number for number, line in enumerate(OBJECTS[name].splitlines(), start=1) if text in line]
    assert len(lines) == 1, (name, text, lines)
    return lines[0]


@dataclass(frozen=True)
class Deployer:
    """A controller, as whom and how it applies, and what it puts on each object."""

    name: str
    identity: str
    manager: str
    client_side: bool = False
    """As Argo CD does by default: a three-way merge with what an annotation says was applied before."""

    def owner(self, space: str) -> str:
        """The object that deploys the folder of a namespace."""
        if self.name == "flux":
            return (f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {space}, namespace: flux-system}}\n"
                    f"spec:\n  interval: 5m\n  path: ./apps/{space}\n  prune: true\n  sourceRef: {{kind: GitRepository, name: shop}}\n")
        return (f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {space}, namespace: argocd}}\n"
                f"spec:\n  project: shop\n  source: {{repoURL: {URL}, path: apps/{space}, targetRevision: HEAD}}\n"
                f"  destination: {{server: https://kubernetes.default.svc, namespace: {space}}}\n"
                "  syncPolicy: {automated: {prune: true, selfHeal: true}}\n")

    def marked(self, body: Mapping[str, Any], space: str) -> dict[str, Any]:
        """An object with what tells whose it is."""
        copy: dict[str, Any] = json.loads(json.dumps(body))
        meta = copy["metadata"]
        if self.name == "flux":
            meta.setdefault("labels", {}).update({"kustomize.toolkit.fluxcd.io/name": space,
                                                  "kustomize.toolkit.fluxcd.io/namespace": "flux-system"})
        else:
            group = copy["apiVersion"].rpartition("/")[0]
            meta.setdefault("annotations", {})["argocd.argoproj.io/tracking-id"] = (
                f"{space}:{group}/{copy['kind']}:{meta.get('namespace', space)}/{meta['name']}")
        return copy

    def apply(self, cluster: Cluster, body: Mapping[str, Any]) -> None:
        if self.client_side:
            cluster.kubectl(self.identity, "apply", f"--field-manager={self.manager}", "-f", "-", given=json.dumps(body))
        elif not (answer := cluster.apply(self.identity, body, manager=self.manager)).ok:
            raise RefusedError(answer.message)


DEPLOYERS = (Deployer("argocd", "argocd-controller", "argocd-controller", client_side=True),
             Deployer("argocd-ssa", "argocd-controller", "argocd-controller"),
             Deployer("flux", "kustomize-controller", "kustomize-controller"))


def write_repository(root: Path, deployer: Deployer, spaces: Mapping[str, tuple[str, ...]]) -> None:
    """A repository with a folder for each namespace, and an owner for each folder; git knows nothing of it."""
    (root / "owners").mkdir(parents=True)
    (root / ".gitops-guard.yaml").write_text(f'repositories: {{"{URL}": .}}\n')
    if deployer.name == "flux":
        (root / "owners/source.yaml").write_text(
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: shop, namespace: flux-system}\n"
            f"spec: {{interval: 1m, url: {URL}, ref: {{branch: main}}}}\n")
    for space, names in spaces.items():
        (root / "owners" / f"{space}.yaml").write_text(deployer.owner(space))
        folder = root / "apps" / space
        folder.mkdir(parents=True)
        for name in names:
            (folder / f"{name}.yaml").write_text(stated(name, space))
