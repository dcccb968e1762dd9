# METADATA
# title: A credential stands in configuration
# description: >-
#   ConfigMaps, env, arguments, annotations, Helm values, substitutions and parameters are readable by whoever can read the
#   repository, the object or the pod. A value counts by its form (tokens of known makers, a URL with a password, a registry login),
#   anywhere; or by the name of its key (password, client_secret, api_key …) where keys are free: in a ConfigMap and the
#   properties, env, ini, YAML, JSON, XML and program texts inside it, in env and arguments, Helm values, Argo CD parameters, Flux
#   substitutions, and the templates of ExternalSecrets and SealedSecrets. Elsewhere the value must look made by a machine. Names,
#   references, paths, addresses, UUIDs, digests, switches and public keys are no credentials; entropy alone is no evidence. A Secret
#   kept in the last-applied annotation counts. The values of a chart that is not rendered here are read in their files: those that an
#   Application, a HelmRelease or a kustomization names, and a chart's own. `allow_keys` holds globs of keys.
# related_resources:
#   - ref: https://kubernetes.io/docs/concepts/configuration/secret/
#   - ref: https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/
# custom:
#   scope: resource
#   severity: error
#   mentions: ['"form":"']
#   security_severity: "7.5"
#   remedy: Change the credential where it is used, keep it in an encrypted or external Secret, and refer to that (secretKeyRef, valuesFrom, substituteFrom).
#   parameters: {allow_keys: []}
package gitops_guard.secrets.credential_in_config

import data.gitops_guard.lib.result
import data.gitops_guard.lib.secrets

deny contains fault if {
	some place, whats in found
	fault := place_of(place, min(whats))
}

# What stands at each place; several reasons for one place are one fault.
found[place] contains msg if {
	some pair in input.facts.embedded
	not in_secret(pair.path)
	not faked(pair.path)
	not allowed(pair.key)
	what := judged(pair)
	place := [pair.path, pair.line]
	msg := sprintf("%s stands in %s", [what, label(pair)])
}

# What holds the value, in words: its names, which are no values.
label(pair) := pair.key if {
	pair.form == "named"
} else := sprintf("the argument --%s", [pair.key]) if {
	pair.form == "flag"
} else := "the argument -p" if {
	pair.form == "glued"
} else := sprintf("%s, %s", [where(pair.path), pair.key]) if {
	pair.line > 0
	pair.key != ""
} else := where(pair.path)

judged(pair) := "more than can be judged" if {
	pair.form == "overflow"
} else := "the data of a Secret" if {
	applied_secret(pair)
} else := what if {
	secrets.live(pair)
	what := secrets.format(pair.value)
} else := what if {
	what := secrets.named(pair, strict(pair))
	spoken(pair)
}

# plaintext-secret's business.
in_secret(path) if {
	input.object.kind == "Secret"
	path[0] in {"data", "stringData"}
}

# ineffective-reference's business: what the fake provider of External Secrets returns.
faked(path) if {
	input.object.kind in {"SecretStore", "ClusterSecretStore"}
	path[2] == "fake"
} else if {
	input.object.kind == "Fake"
	path[1] == "data"
} else if {
	input.object.kind == "ClusterGenerator"
	path[2] == "fakeSpec"
}

# Where the name of a key is evidence.
spoken(pair) if {
	pair.form in {"named", "flag", "glued", "part"}
} else if {
	not reference_block(pair.key)
}

# Where it is weak evidence: the value must look like a machine made it.
strict(pair) := false if {
	pair.form in {"named", "flag", "glued", "part"}
	pair.path[0] != "metadata"
} else := false if {
	area(input.object, pair.path) != ""
} else := true

area(object_, path) := "data" if {
	object_.kind == "ConfigMap"
	path[0] in {"data", "binaryData"}
} else := "values" if {
	object_.kind in {"HelmRelease", "HelmChart", "HelmChartConfig"}
	path[0] == "spec"
	path[1] in {"values", "valuesContent", "set"}
} else := "values" if {
	object_.kind == "HelmValues"
} else := "helm" if {
	object_.kind in {"Application", "ApplicationSet"}
	some part in path
	part in {"helm", "plugin", "values", "valuesObject"}
} else := "substitute" if {
	object_.kind == "Kustomization"
	path[1] == "postBuild"
	path[2] == "substitute"
} else := "template" if {
	object_.kind in {"ExternalSecret", "ClusterExternalSecret", "SealedSecret", "PushSecret"}
	some part in path
	part == "template"
} else := "args" if {
	some part in path
	part in {"args", "command", "secureJsonData", "lifecycle", "exec"}
} else := ""

# A block that names where the value is, key by key.
reference_block(key) if regex.match(`(?i)(?:ref|refs|selector|secretkeys|keys|keymapping|secretstore|remoteref|existingsecret[a-z]*|matchlabels|labels)\.[^.]*$`, key)

# The annotation of kubectl apply keeps a whole Secret, in base64.
applied_secret(pair) if {
	pair.path == ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"]
	input.object.kind == "Secret"
	regex.match(`^(?:data|stringData)\.`, pair.key)
	secrets.real(pair.value)
}

allowed(key) if {
	some pattern in input.parameters.allow_keys
	is_string(pattern)
	glob.match(pattern, [], regex.replace(key, `^.*\.`, ""))
}

place_of(place, msg) := result.violation_in(place[0], place[1], msg) if {
	place[1] > 0
} else := result.violation(place[0], msg)

where(path) := concat(".", [part |
	some index, part in path
	index >= count(path) - 3
	is_string(part)
])
