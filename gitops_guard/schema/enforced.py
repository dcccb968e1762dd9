"""Where Kubernetes' published definitions and its API server differ, as tables.

They require fields that it does not, and leave out enums that it enforces; the sources are the validation functions and
defaults of the Kubernetes API types.
"""

from __future__ import annotations

NOT_REQUIRED: dict[str, frozenset[str]] = {
    "RoleRef": frozenset({"apiGroup"}),
    "StatefulSetSpec": frozenset({"serviceName"}),
    "NetworkPolicySpec": frozenset({"podSelector"}),
    "EndpointSlice": frozenset({"endpoints"}),
    "PriorityClass": frozenset({"value"}),
    "LimitRangeSpec": frozenset({"limits"}),
    "HTTPHeader": frozenset({"value"}),
    "Role": frozenset({"rules"}),
    "ClusterRole": frozenset({"rules"}),
    "CustomResourceDefinitionStatus": frozenset({"conditions", "acceptedNames", "storedVersions"}),
}
"""By a definition's last name: a zero value, or a default, does as well."""

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_ACCESS = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_VOLUME_MODES = ("Block", "Filesystem")
_SELECTS = ("In", "NotIn", "Exists", "DoesNotExist")
_POLICY_TYPES = ("Fail", "Ignore")
_TRAFFIC = ("Cluster", "Local")

ENUMS: dict[tuple[str, str], tuple[str, ...]] = {
    ("Container", "imagePullPolicy"): ("Always", "IfNotPresent", "Never"),
    ("Container", "terminationMessagePolicy"): ("File", "FallbackToLogsOnError"),
    ("EphemeralContainer", "imagePullPolicy"): ("Always", "IfNotPresent", "Never"),
    ("ContainerPort", "protocol"): _PROTOCOLS,
    ("ServicePort", "protocol"): _PROTOCOLS,
    ("NetworkPolicyPort", "protocol"): _PROTOCOLS,
    ("EndpointPort", "protocol"): _PROTOCOLS,
    ("PodSpec", "restartPolicy"): ("Always", "OnFailure", "Never"),
    ("PodSpec", "dnsPolicy"): ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    ("PodSpec", "preemptionPolicy"): ("Never", "PreemptLowerPriority"),
    ("PodSecurityContext", "fsGroupChangePolicy"): ("OnRootMismatch", "Always"),
    ("SeccompProfile", "type"): ("Localhost", "RuntimeDefault", "Unconfined"),
    ("HTTPGetAction", "scheme"): ("HTTP", "HTTPS"),
    ("Toleration", "effect"): ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    ("Taint", "effect"): ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    ("TopologySpreadConstraint", "whenUnsatisfiable"): ("DoNotSchedule", "ScheduleAnyway"),
    ("LabelSelectorRequirement", "operator"): _SELECTS,
    ("NodeSelectorRequirement", "operator"): (*_SELECTS, "Gt", "Lt"),
    ("HostPathVolumeSource", "type"): (
        "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"),
    ("PersistentVolumeClaimSpec", "accessModes"): _ACCESS,
    ("PersistentVolumeSpec", "accessModes"): _ACCESS,
    ("PersistentVolumeClaimSpec", "volumeMode"): _VOLUME_MODES,
    ("PersistentVolumeSpec", "volumeMode"): _VOLUME_MODES,
    ("PersistentVolumeSpec", "persistentVolumeReclaimPolicy"): ("Retain", "Delete", "Recycle"),
    ("ServiceSpec", "type"): ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    ("ServiceSpec", "sessionAffinity"): ("ClientIP", "None"),
    ("ServiceSpec", "externalTrafficPolicy"): _TRAFFIC,
    ("ServiceSpec", "internalTrafficPolicy"): _TRAFFIC,
    ("ServiceSpec", "ipFamilyPolicy"): ("SingleStack", "PreferDualStack", "RequireDualStack"),
    ("ServiceSpec", "ipFamilies"): ("IPv4", "IPv6"),
    ("DeploymentStrategy", "type"): ("Recreate", "RollingUpdate"),
    ("DaemonSetUpdateStrategy", "type"): ("OnDelete", "RollingUpdate"),
    ("StatefulSetUpdateStrategy", "type"): ("OnDelete", "RollingUpdate"),
    ("StatefulSetSpec", "podManagementPolicy"): ("OrderedReady", "Parallel"),
    ("CronJobSpec", "concurrencyPolicy"): ("Allow", "Forbid", "Replace"),
    ("JobSpec", "completionMode"): ("NonIndexed", "Indexed"),
    ("HTTPIngressPath", "pathType"): ("Exact", "Prefix", "ImplementationSpecific"),
    ("NetworkPolicySpec", "policyTypes"): ("Ingress", "Egress"),
    ("StorageClass", "reclaimPolicy"): ("Retain", "Delete"),
    ("StorageClass", "volumeBindingMode"): ("Immediate", "WaitForFirstConsumer"),
    ("Subject", "kind"): ("ServiceAccount", "User", "Group"),
    ("MutatingWebhook", "failurePolicy"): _POLICY_TYPES,
    ("ValidatingWebhook", "failurePolicy"): _POLICY_TYPES,
    ("ValidatingAdmissionPolicySpec", "failurePolicy"): _POLICY_TYPES,
    ("ValidatingAdmissionPolicyBindingSpec", "validationActions"): ("Deny", "Warn", "Audit"),
    ("PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy"): ("IfHealthyBudget", "AlwaysAllow"),
    ("CustomResourceDefinitionSpec", "scope"): ("Cluster", "Namespaced"),
}
"""By a definition's last name and field; for a list, of its items. Sets that grow behind feature gates are left out."""

LABEL_VALUE = r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
"""The value of a label, at most 63 characters: "Labels and Selectors" in the Kubernetes documentation."""
