# METADATA
# title: Production and staging are not built alike
# description: >-
#   What staging tried is not what production runs where one of them has a probe, a security context or a field of it, an environment
#   variable, a volume, a port, a container, a PodDisruptionBudget, a HorizontalPodAutoscaler or a NetworkPolicy that the other one
#   lacks. Only what is there is compared, never its values, and neither replicas, resources, hosts, namespaces nor images. Staging and
#   production are two targets with the same path but for the environment; workloads are paired by kind and name without it. `allow`
#   holds globs of fields that may differ, such as containers/*/env/DEBUG, containers/proxy or HorizontalPodAutoscaler/*.
# related_resources:
#   - ref: https://12factor.net/dev-prod-parity
# custom:
#   scope: repository
#   severity: warning
#   remedy: Put it into the base that both share, or allow the difference.
#   parameters: {allow: []}
package gitops_guard.promotion.parity

deny contains object.union(place(pair, difference), related(difference)) if {
	some pair in input.history.pairs
	some difference in pair.differences
	not within(pair, difference)
	not allowed(difference)
}

place(pair, difference) := {
	"target": pair.production, "resource": difference.object, "path": difference.path,
	"msg": sprintf("%s %s", [difference.field, words[difference.only]]),
}

words := {"production": "is in production and not in staging", "staging": "is in staging and not in production"}

related(difference) := {"related": [{"file": difference.file, "line": difference.line, "column": difference.column, "msg": "staging has it here"}]} if {
	difference.only == "staging"
} else := {}

# What comes or goes with a container, or with a whole security context, is no fault of its own.
within(pair, difference) if {
	some other in pair.differences
	other.object == difference.object
	other.only == difference.only
	startswith(difference.field, concat("", [other.field, "/"]))
}

allowed(difference) if {
	some pattern in input.parameters.allow
	is_string(pattern)
	glob.match(pattern, ["/"], difference.field)
}

# A pattern of a container or a context takes in what belongs to it.
allowed(difference) if {
	some pattern in input.parameters.allow
	is_string(pattern)
	glob.match(concat("", [pattern, "/**"]), ["/"], difference.field)
}
