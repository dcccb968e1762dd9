# METADATA
# title: A robot pushes straight to the branch that is deployed
# description: |-
#   A commit that automation pushes to the tracked branch is deployed without a review. An ImageUpdateAutomation without push.branch
#   pushes to the branch that it checks out (also with push.refspec alone); so does Image Updater's git write-back without a branch of
#   its own. In CI, `git push` and auto-commit actions count where they write the tracked branch: the one that objects of this
#   repository name as revision, else main or master. Other branches, tags and pull requests are fine.
# related_resources:
#   - ref: "https://fluxcd.io/flux/components/image/imageupdateautomations/#push"
#   - ref: "https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/"
#   - ref: "https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches"
# custom:
#   scope: repository
#   severity: {production: warning, else: note}
#   kinds: [image.toolkit.fluxcd.io/ImageUpdateAutomation, source.toolkit.fluxcd.io/GitRepository, argoproj.io/Application, argocd-image-updater.argoproj.io/ImageUpdater]
#   remedy: Push to another branch and open a pull request from it, which people or required checks approve.
#   parameters: {allow: []}
package gitops_guard.bypass.direct_push

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.pushes
import data.gitops_guard.lib.result

# Flux.
deny contains result.inside(entry, path, msg) if {
	some entry in input.objects
	entry.object.kind == "ImageUpdateAutomation"
	some push in automation_pushes(entry.object)
	push.branch in deployed(entry.object)
	path := push.path
	msg := sprintf("this automation pushes to %s, the branch that is deployed", [push.branch])
}

# Neither the automation nor its source names a branch: what it checks out is what is deployed.
deny contains result.inside(entry, ["spec", "git", "push", "branch"], msg) if {
	some entry in input.objects
	entry.object.kind == "ImageUpdateAutomation"
	object.get(entry.object, ["spec", "git", "push", "branch"], "") == ""
	object.get(entry.object, ["spec", "git", "checkout", "ref"], {}) == {}
	source_of(entry.object) == null
	msg := "this automation has no push.branch: it pushes to the branch that it reads, which is deployed"
}

automation_pushes(object_) := own_branch(object_) | refspec(object_)

own_branch(object_) := {{"branch": branch, "path": ["spec", "git", "push", "branch"]}} if {
	branch := object_.spec.git.push.branch
	is_string(branch)
	branch != ""
} else := {{"branch": branch, "path": ["spec", "git", "checkout", "ref", "branch"]}} if {
	branch := object_.spec.git.checkout.ref.branch
	is_string(branch)
} else := {{"branch": branch, "path": ["spec", "git", "push", "branch"]}} if {
	some branch in branches_of(source_of(object_))
	object.get(object_, ["spec", "git", "checkout", "ref"], {}) == {}
} else := set()

# refs/heads/a:refs/heads/b writes b.
refspec(object_) := {{"branch": branch, "path": ["spec", "git", "push", "refspec"]}} if {
	text := object_.spec.git.push.refspec
	is_string(text)
	parts := split(trim_prefix(text, "+"), ":")
	branch := trim_prefix(parts[count(parts) - 1], "refs/heads/")
	object.get(object_, ["spec", "git", "push", "branch"], "") != branch
} else := set()

source_of(object_) := found[0] if {
	reference := object_.spec.sourceRef
	namespace := object.get(reference, "namespace", object.get(object_, ["metadata", "namespace"], ""))
	found := [entry.object |
		some entry in input.objects
		entry.object.kind == "GitRepository"
		entry.object.metadata.name == reference.name
		object.get(entry.object, ["metadata", "namespace"], "") in {namespace, ""}
	]
	count(found) > 0
} else := null

branches_of(source) := {branch} if {
	branch := source.spec.ref.branch
	is_string(branch)
} else := {"master"} if {
	source != null
	object.get(source, ["spec", "ref"], {}) == {}
} else := set()

# The branches that are deployed from the repository an automation writes to.
deployed(object_) := {branch | some branch in input.tracked.branches} if source_of(object_) == null

deployed(object_) := found if {
	source := source_of(object_)
	source != null
	url := object.get(source, ["spec", "url"], "")
	read := {trim_prefix(other.revision, "refs/heads/") |
		some node in input.graph.nodes
		not node.kind in {"GitRepository", "ImageUpdateAutomation"}
		some other in node.sources
		other.repository == url
		is_string(other.revision)
	}
	found := known_or(read, branches_of(source))
}

known_or(known, _) := known if count(known) > 0

known_or(known, other) := other if count(known) == 0

# Argo CD Image Updater: `base:branch` pushes to a branch of its own.
deny contains result.inside(entry, ["metadata", "annotations", key], msg) if {
	some entry in input.objects
	entry.object.kind == "Application"
	notes := gitops.annotations(entry.object)
	object.get(notes, "argocd-image-updater.argoproj.io/image-list", "") != ""
	regex.match(`^git(:|$)`, object.get(notes, "argocd-image-updater.argoproj.io/write-back-method", ""))
	key := branch_key(notes)
	writes_back_to_tracked(object.get(notes, "argocd-image-updater.argoproj.io/git-branch", ""), [object.get(entry.object, ["spec", "source", "targetRevision"], "HEAD")])
	msg := "Image Updater commits to the branch that is deployed"
}

