package gitops_guard.lib.immutable_test

import data.gitops_guard.lib.immutable

of(version, kind, body) := object.union({"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}, body)

changed(version, kind, before, after) := immutable.changed(of(version, kind, before), of(version, kind, after))

spec(value) := {"spec": value}

test_refused if {
	every case in [
		["apps/v1", "Deployment", spec({"selector": {"matchLabels": {"app": "a"}}}), spec({"selector": {"matchLabels": {"app": "b"}}}), ["spec", "selector", "matchLabels", "app"]],
		["apps/v1", "StatefulSet", spec({"serviceName": "a"}), spec({"serviceName": "b"}), ["spec", "serviceName"]],
		["apps/v1", "StatefulSet", spec({}), spec({"podManagementPolicy": "Parallel"}), ["spec", "podManagementPolicy"]],
		["v1", "Pod", spec({"nodeSelector": {"disk": "ssd"}}), spec({"nodeSelector": {"disk": "hdd"}}), ["spec", "nodeSelector", "disk"]],
		["v1", "Pod", spec({"restartPolicy": "Never"}), spec({}), ["spec", "restartPolicy"]],
		["v1", "Pod", spec({"tolerations": [{"key": "a"}]}), spec({"tolerations": [{"key": "b"}]}), ["spec", "tolerations", 0, "key"]],
		["v1", "Pod", spec({"containers": [{"image": "x:1", "name": "a"}]}), spec({"containers": [{"image": "x:2", "name": "b"}]}), ["spec", "containers", 0, "name"]],
		["batch/v1", "Job", spec({"completions": 1}), spec({"completions": 2}), ["spec", "completions"]],
		["v1", "PersistentVolumeClaim", spec({"storageClassName": "slow"}), spec({"storageClassName": "fast"}), ["spec", "storageClassName"]],
		["v1", "PersistentVolumeClaim", spec({"storageClassName": "slow"}), spec({}), ["spec", "storageClassName"]],
		["v1", "PersistentVolumeClaim", size("2Gi"), size("1Gi"), ["spec", "resources", "requests", "storage"]],
		["v1", "PersistentVolume", spec({"nfs": {"server": "a"}}), spec({"nfs": {"server": "b"}}), ["spec", "nfs", "server"]],
		["v1", "Service", spec({}), spec({"clusterIP": "None"}), ["spec", "clusterIP"]],
		["v1", "Secret", {"type": "Opaque"}, {"type": "kubernetes.io/tls"}, ["type"]],
		["v1", "ConfigMap", {"immutable": true, "data": {"a": "1"}}, {"immutable": true, "data": {"a": "2"}}, ["data", "a"]],
		["v1", "ConfigMap", {"immutable": true, "data": {"a": "1"}}, {"data": {"a": "1"}}, ["immutable"]],
		["rbac.authorization.k8s.io/v1", "RoleBinding", {"roleRef": {"name": "view"}}, {"roleRef": {"name": "edit"}}, ["roleRef", "name"]],
		["storage.k8s.io/v1", "StorageClass", {"provisioner": "a"}, {"provisioner": "b"}, ["provisioner"]],
		["storage.k8s.io/v1", "StorageClass", {"reclaimPolicy": "Retain"}, {}, ["reclaimPolicy"]],
		["scheduling.k8s.io/v1", "PriorityClass", {"value": 1}, {"value": 2}, ["value"]],
		["networking.k8s.io/v1", "IngressClass", spec({"controller": "a/b"}), spec({"controller": "a/c"}), ["spec", "controller"]],
		["node.k8s.io/v1", "RuntimeClass", {"handler": "runc"}, {"handler": "runsc"}, ["handler"]],
		["storage.k8s.io/v1", "CSIDriver", spec({}), spec({"attachRequired": false}), ["spec", "attachRequired"]],
		["apiextensions.k8s.io/v1", "CustomResourceDefinition", spec({"scope": "Cluster"}), spec({"scope": "Namespaced"}), ["spec", "scope"]],
		["apiextensions.k8s.io/v1", "CustomResourceDefinition", spec({"names": {"kind": "A"}}), spec({"names": {"kind": "B"}}), ["spec", "names", "kind"]],
	] {
		changed(case[0], case[1], case[2], case[3]) == {case[4]}
	}
}

size(storage) := spec({"resources": {"requests": {"storage": storage}}})

templates(claim) := spec({"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}]})

sized(storage) := templates({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}})

test_taken if {
	every case in [
		["apps/v1", "StatefulSet", spec({"replicas": 1, "minReadySeconds": 1}), spec({"replicas": 3, "updateStrategy": {"type": "OnDelete"}})],
		["apps/v1", "StatefulSet", spec({}), spec({"podManagementPolicy": "OrderedReady"})],
		["apps/v1", "StatefulSet", sized("1Gi"), sized("1024Mi")],
		["apps/v1", "StatefulSet", templates({"accessModes": []}), templates({"accessModes": [], "volumeMode": "Filesystem"})],
		["apps/v1", "Deployment", spec({"replicas": 1}), spec({"replicas": 2})],
		["batch/v1", "Job", spec({"parallelism": 1}), spec({"parallelism": 2, "completionMode": "NonIndexed", "completions": 1})],
		["batch/v1", "CronJob", spec({"jobTemplate": {"a": 1}}), spec({"jobTemplate": {"a": 2}})],
		["v1", "PersistentVolumeClaim", size("1Gi"), size("2Gi")],
		["v1", "PersistentVolumeClaim", size("1Gi"), size("1024Mi")],
		["v1", "PersistentVolumeClaim", spec({}), spec({"volumeName": "pv-1", "volumeMode": "Filesystem"})],
		["v1", "PersistentVolumeClaim", spec({"accessModes": ["ReadWriteOnce", "ReadOnlyMany"]}), spec({"accessModes": ["ReadOnlyMany", "ReadWriteOnce"]})],
		["v1", "PersistentVolume", spec({"capacity": {"storage": "1Gi"}, "nfs": {"path": "/"}}), spec({"persistentVolumeReclaimPolicy": "Retain", "nfs": {"path": "/"}})],
		["v1", "Service", spec({"clusterIP": "None"}), spec({})],
		["v1", "Service", spec({"type": "ExternalName"}), spec({"type": "ClusterIP", "clusterIP": "10.0.0.7"})],
		["v1", "Service", spec({"type": "ClusterIP"}), spec({"type": "LoadBalancer"})],
		["v1", "Secret", {}, {"type": "Opaque"}],
		["v1", "ConfigMap", {"data": {"a": "1"}}, {"immutable": true, "data": {"a": "2"}}],
		["rbac.authorization.k8s.io/v1", "RoleBinding", {"subjects": []}, {"subjects": [{"kind": "User"}]}],
		["storage.k8s.io/v1", "StorageClass", {}, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}],
		["example.com/v1", "StatefulSet", spec({"serviceName": "a"}), spec({"serviceName": "b"})],
	] {
		changed(case[0], case[1], case[2], case[3]) == set()
	}
}

test_claim_templates if {
	every case in [
		[sized("1Gi"), sized("2Gi"), ["spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage"]],
		[templates({}), templates({"storageClassName": "fast"}), ["spec", "volumeClaimTemplates", 0, "spec", "storageClassName"]],
	] {
		changed("apps/v1", "StatefulSet", case[0], case[1]) == {case[2]}
	}
}

test_quantity_that_is_no_number if {
	changed("v1", "PersistentVolumeClaim", size("1e9"), size("1e9 ")) == set()
}

test_a_pod_may_change if {
	every case in [
		[{"containers": [{"name": "a", "image": "x:1"}]}, {"containers": [{"name": "a", "image": "x:2", "resources": {}}]}],
		[{}, {"tolerations": [{"key": "a"}], "activeDeadlineSeconds": 60, "restartPolicy": "Always"}],
	] {
		found := changed("v1", "Pod", spec(case[0]), spec(case[1]))
		count(found) == 0
	}
}
