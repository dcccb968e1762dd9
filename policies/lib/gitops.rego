# What the fields and annotations of Argo CD and Flux objects say.
package gitops_guard.lib.gitops

# The API group of an object; empty for the core group.
group(object_) := concat("/", array.slice(parts, 0, count(parts) - 1)) if {
	version := object.get(object_, "apiVersion", "")
	is_string(version)
	parts := split(version, "/")
} else := ""

# Labels and annotations as far as they are text.
annotations(object_) := _texts(object.get(object_, ["metadata", "annotations"], {}))

labels(object_) := _texts(object.get(object_, ["metadata", "labels"], {}))

_texts(values) := {key: value |
	is_object(values)
	some key, value in values
	is_string(value)
}

# The options of Argo CD's annotation: separated by commas, white space is nothing.
sync_options(object_) := {option |
	some part in split(object.get(annotations(object_), "argocd.argoproj.io/sync-options", ""), ",")
	option := trim_space(part)
	option != ""
}

# The places where one of Flux's switches has a value: a label or an annotation, in any case (fluxcd/pkg ssa/utils/meta.go).
switched(object_, controller, name, wanted) := {["metadata", field, key] |
	key := sprintf("%s.toolkit.fluxcd.io/%s", [controller, name])
	some field, values in {"annotations": annotations(object_), "labels": labels(object_)}
	lower(object.get(values, key, "")) == lower(wanted)
}