branch_key(notes) := "argocd-image-updater.argoproj.io/git-branch" if {
	notes["argocd-image-updater.argoproj.io/git-branch"]
} else := "argocd-image-updater.argoproj.io/write-back-method"

deny contains result.inside(entry, place.path, msg) if {
	some entry in input.objects
	entry.object.kind == "ImageUpdater"
	some place in write_backs(entry.object)
	regex.match(`^git(:|$)`, object.get(place.config, "method", ""))
	writes_back_to_tracked(object.get(place.config, ["gitConfig", "branch"], ""), ["HEAD"])
	msg := "Image Updater commits to the branch that is deployed"
}

# An entry's own configuration replaces the common one.
write_backs(object_) := {{"config": config, "path": ["spec", "writeBackConfig", "method"]} |
	config := object_.spec.writeBackConfig
	some reference in object_.spec.applicationRefs
	not reference.writeBackConfig
} | {{"config": object.union(object.get(object_, ["spec", "writeBackConfig"], {}), config), "path": ["spec", "applicationRefs", i, "writeBackConfig", "method"]} |
	some i, reference in object_.spec.applicationRefs
	config := reference.writeBackConfig
	is_object(config)
}

writes_back_to_tracked(text, revisions) if {
	not contains(text, ":")
	text == ""
	some revision in revisions
	regex.match(`^(HEAD|refs/heads/.*|)$`, revision)
}

writes_back_to_tracked(text, revisions) if {
	text == ""
	some revision in revisions
	revision in input.tracked.branches
}

writes_back_to_tracked(text, _) if {
	parts := split(text, ":")
	parts[count(parts) - 1] in input.tracked.branches
}

# CI and scripts.
deny contains result.at(file.file, command.line, msg) if {
	some file in input.files
	some index, command in file.commands
	not "git push" in input.parameters.allow
	found := pushes.branches(file, index, input.tracked)
	count(found) > 0
	msg := sprintf("git push writes to %s, the branch that is deployed", [concat(" or ", sort(found))])
}

deny contains result.at(file.file, command.line, msg) if {
	some file in input.files
	some command in file.commands
	command.program == "gh"
	"--admin" in command.argv
	array.slice([word | some word in command.argv; not startswith(word, "-")], 0, 3) == ["gh", "pr", "merge"]
	msg := "gh pr merge --admin merges past the rules that protect the branch"
}

deny contains result.at(file.file, use.line, msg) if {
	some file in input.files
	some use in file.uses
	name := lower(split(use.action, "@")[0])
	not name in input.parameters.allow
	found := committed(file, use, object.get(committing, name, {}))
	count(found) > 0
	msg := sprintf("%s commits to %s, the branch that is deployed", [name, concat(" or ", sort(found))])
}

# Actions that commit and push: the inputs that name the branch, and what counts where none is given (null: what is checked out).
committing := {
	"stefanzweifel/git-auto-commit-action": {"inputs": ["branch"], "else": null},
	"endbug/add-and-commit": {"inputs": ["new_branch"], "else": null},
	"ad-m/github-push-action": {"inputs": ["branch"], "else": null},
	"casperwa/push-protected": {"inputs": ["branch"], "else": "main"},
	"actions-js/push": {"inputs": ["branch"], "else": "main"},
	"devops-infra/action-commit-push": {"inputs": ["target_branch"], "else": null},
	"planetscale/ghcommit-action": {"inputs": ["branch"], "else": null},
	"guillaumefalourd/git-commit-push": {"inputs": ["target_branch"], "else": null},
	"github-actions-x/commit": {"inputs": ["push-branch"], "else": null},
	"iarekylew00t/verified-bot-commit": {"inputs": ["ref"], "else": null},
	"swinton/commit": {"inputs": ["ref"], "else": null},
	"fjogeleit/yaml-update-action": {"inputs": ["branch"], "else": "main"},
}

committed(file, use, action) := pushes.named(file, use, trim_prefix(given[0], "refs/heads/"), input.tracked) if {
	pushes_at_all(use)
	given := [branch | some key in action.inputs; branch := object.get(use.inputs, key, ""); branch != ""]
	count(given) > 0
} else := {branch | some branch in input.tracked.branches; branch == action["else"]} if {
	pushes_at_all(use)
	action["else"] != null
} else := pushes.current(file, use, input.tracked) if {
	pushes_at_all(use)
	action["else"] == null
}

pushes_at_all(use) if {
	not object.get(use.inputs, "push", true) in {false, "false"}
	not object.get(use.inputs, "skip_push", false) in {true, "true"}
	not object.get(use.inputs, "createPR", false) in {true, "true"}
	not pushes.is_foreign(sprintf("https://github.com/%s", [object.get(use.inputs, "repository", "$")]), input.tracked)
}
