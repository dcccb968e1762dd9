# What an AdmissionRequest says: who asks, for what, and what would change. Every field may be absent.
package gitops_guard.lib.requests

# The user's name, as authentication or impersonation gave it.
user(request) := object.get(request, ["userInfo", "username"], "")

groups(request) := {group |
	all := object.get(request, ["userInfo", "groups"], [])
	is_array(all)
	some group in all
}

operation(request) := object.get(request, "operation", "")

subresource(request) := object.get(request, "subResource", "")

# `group/resource`, of the core group `/resource`; of what is matched, whatever version was asked for.
resource(request) := sprintf("%s/%s", [object.get(request, ["resource", "group"], ""), object.get(request, ["resource", "resource"], "")])

# The object as it would be, and as it is; those that the request has.
sides(request) := [side |
	some key in ["object", "oldObject"]
	side := object.get(request, key, null)
	is_object(side)
]

# What is created by generateName has no name yet.
name(request) := found if {
	found := object.get(request, "name", "")
	found != ""
} else := found if {
	some side in sides(request)
	found := object.get(side, ["metadata", "name"], object.get(side, ["metadata", "generateName"], ""))
	found != ""
} else := ""

# For messages: `deployments/scale shop/web`.
thing(request) := sprintf("%s %s", [kind_of_thing(request), concat("/", [part | some part in [object.get(request, "namespace", ""), name(request)]; part != ""])])

kind_of_thing(request) := concat("/", [part | some part in [object.get(request, ["resource", "resource"], ""), subresource(request)]; part != ""])

# Whether a user is meant: by the whole name, or a ServiceAccount by a pattern, where `*` does not cross `:`. So
# system:serviceaccount:argocd:* is nobody of the namespace argocd-evil.
is_user(pattern, username) if {
	pattern == username
	username != ""
} else if {
	is_string(pattern)
	contains(pattern, "*")
	regex.match(`^system:serviceaccount:[a-z0-9*-]+:[a-z0-9.*-]+$`, pattern)
	not contains(pattern, "**")
	fits(pattern, username)
}

# Whether a text fits a pattern in which `*` stands for any characters but `:`, and everything else for itself.
fits(pattern, text) if {
	regex.match(`^[a-zA-Z0-9.:*-]+$`, pattern)
	regex.match(sprintf("^%s$", [replace(replace(pattern, ".", `\.`), "*", "[^:]*")]), text)
}

# Whether an update leaves everything but these as it is: fields of the object, and fields of its metadata.
same_but(request, fields, of_metadata) if {
	old := object.get(request, "oldObject", null)
	new := object.get(request, "object", null)
	is_object(old)
	is_object(new)
	_without(old, fields, of_metadata) == _without(new, fields, of_metadata)
}

_without(manifest, fields, of_metadata) := object.union(
	object.remove(manifest, array.concat(fields, ["metadata"])),
	{"metadata": object.remove(object.get(manifest, "metadata", {}), of_metadata)},
)
