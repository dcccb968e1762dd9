"""API versions that Kubernetes and Flux served once and no longer do, where no bundled schema remembers them.

Facts of the Kubernetes "Deprecated API Migration Guide" and of the Flux controllers' changelogs.
"""

from __future__ import annotations

_WORKLOADS = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "ControllerRevision")
_RBAC = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
_STORAGE = ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")
_REVIEWS = ("LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview")
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

_KUBERNETES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("extensions/v1beta1", "1.16", ("DaemonSet", "Deployment", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet")),
    ("apps/v1beta1", "1.16", _WORKLOADS),
    ("apps/v1beta2", "1.16", _WORKLOADS),
    ("batch/v2alpha1", "1.21", ("CronJob",)),
    ("rbac.authorization.k8s.io/v1alpha1", "1.22", _RBAC),
    ("rbac.authorization.k8s.io/v1beta1", "1.22", _RBAC),
    ("scheduling.k8s.io/v1alpha1", "1.22", ("PriorityClass",)),
    ("scheduling.k8s.io/v1beta1", "1.22", ("PriorityClass",)),
    ("storage.k8s.io/v1beta1", "1.22", _STORAGE),
    ("admissionregistration.k8s.io/v1beta1", "1.22", _WEBHOOKS),
    ("apiextensions.k8s.io/v1beta1", "1.22", ("CustomResourceDefinition",)),
    ("apiregistration.k8s.io/v1beta1", "1.22", ("APIService",)),
    ("authentication.k8s.io/v1beta1", "1.22", ("TokenReview",)),
    ("authorization.k8s.io/v1beta1", "1.22", _REVIEWS),
    ("certificates.k8s.io/v1beta1", "1.22", ("CertificateSigningRequest",)),
    ("coordination.k8s.io/v1beta1", "1.22", ("Lease",)),
    ("extensions/v1beta1", "1.22", ("Ingress",)),
    ("networking.k8s.io/v1beta1", "1.22", ("Ingress", "IngressClass")),
    ("autoscaling/v2beta1", "1.25", ("HorizontalPodAutoscaler",)),
    ("batch/v1beta1", "1.25", ("CronJob",)),
    ("discovery.k8s.io/v1beta1", "1.25", ("EndpointSlice",)),
    ("events.k8s.io/v1beta1", "1.25", ("Event",)),
    ("node.k8s.io/v1beta1", "1.25", ("RuntimeClass",)),
    ("policy/v1beta1", "1.25", ("PodDisruptionBudget", "PodSecurityPolicy")),
)

BEFORE_BUNDLED: dict[tuple[str, str], str] = {
    (api_version, kind): f"Kubernetes {since}" for api_version, since, kinds in _KUBERNETES for kind in kinds
}
"""(apiVersion, kind) -> since when it is gone; every one was gone before the oldest bundled version, or with it."""

_SOURCES = ("Bucket", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository")
_IMAGES = ("ImagePolicy", "ImageRepository", "ImageUpdateAutomation")
_NOTICES = ("Alert", "Provider", "Receiver")

_FLUX_TABLE: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("kustomize.toolkit.fluxcd.io/v1beta1", "2.7", ("Kustomization",), "v1"),
    ("kustomize.toolkit.fluxcd.io/v1beta2", "2.8", ("Kustomization",), "v1"),
    ("helm.toolkit.fluxcd.io/v2beta1", "2.7", ("HelmRelease",), "v2"),
    ("helm.toolkit.fluxcd.io/v2beta2", "2.8", ("HelmRelease",), "v2"),
    ("source.toolkit.fluxcd.io/v1beta1", "2.7", _SOURCES, "v1"),
    ("source.toolkit.fluxcd.io/v1beta2", "2.8", _SOURCES, "v1"),
    ("image.toolkit.fluxcd.io/v1beta1", "2.7", _IMAGES, "v1"),
    ("image.toolkit.fluxcd.io/v1beta2", "2.9", _IMAGES, "v1"),
    ("notification.toolkit.fluxcd.io/v1beta1", "2.7", _NOTICES, "v1beta3"),
    ("notification.toolkit.fluxcd.io/v1beta2", "2.9", ("Alert", "Provider"), "v1beta3"),
    ("notification.toolkit.fluxcd.io/v1beta2", "2.9", ("Receiver",), "v1"),
)

FLUX: dict[tuple[str, str], tuple[str, str]] = {
    (api_version, kind): (f"Flux {since}", f"{api_version.partition('/')[0]}/{new}")
    for api_version, since, kinds, new in _FLUX_TABLE for kind in kinds
}
"""(apiVersion, kind) -> since when it is gone, and its successor. Receiver v1beta1 became v1 as well."""
FLUX["notification.toolkit.fluxcd.io/v1beta1", "Receiver"] = ("Flux 2.7", "notification.toolkit.fluxcd.io/v1")

NO_SUCCESSOR = {
    "PodSecurityPolicy": "use Pod Security Admission: pod-security.kubernetes.io/enforce labels on the namespace",
}
