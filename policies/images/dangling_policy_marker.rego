# METADATA
# title: An image policy mark that nothing acts on
# description: >-
#   Flux's image automation writes a new tag only where the comment {"$imagepolicy": "namespace:policy"} names an ImagePolicy that
#   it takes into account: one of its own namespace which its policySelector matches. Any other comment looks like automation, and
#   the image stays as it is without a word. Judged where the repository holds image policies or an automation; a comment in a folder
#   that no automation of this repository updates may be another one's, if its policy is here.
# related_resources:
#   - ref: https://fluxcd.io/flux/components/image/imageupdateautomations/#policyselector
#   - ref: https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources
# custom:
#   scope: repository
#   kinds:
#     - image.toolkit.fluxcd.io/ImagePolicy
#     - image.toolkit.fluxcd.io/ImageUpdateAutomation
#     - source.toolkit.fluxcd.io/GitRepository
#   severity: error
#   remedy: Name an ImagePolicy of the automation's namespace which its policySelector matches, or remove the comment.
package gitops_guard.images.dangling_policy_marker

import data.gitops_guard.lib.result
import data.gitops_guard.lib.selectors

deny contains object.union(result.at(mark.file, mark.line, msg), {"column": mark.column}) if {
	count(policies) + count(automations) > 0
	some mark in input.references.marks
	msg := dangles(mark)
}

dangles(mark) := "the image policy mark is not of the form {\"$imagepolicy\": \"namespace:policy\"}, with :tag, :name or :digest behind it where only that part is written" if {
	not readable(mark)
} else := sprintf("there is no ImagePolicy %s in namespace %s", [name_of(mark), namespace_of(mark)]) if {
	count(meant(mark)) == 0
} else := sprintf("no ImageUpdateAutomation that updates this file sees the ImagePolicy %s of namespace %s: %s", [name_of(mark), namespace_of(mark), why(mark)]) if {
	some automation in automations
	updates(automation, mark.file)
	not seen(mark)
}

why(mark) := "it lies in another namespace" if {
	every automation in updating(mark.file) {
		not same_namespace(automation, mark)
	}
} else := "its labels do not match policySelector"

readable(mark) if regex.match(`^[^:/\s]+:[^:/\s]+(:(tag|name|digest))?$`, mark.policy)

namespace_of(mark) := split(mark.policy, ":")[0]

name_of(mark) := split(mark.policy, ":")[1]

policies := [entry.object | some entry in input.objects; entry.object.kind == "ImagePolicy"]

automations := [entry.object | some entry in input.objects; entry.object.kind == "ImageUpdateAutomation"]

repositories := [entry.object | some entry in input.objects; entry.object.kind == "GitRepository"]

# A policy whose namespace nobody writes may be in any.
meant(mark) := [policy |
	some policy in policies
	text(policy, ["metadata", "name"]) == name_of(mark)
	text(policy, ["metadata", "namespace"]) in {namespace_of(mark), ""}
]

seen(mark) if {
	some automation in updating(mark.file)
	same_namespace(automation, mark)
	some policy in meant(mark)
	labels := object.get(policy, ["metadata", "labels"], {})
	selectors.matches(object.get(automation, ["spec", "policySelector"], {}), labels)
}

same_namespace(automation, mark) if text(automation, ["metadata", "namespace"]) in {namespace_of(mark), ""}

updating(file) := [automation | some automation in automations; updates(automation, file)]

# Whether an automation writes to a file of this repository. Where its source is not known, it does.
updates(automation, file) if {
	path := trim_suffix(trim_prefix(trim_prefix(text(automation, ["spec", "update", "path"]), "./"), "/"), "/")
	below(file, path)
	not other_repository(automation)
}

below(_, path) if path in {"", "."}

below(file, path) if startswith(file, concat("", [path, "/"]))

other_repository(automation) if {
	count(input.references.own) > 0
	some repository in repositories
	text(repository, ["metadata", "name"]) == text(automation, ["spec", "sourceRef", "name"])
	text(repository, ["metadata", "namespace"]) == source_namespace(automation)
	url := text(repository, ["spec", "url"])
	not url in input.references.own
}

source_namespace(automation) := namespace if {
	namespace := text(automation, ["spec", "sourceRef", "namespace"])
	namespace != ""
} else := text(automation, ["metadata", "namespace"])

text(object_, path) := value if {
	value := object.get(object_, path, "")
	is_string(value)
} else := ""
