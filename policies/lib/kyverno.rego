# Kyverno's policies: which rules may refuse, what they do, and whom they leave out (kyverno.io/docs, failureAction; api/kyverno/v1).
package gitops_guard.lib.kyverno

# The rules that validate or verify images: what they do, where that is said, and its exceptions by namespace.
checks(policy) := {check |
	some i, rule in object.get(policy, ["spec", "rules"], [])
	is_object(rule)
	some check in _validations(policy, i, rule) | _verifications(policy, i, rule)
}

_validations(policy, i, rule) := {_check(policy, rule, ["spec", "rules", i, "validate"], rule.validate)} if {
	is_object(rule.validate)
} else := set()

_verifications(policy, i, rule) := {_check(policy, rule, ["spec", "rules", i, "verifyImages", j], image) |
	some j, image in object.get(rule, "verifyImages", [])
	is_object(image)
}

# What the rule says wins over what the policy says; without either it audits.
_check(policy, rule, place, body) := {
	"name": object.get(rule, "name", ""),
	"action": lower(body.failureAction),
	"path": array.concat(place, ["failureAction"]),
	"overrides": object.get(body, "failureActionOverrides", []),
	"overridden_at": array.concat(place, ["failureActionOverrides"]),
} if {
	is_string(body.failureAction)
} else := {
	"name": object.get(rule, "name", ""),
	"action": lower(object.get(policy, ["spec", "validationFailureAction"], "audit")),
	"path": ["spec", "validationFailureAction"],
	"overrides": array.concat(object.get(policy, ["spec", "validationFailureActionOverrides"], []), object.get(body, "failureActionOverrides", [])),
	"overridden_at": ["spec", "validationFailureActionOverrides"],
}

# The namespaces that a policy's rules exclude.
exclusions(policy) := {{"path": array.concat(["spec", "rules", i, "exclude"], found.path), "namespace": found.namespace} |
	some i, rule in object.get(policy, ["spec", "rules"], [])
	count(checks({"spec": {"rules": [rule]}})) > 0
	some found in _namespaces(object.get(rule, "exclude", {}))
}

# The namespaces that an exception takes whole.
exceptions(exception) := {{"path": array.concat(["spec", "match"], found.path), "namespace": found.namespace} |
	some found in _namespaces(object.get(exception, ["spec", "match"], {}))
}

# In filters without names: those that take everything in a namespace.
_namespaces(filter) := {{"path": [how, i, "resources", "namespaces", j], "namespace": namespace} |
	some how in ["any", "all"]
	some i, entry in object.get(filter, how, [])
	_takes_all(object.get(entry, "resources", {}))
	count(object.keys(entry)) == 1
	some j, namespace in object.get(entry, ["resources", "namespaces"], [])
} | {{"path": ["resources", "namespaces", j], "namespace": namespace} |
	_takes_all(object.get(filter, "resources", {}))
	some j, namespace in object.get(filter, ["resources", "namespaces"], [])
}

_takes_all(resources) if {
	object.get(resources, "names", ["*"]) == ["*"]
	object.get(resources, "name", "*") == "*"
	object.get(resources, "selector", null) == null
	object.get(resources, "annotations", null) == null
}
