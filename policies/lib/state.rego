# Which objects hold state that is lost with them, and what keeps a pruning controller from deleting one.
package gitops_guard.lib.state

import data.gitops_guard.lib.gitops

# Databases, queues and stores, by the API group of their operator; none: every kind of the group but those that only configure.
_databases := {
	"postgresql.cnpg.io": ["Cluster", "Database"],
	"acid.zalan.do": ["postgresql"],
	"postgres-operator.crunchydata.com": ["PostgresCluster"],
	"stackgres.io": ["SGCluster", "SGShardedCluster"],
	"mysql.oracle.com": ["InnoDBCluster"],
	"k8s.mariadb.com": ["MariaDB", "MaxScale", "Database"],
	"mariadb.mmontes.io": ["MariaDB", "Database"],
	"pxc.percona.com": ["PerconaXtraDBCluster"],
	"ps.percona.com": ["PerconaServerMySQL"],
	"psmdb.percona.com": ["PerconaServerMongoDB"],
	"pgv2.percona.com": ["PerconaPGCluster"],
	"mongodbcommunity.mongodb.com": ["MongoDBCommunity"],
	"mongodb.com": ["MongoDB", "MongoDBMultiCluster", "MongoDBOpsManager"],
	"planetscale.com": ["VitessCluster"],
	"crdb.cockroachlabs.com": ["CrdbCluster"],
	"pingcap.com": ["TidbCluster"],
	"couchbase.com": ["CouchbaseCluster", "CouchbaseBucket"],
	"database.arangodb.com": ["ArangoDeployment"],
	"k8ssandra.io": ["K8ssandraCluster"],
	"cassandra.datastax.com": ["CassandraDatacenter"],
	"scylla.scylladb.com": ["ScyllaCluster"],
	"clickhouse.altinity.com": ["ClickHouseInstallation", "ClickHouseKeeperInstallation"],
	"clickhouse-keeper.altinity.com": ["ClickHouseKeeperInstallation"],
	"elasticsearch.k8s.elastic.co": ["Elasticsearch"],
	"opensearch.opster.io": ["OpenSearchCluster"],
	"opensearch.org": ["OpenSearchCluster"],
	"kafka.strimzi.io": ["Kafka", "KafkaNodePool", "KafkaTopic"],
	"rabbitmq.com": ["RabbitmqCluster"],
	"jetstream.nats.io": ["Stream", "KeyValue", "ObjectStore"],
	"redis.redis.opstreelabs.in": ["Redis", "RedisCluster", "RedisReplication"],
	"databases.spotahome.com": ["RedisFailover"],
	"app.redislabs.com": ["RedisEnterpriseCluster", "RedisEnterpriseDatabase"],
	"dragonflydb.io": ["Dragonfly"],
	"etcd.database.coreos.com": ["EtcdCluster"],
	"minio.min.io": ["Tenant"],
	"objectbucket.io": ["ObjectBucketClaim"],
	"ceph.rook.io": ["CephCluster", "CephBlockPool", "CephFilesystem", "CephObjectStore"],
	"longhorn.io": ["Volume"],
	"kubedb.com": [],
}

_configures := {"ProviderConfig", "ProviderConfigUsage", "ClusterProviderConfig", "StoreConfig", "FieldExport", "AdoptedResource"}

# Whether the object holds state. Namespaces and CRDs count only where a rule asks for them.
stateful(object_) if {
	object_.kind in {"PersistentVolumeClaim", "PersistentVolume"}
	gitops.group(object_) == ""
}

stateful(object_) if {
	object_.kind == "StatefulSet"
	gitops.group(object_) == "apps"
	claims := object_.spec.volumeClaimTemplates
	is_array(claims)
	count(claims) > 0
}

stateful(object_) if {
	_custom(object_)
	_is_held(object_, gitops.group(object_))
}

# No operator's objects are in Kubernetes' own groups, nor in those of the commonest controllers.
_custom(object_) if {
	version := object.get(object_, "apiVersion", "")
	is_string(version)
	contains(version, ".")
	not regex.match(`^(?:[a-z.]+\.k8s\.io|(?:helm|kustomize|source|image|notification)\.toolkit\.fluxcd\.io|external-secrets\.io|monitoring\.coreos\.com|cert-manager\.io)/`, version)
}

_is_held(object_, group) if object_.kind in _databases[group]

_is_held(_, group) if _databases[group] == []

# A custom resource that stands for something at a cloud provider, which its operator deletes with it.
_is_held(object_, group) if {
	not object_.kind in _configures
	regex.match(`\.(aws|gcp|azure|azuread)(\.m)?\.upbound\.io$|\.(aws|gcp|azure|alibaba|do)\.crossplane\.io$|\.services\.k8s\.aws$|\.cnrm\.cloud\.google\.com$|\.azure\.com$`, group)
	group != "services.k8s.aws"
}

_is_held(object_, "infra.contrib.fluxcd.io") if {
	object_.kind == "Terraform"
	object_.spec.destroyResourcesOnDeletion == true
}

# What is lost with an object that a change deletes; undefined where nothing is.
loss(object_) := "everything in the namespace goes with it" if {
	object_.kind == "Namespace"
	gitops.group(object_) == ""
}

else := "every object of its kinds goes with it" if {
	object_.kind == "CustomResourceDefinition"
	gitops.group(object_) == "apiextensions.k8s.io"
}

else := "its volumes go with it" if {
	object_.kind == "StatefulSet"
	gitops.group(object_) == "apps"
	object.get(object_, ["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"], "Retain") == "Delete"
}

else := "another one starts with empty volumes" if {
	object_.kind == "StatefulSet"
	gitops.group(object_) == "apps"
}

else := "it holds state" if stateful(object_)

# What an object stands for outlives it: its own policy says so.
survives(object_) if {
	object_.kind == "PersistentVolume"
	object_.spec.persistentVolumeReclaimPolicy == "Retain"
}

survives(object_) if object_.spec.deletionPolicy in {"Orphan", "DoNotTerminate"}

survives(object_) if {
	policies := object_.spec.managementPolicies
	is_array(policies)
	count({"*", "Delete"} & {policy | some policy in policies}) == 0
}

survives(object_) if gitops.annotations(object_)["services.k8s.aws/deletion-policy"] == "retain"

survives(object_) if gitops.annotations(object_)["cnrm.cloud.google.com/deletion-policy"] == "abandon"

survives(object_) if gitops.annotations(object_)["serviceoperator.azure.com/reconcile-policy"] in {"detach-on-delete", "skip"}

# A guard against pruning is written, whether or not this controller honours it: one that does not hold is another rule's.
guarded(object_) if {
	some option in {"Prune=false", "Prune=confirm"}
	option in gitops.sync_options(object_)
}

guarded(object_) if gitops.annotations(object_)["helm.sh/resource-policy"] == "keep"

guarded(object_) if {
	some pair in [["prune", "disabled"], ["reconcile", "disabled"], ["ssa", "Ignore"]]
	count(gitops.switched(object_, "kustomize", pair[0], pair[1])) > 0
}

# Hooks are no resources that a sync could find missing.
guarded(object_) if gitops.annotations(object_)["argocd.argoproj.io/hook"]

guarded(object_) if survives(object_)
