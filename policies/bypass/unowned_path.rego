# METADATA
# title: CODEOWNERS gives production to nobody
# description: |-
#   A change of a file without a code owner needs no review by those who answer for production. The last line that fits decides; a line
#   without an owner takes the path away from the owners above it, and `folder/*` does not reach what lies deeper. Asked are the
#   folders of production targets and what lies below them, not bases that other environments use as well.
# related_resources:
#   - ref: "https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners"
#   - ref: "https://docs.gitlab.com/user/project/codeowners/"
# custom:
#   scope: repository
#   severity: {production: warning, else: note}
#   remedy: Give the production folder an owner in CODEOWNERS, as its last line that fits, and let the branch protection require their review.
package gitops_guard.bypass.unowned_path

deny contains object.union({"target": target.id, "msg": msg}, place(target)) if {
	some target in input.targets
	target.environment == "production"
	not target.shared
	count(target.unowned) > 0
	msg := message(target)
}

# The line that wins without an owner; else the file that should have one; else what it should cover.
place(target) := {"file": first.file, "line": first.line} if {
	first := target.unowned[0]
	first.line != null
} else := {"file": input.codeowners.file} if {
	input.codeowners != null
} else := target.place

message(target) := sprintf("nobody owns %s, so that a change of production needs no review by its owners", [name(target)])

name(target) := target.path if count(target.unowned[0].paths) != 1

name(target) := target.unowned[0].paths[0] if count(target.unowned[0].paths) == 1
