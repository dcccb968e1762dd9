# METADATA
# title: CI or a script writes to the cluster
# description: |-
#   What a pipeline, Makefile or script applies, patches, restarts or deletes is not in Git: the controller reverts it, or nobody
#   can say what runs. Dry runs, diffs, reads, rendering, log-in steps and printed text are no writes; a cluster that the same
#   job, script or recipe makes with kind, k3d, minikube or envtest is nobody's production. Commands that only hurry the
#   controller on (argocd app sync, flux reconcile) or publish what it reads (flux push artifact) are notes.
# related_resources:
#   - ref: "https://opengitops.dev/#principles"
#     description: "OpenGitOps: software agents pull and continuously reconcile"
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/ci_automation/"
# custom:
#   scope: file
#   severity: error
#   remedy: Change the manifest in Git and let the controller deploy it; give the pipeline no credentials for the cluster.
#   parameters: {allow: []}
package gitops_guard.bypass.cluster_write_in_ci

import data.gitops_guard.lib.commands
import data.gitops_guard.lib.deployers
import data.gitops_guard.lib.result

deny contains result.at(input.file.path, line, msg) if {
	some command in input.file.commands
	what := deployers.write(command)
	judged(command, what)
	line := begin(command)
	msg := sprintf("%s writes to the cluster past Git", [what])
}

deny contains object.union(result.at(input.file.path, line, msg), {"severity": "note"}) if {
	some command in input.file.commands
	what := deployers.hurry(command)
	judged(command, what)
	line := begin(command)
	msg := sprintf("%s makes the controller deploy now instead of when it is due", [what])
}

deny contains object.union(result.at(input.file.path, line, msg), {"severity": "note"}) if {
	some command in input.file.commands
	what := deployers.publish(command)
	judged(command, what)
	line := begin(command)
	msg := sprintf("%s decides what the controller deploys: it reads the artifact, not the branch", [what])
}

deny contains result.at(input.file.path, use.line, msg) if {
	some use in input.file.uses
	use.cluster == null
	what := deployers.writing_action(use)
	not what in input.parameters.allow
	msg := sprintf("%s writes to the cluster past Git", [what])
}

deny contains object.union(result.at(input.file.path, use.line, msg), {"severity": "note"}) if {
	some use in input.file.uses
	use.cluster == null
	what := deployers.hurrying_action(use)
	not what in input.parameters.allow
	msg := sprintf("%s makes the controller deploy now instead of when it is due", [what])
}

deny contains object.union(result.at(input.file.path, problem.line, msg), {"severity": "note"}) if {
	some problem in input.file.errors
	runs_commands
	names_a_tool(problem.text)
	msg := "this part can't be read, so it is not known whether it writes to the cluster"
}

judged(command, what) if {
	not what in input.parameters.allow
	not excused(command)
}

# A throw-away cluster; a context that says production is none, whatever else the job makes.
excused(command) if {
	command.cluster != null
	not names_production(command)
}

excused(command) if {
	some context in commands.contexts(command)
	regex.match(`^(kind-.*|k3d-.*|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima.*)$`, context)
}

excused(command) if is_preview(command)

names_production(command) if {
	some context in commands.contexts(command)
	regex.match(`(^|[-_./])(prod|production|prd|live)([-_./]|$)`, lower(context))
}

# An environment of one pull request, by the namespace or release that is named after its number.
is_preview(command) if {
	some place in commands.values(command, "-n") | commands.values(command, "--namespace") | {commands.operand(command, 1)}
	regex.match(`github\.event\.(pull_request\.)?number|CI_MERGE_REQUEST_IID|System\.PullRequest\.PullRequestId|CHANGE_ID`, place)
}

# A pipeline is located where it begins.
begin(command) := input.file.commands[command.pipeline].line

runs_commands if not input.file.type in {"kustomization", "codeowners"}

# Nothing is known of what is too large or too deep: its text is empty.
names_a_tool(text) if text == ""

names_a_tool(text) if {
	text != ""
	regex.match(`\b(kubectl|oc|helm|helmfile|argocd|flux|kargo|skaffold|werf|kapp)(\.exe)?["',\s]+[\w$"'{-]`, text)
}
