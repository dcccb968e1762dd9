# The shapes of a policy's result; schemas/ and policies/README.md describe them.
package gitops_guard.lib.result

# A fault at a field of the object that is judged.
violation(path, msg) := {"path": path, "msg": msg}

# A fault at a line inside the text of several lines that stands at a field.
violation_in(path, line, msg) := {"path": path, "line": line, "msg": msg}

# A fault at a line that the input named.
at(file, line, msg) := {"file": file, "line": line, "msg": msg}

# Scope target: a fault at a field of one of the target's resources.
of(object_of_target, path, msg) := {"resource": identity(object_of_target), "path": path, "msg": msg}

# Scope repository: a fault at a field of one of input.objects.
inside(entry, path, msg) := {"target": entry.target, "resource": identity(entry.object), "path": path, "msg": msg}

# What a result calls an object.
identity(manifest) := {
	"apiVersion": object.get(manifest, "apiVersion", ""),
	"kind": object.get(manifest, "kind", ""),
	"namespace": object.get(manifest, ["metadata", "namespace"], ""),
	"name": object.get(manifest, ["metadata", "name"], object.get(manifest, ["metadata", "generateName"], "")),
}
